package dev.sixin.session;

import dev.sixin.store.Key;
import dev.sixin.store.Range;

/// A stretch of time in microseconds since 1970, both ends exclusive; 0 leaves an end open.
public record Window(long beginMicros, long endMicros) {
  /// All time.
  public static final Window OPEN = new Window(0, 0);

  /// All time after a moment.
  public static Window after(long beginMicros) {
    return new Window(beginMicros, 0);
  }

  boolean contains(long micros) {
    return Long.compareUnsigned(micros, beginMicros) > 0
        && (endMicros == 0 || Long.compareUnsigned(micros, endMicros) < 0);
  }

  /// The rows below `prefix` that continue with a time of this window, greatest time first.
  Range rows(Key prefix) {
    Key from = endMicros == 0 ? prefix : prefix.u64Descending(endMicros - 1);
    Key to = beginMicros == 0 ? prefix.afterPrefix() : prefix.u64Descending(beginMicros);
    return from.compareTo(to) < 0 ? new Range(from, to) : new Range(to, to);
  }
}
