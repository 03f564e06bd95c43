package dev.sixin.bench;

import static dev.sixin.UsageException.requireBetween;

import dev.sixin.UsageException;
import dev.sixin.bench.Load.Plan;
import java.time.Duration;
import java.util.SplittableRandom;
import picocli.CommandLine.Option;

/// The options of a load: how many calls, for how long.
final class LoadOptions {
  @Option(names = "--connections", description = "(${DEFAULT-VALUE})")
  private int connections;

  @Option(
      names = "--streams",
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

  private SplittableRandom choices;

  /// @param connections unless the command line says something else
  /// @param streams unless the command line says something else
  LoadOptions(int connections, int streams) {
    this.connections = connections;
    this.streams = streams;
  }

  /// @throws UsageException when an option is out of bounds
  void check() {
    requireBetween("--connections", connections, 1, 10_000);
    requireBetween("--streams", streams, 1, 10_000);
    requireBetween("--threads", threads, 1, 256);
    if (duration.isZero()) {
      throw new UsageException("--duration: 0 (expected: some time)");
    }
  }

  Plan plan() {
    if (choices == null) {
      choices = new SplittableRandom(seed);
    }
    return new Plan(connections, streams, threads, warmup, duration, choices, 0);
  }

  long seed() {
    return seed;
  }

  /// In words, for the head of a report.
  @Override
  public String toString() {
    return "%d cores; %d connections with %d calls under way on each; %d s after %d s of warm-up"
        .formatted(
            Runtime.getRuntime().availableProcessors(),
            connections,
            streams,
            duration.toSeconds(),
            warmup.toSeconds());
  }
}
