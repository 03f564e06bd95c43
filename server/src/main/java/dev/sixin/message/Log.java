package dev.sixin.message;

import dev.sixin.entity.Seqno;
import dev.sixin.entity.Stored;
import dev.sixin.entity.Totals;
import dev.sixin.entity.rows.ConversationHead;
import dev.sixin.entity.rows.MarkRow;
import dev.sixin.entity.rows.MessageRow;
import dev.sixin.entity.rows.TotalsRow;
import dev.sixin.proto.type.Msg;
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

/// The rows of a conversation: its messages in order, and the marks of what was sent already.
public final class Log {
  /// Messages and heads.
  public static final Table TABLE = Table.of("conversations");

  /// How long a repeated cli_msg_id is known.
  static final Duration MARKED = Duration.ofHours(24);

  /// Marks of cli_msg_ids.
  public static final Table MARKS = Table.expiring("marks", MARKED);

  private static final Key HEAD = Key.of(0);
  private static final Key MESSAGE = Key.of(1);

  private Log() {}

  /// Which side of a private conversation somebody is on.
  enum Side {
    LOWER,
    HIGHER;

    Side other() {
      return this == LOWER ? HIGHER : LOWER;
    }

    Totals of(ConversationHead head) {
      return totals(this == LOWER ? head.getLower() : head.getHigher());
    }

    Totals of(MessageRow row) {
      return totals(this == LOWER ? row.getLower() : row.getHigher());
    }

    private static Totals totals(TotalsRow row) {
      return new Totals(row.getCountable(), row.getBusiness());
    }
  }

  static ConversationHead head(Rows rows) {
    return Stored.parse(rows.get(TABLE, HEAD), ConversationHead.getDefaultInstance());
  }

  /// The message with a number, if there is one.
  static Optional<MessageRow> message(Rows rows, long seqno) {
    return Optional.ofNullable(rows.get(TABLE, MESSAGE.u64(seqno))).map(Log::parse);
  }

  /// The last message up to and including a number.
  static Optional<MessageRow> lastUpTo(Rows rows, long seqno) {
    Range upTo = new Range(MESSAGE, MESSAGE.u64(seqno).next());
    return rows.scan(TABLE, upTo, Order.DESCENDING, 1).stream().findFirst().map(Log::parse);
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

  private static MessageRow parse(Row row) {
    return parse(row.value());
  }

  private static MessageRow parse(byte[] value) {
    return Stored.parse(value, MessageRow.getDefaultInstance());
  }

  /// Appends a message; answers it as stored, with its number, key and time.
  ///
  /// @param draft all that the sender decides
  /// @param side who writes
  /// @param business whether the sender is a business account
  static Msg append(Partition rows, Msg draft, Side side, boolean business, int node) {
    ConversationHead head = head(rows);
    Msg msg =
        draft.toBuilder()
            .setMsgSeqno(Seqno.next(head.getLastSeqno(), rows.seconds()))
            .setMsgKey(MessageKey.at(rows.micros(), node))
            .setTimestamp(rows.seconds())
            .build();
    int type = msg.getMsgTypeValue();
    Totals written =
        side.of(head).plus(Types.isCountable(type), business && Types.isBusiness(type));
    TotalsRow totals =
        TotalsRow.newBuilder()
            .setCountable(written.countable())
            .setBusiness(written.business())
            .build();
    ConversationHead.Builder after = head.toBuilder().setLastSeqno(msg.getMsgSeqno());
    if (side == Side.LOWER) {
      after.setLower(totals);
    } else {
      after.setHigher(totals);
    }
    MessageRow row =
        MessageRow.newBuilder()
            .setMsg(msg)
            .setLower(after.getLower())
            .setHigher(after.getHigher())
            .build();
    rows.put(TABLE, HEAD, after.build().toByteArray());
    rows.put(TABLE, MESSAGE.u64(msg.getMsgSeqno()), row.toByteArray());
    return msg;
  }

  /// Remembers that a message was sent, for a retry.
  static void mark(Partition rows, Msg msg) {
    MarkRow mark =
        MarkRow.newBuilder()
            .setSeqno(msg.getMsgSeqno())
            .setMsgKey(msg.getMsgKey())
            .setMicros(rows.micros())
            .build();
    rows.put(MARKS, markKey(msg), mark.toByteArray());
  }

  /// The message that a draft repeats: same sender, same non-zero cli_msg_id, in the last 24 hours.
  static Optional<Msg> repeated(Partition rows, Msg draft) {
    if (draft.getCliMsgId() == 0) {
      return Optional.empty();
    }
    byte[] value = rows.get(MARKS, markKey(draft));
    MarkRow mark = Stored.parse(value, MarkRow.getDefaultInstance());
    boolean known = value != null && rows.micros() - mark.getMicros() < MARKED.toMillis() * 1_000;
    return known ? message(rows, mark.getSeqno()).map(MessageRow::getMsg) : Optional.empty();
  }

  private static Key markKey(Msg msg) {
    return Key.EMPTY.u64(msg.getSenderUid()).u64(msg.getCliMsgId());
  }
}
