package dev.sixin.bench;

import java.io.Console;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Supplier;
import picocli.CommandLine.Model.CommandSpec;

/// One line that says what goes on: in place on a terminal, now and then a line of its own
/// elsewhere.
public final class Progress {
  private static final Duration ON_TERMINAL = Duration.ofMillis(200);
  private static final Duration ELSEWHERE = Duration.ofSeconds(5);

  private final PrintWriter out;
  private final boolean terminal;
  private long shownNanos;
  private int width;

  Progress(PrintWriter out, boolean terminal) {
    this.out = out;
    this.terminal = terminal;
    this.shownNanos = System.nanoTime() - ELSEWHERE.toNanos();
  }

  /// Progress of a command, on its error output.
  public static Progress of(CommandSpec command) {
    boolean terminal =
        Optional.ofNullable(System.console()).filter(Console::isTerminal).isPresent();
    return new Progress(command.commandLine().getErr(), terminal);
  }

  /// Shows a line, unless the last one was shown just now.
  public synchronized void show(Supplier<String> text) {
    long now = System.nanoTime();
    if (now - shownNanos < (terminal ? ON_TERMINAL : ELSEWHERE).toNanos()) {
      return;
    }
    shownNanos = now;
    String line = text.get();
    if (terminal) {
      out.print("\r" + line + " ".repeat(Math.max(0, width - line.length())));
      width = line.length();
    } else {
      out.println(line);
    }
    out.flush();
  }

  /// Takes the line away.
  public synchronized void clear() {
    if (terminal && width > 0) {
      out.print("\r" + " ".repeat(width) + "\r");
      out.flush();
      width = 0;
    }
  }
}
