package dev.sixin.store.cassandra;

import dev.sixin.store.Key;
import dev.sixin.store.Order;
import dev.sixin.store.Row;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;

/// The rows of an entity's own partition and those of its chunks, as one order. Of rows with the
/// same key the partition's is the one.
final class Merge {
  private final Iterator<Own> own;
  private final Iterator<Row> chunks;
  private final Order order;
  private Own nextOwn;
  private Row nextCold;

  /// A row of the partition.
  ///
  /// @param gone whether it says that there is none
  record Own(Row row, boolean gone) {
    /// Null: there is none.
    byte[] value() {
      return gone ? null : row.value();
    }
  }

  Merge(Iterator<Own> own, Iterator<Row> chunks, Order order) {
    this.own = own;
    this.chunks = chunks;
    this.order = order;
    this.nextOwn = next(own);
    this.nextCold = next(chunks);
  }

  private static <T> T next(Iterator<T> rest) {
    return rest.hasNext() ? rest.next() : null;
  }

  /// The first rows, those not counted that are gone.
  List<Row> first(int limit) {
    List<Row> found = new ArrayList<>();
    while (found.size() < limit && (nextOwn != null || nextCold != null)) {
      int which = which();
      if (which <= 0) {
        if (!nextOwn.gone()) {
          found.add(nextOwn.row());
        }
        nextOwn = found.size() < limit ? next(own) : null;
      } else {
        found.add(nextCold);
      }
      if (which >= 0) {
        nextCold = found.size() < limit ? next(chunks) : null;
      }
    }
    return found;
  }

  /// Less than 0: the partition's row is the next; more: the chunk's; 0: both have the same key.
  private int which() {
    if (nextOwn == null || nextCold == null) {
      return nextOwn == null ? 1 : -1;
    }
    Key one = nextOwn.row().key();
    int compared = one.compareTo(nextCold.key());
    return order == Order.ASCENDING ? compared : -compared;
  }
}
