package dev.sixin.message;

/// Keys that identify a message everywhere: `unix_seconds << 32 | node << 22 | counter`.
final class MessageKey {
  private static final long MICROS_PER_SECOND = 1_000_000;
  private static final int NODE_BITS = 10;
  private static final int COUNTER_BITS = 22;

  /// How many nodes there can be.
  static final int NODES = 1 << NODE_BITS;

  private MessageKey() {}

  /// The key of the message that is written at this time. A store's microseconds do not repeat, so
  /// they serve as the counter, and keys are in the order of time.
  static long at(long micros, int node) {
    long counter = (micros % MICROS_PER_SECOND) << 2;
    return (micros / MICROS_PER_SECOND) << 32 | (long) node << COUNTER_BITS | counter;
  }
}
