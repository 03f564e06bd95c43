package dev.sixin.api.web;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import ch.qos.logback.core.AppenderBase;
import com.fasterxml.jackson.databind.JsonNode;
import dev.sixin.StoreRows;
import dev.sixin.TestServer;
import dev.sixin.api.WebAnswer;
import dev.sixin.api.WebClient;
import dev.sixin.api.docs.Description;
import java.net.http.HttpClient.Version;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.slf4j.LoggerFactory;

/// Every call of the web dialect, asked in every wrong way: each gets an error in an envelope,
/// nothing is changed, and the log does not tell who asked and what stood in it.
class BadRequestsTest {
  private static final String SECRET = "what-only-two-should-know";
  private static final List<String> NO_NUMBERS =
      List.of("", "-1", "-2147483649", "1.0", "x", "１", "1e3", "99999999999999999999");

  private final Queue<ILoggingEvent> logged = new ConcurrentLinkedQueue<>();
  private final AppenderBase<ILoggingEvent> appender =
      new AppenderBase<>() {
        @Override
        protected void append(ILoggingEvent event) {
          logged.add(event);
        }
      };
  private final Logger log = (Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);

  @BeforeEach
  void listen() {
    appender.setContext(log.getLoggerContext());
    appender.start();
    log.addAppender(appender);
  }

  @AfterEach
  void stopListening() {
    log.detachAppender(appender);
  }

  /// A call as it is described.
  private record Call(String method, String path, JsonNode operation) {
    boolean writes() {
      return method.equals("POST");
    }

    /// What it takes that is a number, or what is a text.
    List<String> parameters(String type) {
      JsonNode fields =
          operation.at("/requestBody/content/application~1x-www-form-urlencoded/schema/properties");
      List<String> names = new ArrayList<>();
      fields.properties().stream()
          .filter(field -> field.getValue().path("type").asText().equals(type))
          .map(Map.Entry::getKey)
          .forEach(names::add);
      operation
          .path("parameters")
          .valueStream()
          .filter(parameter -> parameter.at("/schema/type").asText().equals(type))
          .map(parameter -> parameter.get("name").textValue())
          .forEach(names::add);
      return names;
    }
  }

  private static List<Call> calls(TestServer server) {
    List<Call> calls = new ArrayList<>();
    for (Map.Entry<String, JsonNode> path :
        Description.of(server).root().get("paths").properties()) {
      for (Map.Entry<String, JsonNode> operation : path.getValue().properties()) {
        if (operation.getValue().at("/tags/0").asText().equals("Web")
            && !path.getKey().equals(ImageApi.UPLOAD)) {
          String method = operation.getKey().toUpperCase(Locale.ROOT);
          calls.add(new Call(method, path.getKey(), operation.getValue()));
        }
      }
    }
    return calls;
  }

  @ParameterizedTest
  @EnumSource
  void whatIsAskedInAWrongWay_changesNothing_andStaysOutOfTheLog(Version version) {
    try (TestServer server = Town.start()) {
      WebClient ann = WebClient.browser(server, version, Town.ANN);
      List<Call> calls = calls(server);
      assertThat(calls).hasSizeGreaterThan(25);
      Map<String, String> before = StoreRows.of(server);
      logged.clear();

      for (Call call : calls) {
        badNumbers(ann, call);
        badTexts(ann, call);
        badBytes(ann, call);
        badCredentials(WebClient.of(server, version), ann, call);
        badPathsAndMethods(ann, call);
      }
      nonsense(ann);

      assertThat(StoreRows.changes(before, StoreRows.of(server))).isZero();
      assertThat(logged)
          .filteredOn(event -> event.getLoggerName().startsWith("dev.sixin"))
          .extracting(ILoggingEvent::getLevel)
          .as("what is the caller's fault is not logged as ours")
          .doesNotContain(Level.ERROR);
      String told = String.join("\n", logged.stream().map(BadRequestsTest::text).toList());
      assertThat(told)
          .doesNotContain(SECRET, server.token(Town.ANN), "SESSDATA", "bili_jct", "" + Town.BEN);
    }
  }

  private static String text(ILoggingEvent event) {
    return event.getFormattedMessage() + ThrowableProxyUtil.asString(event.getThrowableProxy());
  }

