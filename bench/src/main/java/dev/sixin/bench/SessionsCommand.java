package dev.sixin.bench;

import static dev.sixin.UsageException.requireBetween;

import dev.sixin.bench.Report.Ratio;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import java.util.concurrent.Callable;
import java.util.stream.LongStream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/// `sixin bench sessions`: whether a list of sessions costs more in a large inbox than in a small
/// one.
@Command(
    name = "sessions",
    description = "Lists the first 20 sessions of small inboxes and of a large one.",
    sortOptions = false,
    mixinStandardHelpOptions = true)
final class SessionsCommand implements Callable<Integer> {
  private static final long BIG_OWNER = 40_000_000;
  private static final long FIRST_OWNER = 40_000_001;
  private static final long FIRST_STRANGER = 50_000_000;
  private static final double PERCENTILE = 99;

  @Mixin private final ScenarioOptions options = new ScenarioOptions();

  @Option(
      names = "--populated",
      description = "all this is there from an earlier run: leaves it out")
  private boolean populated;

  @Option(
      names = "--owners",
      defaultValue = "1000",
      description = "of small inboxes (${DEFAULT-VALUE})")
  private int owners;

  @Option(
      names = "--small",
      defaultValue = "100",
      description = "sessions in each of them (${DEFAULT-VALUE})")
  private int small;

  @Option(
      names = "--big",
      defaultValue = "1000000",
      description = "sessions in the large inbox (${DEFAULT-VALUE})")
  private int big;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() throws IOException, InterruptedException {
    requireBetween("--owners", owners, 1, 100_000);
    requireBetween("--small", small, 1, 10_000);
    requireBetween("--big", big, small, 10_000_000);
    options.check();
    try (Scenario scenario = new Scenario(spec, options)) {
      return measure(scenario);
    }
  }

  private int measure(Scenario scenario) throws InterruptedException {
    List<byte[]> smallOwners;
    byte[] bigOwner;
    try (Site site = scenario.site()) {
      if (!populated) {
        populate(site);
      }
      smallOwners = site.authorizations(uids(FIRST_OWNER, owners));
      bigOwner = site.authorizations(BIG_OWNER).getFirst();
    }
    Workload ofSmall =
        random -> UserCalls.sessions(smallOwners.get(random.nextInt(smallOwners.size())));
    Workload ofBig = _ -> UserCalls.sessions(bigOwner);
    String smallName = "%,d sessions".formatted(small);
    String bigName = "%,d sessions".formatted(big);

    scenario.echo(ofSmall);
    double rate =
        Math.min(
            scenario.closed(smallName, ofSmall).rate(), scenario.closed(bigName, ofBig).rate());
    SequencedMap<String, Workload> both = new LinkedHashMap<>();
    both.put(smallName, ofSmall);
    both.put(bigName, ofBig);
    List<Result> latencies = scenario.latencies(both, rate);
    if (!latencies.isEmpty()) {
      scenario.ratio(
          new Ratio(
              "p99 of %,d / p99 of %,d".formatted(big, small),
              (double) p99(latencies.getLast()) / p99(latencies.getFirst())));
    }
    return scenario.report("%,d inboxes of %,d sessions, one of %,d".formatted(owners, small, big));
  }

  private void populate(Site site) throws InterruptedException {
    site.users(uids(FIRST_OWNER, owners));
    site.users(BIG_OWNER);
    site.users(uids(FIRST_STRANGER, big));
    site.make(
        "sessions",
        owners * small,
        i -> site.letter(FIRST_STRANGER + i / owners, FIRST_OWNER + i % owners));
    site.make("sessions", big, i -> site.letter(FIRST_STRANGER + i, BIG_OWNER));
  }

  private static long[] uids(long first, int count) {
    return LongStream.range(first, first + count).toArray();
  }

  private static long p99(Result result) {
    return result.tally().micros().getValueAtPercentile(PERCENTILE);
  }
}
