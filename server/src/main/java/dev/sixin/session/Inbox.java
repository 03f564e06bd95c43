package dev.sixin.session;

import dev.sixin.entity.Day;
import dev.sixin.entity.Happening.Expired;
import dev.sixin.entity.Happening.FollowChanged;
import dev.sixin.entity.Happening.Joined;
import dev.sixin.entity.Happening.Left;
import dev.sixin.entity.Happening.Mentioned;
import dev.sixin.entity.Happening.MessageArrived;
import dev.sixin.entity.Happening.MessageRecalled;
import dev.sixin.entity.Happening.Read;
import dev.sixin.entity.Happening.Removed;
import dev.sixin.entity.News.GroupJoined;
import dev.sixin.entity.News.GroupLeft;
import dev.sixin.entity.News.ReadFurther;
import dev.sixin.entity.News.SessionChanged;
import dev.sixin.entity.Seqno;
import dev.sixin.entity.Stored;
import dev.sixin.entity.Talker;
import dev.sixin.entity.Totals;
import dev.sixin.entity.rows.InboxHead;
import dev.sixin.entity.rows.SessionRow;
import dev.sixin.entity.rows.UnreadRow;
import dev.sixin.proto.type.SessionInfo;
import dev.sixin.store.Key;
import dev.sixin.store.Partition;
import dev.sixin.store.Rows;
import dev.sixin.store.Table;
import java.util.function.Consumer;

/// An inbox while it is changed. Every change is an edit of one session row; [#edit] moves the rows
/// and totals that follow from it.
public final class Inbox {
  /// All rows of inbox entities.
  public static final Table TABLE = Table.of("inbox");

  static final Key HEAD = Key.of(0);
  static final Key SESSION = Key.of(1);
  static final Key ORDER = Key.of(2);
  static final Key ACKED = Key.of(3);
  static final Key PINNED = Key.of(4);
  static final Key DEVICE = Key.of(5);

  private static final byte[] NOTHING = new byte[0];

  private final Partition rows;

  Inbox(Partition rows) {
    this.rows = rows;
  }

  /// A message came. Called by the store with the event.
  public static void arrived(Partition rows, MessageArrived event) {
    Inbox inbox = new Inbox(rows);
    SessionRow before = inbox.session(event.talker());
    if (event.talker().isUser()) {
      inbox.arrivedFromUser(before, event);
    } else if (Long.compareUnsigned(event.seqno(), before.getInfo().getAckSeqno()) > 0) {
      // Also for the site's messages in the name of somebody who is no member: the inbox knows all
      // conversations that its user wrote into.
      inbox.write(
          before,
          after -> readGroup(after, event.seqno(), event.othersTotals()),
          head -> inbox.meter(head, event));
    }
  }

  private void arrivedFromUser(SessionRow before, MessageArrived event) {
    if (Long.compareUnsigned(event.seqno(), before.getInfo().getMaxSeqno()) <= 0) {
      return; // told before
    }
    write(
        before,
        after -> {
          SessionInfo.Builder info =
              after
                  .getInfoBuilder()
                  .setMaxSeqno(event.seqno())
                  .setSessionTs(rows.micros())
                  .setSystemMsgType(event.systemMsgType());
          if (event.mine()) {
            info.setAckSeqno(event.seqno());
            setUnread(info, Totals.NONE);
          } else {
            // An inbox that was erased begins anew, in a conversation whose beginning may be gone.
            Totals known = Totals.of(before.getOthers()).orLater(event.othersGone());
            Totals news = event.othersTotals().since(known);
            setUnread(info, unread(before).plus(news));
          }
          after.setListed(true).setOthers(event.othersTotals().toRow());
        },
        head -> meter(head, event));
  }

  /// Counts a message against its sender's day. Only an event that changed the session comes here,
  /// so one that is told again counts once.
  private void meter(InboxHead.Builder head, MessageArrived event) {
    if (!event.metered()) {
      return;
    }
    long today = Day.of(rows.seconds());
    head.setSentCount(head.getSentDay() == today ? head.getSentCount() + 1 : 1).setSentDay(today);
  }

