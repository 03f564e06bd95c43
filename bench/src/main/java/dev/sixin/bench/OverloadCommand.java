package dev.sixin.bench;

import static java.util.Comparator.comparing;

import dev.sixin.bench.Load.Plan;
import dev.sixin.bench.Load.Window;
import dev.sixin.bench.Report.Ratio;
import dev.sixin.bench.Report.Verdict;
import java.io.IOException;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import java.util.stream.Stream;
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
      "Sends as 'send' does, then three times as much as the server takes, by turns with as much",
      "as it takes, and says whether it sheds the load: exits with 1 if not."
    },
    sortOptions = false,
    mixinStandardHelpOptions = true)
final class OverloadCommand implements Callable<Integer> {
  private static final int TIMES = 3;
  private static final String OVERLOAD = "send at %d times".formatted(TIMES);
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
        storm(scenario, scenario.plan().turn(options.turns()), calls::send, best); // to warm up
        overload(scenario, calls::send, options.turns());
      }
      return scenario.report(people.toString());
    }
  }

  /// Overloads a server by turns with a closed loop, so that what it keeps is compared with what it
  /// did a moment ago: a machine that is shared does not stay the same for long.
  private static void overload(Scenario scenario, Workload workload, int turns)
      throws InterruptedException {
    Plan turn = scenario.plan().turn(turns);
    List<Result> closed = new ArrayList<>();
    List<Storm> storms = new ArrayList<>();
    for (int i = 0; i < turns; i++) {
      try (Load load = scenario.load(turn, workload)) {
        load.warmUp();
        closed.add(load.measure("send by turns"));
      }
      storms.add(storm(scenario, turn, workload, closed.getLast().rate()));
    }
    scenario.add(Result.of("send by turns", closed));
    Result all = scenario.add(Result.of(OVERLOAD, storms.stream().flatMap(Storm::parts).toList()));
    List<Ratio> kept = Ratio.byTurns("kept", storms.stream().map(Storm::steady).toList(), closed);
    kept.forEach(scenario::ratio);
    judge(all, kept.getFirst().value(), storms.stream().map(Storm::recovery).toList())
        .forEach(scenario::verdict);
  }

  /// An overload and what came after it.
  ///
  /// @param onset its first second, in which calls pile up
  /// @param steady the rest of it
  private record Storm(Result onset, Result steady, Recovery recovery) {
    private Stream<Result> parts() {
      return Stream.of(onset, steady);
    }
  }

  /// @param best rate in the closed loop
  private static Storm storm(Scenario scenario, Plan turn, Workload workload, double best)
      throws InterruptedException {
    try (Load storm = scenario.load(turn.at(TIMES * best), workload)) {
      Result onset = storm.measureFor(OVERLOAD, turn.warmup());
      Result steady = storm.measureFor(OVERLOAD, turn.duration());
      storm.stop();
      long end = System.nanoTime();
      try (Load after = scenario.load(turn.at(best / 2), workload)) {
        Recovery recovery = new Recovery(Duration.ofNanos(System.nanoTime() - end));
        after.observe(() -> "recovering", Recovery.WINDOW, recovery::isOver, recovery);
        return new Storm(onset, steady, recovery);
      }
    }
  }

  /// What is asked of a server.
  ///
  /// @param result of the overload, all turns together
  /// @param kept of the rate without it, 0 to 1
  /// @param recoveries after each turn; what counts is the slowest
  static List<Verdict> judge(Result result, double kept, List<Recovery> recoveries) {
    double began = result.perSecond(result.tally().delays().getTotalCount());
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
        Collections.max(recoveries, comparing(Recovery::took)).verdict());
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

    /// How long it took; what counts is the end of the first good window.
    Duration took() {
      return good < WINDOWS ? before.plus(watched) : goodSince;
    }

    /// Whether it was soon enough.
    Verdict verdict() {
      if (good < WINDOWS) {
        return new Verdict("it had not recovered after " + Report.time(took()), false);
      }
      return new Verdict(
          "it had recovered after %s (expected: %s)"
              .formatted(Report.time(took()), Report.time(LONGEST)),
          took().compareTo(LONGEST) <= 0);
    }
  }
}
