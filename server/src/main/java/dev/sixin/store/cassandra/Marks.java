package dev.sixin.store.cassandra;

import dev.sixin.store.Key;
import java.nio.ByteBuffer;

/// Rows that a partition keeps for the engine, beside the anchor.
final class Marks {
  private static final Key HEARD = Key.of(1);
  private static final Key FAILED = Key.of(2);

  private Marks() {}

  /// Which version of a teller was heard last.
  static Key heard(Key teller) {
    return HEARD.append(teller);
  }

  /// An event that could not be applied: its handler failed.
  static Key failed(Key teller, long version, int number) {
    return FAILED.append(teller).u64(version).u64(number);
  }

  static byte[] bytes(long version) {
    return ByteBuffer.allocate(Long.BYTES).putLong(version).array();
  }

  /// @param value null: nothing was heard
  static long version(byte[] value) {
    return value == null ? 0 : ByteBuffer.wrap(value).getLong();
  }
}
