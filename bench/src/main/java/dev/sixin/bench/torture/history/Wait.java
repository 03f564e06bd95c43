package dev.sixin.bench.torture.history;

import dev.sixin.bench.torture.history.Call.Event;
import dev.sixin.bench.torture.history.Call.Event.Kind;
import dev.sixin.bench.torture.history.Call.Watch;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// How long calls took while something befell the server, answered or not.
///
/// @param fault what it was
/// @param calls how many were under way then
/// @param late how many of them took longer than they may, by their words
/// @param longestMicros the longest of them
public record Wait(String fault, int calls, Map<String, Integer> late, long longestMicros) {
  /// What may have to wait in them.
  private record Stretch(String fault, long fromMicros, long toMicros) {}

  /// One for each kind of fault in a record.
  ///
  /// @param limit how long a call may take
  public static List<Wait> of(List<Entry> record, Duration limit) {
    Map<String, Wait> waits = new TreeMap<>();
    for (Stretch stretch : stretches(record)) {
      for (Entry entry : record) {
        boolean call = !(entry.call() instanceof Event || entry.call() instanceof Watch);
        if (call
            && entry.startMicros() < stretch.toMicros()
            && entry.endMicros() > stretch.fromMicros()) {
          long micros = entry.endMicros() - entry.startMicros();
          boolean late = micros > limit.toNanos() / 1_000;
          Wait one =
              new Wait(
                  stretch.fault(), 1, late ? Map.of(entry.call().word(), 1) : Map.of(), micros);
          waits.merge(stretch.fault(), one, Wait::plus);
        }
      }
    }
    return List.copyOf(waits.values());
  }

  private Wait plus(Wait other) {
    Map<String, Integer> both = new TreeMap<>(late);
    other.late.forEach((word, count) -> both.merge(word, count, Integer::sum));
    return new Wait(fault, calls + other.calls, both, Math.max(longestMicros, other.longestMicros));
  }

  private static List<Stretch> stretches(List<Entry> record) {
    List<Stretch> stretches = new ArrayList<>();
    Map<String, Long> begun = new HashMap<>();
    for (Entry entry : record) {
      if (entry.call() instanceof Event(Kind kind, String what) && kind == Kind.FAULT) {
        if (what.endsWith(Event.BEGINS)) {
          begun.put(name(what, Event.BEGINS), entry.startMicros());
        } else if (what.endsWith(Event.IS_OVER)) {
          String fault = name(what, Event.IS_OVER);
          Long from = begun.remove(fault);
          if (from != null) {
            stretches.add(new Stretch(fault, from, entry.endMicros()));
          }
        }
      }
    }
    return stretches;
  }

  private static String name(String what, String end) {
    return what.substring(0, what.length() - end.length());
  }
}
