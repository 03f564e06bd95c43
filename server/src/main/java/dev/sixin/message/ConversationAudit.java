package dev.sixin.message;

import static dev.sixin.entity.Conversation.TABLE;

import dev.sixin.entity.Conversation;
import dev.sixin.entity.Entity;
import dev.sixin.entity.Stored;
import dev.sixin.entity.Talker;
import dev.sixin.entity.Totals;
import dev.sixin.entity.rows.AutomaticRow;
import dev.sixin.entity.rows.ConversationHead;
import dev.sixin.entity.rows.HorizonRow;
import dev.sixin.entity.rows.MessageRow;
import dev.sixin.entity.rows.RecalledRow;
import dev.sixin.entity.rows.RelationRow;
import dev.sixin.entity.rows.SessionRow;
import dev.sixin.entity.rows.StanceRow;
import dev.sixin.proto.type.Msg;
import dev.sixin.proto.type.RecverType;
import dev.sixin.relation.Relations;
import dev.sixin.session.Inbox;
import dev.sixin.store.Audit;
import dev.sixin.store.Key;
import dev.sixin.user.Users;
import java.util.Optional;

/// Recounts conversations: running totals and heads from the messages, and with them the unread of
/// both sessions of a private conversation.
public final class ConversationAudit {
  private final Audit audit;
  private Key entity = Key.EMPTY;
  private String where = "";
  private ConversationHead head = ConversationHead.getDefaultInstance();
  private Totals lower = Totals.NONE;
  private Totals higher = Totals.NONE;
  private AutomaticRow lowerAutomatic = AutomaticRow.getDefaultInstance();
  private AutomaticRow higherAutomatic = AutomaticRow.getDefaultInstance();
  private Msg last = Msg.getDefaultInstance();
  private Reader lowerUser;
  private Reader higherUser;
  private long conversations;
  private long messages;

  /// One side of a private conversation, its session and what is unread of it by count.
  private static final class Reader {
    final long uid;
    final long otherUid;
    final SessionRow session;
    Totals unread = Totals.NONE;

    Reader(Audit audit, long uid, long otherUid) {
      this.uid = uid;
      this.otherUid = otherUid;
      this.session = Inbox.session(audit.rows(Entity.inbox(uid)), Talker.user(otherUid));
    }

    void count(Msg msg, Totals counted) {
      boolean after = Long.compareUnsigned(msg.getMsgSeqno(), ack()) > 0;
      if (after && msg.getSenderUid() != uid && msg.getMsgStatus() == Messages.STANDING) {
        unread = unread.plus(counted);
      }
    }

    long ack() {
      return session.getInfo().getAckSeqno();
    }
  }

  /// An audit of all conversations, private and in groups.
  public ConversationAudit(Audit audit) {
    this.audit = audit;
  }

  /// Goes over all conversations and answers how much was looked at.
  public String run() {
    audit.each(TABLE, this::row);
    end();
    return "%d conversations, %d messages".formatted(conversations, messages);
  }

  private void row(Key wholeKey, byte[] value) {
    Key of = Entity.of(wholeKey);
    if (!of.equals(entity)) {
      end();
      begin(of);
    }
    Key row = wholeKey.after(of.length());
    if (row.equals(Conversation.HEAD)) {
      head(Stored.parse(value, ConversationHead.getDefaultInstance()));
    } else if (row.startsWith(Log.MESSAGE)) {
      message(row.u64At(1), Log.parse(value));
    } else if (row.startsWith(Log.RECALLED)) {
      recalled(row.u64At(1));
    }
  }

  private void begin(Key of) {
    entity = of;
    head = ConversationHead.getDefaultInstance();
    lower = Totals.NONE;
    higher = Totals.NONE;
    lowerAutomatic = AutomaticRow.getDefaultInstance();
    higherAutomatic = AutomaticRow.getDefaultInstance();
    last = Msg.getDefaultInstance();
    if (Entity.isConversation(of)) {
      lowerUser = new Reader(audit, of.u64At(1), of.u64At(1 + Long.BYTES));
      higherUser = new Reader(audit, lowerUser.otherUid, lowerUser.uid);
      where =
          "conversation of users %s and %s"
              .formatted(
                  Long.toUnsignedString(lowerUser.uid), Long.toUnsignedString(higherUser.uid));
    } else {
      where = "conversation of group " + Long.toUnsignedString(Entity.number(of));
    }
  }

  /// Comes before the messages, which go on where the horizon says.
  private void head(ConversationHead row) {
    head = row;
    conversations += head.getLastSeqno() != 0 ? 1 : 0;
    HorizonRow horizon = head.getHorizon();
    last = Msg.newBuilder().setMsgSeqno(horizon.getSeqno()).setMsgKey(horizon.getMsgKey()).build();
    lower = Totals.of(horizon.getLower());
    higher = Totals.of(horizon.getHigher());
    lowerAutomatic = horizon.getLowerAutomatic();
    higherAutomatic = horizon.getHigherAutomatic();
  }

