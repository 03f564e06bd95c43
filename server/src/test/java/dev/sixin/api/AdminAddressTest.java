package dev.sixin.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Message;
import dev.sixin.TestServer;
import dev.sixin.admin.v1.IssueTokenRequest;
import dev.sixin.proto.im.ReqSingleUnread;
import io.grpc.Status;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Admin calls at an address of their own.
class AdminAddressTest {
  private static final String ISSUE = "/sixin.admin.v1.Admin/IssueToken";
  private static final String ISSUE_JSON = "/admin/v1/issue_token";
  private static final String UNREAD = "/bilibili.im.interface.v1.ImInterface/SingleUnread";
  private static final Message ISSUE_TOKEN = IssueTokenRequest.newBuilder().setUid(1).build();

  private static TestServer server;
  private static String user;

  @BeforeAll
  static void start() {
    server = TestServer.start("--admin-port=0");
    server.people(1);
    user = "identify_v1 " + server.token(1);
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  private static Answer request(
      boolean http2, int port, String method, String path, byte[] body, String... headers) {
    try (HttpConnection connection =
        http2 ? new Http2Connection(port) : new Http1Connection(port)) {
      return connection.request(method, path, body, List.of(headers));
    }
  }

  private static Answer grpc(boolean http2, int port, String path, Message message, String who) {
    return request(
        http2,
        port,
        "POST",
        path,
        Frames.frame(message),
        "content-type",
        "application/grpc",
        "te",
        "trailers",
        "authorization",
        who);
  }

  private static Answer json(boolean http2, int port, String who) {
    byte[] body = "{\"uid\": 1}".getBytes(StandardCharsets.UTF_8);
    return request(http2, port, "POST", ISSUE_JSON, body, "authorization", who);
  }

  private static String admin() {
    return "Bearer " + server.adminToken();
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void adminCalls_areAnsweredThere(boolean http2) {
    assertThat(grpc(http2, server.adminPort(), ISSUE, ISSUE_TOKEN, admin()).isOk()).isTrue();
    assertThat(json(http2, server.adminPort(), admin()).body().toStringUtf8())
        .contains("\"token\"");
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void adminCalls_needTheAdminTokenThereToo(boolean http2) {
    for (String who : new String[] {user, "Bearer nobody", ""}) {
      grpc(http2, server.adminPort(), ISSUE, ISSUE_TOKEN, who)
          .assertRefused(Status.Code.UNAUTHENTICATED, -101);
      assertThat(json(http2, server.adminPort(), who).httpStatus()).isEqualTo(401);
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void adminCalls_areNotThereForEverybody(boolean http2) {
    for (String who : new String[] {admin(), user}) {
      Answer grpc = grpc(http2, server.port(), ISSUE, ISSUE_TOKEN, who);
      assertThat(grpc.grpcStatus()).as("%s", grpc).isEqualTo(Status.Code.UNIMPLEMENTED);

      Answer json = json(http2, server.port(), who);
      assertThat(json.httpStatus()).isEqualTo(404);
      assertThat(json.body().toStringUtf8()).startsWith("{\"code\":-404,");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"/admin//v1/issue_token", "/x/../admin/v1/issue_token", "/%61dmin/v1/issue_token"})
  void noOtherSpellingOfThePath_leadsThere(String path) {
    byte[] body = "{\"uid\": 1}".getBytes(StandardCharsets.UTF_8);
    Answer answer = request(false, server.port(), "POST", path, body, "authorization", admin());

    assertThat(answer.httpStatus()).as("%s", answer).isIn(400, 404);
  }

  @Test
  void whatPeopleCall_isAnsweredAtTheMainAddressAlone() {
    Message unread = ReqSingleUnread.getDefaultInstance();

    assertThat(grpc(true, server.port(), UNREAD, unread, user).isOk()).isTrue();
    assertThat(grpc(true, server.adminPort(), UNREAD, unread, user).grpcStatus())
        .isEqualTo(Status.Code.UNIMPLEMENTED);
    assertThat(request(true, server.adminPort(), "GET", "/", new byte[0]).httpStatus())
        .isEqualTo(404);
    assertThat(
            request(
                    true,
                    server.adminPort(),
                    "GET",
                    "/x/web-interface/nav",
                    new byte[0],
                    "authorization",
                    user)
                .httpStatus())
        .isEqualTo(404);
  }

  @ParameterizedTest
  @CsvSource({"/readyz, 200", "/healthz, 200", "/docs/openapi.json, 200", "/nothing/here, 404"})
  void howTheServerIs_isSaidAtBoth(String path, int status) {
    for (int port : new int[] {server.port(), server.adminPort()}) {
      assertThat(request(true, port, "GET", path, new byte[0]).httpStatus()).isEqualTo(status);
    }
  }

  @Test
  void metrics_areThereAlone() {
    assertThat(request(true, server.adminPort(), "GET", "/metrics", new byte[0]).httpStatus())
        .isEqualTo(200);
    assertThat(request(true, server.port(), "GET", "/metrics", new byte[0]).httpStatus())
        .isEqualTo(404);
  }
}
