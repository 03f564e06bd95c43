package dev.sixin.bench;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.HdrHistogram.Histogram;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/// What came of a command.
///
/// @param options of the command line, those left out too
/// @param setting how it was measured, in words
/// @param results in the order in which they were measured
record Report(
    String command,
    Instant begin,
    SortedMap<String, String> options,
    String setting,
    List<Result> results,
    List<Ratio> ratios,
    List<Verdict> verdicts) {
  /// What the columns of the table are, after the name.
  static final List<String> COLUMNS =
      List.of("rate/s", "p50", "p90", "p99", "p99.9", "max", "failed", "server CPU");

  private static final String NOT_KNOWN = "-";
  private static final double[] PERCENTILES = {50, 90, 99, 99.9};
  private static final int[] WIDTHS = {10, 9, 9, 9, 9, 9, 9, 11};

  /// A call that begins later than this is worth a word: the client itself was late.
  private static final long LATE_MICROS = 3_000;

  /// A share of the calls, in hundredths, that is worth a word when they have not ended.
  private static final int UNANSWERED = 1;

  /// How one number stands to another.
  record Ratio(String name, double value) {
    /// How the rates of what was measured by turns compare: the median of all turns, the lowest,
    /// the highest.
    static List<Ratio> byTurns(String name, List<Result> results, List<Result> others) {
      double[] sorted =
          IntStream.range(0, results.size())
              .mapToDouble(i -> results.get(i).rate() / others.get(i).rate())
              .sorted()
              .toArray();
      return List.of(
          new Ratio(name, sorted[sorted.length / 2]),
          new Ratio(name + ", lowest turn", sorted[0]),
          new Ratio(name + ", highest turn", sorted[sorted.length - 1]));
    }
  }

  /// Whether something is as it should be.
  record Verdict(String what, boolean met) {}

  /// The values of a command's options, by their names.
  static SortedMap<String, String> options(CommandSpec command) {
    SortedMap<String, String> values = new TreeMap<>();
    for (OptionSpec option : command.options()) {
      Object value = option.getValue();
      if (value != null && !option.usageHelp() && !option.versionHelp()) {
        String text = value instanceof int[] many ? Arrays.toString(many) : value.toString();
        values.put(option.longestName(), text);
      }
    }
    return values;
  }

  /// As a person reads it: a table with a line for each result, what is to be said of each, and how
  /// they compare.
  List<String> lines() {
    List<String> lines = new ArrayList<>();
    lines.add(setting);
    lines.add("");
    int width = results.stream().mapToInt(result -> result.name().length()).max().orElse(0);
    lines.add(line("", width, COLUMNS));
    results.forEach(result -> lines.add(line(result.name(), width, cells(result))));
    lines.addAll(notes());
    ratios.forEach(ratio -> lines.add(ratio.name() + " %10.3f".formatted(ratio.value())));
    verdicts.forEach(
        verdict -> lines.add((verdict.met() ? "met: " : "NOT MET: ") + verdict.what()));
    return lines;
  }

  private static String line(String name, int width, List<String> cells) {
    StringBuilder line = new StringBuilder(name).append(" ".repeat(width - name.length()));
    for (int i = 0; i < cells.size(); i++) {
      String cell = cells.get(i);
      line.append(' ').append(" ".repeat(Math.max(0, WIDTHS[i] - cell.length()))).append(cell);
    }
    return line.toString();
  }

  /// A result's line of the table, after its name.
  static List<String> cells(Result result) {
    List<String> cells = new ArrayList<>();
    cells.add("%,.0f".formatted(result.rate()));
    Histogram micros = result.tally().micros();
    for (double percentile : PERCENTILES) {
      cells.add(time(micros, micros.getValueAtPercentile(percentile)));
    }
    cells.add(time(micros, micros.getMaxValue()));
    cells.add("%,d".formatted(result.tally().failed()));
    double cpu = result.cpuMicros();
    cells.add(cpu == 0 ? NOT_KNOWN : "%.1f us".formatted(cpu));
    return cells;
  }

  /// What is to be said of results beside the table: what failed, and what casts doubt on times.
  List<String> notes() {
    List<String> notes = new ArrayList<>();
    for (Result result : results) {
      Tally tally = result.tally();
      for (Map.Entry<String, Histogram> failure : tally.failures().entrySet()) {
        notes.add(
            "%s: %,d ended with %s, %s"
                .formatted(
                    result.name(),
                    failure.getValue().getTotalCount(),
                    failure.getKey(),
                    times(failure.getValue())));
      }
      if (tally.starved() > 0) {
        notes.add(
            "%s: %,d calls began late because no stream was free"
                .formatted(result.name(), tally.starved()));
      }
      if (tally.delays().getValueAtPercentile(99) > LATE_MICROS) {
        notes.add(
            "%s: calls began after their time, %s".formatted(result.name(), times(tally.delays())));
      }
      long calls = tally.succeeded() + tally.failed();
      if (result.isOpen() && 100 * result.unanswered() > UNANSWERED * calls) {
        notes.add(
            "%s: %,d calls had not ended at the end, and no time of theirs is counted"
                .formatted(result.name(), result.unanswered()));
      }
    }
    return notes;
  }

  private static String times(Histogram micros) {
    return "p50 %s, p99 %s, max %s"
        .formatted(
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

  static String time(Duration duration) {
    return time(TimeUnit.NANOSECONDS.toMicros(duration.toNanos()));
  }

  /// What the command exits with: 0 when calls went well in each result and all is as it should be.
  int exitCode() {
    boolean well = results.stream().allMatch(result -> result.tally().succeeded() > 0);
    return well && verdicts.stream().allMatch(Verdict::met) ? 0 : 1;
  }
}
