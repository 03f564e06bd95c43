package dev.sixin.api;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Descriptors.MethodDescriptor;
import dev.sixin.Await;
import dev.sixin.Person;
import dev.sixin.TestServer;
import dev.sixin.admin.v1.AdminOuterClass;
import dev.sixin.admin.v1.ExportUserRequest;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.http.HttpClient.Version;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/// The site's calls as HTTP and JSON.
class JsonApiTest {
  private static final TestServer server = TestServer.shared();
  private static final WebClient web = WebClient.site(server, Version.HTTP_1_1);

  // --- what a call answers

  @ParameterizedTest
  @EnumSource(Version.class)
  void putUsers_answersItsMessage(Version version) {
    long uid = Person.unregistered(server).uid();

    WebAnswer reply =
        WebClient.site(server, version)
            .admin("put_users", "{\"users\": [{\"uid\": %d, \"name\": \"安\"}]}".formatted(uid));

    assertThat(reply.status()).isEqualTo(200);
    assertThat(reply.header("content-type")).isEqualTo("application/json; charset=utf-8");
    assertThat(reply.text()).isEqualTo("{\"written\":1}\n");
    assertThat(exported(uid)).contains("\"安\"");
  }

  @Test
  void fieldsThatAreZero_areThereToo() {
    assertThat(web.admin("put_users", "{}").text()).isEqualTo("{\"written\":0}\n");
  }

  @Test
  void numbersOf64Bits_areStringsInAnswersAndEitherInRequests() {
    Person sender = Person.on(server);
    Person receiver = Person.on(server);
    String sent =
        "{\"msg\": {\"sender_uid\": %d, \"receiver_id\": \"%d\", \"receiver_type\": 1,"
            + " \"msg_type\": \"EN_MSG_TYPE_TEXT\", \"content\":"
            + " \"{\\\"content\\\":\\\"hi\\\"}\"}}";

    WebAnswer reply = web.admin("send", sent.formatted(sender.uid(), receiver.uid()));

    assertThat(reply.status()).as("%s", reply).isEqualTo(200);
    assertThat(reply.json().get("msg_key").isTextual()).isTrue();
    assertThat(receiver.history(sender))
        .extracting(msg -> Long.toString(msg.getMsgKey()))
        .containsExactly(reply.json().get("msg_key").textValue());
  }

  @Test
  void camelCaseNames_areReadToo() {
    long uid = Person.on(server).uid();

    WebAnswer reply = web.admin("issue_token", "{\"uid\":%d,\"ttlSeconds\":60}".formatted(uid));

    long end = server.clock.instant().getEpochSecond() + 60;
    assertThat(reply.json().get("expires_at").textValue()).isEqualTo(Long.toString(end));
  }

  @Test
  void contentType_doesNotMatter() {
    WebAnswer reply =
        web.with("content-type", "application/x-www-form-urlencoded") // what curl -d says
            .admin("put_users", "{}");

    assertThat(reply.status()).isEqualTo(200);
  }

  @Test
  void exportUser_answersTheLinesThemselves() {
    Person person = Person.on(server);
    Person other = Person.on(server);
    person.says(other, "hello");

    WebAnswer reply = web.admin("export_user", "{\"uid\":%d}".formatted(person.uid()));

    assertThat(reply.header("content-type")).isEqualTo("application/jsonl");
    assertThat(reply.text()).contains("hello").isEqualTo(exported(person.uid()));
  }

  @Test
  void exportOfMuch_comesWhole() {
    Person person = Person.on(server);
    Person other = Person.on(server);
    person.befriends(other);
    for (int i = 0; i < 300; i++) {
      person.says(other, "x".repeat(1_500));
    }

    WebAnswer reply = web.admin("export_user", "{\"uid\":%d}".formatted(person.uid()));

    assertThat(reply.text()).hasSizeGreaterThan(450_000).isEqualTo(exported(person.uid()));
  }

  private static String exported(long uid) {
    StringBuilder lines = new StringBuilder();
    server
        .admin()
        .exportUser(ExportUserRequest.newBuilder().setUid(uid).build())
        .forEachRemaining(piece -> lines.append(piece.getJsonLines().toStringUtf8()));
    return lines.toString();
  }

  // --- every call is there, by the same rule

  static Stream<MethodDescriptor> calls() {
    return AdminOuterClass.getDescriptor().findServiceByName("Admin").getMethods().stream();
  }

  @ParameterizedTest
  @MethodSource("calls")
  void everyCall_isAtItsNameInSnakeCase(MethodDescriptor call) {
    String name = call.getName().replaceAll("(?<=.)(?=[A-Z])", "_").toLowerCase(Locale.ROOT);

    WebAnswer reply = web.admin(name, "{\"no_such_field\":1}");

    assertThat(reply.status()).as("%s", reply).isEqualTo(400);
    assertThat(reply.detail())
        .isEqualTo(
            "the body: Cannot find field: no_such_field in message "
                + call.getInputType().getFullName());
  }

  @ParameterizedTest
  @MethodSource("calls")
  void noCall_isMadeWithoutTheAdminToken(MethodDescriptor call) {
    String path = JsonApi.rule(call).getPost();
    String user = server.token(Person.on(server).uid());
    for (String authorization : List.of("Bearer nobody", "Bearer " + user, "Basic eDp5")) {
      WebAnswer reply =
          web.with("authorization", authorization)
              .send("POST", path, "not even JSON".getBytes(UTF_8));

      assertThat(reply.status()).as("%s", reply).isEqualTo(401);
      assertThat(reply.code()).isEqualTo(-101);
    }
  }

