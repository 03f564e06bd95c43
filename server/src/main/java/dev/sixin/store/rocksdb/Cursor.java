package dev.sixin.store.rocksdb;

import dev.sixin.store.Key;
import dev.sixin.store.Order;
import dev.sixin.store.Range;
import dev.sixin.store.Row;
import dev.sixin.store.Table;
import java.util.ArrayList;
import java.util.List;
import org.rocksdb.ColumnFamilyHandle;
import org.rocksdb.ReadOptions;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;
import org.rocksdb.RocksIterator;
import org.rocksdb.Slice;

/// Reads ranges of rows of one entity in one table. To open one costs more than a range does. To be
/// closed before the database, and before the snapshot that it reads.
final class Cursor implements AutoCloseable {
  private final Table table;
  private final Key entity;
  private final Slice lower;
  private final Slice upper;
  private final ReadOptions bounded;
  private final RocksIterator iterator;

  /// @param family where the table is
  Cursor(RocksDB db, ColumnFamilyHandle family, ReadOptions options, Table table, Key entity) {
    this.table = table;
    this.entity = entity;
    // The bounds keep the iterator from walking over the deleted rows of other entities.
    Key end = entity.afterPrefix();
    this.lower = new Slice(entity.bytes());
    this.upper = end == null ? null : new Slice(end.bytes());
    this.bounded = new ReadOptions(options).setIterateLowerBound(lower);
    if (upper != null) {
      bounded.setIterateUpperBound(upper);
    }
    this.iterator = db.newIterator(family, bounded);
  }

  boolean isOn(Table otherTable, Key otherEntity) {
    return table.equals(otherTable) && entity.equals(otherEntity);
  }

  /// The first rows of a range, at most `limit` of them.
  List<Row> scan(Range range, Order order, int limit) throws RocksDBException {
    return switch (order) {
      case ASCENDING -> ascending(range, limit);
      case DESCENDING -> descending(range, limit);
    };
  }

  private List<Row> ascending(Range range, int limit) throws RocksDBException {
    List<Row> rows = new ArrayList<>(Math.min(limit, 32));
    iterator.seek(entity.append(range.from()).bytes());
    while (rows.size() < limit && iterator.isValid()) {
      Key key = row();
      if (range.to() != null && key.compareTo(range.to()) >= 0) {
        break;
      }
      rows.add(new Row(key, iterator.value()));
      iterator.next();
    }
    iterator.status();
    return rows;
  }

  private List<Row> descending(Range range, int limit) throws RocksDBException {
    List<Row> rows = new ArrayList<>(Math.min(limit, 32));
    if (range.to() == null) {
      iterator.seekToLast();
    } else {
      iterator.seekForPrev(entity.append(range.to()).bytes());
      if (iterator.isValid() && row().equals(range.to())) {
        iterator.prev();
      }
    }
    while (rows.size() < limit && iterator.isValid()) {
      Key key = row();
      if (key.compareTo(range.from()) < 0) {
        break;
      }
      rows.add(new Row(key, iterator.value()));
      iterator.prev();
    }
    iterator.status();
    return rows;
  }

  private Key row() {
    return Key.of(iterator.key()).after(entity.length());
  }

  @Override
  public void close() {
    iterator.close();
    bounded.close();
    if (upper != null) {
      upper.close();
    }
    lower.close();
  }
}
