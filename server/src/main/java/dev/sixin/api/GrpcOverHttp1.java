package dev.sixin.api;

import com.linecorp.armeria.common.AggregatedHttpResponse;
import com.linecorp.armeria.common.HttpHeaderNames;
import com.linecorp.armeria.common.HttpHeaders;
import com.linecorp.armeria.common.HttpRequest;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.MediaType;
import com.linecorp.armeria.common.RequestHeaders;
import com.linecorp.armeria.common.ResponseHeaders;
import com.linecorp.armeria.server.HttpService;
import com.linecorp.armeria.server.ServiceRequestContext;
import com.linecorp.armeria.server.SimpleDecoratingHttpService;

/// Unary gRPC for clients that speak it over HTTP/1.1 and never see trailers: the status stands in
/// the headers, the body is the one frame.
final class GrpcOverHttp1 extends SimpleDecoratingHttpService {
  private static final String GRPC_ENCODING = "grpc-encoding";

  GrpcOverHttp1(HttpService delegate) {
    super(delegate);
  }

  @Override
  public HttpResponse serve(ServiceRequestContext context, HttpRequest request) throws Exception {
    if (context.sessionProtocol().isMultiplex()
        || context.exchangeType().isResponseStreaming()
        || !isGrpc(request.headers())) {
      return unwrap().serve(context, request);
    }
    // Some of these clients set a frame's compressed flag and do not name the encoding.
    HttpRequest named =
        request.headers().contains(GRPC_ENCODING)
            ? request
            : request.mapHeaders(headers -> headers.toBuilder().set(GRPC_ENCODING, "gzip").build());
    context.updateRequest(named);
    return HttpResponse.of(
        unwrap().serve(context, named).aggregate().thenApply(GrpcOverHttp1::withStatusInHeaders));
  }

  /// gRPC-Web carries its trailers in the body and needs no help.
  private static boolean isGrpc(RequestHeaders headers) {
    MediaType type = headers.contentType();
    return type != null
        && "application".equals(type.type())
        && ("grpc".equals(type.subtype()) || type.subtype().startsWith("grpc+"));
  }

  private static HttpResponse withStatusInHeaders(AggregatedHttpResponse response) {
    HttpHeaders trailers = response.trailers();
    ResponseHeaders headers =
        response.headers().toBuilder().set(trailers).removeAndThen(HttpHeaderNames.TRAILER).build();
    return HttpResponse.of(headers, response.content());
  }
}
