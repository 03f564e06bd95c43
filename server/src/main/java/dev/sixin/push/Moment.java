package dev.sixin.push;

/// What somebody does now: nobody needs to know it later, so it has no number and is never caught
/// up with.
public sealed interface Moment extends Signal {
  /// Who does it.
  long uid();

  /// Somebody is writing to the watcher's user.
  record Typing(long uid) implements Moment {}

  /// Somebody has read further in their conversation with the watcher's user.
  ///
  /// @param seqno the last message read
  record ReadFurther(long uid, long seqno) implements Moment {}
}
