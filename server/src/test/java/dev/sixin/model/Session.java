package dev.sixin.model;

import dev.sixin.proto.type.SessionInfo;
import java.util.List;

/// A session as its owner sees it, with what must outlive its removal.
abstract sealed class Session permits PeerSession, GroupSession {
  private final Person owner;

  final Stamp ackTs = new Stamp();
  final Stamp topTs = new Stamp();

  boolean listed;
  long ackSeqno;
  boolean dnd;
  boolean pushOff;

  Session(Person owner) {
    this.owner = owner;
  }

  Person owner() {
    return owner;
  }

  /// 1 with a user, 2 with a group.
  abstract int type();

  abstract long talkerId();

  abstract Conversation conversation();

  abstract Stamp sessionTs();

  /// Whether there is anything to show to who asks for this session.
  abstract boolean exists();

  /// Whether it stands in any list.
  abstract boolean isListed();

  boolean isPinned() {
    return topTs.isSet();
  }

  int unread() {
    return unreadLetters().size();
  }

  int unreadBusiness() {
    return (int) unreadLetters().stream().filter(Letter::isBusiness).count();
  }

  private List<Letter> unreadLetters() {
    return conversation().unread(owner.uid(), ackSeqno);
  }

  /// No read position lies where nothing is kept any more.
  void passHorizon() {
    ackSeqno = Math.max(ackSeqno, conversation().horizon());
  }

  boolean isOpen() {
    return sessionTs().isOpen() || ackTs.isOpen() || topTs.isOpen();
  }

  /// Takes the times that the server chose.
  void adopt(SessionInfo shown) {
    sessionTs().adopt("session_ts", shown.getSessionTs());
    ackTs.adopt("ack_ts", shown.getAckTs());
    topTs.adopt("top_ts", shown.getTopTs());
  }
}