  /// A message was recalled. Called by the store with the event.
  public static void recalled(Partition rows, MessageRecalled event) {
    Inbox inbox = new Inbox(rows);
    SessionRow before = inbox.session(event.talker());
    SessionInfo info = before.getInfo();
    boolean wasUnread = Long.compareUnsigned(event.targetSeqno(), info.getAckSeqno()) > 0;
    boolean isNow = event.lineSeqno() == info.getMaxSeqno();
    if (isNow && wasUnread && isNew(before, event.change())) {
      inbox.write(
          before,
          after -> {
            setUnread(after.getInfoBuilder(), unread(before).since(event.counted()));
            after.setConversationChange(event.change());
          },
          _ -> {});
    }
  }

  /// The owner read. Called by the store with the event.
  public static void read(Partition rows, Read event) {
    Inbox inbox = new Inbox(rows);
    SessionRow before = inbox.session(event.talker());
    SessionInfo info = before.getInfo();
    boolean behind = Long.compareUnsigned(event.seqno(), info.getAckSeqno()) < 0;
    boolean empty = event.seqno() == 0 || info.getMaxSeqno() == 0;
    if (behind || (event.talker().isUser() && empty)) {
      return; // read positions only move forward
    }
    inbox.editOnce(
        before,
        event.change(),
        after -> {
          after.getInfoBuilder().setAckTs(rows.micros());
          if (event.talker().isUser()) {
            setUnread(after.getInfoBuilder().setAckSeqno(event.seqno()), event.unread());
          } else {
            readGroup(after, event.seqno(), event.totals());
          }
        });
  }

  /// The beginning of a private conversation is not kept any more: what is gone is as good as read.
  /// Called by the store with the event.
  public static void expired(Partition rows, Expired event) {
    Inbox inbox = new Inbox(rows);
    SessionRow before = inbox.session(event.talker());
    SessionInfo info = before.getInfo();
    boolean read = Long.compareUnsigned(event.seqno(), info.getAckSeqno()) <= 0;
    if (read || info.getMaxSeqno() == 0) {
      return;
    }
    inbox.editOnce(
        before,
        event.change(),
        after -> setUnread(after.getInfoBuilder().setAckSeqno(event.seqno()), event.unread()));
  }

  /// The owner removed the session; all of it is read. Called by the store with the event.
  public static void removed(Partition rows, Removed event) {
    Inbox inbox = new Inbox(rows);
    SessionRow before = inbox.session(event.talker());
    boolean present = event.talker().isUser() ? before.getListed() : before.getGroup().getMember();
    boolean news = Long.compareUnsigned(event.seqno(), before.getInfo().getMaxSeqno()) < 0;
    if (!present || news) {
      return;
    }
    inbox.editOnce(
        before,
        event.change(),
        after -> {
          SessionInfo.Builder info = after.getInfoBuilder();
          info.setAckSeqno(event.seqno()).setAckTs(rows.micros()).clearAtSeqno().clearTopTs();
          setUnread(info, Totals.NONE);
          after.setListed(false);
          if (!event.talker().isUser()) {
            after.setOthers(event.totals().toRow());
            after.getGroupBuilder().setHiddenSeqno(event.seqno());
          }
        });
  }

  /// Moves the read position of a session with a group.
  ///
  /// @param totals what all had written up to it
  public static void readGroup(SessionRow.Builder session, long seqno, Totals totals) {
    SessionInfo.Builder info = session.getInfoBuilder().setAckSeqno(seqno);
    if (Long.compareUnsigned(info.getAtSeqno(), seqno) <= 0) {
      info.clearAtSeqno();
    }
    session.setOthers(totals.toRow());
  }

  /// The owner was mentioned in a group. Called by the store with the event.
  public static void mentioned(Partition rows, Mentioned event) {
    Inbox inbox = new Inbox(rows);
    SessionRow before = inbox.session(Talker.group(event.groupId()));
    SessionInfo info = before.getInfo();
    boolean unread = Long.compareUnsigned(event.seqno(), info.getAckSeqno()) > 0;
    if (unread && Long.compareUnsigned(event.seqno(), info.getAtSeqno()) > 0) {
      inbox.write(before, after -> after.getInfoBuilder().setAtSeqno(event.seqno()), _ -> {});
    }
  }

