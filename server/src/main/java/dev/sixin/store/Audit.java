package dev.sixin.store;

import java.util.function.Consumer;

/// Going over all that a store holds, to see whether it fits together. What does not is told and
/// counted; nothing is changed.
public final class Audit {
  private static final int CHUNK = 1_000;

  private final Store store;
  private final Consumer<String> differences;
  private final Runnable seen;
  private long found;

  /// An audit of a store that nobody changes meanwhile.
  ///
  /// @param differences takes each difference: one line, where and what
  /// @param seen is told of each row
  public Audit(Store store, Consumer<String> differences, Runnable seen) {
    this.store = store;
    this.differences = differences;
    this.seen = seen;
  }

  /// Takes one row.
  @FunctionalInterface
  public interface Visitor {
    /// Takes a row under its whole key: the entity's, then the row's.
    void visit(Key wholeKey, byte[] value);
  }

  /// Goes over all rows of a table, entity by entity, in the order of their keys.
  public void each(Table table, Visitor visitor) {
    new Walk(store, table, new Range(Key.EMPTY, null), CHUNK)
        .forEachRemaining(
            row -> {
              visitor.visit(row.key(), row.value());
              seen.run();
            });
  }

  /// The rows of an entity, to compare with.
  public Rows rows(Key entity) {
    return store.rows(entity);
  }

  /// Tells of a difference.
  ///
  /// @param where the entity, as people name it
  /// @param what what is stored and what was expected
  public void differs(String where, String what) {
    found++;
    differences.accept(where + ": " + what);
  }

  /// Tells of a difference unless what is stored is as expected.
  public void expect(String where, String what, Object stored, Object expected) {
    if (!stored.equals(expected)) {
      differs(where, "%s: %s (expected: %s)".formatted(what, stored, expected));
    }
  }

  /// How many differences were found so far.
  public long found() {
    return found;
  }
}
