package dev.sixin.message;

import static dev.sixin.entity.Conversation.TABLE;

import dev.sixin.entity.Conversation;
import dev.sixin.entity.Entity;
import dev.sixin.entity.Happening.Expired;
import dev.sixin.entity.Talker;
import dev.sixin.entity.rows.ConversationHead;
import dev.sixin.entity.rows.HorizonRow;
import dev.sixin.entity.rows.MessageRow;
import dev.sixin.proto.type.Msg;
import dev.sixin.store.Key;
import dev.sixin.store.Order;
import dev.sixin.store.Partition;
import dev.sixin.store.Rows;
import java.time.Duration;
import java.util.List;

/// Where a conversation begins that does not keep everything. Up to its horizon nothing is left of
/// its messages but what they counted for; running totals and numbers go on as if they were there.
/// What is gone is as good as read: no read position lies below the horizon.
final class Horizon {
  private Horizon() {}

  /// What may go.
  ///
  /// @param ageKey messages with lesser keys are too old; 0: none is
  /// @param messages how many that count may stay; 0: all
  /// @param youngKey messages with this key or a greater one stay in any case: as long as a
  ///   repeated cli_msg_id is known, its message is
  record Cut(long ageKey, int messages, long youngKey) {
    /// @param asOf now, as [Partition#micros]
    /// @param days how many days messages stay at least; 0: for ever
    static Cut of(long asOf, int days, int messages) {
      long age = days == 0 ? 0 : keyBefore(asOf, Duration.ofDays(days));
      return new Cut(age, messages, keyBefore(asOf, Log.MARKED));
    }

    private static long keyBefore(long micros, Duration age) {
      return MessageKey.at(Math.max(0, micros - age.toMillis() * 1_000), 0);
    }

    /// Running totals count for us how many messages come after one.
    boolean isOver(MessageRow row, ConversationHead head) {
      long key = row.getMsg().getMsgKey();
      long after =
          countable(head.getLower().getCountable(), head.getHigher().getCountable())
              - countable(row.getLower().getCountable(), row.getHigher().getCountable());
      boolean tooMany = messages != 0 && after >= messages;
      return Long.compareUnsigned(key, youngKey) < 0
          && (tooMany || Long.compareUnsigned(key, ageKey) < 0);
    }

    private static long countable(long lower, long higher) {
      return lower + higher;
    }
  }

  /// The oldest messages of a conversation that may go.
  static List<MessageRow> over(Rows log, Cut cut, int limit) {
    ConversationHead head = Conversation.head(log);
    long horizon = head.getHorizon().getSeqno();
    return Log.between(log, horizon, 0, Order.ASCENDING, limit).stream()
        .takeWhile(row -> cut.isOver(row, head))
        .toList();
  }

  /// Removes some of the oldest messages that may go.
  ///
  /// @return how many went
  static int move(Partition log, Key conversation, Cut cut, int limit) {
    List<MessageRow> gone = over(log, cut, limit);
    if (gone.isEmpty()) {
      return 0;
    }
    ConversationHead head = Conversation.head(log);
    HorizonRow.Builder horizon = head.getHorizon().toBuilder();
    for (MessageRow row : gone) {
      remove(log, row.getMsg());
      if (Entity.isConversation(conversation)) {
        count(horizon, row.getMsg());
      }
    }
    MessageRow last = gone.getLast();
    horizon
        .setSeqno(Log.seqno(last))
        .setMsgKey(last.getMsg().getMsgKey())
        .setLower(last.getLower())
        .setHigher(last.getHigher());
    log.put(TABLE, Conversation.HEAD, head.toBuilder().setHorizon(horizon).build().toByteArray());
    if (Entity.isConversation(conversation)) {
      long lower = conversation.u64At(1);
      long higher = conversation.u64At(1 + Long.BYTES);
      tell(log, lower, higher, Log.seqno(last));
      tell(log, higher, lower, Log.seqno(last));
    }
    return gone.size();
  }

  private static void remove(Partition log, Msg msg) {
    log.delete(TABLE, Log.MESSAGE.u64(msg.getMsgSeqno()));
    if (msg.getMsgStatus() != Messages.STANDING) {
      log.delete(TABLE, Log.RECALLED.u64(msg.getMsgSeqno()));
    }
  }

  private static void count(HorizonRow.Builder horizon, Msg msg) {
    if (Side.of(msg.getSenderUid(), msg.getReceiverId()) == Side.LOWER) {
      horizon.setLowerAutomatic(Automatic.after(horizon.getLowerAutomatic(), msg));
    } else {
      horizon.setHigherAutomatic(Automatic.after(horizon.getHigherAutomatic(), msg));
    }
  }

  private static void tell(Partition log, long uid, long otherUid, long seqno) {
    Talker talker = Talker.user(otherUid);
    log.tell(
        Entity.inbox(uid),
        new Expired(talker, log.micros(), seqno, Log.unreadAfter(log, seqno, uid, otherUid)));
  }
}
