package dev.sixin.bench;

import static dev.sixin.bench.Samples.OVERLOADED;
import static dev.sixin.bench.Samples.SUCCESS;
import static dev.sixin.bench.Samples.closed;
import static dev.sixin.bench.Samples.histogram;
import static dev.sixin.bench.Samples.open;
import static dev.sixin.bench.Samples.report;
import static dev.sixin.bench.Samples.tally;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.sixin.bench.Report.Ratio;
import dev.sixin.bench.Tally.Ending;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class ReportTest {
  private static List<String> lines(Result... results) {
    return report(results).lines();
  }

  @Test
  void tallies_ofWorkers_addUp() {
    Tally one = new Tally();
    one.add(SUCCESS, histogram(100, 200));
    one.add(OVERLOADED, histogram(10, 20));
    one.addDelays(histogram(1), 5);
    Tally other = new Tally();
    other.add(SUCCESS, histogram(300));
    other.add(OVERLOADED, histogram(30));
    other.add(new Ending("/im/GetSessions", "http 503"), histogram(1, 2, 3, 4));
    other.addDelays(histogram(2), 6);

    Tally all = new Tally();
    all.add(one);
    all.add(other);

    assertThat(all.succeeded()).isEqualTo(3);
    assertThat(all.micros()).isEqualTo(histogram(100, 200, 300));
    assertThat(all.failed()).isEqualTo(7);
    assertThat(all.failures()).containsOnlyKeys("-509", "http 503");
    assertThat(all.failures().get("-509")).isEqualTo(histogram(10, 20, 30));
    assertThat(all.delays()).isEqualTo(histogram(1, 2));
    assertThat(all.starved()).isEqualTo(11);
    assertThat(all.paths()).containsExactly("/im/GetSessions", "/im/SendMsg");
    assertThat(all.of("/im/SendMsg").failures()).containsOnlyKeys("-509");
    assertThat(all.of("/im/GetSessions").failed()).isEqualTo(4);
  }

  @Test
  void turns_areComparedWithTheTurnsBesideThem() {
    List<Result> sends = List.of(calls(30), calls(10), calls(10));
    List<Result> echoes = List.of(calls(40), calls(20), calls(100));

    assertThat(Ratio.byTurns("send/echo", sends, echoes))
        .containsExactly(
            new Ratio("send/echo", 0.5),
            new Ratio("send/echo, lowest turn", 0.1),
            new Ratio("send/echo, highest turn", 0.75));
  }

  private static Result calls(int many) {
    return closed("calls", tally(new long[many]));
  }

  @Test
  void report_hasRateAndPercentilesOfEachResult() {
    long[] micros = LongStream.rangeClosed(1, 1_000).map(i -> 1_000 * i).toArray();

    List<String> lines = lines(closed("send", tally(micros)));

    assertThat(lines.get(0)).isEqualTo("4 connections");
    assertThat(lines.get(2).strip().split(" {2,}"))
        .containsExactly("rate/s", "p50", "p90", "p99", "p99.9", "max", "failed", "server CPU");
    assertThat(lines.get(3).split(" {2,}"))
        .containsExactly(
            "send", "500", "500 ms", "900 ms", "990 ms", "999 ms", "1,000 ms", "0", "-");
  }

  @Test
  void report_saysWhatCallsFailedWith_andHowSoon() {
    Tally tally = tally(1_234);
    tally.add(OVERLOADED, histogram(1_000, 2_000, 8_000));
    tally.add(new Ending("/im/SendMsg", "grpc-status 14"), histogram(10));

    List<String> lines = lines(closed("send", tally));

    assertThat(lines.get(3)).contains("1.23 ms").contains(" 4 ");
    assertThat(lines.subList(4, 6))
        .containsExactly(
            "send: 3 ended with -509, p50 2.00 ms, p99 8.00 ms, max 8.00 ms",
            "send: 1 ended with grpc-status 14, p50 0.01 ms, p99 0.01 ms, max 0.01 ms");
  }

  @Test
  void report_ofNothing_hasNoTimes() {
    String line = lines(closed("send", new Tally())).get(3);

    assertThat(line.split(" {2,}")).containsExactly("send", "0", "-", "-", "-", "-", "-", "0", "-");
  }

  @Test
  void report_comparesAndJudges() {
    assertThat(lines(closed("send", tally(1))))
        .endsWith("send/echo      0.250", "met: it was quick", "NOT MET: it was <cheap>");
  }

  @Test
  void openLoopThatCouldNotKeepItsTimes_saysSo() {
    Tally tally = tally(new long[100]);
    tally.addDelays(histogram(500, 3_001), 7);

    assertThat(report(open("send at half", tally, 50, 2)).notes())
        .containsExactly(
            "send at half: 7 calls began late because no stream was free",
            "send at half: calls began after their time, p50 0.50 ms, p99 3.00 ms, max 3.00 ms",
            "send at half: 2 calls had not ended at the end, and no time of theirs is counted");
  }

  @Test
  void openLoopThatKeptItsTimes_saysNothing() {
    Tally tally = tally(new long[100]);
    tally.addDelays(histogram(100, 200), 0);

    assertThat(report(open("send at half", tally, 50, 1)).notes()).isEmpty();
  }

  @Test
  void exitCode_isThatOfTheWorstPart() {
    Report judged = report(closed("send", tally(1)));
    Report well =
        new Report(
            "send", judged.begin(), judged.options(), "", judged.results(), List.of(), List.of());
    Report nothing =
        new Report(
            "send",
            judged.begin(),
            judged.options(),
            "",
            List.of(closed("send", new Tally())),
            List.of(),
            List.of());

    assertThat(well.exitCode()).isZero();
    assertThat(judged.exitCode()).isEqualTo(1);
    assertThat(nothing.exitCode()).isEqualTo(1);
  }

  @Test
  void methods_haveLinesOfTheirOwn() {
    Tally tally = tally(100, 200);
    tally.add(new Ending("/im/GetSessions", null), histogram(300));
    tally.add(OVERLOADED, histogram(5));

    List<Result> methods = closed("mixed", tally).byMethod();

    assertThat(methods).extracting(Result::name).containsExactly("GetSessions", "SendMsg");
    assertThat(methods.getFirst().rate()).isEqualTo(0.5);
    assertThat(methods.getLast().rate()).isEqualTo(1);
    assertThat(methods.getLast().tally().failed()).isEqualTo(1);
  }

  @Test
  void cpu_isSharedAmongAllCalls() {
    Tally tally = tally(1, 1, 1);
    tally.add(OVERLOADED, histogram(1));
    Result result =
        new Result("send", tally, Duration.ofSeconds(1), Duration.ofMillis(1), 0, 0, List.of());

    assertThat(result.cpuMicros()).isEqualTo(250);
  }

  @Test
  void json_holdsAllThatWasMeasured() throws IOException {
    Tally tally = tally(1_000, 2_000);
    tally.add(OVERLOADED, histogram(50));
    tally.addDelays(histogram(7), 3);

    JsonNode json =
        new JsonMapper()
            .readTree(Json.of(report(closed("echo", tally(1)), open("send", tally, 400, 9))));

    assertThat(json.path("command").asText()).isEqualTo("send");
    assertThat(json.path("begin").asText()).isEqualTo("2026-01-02T03:04:05Z");
    assertThat(json.at("/options/--text").asText()).isEqualTo("<b> & \"c\"");
    assertThat(json.at("/machine/cores").asInt()).isPositive();
    assertThat(json.at("/machine/java").asText()).isNotEmpty();
    assertThat(json.at("/machine/os").asText()).isNotEmpty();
    assertThat(json.at("/results/0/name").asText()).isEqualTo("echo");
    assertThat(json.at("/results/0/loop").asText()).isEqualTo("closed");
    JsonNode send = json.at("/results/1");
    assertThat(send.path("loop").asText()).isEqualTo("open");
    assertThat(send.path("offered_per_second").asDouble()).isEqualTo(400);
    assertThat(send.path("unanswered").asLong()).isEqualTo(9);
    assertThat(send.path("started_late_without_stream").asLong()).isEqualTo(3);
    assertThat(send.at("/start_delay/max_micros").asLong()).isEqualTo(7);
    assertThat(send.path("rate_per_second").asDouble()).isEqualTo(1);
    assertThat(send.at("/succeeded/calls").asLong()).isEqualTo(2);
    assertThat(send.at("/succeeded/percentiles")).isNotEmpty();
    assertThat(send.at("/succeeded/percentiles/0/micros").asLong()).isEqualTo(1_000);
    assertThat(send.at("/failed/-509/max_micros").asLong()).isEqualTo(50);
    assertThat(send.at("/over_time/1/second").asDouble()).isEqualTo(2);
    assertThat(send.at("/over_time/1/rate_per_second").asDouble()).isEqualTo(200);
    assertThat(send.at("/over_time/1/failed_per_second").asDouble()).isEqualTo(2);
    assertThat(json.at("/ratios/0/name").asText()).isEqualTo("send/echo");
    assertThat(json.at("/ratios/0/value").asDouble()).isEqualTo(0.25);
    assertThat(json.at("/verdicts/1/met").asBoolean(true)).isFalse();
  }
}
