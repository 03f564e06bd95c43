package dev.sixin.message;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class MessageKeyTest {
  private static final long SECOND = 1_795_348_800;
  private static final long MICROS = SECOND * 1_000_000;

  @Test
  void aKey_isTheSecondThenACounterThenTheNode() {
    long key = MessageKey.at(MICROS + 999_999, 1_023);

    assertThat(key >>> 32).isEqualTo(SECOND);
    assertThat(key & 0x3ff).isEqualTo(1_023);
    assertThat(MessageKey.at(MICROS, 0)).isEqualTo(SECOND << 32);
  }

  /// As many messages as a second has seqnos: the store's microseconds then run ahead by 16 s.
  @Test
  void keys_growWithTheStoresMicroseconds() {
    for (int node : new int[] {0, 1_023}) {
      long last = MessageKey.at(MICROS, node);
      for (int i = 1; i <= 1 << 24; i++) {
        long next = MessageKey.at(MICROS + i, node);
        if (Long.compareUnsigned(next, last) <= 0) {
          assertThat(next).as("key %d", i).isGreaterThan(last);
        }
        last = next;
      }
    }
  }

  @Test
  void keysOfDifferentNodes_areInTheOrderOfTime() {
    for (int i = 0; i < 1_000_000; i += 333) {
      assertThat(MessageKey.at(MICROS + i + 1, 0)).isGreaterThan(MessageKey.at(MICROS + i, 1_023));
    }
  }

  @Test
  void keysOfDifferentNodes_differ() {
    assertThat(MessageKey.at(MICROS, 1)).isNotEqualTo(MessageKey.at(MICROS, 2));
    assertThat(MessageKey.at(MICROS, 1) & ~0x3ffL).isEqualTo(MessageKey.at(MICROS, 0));
  }
}
