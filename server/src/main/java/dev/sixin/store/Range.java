package dev.sixin.store;

/// A stretch of rows.
///
/// @param from the first key, inclusive
/// @param to the key where the stretch ends, exclusive; null: at the entity's end
public record Range(Key from, Key to) {
  /// All rows whose keys begin with `prefix`.
  public static Range prefix(Key prefix) {
    return new Range(prefix, prefix.afterPrefix());
  }

  /// Whether a row's key lies in this stretch.
  public boolean contains(Key key) {
    return key.compareTo(from) >= 0 && (to == null || key.compareTo(to) < 0);
  }
}
