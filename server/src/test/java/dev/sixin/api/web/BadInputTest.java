package dev.sixin.api.web;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sixin.Person;
import dev.sixin.TestServer;
import dev.sixin.api.Answer;
import dev.sixin.api.Http1Connection;
import dev.sixin.api.WebAnswer;
import dev.sixin.api.WebClient;
import java.net.http.HttpClient.Version;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Requests of the web dialect that are not legal. None of them changes anything.
class BadInputTest {
  private static final String SESSIONS = "/session_svr/v1/session_svr/";
  private static final String FETCH = "/svr_sync/v1/svr_sync/fetch_session_msgs";
  private static final String SEND = "/web_im/v1/web_im/send_msg";
  private static final String FORM = "application/x-www-form-urlencoded";

  private final TestServer server = TestServer.shared();
  private final Person ann = Person.on(server);
  private final Person ben = Person.on(server);
  private final WebClient script = WebClient.script(server, Version.HTTP_1_1, ann.uid());
  private final WebClient browser = WebClient.browser(server, Version.HTTP_1_1, ann.uid());

  @ParameterizedTest
  @CsvSource({
    "get_sessions, session_type", "get_sessions, size", "get_sessions, begin_ts",
    "get_sessions, end_ts", "new_sessions, begin_ts", "new_sessions, size",
    "ack_sessions, end_ts", "ack_sessions, size", "session_detail, talker_id",
    "session_detail, session_type", "session_detail, uid", "single_unread, unread_type",
    "single_unread, show_dustbin", "single_unread, uid"
  })
  void whatIsNoNumber_isRefusedWith400(String call, String parameter) {
    for (String value :
        List.of("", " ", "x", "-1", "+1", "1.5", "0x10", "1 ", "１", "18446744073709551616")) {
      script.get(SESSIONS + call, parameter, value).assertRefused(-400);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "get_sessions, size, 4294967296",
    "get_sessions, sort_rule, 4294967296",
    "session_detail, session_type, 4294967297",
    "single_unread, unread_type, 2147483648"
  })
  void whatHasMoreBitsThanItsField_isRefusedWith400(String call, String parameter, String value) {
    script.get(SESSIONS + call, parameter, value).assertRefused(-400);
  }

  @ParameterizedTest
  @ValueSource(strings = {"-1", "2147483648", "two"})
  void aPage_hasALegalSize(String size) {
    script.get(FETCH, "talker_id", ben.uid(), "session_type", 1, "size", size).assertRefused(-400);
  }

  @ParameterizedTest
  @CsvSource({
    "get_sessions, session_type=10, 2",
    "get_sessions, session_type=4294967295, 2",
    "session_detail, session_type=1, -400",
    "session_detail, talker_id=1, -400",
    "session_detail, talker_id=1&session_type=3, 2",
    "session_detail, talker_id=1&session_type=1&uid=7, -403",
    "single_unread, unread_type=4, 2",
    "single_unread, uid=7, -403",
    "single_unread, uid=18446744073709551615, -403"
  })
  void whatIsMissingOrMeansNothing_isRefusedAsOverGrpc(String call, String query, int code) {
    script.send("GET", SESSIONS + call + '?' + query, new byte[0]).assertRefused(code);
  }

  @ParameterizedTest
  @ValueSource(strings = {"size=1&size=1", "size=1&begin_ts=0&size=2", "size=&size=2"})
  void aParameterThatIsGivenTwice_isRefusedWith400(String query) {
    script.send("GET", SESSIONS + "get_sessions?" + query, new byte[0]).assertRefused(-400);
  }

  @ParameterizedTest
  @ValueSource(strings = {"build=0&mobi_app=web", "x=1&x=2", "x=%20&&y&=", "msg[x]=1"})
  void parametersThatNobodyKnows_areIgnored(String query) {
    String legal = query.replace("[", "%5B").replace("]", "%5D");
    assertThat(script.send("GET", SESSIONS + "get_sessions?" + legal, new byte[0]).code()).isZero();
  }

  @ParameterizedTest
  @ValueSource(strings = {"msg[content]=%FF", "msg[content]=%C0%80", "%ED%A0%80=1", "x=\u00ff"})
  void whatIsNotUtf8_isRefusedWith400(String form) {
    form(FORM, form.getBytes(ISO_8859_1)).assertRefused(-400);
  }

