package dev.sixin.store;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.sixin.store.StoreContract.Refused;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Queue;
import java.util.TreeMap;

/// The store as one would explain it: a sorted map for each entity, and a copy of everything to go
/// back to when a transaction refuses. One table.
final class Model {
  private Map<Key, NavigableMap<Key, byte[]>> entities = new HashMap<>();
  private final Queue<Runnable> told = new ArrayDeque<>();

  /// What the steps saw; null when they refused.
  List<String> transact(Key entity, Steps steps) {
    Map<Key, NavigableMap<Key, byte[]>> before = new HashMap<>();
    entities.forEach((key, rows) -> before.put(key, new TreeMap<>(rows)));
    try {
      List<String> seen = steps.runIn(new Open(entity));
      while (!told.isEmpty()) {
        told.remove().run();
      }
      return seen;
    } catch (Refused e) {
      told.clear();
      entities = before;
      return null;
    }
  }

  List<String> rows(Key entity) {
    return new Open(entity)
        .rows().entrySet().stream()
            .map(row -> row.getKey() + "=" + new String(row.getValue(), UTF_8))
            .toList();
  }

  private final class Open implements Partition {
    private final Key entity;

    Open(Key entity) {
      this.entity = entity;
    }

    private NavigableMap<Key, byte[]> rows() {
      return entities.computeIfAbsent(entity, _ -> new TreeMap<>());
    }

    @Override
    public byte[] get(Table table, Key row) {
      return rows().get(row);
    }

    @Override
    public List<Row> scan(Table table, Range range, Order order, int limit) {
      return (order == Order.ASCENDING ? rows() : rows().descendingMap())
          .entrySet().stream()
              .filter(row -> row.getKey().compareTo(range.from()) >= 0)
              .filter(row -> range.to() == null || row.getKey().compareTo(range.to()) < 0)
              .limit(limit)
              .map(row -> new Row(row.getKey(), row.getValue()))
              .toList();
    }

    @Override
    public void put(Table table, Key row, byte[] value) {
      rows().put(row, value);
    }

    @Override
    public void delete(Table table, Key row) {
      rows().remove(row);
    }

    @Override
    public void tell(Key other, Event event) {
      told.add(() -> StoreContract.handle(new Open(other), event));
    }

    @Override
    public void announce(Announcement announcement) {
      throw new UnsupportedOperationException();
    }

    @Override
    public long micros() {
      throw new UnsupportedOperationException();
    }

    @Override
    public long seconds() {
      throw new UnsupportedOperationException();
    }
  }
}
