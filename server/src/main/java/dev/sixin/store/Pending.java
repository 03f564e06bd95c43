package dev.sixin.store;

import dev.sixin.store.Announcement.Announced;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.LongUnaryOperator;

/// The rows that transactions have changed and that are not committed yet. An engine with one
/// writer runs transactions against it one after another, each seeing what those before it left,
/// and then commits all of it at once. For one thread.
public final class Pending {
  /// Stands for a row that is deleted.
  private static final byte[] DELETED = new byte[0];

  private final Function<Key, Rows> committed;
  private final Event.Handler handler;
  private final InstantSource clock;
  private final LongUnaryOperator free;

  /// By table, then entity, then row: most transactions touch a few rows of a few entities.
  private final Map<Table, Map<Key, NavigableMap<Key, byte[]>>> changes = new HashMap<>();

  private final List<Change> undo = new ArrayList<>();
  private final ArrayDeque<Told> told = new ArrayDeque<>();
  private final List<Said> saying = new ArrayList<>();
  private final List<Announced> announced = new ArrayList<>();
  private long lastMicros;

  /// An event on its way.
  public record Told(Key entity, Event event) {}

  /// What a transaction that was run alone did beside changing rows.
  ///
  /// @param told its events, not applied yet
  /// @param announced what it announced
  /// @param micros its time
  public record Alone<T>(T answer, List<Told> told, List<Announcement> announced, long micros) {}

  private record Said(Key entity, Announcement what) {}

  @SuppressWarnings("ArrayRecordComponent") // never compared
  private record Change(Map<Key, byte[]> rows, Key row, byte[] before) {
    void revert() {
      if (before == null) {
        rows.remove(row);
      } else {
        rows.put(row, before);
      }
    }
  }

  /// @param committed the committed rows of an entity
  /// @param handler applies the events that transactions tell
  /// @param lastMicros the greatest [Partition#micros] that was ever handed out
  public Pending(
      Function<Key, Rows> committed, Event.Handler handler, InstantSource clock, long lastMicros) {
    this(committed, handler, clock, lastMicros, least -> least);
  }

  /// As above, where others hand out times meanwhile.
  ///
  /// @param free answers, for a time, that time or the first later one that nobody was given
  public Pending(
      Function<Key, Rows> committed,
      Event.Handler handler,
      InstantSource clock,
      long lastMicros,
      LongUnaryOperator free) {
    this.free = free;
    this.committed = committed;
    this.handler = handler;
    this.clock = clock;
    this.lastMicros = lastMicros;
  }

  /// Runs a transaction and the events that it tells, and theirs. When one of them throws, nothing
  /// of them stays.
  public <T> T run(Key entity, Transaction<T> transaction) {
    try {
      T answer = transaction.run(new Open(entity));
      for (Told next = told.poll(); next != null; next = told.poll()) {
        handler.apply(new Open(next.entity()), next.event());
      }
      for (Said said : saying) {
        announced.add(new Announced(said.entity(), lastMicros, said.what()));
      }
      return answer;
    } catch (Throwable e) {
      revert();
      throw e;
    } finally {
      forget();
    }
  }

  /// Runs a transaction, for engines that apply the events that it tells later. When it throws,
  /// nothing of it stays.
  public <T> Alone<T> runAlone(Key entity, Transaction<T> transaction) {
    try {
      T answer = transaction.run(new Open(entity));
      return new Alone<>(
          answer, List.copyOf(told), saying.stream().map(Said::what).toList(), lastMicros);
    } catch (Throwable e) {
      revert();
      throw e;
    } finally {
      forget();
    }
  }

  private void revert() {
    for (Change change : undo.reversed()) {
      change.revert();
    }
  }

  private void forget() {
    undo.clear();
    told.clear();
    saying.clear();
  }

  /// The greatest [Partition#micros] handed out so far.
  public long lastMicros() {
    return lastMicros;
  }

  /// What the transactions announced, in their order.
  public List<Announced> announced() {
    return List.copyOf(announced);
  }

  /// Hands over all changed rows of all tables.
  public void forEach(Visitor visitor) {
    changes.forEach(
        (table, entities) ->
            entities.forEach(
                (entity, rows) ->
                    rows.forEach(
                        (row, value) ->
                            visitor.visit(table, entity, row, isDeletion(value) ? null : value))));
  }

