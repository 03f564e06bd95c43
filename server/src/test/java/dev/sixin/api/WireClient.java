package dev.sixin.api;

import com.google.protobuf.ByteString;
import dev.sixin.TestServer;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/// A client that makes gRPC calls by hand over one connection, so that a test can send what no
/// library sends and see what none shows.
public final class WireClient implements AutoCloseable {
  private static final int TRAILERS = 0x80;

  private final Transport transport;
  private final HttpConnection connection;

  public WireClient(TestServer server, Transport transport) {
    this.transport = transport;
    this.connection =
        transport.http2 ? new Http2Connection(server.port()) : new Http1Connection(server.port());
  }

  /// Makes a call.
  ///
  /// @param path of the method, such as `/bilibili.im.interface.v1.ImInterface/SendMsg`
  /// @param body the frame
  /// @param headers names and values in turn
  public Answer call(String path, byte[] body, String... headers) {
    List<String> all = new ArrayList<>(List.of("content-type", transport.contentType));
    if (transport == Transport.HTTP2) {
      all.addAll(List.of("te", "trailers"));
    }
    all.addAll(List.of(headers));
    byte[] sent = transport.isText() ? Base64.getEncoder().encode(body) : body;
    Answer answer = connection.request("POST", path, sent, all);
    boolean isWeb = answer.headers().getOrDefault("content-type", "").contains("grpc-web");
    return isWeb ? withoutTrailersInBody(answer) : answer;
  }

  /// Makes any HTTP request over the same connection.
  public Answer request(String method, String path, byte[] body, String... headers) {
    return connection.request(method, path, body, List.of(headers));
  }

  /// How many connections it took so far.
  int connections() {
    return connection.opened();
  }

  private Answer withoutTrailersInBody(Answer answer) {
    ByteBuffer body = ByteBuffer.wrap(decoded(answer.body().toByteArray()));
    ByteArrayOutputStream messages = new ByteArrayOutputStream();
    Map<String, String> trailers = new TreeMap<>(answer.trailers());
    while (body.remaining() > 0) {
      int flag = body.get();
      byte[] content = new byte[body.getInt()];
      body.get(content);
      byte[] frame = Frames.frame(flag & ~TRAILERS, content);
      if ((flag & TRAILERS) == 0) {
        messages.writeBytes(frame);
      } else {
        new String(Frames.content(frame), StandardCharsets.US_ASCII)
            .lines()
            .map(line -> line.split(":", 2))
            .forEach(pair -> trailers.put(pair[0].toLowerCase(Locale.ROOT), pair[1].strip()));
      }
    }
    return new Answer(
        answer.httpStatus(),
        answer.headers(),
        ByteString.copyFrom(messages.toByteArray()),
        trailers);
  }

  /// The bytes behind base64 text, which may be several pieces with padding, one after another.
  private byte[] decoded(byte[] body) {
    if (!transport.isText()) {
      return body;
    }
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    for (int i = 0; i < body.length; i += 4) {
      bytes.writeBytes(
          Base64.getDecoder().decode(new String(body, i, 4, StandardCharsets.US_ASCII)));
    }
    return bytes.toByteArray();
  }

  @Override
  public void close() {
    connection.close();
  }
}
