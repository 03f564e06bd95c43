package dev.sixin.store.cassandra;

import com.datastax.oss.driver.api.core.cql.BoundStatement;
import com.datastax.oss.driver.api.core.cql.PreparedStatement;
import com.datastax.oss.driver.api.core.data.TupleValue;
import com.datastax.oss.driver.api.core.type.DataType;
import com.datastax.oss.driver.api.core.type.ListType;
import com.datastax.oss.driver.api.core.type.TupleType;
import dev.sixin.store.Key;
import dev.sixin.store.Order;
import dev.sixin.store.Range;
import java.nio.ByteBuffer;
import java.util.Collection;
import java.util.stream.Stream;

/// Every statement on the rows of an entity, prepared.
final class Statements {
  /// Where a partition's own rows stand: the anchor, which every partition has so that its static
  /// columns are found with any of its rows; and the marks of [Marks].
  static final String OWN = "";

  private static final int HEADS = 500;
  private static final ByteBuffer ANCHOR = ByteBuffer.allocate(0);

  private final PreparedStatement head;
  private final PreparedStatement heads;
  private final PreparedStatement get;
  private final PreparedStatement getAll;
  private final TupleType name;
  private final PreparedStatement up;
  private final PreparedStatement upTo;
  private final PreparedStatement down;
  private final PreparedStatement downTo;
  private final PreparedStatement decide;
  private final PreparedStatement put;
  private final PreparedStatement putExpiring;
  private final PreparedStatement putOver;
  private final PreparedStatement delete;
  private final PreparedStatement deleteFromTo;
  private final PreparedStatement decideCold;

  Statements(Nodes nodes, String keyspace) {
    String rows = keyspace + ".rows";
    head =
        nodes.prepare(
            "SELECT DISTINCT version, head, cold FROM %s WHERE entity = ?".formatted(rows));
    heads = nodes.prepare("SELECT DISTINCT entity, version, head, cold FROM %s".formatted(rows));
    get =
        nodes.prepare(
            "SELECT tbl, value, gone, version, cold FROM "
                + rows
                + " WHERE entity = ? AND (tbl, row) IN ((?, ?), (?, ?))");
    getAll =
        nodes.prepare(
            "SELECT tbl, row, value, gone, version, cold FROM "
                + rows
                + " WHERE entity = ? AND (tbl, row) IN ?");
    DataType names = getAll.getVariableDefinitions().get(1).getType();
    name = (TupleType) ((ListType) names).getElementType();
    String scan =
        "SELECT row, value, gone, version, cold FROM %s WHERE entity = ? AND tbl = ? AND row >= ?";
    String last = " ORDER BY tbl DESC, row DESC";
    up = nodes.prepare(scan.formatted(rows));
    upTo = nodes.prepare((scan + " AND row < ?").formatted(rows));
    down = nodes.prepare((scan + last).formatted(rows));
    downTo = nodes.prepare((scan + " AND row < ?" + last).formatted(rows));
    decide =
        nodes.prepare(
            "UPDATE %s SET version = ?, head = ? WHERE entity = ? IF version = ?".formatted(rows));
    String insert = "INSERT INTO %s (entity, tbl, row, value) VALUES (?, ?, ?, ?)";
    put = nodes.prepare(insert.formatted(rows));
    putExpiring = nodes.prepare((insert + " USING TTL ?").formatted(rows));
    putOver =
        nodes.prepare(
            "INSERT INTO %s (entity, tbl, row, value, gone) VALUES (?, ?, ?, ?, ?)"
                .formatted(rows));
    String delete = "DELETE FROM %s WHERE entity = ? AND tbl = ? AND row ";
    this.delete = nodes.prepare((delete + "= ?").formatted(rows));
    deleteFromTo = nodes.prepare((delete + ">= ? AND row <= ?").formatted(rows));
    decideCold =
        nodes.prepare(
            "UPDATE %s SET version = ?, head = ?, cold = ? WHERE entity = ? IF version = ?"
                .formatted(rows));
  }

  static ByteBuffer bytes(Key key) {
    return ByteBuffer.wrap(key.bytes());
  }

  BoundStatement head(Key entity) {
    return head.bind(bytes(entity));
  }

  /// Of all entities.
  BoundStatement heads() {
    return heads.bind().setPageSize(HEADS);
  }

  /// A row, and the anchor.
  BoundStatement get(Key entity, String table, Key row) {
    return get.bind(bytes(entity), table, bytes(row), OWN, ANCHOR.duplicate());
  }

  /// Some rows, and the anchor.
  BoundStatement getAll(Key entity, Collection<Name> rows) {
    Stream<TupleValue> names =
        rows.stream().map(row -> name.newValue(row.table(), bytes(row.row())));
    TupleValue anchor = name.newValue(OWN, ANCHOR.duplicate());
    return getAll.bind(bytes(entity), Stream.concat(names, Stream.of(anchor)).toList());
  }

  /// All rows of a range, also those that are marked as gone, in pages of this size.
  BoundStatement scan(Key entity, String table, Range range, Order order, int page) {
    boolean upward = order == Order.ASCENDING;
    BoundStatement scan =
        range.to() == null
            ? (upward ? up : down).bind(bytes(entity), table, bytes(range.from()))
            : (upward ? upTo : downTo)
                .bind(bytes(entity), table, bytes(range.from()), bytes(range.to()));
    return scan.setPageSize(page);
  }

  /// Moves a partition from a version to the next, if it is at that version.
  BoundStatement decide(Key entity, Head before, byte[] after) {
    Long condition = before.version() == 0 ? null : before.version();
    return decide.bind(before.version() + 1, ByteBuffer.wrap(after), bytes(entity), condition);
  }

  /// As above; says too which chunks there are.
  BoundStatement decide(Key entity, Head before, Head after) {
    return decideCold.bind(
        after.version(),
        ByteBuffer.wrap(after.row().toByteArray()),
        after.cold().bytes(),
        bytes(entity),
        before.version());
  }

  /// A row whose key may be in a chunk too.
  ///
  /// @param value null: there is no such row
  BoundStatement putOver(Key entity, String table, Key row, byte[] value) {
    ByteBuffer bytes = value == null ? ANCHOR.duplicate() : ByteBuffer.wrap(value);
    return putOver.bind(bytes(entity), table, bytes(row), bytes, value == null);
  }

  /// @param last inclusive
  BoundStatement delete(Key entity, String table, Key first, Key last) {
    return deleteFromTo.bind(bytes(entity), table, bytes(first), bytes(last));
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
