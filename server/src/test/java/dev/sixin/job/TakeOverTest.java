package dev.sixin.job;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.sixin.Await;
import dev.sixin.entity.Stored;
import dev.sixin.entity.rows.JobRow;
import dev.sixin.job.Jobs.Kind;
import dev.sixin.job.Jobs.Pace;
import dev.sixin.job.Jobs.Step;
import dev.sixin.job.Jobs.Work;
import dev.sixin.store.Key;
import dev.sixin.store.Store;
import dev.sixin.store.memory.MemoryStore;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

/// Jobs of several servers on one store.
class TakeOverTest {
  private static final int STEPS = 5;

  @AutoClose private final Store store = new MemoryStore((_, _) -> {}, InstantSource.system());

  @AutoClose private final Jobs mine = new Jobs(store, new SimpleMeterRegistry());
  private final AtomicInteger steps = new AtomicInteger();

  private Kind count(Jobs jobs, Work work) {
    return jobs.kind(1, "count", Pace.BRISK, work);
  }

  private Step step(long uid, ByteString position) {
    steps.incrementAndGet();
    return new Step(
        1,
        position.size() == STEPS
            ? Optional.empty()
            : Optional.of(position.concat(ByteString.copyFrom(new byte[1]))));
  }

  @Test
  void aJobThatStandsStill_isTakenOver_notOneThatMoved() throws Exception {
    Kind kind = count(mine, this::step);
    CountDownLatch moves = new CountDownLatch(1);
    CountDownLatch never = new CountDownLatch(1);
    try (Jobs others = new Jobs(store, new SimpleMeterRegistry())) {
      Kind stuck =
          count(
              others,
              (uid, position) -> {
                try {
                  (position.size() < 2 ? moves : never).await();
                } catch (InterruptedException e) {
                  throw new IllegalStateException(e);
                }
                return step(uid, position);
              });
      var _ = others.beginOrJoin(stuck, 7);
      mine.takeOver();
      moves.countDown();
      Await.until("it has moved", () -> stored() == 2);

      mine.takeOver();
      assertThat(mine.isUnderWay(7, List.of(kind))).isTrue();
      assertThat(steps).as("steps, while it may still be done there").hasValue(2);
      mine.takeOver();

      Await.until("it is done", () -> !mine.isUnderWay(7, List.of(kind)));
      assertThat(steps).hasValue(STEPS + 1);
    }
  }

  /// How many steps are in the store: what a take-over looks at.
  private int stored() {
    byte[] job = store.scan(Jobs.TABLE, Key.EMPTY, 1).getFirst().value();
    return Stored.parse(job, JobRow.getDefaultInstance()).getPosition().size();
  }
}
