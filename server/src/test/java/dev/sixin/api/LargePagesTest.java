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
  private static final int MOST_OF_USER = 4;

  private final LargePages pages = new LargePages();
  private final CountDownLatch goOn = new CountDownLatch(1);

  private CompletableFuture<Thread> make(long uid) {
    return pages
        .make(
            uid,
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
    CompletableFuture<Thread> large = make(1);

    assertThat(pages.make(1, 200, Thread::currentThread).toCompletableFuture())
        .isCompletedWithValue(Thread.currentThread());
    assertThat(large).isNotDone();

    goOn.countDown();
    assertThat(large.join()).isNotEqualTo(Thread.currentThread());
  }

  @Test
  void ofOneUser_aFewMayWait_andThenMoreAgain() {
    List<CompletableFuture<Thread>> all = new ArrayList<>();
    for (int i = 0; i < MOST_OF_USER; i++) {
      all.add(make(1));
    }
    assertThatThrownBy(() -> make(1)).isInstanceOf(Refusal.class).hasMessageContaining("this user");
    all.add(make(2));

    goOn.countDown();
    assertThat(all.stream().map(CompletableFuture::join).distinct()).hasSize(1);
    assertThat(make(1).join()).isNotNull();
  }

  @Test
  void ofAllUsers_soManyMayWait_andWhoIsRefusedOwesNothing() {
    List<CompletableFuture<Thread>> all = new ArrayList<>();
    for (int uid = 1; uid <= 65; uid++) { // one is being made
      all.add(make(uid));
    }
    for (int i = 0; i <= MOST_OF_USER; i++) {
      assertThatThrownBy(() -> make(100))
          .isInstanceOf(Refusal.class)
          .hasMessageContaining("too many large ones are under way");
    }

    goOn.countDown();
    all.forEach(CompletableFuture::join);
    assertThat(make(100).join()).isNotNull();
  }

  @Test
  void whatMakingAPageThrows_isItsEnd_andItIsNotUnderWayAnyMore() {
    for (int i = 0; i <= MOST_OF_USER; i++) {
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
}
