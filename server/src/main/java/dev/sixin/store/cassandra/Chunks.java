package dev.sixin.store.cassandra;

import com.datastax.oss.driver.api.core.cql.BatchStatement;
import com.datastax.oss.driver.api.core.cql.BatchStatementBuilder;
import com.datastax.oss.driver.api.core.cql.DefaultBatchType;
import com.datastax.oss.driver.api.core.cql.PreparedStatement;
import com.datastax.oss.driver.api.core.cql.Row;
import com.datastax.oss.protocol.internal.util.Bytes;
import dev.sixin.store.Key;
import dev.sixin.store.Order;
import dev.sixin.store.Range;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Iterator;
import java.util.List;

/// The partitions of chunks.
final class Chunks {
  private static final int AT_ONCE = 100;
  private static final int PAGE = 500;

  /// Chunks are removed as if it were this much later: no clock of those who wrote them is so far
  /// ahead, and their numbers never come again.
  private static final Duration AHEAD = Duration.ofHours(1);

  private final Nodes nodes;
  private final PreparedStatement put;
  private final PreparedStatement whole;
  private final PreparedStatement isWhole;
  private final PreparedStatement get;
  private final PreparedStatement up;
  private final PreparedStatement down;
  private final PreparedStatement remove;

  Chunks(Nodes nodes, String keyspace) {
    this.nodes = nodes;
    String chunks = keyspace + ".chunks";
    String key = " WHERE entity = ? AND chunk = ?";
    put =
        nodes.prepare(
            "INSERT INTO %s (entity, chunk, row, value) VALUES (?, ?, ?, ?)".formatted(chunks));
    whole = nodes.prepare("UPDATE " + chunks + " SET whole = true" + key);
    isWhole = nodes.prepare("SELECT whole FROM " + chunks + key + " LIMIT 1");
    get = nodes.prepare("SELECT value FROM " + chunks + key + " AND row = ?");
    String scan = "SELECT row, value FROM " + chunks + key + " AND row >= ? AND row < ?";
    up = nodes.prepare(scan);
    down = nodes.prepare(scan + " ORDER BY row DESC");
    remove = nodes.prepare("DELETE FROM " + chunks + " USING TIMESTAMP ?" + key);
  }

  /// Writes a chunk; nobody sees it before the entity's partition names it.
  void write(Key entity, Chunk chunk, List<dev.sixin.store.Row> rows) {
    for (int from = 0; from < rows.size(); from += AT_ONCE) {
      List<dev.sixin.store.Row> some = rows.subList(from, Math.min(from + AT_ONCE, rows.size()));
      BatchStatementBuilder batch = BatchStatement.builder(DefaultBatchType.UNLOGGED);
      for (dev.sixin.store.Row row : some) {
        batch.addStatement(
            put.bind(
                Statements.bytes(entity),
                chunk.id(),
                Statements.bytes(row.key()),
                ByteBuffer.wrap(row.value())));
      }
      nodes.write(batch.build());
    }
    nodes.write(whole.bind(Statements.bytes(entity), chunk.id()));
  }

  /// Removes a chunk that no partition names any more. Who reads it still will see that it is gone.
  void remove(Key entity, Chunk chunk) {
    long future = (System.currentTimeMillis() + AHEAD.toMillis()) * 1_000;
    nodes.writeLater(remove.bind(future, Statements.bytes(entity), chunk.id()));
  }

  /// A row's value; null: there is none.
  ///
  /// @throws Moved when the chunk was replaced
  byte[] get(Key entity, Chunk chunk, Key row) {
    Row found =
        nodes.read(get.bind(Statements.bytes(entity), chunk.id(), Statements.bytes(row))).one();
    if (found == null) {
      requireWhole(entity, chunk);
      return null;
    }
    return Bytes.getArray(found.getByteBuffer("value"));
  }

  /// The rows of a range, read as they are asked for. Once all are taken that are wanted,
  /// [#requireWhole] says whether they were all there.
  Iterator<dev.sixin.store.Row> scan(Key entity, Chunk chunk, Range range, Order order) {
    Key first = max(range.from(), chunk.first());
    Key end = chunk.last().next();
    Key to = range.to() == null || range.to().compareTo(end) > 0 ? end : range.to();
    PreparedStatement scan = order == Order.ASCENDING ? up : down;
    Iterator<Row> rows =
        nodes
            .read(
                scan.bind(
                        Statements.bytes(entity),
                        chunk.id(),
                        Statements.bytes(first),
                        Statements.bytes(to))
                    .setPageSize(PAGE))
            .iterator();
    return new Iterator<>() {
      @Override
      public boolean hasNext() {
        return rows.hasNext();
      }

      @Override
      public dev.sixin.store.Row next() {
        Row row = rows.next();
        return new dev.sixin.store.Row(
            Key.of(Bytes.getArray(row.getByteBuffer("row"))),
            Bytes.getArray(row.getByteBuffer("value")));
      }
    };
  }

  private static Key max(Key one, Key other) {
    return one.compareTo(other) < 0 ? other : one;
  }

  /// @throws Moved when the chunk was replaced
  void requireWhole(Key entity, Chunk chunk) {
    Row found = nodes.read(isWhole.bind(Statements.bytes(entity), chunk.id())).one();
    if (found == null || !found.getBoolean("whole")) {
      throw new Moved();
    }
  }
}
