package dev.sixin.bench;

import dev.sixin.Failure;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.ProcessBuilder.Redirect;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;

/// Those who mean harm, in a process of their own. Elsewhere they would have machines of their own;
/// here it has the lowest priority, so that what is measured is the harm they do and not their
/// work.
final class Attackers implements AutoCloseable {
  private static final Path NICE = Path.of("/usr/bin/nice");
  private static final String LOWEST = "19";

  private final Process process;
  private final BufferedWriter orders;

  private Attackers(Process process) {
    this.process = process;
    this.orders = process.outputWriter();
  }

  /// Gets them ready.
  ///
  /// @param directory where their log goes
  /// @param talkerUid whom the user that they become has long messages with
  /// @param length after which they end
  static Attackers ready(
      Path directory, URI server, Harm harm, long talkerUid, int connections, Duration length) {
    Path log = directory.resolve("attack-" + harm + ".log");
    ProcessBuilder builder =
        ChildServer.command(
                Main.class.getName(),
                "attack",
                "--target=" + server,
                "--harm=" + harm,
                "--talker=" + talkerUid,
                "--connections=" + connections,
                "--length=" + length.toMillis() + "ms")
            .redirectError(Redirect.to(log.toFile()));
    if (Files.isExecutable(NICE)) {
      builder.command().addAll(0, List.of(NICE.toString(), "-n", LOWEST));
    }
    try {
      Process process = builder.start();
      if (!AttackCommand.READY.equals(process.inputReader().readLine())) {
        process.destroy();
        try (Stream<String> lines = Files.lines(log)) {
          throw new Failure("no attack: " + lines.findFirst().orElse("no output"));
        }
      }
      return new Attackers(process);
    } catch (IOException e) {
      throw new Failure("no attack: " + e.getMessage());
    }
  }

  /// Lets them begin.
  ///
  /// @param authorization the header's value of the user that they become
  void begin(String authorization) {
    say(authorization);
  }

  /// Ends them.
  ///
  /// @return how many connections the server cut off
  long end() {
    say("");
    try {
      String cutOff = process.inputReader().readLine();
      if (cutOff == null) {
        throw new Failure("the attack ended by itself with " + process.onExit().join().exitValue());
      }
      return Long.parseLong(cutOff);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void say(String line) {
    try {
      orders.write(line + "\n");
      orders.flush();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    process.destroy();
  }
}
