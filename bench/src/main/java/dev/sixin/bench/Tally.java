package dev.sixin.bench;

import java.util.HashMap;
import java.util.Map;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.HdrHistogram.Histogram;

/// What calls came to: how they ended, and how long they took until then, in microseconds.
final class Tally {
  /// Of all histograms: precise to three digits.
  static final int DIGITS = 3;

  private final Map<Ending, Histogram> endings = new HashMap<>();
  private final Histogram delays = new Histogram(DIGITS);
  private long starved;

  /// How a call ended.
  ///
  /// @param path of its method
  /// @param failure null when it went well
  record Ending(String path, String failure) {
    boolean isSuccess() {
      return failure == null;
    }
  }

  void add(Ending ending, Histogram micros) {
    if (micros.getTotalCount() > 0) {
      endings.computeIfAbsent(ending, _ -> new Histogram(DIGITS)).add(micros);
    }
  }

  /// Of calls that begin by the clock.
  ///
  /// @param micros how long after their time they began
  /// @param withoutStream how many waited because no stream was free
  void addDelays(Histogram micros, long withoutStream) {
    delays.add(micros);
    starved += withoutStream;
  }

  void add(Tally other) {
    other.endings.forEach(this::add);
    addDelays(other.delays, other.starved);
  }

  /// How long the calls took that went well.
  Histogram micros() {
    Histogram all = new Histogram(DIGITS);
    endings.forEach(
        (ending, micros) -> {
          if (ending.isSuccess()) {
            all.add(micros);
          }
        });
    return all;
  }

  /// How long the calls took that failed, by what they ended with.
  SortedMap<String, Histogram> failures() {
    SortedMap<String, Histogram> failures = new TreeMap<>();
    endings.forEach(
        (ending, micros) -> {
          if (!ending.isSuccess()) {
            failures.computeIfAbsent(ending.failure(), _ -> new Histogram(DIGITS)).add(micros);
          }
        });
    return failures;
  }

  /// How long after their time calls began; empty when they do not begin by the clock.
  Histogram delays() {
    return delays;
  }

  /// How many calls had to wait because no stream was free.
  long starved() {
    return starved;
  }

  /// How many calls went well.
  long succeeded() {
    return count(true);
  }

  long failed() {
    return count(false);
  }

  private long count(boolean success) {
    return endings.entrySet().stream()
        .filter(entry -> entry.getKey().isSuccess() == success)
        .mapToLong(entry -> entry.getValue().getTotalCount())
        .sum();
  }

  /// The methods that were called.
  SortedSet<String> paths() {
    SortedSet<String> paths = new TreeSet<>();
    endings.keySet().forEach(ending -> paths.add(ending.path()));
    return paths;
  }

  /// What the calls of one method came to.
  Tally of(String path) {
    Tally tally = new Tally();
    endings.forEach(
        (ending, micros) -> {
          if (ending.path().equals(path)) {
            tally.add(ending, micros);
          }
        });
    return tally;
  }
}
