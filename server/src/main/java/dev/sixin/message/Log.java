package dev.sixin.message;

import static dev.sixin.entity.Conversation.HEAD;
import static dev.sixin.entity.Conversation.TABLE;

import dev.sixin.entity.Conversation;
import dev.sixin.entity.Seqno;
import dev.sixin.entity.Stored;
import dev.sixin.entity.Totals;
import dev.sixin.entity.rows.AutomaticRow;
import dev.sixin.entity.rows.ConversationHead;
import dev.sixin.entity.rows.MarkRow;
import dev.sixin.entity.rows.MessageRow;
import dev.sixin.entity.rows.RecalledRow;
import dev.sixin.proto.type.Msg;
import dev.sixin.proto.type.RecverType;
import dev.sixin.store.Key;
import dev.sixin.store.Order;
import dev.sixin.store.Partition;
import dev.sixin.store.Range;
import dev.sixin.store.Row;
import dev.sixin.store.Rows;
import dev.sixin.store.Table;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/// The rows of a conversation: its messages in order, what was recalled, and the marks of what was
/// sent already.
public final class Log {
  /// How long a repeated cli_msg_id is known.
  static final Duration MARKED = Duration.ofHours(24);

  /// Marks of cli_msg_ids.
  public static final Table MARKS = Table.expiring("marks", MARKED);

  static final Key MESSAGE = Key.of(1);
  static final Key RECALLED = Key.of(2);
  private static final int CHUNK = 500;

  private Log() {}

  /// The last message up to and including a number.
  static Optional<MessageRow> lastUpTo(Rows rows, long seqno) {
    Range upTo = new Range(MESSAGE, MESSAGE.u64(seqno).next());
    return rows.scan(TABLE, upTo, Order.DESCENDING, 1).stream().findFirst().map(Log::parse);
  }

  /// What a side had written up to a number; at least what of it is not kept any more.
  static Totals writtenUpTo(Rows rows, Side side, long seqno) {
    return lastUpTo(rows, seqno)
        .map(side::of)
        .orElseGet(() -> side.of(Conversation.head(rows).getHorizon()));
  }

  /// The greatest msg_key that a conversation has known; 0 before the first.
  static long lastKey(Rows rows) {
    ConversationHead head = Conversation.head(rows);
    return lastUpTo(rows, head.getLastSeqno())
        .map(row -> row.getMsg().getMsgKey())
        .orElse(head.getHorizon().getMsgKey());
  }

  /// The message with a number, if there is one.
  static Optional<MessageRow> message(Rows rows, long seqno) {
    return Optional.ofNullable(rows.get(TABLE, MESSAGE.u64(seqno))).map(Log::parse);
  }

  /// The message with a key, if there is one.
  static Optional<MessageRow> withKey(Rows rows, long msgKey) {
    return lastUpToKey(rows, msgKey).filter(row -> row.getMsg().getMsgKey() == msgKey);
  }

  /// The last message whose key is not above a key. Keys grow with numbers, so it is found by
  /// halving.
  static Optional<MessageRow> lastUpToKey(Rows rows, long msgKey) {
    Optional<MessageRow> newest = lastUpTo(rows, Conversation.head(rows).getLastSeqno());
    if (newest.isEmpty() || isKeyUpTo(newest.get(), msgKey)) {
      return newest; // mostly, a key is looked for that is new
    }
    Optional<MessageRow> last = Optional.empty();
    long low = 0;
    long high = seqno(newest.get()) - 1;
    while (low <= high) {
      long middle = low + (high - low) / 2;
      Optional<MessageRow> found = lastUpTo(rows, middle);
      if (found.isEmpty() || isKeyUpTo(found.get(), msgKey)) {
        last = found;
        low = middle + 1;
      } else {
        high = found.get().getMsg().getMsgSeqno() - 1;
      }
    }
    return last;
  }

  private static boolean isKeyUpTo(MessageRow row, long msgKey) {
    return Long.compareUnsigned(row.getMsg().getMsgKey(), msgKey) <= 0;
  }

  /// Messages with begin < seqno < end; end 0 is open.
  static List<MessageRow> between(Rows rows, long begin, long end, Order order, int limit) {
    Key from = MESSAGE.u64(begin).next();
    Key to = end == 0 ? MESSAGE.afterPrefix() : MESSAGE.u64(end);
    if (from.compareTo(to) >= 0) {
      return List.of();
    }
    return rows.scan(TABLE, new Range(from, to), order, limit).stream().map(Log::parse).toList();
  }

  static long seqno(MessageRow row) {
    return row.getMsg().getMsgSeqno();
  }

  private static MessageRow parse(Row row) {
    return parse(row.value());
  }

  static MessageRow parse(byte[] value) {
    return Stored.parse(value, MessageRow.getDefaultInstance());
  }

  /// A message as stored, and where its conversation stands with it.
  record Appended(Msg msg, ConversationHead head) {}

