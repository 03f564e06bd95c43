package dev.sixin.message;

import dev.sixin.admin.v1.User;
import dev.sixin.entity.Entity;
import dev.sixin.entity.Happening.MessageArrived;
import dev.sixin.entity.Talker;
import dev.sixin.entity.Totals;
import dev.sixin.entity.rows.ConversationHead;
import dev.sixin.entity.rows.MessageRow;
import dev.sixin.entity.rows.RelationRow;
import dev.sixin.message.Log.Side;
import dev.sixin.message.Rates.Permit;
import dev.sixin.proto.type.Msg;
import dev.sixin.proto.type.RecverType;
import dev.sixin.refusal.Code;
import dev.sixin.refusal.Refusal;
import dev.sixin.relation.Relations;
import dev.sixin.session.Sessions;
import dev.sixin.store.Order;
import dev.sixin.store.Partition;
import dev.sixin.store.Rows;
import dev.sixin.store.Store;
import dev.sixin.user.Users;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/// Sending and reading messages.
public final class Messages {
  /// The most messages that one page may hold.
  public static final int MAX_PAGE = 2_000;

  /// What a page may weigh: clients refuse answers above 4 MiB. A page that grows heavier ends
  /// early and says that there is more.
  private static final int MAX_PAGE_BYTES = 3 << 20;

  /// The greatest unsigned number, beyond every seqno.
  private static final long END = -1L;

  private final Store store;
  private final Users users;
  private final Relations relations;
  private final Sessions sessions;
  private final Content content;
  private final Rates rates;
  private final int node;

  /// What sending depends on beside the store.
  ///
  /// @param content what a message may hold
  /// @param rates how much a sender may send
  /// @param node the number of this server, 0 to 1023, part of every msg_key
  public record Rules(Content content, Rates rates, int node) {
    /// Checks the node.
    public Rules {
      if (node < 0 || node >= MessageKey.NODES) {
        throw new IllegalArgumentException("node: %d (expected: 0 to 1023)".formatted(node));
      }
    }
  }

  /// Messages kept in a store.
  public Messages(Store store, Users users, Relations relations, Sessions sessions, Rules rules) {
    this.store = store;
    this.users = users;
    this.relations = relations;
    this.sessions = sessions;
    this.content = rules.content();
    this.rates = rules.rates();
    this.node = rules.node();
  }

  /// Sends a private message. The answer comes once it is durable.
  ///
  /// A retry (same sender, same non-zero cli_msg_id) gets the first message again, whatever has
  /// become of the other conditions meanwhile.
  ///
  /// @param draft what the sender decides: sender, receiver, type, content, cli_msg_id, msg_source
  /// @param bySite whether the site sends on the sender's behalf: any type, no stranger rule, no
  ///   rate
  /// @return the message as stored
  public CompletableFuture<Msg> send(Msg draft, boolean bySite) {
    checkBody(draft);
    Facts facts = gather(draft, bySite);
    Permit permit = bySite ? Permit.UNLIMITED : rates.take(draft.getSenderUid());
    return store
        .transact(
            Entity.conversation(draft.getSenderUid(), draft.getReceiverId()),
            log ->
                Log.repeated(log, draft)
                    .map(Sent::before)
                    .orElseGet(() -> append(log, draft, facts, permit)))
        .whenComplete(
            (sent, _) -> {
              if (sent == null || sent.repeated()) {
                permit.giveBack();
              }
            })
        .thenApply(Sent::msg);
  }

  private record Sent(Msg msg, boolean repeated) {
    static Sent before(Msg msg) {
      return new Sent(msg, true);
    }
  }

  private static void checkBody(Msg draft) {
    if (draft.getReceiverType() == RecverType.EN_NO_MEANING
        || draft.getReceiverId() == 0
        || draft.getMsgTypeValue() == 0
        || draft.getContent().isEmpty()) {
      throw Refusal.of(
          Code.BAD_REQUEST, "msg: receiver_type, receiver_id, msg_type and content are required");
    }
    if (draft.getReceiverType() == RecverType.UNRECOGNIZED) {
      throw Refusal.of(
          Code.BAD_PARAMETER,
          "msg.receiver_type: %d (expected: 1, 2 or 3)".formatted(draft.getReceiverTypeValue()));
    }
  }

  /// What was known about a message before its transaction.
  ///
  /// @param objection why it may not be sent, if something but the stranger rule and rates says so
  /// @param boundByStrangerRule whether the sender may write once only until the receiver replies
  private record Facts(
      User sender, User receiver, Optional<Refusal> objection, boolean boundByStrangerRule) {}

  private Facts gather(Msg draft, boolean bySite) {
    User sender = users.get(draft.getSenderUid());
    Optional<User> receiver = users.find(draft.getReceiverId());
    boolean official = isOfficial(sender);
    RelationRow relation = relations.between(draft.getSenderUid(), draft.getReceiverId());
    Optional<Refusal> objection = Optional.empty();
    try {
      object(draft, receiver.isPresent(), bySite || official, relation);
    } catch (Refusal refusal) {
      objection = Optional.of(refusal);
    }
    return new Facts(
        sender,
        receiver.orElse(User.getDefaultInstance()),
        objection,
        !bySite && !official && !relation.getFollowedBy());
  }

