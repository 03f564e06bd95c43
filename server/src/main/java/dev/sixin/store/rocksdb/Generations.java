package dev.sixin.store.rocksdb;

import dev.sixin.store.Table;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.rocksdb.ColumnFamilyHandle;

/// The column families of tables with a lifetime: of each table one for every lifetime that passes,
/// named by the table and the lifetime's number since 1970. Rows go to the newest, and are read
/// from the last two.
final class Generations {
  private final Map<Table, NavigableMap<Long, ColumnFamilyHandle>> all = new HashMap<>();
  private final InstantSource clock;

  /// A column family that is needed.
  record Due(Table table, long number) {
    String name() {
      return table.name() + "." + number;
    }
  }

  /// @param clock tells which rows are too old
  Generations(InstantSource clock) {
    this.clock = clock;
  }

  /// Learns of a table, and of those of its column families that are there.
  void add(Table table, Map<String, ColumnFamilyHandle> byName) {
    NavigableMap<Long, ColumnFamilyHandle> kept = new TreeMap<>();
    byName.forEach(
        (name, handle) -> {
          if (name.startsWith(table.name() + ".")) {
            kept.put(Long.valueOf(name.substring(table.name().length() + 1)), handle);
          }
        });
    all.put(table, kept);
  }

  boolean areOver(long micros) {
    return !due(micros).isEmpty();
  }

  /// What has to be made at this time.
  List<Due> due(long micros) {
    List<Due> due = new ArrayList<>();
    all.forEach(
        (table, kept) -> {
          long current = number(table, micros);
          if (kept.isEmpty() || kept.lastKey() < current) {
            due.add(new Due(table, current));
          }
        });
    return due;
  }

  void begin(Due due, ColumnFamilyHandle made) {
    all.get(due.table()).put(due.number(), made);
  }

  /// Forgets those whose rows are all too old.
  List<ColumnFamilyHandle> takeOld() {
    List<ColumnFamilyHandle> old = new ArrayList<>();
    for (NavigableMap<Long, ColumnFamilyHandle> kept : all.values()) {
      while (kept.firstKey() < kept.lastKey() - 1) {
        old.add(kept.pollFirstEntry().getValue());
      }
    }
    return old;
  }

  private static long number(Table table, long micros) {
    Duration lifetime = table.lifetime().orElseThrow();
    return micros / (lifetime.toMillis() * 1_000);
  }

  /// Those that hold rows which are not too old.
  Collection<ColumnFamilyHandle> newestFirst(Table table) {
    long oldest = number(table, clock.millis() * 1_000) - 1;
    return all.get(table).tailMap(oldest, true).descendingMap().values();
  }

  /// Where rows are written.
  ColumnFamilyHandle newest(Table table) {
    return all.get(table).lastEntry().getValue();
  }

  List<ColumnFamilyHandle> all() {
    return all.values().stream().flatMap(kept -> kept.values().stream()).toList();
  }
}
