package dev.sixin.store.rocksdb;

import dev.sixin.store.Key;
import dev.sixin.store.Order;
import dev.sixin.store.Range;
import dev.sixin.store.Row;
import dev.sixin.store.Rows;
import dev.sixin.store.Table;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// The committed rows that the writer reads by their key again and again: heads, sessions. Asking
/// RocksDB for one costs more than all else that the writer does for a row. For one thread, which
/// is the one that changes rows; so what is here is never older than the database.
///
/// It holds two generations. A row that is used comes into the young one; when that is full, the
/// old one is dropped and the young one grows old. So rows go that were not used for a while.
final class RowCache {
  /// What an entry takes on the heap beside its bytes: three objects, three arrays' heads, its
  /// place in the map.
  private static final int ENTRY_BYTES = 192;

  /// Stands for a row that is not there.
  private static final byte[] ABSENT = new byte[0];

  private final long generationBytes;
  private Map<Cell, byte[]> young = new HashMap<>();
  private Map<Cell, byte[]> old = new HashMap<>();
  private long youngBytes;

  private record Cell(Table table, Key entity, Key row) {
    @Override
    public boolean equals(Object other) {
      return other instanceof Cell cell
          && entity.equals(cell.entity)
          && row.equals(cell.row)
          && table.equals(cell.table);
    }

    /// Without the table, for an entity's rows seldom have the same key in two of them.
    @Override
    public int hashCode() {
      return 31 * entity.hashCode() + row.hashCode();
    }
  }

  /// @param bytes what it may take on the heap, about
  RowCache(long bytes) {
    this.generationBytes = bytes / 2;
  }

  /// The rows of an entity, read through this cache. Rows of tables with a lifetime are not kept:
  /// they go by themselves.
  Rows over(Key entity, Rows rows) {
    return new Rows() {
      @Override
      public byte[] get(Table table, Key row) {
        return table.lifetime().isPresent()
            ? rows.get(table, row)
            : known(new Cell(table, entity, row), rows);
      }

      @Override
      public List<Row> scan(Table table, Range range, Order order, int limit) {
        return rows.scan(table, range, order, limit);
      }
    };
  }

  @SuppressWarnings("ReferenceEquality") // a stored value may well be empty
  private byte[] known(Cell cell, Rows rows) {
    byte[] value = young.get(cell);
    if (value == null) {
      value = old.remove(cell);
      if (value == null) {
        byte[] read = rows.get(cell.table(), cell.row());
        value = read == null ? ABSENT : read;
      }
      keep(cell, value);
    }
    return value == ABSENT ? null : value;
  }

  private void keep(Cell cell, byte[] value) {
    young.put(cell, value);
    youngBytes += ENTRY_BYTES + cell.entity().length() + cell.row().length() + value.length;
    if (youngBytes > generationBytes) {
      old = young;
      young = HashMap.newHashMap(old.size()); // else it would grow in long steps
      youngBytes = 0;
    }
  }

  /// A row was committed. One that nobody asked for stays out.
  ///
  /// @param value null when the row was deleted
  void committed(Table table, Key entity, Key row, byte[] value) {
    Cell cell = new Cell(table, entity, row);
    byte[] now = value == null ? ABSENT : value;
    if (young.replace(cell, now) == null) {
      old.replace(cell, now);
    }
  }
}
