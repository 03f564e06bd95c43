package dev.sixin.bench;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.data.Percentage.withPercentage;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.sixin.Commands;
import dev.sixin.Config;
import dev.sixin.Server;
import dev.sixin.bench.Load.Plan;
import dev.sixin.proto.im.ReqGetSessions;
import dev.sixin.proto.im.ReqSessionMsg;
import dev.sixin.proto.im.RspSessionMsg;
import dev.sixin.proto.type.Msg;
import dev.sixin.proto.type.SessionInfo;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.URI;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

/// The scenarios from the command line to the report, each against the same running server.
class ScenariosTest {
  @TempDir private static Path data;
  private static Server server;

  @TempDir private Path directory;
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();
  private int exitCode;

  @BeforeAll
  static void start() {
    server =
        Server.start(
            Config.of(
                Stream.concat(
                        Stream.of("--port=0", "--data=" + data), Stream.of(ServerOptions.UNBOUNDED))
                    .toArray(String[]::new)),
            Clock.systemUTC());
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  /// Runs a command for a moment and reads what it wrote.
  private JsonNode run(String... args) throws IOException {
    return run(Duration.ofMillis(400), args);
  }

  private JsonNode run(Duration length, String... args) throws IOException {
    List<String> all = new ArrayList<>(List.of(args));
    all.add("--streams=8");
    return runPlainly(length, all);
  }

  private JsonNode runPlainly(Duration length, List<String> args) throws IOException {
    List<String> all = new ArrayList<>(args);
    all.add("--target=http://127.0.0.1:" + server.port());
    all.add("--admin-token-file=" + data.resolve("admin.token"));
    return runOnOwnServer(length, all);
  }

  private JsonNode runOnOwnServer(Duration length, List<String> args) throws IOException {
    Path json = directory.resolve("result.json");
    List<String> all = new ArrayList<>(args);
    all.add("--connections=2");
    all.add("--warmup=%dms".formatted(length.toMillis()));
    all.add("--duration=%dms".formatted(length.toMillis()));
    all.add("--json=" + json);
    CommandLine commands = Main.commandLine();
    commands.setOut(new PrintWriter(out));
    commands.setErr(new PrintWriter(err));
    exitCode = Commands.run(commands, all.toArray(String[]::new));
    assertThat(err.toString()).doesNotContain("sixin bench:");
    return new JsonMapper().readTree(json.toFile());
  }

  private static Stream<JsonNode> results(JsonNode json) {
    return json.path("results").valueStream();
  }

  private static List<String> names(JsonNode json) {
    return results(json).map(result -> result.path("name").asText()).toList();
  }

  private static List<String> ratios(JsonNode json) {
    return json.path("ratios").valueStream().map(ratio -> ratio.path("name").asText()).toList();
  }

  private void assertThatAllWentWell(JsonNode json) {
    assertThat(exitCode).isZero();
    assertThat(results(json))
        .allSatisfy(
            result -> {
              assertThat(result.at("/succeeded/calls").asLong()).isPositive();
              assertThat(result.path("failed")).isEmpty();
            });
  }

  private static void assertThatOpenRateIsHalf(JsonNode closed, JsonNode open) {
    assertThat(open.path("loop").asText()).isEqualTo("open");
    assertThat(open.path("offered_per_second").asDouble())
        .isEqualTo(closed.path("rate_per_second").asDouble() / 2);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 30})
  void push_tellsAllMembersOfEachMessage_bySoManyConnections(int connections) throws IOException {
    JsonNode json =
        runPlainly(
            Duration.ofMillis(400),
            List.of("push", "--idle=20", "--members=30", "--member-connections=" + connections));

    assertThatAllWentWell(json);
    assertThat(names(json)).containsExactly("until all are told");
    // What is on a heap is known of a server that was started for it.
    assertThat(ratios(json)).containsExactly("notices a second");
    double rate = json.at("/results/0/rate_per_second").asDouble();
    assertThat(json.at("/ratios/0/value").asDouble()).isCloseTo(30 * rate, withPercentage(1));
  }

