package dev.sixin.session;

import static dev.sixin.session.Inbox.TABLE;

import dev.sixin.entity.Entity;
import dev.sixin.entity.Stored;
import dev.sixin.entity.Talker;
import dev.sixin.entity.Totals;
import dev.sixin.entity.rows.DeviceRow;
import dev.sixin.entity.rows.InboxHead;
import dev.sixin.entity.rows.SessionRow;
import dev.sixin.proto.type.SessionInfo;
import dev.sixin.refusal.Code;
import dev.sixin.refusal.Refusal;
import dev.sixin.store.Bulk;
import dev.sixin.store.Key;
import dev.sixin.store.Order;
import dev.sixin.store.Partition;
import dev.sixin.store.Range;
import dev.sixin.store.Row;
import dev.sixin.store.Store;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Consumer;

/// The sessions of users: lists, read positions, pins, settings, unread totals.
///
/// Rows come as they are stored; what belongs to others (the last message, names, live state) is
/// not in them.
public final class Sessions {
  private static final int MAX_PINS = 50;
  private static final int MAX_DEVICES = 64;
  private static final int MAX_SYSTEM_ACCOUNTS = 100;

  private final Store store;

  /// Sessions kept in a store.
  public Sessions(Store store) {
    this.store = store;
  }

  /// Some sessions of a list.
  ///
  /// @param hasMore whether the range that was asked for holds more
  public record Page(List<SessionRow> sessions, boolean hasMore) {}

  /// A page of a list, newest first, pinned sessions before all others where the list shows them.
  public Page list(long uid, SessionList list, Window window, int size) {
    return store.read(Entity.inbox(uid), rows -> new Listing(rows).page(list, window, size));
  }

  /// Sessions with news after a time, intercepted ones left out. When there are more than `size`,
  /// the oldest of them, so that who goes on from the greatest `session_ts` misses nothing; newest
  /// first all the same.
  public Page newer(long uid, long beginMicros, int size, boolean followedOnly) {
    return store.read(
        Entity.inbox(uid), rows -> new Listing(rows).newer(beginMicros, size, followedOnly));
  }

  /// Sessions read within a time window; pages as [#newer] does.
  public Page acked(long uid, Window window, int size) {
    return store.read(Entity.inbox(uid), rows -> new Listing(rows).acked(window, size));
  }

  /// A session, unless its user has never spoken with the talker.
  public Optional<SessionRow> find(long uid, Talker talker) {
    SessionRow session = Inbox.session(store.rows(Entity.inbox(uid)), talker);
    boolean spoken = session.getListed() || session.getInfo().getMaxSeqno() != 0;
    return spoken ? Optional.of(session) : Optional.empty();
  }

  /// The system accounts among a user's sessions: kind to uid.
  public Map<Integer, Long> systemAccounts(long uid) {
    Map<Integer, Long> accounts = new TreeMap<>();
    return store.read(
        Entity.inbox(uid),
        rows -> {
          Range system = Range.prefix(Inbox.ORDER.u8(Folder.SYSTEM.code()));
          for (Row row : rows.scan(TABLE, system, Order.ASCENDING, MAX_SYSTEM_ACCOUNTS)) {
            SessionInfo info = Inbox.session(rows, Talker.atEndOf(row.key())).getInfo();
            accounts.putIfAbsent(info.getSystemMsgType(), info.getTalkerId());
          }
          return accounts;
        });
  }

  /// Unread totals, pins and `lastest_seqno` of a user.
  public InboxHead head(long uid) {
    return Inbox.head(store.rows(Entity.inbox(uid)));
  }

  /// Moves a read position forward; one that is not ahead stays.
  ///
  /// @param ackSeqno the last message that was read; cut to the session's last
  /// @param othersTotals what the others had written up to it
  public void read(long uid, Talker talker, long ackSeqno, Totals othersTotals) {
    change(
        uid,
        (inbox, micros) -> {
          SessionRow session = inbox.session(talker);
          SessionInfo info = session.getInfo();
          long last = info.getMaxSeqno();
          long target = Long.compareUnsigned(ackSeqno, last) < 0 ? ackSeqno : last;
          if (last == 0 || Long.compareUnsigned(target, info.getAckSeqno()) < 0) {
            return;
          }
          inbox.edit(
              session,
              after -> {
                SessionInfo.Builder read = after.getInfoBuilder();
                read.setAckSeqno(target).setAckTs(micros);
                if (Long.compareUnsigned(info.getAtSeqno(), target) <= 0) {
                  read.clearAtSeqno();
                }
                Totals unread =
                    target == last
                        ? Totals.NONE
                        : new Totals(
                            session.getOthers().getCountable() - othersTotals.countable(),
                            session.getOthers().getBusiness() - othersTotals.business());
                read.setUnreadCount(Math.toIntExact(unread.countable()))
                    .setBizMsgUnreadCount(Math.toIntExact(unread.business()));
              });
        });
  }

