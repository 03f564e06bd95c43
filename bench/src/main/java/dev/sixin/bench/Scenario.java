package dev.sixin.bench;

import dev.sixin.bench.Load.Plan;
import dev.sixin.bench.Report.Ratio;
import dev.sixin.bench.Report.Verdict;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.function.Supplier;
import picocli.CommandLine.Model.CommandSpec;

/// A command under way: the server that it loads, one load after another, and what came of it.
final class Scenario implements AutoCloseable {
  private final CommandSpec command;
  private final ScenarioOptions options;
  private final Instant begin = Instant.now();
  private final Progress progress;
  private final Scratch scratch;
  private final ServerOptions.Server server;
  private final List<Result> results = new ArrayList<>();
  private final List<Ratio> ratios = new ArrayList<>();
  private final List<Verdict> verdicts = new ArrayList<>();
  private Yardstick echo;

  /// Starts the server if need be.
  Scenario(CommandSpec command, ScenarioOptions options) throws IOException {
    this.command = command;
    this.options = options;
    this.progress = Progress.of(command);
    this.scratch = Scratch.create();
    try {
      this.server = options.server().open(scratch.path());
    } catch (RuntimeException e) {
      scratch.close();
      throw e;
    }
  }

  /// The site that tells the server of its users.
  Site site() {
    return new Site(server.uri(), server.adminToken(), progress);
  }

  /// Tells the server of a population.
  ///
  /// @return what it calls
  UserCalls populate(PopulationOptions people) throws InterruptedException {
    try (Site site = site()) {
      return people.populate(site, seed());
    }
  }

  long seed() {
    return options.load().seed();
  }

  Plan plan() {
    return options.load().plan();
  }

  /// Begins to load the server.
  Load load(Plan plan, Workload workload) throws InterruptedException {
    return Load.open(plan, server.uri(), workload, server.cpu(), progress);
  }

  /// Starts the yardstick and warms it up, unless the options leave it out: a bare echo of the same
  /// requests. What is measured in a closed loop from then on is compared with it.
  void echo(Workload workload) throws InterruptedException {
    if (options.withEcho()) {
      echo = Yardstick.start(scratch.path(), plan(), workload, progress);
    }
  }

  /// Measures the highest rate, and then, unless the options leave it out, the latency at half of
  /// it.
  ///
  /// @return what the closed loop came to
  Result measure(String name, Workload workload) throws InterruptedException {
    Result closed = closed(name, workload);
    latency(name, workload, closed.rate());
    return closed;
  }

  /// Measures the highest rate, in a closed loop, and compares it with the yardstick's if there is
  /// one.
  Result closed(String name, Workload workload) throws InterruptedException {
    if (echo == null) {
      return measure(name, plan(), workload, server.uri(), server.cpu());
    }
    Yardstick.Comparison comparison =
        echo.compare(name, plan(), options.turns(), server.uri(), workload, server.cpu());
    add(comparison.echo());
    ratios.addAll(comparison.ratios());
    return add(comparison.server());
  }

  /// Measures the latency at half of a rate or at the rate that the options say, in an open loop,
  /// unless they leave it out.
  Optional<Result> latency(String name, Workload workload, double rate)
      throws InterruptedException {
    if (!options.withOpenLoop() || rate == 0) {
      return Optional.empty();
    }
    Plan plan = plan().at(options.openRate(rate));
    String openName = name + " " + options.openRateName();
    return Optional.of(measure(openName, plan, workload, server.uri(), server.cpu()));
  }

  /// As above, of several workloads by turns, so that they can be compared.
  ///
  /// @return one for each, or none
  List<Result> latencies(SequencedMap<String, Workload> workloads, double rate)
      throws InterruptedException {
    if (!options.withOpenLoop() || rate == 0) {
      return List.of();
    }
    Plan turn = plan().at(options.openRate(rate)).turn(options.turns());
    SequencedMap<String, List<Result>> parts = new LinkedHashMap<>();
    for (int i = 0; i < options.turns(); i++) {
      for (Map.Entry<String, Workload> workload : workloads.entrySet()) {
        String name = workload.getKey() + " " + options.openRateName();
        parts
            .computeIfAbsent(name, _ -> new ArrayList<>())
            .add(Load.run(name, turn, server.uri(), workload.getValue(), server.cpu(), progress));
      }
    }
    return parts.entrySet().stream()
        .map(part -> add(Result.of(part.getKey(), part.getValue())))
        .toList();
  }

  private Result measure(String name, Plan plan, Workload workload, URI uri, Supplier<Duration> cpu)
      throws InterruptedException {
    return add(Load.run(name, plan, uri, workload, cpu, progress));
  }

  /// Adds a line to the table.
  Result add(Result result) {
    results.add(result);
    return result;
  }

  void ratio(Ratio ratio) {
    ratios.add(ratio);
  }

  void verdict(Verdict verdict) {
    verdicts.add(verdict);
  }

  /// Says what came of it.
  ///
  /// @param setting in words, besides that of the load
  /// @return what the command exits with
  int report(String setting) {
    return options
        .output()
        .publish(
            command,
            new Report(
                command.name(),
                begin,
                Report.options(command),
                options.load() + "; " + setting,
                results,
                ratios,
                verdicts));
  }

  @Override
  public void close() throws IOException {
    if (echo != null) {
      echo.close();
    }
    server.close();
    scratch.close();
  }
}
