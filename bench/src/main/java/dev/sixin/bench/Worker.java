package dev.sixin.bench;

import dev.sixin.bench.Http2Connection.Owner;
import dev.sixin.bench.Worker.Call;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.SingleWriterRecorder;

/// One connection's share of a load, in a closed loop: when a call ends, the next begins. Runs on
/// the connection's event loop; [#take] and [#stop] are for anybody.
final class Worker implements Owner<Call> {
  /// Precise to three digits.
  static final int DIGITS = 3;

  private final Workload workload;
  private final RandomGenerator random;
  private final int streams;
  private final Http2Connection<Call> connection;
  private final SingleWriterRecorder micros = new SingleWriterRecorder(DIGITS);
  private final Map<String, Long> failures = new ConcurrentHashMap<>();
  private volatile int underWay;
  private volatile boolean stopping;
  private volatile String broken;

  /// One call after another.
  static final class Call {
    private long startNanos;
  }

  /// @param authority `host:port`
  /// @param streams how many calls are under way at once
  Worker(Workload workload, RandomGenerator random, String authority, int streams) {
    this.workload = workload;
    this.random = random;
    this.streams = streams;
    this.connection = new Http2Connection<>(this, authority, streams);
  }

  Http2Connection<Call> connection() {
    return connection;
  }

  @Override
  public void ready() {
    underWay = streams;
    for (int i = 0; i < streams; i++) {
      begin(new Call());
    }
  }

  private void begin(Call call) {
    call.startNanos = System.nanoTime();
    connection.call(workload.next(random), call);
  }

  @Override
  public void ended(Call call, String failure) {
    if (failure == null) {
      micros.recordValue(TimeUnit.NANOSECONDS.toMicros(System.nanoTime() - call.startNanos));
    } else {
      failures.merge(failure, 1L, Long::sum);
    }
    if (stopping) {
      endOne();
    } else {
      begin(call);
    }
  }

  @SuppressWarnings("NonAtomicVolatileUpdate") // only the event loop writes
  private void endOne() {
    underWay--;
  }

  @Override
  public void broken(String why) {
    broken = why;
  }

  /// What has been measured since the last time. One thread at a time.
  Tally take() {
    Histogram histogram = micros.getIntervalHistogram();
    Tally tally = new Tally();
    tally.add(histogram);
    for (String failure : List.copyOf(failures.keySet())) {
      tally.add(failure, failures.remove(failure));
    }
    return tally;
  }

  /// Begins no more calls.
  void stop() {
    stopping = true;
  }

  /// Whether nothing is under way.
  boolean idle() {
    return underWay == 0;
  }

  /// Why the connection broke; null when it did not.
  String broken() {
    return broken;
  }
}
