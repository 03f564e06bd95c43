package dev.sixin.bench;

import static dev.sixin.UsageException.requireBetween;

import dev.sixin.proto.im.DummyReq;
import dev.sixin.proto.im.ImInterfaceGrpc.ImInterfaceBlockingStub;
import dev.sixin.proto.im.ReqSingleUnread;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.stream.LongStream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/// `sixin bench clear`: whether others wait while a large inbox is cleared.
@Command(
    name = "clear",
    description = {
      "Fills one inbox with unread sessions of strangers, then has all of them read at once while",
      "others send, in a closed loop, and compares what these wait with and without it."
    },
    sortOptions = false,
    mixinStandardHelpOptions = true)
final class ClearCommand implements Callable<Integer> {
  private static final long OWNER_UID = 30_000_000;
  private static final int SENDERS = 1_000;
  private static final int CONTACTS = 16;
  private static final int TEXT_BYTES = 40;

  @Mixin private final ServerOptions server = new ServerOptions();
  @Mixin private final LoadOptions load = new LoadOptions(1, 4);
  @Mixin private final OutputOptions output = new OutputOptions();

  @Option(
      names = "--sessions",
      defaultValue = "100000",
      description = "in the inbox that is cleared (${DEFAULT-VALUE})")
  private int sessions;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() throws IOException, InterruptedException {
    requireBetween("--sessions", sessions, 1, 10_000_000);
    load.check();
    server.check();
    output.check();
    Progress progress = Progress.of(spec);
    try (Scratch scratch = Scratch.create();
        ServerOptions.Server measured = server.open(scratch.path());
        Site site = new Site(measured.uri(), measured.adminToken(), progress)) {
      return measure(measured, site, progress);
    }
  }

  private int measure(ServerOptions.Server measured, Site site, Progress progress)
      throws InterruptedException {
    Instant begin = Instant.now();
    Population population = new Population(SENDERS, CONTACTS);
    site.populate(population);
    site.users(LongStream.rangeClosed(OWNER_UID, OWNER_UID + sessions).toArray());
    site.make("sessions", sessions, i -> site.letter(OWNER_UID + 1 + i, OWNER_UID));
    UserCalls calls =
        new UserCalls(
            population,
            site.authorizations(population.uids()),
            new Texts(TEXT_BYTES, new SplittableRandom(load.seed())));
    ImInterfaceBlockingStub owner = site.as(OWNER_UID);
    try (Load others =
        Load.open(load.plan(), measured.uri(), calls::send, measured.cpu(), progress)) {
      others.warmUp();
      Result before = others.measure("before");
      long unread = unread(owner);
      owner.updateUnflwRead(DummyReq.getDefaultInstance());
      Result meanwhile = others.measureUntil("meanwhile", () -> unread(owner) == 0);
      Result after = others.measure("after");
      return report(begin, unread, List.of(before, meanwhile, after));
    }
  }

  private static long unread(ImInterfaceBlockingStub owner) {
    return owner.singleUnread(ReqSingleUnread.getDefaultInstance()).getUnfollowUnread();
  }

  private int report(Instant begin, long unread, List<Result> results) {
    String setting =
        "%s; %,d unread of %,d sessions were read in %.1f s"
            .formatted(load, unread, sessions, results.get(1).length().toMillis() / 1e3);
    return output.publish(
        spec,
        new Report(
            spec.name(), begin, Report.options(spec), setting, results, List.of(), List.of()));
  }
}
