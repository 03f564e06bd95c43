package dev.sixin.store.rocksdb;

import static java.nio.ByteOrder.nativeOrder;

import dev.sixin.store.Key;
import dev.sixin.store.Order;
import dev.sixin.store.Range;
import dev.sixin.store.Row;
import dev.sixin.store.Rows;
import dev.sixin.store.Table;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// The committed rows that the writer reads by their key again and again: heads, sessions. Asking
/// RocksDB for one costs more than all else that the writer does for a row. For one thread, which
/// is the one that changes rows; so what is here is never older than the database.
///
/// Rows lie one after another in one array, for millions of small objects would keep the garbage
/// collector busy. The array is a ring: a new row takes the place of the oldest ones, and a row
/// that is asked for when its turn is near goes back to the front. A hash table with linear probing
/// finds them. A row, in native byte order, padded to a multiple of 8 bytes:
///
/// ```
/// size in eights u16, table u16, hash i32, key length u16, value length u16, key, value
/// ```
final class RowCache {
  private static final VarHandle INT =
      MethodHandles.byteArrayViewVarHandle(int[].class, nativeOrder());
  private static final VarHandle SHORT =
      MethodHandles.byteArrayViewVarHandle(short[].class, nativeOrder());

  private static final int ALIGNMENT = 8;
  private static final int TABLE_AT = 2;
  private static final int HASH_AT = 4;
  private static final int KEY_LENGTH_AT = 8;
  private static final int VALUE_LENGTH_AT = 10;
  private static final int KEY_AT = 12;

  /// The value length of a row that is not there.
  private static final int ABSENT = 0xffff;

  /// A larger row stays out; none that is read often is.
  private static final int LARGEST = 8 << 10;

  private static final int FIRST_RING = 1 << 10;

  /// There is one slot of the hash table for so many bytes of the ring, and a row takes more.
  private static final int BYTES_PER_SLOT = 32;

  private static final int SMALLEST = 40;

  private final Map<Table, Integer> tables = new HashMap<>();
  private final int fullRing;
  private byte[] ring = new byte[FIRST_RING];

  /// A row's hash in the upper half; in the lower, its place in the ring by eights, plus one. 0:
  /// free.
  private long[] slots = new long[FIRST_RING / BYTES_PER_SLOT];

  private int oldest;
  private int front;
  private int taken;
  private long hits;
  private long misses;

  /// @param bytes what the rows may take on the heap; finding them takes a quarter of it more
  RowCache(long bytes) {
    this.fullRing = Math.clamp(bytes, FIRST_RING, 1 << 30) & -ALIGNMENT;
  }

  private record Cell(int table, Key entity, Key row, int hash) {
    int keyLength() {
      return entity.length() + row.length();
    }

    int size(byte[] value) {
      int exact = KEY_AT + keyLength() + (value == null ? 0 : value.length);
      return Math.max(SMALLEST, (exact + ALIGNMENT - 1) & -ALIGNMENT);
    }
  }

  private Cell cell(Table table, Key entity, Key row) {
    Integer known = tables.get(table);
    int number = known != null ? known : tables.size();
    if (known == null) {
      tables.put(table, number);
    }
    return new Cell(number, entity, row, 31 * (31 * entity.hashCode() + row.hashCode()) + number);
  }

  /// The rows of an entity, read through this cache. Rows of tables with a lifetime are not kept:
  /// they go by themselves.
  Rows over(Key entity, Rows rows) {
    return new Rows() {
      @Override
      public byte[] get(Table table, Key row) {
        return table.lifetime().isPresent()
            ? rows.get(table, row)
            : known(cell(table, entity, row), table, rows);
      }

      @Override
      public List<Row> scan(Table table, Range range, Order order, int limit) {
        return rows.scan(table, range, order, limit);
      }
    };
  }

  private byte[] known(Cell cell, Table table, Rows rows) {
    int at = find(cell);
    if (at < 0) {
      misses++;
    } else {
      hits++;
    }
    byte[] value = at < 0 ? rows.get(table, cell.row()) : valueAt(at);
    if (at < 0 || isSoonOverwritten(at)) {
      add(cell, value);
    }
    return value;
  }

  /// How many rows were asked for and known, since this was asked before.
  long takeHits() {
    long since = hits;
    hits = 0;
    return since;
  }

  /// How many rows were asked for and not known, since this was asked before.
  long takeMisses() {
    long since = misses;
    misses = 0;
    return since;
  }

  /// A row was committed. One that nobody asked for stays out.
  ///
  /// @param value null when the row was deleted
  void committed(Table table, Key entity, Key row, byte[] value) {
    Cell cell = cell(table, entity, row);
    int at = find(cell);
    if (at < 0) {
      return;
    }
    if (cell.size(value) <= sizeAt(at)) {
      setValue(at, value);
    } else {
      add(cell, value);
    }
  }

  // --- the ring

