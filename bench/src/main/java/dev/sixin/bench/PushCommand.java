package dev.sixin.bench;

import static dev.sixin.UsageException.requireBetween;

import dev.sixin.bench.Report.Ratio;
import dev.sixin.bench.Tally.Ending;
import dev.sixin.proto.im.ImInterfaceGrpc;
import dev.sixin.proto.im.ImInterfaceGrpc.ImInterfaceBlockingStub;
import dev.sixin.proto.im.ReqSendMsg;
import dev.sixin.proto.type.Msg;
import dev.sixin.proto.type.MsgType;
import dev.sixin.proto.type.RecverType;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;
import org.HdrHistogram.Histogram;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/// `sixin bench push`: what a device that watches costs, and how fast a group is told.
@Command(
    name = "push",
    description = {
      "Lets many devices watch to whom nothing happens, and weighs them. Then sends texts into a",
      "group all of whose members watch, the next when all were told of the one before."
    },
    sortOptions = false,
    mixinStandardHelpOptions = true)
final class PushCommand implements Callable<Integer> {
  private static final long FIRST_UID = 70_000_000;
  private static final long IDLE_GROUP = 6_000_000;
  private static final long BUSY_GROUP = 6_000_001;
  private static final String PATH = "/" + ImInterfaceGrpc.getSendMsgMethod().getFullMethodName();

  @Mixin private final ServerOptions server = new ServerOptions();
  @Mixin private final OutputOptions output = new OutputOptions();

  @Option(
      names = "--idle",
      defaultValue = "10000",
      description = "devices to whom nothing happens (${DEFAULT-VALUE})")
  private int idle;

  @Option(
      names = "--members",
      defaultValue = "5000",
      description = "members of the group, all of whom watch (${DEFAULT-VALUE})")
  private int members;

  @Option(
      names = "--connections",
      defaultValue = "8",
      description = "that the idle devices share (${DEFAULT-VALUE})")
  private int connections;

  @Option(
      names = "--member-connections",
      defaultValue = "8",
      description = "that the members share; as many as members: one each (${DEFAULT-VALUE})")
  private int memberConnections;

  @Option(
      names = "--warmup",
      defaultValue = "5s",
      description = "before the measurement (${DEFAULT-VALUE})")
  private Duration warmup;

  @Option(
      names = "--duration",
      defaultValue = "10s",
      description = "of the measurement (${DEFAULT-VALUE})")
  private Duration duration;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() throws IOException, InterruptedException {
    requireBetween("--idle", idle, 1, 100_000);
    requireBetween("--members", members, 1, 100_000);
    requireBetween("--connections", connections, 1, 20_000);
    requireBetween("--member-connections", memberConnections, 1, 20_000);
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
    long[] watchers = uids(FIRST_UID, idle);
    long[] told = uids(FIRST_UID + idle, members);
    site.users(watchers);
    site.users(told);
    site.group(IDLE_GROUP, watchers); // so that all have missed something
    site.group(BUSY_GROUP, told);
    List<byte[]> idleTokens = site.authorizations(watchers);
    List<byte[]> memberTokens = site.authorizations(told);
    List<Ratio> numbers = new ArrayList<>();
    OptionalLong before = measured.liveBytes();
    try (Watchers _ = new Watchers(measured.uri(), connections, idleTokens)) {
      OptionalLong after = measured.liveBytes();
      if (before.isPresent() && after.isPresent()) {
        double each = (double) (after.getAsLong() - before.getAsLong()) / idle;
        numbers.add(new Ratio("bytes of heap for an idle watcher", each));
      }
      try (Watchers group = new Watchers(measured.uri(), memberConnections, memberTokens)) {
        ImInterfaceBlockingStub sender = site.as(told[0]);
        progress.show(() -> "warming up");
        tell(group, sender, warmup);
        progress.show(() -> "measuring");
        Duration cpu = measured.cpu().get();
        long start = System.nanoTime();
        Histogram micros = tell(group, sender, duration);
        Duration length = Duration.ofNanos(System.nanoTime() - start);
        Tally tally = new Tally();
        tally.add(new Ending(PATH, null), micros);
        Result result =
            new Result(
                "until all are told",
                tally,
                length,
                measured.cpu().get().minus(cpu),
                0,
                0,
                List.of());
        numbers.add(new Ratio("notices a second", result.rate() * members));
        progress.clear();
        return output.publish(
            spec,
            new Report(
                spec.name(),
                begin,
                Report.options(spec),
                "%,d idle devices on %,d connections, a group of %,d members on %,d"
                    .formatted(idle, connections, members, memberConnections),
                List.of(result),
                numbers,
                List.of()));
      }
    }
  }

  private static long[] uids(long first, int count) {
    return LongStream.range(first, first + count).toArray();
  }

  /// Sends for a while, and says how long it took each time until all were told.
  private Histogram tell(Watchers group, ImInterfaceBlockingStub sender, Duration length) {
    Histogram micros = new Histogram(Tally.DIGITS);
    Msg msg =
        Msg.newBuilder()
            .setReceiverType(RecverType.EN_RECVER_TYPE_GROUP)
            .setReceiverId(BUSY_GROUP)
            .setMsgType(MsgType.EN_MSG_TYPE_TEXT)
            .setContent("{\"content\":\"a text of about forty bytes\"}")
            .build();
    ReqSendMsg request = ReqSendMsg.newBuilder().setMsg(msg).build();
    long begin = System.nanoTime();
    while (System.nanoTime() - begin < length.toNanos()) {
      long start = System.nanoTime();
      long before = group.told();
      var _ = sender.sendMsg(request);
      group.awaitTold(before + members);
      micros.recordValue(TimeUnit.NANOSECONDS.toMicros(System.nanoTime() - start));
    }
    return micros;
  }
}
