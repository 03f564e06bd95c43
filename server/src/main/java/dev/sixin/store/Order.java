package dev.sixin.store;

/// Which end of a range a scan begins at.
public enum Order {
  /// Smallest key first.
  ASCENDING,
  /// Greatest key first.
  DESCENDING
}
