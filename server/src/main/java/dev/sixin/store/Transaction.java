package dev.sixin.store;

/// What is done to one entity at once. It has no clock, randomness or I/O of its own, is fast, and
/// may be run twice. An exception leaves nothing of it behind.
///
/// @param <T> what it answers
@FunctionalInterface
public interface Transaction<T> {
  /// Reads and changes the entity.
  T run(Partition entity);
}
