package dev.sixin.message;

/// Keys that identify a message everywhere: `unix_seconds << 32 | counter << 10 | node`. The
/// counter stands before the node, so that keys of several servers are in the order of time, too.
final class MessageKey {
  private static final long MICROS_PER_SECOND = 1_000_000;
  private static final int NODE_BITS = 10;

  /// How many nodes there can be.
  static final int NODES = 1 << NODE_BITS;

  private MessageKey() {}

  /// The key of the message that is written at this time. A store's microseconds do not repeat, so
  /// they serve as the counter, and keys are in the order of time.
  static long at(long micros, int node) {
    long counter = (micros % MICROS_PER_SECOND) << 2;
    return (micros / MICROS_PER_SECOND) << 32 | counter << NODE_BITS | node;
  }
}
