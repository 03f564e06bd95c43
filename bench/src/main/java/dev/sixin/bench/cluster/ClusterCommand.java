package dev.sixin.bench.cluster;

import static dev.sixin.UsageException.requireBetween;

import dev.sixin.Failure;
import dev.sixin.bench.Progress;
import dev.sixin.bench.cluster.CassandraNode.Sync;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

/// `sixin cluster`: a cluster on this machine, for development.
@Command(
    name = "cluster",
    description = {
      "A cluster on this machine, for development: nodes of Cassandra on 127.0.0.1, 127.0.0.2 and"
          + " so on, a NATS server and Sixin servers."
    },
    mixinStandardHelpOptions = true)
public final class ClusterCommand implements Runnable {
  private static final int MOST_NODES = 5;
  private static final int MOST_SERVERS = 9;

  @Spec private CommandSpec spec;

  @Option(
      names = "--dir",
      scope = ScopeType.INHERIT,
      description = "where all of it is kept; none given: sixin-cluster where temporary files are")
  private Path directory;

  @Override
  public void run() {
    throw new ParameterException(
        spec.commandLine(),
        "no command (expected: one of " + String.join(", ", spec.subcommands().keySet()) + ")");
  }

  @Command(description = "Starts a cluster.", mixinStandardHelpOptions = true, sortOptions = false)
  int up(
      @Option(
              names = "--nodes",
              defaultValue = "3",
              description = "of Cassandra (${DEFAULT-VALUE})")
          int nodes,
      @Option(names = "--servers", defaultValue = "2", description = "of Sixin (${DEFAULT-VALUE})")
          int servers,
      @Option(
              names = "--bus",
              defaultValue = "true",
              arity = "1",
              description = "false: without a bus; servers need one")
          boolean withBus,
      @Option(
              names = "--sync",
              defaultValue = "BATCH",
              description =
                  "when nodes sync what is written: BATCH, before they acknowledge it, or PERIODIC,"
                      + " every 10 s (${DEFAULT-VALUE})")
          Sync sync) {
    requireBetween("--nodes", nodes, 1, MOST_NODES);
    requireBetween("--servers", servers, 0, MOST_SERVERS);
    boolean needsBus = withBus || servers > 0;
    long begin = System.nanoTime();
    Cluster.prepare(needsBus, this::say);
    Cluster cluster = Cluster.create(directory(), nodes, sync, needsBus, servers);
    watching(cluster::start);
    say("up after %d s:", Duration.ofNanos(System.nanoTime() - begin).toSeconds());
    status(cluster);
    return 0;
  }

  private Path directory() {
    return directory == null
        ? Path.of(System.getProperty("java.io.tmpdir"), "sixin-cluster")
        : directory.toAbsolutePath();
  }

  /// Does something that takes long, and shows how it goes on.
  private void watching(Consumer<Consumer<String>> work) {
    Progress progress = Progress.of(spec);
    try {
      work.accept(text -> progress.show(() -> text));
    } finally {
      progress.clear();
    }
  }

  @Command(
      description = "Ends a cluster and removes all that it kept.",
      mixinStandardHelpOptions = true)
  int down() {
    if (Files.notExists(directory())) {
      say("%s: no cluster", directory());
      return 0;
    }
    try {
      Cluster.in(directory()).remove();
    } catch (IOException e) {
      throw new Failure("%s: %s".formatted(directory(), e.getMessage()));
    }
    say("down");
    return 0;
  }

  @Command(
      description = "Ends a part of a cluster at once (SIGKILL).",
      mixinStandardHelpOptions = true)
  int kill(
      @Parameters(
              paramLabel = "PART",
              description = "a node's number, bus, or a server such as server-1")
          String name) {
    Part part = Cluster.in(directory()).part(name);
    say("%s: %s", part.daemon().name(), part.daemon().kill() ? "killed" : "did not run");
    return 0;
  }

  @Command(
      description = "Starts a part of a cluster again; it answers when this ends.",
      mixinStandardHelpOptions = true)
  int start(
      @Parameters(
              paramLabel = "PART",
              description = "a node's number, bus, or a server such as server-1")
          String name) {
    Part part = Cluster.in(directory()).part(name);
    part.start();
    watching(progress -> Cluster.awaitAnswer(part, progress));
    say("%s: %s", part.daemon().name(), part.answer().orElse("does not answer any more"));
    return 0;
  }

  @Command(
      description = "Says who is up and answers. Exits with 1 if somebody is not or does not.",
      mixinStandardHelpOptions = true)
  int status() {
    return status(Cluster.in(directory())) ? 0 : 1;
  }

  private boolean status(Cluster cluster) {
    List<Part> parts = cluster.parts();
    boolean all = true;
    for (Part part : parts) {
      Optional<String> answer = part.answer();
      all &= answer.isPresent();
      String state = answer.isPresent() ? "answers" : part.daemon().isAlive() ? "up" : "down";
      say(
          "  %-10s %-8s %7.1f s of CPU  %s",
          part.daemon().name(), state, part.daemon().cpu().toMillis() / 1e3, answer.orElse(""));
    }
    return all;
  }

  private void say(String format, Object... arguments) {
    PrintWriter out = spec.commandLine().getOut();
    out.printf(format + "%n", arguments);
    out.flush();
  }
}
