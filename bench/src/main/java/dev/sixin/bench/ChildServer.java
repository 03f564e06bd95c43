package dev.sixin.bench;

import dev.sixin.Failure;
import java.io.BufferedReader;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.lang.management.ManagementFactory;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/// A server in a JVM of its own, with the JVM options that this one was started with.
public final class ChildServer implements AutoCloseable {
  private static final Pattern READY = Pattern.compile("\\S+ ready on (http://\\S+)");
  private static final Duration STOP_LIMIT = Duration.ofSeconds(20);

  private final Process process;
  private final URI uri;

  private ChildServer(Process process, URI uri) {
    this.process = process;
    this.uri = uri;
  }

  /// Starts `mainClass` with these arguments and waits until it says that it is ready.
  ///
  /// @param directory where it runs and where its log goes
  static ChildServer start(Path directory, String mainClass, String... args) {
    return start(directory, Map.of(), mainClass, args);
  }

  /// As above, with more in its environment.
  public static ChildServer start(
      Path directory, Map<String, String> environment, String mainClass, String... args) {
    Path log = directory.resolve(mainClass + ".log");
    ProcessBuilder builder =
        command(mainClass, args)
            .directory(directory.toFile())
            .redirectError(Redirect.to(log.toFile()));
    builder.environment().putAll(environment);
    try {
      Process process = builder.start();
      Optional<URI> uri = readyLine(process);
      if (uri.isEmpty()) {
        process.destroy();
        try (Stream<String> lines = Files.lines(log)) {
          throw new Failure(
              "%s did not start: %s".formatted(mainClass, lines.findFirst().orElse("no output")));
        }
      }
      return new ChildServer(process, uri.get());
    } catch (IOException e) {
      throw new Failure("%s did not start: %s".formatted(mainClass, e));
    }
  }

  /// A JVM with the options that this one was started with, not started yet.
  public static ProcessBuilder command(String mainClass, String... args) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(ManagementFactory.getRuntimeMXBean().getInputArguments());
    command.addAll(List.of("-cp", absoluteClassPath(), mainClass));
    command.addAll(List.of(args));
    ProcessBuilder builder = new ProcessBuilder(command);
    // its options are those given here and no others
    builder.environment().keySet().removeIf(name -> name.startsWith("SIXIN_"));
    return builder;
  }

  private static String absoluteClassPath() {
    return Stream.of(System.getProperty("java.class.path").split(java.io.File.pathSeparator))
        .map(entry -> Path.of(entry).toAbsolutePath().toString())
        .reduce((left, right) -> left + java.io.File.pathSeparator + right)
        .orElseThrow();
  }

  private static Optional<URI> readyLine(Process process) throws IOException {
    BufferedReader out = process.inputReader();
    for (String line = out.readLine(); line != null; line = out.readLine()) {
      Matcher ready = READY.matcher(line);
      if (ready.matches()) {
        return Optional.of(URI.create(ready.group(1)));
      }
    }
    return Optional.empty();
  }

  /// Where it answers.
  public URI uri() {
    return uri;
  }

  /// Its process.
  public Process process() {
    return process;
  }

  /// The CPU time that it has used so far; zero if the system does not say.
  Duration cpu() {
    return process.info().totalCpuDuration().orElse(Duration.ZERO);
  }

  /// What lives on its heap, after a collection of it; empty if the JDK's tools do not say.
  OptionalLong liveBytes() {
    try {
      Process tool =
          new ProcessBuilder(
                  Path.of(System.getProperty("java.home"), "bin", "jcmd").toString(),
                  Long.toString(process.pid()),
                  "GC.class_histogram")
              .redirectErrorStream(true)
              .start();
      // The last line: Total, instances, bytes.
      return tool.inputReader()
          .lines()
          .filter(line -> line.startsWith("Total"))
          .mapToLong(line -> Long.parseLong(line.split(" +", -1)[2]))
          .findFirst();
    } catch (IOException e) {
      return OptionalLong.empty();
    }
  }

  /// Stops it in good order.
  @Override
  public void close() {
    process.destroy();
    try {
      if (!process.waitFor(STOP_LIMIT.toMillis(), TimeUnit.MILLISECONDS)) {
        process.destroyForcibly().waitFor();
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }
}
