package dev.sixin.message;

import dev.sixin.admin.v1.User;
import dev.sixin.entity.Conversation;
import dev.sixin.entity.Day;
import dev.sixin.entity.Entity;
import dev.sixin.entity.Happening.AutoReplied;
import dev.sixin.entity.Happening.Mailed;
import dev.sixin.entity.Happening.MessageArrived;
import dev.sixin.entity.Happening.MessageRecalled;
import dev.sixin.entity.Happening.StanceChanged;
import dev.sixin.entity.News.Said;
import dev.sixin.entity.Talker;
import dev.sixin.entity.rows.ConversationHead;
import dev.sixin.entity.rows.MessageRow;
import dev.sixin.entity.rows.StanceRow;
import dev.sixin.message.Log.Appended;
import dev.sixin.message.Rates.Permit;
import dev.sixin.message.Sending.Checked;
import dev.sixin.proto.type.Msg;
import dev.sixin.refusal.Code;
import dev.sixin.refusal.Refusal;
import dev.sixin.store.Key;
import dev.sixin.store.Partition;
import dev.sixin.user.Preference;
import dev.sixin.user.Users;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/// Messages between two users.
public final class PrivateTalk {
  private final Sending sending;
  private final Users users;
  private final Replying replying;
  private final int node;

  PrivateTalk(Sending sending, Users users, Replying replying, int node) {
    this.sending = sending;
    this.users = users;
    this.replying = replying;
    this.node = node;
  }

