package dev.sixin.bench;

import static dev.sixin.UsageException.requireBetween;
import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.sixin.bench.Load.Plan;
import dev.sixin.bench.Report.Ratio;
import dev.sixin.bench.Report.Verdict;
import dev.sixin.proto.type.RecverType;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import org.HdrHistogram.Histogram;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/// `sixin bench abuse`: what those wait who mean well while others mean harm.
@Command(
    name = "abuse",
    description = {
      "Measures a mix of calls at a fixed rate, in an open loop, before, during and after each of",
      "several attacks on a server that runs with its defaults. Exits with 1 if the p99 of those",
      "calls becomes three times what it was, or if one of them fails."
    },
    sortOptions = false,
    mixinStandardHelpOptions = true)
final class AbuseCommand implements Callable<Integer> {
  private static final int USERS = 2_000;
  private static final int CONTACTS = 4;
  private static final int TEXT_BYTES = 40;
  private static final int MOST_TIMES = 3;

  /// Connections that need not be many.
  private static final int FEW = 10;

  /// Of the well-behaved on each connection; below what a server allows unless told otherwise.
  private static final int STREAMS = 250;

  private static final long GREEDY_UID = 80_000_000;
  private static final long THEIR_FRIEND_UID = 80_000_001;
  private static final int LONG_MESSAGES = 1_000;
  private static final int LONG_TEXT_BYTES = 1_900;
  private static final double SENDS_PER_SECOND = 2_000;

  @Mixin private final ServerOptions server = new ServerOptions();
  @Mixin private final LoadOptions load = new LoadOptions(4, STREAMS);
  @Mixin private final OutputOptions output = new OutputOptions();

  @Option(
      names = "--rate",
      defaultValue = "500",
      description = "calls a second of those who mean well (${DEFAULT-VALUE})")
  private int rate;

  @Option(
      names = "--attackers",
      defaultValue = "1000",
      description = "connections that say nothing, or little (${DEFAULT-VALUE})")
  private int attackers;

  @Spec private CommandSpec spec;

  private final List<Result> results = new ArrayList<>();
  private final List<Ratio> numbers = new ArrayList<>();
  private final List<Verdict> verdicts = new ArrayList<>();

  @Override
  public Integer call() throws IOException, InterruptedException {
    requireBetween("--rate", rate, 1, 100_000);
    requireBetween("--attackers", attackers, 1, 20_000);
    load.check();
    server.check();
    output.check();
    Progress progress = Progress.of(spec);
    try (Scratch scratch = Scratch.create();
        ServerOptions.Server measured = server.openWithDefaults(scratch.path());
        Site site = new Site(measured.uri(), measured.adminToken(), progress)) {
      return measure(measured, site, scratch.path(), progress);
    }
  }

  private int measure(ServerOptions.Server measured, Site site, Path scratch, Progress progress)
      throws InterruptedException {
    Instant begin = Instant.now();
    Population population = new Population(USERS, CONTACTS);
    site.populate(population);
    UserCalls calls = calls(site, population);
    site.users(GREEDY_UID, THEIR_FRIEND_UID);
    Texts longTexts = new Texts(LONG_TEXT_BYTES, new SplittableRandom(load.seed()));
    site.make(
        "long messages",
        LONG_MESSAGES,
        i -> site.letter(longTexts.message(THEIR_FRIEND_UID, GREEDY_UID, new SplittableRandom(i))));
    String authorization = site.authorization(GREEDY_UID);
    Workload sends =
        random ->
            calls
                .texts()
                .send(
                    authorization.getBytes(US_ASCII),
                    RecverType.EN_RECVER_TYPE_PEER,
                    THEIR_FRIEND_UID,
                    random);

    try (Load good = Load.open(plan(), measured.uri(), calls::mixed, measured.cpu(), progress)) {
      good.warmUp();
      Result before = add(good.measure("before"));
      sends(good, measured, before, sends, progress);
      for (Harm harm : Harm.values()) {
        Duration length = mostOf(load.plan().duration());
        try (Attackers theirs =
            Attackers.ready(scratch, measured.uri(), harm, THEIR_FRIEND_UID, many(harm), length)) {
          theirs.begin(authorization);
          judge(before, add(good.measure(harm.title())));
          numbers.add(new Ratio(harm.title() + ": connections that were cut off", theirs.end()));
        }
      }
      judge(before, add(good.measure("after")));
      return report(begin);
    }
  }

  private UserCalls calls(Site site, Population population) {
    return new UserCalls(
        population,
        site.authorizations(population.uids()),
        new Texts(TEXT_BYTES, new SplittableRandom(load.seed())));
  }

  private Plan plan() {
    Plan plan = load.plan();
    return new Plan(
        plan.connections(),
        plan.streams(),
        plan.threads(),
        plan.warmup(),
        plan.duration(),
        plan.choices(),
        rate);
  }

  private int many(Harm harm) {
    return switch (harm) {
      case IDLE, WRITE_SLOWLY -> attackers;
      case READ_SLOWLY -> attackers / 10 + 1;
      case TALK_TOO_LONG, FLOOD, RESET -> FEW;
    };
  }

  /// How long an attack lasts. Its end, too, is measured: thousands of calls that are given up at
  /// once.
  private static Duration mostOf(Duration whole) {
    return whole.multipliedBy(3).dividedBy(4);
  }

  /// One user sends as if there were no limits.
  private void sends(
      Load good, ServerOptions.Server measured, Result before, Workload sends, Progress progress)
      throws InterruptedException {
    Plan plan =
        new Plan(1, STREAMS, 1, load.plan().warmup(), load.plan().duration(), 1, SENDS_PER_SECOND);
    try (Load bad = Load.open(plan, measured.uri(), sends, measured.cpu(), progress)) {
      judge(before, add(good.measure("sends of one user")));
      Tally theirs = bad.take();
      numbers.add(new Ratio("sends of one user: that were refused", theirs.failed()));
      numbers.add(new Ratio("sends of one user: that went well", theirs.succeeded()));
    }
  }

  private Result add(Result result) {
    results.add(result);
    return result;
  }

  private void judge(Result before, Result result) {
    Histogram micros = result.tally().micros();
    double times =
        (double) micros.getValueAtPercentile(99) / before.tally().micros().getValueAtPercentile(99);
    verdicts.add(
        new Verdict(
            "%s: p99 %.1f times what it was before (expected: below %d), %,d calls failed"
                .formatted(result.name(), times, MOST_TIMES, result.tally().failed()),
            times < MOST_TIMES && result.tally().failed() == 0));
  }

  private int report(Instant begin) {
    return output.publish(
        spec,
        new Report(
            spec.name(),
            begin,
            Report.options(spec),
            "%s; %,d calls a second of %,d users".formatted(load, rate, USERS),
            results,
            numbers,
            verdicts));
  }
}
