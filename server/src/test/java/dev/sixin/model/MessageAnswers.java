package dev.sixin.model;

import dev.sixin.proto.im.ReqSessionMsg;
import dev.sixin.proto.im.RspSessionMsg;
import dev.sixin.proto.type.Msg;
import dev.sixin.proto.type.RecverType;
import java.util.List;
import java.util.stream.Stream;

/// What the calls that read messages must answer.
final class MessageAnswers {
  private MessageAnswers() {}

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
    int size = request.getSize() == 0 ? 20 : Math.min(request.getSize(), 2_000);
    List<Msg> page = ordered.stream().limit(size).toList();

    RspSessionMsg.Builder rsp =
        RspSessionMsg.newBuilder()
            .addAllMessages(page)
            .setHasMore(ordered.size() > size ? 1 : 0)
            .setMinSeqno(page.stream().mapToLong(Msg::getMsgSeqno).min().orElse(-1L))
            .setMaxSeqno(page.stream().mapToLong(Msg::getMsgSeqno).max().orElse(0L));
    if (!ofGroup && isToldOfOneMessage(model, uid, request.getTalkerId())) {
      rsp.addMessages(tip(model, uid, request.getTalkerId()));
    }
    return rsp.build();
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
