package dev.sixin.store.cassandra;

import dev.sixin.store.Key;
import java.util.Optional;

/// An entity was changed by another server while it was read here: what was read is no one state.
final class Moved extends RuntimeException {
  private static final long serialVersionUID = 1;

  private final transient Optional<Key> entity;

  /// Without a stack trace: it says only that something is to be done again.
  Moved() {
    this(Optional.empty());
  }

  /// As above.
  ///
  /// @param entity the one that changed
  Moved(Key entity) {
    this(Optional.of(entity));
  }

  private Moved(Optional<Key> entity) {
    super("changed by somebody else", null, false, false);
    this.entity = entity;
  }

  Optional<Key> entity() {
    return entity;
  }
}
