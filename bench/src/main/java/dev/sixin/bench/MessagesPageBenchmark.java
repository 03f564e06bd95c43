package dev.sixin.bench;

import dev.sixin.bench.Fixture.Letter;
import dev.sixin.entity.Talker;
import dev.sixin.message.Messages.History;
import dev.sixin.message.Messages.Stretch;
import dev.sixin.store.Order;
import java.io.IOException;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;
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

/// What the newest messages of a conversation cost, one of many that are read in turn.
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(1)
@Warmup(iterations = 5, time = 2)
@Measurement(iterations = 5, time = 2)
public class MessagesPageBenchmark {
  private static final long UID = 1;
  private static final long FIRST_TALKER = 1_000;
  private static final int SIZE = 20;

  /// The engine.
  @Param({"memory", "rocksdb"})
  String engine;

  /// How many conversations the user has.
  @Param("200")
  int conversations;

  /// How many messages each of them has.
  @Param("1000")
  int messages;

  private final SplittableRandom random = new SplittableRandom(1);
  private Fixture fixture;

  /// Fills a new store: all write in turn, as people do.
  @Setup
  public void open() throws IOException {
    fixture = Fixture.open(engine);
    fixture.users(LongStream.of(UID));
    fixture.send(
        LongStream.range(0, (long) messages * conversations)
            .mapToObj(i -> new Letter(FIRST_TALKER + i % conversations, UID))
            .toList());
  }

  /// The newest 20 messages of one conversation.
  @Benchmark
  public History page() {
    Talker talker = Talker.user(FIRST_TALKER + random.nextInt(conversations));
    return fixture.messages().history(UID, talker, new Stretch(0, 0), Order.DESCENDING, SIZE);
  }

  /// Removes the store.
  @TearDown
  public void close() throws IOException {
    fixture.close();
  }
}
