package dev.sixin.bench.torture;

import static dev.sixin.UsageException.requireBetween;

import dev.sixin.Failure;
import dev.sixin.UsageException;
import dev.sixin.bench.Progress;
import dev.sixin.bench.cluster.CassandraNode.Sync;
import dev.sixin.bench.cluster.Cluster;
import dev.sixin.bench.cluster.SixinServer;
import dev.sixin.bench.torture.disk.FaultyDisk;
import dev.sixin.bench.torture.disk.FaultyDisk.Impossible;
import dev.sixin.bench.torture.history.Anomaly;
import dev.sixin.bench.torture.history.Checker;
import dev.sixin.bench.torture.history.Entry;
import dev.sixin.bench.torture.history.RecordFile;
import dev.sixin.bench.torture.history.Wait;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/// `sixin torture`: whether a server keeps its word whatever befalls it.
@Command(
    name = "torture",
    description = {
      "Starts a server of its own, lets clients work on it while it is killed, stopped, and its",
      "disk and clock fail, and checks all that they were told. Exits with 1 if any of it can not"
          + " be.",
      "With --cluster: several servers on Cassandra, of which one part after another fails."
    },
    sortOptions = false,
    mixinStandardHelpOptions = true)
public final class TortureCommand implements Callable<Integer> {
  private static final int MOST_MINUTES = 24 * 60;
  private static final int MOST_PAUSE_MILLIS = 60_000;
  private static final int DISK_MEBIBYTES = 512;
  private static final int DISK_MEBIBYTES_PER_MINUTE = 8;
  private static final int MOST_NODES = 5;
  private static final int MOST_SERVERS = 9;

  /// How long a call may take while something is away.
  private static final Duration LATE = Duration.ofSeconds(5);

  /// An address that nobody uses.
  private static final String UNUSED = "127.0.0.254";

  private static final int SHOWN = 5;
  private static final int SHOWN_CONTEXT = 6;

  @Option(names = "--minutes", defaultValue = "2", description = "how long (${DEFAULT-VALUE})")
  private int minutes;

  @Option(names = "--seed", description = "repeats the choices, though not what comes of them")
  private Long seed;

  @Option(
      names = "--faults",
      split = ",",
      description =
          "which ones, of kill, stop, term, full, write, sync, power, clock; on a cluster of"
              + " node-kill, node-stop, node-cut, server-kill, server-stop, bus-kill, skew (all)")
  private List<String> faultNames;

  @Option(
      names = "--cluster",
      description = "on a cluster of its own, as sixin cluster brings it up, not a single server")
  private boolean onCluster;

  @Option(
      names = "--nodes",
      defaultValue = "3",
      description = "with --cluster: of Cassandra (${DEFAULT-VALUE})")
  private int nodes;

  @Option(
      names = "--servers",
      defaultValue = "2",
      description = "with --cluster: of Sixin (${DEFAULT-VALUE})")
  private int servers;

  @Option(
      names = "--pause",
      defaultValue = "80ms",
      description = "what a writing client waits between calls, on average (${DEFAULT-VALUE})")
  private Duration pause;

  @Option(
      names = "--dir",
      description = "where record, logs and data go, kept; none given: temporary, kept if need be")
  private Path directory;

  @Option(names = "--check", description = "checks a record that is there, and does nothing else")
  private Path recordToCheck;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() throws IOException, InterruptedException {
    if (recordToCheck != null) {
      return report(RecordFile.read(recordToCheck), recordToCheck);
    }
    requireBetween("--minutes", minutes, 1, MOST_MINUTES);
    requireBetween(
        "--pause in ms", (int) Math.min(pause.toMillis(), Integer.MAX_VALUE), 0, MOST_PAUSE_MILLIS);
    requireBetween("--nodes", nodes, 1, MOST_NODES);
    requireBetween("--servers", servers, 1, MOST_SERVERS);
    Set<Fault> possible = onCluster ? Fault.OF_A_CLUSTER : Fault.OF_ONE_SERVER;
    Set<Fault> faults = faultNames == null ? possible : Fault.named(faultNames, possible);
    Path run = directory == null ? Files.createTempDirectory("sixin-torture-") : empty(directory);
    int code = run(run.toRealPath(), faults);
    if (code == 0 && directory == null) {
      delete(run);
    } else {
      say("kept: %s", run);
    }
    return code;
  }

  private static Path empty(Path directory) throws IOException {
    Files.createDirectories(directory);
    try (Stream<Path> files = Files.list(directory)) {
      if (files.findAny().isPresent()) {
        throw new UsageException("--dir: %s (expected: an empty directory)".formatted(directory));
      }
    }
    return directory;
  }