  /// Pins a session now, or unpins it. A session that was in no list appears with it.
  public void pin(long uid, Talker talker, boolean pin) {
    change(
        uid,
        (inbox, micros) -> {
          SessionRow session = inbox.session(talker);
          if (!pin) {
            inbox.edit(session, after -> after.getInfoBuilder().clearTopTs());
            return;
          }
          if (!Inbox.isPinned(session) && inbox.head().getPins() >= MAX_PINS) {
            throw Refusal.of(
                Code.BAD_PARAMETER,
                "pinned sessions: %d (the limit)".formatted(inbox.head().getPins()));
          }
          inbox.edit(
              session,
              after -> {
                SessionInfo.Builder info = after.getInfoBuilder().setTopTs(micros);
                if (!session.getListed()) {
                  info.setSessionTs(micros);
                }
                after.setListed(true);
              });
        });
  }

  /// Takes a session out of the lists until its next message; reads and unpins it.
  public void remove(long uid, Talker talker) {
    change(
        uid,
        (inbox, micros) -> {
          SessionRow session = inbox.session(talker);
          if (!session.getListed()) {
            return;
          }
          inbox.edit(
              session,
              after -> {
                after
                    .getInfoBuilder()
                    .setAckSeqno(session.getInfo().getMaxSeqno())
                    .setAckTs(micros)
                    .setUnreadCount(0)
                    .setBizMsgUnreadCount(0)
                    .clearAtSeqno()
                    .clearTopTs();
                after.setListed(false);
              });
        });
  }

  /// Changes settings of a session, whether it is in a list or not.
  public void set(long uid, Talker talker, Consumer<SessionInfo.Builder> settings) {
    change(
        uid,
        (inbox, _) ->
            inbox.edit(inbox.session(talker), after -> settings.accept(after.getInfoBuilder())));
  }

  /// Remembers how far a device has processed; cut to the user's `lastest_seqno`, never backwards.
  /// Of more than 64 devices the one that is furthest behind is forgotten.
  public void processed(long uid, String device, long seqno) {
    Bulk.await(
        store.transact(
            Entity.inbox(uid),
            rows -> {
              long latest = Inbox.head(rows).getLatestSeqno();
              long position = Long.compareUnsigned(seqno, latest) < 0 ? seqno : latest;
              Key key = Inbox.DEVICE.text(device);
              byte[] before = rows.get(TABLE, key);
              if (Long.compareUnsigned(position, device(before)) > 0) {
                if (before == null) {
                  makeRoomForDevice(rows);
                }
                rows.put(
                    TABLE, key, DeviceRow.newBuilder().setSeqno(position).build().toByteArray());
              }
              return null;
            }));
  }

  private static void makeRoomForDevice(Partition rows) {
    List<Row> devices = rows.scan(TABLE, Range.prefix(Inbox.DEVICE), Order.ASCENDING, MAX_DEVICES);
    if (devices.size() == MAX_DEVICES) {
      devices.stream()
          .min((a, b) -> Long.compareUnsigned(device(a.value()), device(b.value())))
          .ifPresent(row -> rows.delete(TABLE, row.key()));
    }
  }

  /// How far a device has processed; 0 when it never said.
  public long processed(long uid, String device) {
    return device(store.rows(Entity.inbox(uid)).get(TABLE, Inbox.DEVICE.text(device)));
  }

  private static long device(byte[] value) {
    return Stored.parse(value, DeviceRow.getDefaultInstance()).getSeqno();
  }

  @FunctionalInterface
  private interface Change {
    void apply(Inbox inbox, long micros);
  }

  private void change(long uid, Change change) {
    Bulk.await(
        store.transact(
            Entity.inbox(uid),
            rows -> {
              change.apply(new Inbox(rows), rows.micros());
              return null;
            }));
  }
}
