package dev.sixin.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sixin.refusal.Code;
import dev.sixin.refusal.Refusal;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

class LargePagesTest {
  private static final int LARGE = 2_000;
  private static final int MOST_WAITING = 1_000;

  private static final long FULL = 9;

  private final LargePages pages = new LargePages(LargePagesTest::requireRoom);
  private final CountDownLatch begun = new CountDownLatch(1);
  private final CountDownLatch goOn = new CountDownLatch(1);

  private static void requireRoom(long uid) {
    if (uid == FULL) {
      throw Refusal.of(Code.OVERLOADED, "full");
    }
  }

  private CompletableFuture<Thread> make() {
    return make(1);
  }

  private CompletableFuture<Thread> make(long uid) {
    return pages
        .make(
            uid,
            LARGE,
            () -> {
              begun.countDown();
              try {
                goOn.await();
              } catch (InterruptedException e) {
                throw new IllegalStateException(e);
              }
              return Thread.currentThread();
            })
        .toCompletableFuture();
  }

  @Test
  void aSmallPage_isMadeAtOnce_howeverManyLargeOnesWait() {
    CompletableFuture<Thread> large = make();

    assertThat(pages.make(1, 200, Thread::currentThread).toCompletableFuture())
        .isCompletedWithValue(Thread.currentThread());
    assertThat(large).isNotDone();

    goOn.countDown();
    assertThat(large.join()).isNotEqualTo(Thread.currentThread());
  }

  @Test
  void manyMayWait_andAllAreMadeOnOneThread() throws InterruptedException {
    List<CompletableFuture<Thread>> all = new ArrayList<>();
    all.add(make());
    begun.await();
    for (int i = 0; i < MOST_WAITING; i++) {
      all.add(make());
    }
    assertThatThrownBy(this::make)
        .isInstanceOf(Refusal.class)
        .hasMessageContaining("too many large ones are under way");

    goOn.countDown();
    assertThat(all.stream().map(CompletableFuture::join).distinct()).hasSize(1);
    assertThat(make().join()).isNotNull();
  }

  @Test
  void forWhoHasNoRoom_noLargePageIsMade() {
    goOn.countDown();
    assertThatThrownBy(make(FULL)::join).hasCauseInstanceOf(Refusal.class);
    assertThat(begun.getCount()).as("none was begun").isOne();

    assertThat(pages.make(FULL, 200, () -> "small").toCompletableFuture())
        .isCompletedWithValue("small");
  }

  @Test
  void usersTakeTurns() throws InterruptedException {
    List<Long> order = Collections.synchronizedList(new ArrayList<>());
    List<CompletableFuture<Boolean>> all = new ArrayList<>();
    CompletableFuture<Thread> first = make(1);
    begun.await();
    for (long uid : new long[] {1, 1, 1, 1, 2, 2, 3}) {
      all.add(make(uid).thenApply(_ -> order.add(uid)));
    }

    goOn.countDown();
    all.forEach(CompletableFuture::join);

    assertThat(first).isDone();
    assertThat(order).containsExactly(1L, 2L, 3L, 1L, 2L, 1L, 1L);
  }

  @Test
  void whatMakingAPageThrows_isItsEnd() {
    CompletableFuture<Object> broken =
        pages
            .make(
                1,
                LARGE,
                () -> {
                  throw new IllegalArgumentException("broken");
                })
            .toCompletableFuture();

    assertThatThrownBy(broken::join)
        .isInstanceOf(CompletionException.class)
        .hasCauseInstanceOf(IllegalArgumentException.class);
  }
}
