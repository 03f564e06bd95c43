package dev.sixin.bench;

import static dev.sixin.UsageException.requireBetween;

import dev.sixin.proto.type.RecverType;
import java.io.IOException;
import java.io.PrintWriter;
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

/// `sixin bench group`: whether a message costs more in a large group than in a small one.
@Command(
    name = "group",
    description = {
      "Sends texts into fan groups of different sizes, one group after another, in a closed loop,",
      "and compares the rates. The same few members send in all of them."
    },
    sortOptions = false,
    mixinStandardHelpOptions = true)
final class GroupCommand implements Callable<Integer> {
  private static final long FIRST_UID = 20_000_000;
  private static final long FIRST_GROUP = 5_000_000;
  private static final int TEXT_BYTES = 40;

  @Mixin private final ServerOptions server = new ServerOptions();
  @Mixin private final LoadOptions load = new LoadOptions(4, 64);

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
    Progress progress = Progress.of(spec);
    try (Scratch scratch = Scratch.create();
        ServerOptions.Server measured = server.open(scratch.path())) {
      return measure(measured, progress);
    }
  }

  private void check() {
    int smallest = Arrays.stream(members).min().orElseThrow();
    for (int size : members) {
      requireBetween("--members", size, 1, 100_000);
    }
    requireBetween("--senders", senders, 1, smallest);
    requireBetween("--rounds", rounds, 1, 1_000);
    load.check();
    server.check();
  }

  private int measure(ServerOptions.Server measured, Progress progress)
      throws InterruptedException {
    long[] uids =
        LongStream.range(0, Arrays.stream(members).max().orElseThrow())
            .map(i -> FIRST_UID + i)
            .toArray();
    List<byte[]> authorizations;
    try (Site site = new Site(measured.uri(), measured.adminToken(), progress)) {
      site.users(uids);
      for (int i = 0; i < members.length; i++) {
        site.group(FIRST_GROUP + i, Arrays.copyOf(uids, members[i]));
      }
      authorizations = site.authorizations(Arrays.copyOf(uids, senders));
    }
    Texts texts = new Texts(TEXT_BYTES, new SplittableRandom(load.seed()));
    List<Result> results = new ArrayList<>();
    for (int round = 0; round < rounds; round++) {
      for (int i = 0; i < members.length; i++) {
        long group = FIRST_GROUP + i;
        Workload workload =
            random ->
                texts.send(
                    authorizations.get(random.nextInt(senders)),
                    RecverType.EN_RECVER_TYPE_GROUP,
                    group,
                    random);
        results.add(
            Load.run(
                "%,d members".formatted(members[i]),
                load.plan(),
                measured.uri(),
                workload,
                measured.cpu(),
                progress));
      }
    }
    PrintWriter out = spec.commandLine().getOut();
    out.printf("%s; %d senders; %d bytes of text%n%n", load, senders, TEXT_BYTES);
    Report.table(results).forEach(out::println);
    out.flush();
    return Report.exitCode(results);
  }
}
