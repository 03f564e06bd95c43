package dev.sixin.api;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sixin.api.Door.Visit;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/// Who is let in, with a clock that is moved by hand.
class DoorTest {
  private static final int FEW = 500;

  private final AtomicLong nanos = new AtomicLong();
  private final Door door = new Door(2_000, nanos::get);
  private final Queue<Visit> inside = new ArrayDeque<>();

  private void letIn(int calls) {
    for (int i = 0; i < calls; i++) {
      Visit visit = door.enter();
      assertThat(visit).as("call %d", inside.size() + 1).isNotNull();
      inside.add(visit);
    }
  }

  private void pass(long millis) {
    nanos.addAndGet(Duration.ofMillis(millis).toNanos());
  }

  private void assertOpen(boolean open) {
    assertThat(door.isOpen()).as("open with %d inside", inside.size()).isEqualTo(open);
    Visit visit = door.enter();
    assertThat(visit != null).as("let in").isEqualTo(open);
    if (open) {
      visit.endOfLongWork();
    }
  }

  @Test
  void asManyAsTheLimit_areLetIn_andOneMoreWhenOneHasEnded() {
    letIn(2_000);
    assertOpen(false);

    inside.remove().end();
    assertOpen(true);
  }

  @Test
  void refusedCalls_takeNoRoom() {
    letIn(2_000);
    for (int i = 0; i < 10; i++) {
      assertThat(door.enter()).isNull();
    }

    inside.remove().end();
    assertOpen(true);
  }

  @Test
  void callThatTookLong_closesTheDoorToMany_untilOneEndsInTime() {
    letIn(FEW);
    pass(500);
    Visit later = door.enter();
    letIn(10);
    inside.remove().end();
    assertOpen(true);

    pass(1);
    inside.remove().end();
    assertOpen(false);

    later.end();
    assertOpen(true);
  }

  @Test
  void whenFewAreLeft_moreAreLetInHoweverLongTheLastOneTook() {
    letIn(FEW + 1);
    pass(10_000);
    inside.remove().end();
    assertOpen(false);

    inside.remove().end();
    assertOpen(true);
  }

  @Test
  void endOfLongWork_saysNothingOfTheOthers() {
    letIn(FEW + 1);
    pass(10_000);
    inside.remove().endOfLongWork();

    assertOpen(true);
  }
}
