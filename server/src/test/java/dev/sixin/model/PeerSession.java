package dev.sixin.model;

/// A session with a user.
final class PeerSession extends Session {
  private final Person talker;
  private final Conversation conversation;
  private final Stamp sessionTs = new Stamp();

  boolean intercepted;
  boolean trusted;

  PeerSession(Person owner, Person talker, Conversation conversation) {
    super(owner);
    this.talker = talker;
    this.conversation = conversation;
  }

  Person talker() {
    return talker;
  }

  @Override
  int type() {
    return 1;
  }

  @Override
  long talkerId() {
    return talker.uid();
  }

  @Override
  Conversation conversation() {
    return conversation;
  }

  @Override
  Stamp sessionTs() {
    return sessionTs;
  }

  @Override
  boolean exists() {
    return listed || !conversation.letters().isEmpty() || conversation.horizon() != 0;
  }

  @Override
  boolean isListed() {
    return listed;
  }

  boolean isSystem() {
    return talker.profile().getSystemMsgType() != 0;
  }

  boolean isFollowed() {
    return isSystem() || owner().follows().contains(talker.uid());
  }

  boolean isFoldable() {
    return !isFollowed() && !isPinned() && !trusted;
  }
}
