package dev.sixin.session;

import dev.sixin.entity.Happening.FollowChanged;
import dev.sixin.entity.Happening.MessageArrived;
import dev.sixin.entity.Seqno;
import dev.sixin.entity.Stored;
import dev.sixin.entity.Talker;
import dev.sixin.entity.Totals;
import dev.sixin.entity.rows.InboxHead;
import dev.sixin.entity.rows.SessionRow;
import dev.sixin.entity.rows.TotalsRow;
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
    if (Long.compareUnsigned(event.seqno(), before.getInfo().getMaxSeqno()) <= 0) {
      return; // told before
    }
    inbox.edit(
        before,
        after -> {
          SessionInfo.Builder info =
              after
                  .getInfoBuilder()
                  .setMaxSeqno(event.seqno())
                  .setSessionTs(rows.micros())
                  .setSystemMsgType(event.systemMsgType());
          Totals others = event.othersTotals();
          if (event.mine()) {
            info.setAckSeqno(event.seqno())
                .setUnreadCount(0)
                .setBizMsgUnreadCount(0)
                .clearAtSeqno();
          } else {
            TotalsRow old = before.getOthers();
            info.setUnreadCount(
                    info.getUnreadCount() + grown(others.countable(), old.getCountable()))
                .setBizMsgUnreadCount(
                    info.getBizMsgUnreadCount() + grown(others.business(), old.getBusiness()));
          }
          after
              .setListed(true)
              .setOthers(
                  TotalsRow.newBuilder()
                      .setCountable(others.countable())
                      .setBusiness(others.business()));
        });
  }

  private static int grown(long now, long before) {
    return Math.toIntExact(now - before);
  }

  /// The owner follows somebody, or no longer does. Called by the store with the event.
  public static void followChanged(Partition rows, FollowChanged event) {
    Inbox inbox = new Inbox(rows);
    inbox.edit(
        inbox.session(Talker.user(event.talkerUid())),
        after -> after.getInfoBuilder().setIsFollow(event.follows() ? 1 : 0));
  }

  /// The session with a talker; one that says nothing when there is none yet.
  SessionRow session(Talker talker) {
    return session(rows, talker);
  }

  static SessionRow session(Rows rows, Talker talker) {
    byte[] value = rows.get(TABLE, SESSION.append(talker.key()));
    return value != null
        ? Stored.parse(value, SessionRow.getDefaultInstance())
        : SessionRow.newBuilder()
            .setInfo(
                SessionInfo.newBuilder().setTalkerId(talker.id()).setSessionType(talker.type()))
            .build();
  }

  InboxHead head() {
    return head(rows);
  }

  static InboxHead head(Rows rows) {
    return Stored.parse(rows.get(TABLE, HEAD), InboxHead.getDefaultInstance());
  }

  /// Changes a session, and with it its places in the orders and its share of the totals. An edit
  /// that changes nothing writes nothing.
  void edit(SessionRow before, Consumer<SessionRow.Builder> change) {
    SessionRow.Builder builder = before.toBuilder();
    change.accept(builder);
    SessionRow after = builder.build();
    if (after.equals(before)) {
      return;
    }
    move(orderKey(before), orderKey(after));
    move(ackedKey(before), ackedKey(after));
    move(pinnedKey(before), pinnedKey(after));
    rows.put(TABLE, SESSION.append(talker(after).key()), after.toByteArray());

    InboxHead.Builder head = head().toBuilder();
    count(head, before, -1);
    count(head, after, 1);
    long seqno = Math.max(head.getLatestSeqno(), seqnoOf(after));
    head.setLatestSeqno(Seqno.next(seqno, rows.seconds()));
    rows.put(TABLE, HEAD, head.build().toByteArray());
  }

  private static Talker talker(SessionRow session) {
    return new Talker(session.getInfo().getSessionType(), session.getInfo().getTalkerId());
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

  private static Key orderKey(SessionRow session) {
    return !session.getListed()
        ? null
        : ORDER
            .u8(Folder.of(session).code())
            .u64Descending(session.getInfo().getSessionTs())
            .append(talker(session).key());
  }

  private static Key ackedKey(SessionRow session) {
    return !session.getListed() || session.getInfo().getAckTs() == 0
        ? null
        : ACKED.u64Descending(session.getInfo().getAckTs()).append(talker(session).key());
  }

  private static Key pinnedKey(SessionRow session) {
    return !isPinned(session)
        ? null
        : PINNED.u64Descending(session.getInfo().getTopTs()).append(talker(session).key());
  }

  static boolean isPinned(SessionRow session) {
    return session.getListed() && session.getInfo().getTopTs() != 0;
  }

  private static void count(InboxHead.Builder head, SessionRow session, long sign) {
    if (isPinned(session)) {
      head.setPins(Math.toIntExact(head.getPins() + sign));
    }
    SessionInfo info = session.getInfo();
    if (!session.getListed() || info.getIsDnd() != 0 || info.getUnreadCount() == 0) {
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
        .setBusiness(unread.getBusiness() + sign * info.getBizMsgUnreadCount());
  }
}
