package dev.sixin;

import static dev.sixin.TestServer.assertRefused;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.sixin.api.WebAnswer;
import dev.sixin.api.WebClient;
import java.io.IOException;
import java.net.http.HttpClient.Version;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

/// What a server says of itself at /metrics, and that the handbook and the dashboard agree.
class MetricsTest {
  private static final Path DOCS = Path.of("..", "docs");
  private static final Pattern FAMILY = Pattern.compile("# HELP (\\S+) (.*)");
  private static final Pattern SAMPLE = Pattern.compile("([a-z_0-9]+)(\\{.*})? (\\S+)");
  private static final Pattern NAME = Pattern.compile("\\b(sixin|jvm|process)_[a-z_0-9]+");
  private static final Pattern ROW = Pattern.compile("\\| `([a-z_0-9]+)` \\|.*");

  @AutoClose private final TestServer server = TestServer.start("--max-calls=10");
  private final Person ann = Person.on(server);
  private final Person bob = Person.on(server);

  private String metrics() {
    return WebClient.of(server, Version.HTTP_1_1).get("/metrics").text();
  }

  private static Set<String> families(String metrics) {
    return metrics
        .lines()
        .map(FAMILY::matcher)
        .filter(line -> line.matches())
        .map(line -> line.group(1))
        .collect(Collectors.toCollection(TreeSet::new));
  }

  /// The value of a sample, by its name and labels as they are written.
  private double value(String sample) {
    return metrics()
        .lines()
        .filter(line -> line.startsWith(sample + " "))
        .mapToDouble(line -> Double.parseDouble(line.substring(sample.length() + 1)))
        .findAny()
        .orElse(0);
  }

  /// Something of everything that is counted.
  private void live() {
    server.friends(ann.uid(), bob.uid());
    server.say(ann.uid(), bob.uid(), "hello");
    try (Watch watch = Watch.of(bob, server.token(bob.uid()))) {
      server.say(ann.uid(), bob.uid(), "again");
      watch.next();
    }
  }

  @Test
  void everyMetric_isDescribed_andStandsInTheHandbook_andNoOther() throws IOException {
    live();

    Set<String> documented =
        Files.readAllLines(DOCS.resolve("operations.md")).stream()
            .map(ROW::matcher)
            .filter(row -> row.matches() && NAME.matcher(row.group(1)).matches())
            .map(row -> row.group(1))
            .collect(Collectors.toCollection(TreeSet::new));
    assertThat(documented).isEqualTo(families(metrics()));
    assertThat(metrics().lines().map(FAMILY::matcher).filter(line -> line.matches()))
        .allSatisfy(line -> assertThat(line.group(2)).as(line.group(1)).isNotBlank());
  }

  @Test
  void theDashboard_namesNoMetric_thatIsNotThere() throws IOException {
    live();
    Set<String> samples =
        metrics()
            .lines()
            .map(SAMPLE::matcher)
            .filter(line -> line.matches())
            .map(line -> line.group(1))
            .collect(Collectors.toSet());

    JsonNode dashboard =
        new JsonMapper().readTree(DOCS.resolve("grafana").resolve("sixin.json").toFile());
    List<String> expressions = dashboard.findValuesAsText("expr");
    assertThat(expressions).hasSizeGreaterThan(10);
    Set<String> named =
        expressions.stream()
            .flatMap(expression -> NAME.matcher(expression).results())
            .map(MatchResult::group)
            .collect(Collectors.toCollection(TreeSet::new));
    assertThat(samples).containsAll(named);
    assertThat(expressions).allMatch(expression -> NAME.matcher(expression).find());
  }

  @Test
  void calls_areCountedByNameAndCode_howeverTheyCome() {
    String sent = "sixin_call_seconds_count{call=\"ImInterface/SendMsg\",code=\"0\"}";
    String refused = "sixin_call_seconds_count{call=\"ImInterface/SendMsg\",code=\"21026\"}";
    server.friends(ann.uid(), bob.uid());

    server.say(ann.uid(), bob.uid(), "hello");
    assertRefused(21026, () -> server.say(ann.uid(), ann.uid(), "hello"));
    WebClient.script(server, Version.HTTP_1_1, ann.uid())
        .post(
            "/web_im/v1/web_im/send_msg",
            "msg[receiver_id]",
            bob.uid(),
            "msg[receiver_type]",
            1,
            "msg[msg_type]",
            1,
            "msg[content]",
            "{\"content\":\"hello\"}");
    Await.until("both are counted", () -> value(sent) == 2);
    assertThat(value(refused)).isOne();
    assertThat(value("sixin_messages_total{kind=\"private\"}")).isEqualTo(2);

    String token = "sixin_call_seconds_count{call=\"Admin/IssueToken\",code=\"0\"}";
    double before = value(token);
    WebAnswer answer =
        WebClient.site(server, Version.HTTP_2)
            .admin("issue_token", "{\"uid\": %d}".formatted(ann.uid()));
    assertThat(answer.status()).isEqualTo(200);
    Await.until("the site's call is counted", () -> value(token) == before + 1);
  }

  @Test
  void noLabel_namesAPerson_orWhatTheySaid() {
    live();
    String ofSixin =
        metrics().lines().filter(line -> line.startsWith("sixin_")).collect(Collectors.joining());
    assertThat(ofSixin)
        .doesNotContain("hello")
        .doesNotContain("\"" + ann.uid())
        .doesNotContain("\"" + bob.uid());
    assertThat(Pattern.compile("(\\w+)=\"").matcher(ofSixin).results().map(m -> m.group(1)))
        .containsOnly("call", "code", "le", "kind", "part", "result", "version");
  }
}
