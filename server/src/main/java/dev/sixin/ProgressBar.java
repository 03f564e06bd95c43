package dev.sixin;

import java.io.PrintStream;
import java.time.Duration;

/// How far long work is, on one line of the terminal.
final class ProgressBar {
  private static final int WIDTH = 40;
  private static final int STEPS_PER_LOOK = 1_000;
  private static final Duration REPAINT = Duration.ofMillis(100);

  private final PrintStream out;
  private final String unit;
  private final long expected;
  private long steps;
  private long painted = System.nanoTime();

  /// @param unit what is counted, such as rows
  /// @param expected about how many steps there will be
  ProgressBar(PrintStream out, String unit, long expected) {
    this.out = out;
    this.unit = unit;
    this.expected = Math.max(expected, 1);
  }

  /// One step is done.
  void step() {
    steps++;
    if (steps % STEPS_PER_LOOK == 0 && System.nanoTime() - painted > REPAINT.toNanos()) {
      paint(Math.min(0.99, (double) steps / expected));
    }
  }

  /// Many steps are done.
  void steps(long many) {
    steps += many;
    if (System.nanoTime() - painted > REPAINT.toNanos()) {
      paint(Math.min(0.99, (double) steps / expected));
    }
  }

  private void paint(double share) {
    painted = System.nanoTime();
    int full = (int) (share * WIDTH);
    out.printf(
        "\r[%s%s] %3d%% %,d %s",
        "#".repeat(full), " ".repeat(WIDTH - full), (int) (share * 100), steps, unit);
    out.flush();
  }

  /// Prints a line of results on standard output, above the bar.
  void print(String line) {
    out.print("\r\033[K");
    out.flush();
    System.out.println(line);
  }

  /// All is done.
  void end() {
    paint(1);
    out.println();
  }
}
