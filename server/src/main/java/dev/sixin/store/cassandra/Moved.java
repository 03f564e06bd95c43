package dev.sixin.store.cassandra;

/// An entity was changed by another server while it was read here: what was read is no one state.
final class Moved extends RuntimeException {
  private static final long serialVersionUID = 1;

  /// Without a stack trace: it says only that something is to be done again.
  Moved() {
    super("changed by another server", null, false, false);
  }
}
