package dev.sixin.bench;

import com.linecorp.armeria.common.util.EventLoopGroups;
import com.linecorp.armeria.common.util.TransportType;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/// Runs a workload against a server: opens the connections, warms up, measures, stops.
final class Load {
  private static final long TICK_NANOS = TimeUnit.SECONDS.toNanos(1);
  private static final long DRAIN_NANOS = TimeUnit.SECONDS.toNanos(5);
  private static final long POLL_MILLIS = 10;

  private final String name;
  private final Plan plan;
  private final Progress progress;
  private final List<Worker> workers = new ArrayList<>();

  /// How to load a server.
  ///
  /// @param streams calls under way at once on each connection
  /// @param threads event loops of the client
  /// @param seed of all that is chosen by chance
  record Plan(
      int connections, int streams, int threads, Duration warmup, Duration duration, long seed) {}

  /// @param name of the workload, for people
  Load(String name, Plan plan, Progress progress) {
    this.name = name;
    this.plan = plan;
    this.progress = progress;
  }

  /// Runs it once.
  ///
  /// @param serverCpu says how much CPU time the server has used so far
  /// @throws Failure when a connection can not be opened or breaks
  Result run(URI server, Workload workload, Supplier<Duration> serverCpu)
      throws InterruptedException {
    EventLoopGroup threads = EventLoopGroups.newEventLoopGroup(plan.threads(), "bench", true);
    try {
      connect(server, workload, threads);
      observe("warming up", plan.warmup());
      Duration cpu = serverCpu.get();
      long begin = System.nanoTime();
      Tally tally = observe("measuring", plan.duration());
      Duration length = Duration.ofNanos(System.nanoTime() - begin);
      Result result = new Result(name, tally, length, serverCpu.get().minus(cpu));
      stop();
      return result;
    } finally {
      progress.clear();
      threads.shutdownGracefully(0, 1, TimeUnit.SECONDS).await();
    }
  }

  private void connect(URI server, Workload workload, EventLoopGroup threads)
      throws InterruptedException {
    SplittableRandom random = new SplittableRandom(plan.seed());
    Bootstrap bootstrap =
        new Bootstrap()
            .group(threads)
            .channel(TransportType.socketChannelType(threads))
            .option(ChannelOption.TCP_NODELAY, true);
    for (int i = 0; i < plan.connections(); i++) {
      Worker worker = new Worker(workload, random.split(), server.getAuthority(), plan.streams());
      workers.add(worker);
      ChannelFuture connected =
          bootstrap
              .clone()
              .handler(worker.connection())
              .connect(server.getHost(), server.getPort())
              .await();
      if (!connected.isSuccess()) {
        throw new Failure("%s: %s".formatted(server, connected.cause().getMessage()));
      }
    }
  }

  private Tally observe(String phase, Duration length) throws InterruptedException {
    Tally all = new Tally();
    long last = System.nanoTime();
    long end = last + length.toNanos();
    while (last < end) {
      TimeUnit.NANOSECONDS.sleep(Math.min(TICK_NANOS, end - last));
      Tally tick = new Tally();
      for (Worker worker : workers) {
        if (worker.broken() != null) {
          throw new Failure("%s: a connection broke: %s".formatted(name, worker.broken()));
        }
        tick.add(worker.take());
      }
      long now = System.nanoTime();
      double rate = tick.succeeded() * 1e9 / (now - last);
      long secondsToGo = TimeUnit.NANOSECONDS.toSeconds(Math.max(0, end - now));
      last = now;
      all.add(tick);
      progress.show(
          () ->
              "%s: %s, %d s to go: %,.0f/s, p99 %s, %,d failed"
                  .formatted(
                      name,
                      phase,
                      secondsToGo,
                      rate,
                      Report.time(tick.micros().getValueAtPercentile(99)),
                      all.failed()));
    }
    return all;
  }

  /// Lets what is under way end.
  private void stop() throws InterruptedException {
    workers.forEach(Worker::stop);
    long limit = System.nanoTime() + DRAIN_NANOS;
    while (!workers.stream().allMatch(Worker::idle) && System.nanoTime() < limit) {
      TimeUnit.MILLISECONDS.sleep(POLL_MILLIS);
    }
  }
}
