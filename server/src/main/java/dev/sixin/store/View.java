package dev.sixin.store;

/// One committed state of all entities.
@FunctionalInterface
public interface View {
  /// The rows of an entity in this state.
  Rows rows(Key entity);
}
