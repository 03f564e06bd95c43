package dev.sixin.store;

import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;

/// All rows of a table within a stretch of whole keys, entity by entity, read as they are asked
/// for. What is changed meanwhile is seen or not.
final class Walk implements Iterator<Row> {
  private final Store store;
  private final Table table;
  private final Range range;
  private final int chunkRows;

  /// Where the next chunk begins; null: there is none.
  private Key from;

  private Iterator<Row> chunk = Collections.emptyIterator();
  private Row next;

  /// @param chunkRows how many rows are read at once
  Walk(Store store, Table table, Range range, int chunkRows) {
    this.store = store;
    this.table = table;
    this.range = range;
    this.chunkRows = chunkRows;
    this.from = range.from();
  }

  /// The next row, which stays the next; null: there is none.
  Row peek() {
    if (next == null && !chunk.hasNext() && from != null) {
      List<Row> rows = store.scan(table, from, chunkRows);
      from = rows.size() < chunkRows ? null : rows.getLast().key().next();
      chunk = rows.iterator();
    }
    if (next == null && chunk.hasNext()) {
      next = chunk.next();
      if (range.to() != null && next.key().compareTo(range.to()) >= 0) {
        next = null;
        chunk = Collections.emptyIterator();
        from = null;
      }
    }
    return next;
  }

  @Override
  public boolean hasNext() {
    return peek() != null;
  }

  @Override
  public Row next() {
    Row row = peek();
    if (row == null) {
      throw new NoSuchElementException();
    }
    next = null;
    return row;
  }
}
