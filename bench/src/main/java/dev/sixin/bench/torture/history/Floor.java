package dev.sixin.bench.torture.history;

import java.util.Map;
import java.util.TreeMap;

/// Something that only grows, of which it is known now and then that it had come so far.
final class Floor {
  /// By time, each greater than all before.
  private final TreeMap<Long, Long> known = new TreeMap<>();

  void add(long micros, long value) {
    Map.Entry<Long, Long> before = known.floorEntry(micros);
    if (before != null && before.getValue() >= value) {
      return;
    }
    known.put(micros, value);
    Map.Entry<Long, Long> after = known.higherEntry(micros);
    while (after != null && after.getValue() <= value) {
      known.remove(after.getKey());
      after = known.higherEntry(micros);
    }
  }

  /// How far it had come, at least, before a time; 0 when nothing is known.
  long before(long micros) {
    Map.Entry<Long, Long> last = known.lowerEntry(micros);
    return last == null ? 0 : last.getValue();
  }
}
