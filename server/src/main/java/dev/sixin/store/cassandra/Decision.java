package dev.sixin.store.cassandra;

/// What became of a conditional write.
enum Decision {
  /// It is durable.
  MADE,
  /// Somebody else's came first; it will never be made.
  LOST,
  /// The nodes did not say. To be found out by reading back.
  UNKNOWN
}
