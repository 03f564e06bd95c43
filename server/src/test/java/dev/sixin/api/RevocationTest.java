package dev.sixin.api;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sixin.Person;
import dev.sixin.TestServer;
import dev.sixin.admin.v1.RevokeTokensRequest;
import dev.sixin.proto.im.ReqSingleUnread;
import dev.sixin.proto.metadata.Metadata;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Revoking counts for the very next call, on a connection and with a token that are known to be
/// good. How it ends live push is in the tests of that.
class RevocationTest {
  private static final String UNREAD = "/bilibili.im.interface.v1.ImInterface/SingleUnread";
  private static final String NAV = "/x/web-interface/nav";
  private static final String SET_TOP = "/session_svr/v1/session_svr/set_top";

  private final TestServer server = TestServer.shared();
  private final Person ann = Person.on(server);
  private final Person ben = Person.on(server);

  private void revoke() {
    var _ = server.admin().revokeTokens(RevokeTokensRequest.newBuilder().setUid(ann.uid()).build());
  }

  private static HttpConnection connect(boolean http2, int port) {
    return http2 ? new Http2Connection(port) : new Http1Connection(port);
  }

  @ParameterizedTest
  @CsvSource({"false, identify_v1", "true, identify_v1", "true, Bearer", "false, metadata"})
  void aGrpcCall_isRefusedAtOnce(boolean http2, String way) {
    try (HttpConnection connection = connect(http2, server.port())) {
      String token = server.token(ann.uid());
      for (int i = 0; i < 3; i++) {
        assertThat(unread(connection, way, token).isOk()).isTrue();
      }

      revoke();

      unread(connection, way, token).assertRefused(-101);
      assertThat(unread(connection, way, server.token(ann.uid())).isOk()).isTrue();
      unread(connection, way, token).assertRefused(-101);
      assertThat(connection.opened()).isOne();
    }
  }

  private static Answer unread(HttpConnection connection, String way, String token) {
    boolean inMetadata = way.equals("metadata");
    byte[] metadata = Metadata.newBuilder().setAccessKey(token).build().toByteArray();
    return connection.request(
        "POST",
        UNREAD,
        Frames.frame(ReqSingleUnread.getDefaultInstance()),
        List.of(
            "content-type",
            "application/grpc",
            inMetadata ? "x-bili-metadata-bin" : "authorization",
            inMetadata ? Base64.getEncoder().encodeToString(metadata) : way + " " + token));
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void aCallOfTheWebDialect_isRefusedAtOnce(boolean http2) {
    try (HttpConnection connection = connect(http2, server.port())) {
      String token = server.token(ann.uid());
      String[] byCookie = {"cookie", "SESSDATA=" + token + "; bili_jct=c"};
      String[] byHeader = {"authorization", "Bearer " + token};
      for (String[] who : List.of(byCookie, byHeader)) {
        assertThat(reads(connection, who)).startsWith("{\"code\":0,");
        assertThat(writes(connection, who)).startsWith("{\"code\":0,");
      }

      revoke();

      for (String[] who : List.of(byCookie, byHeader)) {
        assertThat(reads(connection, who)).startsWith("{\"code\":-101,");
        assertThat(writes(connection, who)).startsWith("{\"code\":-101,");
      }
    }
  }

  private static String reads(HttpConnection connection, String[] who) {
    return connection.request("GET", NAV, new byte[0], List.of(who)).body().toStringUtf8();
  }

  private String writes(HttpConnection connection, String[] who) {
    byte[] form =
        "talker_id=%d&session_type=1&op_type=0&csrf=c"
            .formatted(ben.uid())
            .getBytes(StandardCharsets.UTF_8);
    List<String> headers =
        List.of("content-type", "application/x-www-form-urlencoded", who[0], who[1]);
    return connection.request("POST", SET_TOP, form, headers).body().toStringUtf8();
  }
}
