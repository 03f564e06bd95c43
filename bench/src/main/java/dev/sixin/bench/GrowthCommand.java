package dev.sixin.bench;

import static dev.sixin.UsageException.requireBetween;

import dev.sixin.bench.Load.Plan;
import dev.sixin.bench.Report.Ratio;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/// `sixin bench growth`: whether things cost more when there are more messages.
@Command(
    name = "growth",
    description = {
      "Fills a data directory with more and more messages, without a server and so faster, and",
      "measures at each size: the start, the disk, sending, and reading in an open loop."
    },
    sortOptions = false,
    mixinStandardHelpOptions = true)
final class GrowthCommand implements Callable<Integer> {
  private static final Path OWN_IO = Path.of("/proc/self/io");
  private static final String WRITTEN = "write_bytes: ";

  @Mixin private final ScenarioOptions options = new ScenarioOptions();
  @Mixin private final PopulationOptions people = new PopulationOptions(100_000, 16, 0);

  @Option(
      names = "--sizes",
      split = ",",
      defaultValue = "1000000,10000000,50000000",
      description = "messages in all, one size after another (${DEFAULT-VALUE})")
  private int[] sizes;

  @Option(
      names = "--read-rate",
      defaultValue = "1000",
      description = "calls a second in the open loops of reads (${DEFAULT-VALUE})")
  private int readRate;

  @Spec private CommandSpec spec;

  /// What a size came to, besides what was measured on the wire.
  ///
  /// @param start from the start of the process to its ready line
  /// @param diskBytes of the data directory
  /// @param added how many messages were filled in to reach this size
  /// @param writtenBytes to the disk meanwhile; 0 if the system does not tell
  private record Growth(
      int messages, Duration start, long diskBytes, long added, long writtenBytes) {}

  @Override
  public Integer call() throws IOException, InterruptedException {
    people.check();
    options.check();
    requireBetween("--read-rate", readRate, 1, 1_000_000);
    for (int i = 0; i < sizes.length; i++) {
      requireBetween("--sizes", sizes[i], i == 0 ? 1 : sizes[i - 1] + 1, Integer.MAX_VALUE);
    }
    Instant begin = Instant.now();
    Progress progress = Progress.of(spec);
    List<Growth> growths = new ArrayList<>();
    List<Result> results = new ArrayList<>();
    List<Ratio> ratios = new ArrayList<>();
    try (Scratch scratch = Scratch.create()) {
      Path data = options.server().directory(scratch.path());
      options.server().open(scratch.path()).close(); // makes the directory
      long there = 0;
      for (int size : sizes) {
        long before = writtenBytes();
        long added = size - there;
        try (Filling filling = new Filling(data, people, progress)) {
          filling.fill(there, size);
        }
        long written = writtenBytes() - before;
        long bytes = bytes(data);
        long started = System.nanoTime();
        try (ServerOptions.Server server = options.server().open(scratch.path())) {
          Duration start = Duration.ofNanos(System.nanoTime() - started);
          growths.add(new Growth(size, start, bytes, added, written));
          there = size + measure(scratch, server, "%,d".formatted(size), results, ratios, progress);
        }
      }
    }
    say(growths);
    return options
        .output()
        .publish(
            spec,
            new Report(
                spec.name(),
                begin,
                Report.options(spec),
                options.load() + "; " + people,
                results,
                ratios,
                List.of()));
  }

  /// Measures a server of this many messages.
  ///
  /// @return how many messages it has since then besides
  private long measure(
      Scratch scratch,
      ServerOptions.Server server,
      String size,
      List<Result> results,
      List<Ratio> ratios,
      Progress progress)
      throws InterruptedException {
    UserCalls calls;
    try (Site site = new Site(server.uri(), server.adminToken(), progress)) {
      calls = people.calls(site, options.load().seed());
    }
    AtomicLong sent = new AtomicLong();
    Workload send =
        random -> {
          sent.incrementAndGet();
          return calls.send(random);
        };
    String name = "send, " + size;
    Plan closed = options.load().plan();
    if (options.withEcho()) {
      try (Yardstick echo = Yardstick.start(scratch.path(), closed, calls::send, progress)) {
        Yardstick.Comparison comparison =
            echo.compare(name, closed, options.turns(), server.uri(), send, server.cpu());
        results.add(comparison.echo());
        results.add(comparison.server());
        ratios.addAll(comparison.ratios());
      }
    } else {
      results.add(run(name, closed, server, send, progress));
    }
    Plan open = closed.at(readRate);
    results.add(run("fetch, " + size, open, server, calls::fetch, progress));
    results.add(run("sessions, " + size, open, server, calls::sessions, progress));
    return sent.get();
  }

  private static Result run(
      String name, Plan plan, ServerOptions.Server server, Workload workload, Progress progress)
      throws InterruptedException {
    return Load.run(name, plan, server.uri(), workload, server.cpu(), progress);
  }

  private void say(List<Growth> growths) {
    PrintWriter out = spec.commandLine().getOut();
    out.printf(
        "%12s %10s %12s %16s %20s%n",
        "messages", "start", "on disk", "disk a message", "written a message");
    long bytesBefore = 0;
    long messagesBefore = 0;
    for (Growth growth : growths) {
      out.printf(
          "%,12d %10s %,9d MB %,14d B %,18d B%n",
          growth.messages(),
          Report.time(growth.start()),
          growth.diskBytes() / 1_000_000,
          (growth.diskBytes() - bytesBefore) / (growth.messages() - messagesBefore),
          growth.writtenBytes() / growth.added());
      bytesBefore = growth.diskBytes();
      messagesBefore = growth.messages();
    }
    out.println();
  }

  private static long bytes(Path directory) throws IOException {
    try (Stream<Path> files = Files.walk(directory)) {
      return files.filter(Files::isRegularFile).mapToLong(file -> file.toFile().length()).sum();
    }
  }

  /// How much this process has written to disks; 0 when the system does not tell.
  private static long writtenBytes() throws IOException {
    if (!Files.isReadable(OWN_IO)) {
      return 0;
    }
    try (Stream<String> lines = Files.lines(OWN_IO)) {
      return lines
          .filter(line -> line.startsWith(WRITTEN))
          .mapToLong(line -> Long.parseLong(line.substring(WRITTEN.length())))
          .sum();
    }
  }
}
