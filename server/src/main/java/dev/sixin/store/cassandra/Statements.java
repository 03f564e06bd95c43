package dev.sixin.store.cassandra;

import com.datastax.oss.driver.api.core.cql.BoundStatement;
import com.datastax.oss.driver.api.core.cql.PreparedStatement;
import dev.sixin.store.Key;
import dev.sixin.store.Order;
import dev.sixin.store.Range;
import dev.sixin.store.Table;
import java.nio.ByteBuffer;
import java.util.List;

/// Every statement on the rows of an entity, prepared.
final class Statements {
  /// Where a partition's own rows stand: the anchor, which every partition has so that its static
  /// columns are found with any of its rows; and the marks of [Marks].
  static final String OWN = "";

  private static final ByteBuffer ANCHOR = ByteBuffer.allocate(0);

  private final PreparedStatement head;
  private final PreparedStatement get;
  private final PreparedStatement getAll;
  private final PreparedStatement up;
  private final PreparedStatement upTo;
  private final PreparedStatement down;
  private final PreparedStatement downTo;
  private final PreparedStatement decide;
  private final PreparedStatement put;
  private final PreparedStatement putExpiring;
  private final PreparedStatement delete;

  Statements(Nodes nodes, String keyspace) {
    String rows = keyspace + ".rows";
    head =
        nodes.prepare(
            "SELECT DISTINCT version, head FROM %s WHERE entity = ?".formatted(rows));
    get =
        nodes.prepare(
            "SELECT tbl, value, version FROM %s WHERE entity = ? AND (tbl, row) IN ((?, ?), (?, ?))"
                .formatted(rows));
    getAll =
        nodes.prepare(
            "SELECT row, value, version FROM %s WHERE entity = ? AND tbl = ? AND row IN ?"
                .formatted(rows));
    String scan = "SELECT row, value, version FROM %s WHERE entity = ? AND tbl = ? AND row >= ?";
    String first = " LIMIT ?";
    String last = " ORDER BY tbl DESC, row DESC LIMIT ?";
    up = nodes.prepare((scan + first).formatted(rows));
    upTo = nodes.prepare((scan + " AND row < ?" + first).formatted(rows));
    down = nodes.prepare((scan + last).formatted(rows));
    downTo = nodes.prepare((scan + " AND row < ?" + last).formatted(rows));
    decide =
        nodes.prepare(
            "UPDATE %s SET version = ?, head = ? WHERE entity = ? IF version = ?".formatted(rows));
    String insert = "INSERT INTO %s (entity, tbl, row, value) VALUES (?, ?, ?, ?)";
    put = nodes.prepare(insert.formatted(rows));
    putExpiring = nodes.prepare((insert + " USING TTL ?").formatted(rows));
    delete =
        nodes.prepare("DELETE FROM %s WHERE entity = ? AND tbl = ? AND row = ?".formatted(rows));
  }

  static ByteBuffer bytes(Key key) {
    return ByteBuffer.wrap(key.bytes());
  }

  BoundStatement head(Key entity) {
    return head.bind(bytes(entity));
  }

  /// A row, and the anchor.
  BoundStatement get(Key entity, String table, Key row) {
    return get.bind(bytes(entity), table, bytes(row), OWN, ANCHOR.duplicate());
  }

  BoundStatement getAll(Key entity, Table table, List<Key> rows) {
    return getAll.bind(
        bytes(entity), table.name(), rows.stream().map(Statements::bytes).toList());
  }

  BoundStatement scan(Key entity, Table table, Range range, Order order, int limit) {
    boolean upward = order == Order.ASCENDING;
    if (range.to() == null) {
      return (upward ? up : down).bind(bytes(entity), table.name(), bytes(range.from()), limit);
    }
    return (upward ? upTo : downTo)
        .bind(bytes(entity), table.name(), bytes(range.from()), bytes(range.to()), limit);
  }

  /// Moves a partition from a version to the next, if it is at that version.
  BoundStatement decide(Key entity, Head before, byte[] after) {
    Long condition = before.version() == 0 ? null : before.version();
    return decide.bind(
        before.version() + 1, ByteBuffer.wrap(after), bytes(entity), condition);
  }

  BoundStatement anchor(Key entity) {
    return put.bind(bytes(entity), OWN, ANCHOR.duplicate(), ANCHOR.duplicate());
  }

  BoundStatement put(Key entity, String table, Key row, byte[] value) {
    return put.bind(bytes(entity), table, bytes(row), ByteBuffer.wrap(value));
  }

  BoundStatement putExpiring(Key entity, String table, Key row, byte[] value, long seconds) {
    return putExpiring.bind(
        bytes(entity), table, bytes(row), ByteBuffer.wrap(value), Math.toIntExact(seconds));
  }

  BoundStatement delete(Key entity, String table, Key row) {
    return delete.bind(bytes(entity), table, bytes(row));
  }
}
