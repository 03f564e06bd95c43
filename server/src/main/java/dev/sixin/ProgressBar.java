package dev.sixin;

import java.io.PrintStream;
import java.time.Duration;

/// How far long work is, how fast it goes and how long it will take, on one line of the terminal.
final class ProgressBar {
  private static final int WIDTH = 40;
  private static final int STEPS_PER_LOOK = 1_000;
  private static final Duration REPAINT = Duration.ofMillis(100);

  private final PrintStream out;
  private final String unit;
  private final long expected;
  private final long begun = System.nanoTime();
  private long steps;
  private long painted = begun;

  /// @param unit what is counted, such as rows
  /// @param expected about how many steps there will be; 0: nobody knows
  ProgressBar(PrintStream out, String unit, long expected) {
    this.out = out;
    this.unit = unit;
    this.expected = expected;
  }

  /// One step is done.
  void step() {
    steps++;
    if (steps % STEPS_PER_LOOK == 0) {
      paintSometimes();
    }
  }

  /// Many steps are done.
  void steps(long many) {
    steps += many;
    paintSometimes();
  }

  private void paintSometimes() {
    if (System.nanoTime() - painted > REPAINT.toNanos()) {
      double left = Math.max(expected - steps, 0) / Math.max(rate(), 1e-9);
      double share = Math.min(0.99, (double) steps / Math.max(expected, 1));
      paint(share, expected == 0 ? "" : ", " + minutes((long) left) + " left");
    }
  }

  /// Steps a second since the beginning.
  private double rate() {
    return steps * 1e9 / Math.max(System.nanoTime() - begun, 1);
  }

  private static String minutes(long seconds) {
    return "%d:%02d".formatted(seconds / 60, seconds % 60);
  }

  private void paint(double share, String time) {
    painted = System.nanoTime();
    int full = (int) (share * WIDTH);
    String bar =
        "[%s%s] %3d%% ".formatted("#".repeat(full), " ".repeat(WIDTH - full), (int) (share * 100));
    String done = "%,d %s, %,.0f/s".formatted(steps, unit, rate());
    out.print("\r" + (expected == 0 ? "" : bar) + done + time + "\033[K");
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
    paint(1, ", " + minutes((System.nanoTime() - begun) / 1_000_000_000) + " in all");
    out.println();
  }
}
