package dev.sixin.model;

import dev.sixin.proto.type.SessionInfo;

/// A session as its owner sees it, with what must outlive its removal.
final class Session {
  private final Person owner;
  private final Person talker;
  private final Conversation conversation;

  final Stamp sessionTs = new Stamp();
  final Stamp ackTs = new Stamp();
  final Stamp topTs = new Stamp();

  boolean listed;
  long ackSeqno;
  boolean dnd;
  boolean pushOff;
  boolean intercepted;
  boolean trusted;

  Session(Person owner, Person talker, Conversation conversation) {
    this.owner = owner;
    this.talker = talker;
    this.conversation = conversation;
  }

  Person owner() {
    return owner;
  }

  Person talker() {
    return talker;
  }

  Conversation conversation() {
    return conversation;
  }

  /// Whether there is anything to show to who asks for this session.
  boolean exists() {
    return listed || !conversation.letters().isEmpty();
  }

  boolean isSystem() {
    return talker.profile().getSystemMsgType() != 0;
  }

  boolean isFollowed() {
    return isSystem() || owner.follows().contains(talker.uid());
  }

  boolean isPinned() {
    return topTs.isSet();
  }

  boolean isFoldable() {
    return !isFollowed() && !isPinned() && !trusted;
  }

  int unread() {
    return conversation.unread(owner.uid(), ackSeqno).size();
  }

  int unreadBusiness() {
    return (int)
        conversation.unread(owner.uid(), ackSeqno).stream().filter(Letter::isBusiness).count();
  }

  boolean isOpen() {
    return sessionTs.isOpen() || ackTs.isOpen() || topTs.isOpen();
  }

  /// Takes the times that the server chose.
  void adopt(SessionInfo shown) {
    sessionTs.adopt("session_ts", shown.getSessionTs());
    ackTs.adopt("ack_ts", shown.getAckTs());
    topTs.adopt("top_ts", shown.getTopTs());
  }
}
