package dev.sixin.bench;

import static dev.sixin.UsageException.requireBetween;

import dev.sixin.proto.type.RecverType;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.stream.LongStream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/// `sixin bench group`: what a hot group takes, and whether a message costs more in a large group
/// than in a small one.
@Command(
    name = "group",
    description = {
      "Sends texts into fan groups of different sizes, one group after another, in a closed loop,",
      "and then into the largest in an open loop. The same few members send in all of them."
    },
    sortOptions = false,
    mixinStandardHelpOptions = true)
final class GroupCommand implements Callable<Integer> {
  private static final long FIRST_UID = 20_000_000;
  private static final long FIRST_GROUP = 5_000_000;
  private static final int TEXT_BYTES = 40;

  @Mixin private final ScenarioOptions options = new ScenarioOptions();

  @Option(
      names = "--members",
      split = ",",
      defaultValue = "10,100000",
      description = "sizes of the groups (${DEFAULT-VALUE})")
  private int[] members;

  @Option(
      names = "--senders",
      defaultValue = "10",
      description = "members who send (${DEFAULT-VALUE})")
  private int senders;

  @Option(
      names = "--rounds",
      defaultValue = "3",
      description = "how often it goes through the groups (${DEFAULT-VALUE})")
  private int rounds;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() throws IOException, InterruptedException {
    check();
    try (Scenario scenario = new Scenario(spec, options)) {
      List<byte[]> authorizations = populate(scenario);
      Texts texts = new Texts(TEXT_BYTES, new SplittableRandom(scenario.seed()));
      return measure(scenario, authorizations, texts);
    }
  }

  private void check() {
    int smallest = Arrays.stream(members).min().orElseThrow();
    for (int size : members) {
      requireBetween("--members", size, 1, 100_000);
    }
    requireBetween("--senders", senders, 1, smallest);
    requireBetween("--rounds", rounds, 1, 1_000);
    options.check();
  }

  /// @return of the senders
  private List<byte[]> populate(Scenario scenario) {
    long[] uids =
        LongStream.range(0, Arrays.stream(members).max().orElseThrow())
            .map(i -> FIRST_UID + i)
            .toArray();
    try (Site site = scenario.site()) {
      site.users(uids);
      for (int i = 0; i < members.length; i++) {
        site.group(FIRST_GROUP + i, Arrays.copyOf(uids, members[i]));
      }
      return site.authorizations(Arrays.copyOf(uids, senders));
    }
  }

  private int measure(Scenario scenario, List<byte[]> authorizations, Texts texts)
      throws InterruptedException {
    List<Workload> groups = new ArrayList<>();
    for (int i = 0; i < members.length; i++) {
      long group = FIRST_GROUP + i;
      groups.add(
          random ->
              texts.send(
                  authorizations.get(random.nextInt(senders)),
                  RecverType.EN_RECVER_TYPE_GROUP,
                  group,
                  random));
    }
    int largest = 0;
    double largestRate = 0;
    scenario.echo(groups.getFirst());
    for (int round = 0; round < rounds; round++) {
      for (int i = 0; i < members.length; i++) {
        double rate = scenario.closed(name(i), groups.get(i)).rate();
        if (members[i] >= members[largest]) {
          largest = i;
          largestRate = rate;
        }
      }
    }
    scenario.latency(name(largest), groups.get(largest), largestRate);
    return scenario.report("%d senders; %d bytes of text".formatted(senders, TEXT_BYTES));
  }

  private String name(int group) {
    return "%,d members".formatted(members[group]);
  }
}