  private void add(Cell cell, byte[] value) {
    int size = cell.size(value);
    if (size > Math.min(LARGEST, fullRing / 4)) {
      remove(slot(cell));
      return;
    }
    while (front + size > ring.length && ring.length < fullRing) {
      grow();
    }
    if (front + size > ring.length) {
      fillUp();
    }
    makeRoom(size);
    int at = front;
    front += size;
    taken += size;
    setSize(at, size);
    SHORT.set(ring, at + TABLE_AT, (short) cell.table());
    INT.set(ring, at + HASH_AT, cell.hash());
    SHORT.set(ring, at + KEY_LENGTH_AT, (short) cell.keyLength());
    int key = at + KEY_AT;
    System.arraycopy(cell.entity().bytes(), 0, ring, key, cell.entity().length());
    System.arraycopy(
        cell.row().bytes(), 0, ring, key + cell.entity().length(), cell.row().length());
    setValue(at, value);
    slots[slot(cell)] = slotOf(cell.hash(), at);
  }

  /// Takes the rest of the ring for a row that nobody can find.
  private void fillUp() {
    int rest = ring.length - front;
    if (rest > 0) {
      makeRoom(rest);
      setSize(front, rest);
      INT.set(ring, front + HASH_AT, 0);
      taken += rest;
    }
    front = 0;
  }

  private void makeRoom(int bytes) {
    while (ring.length - taken < bytes) {
      remove(slot((int) INT.get(ring, oldest + HASH_AT), oldest));
      int size = sizeAt(oldest);
      oldest = (oldest + size) % ring.length;
      taken -= size;
    }
  }

  /// Nothing was overwritten yet: rows stay where they are.
  private void grow() {
    ring = Arrays.copyOf(ring, Math.min(2 * ring.length, fullRing));
    long[] before = slots;
    slots = new long[Math.max(slots.length, powerOfTwo(ring.length / BYTES_PER_SLOT))];
    for (long slot : before) {
      if (slot != 0) {
        slots[free((int) (slot >>> 32))] = slot;
      }
    }
  }

  private static int powerOfTwo(int atLeast) {
    return Integer.highestOneBit(atLeast - 1) << 1;
  }

  private boolean isSoonOverwritten(int at) {
    int ahead = at - oldest + (at < oldest ? ring.length : 0);
    return ring.length == fullRing && taken > ring.length / 2 && ahead < ring.length / 4;
  }

  private int sizeAt(int at) {
    return ALIGNMENT * unsigned(at);
  }

  private void setSize(int at, int size) {
    SHORT.set(ring, at, (short) (size / ALIGNMENT));
  }

  private byte[] valueAt(int at) {
    int length = unsigned(at + VALUE_LENGTH_AT);
    int from = at + KEY_AT + unsigned(at + KEY_LENGTH_AT);
    return length == ABSENT ? null : Arrays.copyOfRange(ring, from, from + length);
  }

  private void setValue(int at, byte[] value) {
    SHORT.set(ring, at + VALUE_LENGTH_AT, (short) (value == null ? ABSENT : value.length));
    if (value != null) {
      int to = at + KEY_AT + unsigned(at + KEY_LENGTH_AT);
      System.arraycopy(value, 0, ring, to, value.length);
    }
  }

  private int unsigned(int at) {
    return (short) SHORT.get(ring, at) & 0xffff;
  }

  // --- the hash table

  /// Where a row lies in the ring; negative if it does not.
  private int find(Cell cell) {
    return place(slots[slot(cell)]);
  }

  /// The slot of a row, or the one where it would be.
  private int slot(Cell cell) {
    int i = home(cell.hash());
    while (slots[i] != 0 && !((int) (slots[i] >>> 32) == cell.hash() && holds(slots[i], cell))) {
      i = next(i);
    }
    return i;
  }

  private boolean holds(long slot, Cell cell) {
    int at = place(slot);
    int key = at + KEY_AT;
    int middle = key + cell.entity().length();
    int end = key + cell.keyLength();
    return unsigned(at + TABLE_AT) == cell.table()
        && unsigned(at + KEY_LENGTH_AT) == cell.keyLength()
        && Arrays.equals(ring, key, middle, cell.entity().bytes(), 0, cell.entity().length())
        && Arrays.equals(ring, middle, end, cell.row().bytes(), 0, cell.row().length());
  }

  /// The slot of what lies at a place, or a free one if it is no longer found there.
  private int slot(int hash, int at) {
    long wanted = slotOf(hash, at);
    int i = home(hash);
    while (slots[i] != 0 && slots[i] != wanted) {
      i = next(i);
    }
    return i;
  }

  private int free(int hash) {
    int i = home(hash);
    while (slots[i] != 0) {
      i = next(i);
    }
    return i;
  }

  /// Empties a slot, and closes the gap so that what was put behind it is still found.
  private void remove(int slot) {
    int gap = slot;
    for (int i = next(gap); slots[i] != 0; i = next(i)) {
      int probes = (i - home((int) (slots[i] >>> 32))) & (slots.length - 1);
      if (probes >= ((i - gap) & (slots.length - 1))) {
        slots[gap] = slots[i];
        gap = i;
      }
    }
    slots[gap] = 0;
  }

  private int home(int hash) {
    return hash & (slots.length - 1);
  }

  private int next(int i) {
    return (i + 1) & (slots.length - 1);
  }

  private static long slotOf(int hash, int at) {
    return (long) hash << 32 | (at / ALIGNMENT + 1);
  }

  private static int place(long slot) {
    return ((int) slot - 1) * ALIGNMENT;
  }
}