  /// Whether there is nothing to commit.
  public boolean isEmpty() {
    return changes.values().stream()
        .flatMap(entities -> entities.values().stream())
        .allMatch(Map::isEmpty);
  }

  /// Forgets all changes: they are committed, or lost.
  public void clear() {
    changes.values().forEach(Map::clear);
    announced.clear();
  }

  /// Takes one changed row.
  @FunctionalInterface
  public interface Visitor {
    /// Takes a row of an entity and its value, null when the row is deleted.
    void visit(Table table, Key entity, Key row, byte[] value);
  }

  @SuppressWarnings("ReferenceEquality") // a stored value may well be empty
  private static boolean isDeletion(byte[] value) {
    return value == DELETED;
  }

  /// An entity's rows as these changes leave them.
  ///
  /// @param base its rows without them
  public Rows over(Key entity, Rows base) {
    return new Changed(entity, base);
  }

  private final class Changed implements Rows {
    private final Key entity;
    private final Rows base;

    Changed(Key entity, Rows base) {
      this.entity = entity;
      this.base = base;
    }

    private NavigableMap<Key, byte[]> changed(Table table) {
      Map<Key, NavigableMap<Key, byte[]>> entities = changes.get(table);
      NavigableMap<Key, byte[]> rows = entities == null ? null : entities.get(entity);
      return rows == null ? Collections.emptyNavigableMap() : rows;
    }

    @Override
    public byte[] get(Table table, Key row) {
      byte[] changed = changed(table).get(row);
      if (changed == null) {
        return base.get(table, row);
      }
      return isDeletion(changed) ? null : changed;
    }

    @Override
    public List<Row> scan(Table table, Range rows, Order order, int limit) {
      NavigableMap<Key, byte[]> upward = changed(table).tailMap(rows.from(), true);
      NavigableMap<Key, byte[]> changed =
          rows.to() == null ? upward : upward.headMap(rows.to(), false);
      if (changed.isEmpty()) {
        return base.scan(table, rows, order, limit);
      }
      // Each changed row hides at most one committed row, so this many are enough.
      int enough = (int) Math.min((long) limit + changed.size(), Integer.MAX_VALUE);
      NavigableMap<Key, byte[]> merged = new TreeMap<>();
      for (Row row : base.scan(table, rows, order, enough)) {
        merged.put(row.key(), row.value());
      }
      changed.forEach(
          (row, value) -> {
            if (isDeletion(value)) {
              merged.remove(row);
            } else {
              merged.put(row, value);
            }
          });
      NavigableMap<Key, byte[]> ordered =
          order == Order.ASCENDING ? merged : merged.descendingMap();
      return ordered.entrySet().stream()
          .limit(limit)
          .map(entry -> new Row(entry.getKey(), entry.getValue()))
          .toList();
    }
  }

  private final class Open implements Partition {
    private final Key entity;
    private final Rows rows;
    private final long micros;
    private final long seconds;

    Open(Key entity) {
      this.entity = entity;
      this.rows = over(entity, committed.apply(entity));
      Instant now = clock.instant();
      this.seconds = now.getEpochSecond();
      this.micros =
          free.applyAsLong(Math.max(lastMicros + 1, seconds * 1_000_000 + now.getNano() / 1_000));
      lastMicros = micros;
    }

    @Override
    public byte[] get(Table table, Key row) {
      return rows.get(table, row);
    }

    @Override
    public List<Row> scan(Table table, Range range, Order order, int limit) {
      return rows.scan(table, range, order, limit);
    }

    @Override
    public void put(Table table, Key row, byte[] value) {
      change(table, row, value);
    }

    @Override
    public void delete(Table table, Key row) {
      if (table.lifetime().isPresent()) {
        throw new IllegalArgumentException(table.name() + ": rows with a lifetime are not deleted");
      }
      change(table, row, DELETED);
    }

    private void change(Table table, Key row, byte[] value) {
      Map<Key, byte[]> rows =
          changes
              .computeIfAbsent(table, _ -> new HashMap<>())
              .computeIfAbsent(entity, _ -> new TreeMap<>());
      undo.add(new Change(rows, row, rows.put(row, value)));
    }

    @Override
    public void tell(Key other, Event event) {
      told.add(new Told(other, event));
    }

    @Override
    public void announce(Announcement announcement) {
      saying.add(new Said(entity, announcement));
    }

    @Override
    public long micros() {
      return micros;
    }

    @Override
    public long seconds() {
      return seconds;
    }
  }
}
