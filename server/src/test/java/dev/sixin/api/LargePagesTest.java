package dev.sixin.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sixin.refusal.Refusal;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

class LargePagesTest {
  private static final int LARGE = 2_000;
  private static final int MOST_WAITING = 1_000;

  private final LargePages pages = new LargePages();
  private final CountDownLatch goOn = new CountDownLatch(1);

  private CompletableFuture<Thread> make() {
    return pages
        .make(
            LARGE,
            () -> {
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

    assertThat(pages.make(200, Thread::currentThread).toCompletableFuture())
        .isCompletedWithValue(Thread.currentThread());
    assertThat(large).isNotDone();

    goOn.countDown();
    assertThat(large.join()).isNotEqualTo(Thread.currentThread());
  }

  @Test
  void manyMayWait_andAllAreMadeOnOneThread() {
    List<CompletableFuture<Thread>> all = new ArrayList<>();
    for (int i = 0; i <= MOST_WAITING; i++) { // one is being made
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
  void whatMakingAPageThrows_isItsEnd() {
    CompletableFuture<Object> broken =
        pages
            .make(
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
