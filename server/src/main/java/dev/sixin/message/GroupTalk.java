package dev.sixin.message;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.sixin.admin.v1.PutGroupRequest;
import dev.sixin.admin.v1.PutGroupRequest.Status;
import dev.sixin.entity.Conversation;
import dev.sixin.entity.Entity;
import dev.sixin.entity.Happening.GroupLine;
import dev.sixin.entity.Happening.Mentioned;
import dev.sixin.entity.Happening.MessageArrived;
import dev.sixin.entity.News.Said;
import dev.sixin.entity.Talker;
import dev.sixin.entity.Totals;
import dev.sixin.entity.rows.ConversationHead;
import dev.sixin.entity.rows.HorizonRow;
import dev.sixin.entity.rows.MemberRow;
import dev.sixin.entity.rows.MessageRow;
import dev.sixin.entity.rows.SessionRow;
import dev.sixin.group.FanGroups;
import dev.sixin.message.Log.Appended;
import dev.sixin.message.Rates.Permit;
import dev.sixin.message.Sending.Checked;
import dev.sixin.proto.type.Msg;
import dev.sixin.proto.type.RecverType;
import dev.sixin.refusal.Code;
import dev.sixin.refusal.Refusal;
import dev.sixin.session.Inbox;
import dev.sixin.store.Order;
import dev.sixin.store.Partition;
import dev.sixin.store.Rows;
import dev.sixin.store.View;
import java.math.BigInteger;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/// Messages in fan groups. A message is written once, whatever the size of the group: members read
/// it from the group's log. Only the sender's inbox and those of mentioned members are touched.
public final class GroupTalk {
  /// The most members that one message may mention.
  static final int MAX_MENTIONS = 100;

  /// The source of lines that a group writes itself; the interface does not name it.
  private static final int SOURCE_GROUP_LINE = 13;

  private final Sending sending;
  private final int node;

  GroupTalk(Sending sending, int node) {
    this.sending = sending;
    this.node = node;
  }

  /// Sends a message, or takes one back when it is of type 5.
  CompletableFuture<Msg> send(Msg draft, Author author) {
    Checked checked = sending.check(draft, author);
    return sending.transact(
        Entity.group(draft.getReceiverId()),
        draft,
        author,
        (log, permit) -> {
          PutGroupRequest group = existing(log);
          Refusal.throwIf(checked.objection());
          if (group.getStatus() != Status.NORMAL) {
            throw Refusal.of(Code.GROUP_DISSOLVED);
          }
          if (!author.bySite() && FanGroups.member(log, draft.getSenderUid()).isEmpty()) {
            throw Refusal.of(Code.NOT_IN_GROUP);
          }
          return append(log, checked.draft(), author, permit);
        });
  }

  private static PutGroupRequest existing(Rows group) {
    return FanGroups.description(group)
        .orElseThrow(() -> Refusal.of(Code.NOT_FOUND, "receiver_id: no group has this number"));
  }

  private Msg append(Partition log, Msg draft, Author author, Permit permit) {
    long withdrawn =
        draft.getMsgTypeValue() == Types.DRAW_BACK
            ? Log.seqno(Recall.byOwner(log, draft).target())
            : 0;
    permit.require();
    Msg msg = write(log, draft, author, permit);
    log.announce(new Said(msg, withdrawn));
    for (long uid : msg.getAtUidsList()) {
      if (uid != msg.getSenderUid() && FanGroups.member(log, uid).isPresent()) {
        log.tell(Entity.inbox(uid), new Mentioned(msg.getReceiverId(), msg.getMsgSeqno()));
      }
    }
    return msg;
  }

  private Msg write(Partition log, Msg draft, Author author, Permit permit) {
    MessageRow row = MessageRow.newBuilder().setMsg(draft).build();
    Appended appended = Log.append(log, row, Side.GROUP, author.user().getBusiness(), node);
    Msg msg = appended.msg();
    log.tell(
        Entity.inbox(msg.getSenderUid()),
        new MessageArrived(
            Talker.group(msg.getReceiverId()),
            msg.getMsgSeqno(),
            true,
            Side.GROUP.of(appended.head()),
            0,
            permit.isMetered()));
    return msg;
  }

