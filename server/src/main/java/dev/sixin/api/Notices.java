package dev.sixin.api;

import com.google.protobuf.ByteString;
import dev.sixin.entity.News.Said;
import dev.sixin.live.v1.LiveEvent;
import dev.sixin.live.v1.Read;
import dev.sixin.live.v1.Typing;
import dev.sixin.proto.notify.Msg;
import dev.sixin.proto.notify.NotifyInfo;
import dev.sixin.proto.notify.ReqServerNotify;
import dev.sixin.push.Moment;
import dev.sixin.push.Notice;

/// Notices and moments as the wire has them.
public final class Notices {
  private static final int GROUP = 2;

  /// A message of a group is the same notice for all members, one after another: it is written
  /// once.
  private volatile Written last;

  private record Written(Notice notice, ByteString payload) {}

  Notices() {}

  /// A notice as it is pushed.
  public static ReqServerNotify of(Notice notice) {
    ReqServerNotify.Builder notify =
        ReqServerNotify.newBuilder()
            .setLastestSeqno(notice.number())
            .setNotifyInfo(
                NotifyInfo.newBuilder()
                    .setMsgType(notice.msgType())
                    .setTalkerId(notice.talker().id())
                    .setSessionType(notice.talker().type()));
    notice.said().ifPresent(said -> notify.setInstantMsg(message(said)));
    return notify.build();
  }

  /// A moment as it is pushed.
  public static LiveEvent of(Moment moment) {
    return switch (moment) {
      case Moment.Typing(long uid) ->
          LiveEvent.newBuilder().setTyping(Typing.newBuilder().setUid(uid)).build();
      case Moment.ReadFurther(long uid, long seqno) ->
          LiveEvent.newBuilder().setRead(Read.newBuilder().setUid(uid).setSeqno(seqno)).build();
    };
  }

  private static Msg message(Said said) {
    dev.sixin.proto.type.Msg msg = said.msg();
    return Msg.newBuilder()
        .setSenderUid(msg.getSenderUid())
        .setReceiverType(msg.getReceiverTypeValue())
        .setReceiverId(msg.getReceiverId())
        .setCliMsgId(msg.getCliMsgId())
        .setMsgType(msg.getMsgTypeValue())
        .setContent(msg.getContent())
        .setMsgSeqno(msg.getMsgSeqno())
        .setTimestamp(msg.getTimestamp())
        .addAllAtUids(msg.getAtUidsList())
        .setMsgKey(msg.getMsgKey())
        .setMsgStatus(msg.getMsgStatus())
        .setSysCancel(msg.getSysCancel())
        .setIsMultiChat(msg.getReceiverTypeValue() == GROUP ? 1 : 0)
        .setWithdrawSeqno(said.withdrawnSeqno())
        .setNotifyCode(msg.getNotifyCode())
        .setMsgSource(msg.getMsgSourceValue())
        .build();
  }

  /// A notice as bytes.
  @SuppressWarnings("ReferenceEquality") // to compare them costs more than to write them again
  ByteString payload(Notice notice) {
    Written known = last;
    if (known != null && known.notice() == notice) {
      return known.payload();
    }
    ByteString payload = of(notice).toByteString();
    last = new Written(notice, payload);
    return payload;
  }
}
