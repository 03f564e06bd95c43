package dev.sixin.store.cassandra;

import com.datastax.oss.driver.api.core.cql.PreparedStatement;
import com.datastax.oss.driver.api.core.cql.Row;
import com.datastax.oss.protocol.internal.util.Bytes;
import dev.sixin.store.Key;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableSet;
import java.util.TreeSet;

/// The index of all entities, by the tables in which they had rows: an entity is put here before
/// its first row. It is cut into buckets, so that none of them grows too large; in their order the
/// entities are brought together when somebody walks over them.
final class Entities {
  private static final int BUCKETS = 32;

  private final Nodes nodes;
  private final PreparedStatement insert;
  private final PreparedStatement after;
  private final PreparedStatement last;

  Entities(Nodes nodes, String keyspace) {
    this.nodes = nodes;
    String table = keyspace + ".entities";
    insert =
        nodes.prepare("INSERT INTO %s (tbl, bucket, entity) VALUES (?, ?, ?)".formatted(table));
    String select = "SELECT entity FROM %s WHERE tbl = ? AND bucket = ? AND entity ";
    after = nodes.prepare((select + "> ? LIMIT ?").formatted(table));
    last = nodes.prepare((select + "<= ? ORDER BY entity DESC LIMIT 1").formatted(table));
  }

  void add(String table, Key entity) {
    nodes.write(
        insert.bind(table, Math.floorMod(entity.hashCode(), BUCKETS), Statements.bytes(entity)));
  }

  /// The first entities that have, or had, rows of a table at a whole key or after it, in order.
  List<Key> from(String table, Key wholeKey, int limit) {
    NavigableSet<Key> found = new TreeSet<>();
    List<Row> rows = new ArrayList<>();
    for (int bucket = 0; bucket < BUCKETS; bucket++) {
      nodes.read(after.bind(table, bucket, Statements.bytes(wholeKey), limit)).forEach(rows::add);
      for (Row row : nodes.read(last.bind(table, bucket, Statements.bytes(wholeKey)))) {
        if (wholeKey.startsWith(key(row))) {
          rows.add(row);
        }
      }
    }
    rows.forEach(row -> found.add(key(row)));
    return found.stream().limit(limit).toList();
  }

  private static Key key(Row row) {
    return Key.of(Bytes.getArray(row.getByteBuffer("entity")));
  }
}
