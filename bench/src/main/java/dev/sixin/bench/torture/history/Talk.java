package dev.sixin.bench.torture.history;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;

/// A conversation: of two users, or of a group. In a record it is `3-8` or `g101`.
///
/// @param first the lower uid, or the group's number
/// @param second the higher uid; 0: a group
public record Talk(long first, long second) {
  private static final String GROUP = "g";

  /// The conversation of two users.
  public static Talk between(long uid, long otherUid) {
    return new Talk(Math.min(uid, otherUid), Math.max(uid, otherUid));
  }

  /// The conversation of a group.
  public static Talk group(long groupId) {
    return new Talk(groupId, 0);
  }

  /// As a user calls it.
  ///
  /// @param sessionType 1 private, 2 group
  public static Talk of(long uid, int sessionType, long talkerId) {
    return sessionType == 2 ? group(talkerId) : between(uid, talkerId);
  }

  /// Whether it is a group's.
  public boolean isGroup() {
    return second == 0;
  }

  /// `session_type`: 1 private, 2 group.
  public int sessionType() {
    return isGroup() ? 2 : 1;
  }

  /// `talker_id` as a user calls it.
  public long talkerOf(long uid) {
    return isGroup() || uid == second ? first : second;
  }

  /// Whether a private one is this user's.
  boolean isOf(long uid) {
    return !isGroup() && (uid == first || uid == second);
  }

  @JsonCreator
  static Talk parse(String text) {
    if (text.startsWith(GROUP)) {
      return group(Long.parseLong(text.substring(GROUP.length())));
    }
    int dash = text.indexOf('-');
    return between(
        Long.parseLong(text.substring(0, dash)), Long.parseLong(text.substring(dash + 1)));
  }

  @JsonValue
  @Override
  public String toString() {
    return isGroup() ? GROUP + first : first + "-" + second;
  }
}
