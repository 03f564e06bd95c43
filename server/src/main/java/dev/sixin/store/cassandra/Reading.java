package dev.sixin.store.cassandra;

import com.datastax.oss.driver.api.core.cql.Row;
import com.datastax.oss.protocol.internal.util.Bytes;
import dev.sixin.store.Key;
import dev.sixin.store.Order;
import dev.sixin.store.Range;
import dev.sixin.store.Rows;
import dev.sixin.store.Table;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;

/// The rows of an entity, read from the nodes. Each query sees one state of the entity; whether two
/// of them see the same one is up to the subclasses, which learn the version that each of them saw.
class Reading implements Rows {
  private final Access access;
  private final Key entity;

  /// How entities are read.
  record Access(Nodes nodes, Statements statements, InstantSource clock) {
    Head head(Key entity) {
      return Head.of(nodes.read(statements.head(entity)).one());
    }

    /// The head once all that is under way is decided.
    Head decidedHead(Key entity) {
      return Head.of(nodes.readDecided(statements.head(entity)).one());
    }

    /// One of a partition's own rows; null: there is none.
    byte[] own(Key entity, Key row) {
      for (Row found : nodes.read(statements.get(entity, Statements.OWN, row))) {
        byte[] value = Bytes.getArray(found.getByteBuffer("value"));
        if (value.length > 0) {
          return value;
        }
      }
      return null;
    }
  }

  Reading(Access access, Key entity) {
    this.access = access;
    this.entity = entity;
  }

  /// A query saw this version.
  void saw(long version) {}

  /// A query is to find out about the rows of a range.
  void beforeScan() {}

  /// A query found none, and so no version.
  void sawNothing() {}

  final long newestVersion() {
    return access.head(entity).version();
  }

  @Override
  public byte[] get(Table table, Key row) {
    byte[] value = null;
    long version = 0;
    for (Row found : access.nodes().read(access.statements().get(entity, table.name(), row))) {
      version = found.getLong("version");
      if (!Statements.OWN.equals(found.getString("tbl"))) {
        value = Bytes.getArray(found.getByteBuffer("value"));
      }
    }
    saw(version);
    return value == null ? null : Aging.value(table, value, access.clock());
  }

  /// Those of some rows that are there. A table without a lifetime.
  final List<dev.sixin.store.Row> getAll(Table table, List<Key> rows) {
    List<dev.sixin.store.Row> found = new ArrayList<>();
    for (Row row : access.nodes().read(access.statements().getAll(entity, table, rows))) {
      saw(row.getLong("version"));
      found.add(row(row));
    }
    return found;
  }

  private static dev.sixin.store.Row row(Row row) {
    return new dev.sixin.store.Row(
        Key.of(Bytes.getArray(row.getByteBuffer("row"))),
        Bytes.getArray(row.getByteBuffer("value")));
  }

  @Override
  public List<dev.sixin.store.Row> scan(Table table, Range rows, Order order, int limit) {
    if (table.lifetime().isPresent()) {
      throw new IllegalArgumentException(table.name() + ": rows with a lifetime are not scanned");
    }
    if (limit == 0 || (rows.to() != null && rows.from().equals(rows.to()))) {
      return List.of();
    }
    beforeScan();
    List<dev.sixin.store.Row> found = new ArrayList<>();
    for (Row row :
        access.nodes().read(access.statements().scan(entity, table, rows, order, limit))) {
      saw(row.getLong("version"));
      found.add(row(row));
    }
    if (found.isEmpty()) {
      sawNothing();
    }
    return found;
  }
}
