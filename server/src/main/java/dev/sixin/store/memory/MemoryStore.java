package dev.sixin.store.memory;

import dev.sixin.store.Announcement;
import dev.sixin.store.Event;
import dev.sixin.store.Key;
import dev.sixin.store.Order;
import dev.sixin.store.Pending;
import dev.sixin.store.Range;
import dev.sixin.store.Row;
import dev.sixin.store.Rows;
import dev.sixin.store.Store;
import dev.sixin.store.StoreUnavailable;
import dev.sixin.store.Table;
import dev.sixin.store.Tally;
import dev.sixin.store.Transaction;
import dev.sixin.store.View;
import java.time.InstantSource;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.Function;

/// A store in memory.
public final class MemoryStore implements Store {
  private final Map<Table, NavigableMap<Key, Written>> tables = new HashMap<>();
  private final ReadWriteLock lock = new ReentrantReadWriteLock();
  private final Announcement.Listener listener;
  private final InstantSource clock;
  private final Pending pending;
  private volatile boolean open = true;

  @SuppressWarnings("ArrayRecordComponent") // never compared
  private record Written(byte[] value, long micros) {}

  /// An empty store to which nobody listens.
  ///
  /// @param handler applies the events that transactions tell
  public MemoryStore(Event.Handler handler, InstantSource clock) {
    this(handler, Announcement.Listener.NONE, clock);
  }

  /// An empty store.
  ///
  /// @param handler applies the events that transactions tell
  /// @param listener learns what they announce
  public MemoryStore(Event.Handler handler, Announcement.Listener listener, InstantSource clock) {
    this.listener = listener;
    this.clock = clock;
    this.pending = new Pending(Committed::new, handler, clock, 0);
  }

  @Override
  public Rows rows(Key entity) {
    Rows unlocked = new Committed(entity);
    return new Rows() {
      @Override
      public byte[] get(Table table, Key row) {
        return read(_ -> unlocked.get(table, row));
      }

      @Override
      public List<Row> scan(Table table, Range rows, Order order, int limit) {
        return read(_ -> unlocked.scan(table, rows, order, limit));
      }
    };
  }

  @Override
  public <T> T read(Function<View, T> query) {
    lock.readLock().lock();
    try {
      if (!open) {
        throw new StoreUnavailable("closed", null);
      }
      return query.apply(Committed::new);
    } finally {
      lock.readLock().unlock();
    }
  }

  @Override
  public <T> CompletableFuture<T> transact(Key entity, Transaction<T> transaction) {
    lock.writeLock().lock();
    try {
      if (!open) {
        return CompletableFuture.failedFuture(new StoreUnavailable("closed", null));
      }
      T answer = pending.run(entity, transaction);
      pending.forEach(this::write);
      listener.hear(pending.announced());
      return CompletableFuture.completedFuture(answer);
    } catch (Throwable e) {
      return CompletableFuture.failedFuture(e);
    } finally {
      pending.clear();
      lock.writeLock().unlock();
    }
  }

  private void write(Table table, Key entity, Key row, byte[] value) {
    Key key = entity.append(row);
    NavigableMap<Key, Written> rows = tables.computeIfAbsent(table, _ -> new TreeMap<>());
    if (value == null) {
      rows.remove(key);
    } else {
      rows.put(key, new Written(value, pending.lastMicros()));
    }
  }

  @Override
  public List<Row> scan(Table table, Key from, int limit) {
    return read(
        _ ->
            tables
                .getOrDefault(table, Collections.emptyNavigableMap())
                .tailMap(from, true)
                .entrySet()
                .stream()
                .filter(entry -> !expired(table, entry.getValue()))
                .limit(limit)
                .map(entry -> new Row(entry.getKey(), entry.getValue().value()))
                .toList());
  }

  @Override
  public Tally tally() {
    return read(_ -> new Tally(pending.lastMicros(), pending.lastMicros(), 0));
  }

  @Override
  public boolean writable() {
    return open;
  }

  @Override
  public void close() {
    open = false;
  }

  private boolean expired(Table table, Written written) {
    return table.lifetime().isPresent()
        && clock.millis() - written.micros() / 1_000 > 2 * table.lifetime().get().toMillis();
  }

  private final class Committed implements Rows {
    private final Key entity;

    Committed(Key entity) {
      this.entity = entity;
    }

    @Override
    public byte[] get(Table table, Key row) {
      NavigableMap<Key, Written> rows = tables.get(table);
      Written written = rows == null ? null : rows.get(entity.append(row));
      return written == null || expired(table, written) ? null : written.value();
    }

    @Override
    public List<Row> scan(Table table, Range range, Order order, int limit) {
      if (table.lifetime().isPresent()) {
        throw new IllegalArgumentException(table.name() + ": rows with a lifetime are not scanned");
      }
      NavigableMap<Key, Written> rows = tables.get(table);
      if (rows == null) {
        return List.of();
      }
      Key to = range.to() == null ? entity.afterPrefix() : entity.append(range.to());
      NavigableMap<Key, Written> upward = rows.tailMap(entity.append(range.from()), true);
      NavigableMap<Key, Written> within = to == null ? upward : upward.headMap(to, false);
      return (order == Order.ASCENDING ? within : within.descendingMap())
          .entrySet().stream()
              .limit(limit)
              .map(
                  entry -> new Row(entry.getKey().after(entity.length()), entry.getValue().value()))
              .toList();
    }
  }
}
