package dev.sixin.message;

import dev.sixin.admin.v1.User;
import dev.sixin.entity.Conversation;
import dev.sixin.entity.Entity;
import dev.sixin.entity.Happening.Mailed;
import dev.sixin.entity.Happening.MessageArrived;
import dev.sixin.entity.Happening.MessageRecalled;
import dev.sixin.entity.Talker;
import dev.sixin.entity.rows.ConversationHead;
import dev.sixin.entity.rows.MessageRow;
import dev.sixin.entity.rows.RelationRow;
import dev.sixin.message.Rates.Permit;
import dev.sixin.message.Sending.Checked;
import dev.sixin.proto.type.Msg;
import dev.sixin.refusal.Code;
import dev.sixin.refusal.Refusal;
import dev.sixin.relation.Relations;
import dev.sixin.store.Partition;
import dev.sixin.user.Users;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/// Messages between two users.
public final class PrivateTalk {
  private final Sending sending;
  private final Users users;
  private final Relations relations;
  private final int node;

  PrivateTalk(Sending sending, Users users, Relations relations, int node) {
    this.sending = sending;
    this.users = users;
    this.relations = relations;
    this.node = node;
  }

  /// Sends a message, or takes one back when it is of type 5.
  CompletableFuture<Msg> send(Msg draft, Author author) {
    Optional<User> receiver = users.find(draft.getReceiverId());
    RelationRow relation = relations.between(draft.getSenderUid(), draft.getReceiverId());
    Checked checked = sending.check(draft, author);
    Optional<Refusal> objection = objection(checked, receiver.isPresent(), relation);
    boolean recall = draft.getMsgTypeValue() == Types.DRAW_BACK;
    boolean bound = author.isBoundByStrangerRule() && !relation.getFollowedBy() && !recall;
    Parties parties =
        new Parties(
            author.user().getSystemMsgType(), receiver.map(User::getSystemMsgType).orElse(0));
    return sending.transact(
        Entity.conversation(draft.getSenderUid(), draft.getReceiverId()),
        draft,
        author,
        (log, permit) -> {
          Refusal.throwIf(objection);
          return recall
              ? recall(log, draft, permit, parties)
              : append(log, checked.draft(), author, bound, permit, parties);
        });
  }

  /// Which kinds of system accounts the two are, 0 for people.
  private record Parties(int sender, int receiver) {}

  /// Who wrote a line, which says what it is in its sender's inbox.
  private enum Writer {
    /// The sender, who has read up to it.
    SENDER,
    /// The same, and it counts against the sender's day.
    METERED_SENDER,
    /// The site, in the sender's name.
    SITE;

    static Writer with(Permit permit) {
      return permit.isMetered() ? METERED_SENDER : SENDER;
    }
  }

  /// The checks of the contract in its order, from the receiver to privacy. Whoever is blocked can
  /// still take back what they said.
  private static Optional<Refusal> objection(
      Checked checked, boolean receiverExists, RelationRow relation) {
    if (!receiverExists) {
      return Optional.of(Refusal.of(Code.NOT_FOUND, "msg.receiver_id: nobody has this number"));
    }
    return checked.objection().or(() -> privacy(checked.draft(), relation));
  }

  private static Optional<Refusal> privacy(Msg draft, RelationRow relation) {
    Code code =
        draft.getSenderUid() == draft.getReceiverId()
            ? Code.TO_ONESELF
            : draft.getMsgTypeValue() == Types.DRAW_BACK
                ? null
                : relation.getBlocks()
                    ? Code.BLOCKED_BY_SENDER
                    : relation.getBlockedBy() ? Code.REFUSED_BY_RECEIVER : null;
    return Optional.ofNullable(code).map(Refusal::of);
  }

  private Msg append(
      Partition log, Msg draft, Author author, boolean bound, Permit permit, Parties parties) {
    Side side = Side.of(draft.getSenderUid(), draft.getReceiverId());
    ConversationHead head = Conversation.head(log);
    boolean wroteBefore = side.of(head).countable() > 0;
    boolean answered = side.other().of(head).countable() > 0;
    if (bound && wroteBefore && !answered) {
      throw Refusal.of(Code.ONE_MESSAGE_TO_STRANGERS);
    }
    permit.require();
    Msg msg =
        Log.append(
            log,
            MessageRow.newBuilder().setMsg(draft).build(),
            side,
            author.user().getBusiness(),
            node);
    tellBoth(log, msg, parties, Writer.with(permit));
    return msg;
  }

  private Msg recall(Partition log, Msg draft, Permit permit, Parties parties) {
    Recall recall = Recall.byOwner(log, draft);
    permit.require();
    return line(log, draft, recall, parties, Writer.with(permit));
  }

  /// The site takes a message of two users back.
  void recallBySite(Partition log, long msgKey) {
    Recall recall = Recall.bySite(log, msgKey);
    Msg line = recall.siteLine();
    Parties parties =
        new Parties(
            users.get(line.getSenderUid()).getSystemMsgType(),
            users.get(line.getReceiverId()).getSystemMsgType());
    line(log, line, recall, parties, Writer.SITE);
  }

  private Msg line(Partition log, Msg draft, Recall recall, Parties parties, Writer writer) {
    Msg line =
        Log.append(
            log,
            MessageRow.newBuilder().setMsg(draft).build(),
            Side.of(draft.getSenderUid(), draft.getReceiverId()),
            false,
            node);
    tellBoth(log, line, parties, writer);
    log.tell(
        Entity.inbox(line.getReceiverId()),
        new MessageRecalled(
            Talker.user(line.getSenderUid()),
            log.micros(),
            line.getMsgSeqno(),
            recall.target().getMsg().getMsgSeqno(),
            recall.counted()));
    return line;
  }

  /// Puts one receiver's share of a mailing into their conversation with the sender. Called by the
  /// store with the event.
  public static void mailed(Partition log, Mailed event) {
    Msg draft = event.draft();
    if (Log.withKey(log, draft.getMsgKey()).isPresent()) {
      return; // told before
    }
    Side side = Side.of(draft.getSenderUid(), draft.getReceiverId());
    MessageRow row =
        MessageRow.newBuilder().setMsg(draft).setSharedContentKey(draft.getMsgKey()).build();
    Msg msg = Log.append(log, row, side, event.business(), 0);
    tellBoth(
        log,
        msg,
        new Parties(event.senderSystemType(), event.receiverSystemType()),
        event.metered() ? Writer.METERED_SENDER : Writer.SENDER);
  }

  private static void tellBoth(Partition log, Msg msg, Parties parties, Writer writer) {
    ConversationHead head = Conversation.head(log);
    long sender = msg.getSenderUid();
    long receiver = msg.getReceiverId();
    Side side = Side.of(sender, receiver);
    log.tell(
        Entity.inbox(sender),
        new MessageArrived(
            Talker.user(receiver),
            msg.getMsgSeqno(),
            writer != Writer.SITE,
            side.other().of(head),
            parties.receiver(),
            writer == Writer.METERED_SENDER));
    log.tell(
        Entity.inbox(receiver),
        new MessageArrived(
            Talker.user(sender), msg.getMsgSeqno(), false, side.of(head), parties.sender()));
  }
}
