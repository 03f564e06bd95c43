package dev.sixin.session;

import static dev.sixin.session.Inbox.TABLE;

import dev.sixin.entity.Entity;
import dev.sixin.entity.Seqno;
import dev.sixin.entity.Stored;
import dev.sixin.entity.Talker;
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
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.LongPredicate;

/// The sessions of users: lists, read positions, pins, settings, unread totals.
///
/// Rows come as they are stored; what belongs to others (the last message, names, live state) is
/// not in them.
public final class Sessions {
  private static final int MAX_PINS = 50;
  private static final int MAX_DEVICES = 64;
  private static final int ERASED_AT_ONCE = 500;
  private static final int MAX_SYSTEM_ACCOUNTS = 100;

  private final Store store;
  private final GroupView groupView;
  private final LongPredicate showsGroups;

  /// Sessions kept in a store.
  ///
  /// @param groupView completes sessions with groups
  /// @param showsGroups whether a user wants groups in lists at all
  public Sessions(Store store, GroupView groupView, LongPredicate showsGroups) {
    this.store = store;
    this.groupView = groupView;
    this.showsGroups = showsGroups;
  }

  /// Some sessions of a list.
  ///
  /// @param hasMore whether the range that was asked for holds more
  public record Page(List<SessionRow> sessions, boolean hasMore) {}

  /// A page of a list, newest first, pinned sessions before all others where the list shows them.
  public Page list(long uid, SessionList list, Window window, int size) {
    return reading(uid, listing -> listing.page(list, window, size));
  }

  /// Sessions with news after a time, intercepted ones left out. When there are more than `size`,
  /// the oldest of them, so that who goes on from the greatest `session_ts` misses nothing; newest
  /// first all the same.
  public Page newer(long uid, long beginMicros, int size, boolean followedOnly) {
    return reading(uid, listing -> listing.newer(beginMicros, size, followedOnly));
  }

  /// Sessions read within a time window; pages as [#newer] does.
  public Page acked(long uid, Window window, int size) {
    return reading(uid, listing -> listing.acked(window, size));
  }

  /// Sessions with the groups that the fan-group helper collects for a user, newest first.
  public Page collected(long uid, Window window, int size) {
    return reading(uid, listing -> listing.collected(window, size));
  }

  private <T> T reading(long uid, Function<Listing, T> query) {
    boolean groups = showsGroups.test(uid);
    return store.read(view -> query.apply(new Listing(view, uid, groupView, groups)));
  }

  /// A session, unless its user has never spoken with the talker.
  public Optional<SessionRow> find(long uid, Talker talker) {
    return reading(uid, listing -> listing.find(talker).filter(Sessions::isSpoken).findFirst());
  }

  private static boolean isSpoken(SessionRow session) {
    return session.getListed() || session.getInfo().getMaxSeqno() != 0;
  }

  /// What a user chose for the session with a talker, and nothing else that is worth knowing.
  public SessionInfo settings(long uid, Talker talker) {
    return Inbox.session(store.rows(Entity.inbox(uid)), talker).getInfo();
  }

  /// How far a user has read the conversation with a talker; 0: nothing.
  public long readPosition(long uid, Talker talker) {
    return settings(uid, talker).getAckSeqno();
  }

  /// All sessions with groups whose member a user is.
  public List<SessionRow> groups(long uid) {
    return reading(uid, listing -> listing.allGroups().toList());
  }

  /// The groups that a user is in, and the last message that was in each when they joined.
  public Map<Long, Long> memberships(long uid) {
    Range range = Range.prefix(Inbox.SESSION.u8(Talker.GROUP));
    Map<Long, Long> joined = new HashMap<>();
    store.rows(Entity.inbox(uid)).scan(TABLE, range, Order.ASCENDING, Listing.MAX_GROUPS).stream()
        .map(row -> Inbox.parse(row.value()))
        .filter(session -> session.getGroup().getMember())
        .forEach(
            session ->
                joined.put(session.getInfo().getTalkerId(), session.getGroup().getJoinedSeqno()));
    return joined;
  }

  /// The groups whose messages the fan-group helper collects for a user.
  public List<Long> collectedGroups(long uid) {
    return groups(uid).stream()
        .filter(session -> session.getGroup().getHelper())
        .map(session -> session.getInfo().getTalkerId())
        .toList();
  }

  /// Remembers that a user has read the fan-group helper up to a msg_key; never backwards.
  public void readHelper(long uid, long msgKey) {
    change(uid, (inbox, _) -> inbox.readHelper(msgKey));
  }