  private static void badNumbers(WebClient ann, Call call) {
    for (String name : call.parameters("integer")) {
      for (String value : NO_NUMBERS) {
        ask(ann, call, name, value, "x", SECRET).assertRefused(-400);
      }
      ask(ann, call, name, 1, name, 1).assertRefused(-400);
    }
  }

  private static void badTexts(WebClient ann, Call call) {
    for (String name : call.parameters("string")) {
      ask(ann, call, name, SECRET, name, SECRET).assertRefused(-400);
    }
    ask(ann, call, "mobi_app", "web", "mobi_app", SECRET).assertRefused(-400);
  }

  private static WebAnswer ask(WebClient who, Call call, Object... parameters) {
    return call.writes() ? who.post(call.path(), parameters) : who.get(call.path(), parameters);
  }

  private static void badBytes(WebClient ann, Call call) {
    for (String bytes : List.of("x=%FF", "x=%C3%28", "%ED%A0%80=1")) {
      raw(ann, call, bytes).assertRefused(-400);
    }
    if (call.writes()) {
      WebClient form = ann.with("content-type", "application/x-www-form-urlencoded");
      for (String bytes : List.of("x=%", "x=%2", "x=%zz")) {
        form.send("POST", call.path(), bytes.getBytes(UTF_8)).assertRefused(-400);
      }
      byte[] tooLong = ("x=" + SECRET.repeat(3_000)).getBytes(UTF_8);
      form.send("POST", call.path(), tooLong).assertRefused(-400);
      ann.with("content-type", "application/json")
          .send("POST", call.path(), "{\"csrf\":\"secret\"}".getBytes(UTF_8))
          .assertRefused(-400);
      form.with("content-encoding", "gzip")
          .send("POST", call.path(), "csrf=secret".getBytes(UTF_8))
          .assertRefused(-400);
    }
  }

  private static WebAnswer raw(WebClient who, Call call, String parameters) {
    return call.writes()
        ? who.with("content-type", "application/x-www-form-urlencoded")
            .send("POST", call.path(), (parameters + "&csrf=secret").getBytes(UTF_8))
        : who.send("GET", call.path() + "?" + parameters, new byte[0]);
  }

  private static void badCredentials(WebClient nobody, WebClient ann, Call call) {
    ask(nobody, call).assertRefused(-101);
    ask(nobody.with("cookie", "SESSDATA=" + SECRET), call).assertRefused(-101);
    ask(nobody.with("authorization", "Bearer " + SECRET), call).assertRefused(-101);
    if (call.writes()) {
      ask(ann.withoutFields(), call, "x", SECRET).assertRefused(-111);
      ask(ann.withoutFields(), call, "csrf", SECRET).assertRefused(-111);
      ask(ann, call, "csrf", "secret").assertRefused(-400); // now there are two
      ann.withoutFields().post(call.path() + "?csrf=secret").assertRefused(-111);
    }
  }

  private static void badPathsAndMethods(WebClient ann, Call call) {
    for (String method : List.of("PUT", "DELETE", "PATCH")) {
      WebAnswer answer = ann.send(method, call.path() + "?x=" + SECRET, new byte[0]);
      assertThat(answer.status()).as("%s %s", method, call.path()).isEqualTo(405);
      answer.assertIsError(-400);
    }
    for (String path : List.of(call.path() + "/" + SECRET, call.path() + "s", call.path() + "/")) {
      WebAnswer answer = ann.send(call.method(), path, new byte[0]);
      assertThat(answer.status()).as(path).isEqualTo(404);
      answer.assertIsError(-404);
    }
  }

  /// Bytes that mean nothing, by who could change something.
  private static void nonsense(WebClient ann) {
    Random random = new Random(7);
    WebClient form = ann.with("content-type", "application/x-www-form-urlencoded");
    for (int i = 0; i < 300; i++) {
      byte[] bytes = new byte[1 + random.nextInt(200)];
      random.nextBytes(bytes);
      WebAnswer answer = form.send("POST", "/web_im/v1/web_im/send_msg", bytes);
      assertThat(answer.status()).isEqualTo(200);
      assertThat(answer.code()).as("%s", answer).isIn(-400, -111);
    }
  }
}