  /// The site takes a message of a group back.
  void recallBySite(Partition log, long msgKey) {
    existing(log);
    Recall recall = Recall.bySite(log, msgKey);
    MessageRow line = MessageRow.newBuilder().setMsg(recall.siteLine()).build();
    Appended appended = Log.append(log, line, Side.GROUP, false, node);
    log.announce(new Said(appended.msg(), Log.seqno(recall.target())));
  }

  /// Something happened to the group. Called by the store with the event.
  public static void line(Partition log, GroupLine event) {
    String content =
        JsonNodeFactory.instance
            .objectNode()
            .put("group_id", new BigInteger(Long.toUnsignedString(event.groupId())))
            .put("content", event.text())
            .toString();
    Msg line =
        Msg.newBuilder()
            .setReceiverType(RecverType.EN_RECVER_TYPE_GROUP)
            .setReceiverId(event.groupId())
            .setMsgTypeValue(event.msgType())
            .setContent(content)
            .setMsgSourceValue(SOURCE_GROUP_LINE)
            .build();
    MessageRow row = MessageRow.newBuilder().setMsg(line).build();
    log.announce(new Said(Log.append(log, row, Side.GROUP, false, event.node()).msg()));
  }

  /// The membership of somebody who reads; refuses when the group is dissolved or theirs no longer.
  static MemberRow reader(Rows group, long uid) {
    if (existing(group).getStatus() == Status.DISSOLVED) {
      throw Refusal.of(Code.GROUP_DISSOLVED);
    }
    return FanGroups.member(group, uid).orElseThrow(() -> Refusal.of(Code.NOT_IN_GROUP));
  }

  /// What a user can read of a group after a msg_key, oldest first; empty when the group is
  /// dissolved or the user not in it.
  ///
  /// @param wanted about how many will be asked for
  static Optional<Walk> after(Rows group, long uid, long msgKey, int wanted) {
    if (isDissolved(group)) {
      return Optional.empty();
    }
    return FanGroups.member(group, uid)
        .map(
            member -> {
              long known =
                  Log.lastUpToKey(group, msgKey).map(row -> row.getMsg().getMsgSeqno()).orElse(0L);
              return new Walk(
                  group, Math.max(known, member.getJoinedSeqno()), 0, Order.ASCENDING, wanted);
            });
  }

  private static boolean isDissolved(Rows group) {
    return FanGroups.description(group)
        .map(description -> description.getStatus() == Status.DISSOLVED)
        .orElse(true);
  }

  /// What all had written in a group up to a message that is kept, or the last one that is not.
  public static Totals writtenUpTo(Rows group, long seqno) {
    return Log.writtenUpTo(group, Side.GROUP, seqno);
  }

  /// A session with a group as its owner sees it now. The numbers come from the group's head.
  public static Optional<SessionRow> session(View view, long uid, SessionRow stored) {
    Rows group = view.rows(Entity.group(stored.getInfo().getTalkerId()));
    FanGroups.expectDescription(group);
    Conversation.expectHead(group);
    if (isDissolved(group) || !stored.getGroup().getMember()) {
      return Optional.empty();
    }
    ConversationHead head = Conversation.head(group);
    HorizonRow horizon = head.getHorizon();
    SessionRow.Builder session = stored.toBuilder();
    if (Long.compareUnsigned(stored.getInfo().getAckSeqno(), horizon.getSeqno()) < 0) {
      Inbox.readGroup(session, horizon.getSeqno(), Side.GROUP.of(horizon)); // it is gone
    }
    long last = head.getLastSeqno();
    Totals unread = Side.GROUP.of(head).since(Totals.of(session.getOthers()));
    if (unread.countable() > 0) {
      unread = unread.since(Log.recalledAfter(group, session.getInfo().getAckSeqno(), uid));
    }
    session
        .getInfoBuilder()
        .setMaxSeqno(last)
        .setUnreadCount(Math.toIntExact(unread.countable()))
        .setBizMsgUnreadCount(Math.toIntExact(unread.business()));
    if (last > stored.getGroup().getJoinedSeqno()) {
      session.getInfoBuilder().setSessionTs(head.getLastMicros());
    }
    boolean news = last > stored.getGroup().getHiddenSeqno();
    boolean shown = (stored.getListed() || news) && !stored.getGroup().getHelper();
    return Optional.of(session.setListed(shown).build());
  }
}