  @Test
  void send_measuresTheEcho_theHighestRate_andTheLatencyAtHalfOfIt() throws IOException {
    Path html = directory.resolve("result.html");
    Path svg = directory.resolve("plot");

    Duration length = Duration.ofMillis(1_200); // the echo is a JVM that begins cold
    JsonNode json =
        run(
            length,
            "send",
            "--users=20",
            "--contacts=2",
            "--turns=3",
            "--html=" + html,
            "--svg=" + svg);

    assertThatAllWentWell(json);
    assertThat(names(json)).containsExactly("echo beside send", "send", "send at half");
    assertThat(ratios(json))
        .containsExactly("send/echo", "send/echo, lowest turn", "send/echo, highest turn");
    assertThat(json.at("/ratios/0/value").asDouble())
        .isBetween(json.at("/ratios/1/value").asDouble(), json.at("/ratios/2/value").asDouble());
    assertThatOpenRateIsHalf(json.at("/results/1"), json.at("/results/2"));
    assertThat(json.at("/options/--users").asText()).isEqualTo("20");
    assertThat(out.toString()).contains("20 users with 2 contacts", "send at half", "send/echo");
    assertThat(html).content().contains("<svg", "send at half");
    assertThat(directory.resolve("plot-latency.svg")).content().startsWith("<svg");
    assertThat(directory.resolve("plot-rate.svg")).content().startsWith("<svg");
  }

  @Test
  void openRate_isTheRateOfTheOpenLoop() throws IOException {
    JsonNode json = run("send", "--users=20", "--contacts=2", "--no-echo", "--open-rate=123");

    assertThatAllWentWell(json);
    assertThat(names(json)).containsExactly("send", "send at 123/s");
    assertThat(json.at("/results/1/offered_per_second").asDouble()).isEqualTo(123);
  }

  @Test
  void fetch_findsAsManyMessagesAsItAsksFor() throws IOException {
    JsonNode json = run("fetch", "--users=10", "--contacts=2", "--no-echo", "--no-open");

    assertThatAllWentWell(json);
    assertThat(names(json)).containsExactly("fetch");
    Population population = new Population(10, 2);
    try (Site site = site()) {
      for (int user = 0; user < population.users(); user++) {
        RspSessionMsg answer =
            site.as(population.uid(user))
                .syncFetchSessionMsgs(
                    ReqSessionMsg.newBuilder()
                        .setTalkerId(population.uid(population.contact(user, 0)))
                        .setSessionType(1)
                        .build());
        assertThat(answer.getMessagesList()).hasSize(20);
        assertThat(answer.getMessagesList().stream().map(Msg::getSenderUid).distinct()).hasSize(2);
      }
    }
  }

  @Test
  void populated_leavesOutWhatIsThere() throws IOException {
    String[] once = {
      "fetch", "--users=14", "--contacts=2", "--messages=3", "--no-echo", "--no-open"
    };
    run(once);
    String first = err.toString();
    err.getBuffer().setLength(0);
    JsonNode json =
        run(Stream.concat(Stream.of(once), Stream.of("--populated")).toArray(String[]::new));

    assertThatAllWentWell(json);
    assertThat(first).contains("users");
    assertThat(err.toString()).doesNotContain("pairs of contacts", "messages");
  }

  @Test
  void sessions_comparesALargeInboxWithSmallOnes() throws IOException {
    JsonNode json = run("sessions", "--owners=3", "--small=5", "--big=60", "--no-echo");

    assertThatAllWentWell(json);
    assertThat(names(json))
        .containsExactly("5 sessions", "60 sessions", "5 sessions at half", "60 sessions at half");
    assertThat(ratios(json)).containsExactly("p99 of 60 / p99 of 5");
    assertThat(json.at("/results/2/offered_per_second").asDouble())
        .isCloseTo(json.at("/results/3/offered_per_second").asDouble(), withPercentage(0.001));
    assertThat(sessions(40_000_000)).hasSize(60);
    assertThat(sessions(40_000_001)).hasSize(5);
    assertThat(sessions(40_000_003)).hasSize(5);
  }

  private List<SessionInfo> sessions(long uid) {
    try (Site site = site()) {
      return site.as(uid)
          .getSessions(ReqGetSessions.newBuilder().setSize(100).build())
          .getSessionListList();
    }
  }

  private Site site() {
    return new Site(uri(), server.adminToken(), new Progress(new PrintWriter(err), false));
  }

  private static URI uri() {
    return URI.create("http://127.0.0.1:" + server.port());
  }

  @Test
  void mixed_saysWhatEachMethodTakes() throws IOException {
    JsonNode json = run("mixed", "--users=10", "--contacts=2", "--no-echo");

    assertThatAllWentWell(json);
    assertThat(names(json))
        .containsExactly(
            "mixed",
            "mixed at half",
            "GetSessions",
            "SendMsg",
            "SingleUnread",
            "SyncFetchSessionMsgs",
            "UpdateAck");
    assertThat(
            results(json).skip(2).mapToLong(result -> result.at("/succeeded/calls").asLong()).sum())
        .isEqualTo(json.at("/results/1/succeeded/calls").asLong());
  }

