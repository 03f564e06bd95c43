package dev.sixin.store.cassandra;

import dev.sixin.store.Key;
import dev.sixin.store.Order;
import dev.sixin.store.Range;
import dev.sixin.store.Row;
import dev.sixin.store.Table;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/// The rows of an entity at one version of it: once another one is seen, each read throws [Moved].
final class OneState extends Reading {
  private static final long UNKNOWN = -1;

  private final Map<Name, byte[]> expected = new HashMap<>();
  private final Key entity;
  private long version = UNKNOWN;
  private volatile boolean over;

  private record Name(Table table, Key row) {}

  OneState(Access access, Key entity) {
    super(access, entity);
    this.entity = entity;
  }

  @Override
  void saw(long seen) {
    if (version == UNKNOWN) {
      version = seen;
    } else if (version != seen) {
      throw new Moved(entity);
    }
  }

  /// The whole query is begun anew, not this read of it.
  @Override
  <T> T again(Supplier<T> reading) {
    return reading.get();
  }

  /// A scan that finds nothing brings no version: nothing else may have been there before and
  /// after.
  @Override
  void beforeScan() {
    if (version == UNKNOWN) {
      version = newest().version();
    }
  }

  @Override
  public byte[] get(Table table, Key row) {
    requireOpen();
    byte[] value = expected.get(new Name(table, row));
    return value != null ? value : super.get(table, row);
  }

  /// Rows with a lifetime may be too old, so they are asked for one by one.
  @Override
  public void expect(Table table, Supplier<List<Key>> rows) {
    requireOpen();
    List<Key> keys = rows.get().stream().distinct().toList();
    if (keys.size() > 1 && table.lifetime().isEmpty()) {
      getAll(table, keys).forEach(row -> expected.put(new Name(table, row.key()), row.value()));
    }
  }

  @Override
  public List<Row> scan(Table table, Range rows, Order order, int limit) {
    requireOpen();
    return super.scan(table, rows, order, limit);
  }

  private void requireOpen() {
    if (over) {
      throw new IllegalStateException("rows used after their query ended");
    }
  }

  void end() {
    over = true;
  }
}
