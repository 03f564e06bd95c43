package dev.sixin.bench.torture.history;

import java.util.ArrayList;
import java.util.List;

/// Something that is so or not, at first not, and is set by one call after another. What calls of
/// unknown outcome did to it is unknown too.
final class Register {
  private static final long LONG_AGO = Long.MIN_VALUE / 4;

  private record Write(boolean value, long startMicros, long latestMicros, boolean certain) {}

  /// In the order in which they began.
  private final List<Write> writes = new ArrayList<>();

  Register() {
    writes.add(new Write(false, LONG_AGO, LONG_AGO, true));
  }

  /// @param startMicros not before that of the last one
  /// @param latestMicros until when it took effect, if it did
  void set(boolean value, long startMicros, long latestMicros, boolean certain) {
    writes.add(new Write(value, startMicros, latestMicros, certain));
  }

  /// Whether it can have had a value at some moment of a stretch of time.
  boolean mayBe(boolean value, long startMicros, long endMicros) {
    long over = LONG_AGO; // what took effect before this, something certain came after
    for (Write write : writes.reversed()) {
      if (write.startMicros() > endMicros || write.latestMicros() < over) {
        continue;
      }
      if (write.value() == value) {
        return true;
      }
      if (write.certain() && write.latestMicros() < startMicros) {
        over = Math.max(over, write.startMicros());
      }
      if (over - write.startMicros() > History.LATEST_MICROS) {
        return false; // earlier ones even more so
      }
    }
    return false;
  }
}
