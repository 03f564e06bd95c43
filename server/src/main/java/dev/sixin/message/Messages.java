package dev.sixin.message;

import dev.sixin.entity.Conversation;
import dev.sixin.entity.Entity;
import dev.sixin.entity.Happening;
import dev.sixin.entity.Happening.Read;
import dev.sixin.entity.Happening.Removed;
import dev.sixin.entity.Talker;
import dev.sixin.entity.Totals;
import dev.sixin.entity.rows.ConversationHead;
import dev.sixin.entity.rows.MessageRow;
import dev.sixin.entity.rows.SessionRow;
import dev.sixin.proto.type.Msg;
import dev.sixin.proto.type.RecverType;
import dev.sixin.refusal.Code;
import dev.sixin.refusal.Refusal;
import dev.sixin.relation.Relations;
import dev.sixin.site.SiteTables;
import dev.sixin.store.Bulk;
import dev.sixin.store.Key;
import dev.sixin.store.Order;
import dev.sixin.store.Partition;
import dev.sixin.store.Rows;
import dev.sixin.store.Store;
import dev.sixin.user.Preference;
import dev.sixin.user.Users;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Stream;

/// Sending, reading and taking back messages.
public final class Messages {
  /// The most messages that one page may hold.
  public static final int MAX_PAGE = 2_000;

  /// `msg_status` of a message that nobody took back.
  static final int STANDING = 0;

  /// `msg_status` of a message that its sender took back.
  static final int RECALLED = 1;

  /// `msg_status` of a message that the site took back: nobody reads it any more.
  static final int CANCELLED = 2;

  /// What a page may weigh: clients refuse answers above 4 MiB. A page that grows heavier ends
  /// early and says that there is more.
  private static final int MAX_PAGE_BYTES = 3 << 20;

  private static final int ERASED_AT_ONCE = 200;

  private final Store store;
  private final Users users;
  private final Replying replying;
  private final boolean maintenance;
  private final PrivateTalk privateTalk;
  private final GroupTalk groupTalk;
  private final Mailings mailings;

  /// What sending depends on beside the store.
  ///
  /// @param content what a message may hold
  /// @param site emotes and keyword rules
  /// @param rates how much a sender may send
  /// @param maintenance whether users can not send now; the site still can
  /// @param node the number of this server, 0 to 1023, part of every msg_key
  public record Rules(
      Content content, SiteTables site, Rates rates, boolean maintenance, int node) {
    /// Checks the node.
    public Rules {
      if (node < 0 || node >= MessageKey.NODES) {
        throw new IllegalArgumentException("node: %d (expected: 0 to 1023)".formatted(node));
      }
    }
  }

  /// Messages kept in a store.
  public Messages(Store store, Users users, Relations relations, Rules rules) {
    this.store = store;
    this.users = users;
    Sending sending = new Sending(store, users, rules);
    this.replying = new Replying(sending, users, rules.node());
    this.maintenance = rules.maintenance();
    this.privateTalk = new PrivateTalk(sending, users, replying, rules.node());
    this.groupTalk = new GroupTalk(sending, rules.node());
    this.mailings = new Mailings(store, sending, users, relations, rules.node());
  }

  /// Sends a message, or takes one back when it is of type 5. The answer comes once it is durable.
  ///
  /// A retry (same sender, same non-zero cli_msg_id) gets the first message again, whatever has
  /// become of the other conditions meanwhile.
  ///
  /// @param draft what the sender decides: sender, receivers, type, content, mentions, cli_msg_id,
  ///   msg_source
  /// @param bySite whether the site sends on the sender's behalf: any type, no ban, no keyword
  ///   rule, no stranger rule, no rate
  /// @return the message as stored
  public CompletableFuture<Msg> send(Msg draft, boolean bySite) {
    checkBody(draft);
    Author author = new Author(users.get(draft.getSenderUid()), bySite);
    return switch (draft.getReceiverType()) {
      case EN_RECVER_TYPE_GROUP -> groupTalk.send(draft, author);
      case EN_RECVER_TYPE_PEERS -> mailings.send(draft, author);
      default -> privateTalk.send(draft, author);
    };
  }

  /// What is answered in a user's name to somebody who begins to follow them: an event for their
  /// conversation, which decides whether it is due. Nothing while users can not send.
  public Optional<Happening> replyToFollower(long followerUid, long uid) {
    return maintenance
        ? Optional.empty()
        : replying.toFollower(followerUid, uid).map(event -> event);
  }

  private static void checkBody(Msg draft) {
    boolean toMany = draft.getReceiverType() == RecverType.EN_RECVER_TYPE_PEERS;
    boolean toNobody = toMany ? draft.getRecverIdsCount() == 0 : draft.getReceiverId() == 0;
    if (draft.getReceiverType() == RecverType.EN_NO_MEANING
        || toNobody
        || draft.getMsgTypeValue() == 0
        || draft.getContent().isEmpty()) {
      throw Refusal.of(
          Code.BAD_REQUEST, "msg: receiver_type, a receiver, msg_type and content are required");
    }
    if (draft.getReceiverType() == RecverType.UNRECOGNIZED) {
      throw Refusal.of(
          Code.BAD_PARAMETER,
          "msg.receiver_type: %d (expected: 1, 2 or 3)".formatted(draft.getReceiverTypeValue()));
    }
    Refusal.require("msg.at_uids", draft.getAtUidsCount(), 0, GroupTalk.MAX_MENTIONS);
    Refusal.require("msg.recver_ids", draft.getRecverIdsCount(), 0, Mailings.MAX_RECEIVERS);
  }

