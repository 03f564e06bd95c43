package dev.sixin.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.HdrHistogram.Histogram;

/// Results as a person reads them.
final class Report {
  private static final String NOT_KNOWN = "-";
  private static final double[] PERCENTILES = {50, 90, 99, 99.9};

  private Report() {}

  /// A table with a line for each result, and then what failed in each, if anything did.
  static List<String> table(List<Result> results) {
    List<String> lines = new ArrayList<>();
    int width = results.stream().mapToInt(result -> result.name().length()).max().orElse(0);
    lines.add(
        " ".repeat(width)
            + " %10s %9s %9s %9s %9s %9s %9s %11s"
                .formatted("rate/s", "p50", "p90", "p99", "p99.9", "max", "failed", "server CPU"));
    for (Result result : results) {
      StringBuilder line = new StringBuilder();
      line.append(result.name()).append(" ".repeat(width - result.name().length()));
      line.append(" %,10.0f".formatted(result.rate()));
      Histogram micros = result.tally().micros();
      for (double percentile : PERCENTILES) {
        line.append(" %9s".formatted(time(micros, micros.getValueAtPercentile(percentile))));
      }
      line.append(" %9s".formatted(time(micros, micros.getMaxValue())));
      line.append(" %,9d".formatted(result.tally().failed()));
      double cpu = result.cpuMicros();
      line.append(" %11s".formatted(cpu == 0 ? NOT_KNOWN : "%.1f us".formatted(cpu)));
      lines.add(line.toString());
    }
    for (Result result : results) {
      for (Map.Entry<String, Histogram> failure : result.tally().failures().entrySet()) {
        lines.add(failed(result.name(), failure.getKey(), failure.getValue()));
      }
    }
    return lines;
  }

  private static String failed(String name, String ending, Histogram micros) {
    return "%s: %,d ended with %s, p50 %s, p99 %s, max %s"
        .formatted(
            name,
            micros.getTotalCount(),
            ending,
            time(micros.getValueAtPercentile(50)),
            time(micros.getValueAtPercentile(99)),
            time(micros.getMaxValue()));
  }

  private static String time(Histogram micros, long value) {
    return micros.getTotalCount() == 0 ? NOT_KNOWN : time(value);
  }

  /// A time in milliseconds with three digits or so.
  static String time(long micros) {
    double millis = micros / 1e3;
    return (millis < 10 ? "%.2f ms" : millis < 100 ? "%.1f ms" : "%,.0f ms").formatted(millis);
  }

  /// How one rate stands to another.
  static String ratio(Result result, Result yardstick) {
    return "%s %10.3f"
        .formatted(
            result.name() + "/" + yardstick.name(),
            yardstick.rate() == 0 ? Double.NaN : result.rate() / yardstick.rate());
  }

  /// What a command exits with: 0 when calls went well in each of its results.
  static int exitCode(List<Result> results) {
    return results.stream().allMatch(result -> result.tally().succeeded() > 0) ? 0 : 1;
  }
}