  @ParameterizedTest
  @ValueSource(strings = {"x=%", "x=%4", "x=%4&y=1", "x=%GG", "%=1"})
  void halfAnEscape_isRefusedWith400(String form) {
    form(FORM, form.getBytes(UTF_8)).assertRefused(-400);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "application/json",
        "text/plain",
        "multipart/form-data; boundary=x",
        "nonsense",
        FORM + "; charset=iso-8859-1",
        FORM + "; charset=none"
      })
  void aBodyThatIsNoForm_isRefusedWith400(String type) {
    form(type, "op_type=0".getBytes(UTF_8)).assertRefused(-400);
  }

  @ParameterizedTest
  @ValueSource(strings = {FORM, FORM + "; charset=UTF-8", "Application/X-WWW-Form-UrlEncoded"})
  void aForm_mayNameItsCharset(String type) {
    ben.follows(ann);

    byte[] form =
        "msg[receiver_type]=1&msg[receiver_id]=%d&msg[msg_type]=1&msg[content]=%s"
            .formatted(ben.uid(), "%7B%22content%22:%22h%C3%A9%22}")
            .getBytes(UTF_8);
    assertThat(form(type, form).data().get("msg_content").textValue())
        .isEqualTo("{\"content\":\"hé\"}");
  }

  private WebAnswer form(String type, byte[] body) {
    return script.with("content-type", type).send("POST", SEND, body);
  }

  @ParameterizedTest
  @EnumSource
  void aFormThatIsTooLong_isRefusedWith400(Version version) {
    WebClient client = WebClient.script(server, version, ann.uid());
    String padding = "x".repeat(WebService.MAX_FORM_BYTES - 2);

    client.post(SESSIONS + "set_top", "x", padding).assertRefused(-400);
    client.post(SESSIONS + "set_top", "x", padding + "x".repeat(2 << 20)).assertRefused(-400);
    assertThat(client.post(SESSIONS + "update_unflw_read", "x", padding).code()).isZero();
  }

  @ParameterizedTest
  @CsvSource({
    "POST, /session_svr/v1/session_svr/get_sessions, GET",
    "HEAD, /session_svr/v1/session_svr/get_sessions, GET",
    "PUT, /session_svr/v1/session_svr/single_unread, GET",
    "GET, /session_svr/v1/session_svr/update_ack, POST",
    "DELETE, /web_im/v1/web_im/send_msg, POST",
    "OPTIONS, /web_im/v1/web_im/send_msg, POST"
  })
  void otherMethods_areNotAllowed(String method, String path, String allowed) {
    WebAnswer answer = script.send(method, path, new byte[0]);

    assertThat(answer.status()).isEqualTo(405);
    assertThat(answer.header("allow")).isEqualTo(allowed);
    if (!method.equals("HEAD")) {
      answer.assertIsError(-400);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/nothing",
        "/session_svr/v1/session_svr",
        "/session_svr/v1/session_svr/nothing",
        "/x"
      })
  void pathsThatDoNotExist_areNotFound(String path) {
    WebAnswer answer = script.send("GET", path, new byte[0]);

    assertThat(answer.status()).isEqualTo(404);
    answer.assertIsError(-404);
  }

  // --- who is calling

  @ParameterizedTest
  @ValueSource(strings = {"", "SESSDATA=", "SESSDATA=nonsense", "bili_jct=secret", "="})
  void whoIsNotSignedIn_isRefusedWith101(String cookie) {
    WebClient nobody = WebClient.of(server, Version.HTTP_1_1).with("cookie", cookie);

    nobody.get("/x/web-interface/nav").assertRefused(-101);
    nobody.withField("csrf", "secret").post(SESSIONS + "update_unflw_read").assertRefused(-101);
  }

  @ParameterizedTest
  @CsvSource({
    "csrf, wrong",
    "csrf, ''",
    "csrf, SECRET",
    "csrf_token, wrong",
    "x, secret",
    "csrf, secretsecret"
  })
  void aFormByCookie_withoutTheOtherCookiesValue_isRefusedWith111(String field, String value) {
    ben.follows(ann);
    WebClient client = browser.withoutFields().withField(field, value);

    send(client).assertRefused(-111);
    assertThat(ann.history(ben)).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "; bili_jct=", "; other=secret"})
  void aFormByCookie_withoutTheOtherCookie_isRefusedWith111(String otherCookie) {
    WebClient client = browser.with("cookie", "SESSDATA=" + server.token(ann.uid()) + otherCookie);

    client.post(SESSIONS + "update_unflw_read").assertRefused(-111);
    client
        .withoutFields()
        .withField("csrf", "")
        .post(SESSIONS + "update_unflw_read")
        .assertRefused(-111);
  }

  @ParameterizedTest
  @ValueSource(strings = {"csrf", "csrf_token"})
  void aFormByCookie_goesThroughWithTheOtherCookiesValue(String field) {
    ben.follows(ann);
    WebClient client = browser.withoutFields().withField(field, "secret");

    assertThat(send(client).code()).isZero();
    assertThat(ann.history(ben)).hasSize(1);
  }

  @ParameterizedTest
  @ValueSource(strings = {"Bearer ", "identify_v1 "})
  void aFormByToken_needsNoCsrf(String scheme) {
    ben.follows(ann);
    WebClient client =
        WebClient.of(server, Version.HTTP_1_1)
            .with("authorization", scheme + server.token(ann.uid()))
            .with("cookie", "SESSDATA=" + server.token(ben.uid()));

    assertThat(send(client).code()).isZero();
    assertThat(client.get("/x/web-interface/nav").data().get("mid").longValue())
        .as("whom the header names goes before whom the cookie names")
        .isEqualTo(ann.uid());
  }

  private WebAnswer send(WebClient client) {
    return client.post(
        SEND,
        "msg[receiver_type]",
        1,
        "msg[receiver_id]",
        ben.uid(),
        "msg[msg_type]",
        1,
        "msg[content]",
        "{\"content\":\"hi\"}");
  }

  @Test
  void aPathThatCanNotBeRead_isRefusedAsJsonToo() {
    try (Http1Connection connection = new Http1Connection(server.port())) {
      Answer answer = connection.request("GET", "/x/im/nothing?x=%02", new byte[0], List.of());
      assertThat(answer.httpStatus()).isEqualTo(400);
      assertThat(answer.header("content-type")).startsWith("application/json");
      assertThat(answer.body().toStringUtf8()).startsWith("{\"code\":-400,");
    }
  }
}
