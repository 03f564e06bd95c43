package dev.sixin.bench;

import java.util.Map;
import java.util.TreeMap;
import org.HdrHistogram.Histogram;

/// What calls came to: how long those took that went well, in microseconds, and how many ended in
/// which way otherwise.
final class Tally {
  private final Histogram micros = new Histogram(Worker.DIGITS);
  private final Map<String, Long> failures = new TreeMap<>();

  void add(Histogram more) {
    micros.add(more);
  }

  void add(String failure, long count) {
    failures.merge(failure, count, Long::sum);
  }

  void add(Tally other) {
    add(other.micros);
    other.failures.forEach(this::add);
  }

  Histogram micros() {
    return micros;
  }

  /// How many calls failed, by what they ended with.
  Map<String, Long> failures() {
    return failures;
  }

  /// How many calls went well.
  long succeeded() {
    return micros.getTotalCount();
  }

  long failed() {
    return failures.values().stream().mapToLong(Long::longValue).sum();
  }
}
