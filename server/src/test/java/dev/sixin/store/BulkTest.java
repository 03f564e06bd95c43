package dev.sixin.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/// Long lists on stores that take a time of their own for each change, one after another.
class BulkTest {
  private static final List<Integer> ITEMS = IntStream.range(0, 1_000).boxed().toList();

  private long nanos = Long.MAX_VALUE - 1_000; // it may turn negative
  private int underWay;
  private int most;
  private int underWayAtLast;
  private long longestNanos;
  private final List<Integer> begun = new ArrayList<>();

  private CompletableFuture<Integer> change(int item, Duration each) {
    begun.add(item);
    underWayAtLast = ++underWay;
    most = Math.max(most, underWay);
    long begin = nanos;
    return new CompletableFuture<>() {
      @Override
      public Integer join() {
        nanos += each.toNanos();
        underWay--;
        longestNanos = Math.max(longestNanos, nanos - begin);
        return -item;
      }
    };
  }

  private List<Integer> run(Duration each) {
    return Bulk.run(ITEMS, item -> change(item, each), () -> nanos);
  }

  @Test
  void all_areAnsweredInOrder() {
    assertThat(run(Duration.ofMillis(1))).isEqualTo(ITEMS.stream().map(item -> -item).toList());
    assertThat(begun).isEqualTo(ITEMS);
    assertThat(underWay).isZero();
  }

  @Test
  void whereChangesEndSoon_asManyAsMayBeAreUnderWay() {
    run(Duration.ofMillis(1));
    assertThat(most).isEqualTo(Bulk.MOST_UNDER_WAY);
  }

  @Test
  void whereTheyDoNot_soFewThatNoneWaitsLong() {
    run(Duration.ofMillis(100));
    assertThat(most).isBetween(8, 16);
    assertThat(longestNanos).isLessThan(Duration.ofSeconds(2).toNanos());
  }

  @Test
  void whereEachTakesTooLong_oneIsUnderWay() {
    run(Duration.ofSeconds(2));
    assertThat(underWayAtLast).isEqualTo(1);
    assertThat(begun).isEqualTo(ITEMS);
  }

  @Test
  void afterAFailure_noMoreAreBegun() {
    IllegalStateException failure = new IllegalStateException("the fifth");
    assertThatThrownBy(
            () ->
                Bulk.run(
                    ITEMS,
                    item -> {
                      begun.add(item);
                      return item == 5
                          ? CompletableFuture.failedFuture(failure)
                          : CompletableFuture.completedFuture(item);
                    }))
        .isSameAs(failure);
    assertThat(begun).hasSizeBetween(6, 20);
  }
}
