package dev.sixin.model;

/// A session with a group. What its owner chose outlives their leaving.
final class GroupSession extends Session {
  private final Group group;

  boolean helper;
  long atSeqno;

  /// When the owner joined, in the order of all joins.
  long joined;

  /// The group's last message then.
  long joinedSeqno;

  GroupSession(Person owner, Group group) {
    super(owner);
    this.group = group;
  }

  Group group() {
    return group;
  }

  boolean isMember() {
    return group.roles().containsKey(owner().uid());
  }

  @Override
  int type() {
    return 2;
  }

  @Override
  long talkerId() {
    return group.id();
  }

  @Override
  Conversation conversation() {
    return group.conversation();
  }

  /// All members have the same: when the group's last message came.
  @Override
  Stamp sessionTs() {
    return group.lastTs();
  }

  @Override
  boolean exists() {
    return isMember();
  }

  @Override
  boolean isListed() {
    return isMember() && listed && !helper;
  }

  @Override
  void passHorizon() {
    super.passHorizon();
    if (atSeqno <= ackSeqno) {
      atSeqno = 0;
    }
  }

  /// Whether the owner, as a member, can read a message.
  boolean canRead(Letter letter) {
    return letter.seqno() > joinedSeqno && letter.status() != 2;
  }
}
