package dev.sixin.store;

/// What one entity tells another: a small record. Its handler may meet it more than once and must
/// leave the same state behind as after the first time.
public interface Event {
  /// Applies an event to the entity that it was told to.
  @FunctionalInterface
  interface Handler {
    /// Changes the entity as the event says.
    void apply(Partition entity, Event event);
  }

  /// Events as bytes, for engines that deliver them later than they are told.
  interface Codec {
    /// The bytes of an event.
    byte[] bytes(Event event);

    /// The event that was made into these bytes, by this version or an earlier one.
    Event event(byte[] bytes);
  }
}