  /// Appends a message: gives it its number and time, and a key unless it has one.
  ///
  /// @param row all that the sender decides
  /// @param side who writes
  /// @param business whether the sender is a business account
  static Appended append(Partition rows, MessageRow row, Side side, boolean business, int node) {
    ConversationHead head = Conversation.head(rows);
    Msg draft = row.getMsg();
    // Members count a group's messages; in private talk the numbers say when.
    boolean dense = draft.getReceiverType() == RecverType.EN_RECVER_TYPE_GROUP;
    long last = head.getLastSeqno();
    Msg msg =
        draft.toBuilder()
            .setMsgSeqno(dense ? last + 1 : Seqno.next(last, rows.seconds()))
            .setMsgKey(
                draft.getMsgKey() != 0 ? draft.getMsgKey() : MessageKey.at(rows.micros(), node))
            .setTimestamp(rows.seconds())
            .build();
    ConversationHead.Builder builder =
        head.toBuilder().setLastSeqno(msg.getMsgSeqno()).setLastMicros(rows.micros());
    side.set(builder, side.of(head).plus(counted(msg, business)));
    AutomaticRow automatic = side.automatic(head);
    AutomaticRow automaticAfter = dense ? automatic : Automatic.after(automatic, msg);
    if (!automaticAfter.equals(automatic)) {
      side.set(builder, automaticAfter);
    }
    ConversationHead after = builder.build();
    rows.put(TABLE, HEAD, after.toByteArray());
    put(
        rows,
        row.toBuilder()
            .setMsg(msg)
            .setLower(after.getLower())
            .setHigher(after.getHigher())
            .build());
    return new Appended(msg, after);
  }

  private static Totals counted(Msg msg, boolean business) {
    int type = msg.getMsgTypeValue();
    return Totals.NONE.plus(Types.isCountable(type), business && Types.isBusiness(type));
  }

  static void put(Partition rows, MessageRow row) {
    rows.put(TABLE, MESSAGE.u64(row.getMsg().getMsgSeqno()), row.toByteArray());
  }

  /// Takes a message back: its content goes, its status says why, and it counts no longer.
  ///
  /// @return what it had counted for; nothing if it was taken back before
  static Totals recall(Partition rows, MessageRow row, Side side, int status) {
    Msg msg = row.getMsg();
    put(rows, Blank.of(row).setMsg(Blank.of(msg).setMsgStatus(status)).build());
    if (msg.getMsgStatus() != Messages.STANDING) {
      return Totals.NONE;
    }
    Totals counted = side.of(row).since(writtenUpTo(rows, side, msg.getMsgSeqno() - 1));
    RecalledRow recalled =
        RecalledRow.newBuilder()
            .setSenderUid(msg.getSenderUid())
            .setCounted(counted.toRow())
            .build();
    rows.put(TABLE, RECALLED.u64(msg.getMsgSeqno()), recalled.toByteArray());
    return counted;
  }

  /// What the messages after a number had counted for that somebody other than `uid` wrote and that
  /// were recalled.
  static Totals recalledAfter(Rows rows, long seqno, long uid) {
    Totals sum = Totals.NONE;
    Range left = new Range(RECALLED.u64(seqno).next(), RECALLED.afterPrefix());
    while (true) {
      List<Row> chunk = rows.scan(TABLE, left, Order.ASCENDING, CHUNK);
      for (Row row : chunk) {
        RecalledRow recalled = Stored.parse(row.value(), RecalledRow.getDefaultInstance());
        if (recalled.getSenderUid() != uid) {
          sum = sum.plus(Totals.of(recalled.getCounted()));
        }
      }
      if (chunk.size() < CHUNK) {
        return sum;
      }
      left = new Range(chunk.getLast().key().next(), left.to());
    }
  }

  /// What of the messages after a number counts as unread for one user of a private conversation.
  static Totals unreadAfter(Rows rows, long seqno, long uid, long otherUid) {
    Side others = Side.of(uid, otherUid).other();
    return others
        .of(Conversation.head(rows))
        .since(writtenUpTo(rows, others, seqno))
        .since(recalledAfter(rows, seqno, uid));
  }

  /// Remembers that a message was sent, for a retry.
  static void mark(Partition rows, Msg msg) {
    if (msg.getCliMsgId() == 0) {
      return;
    }
    MarkRow mark =
        MarkRow.newBuilder()
            .setSeqno(msg.getMsgSeqno())
            .setMsgKey(msg.getMsgKey())
            .setMicros(rows.micros())
            .build();
    rows.put(MARKS, markKey(msg), mark.toByteArray());
  }

  /// The mark of what a draft repeats: same sender, same non-zero cli_msg_id, in the last 24 hours.
  static Optional<MarkRow> marked(Partition rows, Msg draft) {
    if (draft.getCliMsgId() == 0) {
      return Optional.empty();
    }
    return Optional.ofNullable(rows.get(MARKS, markKey(draft)))
        .map(value -> Stored.parse(value, MarkRow.getDefaultInstance()))
        .filter(mark -> rows.micros() - mark.getMicros() < MARKED.toMillis() * 1_000);
  }

  private static Key markKey(Msg msg) {
    return Key.EMPTY.u64(msg.getSenderUid()).u64(msg.getCliMsgId());
  }
}