  /// The checks of the contract in its order, from the receiver to privacy.
  private void object(Msg draft, boolean receiverExists, boolean everyType, RelationRow relation) {
    if (!receiverExists || draft.getReceiverType() != RecverType.EN_RECVER_TYPE_PEER) {
      throw Refusal.of(Code.NOT_FOUND, "msg.receiver_id: nobody has this number");
    }
    int type = draft.getMsgTypeValue();
    if (type == Types.DRAW_BACK || !(everyType || Types.isForUsers(type))) {
      throw Refusal.of(Code.TYPE_NOT_ALLOWED, "msg.msg_type: %d".formatted(type));
    }
    content.check(type, draft.getContent());
    if (draft.getSenderUid() == draft.getReceiverId()) {
      throw Refusal.of(Code.TO_ONESELF);
    }
    if (relation.getBlocks()) {
      throw Refusal.of(Code.BLOCKED_BY_SENDER);
    }
    if (relation.getBlockedBy()) {
      throw Refusal.of(Code.REFUSED_BY_RECEIVER);
    }
  }

  private Sent append(Partition log, Msg draft, Facts facts, Permit permit) {
    facts.objection().ifPresent(Messages::refuse);
    long sender = draft.getSenderUid();
    long receiver = draft.getReceiverId();
    Side side = side(sender, receiver);
    ConversationHead before = Log.head(log);
    if (facts.boundByStrangerRule() && mayNotWriteAgain(before, side)) {
      throw Refusal.of(Code.ONE_MESSAGE_TO_STRANGERS);
    }
    permit.refusal().ifPresent(Messages::refuse);

    Msg msg = Log.append(log, draft, side, facts.sender().getBusiness(), node);
    if (msg.getCliMsgId() != 0) {
      Log.mark(log, msg);
    }
    ConversationHead after = Log.head(log);
    log.tell(
        Entity.inbox(sender),
        new MessageArrived(
            Talker.user(receiver),
            msg.getMsgSeqno(),
            true,
            side.other().of(after),
            facts.receiver().getSystemMsgType()));
    log.tell(
        Entity.inbox(receiver),
        new MessageArrived(
            Talker.user(sender),
            msg.getMsgSeqno(),
            false,
            side.of(after),
            facts.sender().getSystemMsgType()));
    return new Sent(msg, false);
  }

  private static void refuse(Refusal refusal) {
    throw refusal;
  }

  private static boolean mayNotWriteAgain(ConversationHead head, Side side) {
    return side.of(head).countable() > 0 && side.other().of(head).countable() == 0;
  }

  private static Side side(long uid, long otherUid) {
    return Entity.isLower(uid, otherUid) ? Side.LOWER : Side.HIGHER;
  }

  /// Some messages of a conversation.
  ///
  /// @param messages in the order that was asked for
  /// @param hasMore whether the range holds more
  /// @param oneMessageTip whether the reader is to be told that one message is allowed
  public record History(List<Msg> messages, boolean hasMore, boolean oneMessageTip) {}

  /// Reads a user's conversation with another: the first `limit` messages with begin < seqno < end
  /// (0: open) in an order.
  public History history(long uid, long talkerUid, long begin, long end, Order order, int limit) {
    Rows log = store.rows(Entity.conversation(uid, talkerUid));
    List<MessageRow> rows = Log.between(log, begin, end, order, limit + 1);
    int bytes = 0;
    int taken = 0;
    while (taken < Math.min(rows.size(), limit) && bytes < MAX_PAGE_BYTES) {
      bytes += rows.get(taken++).getSerializedSize();
    }
    List<Msg> messages = rows.subList(0, taken).stream().map(MessageRow::getMsg).toList();
    return new History(messages, taken < rows.size(), isToldOfOneMessage(log, uid, talkerUid));
  }

  private boolean isToldOfOneMessage(Rows log, long uid, long talkerUid) {
    Side side = side(uid, talkerUid);
    ConversationHead head = Log.head(log);
    return uid != talkerUid
        && side.of(head).countable() == 0
        && side.other().of(head).countable() == 0
        && users.find(talkerUid).isPresent()
        && !isOfficial(users.get(uid))
        && !relations.between(uid, talkerUid).getFollowedBy();
  }

  private static boolean isOfficial(User user) {
    return user.getBusiness() || user.getSystemMsgType() != 0;
  }

  /// The message with a number in a user's conversation with a talker.
  public Optional<Msg> find(long uid, Talker talker, long seqno) {
    return Log.message(store.rows(Entity.conversation(uid, talker.id())), seqno)
        .map(MessageRow::getMsg);
  }

  /// Moves a user's read position in a private conversation forward.
  ///
  /// @param ackSeqno the last message that was read; 0 or beyond the end: the last there is
  public void read(long uid, long talkerUid, long ackSeqno) {
    Rows log = store.rows(Entity.conversation(uid, talkerUid));
    long last = Log.head(log).getLastSeqno();
    boolean beyond = Long.compareUnsigned(ackSeqno, last) >= 0;
    long target = ackSeqno == 0 ? END : beyond ? last : ackSeqno;
    Side others = side(uid, talkerUid).other();
    Totals totals = Log.lastUpTo(log, target).map(others::of).orElse(Totals.NONE);
    sessions.read(uid, Talker.user(talkerUid), target, totals);
  }
}