  /// The owner joined a group. Called by the store with the event.
  public static void joined(Partition rows, Joined event) {
    Inbox inbox = new Inbox(rows);
    SessionRow before = inbox.session(Talker.group(event.groupId()));
    inbox.editOnce(
        before,
        event.change(),
        after -> {
          after.getInfoBuilder().setAckSeqno(event.seqno()).setSessionTs(rows.micros());
          after
              .getGroupBuilder()
              .setMember(true)
              .setJoinedMicros(rows.micros())
              .setJoinedSeqno(event.seqno())
              .setHiddenSeqno(0);
          after.setListed(true).setOthers(event.totals().toRow());
          rows.announce(new GroupJoined(event.groupId(), event.seqno()));
        });
  }

  /// The owner is no longer in a group. Called by the store with the event.
  public static void left(Partition rows, Left event) {
    Inbox inbox = new Inbox(rows);
    inbox.editOnce(
        inbox.session(Talker.group(event.groupId())),
        event.change(),
        after -> {
          after.getGroupBuilder().setMember(false);
          after.getInfoBuilder().clearTopTs().clearAtSeqno();
          after.setListed(false);
          rows.announce(new GroupLeft(event.groupId()));
        });
  }

  /// The owner has read the fan-group helper up to a msg_key; read positions only move forward.
  void readHelper(long msgKey) {
    InboxHead head = head();
    if (Long.compareUnsigned(msgKey, head.getHelperAck()) > 0) {
      InboxHead after =
          head.toBuilder()
              .setHelperAck(msgKey)
              .setLatestSeqno(numberAfter(head.getLatestSeqno()))
              .build();
      rows.put(TABLE, HEAD, after.toByteArray());
      rows.announce(new SessionChanged(Talker.NOBODY));
    }
  }

  private static Totals unread(SessionRow session) {
    SessionInfo info = session.getInfo();
    return new Totals(info.getUnreadCount(), info.getBizMsgUnreadCount());
  }

  static void setUnread(SessionInfo.Builder info, Totals unread) {
    info.setUnreadCount(Math.toIntExact(unread.countable()))
        .setBizMsgUnreadCount(Math.toIntExact(unread.business()));
  }

  /// The owner follows somebody, or no longer does. Called by the store with the event.
  public static void followChanged(Partition rows, FollowChanged event) {
    Inbox inbox = new Inbox(rows);
    SessionRow before = inbox.session(Talker.user(event.talkerUid()));
    if (Long.compareUnsigned(event.change(), before.getRelationsChange()) > 0) {
      inbox.edit(
          before,
          after -> {
            after.setRelationsChange(event.change());
            after.getInfoBuilder().setIsFollow(event.follows() ? 1 : 0);
          });
    }
  }

  /// The session with a talker; one that says nothing when there is none yet.
  SessionRow session(Talker talker) {
    return session(rows, talker);
  }

  /// Where the session with a talker stands.
  static Key row(Talker talker) {
    return SESSION.append(talker.key());
  }

  /// The session with a talker as an inbox keeps it; one that says nothing when there is none yet.
  public static SessionRow session(Rows rows, Talker talker) {
    byte[] value = rows.get(TABLE, row(talker));
    return value != null
        ? parse(value)
        : SessionRow.newBuilder()
            .setInfo(
                SessionInfo.newBuilder().setTalkerId(talker.id()).setSessionType(talker.type()))
            .build();
  }

  static SessionRow parse(byte[] value) {
    return Stored.parse(value, SessionRow.getDefaultInstance());
  }

  InboxHead head() {
    return head(rows);
  }

  static InboxHead head(Rows rows) {
    return Stored.parse(rows.get(TABLE, HEAD), InboxHead.getDefaultInstance());
  }

  /// Changes a session as its conversation did, unless that was told before, or what came after it.
  private void editOnce(SessionRow before, long change, Consumer<SessionRow.Builder> edit) {
    if (change == 0) {
      edit(before, edit);
    } else if (isNew(before, change)) {
      edit(before, edit.andThen(after -> after.setConversationChange(change)));
    }
  }

  private static boolean isNew(SessionRow before, long change) {
    return Long.compareUnsigned(change, before.getConversationChange()) > 0;
  }

