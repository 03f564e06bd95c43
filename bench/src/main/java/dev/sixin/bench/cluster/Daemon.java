package dev.sixin.bench.cluster;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.sixin.Failure;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;

/// A process that outlives the one that started it, and the folder in which it is found again:
///
/// ```
/// pid  its number and when it started, in milliseconds since 1970: numbers come back
/// log  what it printed
/// ```
public final class Daemon {
  /// The system may count a process's beginning from its own, which moves when the clock is set.
  private static final Duration SAME_START = Duration.ofSeconds(5);

  private static final Duration ENDING = Duration.ofSeconds(30);
  private static final int LAST_LINES = 15;

  private final String name;
  private final Path folder;

  Daemon(String name, Path folder) {
    this.name = name;
    this.folder = folder;
  }

  /// What people call it.
  public String name() {
    return name;
  }

  Path folder() {
    return folder;
  }

  /// Starts a command that does not end with the terminal.
  void start(List<String> command) {
    start(command, Map.of());
  }

  /// As above, with more in its environment.
  void start(List<String> command, Map<String, String> environment) {
    if (isAlive()) {
      throw new Failure(name + ": runs already");
    }
    List<String> unbound = new ArrayList<>(List.of("nohup"));
    unbound.addAll(command);
    try {
      Files.createDirectories(folder);
      ProcessBuilder builder =
          new ProcessBuilder(unbound)
              .directory(folder.toFile())
              .redirectInput(Redirect.from(Path.of("/dev/null").toFile()))
              .redirectErrorStream(true)
              .redirectOutput(Redirect.appendTo(log().toFile()));
      // its options are those given here and no others
      builder.environment().keySet().removeIf(variable -> variable.startsWith("SIXIN_"));
      builder.environment().putAll(environment);
      ProcessHandle process = builder.start().toHandle();
      Files.writeString(
          pidFile(), "%d %d%n".formatted(process.pid(), startOf(process).toEpochMilli()), UTF_8);
    } catch (IOException e) {
      throw new Failure("%s: can not be started: %s".formatted(name, e.getMessage()));
    }
  }

  private static Instant startOf(ProcessHandle process) {
    return process.info().startInstant().orElse(Instant.EPOCH);
  }

  /// Whether it runs.
  public boolean isAlive() {
    return process().isPresent();
  }

  /// The CPU time that it has used so far; zero if it does not run or the system does not say.
  Duration cpu() {
    return process().flatMap(found -> found.info().totalCpuDuration()).orElse(Duration.ZERO);
  }

  private Optional<ProcessHandle> process() {
    if (Files.notExists(pidFile())) {
      return Optional.empty();
    }
    try {
      String[] numbers = Files.readString(pidFile(), UTF_8).strip().split(" ", 2);
      Instant started = Instant.ofEpochMilli(Long.parseLong(numbers[1]));
      return ProcessHandle.of(Long.parseLong(numbers[0]))
          .filter(ProcessHandle::isAlive)
          .filter(
              found -> Duration.between(startOf(found), started).abs().compareTo(SAME_START) < 0);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (NumberFormatException | ArrayIndexOutOfBoundsException e) {
      throw new Failure("%s: not a process's number and its beginning".formatted(pidFile()));
    }
  }

  /// Ends it at once, without a word (SIGKILL).
  ///
  /// @return whether it ran
  public boolean kill() {
    Optional<ProcessHandle> process = process();
    process.ifPresent(
        found -> {
          found.destroyForcibly();
          awaitEnd(found);
        });
    return process.isPresent();
  }

  /// Sends it a signal.
  ///
  /// @param signal STOP, for one, or CONT
  public void signal(String signal) {
    long pid = process().orElseThrow(() -> new Failure(name + ": does not run")).pid();
    try {
      int code = new ProcessBuilder("kill", "-" + signal, Long.toString(pid)).start().waitFor();
      if (code != 0) {
        throw new Failure("%s: kill -%s ended with %d".formatted(name, signal, code));
      }
    } catch (IOException e) {
      throw new Failure("%s: kill: %s".formatted(name, e.getMessage()));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new Failure("interrupted");
    }
  }

  private static void awaitEnd(ProcessHandle process) {
    try {
      var _ = process.onExit().get(ENDING.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException | ExecutionException e) {
      throw new Failure("process %d: does not end".formatted(process.pid()));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private Path pidFile() {
    return folder.resolve("pid");
  }

  Path log() {
    return folder.resolve("log");
  }

  /// The end of what it printed.
  String lastLines() {
    try (Stream<String> lines = Files.lines(log())) {
      List<String> all = lines.toList();
      return String.join("\n", all.subList(Math.max(0, all.size() - LAST_LINES), all.size()));
    } catch (IOException e) {
      return "(no log)";
    }
  }
}
