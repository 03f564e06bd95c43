package dev.sixin.bench.torture.history;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import java.util.List;

/// What became of a call.
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "outcome")
@JsonSubTypes({
  @JsonSubTypes.Type(value = Outcome.Done.class, name = "done"),
  @JsonSubTypes.Type(value = Outcome.Sent.class, name = "sent"),
  @JsonSubTypes.Type(value = Outcome.Page.class, name = "page"),
  @JsonSubTypes.Type(value = Outcome.Listed.class, name = "listed"),
  @JsonSubTypes.Type(value = Outcome.Counted.class, name = "counted"),
  @JsonSubTypes.Type(value = Outcome.Told.class, name = "told"),
  @JsonSubTypes.Type(value = Outcome.Refused.class, name = "refused"),
  @JsonSubTypes.Type(value = Outcome.Unknown.class, name = "unknown")
})
public sealed interface Outcome {
  /// It was done.
  record Done() implements Outcome {}

  /// A message is there, now or since an earlier attempt.
  record Sent(long key) implements Outcome {}

  /// Messages, in the order that was asked for.
  ///
  /// @param more whether there are more
  record Page(List<Line> lines, boolean more) implements Outcome {}

  /// Sessions, in the order of the answer.
  record Listed(List<Session> sessions, boolean more) implements Outcome {}

  /// Unread messages of people who are followed and who are not.
  record Counted(long followed, long unfollowed) implements Outcome {}

  /// A notice.
  ///
  /// @param number `lastest_seqno`
  /// @param talk where to look; null: everywhere
  /// @param line the message that came with it; null: none
  record Told(long number, Talk talk, Line line) implements Outcome {}

  /// The server said no: nothing happened.
  record Refused(int code) implements Outcome {}

  /// Nobody knows: the call may have had its effect, may have it later, or never.
  record Unknown(String why) implements Outcome {}
}
