package dev.sixin.bench;

import static dev.sixin.UsageException.requireBetween;

import dev.sixin.UsageException;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// The options of all scenarios: which server, how it is loaded, what is compared, where the
/// results go.
final class ScenarioOptions {
  @Mixin private final ServerOptions server = new ServerOptions();
  @Mixin private final LoadOptions load = new LoadOptions(4, 256);

  @Option(names = "--no-echo", description = "leaves the yardstick out")
  private boolean noEcho;

  @Option(
      names = "--turns",
      defaultValue = "5",
      description = "how often what is compared is measured by turns (${DEFAULT-VALUE})")
  private int turns;

  @Option(
      names = "--open-rate",
      description = "calls a second in the open loop (half of what the closed loop reached)")
  private Integer openRate;

  @Option(names = "--no-open", description = "leaves the open loop out")
  private boolean noOpen;

  @Mixin private final OutputOptions output = new OutputOptions();

  /// @throws UsageException when an option is out of bounds or options do not fit together
  void check() {
    requireBetween("--turns", turns, 1, 1_000);
    if (openRate != null) {
      requireBetween("--open-rate", openRate, 1, 10_000_000);
      if (noOpen) {
        throw new UsageException("--open-rate: is of the open loop, and --no-open leaves it out");
      }
    }
    load.check();
    server.check();
    output.check();
  }

  ServerOptions server() {
    return server;
  }

  LoadOptions load() {
    return load;
  }

  OutputOptions output() {
    return output;
  }

  boolean withEcho() {
    return !noEcho;
  }

  int turns() {
    return turns;
  }

  boolean withOpenLoop() {
    return !noOpen;
  }

  /// Calls a second in the open loop.
  ///
  /// @param reached in the closed loop
  double openRate(double reached) {
    return openRate != null ? openRate : reached / 2;
  }

  /// What to call that rate.
  String openRateName() {
    return openRate != null ? "at %,d/s".formatted(openRate) : "at half";
  }
}
