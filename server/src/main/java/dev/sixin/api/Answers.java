package dev.sixin.api;

import dev.sixin.api.ImInterfaceService.Features;
import dev.sixin.push.Push;
import java.time.InstantSource;
import java.util.function.LongConsumer;

/// What answers the calls, whatever their dialect.
public record Answers(
    Conversations conversations,
    Inboxes inboxes,
    Peers peers,
    RelationSync relationSync,
    Settings settings,
    Unread unread,
    Watches watches) {
  /// The answers that these features give.
  ///
  /// @param requireRoom refuses users who have not taken other large answers
  /// @param isRated whether what users do is bounded in number
  public static Answers of(
      Features features,
      Push push,
      LongConsumer requireRoom,
      boolean isRated,
      InstantSource clock) {
    Peers peers = new Peers(features, push, isRated);
    return new Answers(
        new Conversations(features, new LargePages(requireRoom), clock),
        new Inboxes(features),
        peers,
        new RelationSync(features),
        new Settings(features),
        new Unread(features, clock),
        new Watches(push, features, peers));
  }
}
