package dev.sixin.api;

import dev.sixin.api.ImInterfaceService.Features;
import dev.sixin.push.Push;
import java.time.InstantSource;

/// What answers the calls, whatever their dialect.
public record Answers(
    Conversations conversations,
    Inboxes inboxes,
    RelationSync relationSync,
    Settings settings,
    Unread unread,
    Watches watches) {
  /// The answers that these features give.
  public static Answers of(Features features, Push push, InstantSource clock) {
    return new Answers(
        new Conversations(features, clock),
        new Inboxes(features),
        new RelationSync(features),
        new Settings(features),
        new Unread(features, clock),
        new Watches(push, features));
  }
}
