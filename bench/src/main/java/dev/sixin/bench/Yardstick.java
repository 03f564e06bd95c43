package dev.sixin.bench;

import dev.sixin.bench.Load.Plan;
import dev.sixin.bench.Report.Ratio;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/// A bare echo of the same requests, in a JVM of its own: what a server takes is compared with it.
/// The two are measured by turns, for a machine that is shared does not stay the same for long.
final class Yardstick implements AutoCloseable {
  private final ChildServer echo;
  private final Workload workload;
  private final Progress progress;

  private Yardstick(ChildServer echo, Workload workload, Progress progress) {
    this.echo = echo;
    this.workload = workload;
    this.progress = progress;
  }

  /// Starts an echo and warms it up.
  ///
  /// @param directory where its log goes
  static Yardstick start(Path directory, Plan plan, Workload workload, Progress progress)
      throws InterruptedException {
    ChildServer echo =
        ChildServer.start(directory, Main.class.getName(), "echo-server", "--port=0");
    try (Load load = Load.open(plan, echo.uri(), workload, echo::cpu, progress)) {
      load.warmUp();
      return new Yardstick(echo, workload, progress);
    } catch (RuntimeException | InterruptedException e) {
      echo.close();
      throw e;
    }
  }

  /// What a server and the echo came to by turns.
  ///
  /// @param ratios of their rates: the median of all turns, the lowest, the highest
  record Comparison(Result echo, Result server, List<Ratio> ratios) {}

  /// Warms a server up and measures it, and the echo by turns with it, each as long as the plan
  /// says in all.
  ///
  /// @param name of the server's result
  Comparison compare(
      String name, Plan plan, int turns, URI server, Workload load, Supplier<Duration> cpu)
      throws InterruptedException {
    try (Load warmup = Load.open(plan, server, load, cpu, progress)) {
      warmup.warmUp();
    }
    Plan turn = plan.turn(turns);
    List<Result> echoes = new ArrayList<>();
    List<Result> results = new ArrayList<>();
    for (int i = 0; i < turns; i++) {
      echoes.add(Load.run("echo", turn, echo.uri(), workload, echo::cpu, progress));
      results.add(Load.run(name, turn, server, load, cpu, progress));
    }
    return new Comparison(
        Result.of("echo beside " + name, echoes),
        Result.of(name, results),
        Ratio.byTurns(name + "/echo", results, echoes));
  }

  @Override
  public void close() {
    echo.close();
  }
}
