package dev.sixin.store;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Gatherers;
import java.util.stream.Stream;

/// Makes a store hold what another one holds, whatever engines they are. Both are walked in the
/// order of their keys, and only what differs is written: a run that was cut off is simply run
/// again, and so is one after which the source was changed.
///
/// Rows with a lifetime begin it anew in the target, where they are kept longer than they were.
/// What the source has forgotten of them the target forgets by itself.
public final class Copy {
  /// Rows of the source that are read at once.
  private static final int STRETCH = 256;

  /// Stretches under way at once.
  private static final int AT_ONCE = 32;

  /// What one transaction changes at most, in rows and in bytes: nodes do not like to write more.
  private static final int MOST_ROWS = 200;

  private static final int MOST_BYTES = 256 << 10;
  private static final Duration PAUSE = Duration.ofSeconds(1);

  private final Store source;
  private final Store target;
  private final Function<Key, Key> entityOf;
  private final Meter meter;
  private final Duration patience;

  /// Learns how far it is. It may take its time: nothing more is read before it returns.
  @FunctionalInterface
  public interface Meter {
    /// So many rows more were read from the source, of so many entities of which none was before.
    void read(long rows, long entities);
  }

  /// @param source is not changed meanwhile
  /// @param target is used by nobody else
  /// @param entityOf the entity that a whole key begins with
  /// @param patience how long the stores may be away before it is given up
  public Copy(
      Store source, Store target, Function<Key, Key> entityOf, Meter meter, Duration patience) {
    this.source = source;
    this.target = target;
    this.entityOf = entityOf;
    this.meter = meter;
    this.patience = patience;
  }

  /// What a run did, about when it had to try again.
  ///
  /// @param rows how many the source has
  /// @param put how many were written
  /// @param removed how many were removed
  public record Done(long rows, long put, long removed) {
    /// Nothing.
    public static final Done NOTHING = new Done(0, 0, 0);

    /// Both together.
    public Done plus(Done other) {
      return new Done(rows + other.rows, put + other.put, removed + other.removed);
    }
  }

  /// All rows of the source that lie between two keys.
  private record Stretch(Table table, Range range, List<Row> rows) {}

  /// Takes a row that is not the same on both sides; null: there is none.
  @FunctionalInterface
  private interface Difference {
    void take(Key wholeKey, byte[] source, byte[] target);
  }

  /// Makes a table of the target what it is in the source.
  ///
  /// @throws StoreUnavailable when one of the stores is away for too long; what was done stays
  public Done run(Table table) {
    return stretches(table, this::settle);
  }

  /// Compares a table of both, row by row, and tells each difference in one line.
  ///
  /// @param differences called by one thread at a time
  /// @return what would have to be done
  public Done compare(Table table, Consumer<String> differences) {
    return stretches(
        table,
        stretch -> {
          long[] counts = new long[2];
          differences(
              stretch,
              (key, ours, theirs) -> {
                counts[ours == null ? 1 : 0]++;
                synchronized (differences) {
                  differences.accept("%s %s: %s".formatted(table.name(), key, what(ours, theirs)));
                }
              });
          return new Done(stretch.rows().size(), counts[0], counts[1]);
        });
  }

  private static String what(byte[] ours, byte[] theirs) {
    return ours == null ? "not in the source" : theirs == null ? "missing" : "differs";
  }

  private Done stretches(Table table, Function<Stretch, Done> work) {
    return Stream.iterate(first(table), Objects::nonNull, this::after)
        .gather(Gatherers.mapConcurrent(AT_ONCE, stretch -> again(() -> work.apply(stretch))))
        .reduce(Done.NOTHING, Done::plus);
  }

  private Stretch first(Table table) {
    return read(table, Key.EMPTY, null);
  }

  private Stretch after(Stretch before) {
    Key from = before.range().to();
    return from == null
        ? null
        : read(before.table(), from, entityOf.apply(before.rows().getLast().key()));
  }

  private Stretch read(Table table, Key from, Key entityBefore) {
    List<Row> rows = again(() -> source.scan(table, from, STRETCH));
    long entities = 0;
    Key last = entityBefore;
    for (Row row : rows) {
      if (last == null || !row.key().startsWith(last)) {
        last = entityOf.apply(row.key());
        entities++;
      }
    }
    meter.read(rows.size(), entities);
    Key to = rows.size() < STRETCH ? null : rows.getLast().key().next();
    return new Stretch(table, new Range(from, to), rows);
  }

  private void differences(Stretch stretch, Difference difference) {
    boolean forgets = stretch.table().lifetime().isPresent();
    Walk there = new Walk(target, stretch.table(), stretch.range(), STRETCH + 1);
    for (Row row : stretch.rows()) {
      tooMany(there, row.key(), forgets, difference);
      byte[] found =
          there.hasNext() && there.peek().key().equals(row.key()) ? there.next().value() : null;
      if (!Arrays.equals(row.value(), found)) {
        difference.take(row.key(), row.value(), found);
      }
    }
    tooMany(there, null, forgets, difference);
  }

  /// Rows before a key that the source does not have; null: all that are left.
  private static void tooMany(Walk there, Key before, boolean forgets, Difference difference) {
    while (there.hasNext() && (before == null || there.peek().key().compareTo(before) < 0)) {
      Row row = there.next();
      if (!forgets) {
        difference.take(row.key(), null, row.value());
      }
    }
  }

  private Done settle(Stretch stretch) {
    Changes changes = new Changes(stretch.table());
    differences(stretch, (key, ours, _) -> changes.add(key, ours));
    changes.write();
    return new Done(stretch.rows().size(), changes.put, changes.removed);
  }

  /// Changes of one entity that are written together, then those of the next.
  private final class Changes {
    private final Table table;

    /// Those without a value are removed.
    private final List<Row> rows = new ArrayList<>();

    private Key entity = Key.EMPTY;
    private int bytes;
    private long put;
    private long removed;

    Changes(Table table) {
      this.table = table;
    }

    void add(Key wholeKey, byte[] value) {
      Key next = entityOf.apply(wholeKey);
      if (!next.equals(entity) || rows.size() == MOST_ROWS || bytes > MOST_BYTES) {
        write();
        entity = next;
      }
      rows.add(new Row(wholeKey.after(entity.length()), value));
      if (value == null) {
        removed++;
      } else {
        bytes += value.length;
        put++;
      }
    }

    void write() {
      if (rows.isEmpty()) {
        return;
      }
      List<Row> changed = List.copyOf(rows);
      Void _ =
          Bulk.await(
              target.transact(
                  entity,
                  partition -> {
                    for (Row row : changed) {
                      if (row.value() == null) {
                        partition.delete(table, row.key());
                      } else {
                        partition.put(table, row.key(), row.value());
                      }
                    }
                    return null;
                  }));
      rows.clear();
      bytes = 0;
    }
  }

  /// Does what may be done twice until the stores are there for it.
  private <T> T again(Supplier<T> work) {
    long begun = System.nanoTime();
    while (true) {
      try {
        return work.get();
      } catch (StoreUnavailable | StoreOverloaded e) {
        if (System.nanoTime() - begun >= patience.toNanos()) {
          throw e;
        }
        pause(e);
      }
    }
  }

  private static void pause(RuntimeException reason) {
    try {
      Thread.sleep(PAUSE);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw reason;
    }
  }
}
