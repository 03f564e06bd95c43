package dev.sixin.bench;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sixin.bench.Tally.Ending;
import java.time.Duration;
import java.util.List;
import org.HdrHistogram.Histogram;
import org.junit.jupiter.api.Test;

class ReportTest {
  private static final Ending SUCCESS = new Ending("/im/SendMsg", null);
  private static final Ending OVERLOADED = new Ending("/im/SendMsg", "-509");

  private static Histogram histogram(long... micros) {
    Histogram histogram = new Histogram(Tally.DIGITS);
    for (long value : micros) {
      histogram.recordValue(value);
    }
    return histogram;
  }

  private static Result result(String name, Tally tally) {
    return new Result(name, tally, Duration.ofSeconds(2), Duration.ZERO, 0, 0, List.of());
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
  void table_hasRateAndPercentilesOfEachResult() {
    Tally tally = new Tally();
    Histogram histogram = new Histogram(Tally.DIGITS);
    for (int micros = 1_000; micros <= 1_000_000; micros += 1_000) {
      histogram.recordValue(micros);
    }
    tally.add(SUCCESS, histogram);

    List<String> lines = Report.table(List.of(result("send", tally)));

    assertThat(lines).hasSize(2);
    assertThat(lines.getFirst().strip().split(" {2,}"))
        .containsExactly("rate/s", "p50", "p90", "p99", "p99.9", "max", "failed", "server CPU");
    assertThat(lines.getLast().split(" {2,}"))
        .containsExactly(
            "send", "500", "500 ms", "900 ms", "990 ms", "999 ms", "1,000 ms", "0", "-");
  }

  @Test
  void table_saysWhatCallsFailedWith() {
    Tally tally = new Tally();
    tally.add(SUCCESS, histogram(1_234));
    tally.add(OVERLOADED, histogram(1_000, 2_000, 8_000));
    tally.add(new Ending("/im/SendMsg", "grpc-status 14"), histogram(10));

    List<String> lines = Report.table(List.of(result("send", tally)));

    assertThat(lines.get(1)).contains("1.23 ms").contains("4");
    assertThat(lines.subList(2, 4))
        .containsExactly(
            "send: 3 ended with -509, p50 2.00 ms, p99 8.00 ms, max 8.00 ms",
            "send: 1 ended with grpc-status 14, p50 0.01 ms, p99 0.01 ms, max 0.01 ms");
  }

  @Test
  void table_ofNothing_hasNoTimes() {
    String line = Report.table(List.of(result("send", new Tally()))).getLast();

    assertThat(line.split(" {2,}")).containsExactly("send", "0", "-", "-", "-", "-", "-", "0", "-");
  }

  @Test
  void ratio_comparesRates() {
    Tally few = new Tally();
    few.add(SUCCESS, histogram(1));
    Tally many = new Tally();
    many.add(SUCCESS, histogram(1, 1, 1, 1));

    assertThat(Report.ratio(result("send", few), result("echo", many)).split(" +"))
        .containsExactly("send/echo", "0.250");
  }

  @Test
  void cpu_isSharedAmongAllCalls() {
    Tally tally = new Tally();
    tally.add(SUCCESS, histogram(1, 1, 1));
    tally.add(OVERLOADED, histogram(1));
    Result result =
        new Result("send", tally, Duration.ofSeconds(1), Duration.ofMillis(1), 0, 0, List.of());

    assertThat(result.cpuMicros()).isEqualTo(250);
  }
}