  private int run(Path run, Set<Fault> wanted) throws IOException, InterruptedException {
    long chosen = seed != null ? seed : System.nanoTime();
    Random random = new Random(chosen);
    Set<Fault> faults = EnumSet.noneOf(Fault.class);
    faults.addAll(wanted);
    return onCluster
        ? runCluster(run, faults, chosen, random)
        : runOne(run, faults, chosen, random);
  }

  private int runOne(Path run, Set<Fault> faults, long chosen, Random random)
      throws IOException, InterruptedException {
    Path disk = Files.createDirectory(run.resolve("disk"));
    Optional<SmallDisk> small = smallDisk(disk, faults);
    try {
      Path data = disk.resolve("data");
      Optional<FaultyDisk> layer = layer(run, data, faults);
      sayFaults(chosen, faults);
      OneServer subject = new OneServer(run, data, layer);
      subject.endWithThisProcess();
      int code =
          suffer(
              run,
              subject,
              record -> new ServerOrdeal(subject, record, layer, small, random),
              random,
              faults);
      if (code != 0 && small.isPresent()) {
        copy(data, run.resolve("data"));
      }
      return code;
    } finally {
      if (small.isPresent()) {
        small.get().close();
      }
    }
  }

  private int runCluster(Path run, Set<Fault> faults, long chosen, Random random)
      throws IOException, InterruptedException {
    Cluster.prepare(true, this::say);
    Cluster cluster = Cluster.create(run.resolve("cluster"), nodes, Sync.BATCH, true, servers);
    List<FaultyDisk> clocks = clocks(run, cluster, faults);
    if (faults.contains(Fault.NODE_CUT)) {
      if (ClusterOrdeal.withAddressesOfTheirOwn(cluster).isEmpty()) {
        faults.remove(Fault.NODE_CUT);
        say("left out: node-cut (expected: --nodes 2 or more)");
      } else if (!Cut.isPossible(UNUSED)) {
        faults.remove(Fault.NODE_CUT);
        say("left out: node-cut (no route can be set here; root may, with ip)");
      }
    }
    sayFaults(chosen, faults);
    OnCluster subject = new OnCluster(cluster);
    subject.endWithThisProcess();
    return suffer(
        run, subject, record -> new ClusterOrdeal(subject, record, clocks, random), random, faults);
  }

  private void sayFaults(long chosen, Set<Fault> faults) {
    say("torture: %d minutes, --seed %d, faults: %s", minutes, chosen, Fault.words(faults));
  }

  /// Each server has its own.
  private List<FaultyDisk> clocks(Path run, Cluster cluster, Set<Fault> faults)
      throws IOException, InterruptedException {
    List<FaultyDisk> clocks = new ArrayList<>();
    for (SixinServer server : cluster.servers()) {
      Optional<FaultyDisk> clock = Optional.empty();
      if (faults.contains(Fault.SKEW)) {
        try {
          Path layer = Files.createDirectory(run.resolve("layer-" + server.daemon().name()));
          clock = Optional.of(FaultyDisk.below(layer, server.data()));
        } catch (Impossible e) {
          faults.remove(Fault.SKEW);
          say("left out: skew (%s)", e.getMessage());
        }
      }
      clock.ifPresent(clocks::add);
      server.startWith(
          List.of("--rate-burst=0"), clock.map(FaultyDisk::environment).orElse(Map.of()));
    }
    return clocks;
  }

  private Optional<SmallDisk> smallDisk(Path path, Set<Fault> faults)
      throws IOException, InterruptedException {
    if (!faults.contains(Fault.FULL)) {
      return Optional.empty();
    }
    Optional<SmallDisk> small =
        SmallDisk.on(path, DISK_MEBIBYTES + minutes * DISK_MEBIBYTES_PER_MINUTE);
    if (small.isEmpty()) {
      faults.remove(Fault.FULL);
      say("left out: full (nothing can be mounted here; root may)");
    }
    return small;
  }

  private Optional<FaultyDisk> layer(Path run, Path data, Set<Fault> faults)
      throws IOException, InterruptedException {
    if (faults.stream().noneMatch(Fault::needsLayer)) {
      return Optional.empty();
    }
    try {
      return Optional.of(FaultyDisk.below(Files.createDirectory(run.resolve("layer")), data));
    } catch (Impossible e) {
      faults.removeIf(Fault::needsLayer);
      say("left out: write, sync, power, clock (%s)", e.getMessage());
      return Optional.empty();
    }
  }