  @Test
  void withoutAnyToken_itIsTheSame() {
    assertThat(WebClient.of(server, Version.HTTP_1_1).admin("put_users", "").status())
        .isEqualTo(401);
  }

  // --- refusals

  @Test
  void refusal_hasTheCodeOurTextAndWhatWasWrong() {
    assertThat(web.admin("issue_token", "{}").text())
        .isEqualTo(
            "{\"code\":-400,\"msg\":\"Bad request\",\"message\":\"Bad request\",\"ttl\":1,"
                + "\"data\":null,\"detail\":\"uid: required\"}\n");
  }

  @Test
  void refusal_isInChineseUnlessAskedOtherwise() {
    WebAnswer reply = web.with("accept-language", "zh-CN").admin("issue_token", "{}");

    assertThat(reply.json().get("message").textValue()).isEqualTo("请求错误");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "set_ban      | {\"uid\":0}                                                | 400 | -400",
        "issue_token  | {\"uid\":1,\"ttl_seconds\":\"99999999999\"}                | 400 | 2",
        "set_members  | {\"group_id\":987654321,\"put\":[{\"uid\":1}]}             | 404 | -404",
        "recall       | {\"msg_key\":1,\"uid\":1,\"talker_id\":2,\"session_type\":1} | 404 | 10005",
        "set_session  | {\"uid\":1,\"talker_id\":987654321,\"session_type\":2}     | 403 | 700014"
      })
  void whatIsRefused_hasTheStatusThatItsCodeStandsFor(
      String method, String body, int status, int code) {
    WebAnswer reply = web.admin(method, body);

    assertThat(reply.status()).as("%s", reply).isEqualTo(status);
    assertThat(reply.code()).isEqualTo(code);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        " ",
        "{",
        "[]",
        "1",
        "null",
        "{\"uid\":1} {\"uid\":2}",
        "{\"uid\":1,\"uid\":2}",
        "{\"uid\":1,\"until\":2,}",
        "{uid:1}",
        "{'uid':1}",
        "{\"uid\":1 /* the first */}",
        "{\"uid\":-1}",
        "{\"uid\":18446744073709551616}",
        "{\"uid\":1.5}",
        "{\"uid\":\"one\"}",
        "{\"uid\":{}}",
        "{\"until\":true,\"uid\":1}"
      })
  void whatIsNotTheMessage_isRefused(String body) {
    WebAnswer reply = web.admin("set_ban", body);

    assertThat(reply.status()).as("%s", reply).isEqualTo(400);
    assertThat(reply.code()).isEqualTo(-400);
    assertThat(reply.detail()).startsWith("the body: ");
  }

  @Test
  void deepJson_isRefused() {
    String deep = "{\"users\":".repeat(100_000);

    assertThat(web.admin("put_users", deep).code()).isEqualTo(-400);
  }

  @Test
  void whatIsNotUtf8_isRefused() {
    byte[] body = {'{', '"', 'u', 'i', 'd', '"', ':', '"', (byte) 0xff, '"', '}'};
    WebAnswer reply = web.send("POST", "/admin/v1/set_ban", body);

    assertThat(reply.status()).as("%s", reply).isEqualTo(400);
  }

  @ParameterizedTest
  @EnumSource(Version.class)
  void body_isAtMostOneMebibyte(Version version) {
    String fits = "{\"users\":[]" + " ".repeat(GrpcApi.MAX_FRAME_BYTES - 12) + "}";
    WebClient client = WebClient.site(server, version);

    assertThat(client.admin("put_users", fits).status()).isEqualTo(200);
    for (int more : new int[] {1, 3 << 20}) {
      WebAnswer reply = client.admin("put_users", fits + " ".repeat(more));

      assertThat(reply.status()).as("%d more", more).isEqualTo(413);
      assertThat(reply.code()).isEqualTo(-400);
      assertThat(reply.detail()).isEqualTo("the body: too long (expected: at most 1048576 bytes)");
    }
  }

  @Test
  void otherMethodsAndPaths_areNotThere() {
    assertThat(web.get("/admin/v1/put_users").status()).isEqualTo(405);
    assertThat(web.admin("drop_users", "{}").status()).isEqualTo(404);
  }

  @Test
  void callsForWhichThereIsNoRoom_areRefused() throws IOException {
    List<Socket> unfinished = new ArrayList<>();
    try (TestServer full = TestServer.start("--max-calls=1")) {
      String upload =
          String.join(
              "\r\n",
              "POST /x/im/upload HTTP/1.1",
              "host: x",
              "authorization: identify_v1 " + full.token(Person.on(full).uid()),
              "content-type: multipart/form-data; boundary=x",
              "content-length: 9",
              "",
              "");
      WebClient client = WebClient.site(full, Version.HTTP_1_1);

      // again each time: it is refused itself when it comes while the other call is under way
      Await.until(
          "an upload takes all the room there is",
          () -> {
            Socket another = new Socket(InetAddress.getLoopbackAddress(), full.port());
            unfinished.add(another);
            another.getOutputStream().write(upload.getBytes(UTF_8));
            return client.admin("put_users", "{}").status() == 503;
          });
      assertThat(client.admin("put_users", "{}").code()).isEqualTo(-509);
    } finally {
      for (Socket socket : unfinished) {
        socket.close();
      }
    }
  }
}
