package dev.sixin.session;

import static dev.sixin.session.Inbox.TABLE;

import dev.sixin.entity.Conversation;
import dev.sixin.entity.Entity;
import dev.sixin.entity.Stored;
import dev.sixin.entity.Talker;
import dev.sixin.entity.rows.InboxHead;
import dev.sixin.entity.rows.SessionRow;
import dev.sixin.entity.rows.UnreadRow;
import dev.sixin.store.Audit;
import dev.sixin.store.Key;
import java.util.function.Function;

/// Recounts inboxes: all that follows from sessions is made again from them and compared.
public final class InboxAudit {
  private final Audit audit;
  private final SessionCheck others;
  private Key inbox = Key.EMPTY;
  private String where = "";
  private InboxHead head = InboxHead.getDefaultInstance();
  private InboxHead.Builder expected = InboxHead.newBuilder();
  private long inboxes;
  private long sessions;

  /// Compares a session with what others keep about it.
  @FunctionalInterface
  public interface SessionCheck {
    /// Takes a session as it is stored.
    ///
    /// @param where how to name it
    void check(String where, long uid, SessionRow session);
  }

  /// @param others compares each session with what stands outside the inbox
  public InboxAudit(Audit audit, SessionCheck others) {
    this.audit = audit;
    this.others = others;
  }

  /// Goes over all inboxes and answers how much was looked at.
  public String run() {
    audit.each(TABLE, this::row);
    end();
    return "%d inboxes, %d sessions".formatted(inboxes, sessions);
  }

  private void row(Key wholeKey, byte[] value) {
    Key entity = Entity.of(wholeKey);
    if (!entity.equals(inbox)) {
      end();
      inbox = entity;
      where = "inbox " + Long.toUnsignedString(Entity.number(entity));
      head = InboxHead.getDefaultInstance();
      expected = InboxHead.newBuilder();
      inboxes++;
    }
    Key row = wholeKey.after(entity.length());
    if (row.equals(Inbox.HEAD)) {
      head = Stored.parse(value, InboxHead.getDefaultInstance());
    } else if (row.startsWith(Inbox.SESSION)) {
      session(row, Inbox.parse(value));
    } else if (row.startsWith(Inbox.ORDER)) {
      belongs(row, "order of lists", Inbox::orderKey);
    } else if (row.startsWith(Inbox.ACKED)) {
      belongs(row, "order of reading", Inbox::ackedKey);
    } else if (row.startsWith(Inbox.PINNED)) {
      belongs(row, "order of pins", Inbox::pinnedKey);
    }
  }

  private void session(Key row, SessionRow session) {
    sessions++;
    Talker talker = Talker.atEndOf(row);
    String here = "%s, session with %s".formatted(where, name(talker));
    audit.expect(here, "talker", name(Inbox.talker(session)), name(talker));
    stands(here, "order of lists", Inbox.orderKey(session));
    stands(here, "order of reading", Inbox.ackedKey(session));
    stands(here, "order of pins", Inbox.pinnedKey(session));
    Inbox.count(expected, session, 1);
    if (talker.isUser()) {
      long last = session.getInfo().getMaxSeqno();
      if (Long.compareUnsigned(last, expected.getLatestSeqno()) > 0) {
        expected.setLatestSeqno(last);
      }
      conversation(here, talker, session);
    }
    others.check(here, Entity.number(inbox), session);
  }

  /// Sessions that stand for a conversation are compared with it where conversations are.
  private void conversation(String here, Talker talker, SessionRow session) {
    Key conversation = Entity.conversation(Entity.number(inbox), talker);
    if (Conversation.head(audit.rows(conversation)).getLastSeqno() != 0) {
      return;
    }
    audit.expect(here, "last message, of none", session.getInfo().getMaxSeqno(), 0L);
    audit.expect(here, "unread, of none", session.getInfo().getUnreadCount(), 0);
  }

  private static String name(Talker talker) {
    return (talker.isUser() ? "user " : "group ") + Long.toUnsignedString(talker.id());
  }

  private void stands(String here, String order, Key row) {
    if (row != null && audit.rows(inbox).get(TABLE, row) == null) {
      audit.differs(here, "does not stand in the " + order);
    }
  }

  private void belongs(Key row, String order, Function<SessionRow, Key> keyOf) {
    Talker talker = Talker.atEndOf(row);
    if (!row.equals(keyOf.apply(Inbox.session(audit.rows(inbox), talker)))) {
      String here = "%s, session with %s".formatted(where, name(talker));
      audit.differs(here, "stands in the %s where it does not belong".formatted(order));
    }
  }

  private void end() {
    if (inbox.equals(Key.EMPTY)) {
      return;
    }
    audit.expect(where, "unread, followed", text(head.getFollowed()), text(expected.getFollowed()));
    audit.expect(
        where, "unread, unfollowed", text(head.getUnfollowed()), text(expected.getUnfollowed()));
    audit.expect(where, "unread, dustbin", text(head.getDustbin()), text(expected.getDustbin()));
    audit.expect(where, "pins", head.getPins(), expected.getPins());
    if (Long.compareUnsigned(head.getLatestSeqno(), expected.getLatestSeqno()) < 0) {
      audit.differs(where, "lastest_seqno lies behind the last message");
    }
  }

  private static String text(UnreadRow unread) {
    return "%d messages, %d of business, in %d sessions"
        .formatted(unread.getMessages(), unread.getBusiness(), unread.getSessions());
  }
}