  /// Sends a message, or takes one back when it is of type 5.
  CompletableFuture<Msg> send(Msg draft, Author author) {
    Optional<User> receiver = users.find(draft.getReceiverId());
    Checked checked = sending.check(draft, author);
    boolean recall = draft.getMsgTypeValue() == Types.DRAW_BACK;
    Parties parties =
        new Parties(
            author.user().getSystemMsgType(), receiver.map(User::getSystemMsgType).orElse(0));
    boolean receivesStrangers =
        Preference.RECEIVE_UNFOLLOW_MSG.isOn(users.preferences(draft.getReceiverId()));
    Optional<AutoReplied> reply =
        recall || checked.objection().isPresent()
            ? Optional.empty()
            : replying.toMessage(checked.draft(), author);
    Key conversation = Entity.conversation(draft.getSenderUid(), draft.getReceiverId());
    return sending.transact(
        conversation,
        draft,
        author,
        (log, permit) -> {
          requireReceiver(receiver.isPresent());
          Refusal.throwIf(checked.objection());
          requirePrivacy(Conversation.head(log), draft, author, receivesStrangers);
          if (recall) {
            return recall(log, draft, permit, parties);
          }
          Msg msg = append(log, checked.draft(), author, permit, parties);
          reply.ifPresent(event -> log.tell(conversation, event));
          return msg;
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
    /// The site or this server, in the sender's name.
    OTHER;

    static Writer with(Permit permit) {
      return permit.isMetered() ? METERED_SENDER : SENDER;
    }
  }

  private static void requireReceiver(boolean exists) {
    if (!exists) {
      throw Refusal.of(Code.NOT_FOUND, "msg.receiver_id: nobody has this number");
    }
  }

  /// What the two make of each other. Whoever is blocked can still take back what they said.
  private static void requirePrivacy(
      ConversationHead head, Msg draft, Author author, boolean receivesStrangers) {
    if (draft.getSenderUid() == draft.getReceiverId()) {
      throw Refusal.of(Code.TO_ONESELF);
    }
    if (draft.getMsgTypeValue() == Types.DRAW_BACK) {
      return;
    }
    Side side = Side.of(draft.getSenderUid(), draft.getReceiverId());
    if (side.stance(head).getBlocks()) {
      throw Refusal.of(Code.BLOCKED_BY_SENDER);
    }
    if (side.other().stance(head).getBlocks()) {
      throw Refusal.of(Code.REFUSED_BY_RECEIVER);
    }
    boolean stranger =
        author.isBoundByStrangerRule()
            && !side.other().stance(head).getFollows()
            && !side.other().hasWritten(head);
    if (stranger && !receivesStrangers) {
      throw Refusal.of(Code.REFUSED_BY_RECEIVER);
    }
    if (stranger && side.hasWritten(head)) {
      throw Refusal.of(Code.ONE_MESSAGE_TO_STRANGERS);
    }
  }

  /// One of the two has an answer ready for what the other did: it is given unless that happened
  /// today, or one of them blocks the other. Called by the store with the event.
  public static void autoReplied(Partition log, AutoReplied event) {
    Msg draft = event.draft();
    ConversationHead head = Conversation.head(log);
    Side side = Side.of(draft.getSenderUid(), draft.getReceiverId());
    boolean due =
        Automatic.isDue(side.automatic(head), draft.getMsgSource(), Day.of(log.seconds()));
    boolean blocked = head.getLowerStance().getBlocks() || head.getHigherStance().getBlocks();
    boolean banned = Long.compareUnsigned(log.seconds(), event.bannedUntil()) < 0;
    if (!due || blocked || banned) {
      return;
    }
    MessageRow row = MessageRow.newBuilder().setMsg(draft).build();
    Appended appended = Log.append(log, row, side, false, event.node());
    tellBoth(
        log,
        appended,
        new Parties(event.senderSystemType(), event.receiverSystemType()),
        Writer.OTHER);
    log.announce(new Said(appended.msg()));
  }

  /// One of the two follows or blocks the other, or no longer does. Called by the store with the
  /// event.
  public static void stanceChanged(Partition log, StanceChanged event) {
    ConversationHead head = Conversation.head(log);
    Side side = Side.of(event.uid(), event.otherUid());
    if (Long.compareUnsigned(event.change(), side.stance(head).getChange()) <= 0) {
      return; // told before
    }
    ConversationHead.Builder after = head.toBuilder();
    side.set(
        after,
        StanceRow.newBuilder()
            .setFollows(event.follows())
            .setBlocks(event.blocks())
            .setChange(event.change())
            .build());
    log.put(Conversation.TABLE, Conversation.HEAD, after.build().toByteArray());
  }

  private Msg append(Partition log, Msg draft, Author author, Permit permit, Parties parties) {
    permit.require();
    Appended appended =
        Log.append(
            log,
            MessageRow.newBuilder().setMsg(draft).build(),
            Side.of(draft.getSenderUid(), draft.getReceiverId()),
            author.user().getBusiness(),
            node);
    tellBoth(log, appended, parties, Writer.with(permit));
    log.announce(new Said(appended.msg()));
    return appended.msg();
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
    line(log, line, recall, parties, Writer.OTHER);
  }

  private Msg line(Partition log, Msg draft, Recall recall, Parties parties, Writer writer) {
    Appended appended =
        Log.append(
            log,
            MessageRow.newBuilder().setMsg(draft).build(),
            Side.of(draft.getSenderUid(), draft.getReceiverId()),
            false,
            node);
    Msg line = appended.msg();
    long target = Log.seqno(recall.target());
    tellBoth(log, appended, parties, writer);
    log.announce(new Said(line, target));
    log.tell(
        Entity.inbox(line.getReceiverId()),
        new MessageRecalled(
            Talker.user(line.getSenderUid()),
            log.micros(),
            line.getMsgSeqno(),
            target,
            recall.counted()));
    return line;
  }

  /// Puts one receiver's share of a mailing into their conversation with the sender. Called by the
  /// store with the event.
  public static void mailed(Partition log, Mailed event) {
    Msg draft = event.draft();
    long horizonKey = Conversation.head(log).getHorizon().getMsgKey();
    boolean gone = Long.compareUnsigned(draft.getMsgKey(), horizonKey) <= 0;
    if (gone || Log.withKey(log, draft.getMsgKey()).isPresent()) {
      return; // told before
    }
    Side side = Side.of(draft.getSenderUid(), draft.getReceiverId());
    MessageRow row =
        MessageRow.newBuilder().setMsg(draft).setSharedContentKey(draft.getMsgKey()).build();
    Appended appended = Log.append(log, row, side, event.business(), 0);
    tellBoth(
        log,
        appended,
        new Parties(event.senderSystemType(), event.receiverSystemType()),
        event.metered() ? Writer.METERED_SENDER : Writer.SENDER);
    log.announce(new Said(appended.msg()));
  }

  private static void tellBoth(Partition log, Appended appended, Parties parties, Writer writer) {
    Msg msg = appended.msg();
    ConversationHead head = appended.head();
    long sender = msg.getSenderUid();
    long receiver = msg.getReceiverId();
    Side side = Side.of(sender, receiver);
    log.tell(
        Entity.inbox(sender),
        new MessageArrived(
            Talker.user(receiver),
            msg.getMsgSeqno(),
            writer != Writer.OTHER,
            side.other().of(head),
            parties.receiver(),
            writer == Writer.METERED_SENDER,
            side.other().of(head.getHorizon())));
    log.tell(
        Entity.inbox(receiver),
        new MessageArrived(
            Talker.user(sender),
            msg.getMsgSeqno(),
            false,
            side.of(head),
            parties.sender(),
            false,
            side.of(head.getHorizon())));
  }
}