  /// Changes a session, and with it its places in the orders and its share of the totals. An edit
  /// that changes nothing writes nothing.
  void edit(SessionRow before, Consumer<SessionRow.Builder> change) {
    if (write(before, change, _ -> {})) {
      rows.announce(new SessionChanged(talker(before)));
    }
  }

  /// As [#edit], with nothing announced but that the owner has read further: what the conversation
  /// announces says the rest.
  private boolean write(
      SessionRow before,
      Consumer<SessionRow.Builder> change,
      Consumer<InboxHead.Builder> headChange) {
    SessionRow.Builder builder = before.toBuilder();
    change.accept(builder);
    SessionRow after = builder.build();
    if (after.equals(before)) {
      return false;
    }
    move(orderKey(before), orderKey(after));
    move(ackedKey(before), ackedKey(after));
    move(pinnedKey(before), pinnedKey(after));
    rows.put(TABLE, row(talker(after)), after.toByteArray());

    InboxHead.Builder head = head().toBuilder();
    count(head, before, -1);
    count(head, after, 1);
    long seqno = Math.max(head.getLatestSeqno(), seqnoOf(after));
    head.setLatestSeqno(numberAfter(seqno));
    headChange.accept(head);
    rows.put(TABLE, HEAD, head.build().toByteArray());
    SessionInfo info = after.getInfo();
    boolean isFurther =
        Long.compareUnsigned(info.getAckSeqno(), before.getInfo().getAckSeqno()) > 0;
    if (isFurther && talker(after).isUser()) {
      rows.announce(new ReadFurther(info.getTalkerId(), info.getAckSeqno()));
    }
    return true;
  }

  private long numberAfter(long seqno) {
    return Math.max(seqno + 1, Seqno.at(rows.micros()));
  }

  static Talker talker(SessionRow session) {
    return Talker.of(session.getInfo());
  }

  /// A group's numbers are small and dense, so only those of users bound `lastest_seqno` from
  /// below.
  private static long seqnoOf(SessionRow session) {
    return talker(session).isUser() ? session.getInfo().getMaxSeqno() : 0;
  }

  private void move(Key from, Key to) {
    if (from != null && !from.equals(to)) {
      rows.delete(TABLE, from);
    }
    if (to != null && !to.equals(from)) {
      rows.put(TABLE, to, NOTHING);
    }
  }

  static Key orderKey(SessionRow session) {
    // Groups are few, and their news is in their own heads: they are merged in when a list is read.
    return !session.getListed() || !talker(session).isUser()
        ? null
        : ORDER
            .u8(Folder.of(session).code())
            .u64Descending(session.getInfo().getSessionTs())
            .append(talker(session).key());
  }

  static Key ackedKey(SessionRow session) {
    // Whether a group is listed is known when it is read: a message shows it again and changes no
    // row here.
    boolean mayBeListed =
        talker(session).isUser() ? session.getListed() : session.getGroup().getMember();
    return !mayBeListed || session.getInfo().getAckTs() == 0
        ? null
        : ACKED.u64Descending(session.getInfo().getAckTs()).append(talker(session).key());
  }

  static Key pinnedKey(SessionRow session) {
    return !isPinned(session)
        ? null
        : PINNED.u64Descending(session.getInfo().getTopTs()).append(talker(session).key());
  }

  static boolean isPinned(SessionRow session) {
    return session.getListed() && session.getInfo().getTopTs() != 0;
  }

  static void count(InboxHead.Builder head, SessionRow session, long sign) {
    if (isPinned(session)) {
      head.setPins(Math.toIntExact(head.getPins() + sign));
    }
    SessionInfo info = session.getInfo();
    if (!session.getListed()
        || !talker(session).isUser()
        || info.getIsDnd() != 0
        || info.getUnreadCount() == 0) {
      return;
    }
    UnreadRow.Builder unread =
        switch (Folder.of(session)) {
          case FOLLOWED, SYSTEM -> head.getFollowedBuilder();
          case TRUSTED, STRANGER -> head.getUnfollowedBuilder();
          case DUSTBIN -> head.getDustbinBuilder();
        };
    unread
        .setMessages(unread.getMessages() + sign * info.getUnreadCount())
        .setBusiness(unread.getBusiness() + sign * info.getBizMsgUnreadCount())
        .setSessions(unread.getSessions() + sign);
  }
}
