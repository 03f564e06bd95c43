package dev.sixin.bench;

import com.linecorp.armeria.common.util.EventLoopGroups;
import com.linecorp.armeria.common.util.TransportType;
import dev.sixin.Failure;
import dev.sixin.bench.Result.Second;
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
import java.util.function.Consumer;
import java.util.function.Supplier;

/// A load on a server: calls of a workload, over connections of their own.
final class Load implements AutoCloseable {
  private static final Duration TICK = Duration.ofSeconds(1);
  private static final Duration SETTLING = Duration.ofSeconds(1);
  private static final long DRAIN_NANOS = TimeUnit.SECONDS.toNanos(5);
  private static final long POLL_MILLIS = 10;

  /// For each connection in an open loop, where the schedule decides how many calls are under way.
  /// Together more than a server takes (`--max-calls`), so that it is never the client that holds
  /// calls back.
  private static final int OPEN_STREAMS = 10_000;

  private final Plan plan;
  private final Supplier<Duration> serverCpu;
  private final Progress progress;
  private final EventLoopGroup threads;
  private final List<Worker> workers = new ArrayList<>();

  /// How to load a server.
  ///
  /// @param streams calls under way at once on each connection; in an open loop at most
  /// @param threads event loops of the client
  /// @param choices what is chosen by chance; each load has its own part of them, for rows that one
  ///   before it touched would be at hand
  /// @param rate calls that begin each second, on all connections together; 0: a closed loop
  record Plan(
      int connections,
      int streams,
      int threads,
      Duration warmup,
      Duration duration,
      SplittableRandom choices,
      double rate) {
    /// @param seed of all that is chosen by chance
    Plan(
        int connections,
        int streams,
        int threads,
        Duration warmup,
        Duration duration,
        long seed,
        double rate) {
      this(connections, streams, threads, warmup, duration, new SplittableRandom(seed), rate);
    }

    /// One of the turns into which its duration is cut, after a warm-up for the connections alone.
    Plan turn(int turns) {
      return new Plan(
          connections, streams, threads, SETTLING, duration.dividedBy(turns), choices, rate);
    }

    /// The same in an open loop.
    Plan at(double callsPerSecond) {
      return new Plan(
          connections, OPEN_STREAMS, threads, warmup, duration, choices, callsPerSecond);
    }
  }

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
    SplittableRandom random = plan.choices().split();
    Bootstrap bootstrap =
        new Bootstrap()
            .group(threads)
            .channel(TransportType.socketChannelType(threads))
            .option(ChannelOption.TCP_NODELAY, true);
    for (int i = 0; i < plan.connections(); i++) {
      Worker worker =
          new Worker(workload, random.split(), server.getAuthority(), plan.streams(), schedule(i));
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

  /// When one of the connections makes its calls: they take turns.
  private Worker.Schedule schedule(int connection) {
    if (plan.rate() == 0) {
      return null;
    }
    double turnNanos = 1e9 / plan.rate();
    return new Worker.Schedule(
        Duration.ofNanos(Math.round(turnNanos * connection)),
        Duration.ofNanos(Math.round(turnNanos * plan.connections())));
  }

  /// Lets the plan's warm-up pass.
  ///
  /// @throws Failure when a connection breaks
  void warmUp() throws InterruptedException {
    observe(() -> "warming up", TICK, lasts(plan.warmup()), _ -> {});
  }

  /// Measures for as long as the plan says.
  ///
  /// @throws Failure when a connection breaks
  Result measure(String name) throws InterruptedException {
    return measureFor(name, plan.duration());
  }

  /// Measures for a while.
  ///
  /// @throws Failure when a connection breaks
  Result measureFor(String name, Duration length) throws InterruptedException {
    return measureUntil(name, lasts(length));
  }

  private static BooleanSupplier lasts(Duration length) {
    long begin = System.nanoTime();
    return () -> System.nanoTime() - begin >= length.toNanos();
  }

  /// Measures until something is over; asks now and then.
  ///
  /// @throws Failure when a connection breaks
  Result measureUntil(String name, BooleanSupplier over) throws InterruptedException {
    Tally all = new Tally();
    List<Second> seconds = new ArrayList<>();
    take(); // what was before is not of this measurement
    Duration cpu = serverCpu.get();
    Duration length =
        observe(
            () -> name,
            TICK,
            over,
            window -> {
              all.add(window.tally());
              seconds.add(
                  new Second(
                      window.end(),
                      window.rate(window.tally().succeeded()),
                      window.rate(window.tally().failed())));
            });
    return new Result(
        name, all, length, serverCpu.get().minus(cpu), plan.rate(), underWay(), seconds);
  }

  /// What ended in a part of the time.
  ///
  /// @param begin since the begin of the observation
  record Window(Duration begin, Duration end, Tally tally) {
    private double rate(long calls) {
      return calls * 1e9 / end.minus(begin).toNanos();
    }
  }

  /// Tells what ends in each tick, until something is over; asks now and then. The first tick has
  /// what ended before it, too.
  ///
  /// @param phase what goes on, for people
  /// @return how long it took
  /// @throws Failure when a connection breaks
  Duration observe(
      Supplier<String> phase, Duration tick, BooleanSupplier over, Consumer<Window> windows)
      throws InterruptedException {
    long begin = System.nanoTime();
    Window window = new Window(Duration.ZERO, Duration.ZERO, new Tally());
    boolean end = false;
    while (!end) {
      end = pause(begin + window.end().plus(tick).toNanos(), over);
      Tally tally = take();
      window = new Window(window.end(), Duration.ofNanos(System.nanoTime() - begin), tally);
      windows.accept(window);
      show(phase.get(), window);
    }
    return window.end();
  }

  private void show(String phase, Window window) {
    Tally tally = window.tally();
    progress.show(
        () ->
            "%s: %,.0f/s, p99 %s, %,.0f/s failed"
                .formatted(
                    phase,
                    window.rate(tally.succeeded()),
                    Report.time(tally.micros().getValueAtPercentile(99)),
                    window.rate(tally.failed())));
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

  /// What has ended since this was last asked, or a measurement began.
  Tally take() {
    Tally tally = new Tally();
    for (Worker worker : workers) {
      if (worker.broken() != null) {
        throw new Failure("a connection broke: " + worker.broken());
      }
      tally.add(worker.take());
    }
    return tally;
  }

  /// How many calls have begun and not ended.
  long underWay() {
    return workers.stream().mapToLong(Worker::underWay).sum();
  }

  /// Begins no more calls.
  void stop() {
    workers.forEach(Worker::stop);
  }

  /// Lets what is under way end.
  @Override
  public void close() {
    progress.clear();
    stop();
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
    return worker.broken() == null && worker.underWay() > 0;
  }
}
