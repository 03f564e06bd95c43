package dev.sixin.bench;

import dev.sixin.entity.rows.InboxHead;
import java.io.IOException;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/// What the unread totals of a user cost, one of many who ask in turn.
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(1)
@Warmup(iterations = 5, time = 2)
@Measurement(iterations = 5, time = 2)
public class UnreadTotalsBenchmark {
  private static final long FIRST_UID = 1;
  private static final long FIRST_TALKER = 1_000_000;
  private static final int SESSIONS = 10;

  /// The engine.
  @Param({"memory", "rocksdb"})
  String engine;

  /// How many users there are.
  @Param("10000")
  int users;

  private final SplittableRandom random = new SplittableRandom(1);
  private Fixture fixture;

  /// Fills a new store.
  @Setup
  public void open() throws IOException {
    fixture = Fixture.open(engine);
    for (int i = 0; i < users; i++) {
      fixture.sessions(FIRST_UID + i, FIRST_TALKER, SESSIONS);
    }
  }

  /// The totals of one user.
  @Benchmark
  public InboxHead totals() {
    return fixture.sessions().head(FIRST_UID + random.nextInt(users));
  }

  /// Removes the store.
  @TearDown
  public void close() throws IOException {
    fixture.close();
  }
}
