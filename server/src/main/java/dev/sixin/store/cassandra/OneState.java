package dev.sixin.store.cassandra;

import dev.sixin.store.Key;
import dev.sixin.store.Order;
import dev.sixin.store.Range;
import dev.sixin.store.Row;
import dev.sixin.store.Table;
import dev.sixin.store.cassandra.Merge.Own;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;

/// The rows of an entity at one version of it: once another one is seen, each read throws [Moved].
/// For several threads at once.
class OneState extends Reading {
  private final Access access;
  private final Key entity;

  /// What the first answer said; null: there was none yet.
  private Seen seen;

  /// Rows that will be asked for.
  private final Set<Name> expected = new LinkedHashSet<>();

  /// What became of those that were; null: there is no such row.
  private final Map<Name, byte[]> found = new HashMap<>();

  /// How many answers did not say at which version they are true: nothing was found.
  private int silent;

  /// How many of these were followed by one that did.
  private int confirmed;

  private volatile boolean over;

  private record Seen(long version, Cold cold) {}

  OneState(Access access, Key entity) {
    super(access, entity);
    this.access = access;
    this.entity = entity;
  }

  @Override
  synchronized void saw(long version, ByteBuffer cold) {
    if (seen == null) {
      seen = new Seen(version, Cold.of(cold));
    } else if (seen.version() != version) {
      throw new Moved(entity);
    }
  }

  /// The whole query is begun anew, not this read of it.
  @Override
  <T> T again(Supplier<T> reading) {
    return reading.get();
  }

  /// A scan that finds nothing brings no version: the same must have been there before and after.
  @Override
  synchronized Cold coldBeforeScan() {
    if (seen == null) {
      Head head = access.head(entity);
      seen = new Seen(head.version(), head.cold());
    }
    return seen.cold();
  }

  /// If they are not the newest any more, [#confirm] or a later answer will tell.
  @Override
  synchronized Cold newestCold() {
    silent++;
    return seen.cold();
  }

  @Override
  public byte[] get(Table table, Key row) {
    requireOpen();
    askForExpected();
    Name name = new Name(table.name(), row);
    synchronized (this) {
      if (found.containsKey(name)) {
        return found.get(name);
      }
    }
    return confirming(() -> super.get(table, row));
  }

  /// Rows with a lifetime may be too old, so they are asked for one by one.
  @Override
  public synchronized void expect(Table table, Supplier<List<Key>> rows) {
    requireOpen();
    if (table.lifetime().isEmpty()) {
      rows.get().forEach(row -> expected.add(new Name(table.name(), row)));
    }
  }

  private void askForExpected() {
    List<Name> names = takeExpected();
    if (names.size() > 1) {
      learn(names, confirming(() -> getAll(names)));
    }
  }

  private synchronized List<Name> takeExpected() {
    List<Name> names = List.copyOf(expected);
    expected.clear();
    return names;
  }

  private synchronized void learn(List<Name> names, Map<Name, Own> own) {
    for (Name name : names) {
      if (own.containsKey(name)) {
        found.put(name, own.get(name).value());
      } else if (seen.cold().covering(name.table(), name.row()).isEmpty()) {
        found.put(name, null);
      }
    }
  }

  @Override
  public List<Row> scan(Table table, Range rows, Order order, int limit) {
    requireOpen();
    return super.scan(table, rows, order, limit);
  }

  /// Asks what says at which version its answer is true, and so that all silent answers before it
  /// were true at that one.
  private <T> T confirming(Supplier<T> question) {
    int before = silent();
    T answer = question.get();
    confirmed(before);
    return answer;
  }

  private synchronized int silent() {
    return silent;
  }

  private synchronized void confirmed(int silentBefore) {
    confirmed = Math.max(confirmed, silentBefore);
  }

  /// Whether some answers may not have been true at the one version.
  synchronized boolean isUnsure() {
    return confirmed < silent;
  }

  /// The entity's head, of the version at which all answers were true.
  ///
  /// @throws Moved when they were not
  Head confirm() {
    return confirming(
        () -> {
          Head head = access.head(entity);
          saw(head.version(), null);
          return head;
        });
  }

  private void requireOpen() {
    if (over) {
      throw new IllegalStateException("rows used after their query ended");
    }
  }

  void end() {
    over = true;
  }
}
