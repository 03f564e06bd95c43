package dev.sixin.bench;

import dev.sixin.bench.Load.Window;
import dev.sixin.bench.Report.Verdict;
import java.io.IOException;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import org.HdrHistogram.Histogram;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/// `sixin bench overload`: whether a server that is asked for three times what it can do still does
/// what it can, refuses the rest quickly, and is itself again soon after.
@Command(
    name = "overload",
    description = {
      "Sends as 'send' does, then three times as much as the server takes, then half of it, and",
      "says whether it sheds the load: exits with 1 if not."
    },
    sortOptions = false,
    mixinStandardHelpOptions = true)
final class OverloadCommand implements Callable<Integer> {
  private static final int TIMES = 3;
  private static final String OVERLOADED = "-509";

  private static final double LEAST_BEGUN = 0.95;
  private static final double LEAST_KEPT = 0.9;
  private static final Duration LONGEST_REFUSAL = Duration.ofMillis(50);

  @Mixin private final ScenarioOptions options = new ScenarioOptions();
  @Mixin private final PopulationOptions people = new PopulationOptions(100_000, 16, 0);
  @Spec private CommandSpec spec;

  @Override
  public Integer call() throws IOException, InterruptedException {
    people.check();
    options.check();
    try (Scenario scenario = new Scenario(spec, options)) {
      UserCalls calls = scenario.populate(people);
      scenario.echo(calls::send);
      double best = scenario.measure("send", calls::send).rate();
      if (best > 0) {
        overload(scenario, calls::send, best);
      }
      return scenario.report(people.toString());
    }
  }

  private static void overload(Scenario scenario, Workload workload, double best)
      throws InterruptedException {
    try (Load storm = scenario.load(scenario.plan().at(TIMES * best), workload)) {
      Result result = scenario.add(storm.measure("send at %d times".formatted(TIMES)));
      storm.stop();
      long end = System.nanoTime();
      try (Load after = scenario.load(scenario.plan().at(best / 2), workload)) {
        Recovery recovery = new Recovery(Duration.ofNanos(System.nanoTime() - end));
        after.observe(() -> "recovering", Recovery.WINDOW, recovery::isOver, recovery);
        judge(result, best, recovery).forEach(scenario::verdict);
      }
    }
  }

  /// What is asked of a server.
  ///
  /// @param result of the overload
  /// @param best rate without it
  static List<Verdict> judge(Result result, double best, Recovery recovery) {
    double began = result.perSecond(result.tally().delays().getTotalCount());
    double kept = result.rate() / best;
    Histogram refused =
        result.tally().failures().getOrDefault(OVERLOADED, new Histogram(Tally.DIGITS));
    Duration p99 = micros(refused.getValueAtPercentile(99));
    long others = result.tally().failed() - refused.getTotalCount();
    return List.of(
        new Verdict(
            "%,.0f calls a second began of the %,.0f that were to"
                .formatted(began, result.offered()),
            began >= LEAST_BEGUN * result.offered()),
        new Verdict(
            "%.0f %% of the best rate was kept (expected: %.0f %%)"
                .formatted(100 * kept, 100 * LEAST_KEPT),
            kept >= LEAST_KEPT),
        new Verdict(
            "%,d calls were refused with %s, 99 %% of them within %s (expected: %s)"
                .formatted(
                    refused.getTotalCount(),
                    OVERLOADED,
                    Report.time(p99),
                    Report.time(LONGEST_REFUSAL)),
            refused.getTotalCount() > 0 && p99.compareTo(LONGEST_REFUSAL) <= 0),
        new Verdict("%,d calls ended with something else".formatted(others), others == 0),
        recovery.verdict());
  }

  private static Duration micros(long micros) {
    return Duration.of(micros, ChronoUnit.MICROS);
  }

  /// Watches a load after the overload until all goes well again: nothing fails and hardly anything
  /// takes long, for half a second, so that one lucky moment is not enough.
  static final class Recovery implements Consumer<Window> {
    static final Duration WINDOW = Duration.ofMillis(100);
    private static final int WINDOWS = 5;
    private static final Duration LONGEST_CALL = Duration.ofMillis(50);
    private static final Duration LONGEST = Duration.ofSeconds(2);
    private static final Duration PATIENCE = Duration.ofSeconds(15);

    private final Duration before;
    private Duration watched = Duration.ZERO;
    private Duration goodSince;
    private int good;

    /// @param before what passed between the end of the overload and the first window
    Recovery(Duration before) {
      this.before = before;
    }

    @Override
    public void accept(Window window) {
      if (isOver()) {
        return; // what is left of a window
      }
      watched = window.end();
      if (!isGood(window.tally())) {
        good = 0;
      } else if (good++ == 0) {
        goodSince = before.plus(watched);
      }
    }

    private static boolean isGood(Tally tally) {
      return tally.succeeded() > 0
          && tally.failed() == 0
          && micros(tally.micros().getValueAtPercentile(99)).compareTo(LONGEST_CALL) <= 0;
    }

    boolean isOver() {
      return good >= WINDOWS || watched.compareTo(PATIENCE) > 0;
    }

    /// Whether it was soon enough; what counts is the end of the first good window.
    Verdict verdict() {
      if (good < WINDOWS) {
        return new Verdict(
            "it had not recovered after " + Report.time(before.plus(watched)), false);
      }
      return new Verdict(
          "it had recovered after %s (expected: %s)"
              .formatted(Report.time(goodSince), Report.time(LONGEST)),
          goodSince.compareTo(LONGEST) <= 0);
    }
  }
}
