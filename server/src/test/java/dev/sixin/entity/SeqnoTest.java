package dev.sixin.entity;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class SeqnoTest {
  private static final long EPOCH = 1_635_696_000;
  private static final long SECOND = 1_795_348_800;
  private static final int IN_A_SECOND = 1 << 24;

  @Test
  void theFirstOfASecond_isTheSecondsOwn() {
    assertThat(Seqno.next(0, SECOND)).isEqualTo((SECOND - EPOCH) << 24);
    assertThat(Seqno.next((SECOND - EPOCH) << 24, SECOND + 1))
        .isEqualTo((SECOND + 1 - EPOCH) << 24);
  }

  @Test
  void numbersOfOneSecond_areTwoToThePowerOf24_andThenGoOnInTheNext() {
    long first = Seqno.next(0, SECOND);
    long last = first;
    for (int i = 1; i <= IN_A_SECOND + 10; i++) {
      long next = Seqno.next(last, SECOND);
      if (next != last + 1) {
        assertThat(next).as("number %d of the second", i).isEqualTo(last + 1);
      }
      last = next;
    }
    assertThat(last).isEqualTo(first + IN_A_SECOND + 10);

    long nextSecond = Seqno.next(last, SECOND + 1);
    assertThat(nextSecond).as("the next second has lent numbers").isEqualTo(last + 1);
    assertThat(Seqno.next(nextSecond, SECOND + 2)).isEqualTo((SECOND + 2 - EPOCH) << 24);
  }

  @Test
  void aClockThatStepsBack_givesThePreviousPlusOne() {
    long before = Seqno.next(0, SECOND);

    assertThat(Seqno.next(before, SECOND - 3_600)).isEqualTo(before + 1);
    assertThat(Seqno.next(before, 0)).isEqualTo(before + 1);
  }
}
