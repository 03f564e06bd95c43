package dev.sixin.model;

import dev.sixin.proto.im.ReqGroupAssisMsg;
import dev.sixin.proto.im.ReqSessionMsg;
import dev.sixin.proto.im.RspSendMsg;
import dev.sixin.proto.im.RspSessionMsg;
import dev.sixin.proto.type.Msg;
import dev.sixin.proto.type.RecverType;
import java.util.Comparator;
import java.util.List;
import java.util.function.ToLongFunction;
import java.util.stream.Stream;

/// What the calls that read messages must answer.
final class MessageAnswers {
  private MessageAnswers() {}

  /// What the sender of a message is told.
  static RspSendMsg sent(Letter letter) {
    Msg msg = letter.msg();
    RspSendMsg.Builder rsp =
        RspSendMsg.newBuilder()
            .setMsgKey(msg.getMsgKey())
            .addAllEInfos(Tables.emotesIn(List.of(msg)));
    if (msg.getMsgTypeValue() == Kind.TEXT.type()) {
      rsp.setMsgContent(msg.getContent());
    }
    if (msg.hasKeyHitInfos()) {
      rsp.setKeyHitInfos(msg.getKeyHitInfos());
    }
    return rsp.build();
  }

  static RspSessionMsg syncFetchSessionMsgs(Model model, long uid, ReqSessionMsg request) {
    Model.requireTalker(request.getSessionType(), request.getTalkerId());
    if (request.getSize() < 0 || request.getOrder() < 0 || request.getOrder() > 1) {
      throw new Refused(2);
    }
    boolean ofGroup = request.getSessionType() == 2;
    long begin = request.getBeginSeqno();
    long end = request.getEndSeqno();
    List<Msg> range =
        (ofGroup
                ? readable(model.requireReadable(uid, request.getTalkerId()))
                : readable(model.conversation(uid, request.getTalkerId())))
            .filter(letter -> Long.compareUnsigned(letter.seqno(), begin) > 0)
            .filter(letter -> end == 0 || Long.compareUnsigned(letter.seqno(), end) < 0)
            .map(Letter::msg)
            .toList();
    List<Msg> ordered = request.getOrder() == 1 ? range : range.reversed();
    RspSessionMsg.Builder rsp = page(ordered, request.getSize(), Msg::getMsgSeqno);
    if (!ofGroup && isToldOfOneMessage(model, uid, request.getTalkerId())) {
      rsp.addMessages(tip(model, uid, request.getTalkerId()));
    }
    return rsp.build();
  }

  static RspSessionMsg groupAssisMsg(Model model, long uid, ReqGroupAssisMsg request) {
    if (request.getSize() < 0) {
      throw new Refused(2);
    }
    List<Msg> collected =
        model.person(uid).memberships().stream()
            .filter(session -> session.helper)
            .flatMap(MessageAnswers::readable)
            .map(Letter::msg)
            .filter(msg -> Long.compareUnsigned(msg.getMsgKey(), request.getClientSeqno()) > 0)
            .sorted(Comparator.comparingLong(Msg::getMsgKey))
            .toList();
    return page(collected, request.getSize(), Msg::getMsgKey).build();
  }

  /// The first `asked` of some messages.
  ///
  /// @param number what min_seqno and max_seqno are
  private static RspSessionMsg.Builder page(List<Msg> all, int asked, ToLongFunction<Msg> number) {
    int size = asked == 0 ? 20 : Math.min(asked, 2_000);
    List<Msg> page = all.stream().limit(size).toList();
    return RspSessionMsg.newBuilder()
        .addAllMessages(page)
        .addAllEInfos(Tables.emotesIn(page))
        .setHasMore(all.size() > size ? 1 : 0)
        .setMinSeqno(page.stream().mapToLong(number).min().orElse(-1L))
        .setMaxSeqno(page.stream().mapToLong(number).max().orElse(0L));
  }

  private static Stream<Letter> readable(Conversation conversation) {
    return conversation.letters().stream().filter(letter -> letter.status() != 2);
  }

  private static Stream<Letter> readable(GroupSession session) {
    return session.conversation().letters().stream().filter(session::canRead);
  }

  private static boolean isToldOfOneMessage(Model model, long uid, long talkerUid) {
    Conversation conversation = model.conversation(uid, talkerUid);
    return uid != talkerUid
        && model.exists(talkerUid)
        && !model.person(uid).isOfficial()
        && !model.person(talkerUid).follows().contains(uid)
        && !conversation.hasWritten(uid)
        && !conversation.hasWritten(talkerUid);
  }

  /// The tip, without its words: see [Call#SYNC_FETCH_SESSION_MSGS].
  private static Msg tip(Model model, long uid, long talkerUid) {
    return Msg.newBuilder()
        .setSenderUid(talkerUid)
        .setReceiverType(RecverType.EN_RECVER_TYPE_PEER)
        .setReceiverId(uid)
        .setMsgTypeValue(18)
        .setMsgSourceValue(18)
        .setTimestamp(model.time().seconds())
        .build();
  }
}
