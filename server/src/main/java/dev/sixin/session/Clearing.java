package dev.sixin.session;

import static dev.sixin.session.Inbox.ORDER;
import static dev.sixin.session.Inbox.TABLE;

import com.google.protobuf.ByteString;
import dev.sixin.entity.Entity;
import dev.sixin.entity.Happening;
import dev.sixin.entity.Happening.Read;
import dev.sixin.entity.Happening.Removed;
import dev.sixin.entity.Talker;
import dev.sixin.entity.Totals;
import dev.sixin.entity.rows.InboxHead;
import dev.sixin.entity.rows.SessionRow;
import dev.sixin.job.Jobs;
import dev.sixin.job.Jobs.Pace;
import dev.sixin.job.Jobs.Step;
import dev.sixin.proto.type.SessionInfo;
import dev.sixin.store.Bulk;
import dev.sixin.store.Key;
import dev.sixin.store.Order;
import dev.sixin.store.Partition;
import dev.sixin.store.Range;
import dev.sixin.store.Row;
import dev.sixin.store.Store;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;

/// Reading or removing many sessions with users at once: a large inbox in the background. What
/// comes in after the call is left alone. Of groups nothing is done here, they are few.
public final class Clearing {
  /// Sessions per transaction: about a millisecond of the writer's time, so that others hardly
  /// wait.
  private static final int PER_STEP = 50;

  /// Steps before a call is answered: most inboxes are done by then.
  private static final int STEPS_NOW = 20;

  private static final Duration PROMPT_REST = Duration.ofHours(24);
  private static final Set<Folder> UNFOLLOWED = EnumSet.of(Folder.TRUSTED, Folder.STRANGER);
  private static final Set<Folder> INTERCEPTED = EnumSet.of(Folder.DUSTBIN);

  private final Store store;
  private final Jobs jobs;
  private final int promptAt;
  private final Jobs.Kind readUnfollowed;
  private final Jobs.Kind readAll;
  private final Jobs.Kind removeUnfollowed;
  private final Jobs.Kind readIntercepted;
  private final Jobs.Kind removeIntercepted;

  /// Clearing of sessions kept in a store.
  ///
  /// @param promptAt how many unread sessions are enough to offer it
  public Clearing(Store store, Jobs jobs, int promptAt) {
    this.store = store;
    this.jobs = jobs;
    this.promptAt = promptAt;
    Set<Folder> all = EnumSet.allOf(Folder.class);
    this.readUnfollowed = kind(1, "read-unfollowed", UNFOLLOWED, Clearing::read);
    this.readAll = kind(2, "read-all", all, Clearing::read);
    this.removeUnfollowed = kind(3, "remove-unfollowed", UNFOLLOWED, Clearing::remove);
    this.readIntercepted = kind(4, "read-intercepted", INTERCEPTED, Clearing::read);
    this.removeIntercepted = kind(5, "remove-intercepted", INTERCEPTED, Clearing::remove);
  }

  private Jobs.Kind kind(int code, String name, Set<Folder> folders, Change change) {
    return jobs.kind(
        code, name, Pace.BRISK, (uid, position) -> step(uid, position, folders, change));
  }

  /// Reads all sessions with people whom a user does not follow, intercepted ones left out.
  public void readUnfollowed(long uid) {
    begin(readUnfollowed, uid);
  }

  /// Reads all sessions with users, intercepted ones too.
  public void readAll(long uid) {
    begin(readAll, uid);
  }

  /// Removes all sessions with people whom a user does not follow, intercepted ones left out.
  public void removeUnfollowed(long uid) {
    begin(removeUnfollowed, uid);
  }

  /// Reads all intercepted sessions.
  public void readIntercepted(long uid) {
    begin(readIntercepted, uid);
  }

  /// Removes all intercepted sessions.
  public void removeIntercepted(long uid) {
    begin(removeIntercepted, uid);
  }

  private void begin(Jobs.Kind kind, long uid) {
    CompletableFuture<Long> _ = jobs.begin(kind, uid, STEPS_NOW); // the rest goes on by itself
  }

  /// Whether some of it still goes on for a user.
  public boolean isUnderWay(long uid) {
    return jobs.isUnderWay(
        uid,
        List.of(readUnfollowed, readAll, removeUnfollowed, readIntercepted, removeIntercepted));
  }

  /// Whether so many unread sessions are enough to offer to clear them, and the user has not closed
  /// that offer in the last 24 hours.
  public boolean isOffered(InboxHead head, long unreadSessions, Instant now) {
    long sinceClosedMicros = now.toEpochMilli() * 1_000 - head.getPromptClosedMicros();
    return unreadSessions >= promptAt && sinceClosedMicros >= PROMPT_REST.toMillis() * 1_000;
  }

  /// The user does not want to be offered it for 24 hours.
  public void closeOffer(long uid) {
    Bulk.await(
        store.transact(
            Entity.inbox(uid),
            rows -> {
              InboxHead.Builder head = Inbox.head(rows).toBuilder();
              head.setPromptClosedMicros(rows.micros());
              rows.put(TABLE, Inbox.HEAD, head.build().toByteArray());
              return null;
            }));
  }

  /// What becomes of a session; nothing when it is so already.
  private interface Change extends Function<SessionRow, Optional<Happening>> {}

  private static Optional<Happening> read(SessionRow session) {
    SessionInfo info = session.getInfo();
    return info.getAckSeqno() == info.getMaxSeqno()
        ? Optional.empty()
        : Optional.of(
            new Read(Inbox.talker(session), 0, info.getMaxSeqno(), Totals.NONE, Totals.NONE));
  }

  private static Optional<Happening> remove(SessionRow session) {
    long last = session.getInfo().getMaxSeqno();
    return Optional.of(new Removed(Inbox.talker(session), 0, last, Totals.NONE));
  }

  /// A position is the time of the call, then the row of the order that comes next.
  private Step step(long uid, ByteString position, Set<Folder> folders, Change change) {
    return Bulk.await(
        store.transact(
            Entity.inbox(uid),
            rows -> {
              Key at = Key.of(position.toByteArray());
              long called = position.isEmpty() ? rows.micros() : at.u64At(0);
              Key from = position.isEmpty() ? ORDER : at.after(Long.BYTES);
              return step(rows, uid, new Walk(called, from, folders, change));
            }));
  }

  /// @param called when the user asked for it: later news is left alone
  private record Walk(long called, Key from, Set<Folder> folders, Change change) {}

  private static Step step(Partition rows, long uid, Walk walk) {
    int left = PER_STEP;
    for (Folder folder : new TreeSet<>(walk.folders())) {
      Range order = new Window(0, walk.called() + 1).rows(ORDER.u8(folder.code()));
      if (order.to().compareTo(walk.from()) <= 0) {
        continue;
      }
      Key from = order.from().compareTo(walk.from()) < 0 ? walk.from() : order.from();
      List<Row> some = rows.scan(TABLE, new Range(from, order.to()), Order.ASCENDING, left);
      for (Row row : some) {
        SessionRow session = Inbox.session(rows, Talker.atEndOf(row.key()));
        // Each is an event of its own, so that each has an ack_ts of its own to page by.
        walk.change().apply(session).ifPresent(event -> rows.tell(Entity.inbox(uid), event));
      }
      left -= some.size();
      if (left == 0) {
        Key next = Key.EMPTY.u64(walk.called()).append(some.getLast().key().next());
        return new Step(PER_STEP, Optional.of(ByteString.copyFrom(next.bytes())));
      }
    }
    return new Step(PER_STEP - left, Optional.empty());
  }
}