  private int suffer(
      Path run,
      Subject subject,
      Function<RecordFile, Ordeal> ordeals,
      Random random,
      Set<Fault> faults)
      throws IOException, InterruptedException {
    Path recordPath = run.resolve("record.jsonl");
    int code;
    try (RecordFile record = new RecordFile(recordPath)) {
      Ordeal ordeal = ordeals.apply(record);
      code = suffer(new Torture(subject, record, ordeal, random, pause), record, ordeal, faults);
    }
    return Math.max(code, report(RecordFile.read(recordPath), recordPath));
  }

  private int suffer(Torture torture, RecordFile record, Ordeal ordeal, Set<Fault> faults)
      throws IOException, InterruptedException {
    Progress progress = Progress.of(spec);
    long begin = System.nanoTime();
    Thread shown =
        Thread.ofVirtual()
            .start(
                () -> {
                  while (!Thread.currentThread().isInterrupted()) {
                    progress.show(() -> line(begin, torture, record, ordeal));
                    try {
                      Thread.sleep(100);
                    } catch (InterruptedException e) {
                      return;
                    }
                  }
                });
    try (torture) {
      torture.run(Duration.ofMinutes(minutes), faults);
      return 0;
    } catch (Failure e) {
      say("FAILED: %s", e.getMessage());
      return 1;
    } finally {
      shown.interrupt();
      shown.join();
      progress.clear();
      summarize(record, ordeal);
    }
  }

  private String line(long begin, Torture torture, RecordFile record, Ordeal ordeal) {
    long seconds = Duration.ofNanos(System.nanoTime() - begin).toSeconds();
    int calls = record.calls().values().stream().mapToInt(Integer::intValue).sum();
    return "%d:%02d of %d:00, %,d calls (%,d of unknown outcome), faults: %s; %s"
        .formatted(
            seconds / 60,
            seconds % 60,
            minutes,
            calls,
            record.unknown(),
            counts(ordeal.done(), Fault::word),
            torture.now());
  }

  private static <K> String counts(Map<K, Integer> counted, Function<K, String> word) {
    return counted.isEmpty()
        ? "none"
        : counted.entrySet().stream()
            .map(one -> word.apply(one.getKey()) + " " + one.getValue())
            .collect(Collectors.joining(", "));
  }

  private void summarize(RecordFile record, Ordeal ordeal) {
    Map<String, Integer> calls = record.calls();
    say(
        "%,d calls, %,d of unknown outcome:",
        calls.values().stream().mapToInt(Integer::intValue).sum(), record.unknown());
    calls.forEach((kind, count) -> say("  %-10s %,10d", kind, count));
    say("faults: %s", counts(ordeal.done(), Fault::word));
    ordeal.more().forEach(this::say);
  }

  private int report(List<Entry> record, Path path) {
    for (Wait wait : Wait.of(record, LATE)) {
      say(
          "  %-12s %,10d calls then, longer than %d s: %s; the longest %.1f s",
          wait.fault(),
          wait.calls(),
          LATE.toSeconds(),
          counts(wait.late(), word -> word),
          wait.longestMicros() / 1e6);
    }
    Checker.leftOut(record).forEach(what -> say("left out: %s", what));
    List<Anomaly> found = Checker.check(record);
    if (found.isEmpty()) {
      say("checked %,d entries: all is well", record.size());
      return 0;
    }
    say("checked %,d entries: %,d anomalies", record.size(), found.size());
    Map<Integer, List<Anomaly>> byInvariant =
        found.stream()
            .collect(Collectors.groupingBy(Anomaly::invariant, TreeMap::new, Collectors.toList()));
    byInvariant.forEach(
        (invariant, anomalies) -> {
          String what = invariant == 0 ? "no invariant" : "invariant " + invariant;
          say("%s: %,d anomalies", what, anomalies.size());
          anomalies.stream().limit(SHOWN).forEach(this::show);
        });
    say("once more, and from elsewhere: sixin torture --check %s", path);
    return 1;
  }

  private void show(Anomaly anomaly) {
    say("  %s", anomaly.what());
    anomaly.context().stream().limit(SHOWN_CONTEXT).forEach(entry -> say("      %s", entry));
  }

  private void say(String text) {
    say("%s", text);
  }

  private void say(String format, Object... arguments) {
    PrintWriter out = spec.commandLine().getOut();
    out.printf(format + "%n", arguments);
    out.flush();
  }

  private static void copy(Path from, Path to) throws IOException {
    try (Stream<Path> files = Files.walk(from)) {
      for (Path file : files.toList()) {
        Files.copy(file, to.resolve(from.relativize(file)));
      }
    }
  }

  private static void delete(Path directory) throws IOException {
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }
}