  /// Takes any message back on the site's word.
  ///
  /// @param uid either side of a private conversation; not looked at for a group
  public void recallBySite(long uid, Talker talker, long msgKey) {
    Bulk.await(
        store.transact(
            Entity.conversation(uid, talker),
            log -> {
              if (talker.isUser()) {
                privateTalk.recallBySite(log, msgKey);
              } else {
                groupTalk.recallBySite(log, msgKey);
              }
              return null;
            }));
  }

  /// Some messages of a conversation.
  ///
  /// @param messages in the order that was asked for
  /// @param hasMore whether the range holds more
  /// @param oneMessageTip whether the reader is to be told that one message is allowed
  public record History(List<Msg> messages, boolean hasMore, boolean oneMessageTip) {}

  /// A stretch of a conversation: begin < seqno < end, 0: open.
  public record Stretch(long begin, long end) {}

  /// Reads a user's conversation with a talker: the first `limit` messages of a stretch in an
  /// order. What the site took back is not there.
  public History history(long uid, Talker talker, Stretch stretch, Order order, int limit) {
    Rows log = store.rows(Entity.conversation(uid, talker));
    long joined = talker.isUser() ? 0 : GroupTalk.reader(log, uid).getJoinedSeqno();
    // There is nothing below the horizon, but a walk over what was removed may be long.
    long horizon = Conversation.head(log).getHorizon().getSeqno();
    long begin =
        Stream.of(stretch.begin(), joined, horizon).max(Long::compareUnsigned).orElseThrow();
    Walk walk = new Walk(log, begin, stretch.end(), order, limit + 1); // one tells of more
    boolean tip = talker.isUser() && isToldOfOneMessage(log, uid, talker.id());
    return page(walk::next, mailings::complete, limit, tip);
  }

  private static History page(
      Supplier<Optional<MessageRow>> rows,
      Function<MessageRow, Msg> complete,
      int limit,
      boolean tip) {
    List<Msg> messages = new ArrayList<>();
    int bytes = 0;
    Optional<MessageRow> next = rows.get();
    while (next.isPresent() && messages.size() < limit && bytes < MAX_PAGE_BYTES) {
      Msg msg = complete.apply(next.get());
      messages.add(msg);
      bytes += msg.getSerializedSize();
      next = rows.get();
    }
    return new History(messages, next.isPresent(), tip);
  }

  /// Reads several groups as one, oldest first, as the fan-group helper shows them: the first
  /// `limit` messages after a msg_key. Groups that cannot be read by this user (any more) are left
  /// out.
  public History collected(long uid, List<Long> groupIds, long afterKey, int limit) {
    return store.read(
        view -> {
          List<Walk> walks =
              view
                  .readAll(
                      groupIds,
                      id -> GroupTalk.after(view.rows(Entity.group(id)), uid, afterKey, limit + 1))
                  .stream()
                  .flatMap(Optional::stream)
                  .toList();
          return page(new Interleaved(walks)::next, MessageRow::getMsg, limit, false);
        });
  }

  /// The greatest msg_key in some groups; 0 when nothing was said in any.
  public long newestKey(List<Long> groupIds) {
    return store.readAll(groupIds, id -> Log.lastKey(store.rows(Entity.group(id)))).stream()
        .max(Long::compareUnsigned)
        .orElse(0L);
  }

  /// When the last message was written in any of some groups, as [Partition#micros]; 0 when nothing
  /// was said in any.
  public long lastMicros(List<Long> groupIds) {
    return store.readAll(groupIds, id -> Conversation.head(store.rows(Entity.group(id)))).stream()
        .mapToLong(ConversationHead::getLastMicros)
        .max()
        .orElse(0);
  }

  private boolean isToldOfOneMessage(Rows log, long uid, long talkerUid) {
    ConversationHead head = Conversation.head(log);
    return uid != talkerUid
        && !Side.LOWER.hasWritten(head)
        && !Side.HIGHER.hasWritten(head)
        && users.find(talkerUid).isPresent()
        && Preference.RECEIVE_UNFOLLOW_MSG.isOn(users.preferences(talkerUid))
        && !Author.isOfficial(users.get(uid))
        && !Side.of(talkerUid, uid).stance(head).getFollows();
  }

  /// What one step of an erasure did.
  ///
  /// @param erased how many messages lost their content
  /// @param last where the next step goes on; empty when the end was reached
  public record Erased(int erased, Optional<Long> last) {}

