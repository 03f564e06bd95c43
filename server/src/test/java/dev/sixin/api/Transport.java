package dev.sixin.api;

/// The ways in which a unary gRPC call can travel.
public enum Transport {
  HTTP2("application/grpc", true),
  HTTP1("application/grpc", false),
  WEB_HTTP2("application/grpc-web+proto", true),
  WEB_HTTP1("application/grpc-web+proto", false),
  WEB_TEXT_HTTP2("application/grpc-web-text+proto", true),
  WEB_TEXT_HTTP1("application/grpc-web-text+proto", false);

  final String contentType;
  final boolean http2;

  Transport(String contentType, boolean http2) {
    this.contentType = contentType;
    this.http2 = http2;
  }

  boolean isText() {
    return contentType.contains("text");
  }
}
