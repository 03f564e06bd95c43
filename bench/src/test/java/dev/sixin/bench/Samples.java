package dev.sixin.bench;

import dev.sixin.bench.Report.Ratio;
import dev.sixin.bench.Report.Verdict;
import dev.sixin.bench.Result.Second;
import dev.sixin.bench.Tally.Ending;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.HdrHistogram.Histogram;

/// Results made up for tests.
final class Samples {
  static final Ending SUCCESS = new Ending("/im/SendMsg", null);
  static final Ending OVERLOADED = new Ending("/im/SendMsg", "-509");

  private Samples() {}

  static Histogram histogram(long... micros) {
    Histogram histogram = new Histogram(Tally.DIGITS);
    for (long value : micros) {
      histogram.recordValue(value);
    }
    return histogram;
  }

  static Tally tally(long... micros) {
    Tally tally = new Tally();
    tally.add(SUCCESS, histogram(micros));
    return tally;
  }

  /// What a closed loop came to in two seconds.
  static Result closed(String name, Tally tally) {
    return new Result(
        name, tally, Duration.ofSeconds(2), Duration.ZERO, 0, 0, List.of(second(1), second(2)));
  }

  /// What an open loop came to in two seconds.
  static Result open(String name, Tally tally, double offered, long unanswered) {
    return new Result(
        name,
        tally,
        Duration.ofSeconds(2),
        Duration.ZERO,
        offered,
        unanswered,
        List.of(second(1), second(2)));
  }

  private static Second second(int end) {
    return new Second(Duration.ofSeconds(end), 100.0 * end, end);
  }

  static Report report(Result... results) {
    return new Report(
        "send",
        Instant.parse("2026-01-02T03:04:05Z"),
        new TreeMap<>(Map.of("--seed", "1", "--text", "<b> & \"c\"")),
        "4 connections",
        List.of(results),
        List.of(new Ratio("send/echo", 0.25)),
        List.of(new Verdict("it was quick", true), new Verdict("it was <cheap>", false)));
  }
}
