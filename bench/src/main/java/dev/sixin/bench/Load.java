package dev.sixin.bench;

import com.linecorp.armeria.common.util.EventLoopGroups;
import com.linecorp.armeria.common.util.TransportType;
import dev.sixin.Failure;
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
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/// A load on a server: calls of a workload in a closed loop, over connections of their own.
final class Load implements AutoCloseable {
  private static final long TICK_NANOS = TimeUnit.SECONDS.toNanos(1);
  private static final long DRAIN_NANOS = TimeUnit.SECONDS.toNanos(5);
  private static final long POLL_MILLIS = 10;

  private final Plan plan;
  private final Supplier<Duration> serverCpu;
  private final Progress progress;
  private final EventLoopGroup threads;
  private final List<Worker> workers = new ArrayList<>();

  /// How to load a server.
  ///
  /// @param streams calls under way at once on each connection
  /// @param threads event loops of the client
  /// @param seed of all that is chosen by chance
  record Plan(
      int connections, int streams, int threads, Duration warmup, Duration duration, long seed) {}

  private Load(Plan plan, Supplier<Duration> serverCpu, Progress progress) {
    this.plan = plan;
    this.serverCpu = serverCpu;
    this.progress = progress;
    this.threads = EventLoopGroups.newEventLoopGroup(plan.threads(), "bench", true);
  }

  /// Begins to load a server.
  ///
  /// @param serverCpu says how much CPU time the server has used so far
  /// @throws Failure when a connection can not be opened
  static Load open(
      Plan plan, URI server, Workload workload, Supplier<Duration> serverCpu, Progress progress)
      throws InterruptedException {
    Load load = new Load(plan, serverCpu, progress);
    try {
      load.connect(server, workload);
      return load;
    } catch (Failure e) {
      load.close();
      throw e;
    }
  }

  /// Loads a server, warms up, measures, and stops.
  ///
  /// @param name of the result, for people
  static Result run(
      String name,
      Plan plan,
      URI server,
      Workload workload,
      Supplier<Duration> serverCpu,
      Progress progress)
      throws InterruptedException {
    try (Load load = open(plan, server, workload, serverCpu, progress)) {
      load.warmUp();
      return load.measure(name);
    }
  }

  private void connect(URI server, Workload workload) throws InterruptedException {
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

  /// Lets the plan's warm-up pass.
  ///
  /// @throws Failure when a connection breaks
  void warmUp() throws InterruptedException {
    observe("warming up", lasts(plan.warmup()));
  }

  /// Measures for as long as the plan says.
  ///
  /// @throws Failure when a connection breaks
  Result measure(String name) throws InterruptedException {
    return measureUntil(name, lasts(plan.duration()));
  }

  private static BooleanSupplier lasts(Duration length) {
    long begin = System.nanoTime();
    return () -> System.nanoTime() - begin >= length.toNanos();
  }

  /// Measures until something is over; asks now and then.
  ///
  /// @throws Failure when a connection breaks
  Result measureUntil(String name, BooleanSupplier over) throws InterruptedException {
    Duration cpu = serverCpu.get();
    long begin = System.nanoTime();
    Tally tally = observe(name, over);
    Duration length = Duration.ofNanos(System.nanoTime() - begin);
    return new Result(name, tally, length, serverCpu.get().minus(cpu));
  }

  private Tally observe(String phase, BooleanSupplier over) throws InterruptedException {
    Tally all = new Tally();
    take(); // what was before is not of this phase
    boolean end = false;
    while (!end) {
      long tickBegin = System.nanoTime();
      end = pause(tickBegin + TICK_NANOS, over);
      Tally tick = take();
      double rate = tick.succeeded() * 1e9 / (System.nanoTime() - tickBegin);
      all.add(tick);
      progress.show(
          () ->
              "%s: %,.0f/s, p99 %s, %,d failed"
                  .formatted(
                      phase,
                      rate,
                      Report.time(tick.micros().getValueAtPercentile(99)),
                      all.failed()));
    }
    return all;
  }

  private static boolean pause(long untilNanos, BooleanSupplier over) throws InterruptedException {
    while (System.nanoTime() < untilNanos) {
      if (over.getAsBoolean()) {
        return true;
      }
      TimeUnit.MILLISECONDS.sleep(POLL_MILLIS);
    }
    return over.getAsBoolean();
  }

  private Tally take() {
    Tally tally = new Tally();
    for (Worker worker : workers) {
      if (worker.broken() != null) {
        throw new Failure("a connection broke: " + worker.broken());
      }
      tally.add(worker.take());
    }
    return tally;
  }

  /// Lets what is under way end.
  @Override
  public void close() {
    progress.clear();
    workers.forEach(Worker::stop);
    try {
      long limit = System.nanoTime() + DRAIN_NANOS;
      while (workers.stream().anyMatch(Load::hasMore) && System.nanoTime() < limit) {
        TimeUnit.MILLISECONDS.sleep(POLL_MILLIS);
      }
      threads.shutdownGracefully(0, 1, TimeUnit.SECONDS).await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static boolean hasMore(Worker worker) {
    return worker.broken() == null && !worker.idle();
  }
}
