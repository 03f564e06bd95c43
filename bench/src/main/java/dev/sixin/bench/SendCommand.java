package dev.sixin.bench;

import dev.sixin.UsageException;
import dev.sixin.bench.Load.Plan;
import java.io.Console;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/// `sixin bench send`: how many messages a server takes, and a bare echo of the same requests in
/// the same run to compare it with.
@Command(
    name = "send",
    description = {
      "Sends texts from random users to random contacts of theirs, in a closed loop,",
      "and compares the rate with that of a bare echo of the same requests."
    },
    sortOptions = false,
    mixinStandardHelpOptions = true)
final class SendCommand implements Callable<Integer> {
  /// What is left of 2,000 bytes of content beside `{"content":""}`.
  private static final int MAX_TEXT_BYTES = 1_986;

  @Option(
      names = "--embedded",
      description = "starts a server of its own, rates off (this is the default)")
  private boolean embedded;

  @Option(
      names = "--data",
      description = "data directory of the embedded server, kept; none given: a temporary one")
  private Path data;

  @Option(names = "--target", description = "a server that runs already, http://HOST:PORT")
  private URI target;

  @Option(
      names = "--admin-token-file",
      description = "the target's admin token: admin.token of its data directory")
  private Path adminTokenFile;

  @Option(
      names = "--populated",
      description = "the same users and contacts are there from an earlier run: leaves them out")
  private boolean populated;

  @Option(names = "--users", defaultValue = "100000", description = "how many (${DEFAULT-VALUE})")
  private int users;

  @Option(
      names = "--contacts",
      defaultValue = "16",
      description = "of each user, an even number (${DEFAULT-VALUE})")
  private int contacts;

  @Option(names = "--text", defaultValue = "40", description = "bytes of text (${DEFAULT-VALUE})")
  private int textBytes;

  @Option(names = "--connections", defaultValue = "4", description = "(${DEFAULT-VALUE})")
  private int connections;

  @Option(
      names = "--streams",
      defaultValue = "64",
      description = "calls under way on each connection (${DEFAULT-VALUE})")
  private int streams;

  @Option(
      names = "--threads",
      defaultValue = "1",
      description = "of this client (${DEFAULT-VALUE})")
  private int threads;

  @Option(names = "--warmup", defaultValue = "10s", description = "(${DEFAULT-VALUE})")
  private Duration warmup;

  @Option(names = "--duration", defaultValue = "20s", description = "(${DEFAULT-VALUE})")
  private Duration duration;

  @Option(
      names = "--seed",
      defaultValue = "1",
      description = "of all that is chosen by chance (${DEFAULT-VALUE})")
  private long seed;

  @Option(names = "--no-echo", description = "leaves the yardstick out")
  private boolean noEcho;

  @Spec private CommandSpec spec;

  private Progress progress;

  @Override
  public Integer call() throws IOException, InterruptedException {
    check();
    boolean terminal =
        Optional.ofNullable(System.console()).filter(Console::isTerminal).isPresent();
    progress = new Progress(spec.commandLine().getErr(), terminal);
    Path scratch = Files.createTempDirectory("sixin-bench-");
    try {
      return target != null ? measureTarget(scratch) : measureEmbedded(scratch);
    } finally {
      delete(scratch);
    }
  }

  private void check() {
    between("--users", users, 3, 20_000_000);
    between("--contacts", contacts, 2, Math.min(1_000, users - 1));
    if (contacts % 2 != 0) {
      throw new UsageException("--contacts: %d (expected: an even number)".formatted(contacts));
    }
    between("--text", textBytes, 1, MAX_TEXT_BYTES);
    between("--connections", connections, 1, 10_000);
    between("--streams", streams, 1, 10_000);
    between("--threads", threads, 1, 256);
    if (duration.isZero()) {
      throw new UsageException("--duration: 0 (expected: some time)");
    }
    if (target == null) {
      if (adminTokenFile != null) {
        throw new UsageException("--admin-token-file: is of a --target, and there is none");
      }
      return;
    }
    if (embedded || data != null) {
      throw new UsageException("--target: can not be had together with --embedded or --data");
    }
    if (adminTokenFile == null) {
      throw new UsageException("--target: needs --admin-token-file");
    }
    if (!"http".equals(target.getScheme()) || target.getHost() == null || target.getPort() < 0) {
      throw new UsageException("--target: %s (expected: http://HOST:PORT)".formatted(target));
    }
  }

  private static void between(String option, int value, int least, int most) {
    if (value < least || value > most) {
      throw new UsageException(
          "%s: %,d (expected: %,d to %,d)".formatted(option, value, least, most));
    }
  }

  private int measureTarget(Path scratch) throws IOException, InterruptedException {
    return measure(scratch, target, token(adminTokenFile), () -> Duration.ZERO);
  }

  private int measureEmbedded(Path scratch) throws IOException, InterruptedException {
    Path directory = data != null ? data.toAbsolutePath() : scratch.resolve("data");
    try (ChildServer server =
        ChildServer.start(
            scratch,
            "dev.sixin.Main",
            "serve",
            "--port=0",
            "--rate-burst=0",
            "--data=" + directory)) {
      return measure(scratch, server.uri(), token(directory.resolve("admin.token")), server::cpu);
    }
  }

  private static String token(Path file) {
    try {
      return Files.readString(file, StandardCharsets.UTF_8).strip();
    } catch (IOException e) {
      throw new UsageException("%s: can not be read (expected: an admin token)".formatted(file));
    }
  }

  private int measure(Path scratch, URI server, String adminToken, Supplier<Duration> serverCpu)
      throws InterruptedException {
    Population population = new Population(users, contacts);
    List<byte[]> authorizations;
    try (Site site = new Site(server, adminToken, progress)) {
      if (!populated) {
        site.populate(population);
      }
      authorizations = site.authorizations(population);
    }
    Workload workload =
        new SendWorkload(population, authorizations, textBytes, new SplittableRandom(seed));
    Plan plan = new Plan(connections, streams, threads, warmup, duration, seed);

    List<Result> results = new ArrayList<>();
    if (!noEcho) {
      try (ChildServer echo =
          ChildServer.start(scratch, Main.class.getName(), "echo-server", "--port=0")) {
        results.add(new Load("echo", plan, progress).run(echo.uri(), workload, echo::cpu));
      }
    }
    results.add(new Load("send", plan, progress).run(server, workload, serverCpu));
    return print(results);
  }

  private int print(List<Result> results) {
    PrintWriter out = spec.commandLine().getOut();
    out.printf(
        "%d cores; %d connections with %d calls under way on each; %,d users with %d contacts;"
            + " %d bytes of text; %d s after %d s of warm-up%n%n",
        Runtime.getRuntime().availableProcessors(),
        connections,
        streams,
        users,
        contacts,
        textBytes,
        duration.toSeconds(),
        warmup.toSeconds());
    Report.table(results).forEach(out::println);
    if (results.size() > 1) {
      out.println(Report.ratio(results.getLast(), results.getFirst()));
    }
    out.flush();
    return results.stream().allMatch(result -> result.tally().succeeded() > 0) ? 0 : 1;
  }

  private static void delete(Path directory) throws IOException {
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }
}
