package dev.sixin.store.cassandra;

import dev.sixin.store.Table;
import java.nio.ByteBuffer;
import java.time.InstantSource;
import java.util.Arrays;

/// The values of rows that have a lifetime: when they were written stands before them, in
/// milliseconds of the writing server's clock. The database removes them by its own clock, later.
final class Aging {
  private Aging() {}

  static byte[] young(byte[] value, InstantSource clock) {
    return ByteBuffer.allocate(Long.BYTES + value.length)
        .putLong(clock.millis())
        .put(value)
        .array();
  }

  /// The value; null if it is to be forgotten.
  static byte[] value(Table table, byte[] stored, InstantSource clock) {
    if (table.lifetime().isEmpty()) {
      return stored;
    }
    long age = clock.millis() - ByteBuffer.wrap(stored).getLong();
    return age > 2 * table.lifetime().get().toMillis() ? null : ageless(stored);
  }

  /// The value, however old it is.
  static byte[] ageless(byte[] stored) {
    return Arrays.copyOfRange(stored, Long.BYTES, stored.length);
  }

  /// How many seconds the database keeps a row.
  static long seconds(Table table) {
    return 2 * table.lifetime().orElseThrow().toSeconds();
  }
}
