package dev.sixin.entity;

import dev.sixin.store.Key;

/// The keys of all entities.
public final class Entity {
  private static final Key CONVERSATION = Key.of(1);
  private static final Key GROUP = Key.of(2);
  private static final Key INBOX = Key.of(3);
  private static final Key RELATIONS = Key.of(4);
  private static final Key USER = Key.of(5);
  private static final Key MAILING = Key.of(6);
  private static final Key JOBS = Key.of(7);
  private static final Key SITE = Key.of(8);

  private Entity() {}

  /// The private conversation of two users, whichever of them is named first: (lower uid, higher
  /// uid).
  public static Key conversation(long uid, long otherUid) {
    boolean lower = isLower(uid, otherUid);
    return CONVERSATION.u64(lower ? uid : otherUid).u64(lower ? otherUid : uid);
  }

  /// Whether the first of two users is the lower one in their conversation's key.
  public static boolean isLower(long uid, long otherUid) {
    return Long.compareUnsigned(uid, otherUid) < 0;
  }

  /// The entity that a whole key begins with.
  public static Key of(Key wholeKey) {
    int numbers = wholeKey.startsWith(CONVERSATION) ? 2 : 1;
    return wholeKey.first(1 + numbers * Long.BYTES);
  }

  /// Whether an entity is a private conversation; else it has one number.
  public static boolean isConversation(Key entity) {
    return entity.startsWith(CONVERSATION);
  }

  /// Whether an entity is an inbox.
  public static boolean isInbox(Key entity) {
    return entity.startsWith(INBOX);
  }

  /// The number of an entity that is named by one: a user's or a group's.
  public static long number(Key entity) {
    return entity.u64At(1);
  }

  /// A fan group: its description, members and conversation.
  public static Key group(long groupId) {
    return GROUP.u64(groupId);
  }

  /// The conversation of a user with a talker.
  public static Key conversation(long uid, Talker talker) {
    return talker.isUser() ? conversation(uid, talker.id()) : group(talker.id());
  }

  /// The inbox of a user.
  public static Key inbox(long uid) {
    return INBOX.u64(uid);
  }

  /// The relations of a user.
  public static Key relations(long uid) {
    return RELATIONS.u64(uid);
  }

  /// What an account sends to many at once.
  public static Key mailings(long uid) {
    return MAILING.u64(uid);
  }

  /// The work that goes on in the background for a user.
  public static Key jobs(long uid) {
    return JOBS.u64(uid);
  }

  /// The profile and tokens of a user.
  public static Key user(long uid) {
    return USER.u64(uid);
  }

  /// What the operator decides for all users alike.
  public static Key site() {
    return SITE;
  }
}
