package dev.sixin.store.cassandra;

import com.datastax.oss.driver.api.core.cql.PreparedStatement;
import com.datastax.oss.driver.api.core.cql.Row;
import com.datastax.oss.protocol.internal.util.Bytes;
import dev.sixin.store.Key;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableSet;
import java.util.TreeSet;
import java.util.stream.Gatherers;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/// The index of all entities, by the tables in which they had rows: an entity is put here before
/// its first row. It is cut into buckets, so that none of them grows too large; in their order the
/// entities are brought together when somebody walks over them.
final class Entities {
  private static final int BUCKETS = 32;
  private static final int AT_ONCE = 8;

  private final Nodes nodes;
  private final PreparedStatement insert;
  private final PreparedStatement after;
  private final PreparedStatement last;
  private final PreparedStatement all;

  Entities(Nodes nodes, String keyspace) {
    this.nodes = nodes;
    String table = keyspace + ".entities";
    insert =
        nodes.prepare("INSERT INTO %s (tbl, bucket, entity) VALUES (?, ?, ?)".formatted(table));
    String select = "SELECT entity FROM %s WHERE tbl = ? AND bucket = ? AND entity ";
    after = nodes.prepare((select + "> ? LIMIT ?").formatted(table));
    last = nodes.prepare((select + "<= ? ORDER BY entity DESC LIMIT 1").formatted(table));
    all = nodes.prepare("SELECT entity FROM %s WHERE tbl = ? AND bucket = ?".formatted(table));
  }

  void add(String table, Key entity) {
    nodes.write(
        insert.bind(table, Math.floorMod(entity.hashCode(), BUCKETS), Statements.bytes(entity)));
  }

  /// The entities that have, or had, rows of a table at a whole key or after it, in order, read as
  /// they are asked for.
  ///
  /// @param few about how many will be
  Stream<Key> from(String table, Key wholeKey, int few) {
    int each = few / (BUCKETS / 2) + 8;
    return Stream.iterate(
            page(table, wholeKey, each),
            page -> !page.isEmpty(),
            page -> {
              Key next = page.getLast().afterPrefix();
              return next == null ? List.of() : page(table, next, each);
            })
        .flatMap(List::stream);
  }

  /// Some entities, at least one if there is any.
  private List<Key> page(String table, Key wholeKey, int each) {
    NavigableSet<Key> found = new TreeSet<>();
    NavigableSet<Key> ends = new TreeSet<>();
    IntStream.range(0, BUCKETS)
        .boxed()
        .gather(Gatherers.mapConcurrent(AT_ONCE, bucket -> bucket(table, bucket, wholeKey, each)))
        .forEach(
            some -> {
              found.addAll(some);
              if (some.size() >= each) {
                ends.add(some.getLast()); // there may be more behind it
              }
            });
    return List.copyOf(ends.isEmpty() ? found : found.headSet(ends.first(), true));
  }

  private List<Key> bucket(String table, int bucket, Key wholeKey, int most) {
    List<Key> found = new ArrayList<>();
    for (Row row : nodes.read(last.bind(table, bucket, Statements.bytes(wholeKey)))) {
      if (wholeKey.startsWith(key(row))) {
        found.add(key(row));
      }
    }
    nodes
        .read(after.bind(table, bucket, Statements.bytes(wholeKey), most))
        .forEach(row -> found.add(key(row)));
    return found;
  }

  /// How many there are.
  long count(String table) {
    return IntStream.range(0, BUCKETS)
        .boxed()
        .gather(Gatherers.mapConcurrent(AT_ONCE, bucket -> size(table, bucket)))
        .reduce(0L, Long::sum);
  }

  /// Read in pages: to count them in one question may take the nodes too long.
  private long size(String table, int bucket) {
    long size = 0;
    for (Row _ : nodes.read(all.bind(table, bucket))) {
      size++;
    }
    return size;
  }

  private static Key key(Row row) {
    return Key.of(Bytes.getArray(row.getByteBuffer("entity")));
  }
}
