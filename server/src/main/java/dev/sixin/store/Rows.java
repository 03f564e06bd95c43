package dev.sixin.store;

import java.util.List;
import java.util.function.Supplier;

/// The rows of one entity, to be read.
public interface Rows {
  /// The value of a row, or null when there is none. Not to be changed.
  byte[] get(Table table, Key row);

  /// The first rows of a range, at most `limit` of them. Tables with a lifetime can not be scanned.
  List<Row> scan(Table table, Range rows, Order order, int limit);

  /// Says which rows will be asked for next. An engine to which each question is dear asks for all
  /// of them at once, with the first.
  default void expect(Table table, Supplier<List<Key>> rows) {}
}
