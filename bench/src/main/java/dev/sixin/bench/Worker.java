package dev.sixin.bench;

import dev.sixin.bench.Http2Connection.Owner;
import dev.sixin.bench.Tally.Ending;
import dev.sixin.bench.Worker.Call;
import dev.sixin.bench.Workload.Request;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.random.RandomGenerator;
import org.HdrHistogram.SingleWriterRecorder;

/// One connection's share of a load. In a closed loop the next call begins when one ends. In an
/// open loop calls have their times, whatever the server does: one that can not begin at its time
/// begins as soon as it can, and what it took counts from its time all the same.
///
/// Runs on the connection's event loop; [#take] and [#stop] are for anybody.
final class Worker implements Owner<Call> {
  /// Between two looks at the clock, so that it takes little of a core: a call begins that much
  /// after its time at most. Calls that begin together are written together, as in a closed loop;
  /// one by one they would cost both sides a good deal more than there.
  private static final long TICK_NANOS = TimeUnit.MILLISECONDS.toNanos(1);

  private final Workload workload;
  private final RandomGenerator random;
  private final int streams;
  private final Schedule schedule;
  private final Http2Connection<Call> connection;
  private final Map<Ending, SingleWriterRecorder> endings = new ConcurrentHashMap<>();
  private final SingleWriterRecorder delays = new SingleWriterRecorder(Tally.DIGITS);
  private final AtomicLong starved = new AtomicLong();
  private long nextNanos;
  private long starvedNanos;
  private volatile int underWay;
  private volatile boolean stopping;
  private volatile String broken;

  /// When calls begin in an open loop.
  ///
  /// @param first how long after the connection is ready
  /// @param interval between two calls
  record Schedule(Duration first, Duration interval) {}

  /// A call under way.
  ///
  /// @param nanos from when on its time counts
  record Call(String path, long nanos) {}

  /// @param authority `host:port`
  /// @param streams how many calls are under way at once at most
  /// @param schedule null: a closed loop
  Worker(
      Workload workload, RandomGenerator random, String authority, int streams, Schedule schedule) {
    this.workload = workload;
    this.random = random;
    this.streams = streams;
    this.schedule = schedule;
    this.connection = new Http2Connection<>(this, authority, streams);
  }

  Http2Connection<Call> connection() {
    return connection;
  }

  @Override
  public void ready() {
    long now = System.nanoTime();
    if (schedule == null) {
      for (int i = 0; i < streams; i++) {
        begin(now);
      }
    } else {
      nextNanos = now + schedule.first().toNanos();
      starvedNanos = now - 1;
      tick();
    }
  }

  /// Begins what is due, and looks at the clock again when the next call is due.
  private void tick() {
    if (stopping || broken != null) {
      return;
    }
    long now = System.nanoTime();
    beginDue(now);
    connection.flush();
    connection.later(this::tick, Math.max(nextNanos - now, TICK_NANOS));
  }

  private void beginDue(long now) {
    while (nextNanos <= now && underWay < streams) {
      if (nextNanos <= starvedNanos) {
        starved.incrementAndGet();
      }
      delays.recordValue(TimeUnit.NANOSECONDS.toMicros(now - nextNanos));
      begin(nextNanos);
      nextNanos += schedule.interval().toNanos();
    }
    if (nextNanos <= now) {
      starvedNanos = now;
    }
  }

  @SuppressWarnings("NonAtomicVolatileUpdate") // only the event loop writes
  private void begin(long nanos) {
    Request request = workload.next(random);
    if (request != null) {
      underWay++;
      connection.call(request, new Call(request.path(), nanos));
    }
  }

  @Override
  @SuppressWarnings("NonAtomicVolatileUpdate") // only the event loop writes
  public void ended(Call call, String failure) {
    long now = System.nanoTime();
    endings
        .computeIfAbsent(
            new Ending(call.path(), failure), _ -> new SingleWriterRecorder(Tally.DIGITS))
        .recordValue(TimeUnit.NANOSECONDS.toMicros(now - call.nanos()));
    underWay--;
    if (stopping) {
      return;
    }
    if (schedule == null) {
      begin(now);
    } else if (nextNanos <= starvedNanos) {
      beginDue(now);
    }
  }

  @Override
  public void broken(String why) {
    broken = why;
  }

  /// What has been measured since the last time. One thread at a time.
  Tally take() {
    Tally tally = new Tally();
    endings.forEach((ending, micros) -> tally.add(ending, micros.getIntervalHistogram()));
    tally.addDelays(delays.getIntervalHistogram(), starved.getAndSet(0));
    return tally;
  }

  /// Begins no more calls.
  void stop() {
    stopping = true;
  }

  /// How many calls have begun and not ended.
  int underWay() {
    return underWay;
  }

  /// Why the connection broke; null when it did not.
  String broken() {
    return broken;
  }
}
