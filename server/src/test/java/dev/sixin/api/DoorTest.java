package dev.sixin.api;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sixin.api.Door.Visit;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/// Who is let in, with a clock that is moved by hand.
class DoorTest {
  private static final int FEW = 1_500;

  private final AtomicLong nanos = new AtomicLong();
  private final Door door = new Door(3_000, nanos::get);
  private final Deque<Visit> inside = new ArrayDeque<>();

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
    letIn(3_000);
    assertOpen(false);

    inside.remove().end();
    assertOpen(true);
  }

  @Test
  void refusedCalls_takeNoRoom() {
    letIn(3_000);
    for (int i = 0; i < 10; i++) {
      assertThat(door.enter()).isNull();
    }

    inside.remove().end();
    assertOpen(true);
  }

  @Test
  void whenCallsTakeLong_soManyAreLetInAsWillEndSoon() {
    letIn(FEW);
    pass(75);
    inside.removeLast().end(); // 50 us for each

    letIn(501);
    assertOpen(false);

    inside.removeFirst().endOfLongWork();
    assertOpen(true);
  }

  @Test
  void whenCallsTakeLessTimeThanBefore_moreAreLetIn() {
    letIn(FEW);
    pass(1_000);
    inside.removeLast().end();
    letIn(1);
    assertOpen(false);

    inside.removeLast().endOfLongWork();
    letIn(1);
    pass(30);
    inside.removeLast().end();
    letIn(2);
    assertOpen(true);
  }

  @Test
  void few_areLetInHoweverLongTheyTake() {
    letIn(FEW + 1);
    pass(10_000);
    inside.removeLast().end();
    assertOpen(false);

    inside.removeLast().end();
    assertOpen(true);
  }

  @Test
  void whatACallTakesByItself_keepsNobodyOut() {
    letIn(FEW / 2 - 1);
    pass(10_000);
    while (!inside.isEmpty()) {
      inside.removeLast().end();
    }

    letIn(FEW + 100);
    assertOpen(true);
  }

  @Test
  void endOfLongWork_saysNothingOfTheOthers() {
    letIn(FEW + 1);
    pass(10_000);
    inside.removeLast().endOfLongWork();

    letIn(1);
    assertOpen(true);
  }
}
