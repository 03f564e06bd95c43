package dev.sixin.bench;

import dev.sixin.bench.Fixture.Letter;
import dev.sixin.entity.Talker;
import dev.sixin.entity.rows.SessionRow;
import dev.sixin.proto.type.Msg;
import dev.sixin.proto.type.SessionInfo;
import dev.sixin.session.SessionList;
import dev.sixin.session.Sessions.Page;
import dev.sixin.session.Window;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
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

/// What the first page of a user's sessions costs, with the last message of each.
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(1)
@Warmup(iterations = 5, time = 2)
@Measurement(iterations = 5, time = 2)
public class SessionsPageBenchmark {
  private static final long UID = 1;
  private static final long FIRST_TALKER = 1_000;
  private static final int ALL = 4;
  private static final int SIZE = 20;

  /// Only these have messages that can be read, and they are the newest; they fill a few pages.
  private static final int WITH_MESSAGES = 100;

  /// The engine.
  @Param({"memory", "rocksdb"})
  String engine;

  /// How many sessions the user has, at least 100.
  @Param({"100", "1000000"})
  int sessions;

  private Fixture fixture;

  /// Fills a new store.
  @Setup
  public void open() throws IOException {
    fixture = Fixture.open(engine);
    fixture.users(LongStream.of(UID));
    fixture.sessions(UID, FIRST_TALKER, sessions - WITH_MESSAGES);
    fixture.send(
        LongStream.range(FIRST_TALKER + sessions - WITH_MESSAGES, FIRST_TALKER + sessions)
            .mapToObj(talker -> new Letter(talker, UID))
            .toList());
  }

  /// The first 20 sessions and their last messages.
  @Benchmark
  public List<Msg> page() {
    SessionList list = SessionList.numbered(ALL, false, false, 0);
    Page page = fixture.sessions().list(UID, list, Window.OPEN, SIZE);
    List<Msg> last = new ArrayList<>(SIZE);
    for (SessionRow session : page.sessions()) {
      SessionInfo info = session.getInfo();
      fixture.messages().find(UID, Talker.of(info), info.getMaxSeqno()).ifPresent(last::add);
    }
    return last;
  }

  /// Removes the store.
  @TearDown
  public void close() throws IOException {
    fixture.close();
  }
}
