package dev.sixin.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import org.HdrHistogram.Histogram;
import org.junit.jupiter.api.Test;

class ReportTest {
  private static Histogram histogram(long... micros) {
    Histogram histogram = new Histogram(Worker.DIGITS);
    for (long value : micros) {
      histogram.recordValue(value);
    }
    return histogram;
  }

  private static Result result(String name, Tally tally) {
    return new Result(name, tally, Duration.ofSeconds(2), Duration.ZERO);
  }

  @Test
  void tallies_ofWorkers_addUp() {
    Tally one = new Tally();
    one.add(histogram(100, 200));
    one.add("-509", 2);
    Tally other = new Tally();
    other.add(histogram(300));
    other.add("-509", 1);
    other.add("http 503", 4);

    Tally all = new Tally();
    all.add(one);
    all.add(other);

    assertThat(all.succeeded()).isEqualTo(3);
    assertThat(all.micros().getMinValue()).isEqualTo(100);
    assertThat(all.micros().getMaxValue()).isEqualTo(300);
    assertThat(all.failed()).isEqualTo(7);
    assertThat(all.failures()).containsEntry("-509", 3L).containsEntry("http 503", 4L);
  }

  @Test
  void table_hasRateAndPercentilesOfEachResult() {
    Tally tally = new Tally();
    Histogram histogram = new Histogram(Worker.DIGITS);
    for (int micros = 1_000; micros <= 1_000_000; micros += 1_000) {
      histogram.recordValue(micros);
    }
    tally.add(histogram);

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
    tally.add(histogram(1_234));
    tally.add("-509", 1_200);
    tally.add("grpc-status 14", 3);

    List<String> lines = Report.table(List.of(result("send", tally)));

    assertThat(lines.get(1)).contains("1.23 ms").contains("1,203");
    assertThat(lines.subList(2, 4))
        .containsExactly("send: 1,200 ended with -509", "send: 3 ended with grpc-status 14");
  }

  @Test
  void table_ofNothing_hasNoTimes() {
    String line = Report.table(List.of(result("send", new Tally()))).getLast();

    assertThat(line.split(" {2,}")).containsExactly("send", "0", "-", "-", "-", "-", "-", "0", "-");
  }

  @Test
  void ratio_comparesRates() {
    Tally few = new Tally();
    few.add(histogram(1));
    Tally many = new Tally();
    many.add(histogram(1, 1, 1, 1));

    assertThat(Report.ratio(result("send", few), result("echo", many)).split(" +"))
        .containsExactly("send/echo", "0.250");
  }

  @Test
  void cpu_isSharedAmongAllCalls() {
    Tally tally = new Tally();
    tally.add(histogram(1, 1, 1));
    tally.add("-509", 1);
    Result result = new Result("send", tally, Duration.ofSeconds(1), Duration.ofMillis(1));

    assertThat(result.cpuMicros()).isEqualTo(250);
  }
}
