package dev.sixin.store;

import java.util.List;

/// The rows of one entity, to be read.
public interface Rows {
  /// The value of a row, or null when there is none. Not to be changed.
  byte[] get(Table table, Key row);

  /// The first rows of a range, at most `limit` of them. Tables with a lifetime can not be scanned.
  List<Row> scan(Table table, Range rows, Order order, int limit);
}
