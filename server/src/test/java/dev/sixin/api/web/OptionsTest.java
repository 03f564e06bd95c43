package dev.sixin.api.web;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sixin.Config;
import dev.sixin.Person;
import dev.sixin.TestServer;
import dev.sixin.UsageException;
import dev.sixin.api.WebAnswer;
import dev.sixin.api.WebClient;
import java.net.http.HttpClient.Version;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What an operator can decide of the web dialect.
class OptionsTest {
  private static final String NAV = "/x/web-interface/nav";
  private static final String CLEAR = "/session_svr/v1/session_svr/update_unflw_read";
  private static final String SITE = "https://www.example.org";

  private static final TestServer SERVER =
      TestServer.start(
          "--http-status=true",
          "--max-calls=1",
          "--cors-origin=" + SITE + ",http://localhost:3000");

  private final Person ann = Person.on(SERVER);
  private final WebClient web = WebClient.browser(SERVER, Version.HTTP_1_1, ann.uid());

  @AfterAll
  static void close() {
    SERVER.close();
  }

  @Test
  void withHttpStatus_proxiesSeeSomeErrors() {
    assertError(401, -101, WebClient.of(SERVER, Version.HTTP_1_1).get(NAV));
    assertError(403, -111, web.withoutFields().post(CLEAR));
    assertError(
        403, -403, web.get("/session_svr/v1/session_svr/single_unread", "uid", ann.uid() + 1));
    assertError(413, -400, web.post(CLEAR, "x", "x".repeat(WebService.MAX_FORM_BYTES)));
    assertError(200, -400, web.post("/session_svr/v1/session_svr/update_ack"));
    assertThat(web.get(NAV).status()).isEqualTo(200);
  }

  @Test
  void callsBeyondTheLimit_areRefusedWith509_andCost429() {
    List<WebAnswer> answers =
        IntStream.range(0, 500).parallel().mapToObj(_ -> web.get(NAV)).toList();

    assertThat(answers).extracting(WebAnswer::status).containsOnly(200, 429);
    answers.stream()
        .filter(answer -> answer.status() == 429)
        .forEach(answer -> answer.assertIsError(-509));
  }

  private static void assertError(int status, int code, WebAnswer answer) {
    assertThat(answer.status()).isEqualTo(status);
    answer.assertIsError(code);
  }

  @Test
  void pagesOfNamedSites_mayCall() {
    WebAnswer answer = web.get(NAV);
    assertThat(answer.headers().map()).doesNotContainKey("access-control-allow-origin");

    answer = fromPageOf(SITE).get(NAV);
    assertThat(answer.code()).isZero();
    assertThat(answer.header("access-control-allow-origin")).isEqualTo(SITE);
    assertThat(answer.header("access-control-allow-credentials")).isEqualTo("true");

    assertThat(fromPageOf("https://evil.example").get(NAV).headers().map())
        .doesNotContainKey("access-control-allow-origin");
  }

  @Test
  void pagesOfNamedSites_mayAskFirst() {
    WebAnswer answer =
        fromPageOf(SITE)
            .with("access-control-request-method", "POST")
            .with("access-control-request-headers", "content-type")
            .send("OPTIONS", CLEAR, new byte[0]);

    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.header("access-control-allow-origin")).isEqualTo(SITE);
    assertThat(answer.header("access-control-allow-methods")).contains("POST");
    assertThat(answer.header("access-control-allow-headers")).contains("content-type");
  }

  @Test
  void pagesOfNamedSites_mayUpload() {
    WebAnswer asked =
        fromPageOf(SITE)
            .with("access-control-request-method", "POST")
            .with("access-control-request-headers", ImageApi.CSRF)
            .send("OPTIONS", ImageApi.UPLOAD, new byte[0]);
    assertThat(asked.header("access-control-allow-headers")).contains(ImageApi.CSRF);

    WebAnswer refused = fromPageOf(SITE).send("POST", ImageApi.UPLOAD, new byte[0]);
    assertError(403, -111, refused);
    assertThat(refused.header("access-control-allow-origin")).isEqualTo(SITE);
  }

  @Test
  void unlessSitesAreNamed_noOtherPageMayCall() {
    Person ben = Person.on(TestServer.shared());
    WebClient other =
        WebClient.browser(TestServer.shared(), Version.HTTP_1_1, ben.uid()).with("origin", SITE);

    assertThat(other.get(NAV).headers().map()).doesNotContainKey("access-control-allow-origin");
  }

  private WebClient fromPageOf(String site) {
    return web.with("origin", site);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"*", "www.example.org", "https://www.example.org/", "ftp://x", "https://"})
  void whatIsNoOrigin_isNoOption(String origin) {
    assertThatThrownBy(() -> Config.of("--cors-origin=" + origin))
        .isInstanceOf(UsageException.class)
        .hasMessageContaining(origin);
  }
}
