package dev.sixin.store.cassandra;

import com.datastax.oss.driver.api.core.cql.PreparedStatement;
import com.datastax.oss.driver.api.core.cql.Row;
import com.datastax.oss.protocol.internal.util.Bytes;
import dev.sixin.store.Key;
import java.nio.ByteBuffer;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;

/// The index of entities that may have told something which is not delivered yet. An entity stands
/// here before it tells anything, and until all of it is delivered. Cut into slots of a minute, so
/// that the sweeper looks at few rows, and none twice that is gone.
final class Undelivered {
  private static final int SLOT_SECONDS = 60;
  private static final int BUCKETS = 8;

  private final Nodes nodes;
  private final InstantSource clock;
  private final long server;
  private final PreparedStatement insert;
  private final PreparedStatement delete;
  private final PreparedStatement find;
  private final PreparedStatement list;
  private final PreparedStatement swept;
  private final PreparedStatement sweptUpTo;

  /// One entity in the index.
  ///
  /// @param server the one that worked on it
  record Entry(long slot, Key entity, long server) {}

  Undelivered(Nodes nodes, String keyspace, long server, InstantSource clock) {
    this.nodes = nodes;
    this.clock = clock;
    this.server = server;
    String table = keyspace + ".undelivered";
    String key = " WHERE slot = ? AND bucket = ? AND entity = ? AND server = ?";
    insert =
        nodes.prepare(
            "INSERT INTO %s (slot, bucket, entity, server) VALUES (?, ?, ?, ?)".formatted(table));
    delete = nodes.prepare("DELETE FROM " + table + key);
    find = nodes.prepare("SELECT slot FROM " + table + key);
    list =
        nodes.prepare(
            "SELECT entity, server FROM %s WHERE slot = ? AND bucket = ?".formatted(table));
    swept = nodes.prepare("SELECT swept FROM %s.format WHERE id = 0".formatted(keyspace));
    sweptUpTo = nodes.prepare("UPDATE %s.format SET swept = ? WHERE id = 0".formatted(keyspace));
  }

  static long slot(InstantSource clock) {
    return clock.instant().getEpochSecond() / SLOT_SECONDS;
  }

  long slot() {
    return slot(clock);
  }

  static int bucket(Key entity) {
    return Math.floorMod(entity.hashCode(), BUCKETS);
  }

  /// An entity is going to tell something. When this returns, the sweepers will find it.
  ///
  /// @return in which slot
  long intend(Key entity) {
    long slot = slot();
    nodes.write(insert.bind(slot, bucket(entity), Statements.bytes(entity), server));
    // Whoever stood still for a minute may have written behind a sweeper's back.
    return slot() - slot <= 1 ? slot : intend(entity);
  }

  /// All that this server told by way of an entity is delivered.
  void delivered(long slot, Key entity) {
    nodes.writeLater(delete.bind(slot, bucket(entity), Statements.bytes(entity), server));
  }

  /// As said by an entry, all is delivered.
  void delivered(Entry entry) {
    nodes.write(
        delete.bind(
            entry.slot(),
            bucket(entry.entity()),
            Statements.bytes(entry.entity()),
            entry.server()));
  }

  /// Whether an entity still stands there.
  boolean has(Entry entry) {
    return nodes
            .read(
                find.bind(
                    entry.slot(),
                    bucket(entry.entity()),
                    Statements.bytes(entry.entity()),
                    entry.server()))
            .one()
        != null;
  }

  List<Entry> in(long slot) {
    List<Entry> entries = new ArrayList<>();
    for (int bucket = 0; bucket < BUCKETS; bucket++) {
      for (Row row : nodes.read(list.bind(slot, bucket))) {
        ByteBuffer entity = row.getByteBuffer("entity");
        entries.add(new Entry(slot, Key.of(Bytes.getArray(entity)), row.getLong("server")));
      }
    }
    return entries;
  }

  /// How many entries there are.
  long count() {
    return LongStream.rangeClosed(firstSlot(), slot() + 1).map(slot -> in(slot).size()).sum();
  }

  /// The first slot in which something may be.
  long firstSlot() {
    return nodes.read(swept.bind()).one().getLong("swept");
  }

  /// Nothing is left before this slot, and nothing will come.
  void emptyBefore(long slot) {
    nodes.write(sweptUpTo.bind(slot));
  }
}