  /// The system accounts among a user's sessions: kind to uid.
  public Map<Integer, Long> systemAccounts(long uid) {
    Map<Integer, Long> accounts = new TreeMap<>();
    return store.read(
        Entity.inbox(uid),
        rows -> {
          Range system = Range.prefix(Inbox.ORDER.u8(Folder.SYSTEM.code()));
          List<Talker> talkers =
              rows.scan(TABLE, system, Order.ASCENDING, MAX_SYSTEM_ACCOUNTS).stream()
                  .map(row -> Talker.atEndOf(row.key()))
                  .toList();
          rows.expect(TABLE, () -> talkers.stream().map(Inbox::row).toList());
          for (Talker talker : talkers) {
            SessionInfo info = Inbox.session(rows, talker).getInfo();
            accounts.putIfAbsent(info.getSystemMsgType(), info.getTalkerId());
          }
          return accounts;
        });
  }

  /// Some of all sessions that a user ever had, as they are stored, listed or not; users first.
  ///
  /// @param after where to go on; a talker that is none: at the beginning
  public List<SessionRow> stored(long uid, Talker after, int limit) {
    Range range = new Range(Inbox.SESSION.append(after.key()).next(), Inbox.SESSION.afterPrefix());
    return store.rows(Entity.inbox(uid)).scan(TABLE, range, Order.ASCENDING, limit).stream()
        .map(row -> Inbox.parse(row.value()))
        .toList();
  }

  /// How far a user's devices have processed, by their names.
  public Map<String, DeviceRow> devices(long uid) {
    Map<String, DeviceRow> devices = new TreeMap<>();
    Range range = Range.prefix(Inbox.DEVICE);
    for (Row row : store.rows(Entity.inbox(uid)).scan(TABLE, range, Order.ASCENDING, MAX_DEVICES)) {
      devices.put(
          row.key().textAt(Inbox.DEVICE.length()),
          Stored.parse(row.value(), DeviceRow.getDefaultInstance()));
    }
    return devices;
  }

  /// Forgets some of an inbox.
  ///
  /// @return whether more is left
  public boolean eraseSome(long uid) {
    return Bulk.await(
        store.transact(
            Entity.inbox(uid),
            rows -> {
              List<Row> some =
                  rows.scan(TABLE, Range.prefix(Key.EMPTY), Order.ASCENDING, ERASED_AT_ONCE);
              some.forEach(row -> rows.delete(TABLE, row.key()));
              return !some.isEmpty();
            }));
  }

  /// Unread totals, pins and `lastest_seqno` of a user.
  public InboxHead head(long uid) {
    return Inbox.head(store.rows(Entity.inbox(uid)));
  }

  /// How many messages that count against a day's limit a user has sent on a day.
  public long sentOn(long uid, long day) {
    InboxHead head = head(uid);
    return head.getSentDay() == day ? head.getSentCount() : 0;
  }

  /// Pins a session now. One that was in no list appears with it.
  ///
  /// @param systemMsgType the talker's kind of system account, 0 for a person
  public void pin(long uid, Talker talker, int systemMsgType) {
    change(
        uid,
        (inbox, micros) -> {
          SessionRow session = inbox.session(talker);
          if (!Inbox.isPinned(session) && inbox.head().getPins() >= MAX_PINS) {
            throw Refusal.of(
                Code.BAD_PARAMETER,
                "pinned sessions: %d (the limit)".formatted(inbox.head().getPins()));
          }
          inbox.edit(
              session,
              after -> {
                SessionInfo.Builder info =
                    after.getInfoBuilder().setTopTs(micros).setSystemMsgType(systemMsgType);
                if (!session.getListed()) {
                  info.setSessionTs(micros);
                }
                after.setListed(true);
              });
        });
  }

  /// Unpins a session; no matter if it was not pinned.
  public void unpin(long uid, Talker talker) {
    change(
        uid,
        (inbox, _) ->
            inbox.edit(inbox.session(talker), after -> after.getInfoBuilder().clearTopTs()));
  }

  /// Changes settings of a session, whether it is in a list or not.
  public void set(long uid, Talker talker, Consumer<SessionRow.Builder> settings) {
    change(uid, (inbox, _) -> inbox.edit(inbox.session(talker), settings));
  }

  /// Remembers how far a device has processed; cut to the server's number now, never backwards. Of
  /// more than 64 devices the one that is furthest behind is forgotten.
  public void processed(long uid, String device, long seqno) {
    Bulk.await(
        store.transact(
            Entity.inbox(uid),
            rows -> {
              // What happens in a group changes no inbox: the time bounds its numbers.
              long latest = Math.max(Inbox.head(rows).getLatestSeqno(), Seqno.at(rows.micros()));
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