  private void message(long seqno, MessageRow row) {
    messages++;
    Msg msg = row.getMsg();
    String here = "%s, message %s".formatted(where, Long.toUnsignedString(seqno));
    audit.expect(here, "msg_seqno", msg.getMsgSeqno(), seqno);
    if (Long.compareUnsigned(seqno, last.getMsgSeqno()) <= 0) {
      audit.differs(here, "lies below the horizon of what is kept");
    }
    if (Long.compareUnsigned(msg.getMsgKey(), last.getMsgKey()) <= 0) {
      audit.differs(here, "msg_key does not grow");
    }
    if (!Entity.isConversation(entity)) {
      audit.expect(here, "number in the group", seqno, last.getMsgSeqno() + 1);
    }
    Totals counted = counted(here, row);
    recall(here, msg, counted);
    if (row.getSharedContentKey() != 0
        && !Mailings.isKept(
            audit.rows(Entity.mailings(msg.getSenderUid())), row.getSharedContentKey())) {
      audit.differs(here, "the content that it refers to is missing");
    }
    if (Entity.isConversation(entity)) {
      lowerUser.count(msg, counted);
      higherUser.count(msg, counted);
      if (msg.getSenderUid() == lowerUser.uid) {
        lowerAutomatic = Automatic.after(lowerAutomatic, msg);
      } else {
        higherAutomatic = Automatic.after(higherAutomatic, msg);
      }
    }
    last = msg;
  }

  /// What a message counts for: one more on its sender's side, nothing on the other.
  private Totals counted(String here, MessageRow row) {
    Msg msg = row.getMsg();
    int type = msg.getMsgTypeValue();
    boolean byLower =
        msg.getReceiverType() == RecverType.EN_RECVER_TYPE_GROUP
            || Side.of(msg.getSenderUid(), msg.getReceiverId()) == Side.LOWER;
    Totals before = byLower ? lower : higher;
    Totals counted = Totals.of(byLower ? row.getLower() : row.getHigher()).since(before);
    audit.expect(
        here,
        "total of its sender, grown by",
        counted.countable(),
        Types.isCountable(type) ? 1L : 0L);
    // Whether the sender was a business account then stands nowhere else.
    if (counted.business() != 0 && (counted.business() != 1 || !Types.isBusiness(type))) {
      audit.differs(here, "business total of its sender, grown by: " + counted.business());
    }
    Totals other = byLower ? higher : lower;
    audit.expect(
        here,
        "total of the other side",
        Totals.of(byLower ? row.getHigher() : row.getLower()),
        other);
    lower = Totals.of(row.getLower());
    higher = Totals.of(row.getHigher());
    return counted;
  }

  private void recall(String here, Msg msg, Totals counted) {
    Optional<RecalledRow> recalled =
        Optional.ofNullable(audit.rows(entity).get(TABLE, Log.RECALLED.u64(msg.getMsgSeqno())))
            .map(value -> Stored.parse(value, RecalledRow.getDefaultInstance()));
    if (recalled.isPresent() != (msg.getMsgStatus() != Messages.STANDING)) {
      audit.differs(
          here,
          "msg_status %d, and %s that it was recalled"
              .formatted(msg.getMsgStatus(), recalled.isPresent() ? "a row" : "no row"));
    }
    recalled.ifPresent(
        row -> audit.expect(here, "recalled, counted for", Totals.of(row.getCounted()), counted));
  }

  private void recalled(long seqno) {
    if (Log.message(audit.rows(entity), seqno).isEmpty()) {
      audit.differs(
          where,
          "a row that message %s was recalled, and no such message"
              .formatted(Long.toUnsignedString(seqno)));
    }
  }

  private void end() {
    if (entity.equals(Key.EMPTY)) {
      return;
    }
    audit.expect(
        where,
        "last message in the head",
        Long.toUnsignedString(head.getLastSeqno()),
        Long.toUnsignedString(last.getMsgSeqno()));
    audit.expect(where, "total in the head, lower", Totals.of(head.getLower()), lower);
    audit.expect(where, "total in the head, higher", Totals.of(head.getHigher()), higher);
    audit.expect(where, "automatic, lower", head.getLowerAutomatic(), lowerAutomatic);
    audit.expect(where, "automatic, higher", head.getHigherAutomatic(), higherAutomatic);
    if (Entity.isConversation(entity)) {
      session(lowerUser, higher);
      session(higherUser, lower);
      stance(lowerUser, head.getLowerStance());
      stance(higherUser, head.getHigherStance());
    }
  }

  private void stance(Reader reader, StanceRow stance) {
    RelationRow relation = Relations.row(audit.rows(Entity.relations(reader.uid)), reader.otherUid);
    String user = "user " + Long.toUnsignedString(reader.uid);
    audit.expect(where, user + " follows", stance.getFollows(), relation.getFollows());
    audit.expect(where, user + " blocks", stance.getBlocks(), relation.getBlocks());
  }

  private void session(Reader reader, Totals othersTotals) {
    SessionRow session = reader.session;
    boolean missing = session.getInfo().getMaxSeqno() == 0;
    if (missing && Users.wasErased(audit.rows(Entity.user(reader.uid)))) {
      return;
    }
    String here =
        "inbox %s, session with user %s"
            .formatted(Long.toUnsignedString(reader.uid), Long.toUnsignedString(reader.otherUid));
    audit.expect(
        here,
        "last message",
        Long.toUnsignedString(session.getInfo().getMaxSeqno()),
        Long.toUnsignedString(last.getMsgSeqno()));
    audit.expect(here, "total of the other", Totals.of(session.getOthers()), othersTotals);
    audit.expect(
        here,
        "unread",
        new Totals(session.getInfo().getUnreadCount(), session.getInfo().getBizMsgUnreadCount()),
        reader.unread);
    if (Long.compareUnsigned(reader.ack(), last.getMsgSeqno()) > 0) {
      audit.differs(here, "ack_seqno lies beyond the last message");
    }
  }
}
