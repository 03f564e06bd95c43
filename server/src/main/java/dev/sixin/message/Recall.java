package dev.sixin.message;

import dev.sixin.entity.Totals;
import dev.sixin.entity.rows.MessageRow;
import dev.sixin.proto.type.Msg;
import dev.sixin.proto.type.MsgType;
import dev.sixin.refusal.Code;
import dev.sixin.refusal.Refusal;
import dev.sixin.store.Partition;
import java.time.Duration;

/// Taking messages back.
///
/// @param target what is taken back, as it was
/// @param counted what it had counted for as unread
record Recall(MessageRow target, Totals counted) {
  private static final Duration LIMIT = Duration.ofMinutes(2);

  /// A user takes a message of their own back, for whom it is not too late.
  ///
  /// @param line the recall: a message whose content is the target's msg_key
  static Recall byOwner(Partition log, Msg line) {
    MessageRow target = find(log, Long.parseUnsignedLong(line.getContent()));
    Msg msg = target.getMsg();
    if (msg.getSenderUid() != line.getSenderUid()) {
      throw Refusal.of(Code.FORBIDDEN, "msg.content: another user's message");
    }
    if (log.seconds() - msg.getTimestamp() > LIMIT.toSeconds()) {
      throw Refusal.of(Code.TOO_LATE_TO_RECALL);
    }
    if (msg.getMsgStatus() != Messages.STANDING) {
      throw Refusal.of(Code.ALREADY_RECALLED);
    }
    return take(log, target, Messages.RECALLED);
  }

  /// The site takes any message back, at any time.
  static Recall bySite(Partition log, long msgKey) {
    MessageRow target = find(log, msgKey);
    if (target.getMsg().getMsgStatus() == Messages.CANCELLED) {
      throw Refusal.of(Code.ALREADY_RECALLED);
    }
    return take(log, target, Messages.CANCELLED);
  }

  private static MessageRow find(Partition log, long msgKey) {
    return Log.withKey(log, msgKey)
        .filter(row -> !Types.isRecall(row.getMsg().getMsgTypeValue()))
        .orElseThrow(() -> Refusal.of(Code.NO_SUCH_MESSAGE));
  }

  private static Recall take(Partition log, MessageRow target, int status) {
    return new Recall(target, Log.recall(log, target, sideOf(target.getMsg()), status));
  }

  private static Side sideOf(Msg msg) {
    return switch (msg.getReceiverType()) {
      case EN_RECVER_TYPE_GROUP -> Side.GROUP;
      default -> Side.of(msg.getSenderUid(), msg.getReceiverId());
    };
  }

  /// The line that tells of a recall by the site.
  Msg siteLine() {
    Msg msg = target.getMsg();
    return Msg.newBuilder()
        .setSenderUid(msg.getSenderUid())
        .setReceiverType(msg.getReceiverType())
        .setReceiverId(msg.getReceiverId())
        .setMsgType(MsgType.EN_MSG_TYPE_SYS_CANCEL)
        .setContent(Long.toUnsignedString(msg.getMsgKey()))
        .setSysCancel(true)
        .build();
  }
}