  /// Erases what a user said in some of a conversation, whoever may read it now: contents go,
  /// statuses and counts stay.
  ///
  /// @param after the message after which to go on; 0: at the beginning
  public Erased eraseSome(long uid, Talker talker, long after) {
    Key conversation = Entity.conversation(uid, talker);
    List<MessageRow> some =
        Log.between(store.rows(conversation), after, 0, Order.ASCENDING, ERASED_AT_ONCE);
    List<Long> said = some.stream().filter(row -> isErasable(uid, row)).map(Log::seqno).toList();
    int erased =
        said.isEmpty() ? 0 : Bulk.await(store.transact(conversation, log -> blank(log, said)));
    boolean more = some.size() == ERASED_AT_ONCE;
    return new Erased(erased, more ? Optional.of(Log.seqno(some.getLast())) : Optional.empty());
  }

  private static boolean isErasable(long uid, MessageRow row) {
    Msg msg = row.getMsg();
    return msg.getSenderUid() == uid
        && !Types.isRecall(msg.getMsgTypeValue())
        && !Blank.of(row).build().equals(row);
  }

  private static int blank(Partition log, List<Long> seqnos) {
    for (long seqno : seqnos) {
      Log.message(log, seqno).ifPresent(row -> Log.put(log, Blank.of(row).build()));
    }
    return seqnos.size();
  }

  /// Erases the contents that a user sent to many at once.
  ///
  /// @return whether more is left
  public boolean eraseSomeMailings(long uid) {
    return mailings.eraseSome(uid);
  }

  /// The message with a number in a user's conversation with a talker.
  public Optional<Msg> find(long uid, Talker talker, long seqno) {
    return Log.message(store.rows(Entity.conversation(uid, talker)), seqno).map(mailings::complete);
  }

  /// Where a message stands.
  ///
  /// @param talker with whom a user has the conversation
  public record Place(Talker talker, long seqno) {}

  /// As [#find(long, Talker, long)], those of several messages that are there.
  public Map<Place, Msg> find(long uid, List<Place> places) {
    Map<Place, Msg> found = new HashMap<>();
    List<Optional<Msg>> messages =
        store.readAll(places, place -> find(uid, place.talker(), place.seqno()));
    for (int i = 0; i < places.size(); i++) {
      Place place = places.get(i);
      messages.get(i).ifPresent(msg -> found.put(place, msg));
    }
    return found;
  }

  /// Moves a user's read position forward; one that is not ahead stays.
  ///
  /// @param ackSeqno the last message that was read; 0 or beyond the end: the last there is
  public void read(long uid, Talker talker, long ackSeqno) {
    Bulk.await(readTo(uid, talker, ackSeqno));
  }

  private CompletableFuture<Void> readTo(long uid, Talker talker, long ackSeqno) {
    return store.transact(
        Entity.conversation(uid, talker),
        log -> {
          if (!talker.isUser()) {
            GroupTalk.reader(log, uid);
          }
          ConversationHead head = Conversation.head(log);
          if (ackSeqno != 0 && Long.compareUnsigned(ackSeqno, head.getHorizon().getSeqno()) < 0) {
            return null; // no position lies there
          }
          long last = head.getLastSeqno();
          boolean all = ackSeqno == 0 || Long.compareUnsigned(ackSeqno, last) >= 0;
          log.tell(
              Entity.inbox(uid),
              all
                  ? new Read(talker, log.micros(), last, Totals.NONE, Side.GROUP.of(head))
                  : partlyRead(log, uid, talker, ackSeqno));
          return null;
        });
  }

  /// Reads a user's groups as far as they went when their sessions were looked at. Groups that the
  /// user can no longer read are left out.
  public void readGroups(long uid, List<SessionRow> sessions) {
    Bulk.run(
        sessions.stream().filter(Messages::isBehind).toList(),
        session -> {
          Talker talker = Talker.group(session.getInfo().getTalkerId());
          return readTo(uid, talker, session.getInfo().getMaxSeqno())
              .exceptionally(Messages::unlessRefused);
        });
  }

  private static boolean isBehind(SessionRow session) {
    return session.getInfo().getAckSeqno() != session.getInfo().getMaxSeqno();
  }

  private static Void unlessRefused(Throwable thrown) {
    Throwable cause = thrown instanceof CompletionException ? thrown.getCause() : thrown;
    if (cause instanceof Refusal) {
      return null;
    }
    throw new CompletionException(cause);
  }

  private static Read partlyRead(Partition log, long uid, Talker talker, long seqno) {
    if (!talker.isUser()) {
      Totals written = Log.writtenUpTo(log, Side.GROUP, seqno);
      return new Read(talker, log.micros(), seqno, Totals.NONE, written);
    }
    Totals unread = Log.unreadAfter(log, seqno, uid, talker.id());
    return new Read(talker, log.micros(), seqno, unread, Totals.NONE);
  }

  /// Takes a session out of its owner's lists until the next message; reads and unpins it.
  public void remove(long uid, Talker talker) {
    Bulk.await(
        store.transact(
            Entity.conversation(uid, talker),
            log -> {
              ConversationHead head = Conversation.head(log);
              log.tell(
                  Entity.inbox(uid),
                  new Removed(talker, log.micros(), head.getLastSeqno(), Side.GROUP.of(head)));
              return null;
            }));
  }
}