  @Test
  void group_goesThroughAllSizes_andMeasuresTheLatencyOfTheLargest() throws IOException {
    JsonNode json = run("group", "--members=30,3", "--senders=2", "--rounds=2", "--no-echo");

    assertThatAllWentWell(json);
    assertThat(names(json))
        .containsExactly(
            "30 members", "3 members", "30 members", "3 members", "30 members at half");
    assertThatOpenRateIsHalf(json.at("/results/2"), json.at("/results/4"));
  }

  @Test
  void clear_readsAllSessions() throws IOException {
    JsonNode json = run("clear", "--sessions=50"); // so few that others may not send one meanwhile

    assertThat(json.at("/results/0/succeeded/calls").asLong()).isPositive();
    assertThat(names(json)).containsExactly("before", "meanwhile", "after");
    assertThat(sessions(30_000_000))
        .hasSize(50)
        .allSatisfy(session -> assertThat(session.getUnreadCount()).isZero());
  }

  @Test
  void growth_fillsADirectory_andMeasuresAtEachSize() throws IOException {
    JsonNode json =
        runOnOwnServer(
            Duration.ofMillis(400),
            List.of(
                "growth",
                "--sizes=200,600",
                "--users=20",
                "--contacts=2",
                "--streams=8",
                "--read-rate=50",
                "--no-echo"));

    assertThatAllWentWell(json);
    assertThat(names(json))
        .containsExactly(
            "send, 200", "fetch, 200", "sessions, 200", "send, 600", "fetch, 600", "sessions, 600");
    assertThat(out.toString()).contains("disk a message").containsPattern("\\n +200 .*\\n +600 ");
  }

  @Test
  void overload_asksForThreeTimesTheBestRate_andExitsWithWhatItFound() throws IOException {
    JsonNode json =
        run("overload", "--users=20", "--contacts=2", "--turns=2", "--no-echo", "--no-open");

    assertThat(names(json)).containsExactly("send", "send by turns", "send at 3 times");
    assertThat(ratios(json)).containsExactly("kept", "kept, lowest turn", "kept, highest turn");
    assertThat(json.at("/results/2/offered_per_second").asDouble())
        .isCloseTo(
            3 * json.at("/results/1/rate_per_second").asDouble(),
            withPercentage(20)); // turns are not quite of one length
    List<Boolean> verdicts =
        json.path("verdicts")
            .valueStream()
            .map(verdict -> verdict.path("met").asBoolean())
            .toList();
    assertThat(verdicts).hasSize(5);
    assertThat(exitCode).isEqualTo(verdicts.contains(false) ? 1 : 0);
  }

  @Test
  void abuse_measuresBeforeDuringAndAfterEachAttack_andExitsWithWhatItFound() throws IOException {
    // whose address is not welcome to it afterwards
    JsonNode json =
        runOnOwnServer(Duration.ofMillis(400), List.of("abuse", "--rate=50", "--attackers=5"));

    assertThat(names(json))
        .containsExactly(
            "before",
            "sends of one user",
            "idle connections",
            "slow writers",
            "slow readers",
            "large headers",
            "stream flood",
            "rapid resets",
            "after");
    JsonNode cutOff = json.at("/ratios/2");
    assertThat(cutOff.path("name").asText())
        .isEqualTo("idle connections: connections that were cut off");
    assertThat(cutOff.path("value").asDouble()).as("who idles for a moment is not").isZero();
    assertThat(results(json).findFirst().orElseThrow().at("/succeeded/calls").asLong())
        .isPositive();
    List<Boolean> verdicts =
        json.path("verdicts")
            .valueStream()
            .map(verdict -> verdict.path("met").asBoolean())
            .toList();
    assertThat(verdicts).hasSize(8);
    assertThat(exitCode).isEqualTo(verdicts.contains(false) ? 1 : 0);
  }

  @Test
  void echo_answersEveryCall() throws InterruptedException {
    Population population = new Population(10, 2);
    UserCalls calls =
        new UserCalls(
            population,
            Collections.nCopies(10, "identify_v1 t".getBytes(US_ASCII)),
            new Texts(40, new SplittableRandom(1)));
    com.linecorp.armeria.server.Server echo = EchoServer.start(0, new EchoServer.Echo());
    Plan plan = new Plan(1, 8, 1, Duration.ZERO, Duration.ofMillis(300), 1, 0);
    URI uri = URI.create("http://127.0.0.1:" + echo.activeLocalPort());

    Result result =
        Load.run(
            "echo",
            plan,
            uri,
            calls::mixed,
            () -> Duration.ZERO,
            new Progress(new PrintWriter(err), false));
    var _ = echo.stop();

    assertThat(result.tally().failed()).isZero();
    assertThat(result.tally().paths()).hasSize(5);
  }
}
