package dev.sixin.bus;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.sixin.bus.letter.Letter;
import dev.sixin.entity.Entity;
import dev.sixin.entity.News;
import dev.sixin.entity.Talker;
import dev.sixin.proto.type.Msg;
import dev.sixin.proto.type.RecverType;
import dev.sixin.store.Announcement.Announced;
import dev.sixin.store.Key;
import java.util.List;
import java.util.Optional;

/// Announcements as they go over the bus, and to whom each goes.
final class Letters {
  private Letters() {}

  /// An announcement on its way.
  ///
  /// @param to the user or the group whom it concerns; [Talker#NOBODY]: every server
  record Addressed(Talker to, Announced what) {}

  /// To whom an announcement goes. What was said in a private conversation goes to each of the two,
  /// as an announcement for their inbox.
  static List<Addressed> address(Announced announced) {
    return switch ((News) announced.what()) {
      case News.Said said -> address(announced, said.msg());
      case News.ReadFurther read -> to(Talker.user(read.talkerUid()), announced);
      case News.SessionChanged _,
          News.GroupJoined _,
          News.GroupLeft _,
          News.Typing _,
          News.RelationsChanged _ ->
          to(Talker.user(Entity.number(announced.entity())), announced);
      case News.TokensRevoked _, News.UserChanged _, News.SiteChanged _ ->
          to(Talker.NOBODY, announced);
    };
  }

  private static List<Addressed> address(Announced said, Msg msg) {
    return msg.getReceiverType() == RecverType.EN_RECVER_TYPE_GROUP
        ? to(Talker.group(msg.getReceiverId()), said)
        : List.of(toInbox(msg.getSenderUid(), said), toInbox(msg.getReceiverId(), said));
  }

  private static List<Addressed> to(Talker whom, Announced announced) {
    return List.of(new Addressed(whom, announced));
  }

  private static Addressed toInbox(long uid, Announced said) {
    return new Addressed(
        Talker.user(uid), new Announced(Entity.inbox(uid), said.micros(), said.what()));
  }

  static byte[] write(Announced announced) {
    Letter.Builder letter =
        Letter.newBuilder()
            .setEntity(ByteString.copyFrom(announced.entity().bytes()))
            .setMicros(announced.micros());
    switch ((News) announced.what()) {
      case News.Said said ->
          letter.setSaid(
              Letter.Said.newBuilder().setMsg(said.msg()).setWithdrawnSeqno(said.withdrawnSeqno()));
      case News.SessionChanged changed ->
          letter.setSessionChanged(
              Letter.SessionChanged.newBuilder()
                  .setTalkerType(changed.talker().type())
                  .setTalkerId(changed.talker().id()));
      case News.GroupJoined joined ->
          letter.setGroupJoined(
              Letter.GroupJoined.newBuilder()
                  .setGroupId(joined.groupId())
                  .setSeqno(joined.seqno()));
      case News.GroupLeft left ->
          letter.setGroupLeft(Letter.GroupLeft.newBuilder().setGroupId(left.groupId()));
      case News.ReadFurther read ->
          letter.setReadFurther(
              Letter.ReadFurther.newBuilder()
                  .setTalkerUid(read.talkerUid())
                  .setSeqno(read.seqno()));
      case News.Typing typing ->
          letter.setTyping(Letter.Typing.newBuilder().setSenderUid(typing.senderUid()));
      case News.RelationsChanged changed ->
          letter.setRelationsChanged(
              Letter.RelationsChanged.newBuilder().setLostFriendUid(changed.lostFriendUid()));
      case News.TokensRevoked revoked ->
          letter.setTokensRevoked(Letter.TokensRevoked.newBuilder().setMicros(revoked.micros()));
      case News.UserChanged _ -> letter.setUserChanged(Letter.UserChanged.getDefaultInstance());
      case News.SiteChanged _ -> letter.setSiteChanged(Letter.SiteChanged.getDefaultInstance());
    }
    return letter.build().toByteArray();
  }

  /// @return empty when it is of a kind that this version does not know
  /// @throws InvalidProtocolBufferException when it is no letter
  static Optional<Announced> read(byte[] bytes) throws InvalidProtocolBufferException {
    Letter letter = Letter.parseFrom(bytes);
    News news =
        switch (letter.getNewsCase()) {
          case SAID ->
              new News.Said(letter.getSaid().getMsg(), letter.getSaid().getWithdrawnSeqno());
          case SESSION_CHANGED ->
              new News.SessionChanged(
                  new Talker(
                      letter.getSessionChanged().getTalkerType(),
                      letter.getSessionChanged().getTalkerId()));
          case GROUP_JOINED ->
              new News.GroupJoined(
                  letter.getGroupJoined().getGroupId(), letter.getGroupJoined().getSeqno());
          case GROUP_LEFT -> new News.GroupLeft(letter.getGroupLeft().getGroupId());
          case READ_FURTHER ->
              new News.ReadFurther(
                  letter.getReadFurther().getTalkerUid(), letter.getReadFurther().getSeqno());
          case TYPING -> new News.Typing(letter.getTyping().getSenderUid());
          case RELATIONS_CHANGED ->
              new News.RelationsChanged(letter.getRelationsChanged().getLostFriendUid());
          case TOKENS_REVOKED -> new News.TokensRevoked(letter.getTokensRevoked().getMicros());
          case USER_CHANGED -> new News.UserChanged();
          case SITE_CHANGED -> new News.SiteChanged();
          case NEWS_NOT_SET -> null;
        };
    return Optional.ofNullable(news)
        .map(
            known ->
                new Announced(Key.of(letter.getEntity().toByteArray()), letter.getMicros(), known));
  }
}
