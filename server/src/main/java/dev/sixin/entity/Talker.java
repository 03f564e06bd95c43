package dev.sixin.entity;

import dev.sixin.proto.type.SessionInfo;
import dev.sixin.store.Key;

/// Whom a session is with: `session_type` and `talker_id` on the wire.
///
/// @param type [#PRIVATE] or [#GROUP]
/// @param id the other's uid, or the group's id
public record Talker(int type, long id) {
  /// A session with a user.
  public static final int PRIVATE = 1;

  /// A session with a fan group.
  public static final int GROUP = 2;

  /// None at all. Before every other talker in the order of keys.
  public static final Talker NOBODY = new Talker(0, 0);

  private static final int KEY_BYTES = 1 + Long.BYTES;

  /// A session with a user.
  public static Talker user(long uid) {
    return new Talker(PRIVATE, uid);
  }

  /// A session with a fan group.
  public static Talker group(long groupId) {
    return new Talker(GROUP, groupId);
  }

  /// Whom a session is with.
  public static Talker of(SessionInfo session) {
    return new Talker(session.getSessionType(), session.getTalkerId());
  }

  /// Whether this is a user, not a group.
  public boolean isUser() {
    return type == PRIVATE;
  }

  /// A row key, or the end of one: (type, id).
  public Key key() {
    return Key.of(type).u64(id);
  }

  /// The talker that stands at the end of a row key.
  public static Talker atEndOf(Key key) {
    int offset = key.length() - KEY_BYTES;
    return new Talker(key.u8At(offset), key.u64At(offset + 1));
  }
}
