package dev.sixin.message;

import dev.sixin.admin.v1.User;
import dev.sixin.entity.Entity;
import dev.sixin.entity.Happening.Mailed;
import dev.sixin.entity.Stored;
import dev.sixin.entity.rows.MarkRow;
import dev.sixin.entity.rows.MessageRow;
import dev.sixin.message.Rates.Permit;
import dev.sixin.message.Sending.Attempt;
import dev.sixin.message.Sending.Checked;
import dev.sixin.proto.type.Msg;
import dev.sixin.proto.type.RecverType;
import dev.sixin.refusal.Code;
import dev.sixin.refusal.Refusal;
import dev.sixin.relation.Relations;
import dev.sixin.store.Bulk;
import dev.sixin.store.Key;
import dev.sixin.store.Order;
import dev.sixin.store.Partition;
import dev.sixin.store.Range;
import dev.sixin.store.Row;
import dev.sixin.store.Rows;
import dev.sixin.store.Store;
import dev.sixin.store.Table;
import dev.sixin.user.Users;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/// Messages that a business account sends to many at once: the content stands once, each receiver's
/// conversation refers to it.
public final class Mailings {
  /// Rows of mailings.
  public static final Table TABLE = Table.of("mailings");

  /// The most receivers of one message.
  static final int MAX_RECEIVERS = 500;

  private static final int ERASED_AT_ONCE = 200;

  private static final Key CONTENT = Key.of(0);

  private final Store store;
  private final Sending sending;
  private final Users users;
  private final Relations relations;
  private final int node;

  Mailings(Store store, Sending sending, Users users, Relations relations, int node) {
    this.store = store;
    this.sending = sending;
    this.users = users;
    this.relations = relations;
    this.node = node;
  }

  /// Sends a message to all its `recver_ids`. Those who block the sender are left out.
  ///
  /// @return the message with the key that all receivers' copies have, no seqno
  CompletableFuture<Msg> send(Msg draft, Author author) {
    List<Long> receivers = draft.getRecverIdsList().stream().distinct().toList();
    Checked checked = sending.check(draft, author);
    Optional<Refusal> objection = objection(checked, author, receivers);
    List<Mailed> copies =
        objection.isPresent() ? List.of() : copies(checked.draft(), author, receivers);
    return sending.transact(
        Entity.mailings(draft.getSenderUid()),
        draft,
        author,
        new Attempt() {
          @Override
          public Msg append(Partition mailings, Permit permit) {
            Refusal.throwIf(objection);
            permit.require();
            return mail(mailings, checked.draft(), copies, permit);
          }

          @Override
          public Optional<Msg> earlier(Partition mailings, MarkRow mark) {
            return find(mailings, mark.getMsgKey());
          }
        });
  }

  private static Optional<Msg> find(Rows mailings, long msgKey) {
    return Optional.ofNullable(mailings.get(TABLE, CONTENT.u64(msgKey)))
        .map(value -> Stored.parse(value, Msg.getDefaultInstance()));
  }

  /// Whether the content that a message refers to is there.
  static boolean isKept(Rows mailings, long msgKey) {
    return mailings.get(TABLE, CONTENT.u64(msgKey)) != null;
  }

  /// A message of a conversation, with its content in it.
  Msg complete(MessageRow row) {
    Msg msg = row.getMsg();
    if (row.getSharedContentKey() == 0) {
      return msg;
    }
    Rows mailings = store.rows(Entity.mailings(msg.getSenderUid()));
    return find(mailings, row.getSharedContentKey())
        .map(mailed -> msg.toBuilder().setContent(mailed.getContent()).build())
        .orElseGet(() -> Blank.of(msg).build());
  }

  /// Forgets what an account sent to many before a key, some of it at once.
  ///
  /// @return how much that was
  static int removeBefore(Partition mailings, long msgKey, int limit) {
    Range old = new Range(CONTENT, CONTENT.u64(msgKey));
    List<Row> some = mailings.scan(TABLE, old, Order.ASCENDING, limit);
    some.forEach(row -> mailings.delete(TABLE, row.key()));
    return some.size();
  }

  /// Whether an account sent anything to many before a key.
  static boolean hasAnyBefore(Rows mailings, long msgKey) {
    Range old = new Range(CONTENT, CONTENT.u64(msgKey));
    return !mailings.scan(TABLE, old, Order.ASCENDING, 1).isEmpty();
  }

  /// Forgets some of what an account sent to many: its copies are then blank.
  ///
  /// @return whether more is left
  boolean eraseSome(long uid) {
    return Bulk.await(
        store.transact(
            Entity.mailings(uid),
            mailings -> {
              List<Row> some =
                  mailings.scan(TABLE, Range.prefix(CONTENT), Order.ASCENDING, ERASED_AT_ONCE);
              some.forEach(row -> mailings.delete(TABLE, row.key()));
              return !some.isEmpty();
            }));
  }

  private Optional<Refusal> objection(Checked checked, Author author, List<Long> receivers) {
    if (!author.isOfficial()) {
      return Optional.of(
          Refusal.of(Code.FORBIDDEN, "msg.receiver_type: 3 is for business accounts"));
    }
    if (receivers.stream().anyMatch(uid -> users.find(uid).isEmpty())) {
      return Optional.of(Refusal.of(Code.NOT_FOUND, "msg.recver_ids: not all of them exist"));
    }
    Msg draft = checked.draft();
    if (draft.getMsgTypeValue() == Types.DRAW_BACK) {
      return Optional.of(
          Refusal.of(Code.TYPE_NOT_ALLOWED, "msg.msg_type: copies are taken back one by one"));
    }
    boolean toOneself = receivers.contains(draft.getSenderUid());
    return checked
        .objection()
        .or(() -> toOneself ? Optional.of(Refusal.of(Code.TO_ONESELF)) : Optional.empty());
  }

  private List<Mailed> copies(Msg draft, Author author, List<Long> receivers) {
    List<Mailed> copies = new ArrayList<>();
    for (long uid : receivers) {
      if (relations.between(draft.getSenderUid(), uid).getBlockedBy()) {
        continue;
      }
      Msg copy =
          draft.toBuilder()
              .setReceiverType(RecverType.EN_RECVER_TYPE_PEER)
              .setReceiverId(uid)
              .clearRecverIds()
              .clearCliMsgId()
              .clearContent()
              .build();
      User receiver = users.get(uid);
      copies.add(
          new Mailed(
              copy,
              author.user().getBusiness(),
              author.user().getSystemMsgType(),
              receiver.getSystemMsgType(),
              false));
    }
    return copies;
  }

  private Msg mail(Partition mailings, Msg draft, List<Mailed> copies, Permit permit) {
    long key = MessageKey.at(mailings.micros(), node);
    Msg mailed =
        draft.toBuilder().setMsgKey(key).setTimestamp(mailings.seconds()).clearRecverIds().build();
    mailings.put(TABLE, CONTENT.u64(key), mailed.toByteArray());
    boolean metered = permit.isMetered(); // by the first copy, for it is one message
    for (Mailed copy : copies) {
      Msg keyed = copy.draft().toBuilder().setMsgKey(key).build();
      mailings.tell(
          Entity.conversation(keyed.getSenderUid(), keyed.getReceiverId()),
          new Mailed(
              keyed, copy.business(), copy.senderSystemType(), copy.receiverSystemType(), metered));
      metered = false;
    }
    return mailed;
  }
}
