package dev.sixin.store;

import java.util.List;

/// What a change of an entity lets others know who listen now: a small record. Unlike an [Event] it
/// changes nothing, is stored nowhere and is told once or, if the process ends, not at all.
public interface Announcement {
  /// An announcement of a change that is durable.
  ///
  /// @param entity what changed
  /// @param micros the time of the last change that its transaction made, there or elsewhere: not
  ///   before any of them, and before every change of a later transaction
  record Announced(Key entity, long micros, Announcement what) {}

  /// Learns what was announced.
  @FunctionalInterface
  interface Listener {
    /// One that does not care.
    Listener NONE = _ -> {};

    /// Takes what was announced, in the order of the commits. Called by one thread at a time, after
    /// the transactions were answered; the next commit waits until it returns.
    void hear(List<Announced> announced);
  }
}
