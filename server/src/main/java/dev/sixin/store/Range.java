package dev.sixin.store;

/// A stretch of rows. One that ends before it begins is empty.
///
/// @param from the first key, inclusive
/// @param to the key where the stretch ends, exclusive; null: at the entity's end
public record Range(Key from, Key to) {
  /// So that engines need not think of ends before beginnings.
  public Range {
    if (to != null && to.compareTo(from) < 0) {
      to = from;
    }
  }

  /// All rows whose keys begin with `prefix`.
  public static Range prefix(Key prefix) {
    return new Range(prefix, prefix.afterPrefix());
  }
}
