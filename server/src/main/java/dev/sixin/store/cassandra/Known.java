package dev.sixin.store.cassandra;

import dev.sixin.store.Key;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;

/// What is known of an entity at one version of it: its head and some of its rows, also that some
/// are not there. For one thread at a time.
final class Known {
  private static final byte[] ABSENT = new byte[0];
  private static final int OVERHEAD = 100;
  private static final int MAX_ROWS = 1_000;

  private final Head head;
  private final Room room;
  private final Map<Name, byte[]> rows;

  /// The room for all that is known, in bytes, about.
  static final class Room {
    private final AtomicLong left;

    Room(long bytes) {
      this.left = new AtomicLong(bytes);
    }

    private boolean take(long bytes) {
      if (left.addAndGet(-bytes) >= 0) {
        return true;
      }
      give(bytes);
      return false;
    }

    private void give(long bytes) {
      left.addAndGet(bytes);
    }
  }

  /// Nothing but a head.
  Known(Head head, Room room) {
    this(head, room, new HashMap<>());
  }

  private Known(Head head, Room room, Map<Name, byte[]> rows) {
    this.head = head;
    this.room = room;
    this.rows = rows;
  }

  Head head() {
    return head;
  }

  boolean has(String table, Key row) {
    return rows.containsKey(new Name(table, row));
  }

  /// The value of a row that it has; null: there is no such row.
  @SuppressWarnings("ReferenceEquality") // a stored value may well be empty
  byte[] get(String table, Key row) {
    byte[] value = rows.get(new Name(table, row));
    return value == ABSENT ? null : value;
  }

  /// @param value null: there is no such row
  void learn(String table, Key row, byte[] value) {
    forget(table, row);
    byte[] kept = value == null ? ABSENT : value;
    if (rows.size() < MAX_ROWS && room.take(size(row, kept))) {
      rows.put(new Name(table, row), kept);
    }
  }

  void forget(String table, Key row) {
    byte[] before = rows.remove(new Name(table, row));
    if (before != null) {
      room.give(size(row, before));
    }
  }

  private static long size(Key row, byte[] value) {
    return (long) OVERHEAD + row.length() + value.length;
  }

  /// The same rows at the next version, where what has changed is learnt. This one is of no use any
  /// more.
  Known at(Head next) {
    return new Known(next, room, rows);
  }

  /// Gives back the room.
  void forget() {
    rows.forEach((name, value) -> room.give(size(name.row(), value)));
    rows.clear();
  }
}
