package dev.sixin.store;

import java.time.Duration;
import java.util.Optional;

/// A kind of rows. Rows of a table that has a lifetime are forgotten between one and two lifetimes
/// after they were written; a rule that needs the exact age keeps it in the row.
///
/// @param name lower-case letters, unique in a store
/// @param lifetime how long a row is kept at least; empty: until it is deleted
public record Table(String name, Optional<Duration> lifetime) {
  /// A table whose rows stay until they are deleted.
  public static Table of(String name) {
    return new Table(name, Optional.empty());
  }

  /// A table whose rows are kept for at least `lifetime` and are never deleted by hand.
  public static Table expiring(String name, Duration lifetime) {
    return new Table(name, Optional.of(lifetime));
  }
}
