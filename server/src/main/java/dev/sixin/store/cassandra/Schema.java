package dev.sixin.store.cassandra;

import com.datastax.oss.driver.api.core.CqlIdentifier;
import com.datastax.oss.driver.api.core.cql.Row;
import com.datastax.oss.driver.api.core.cql.SimpleStatement;
import dev.sixin.store.StoreUnavailable;
import java.time.Duration;
import java.util.Set;
import java.util.TreeSet;

/// The tables of a keyspace; the package says what stands in them.
final class Schema {
  /// What this version writes and understands.
  static final int VERSION = 1;

  /// How long what was told may wait for its delivery, and is known to have been delivered.
  static final Duration DELIVERY = Duration.ofDays(10);

  private static final Set<String> TABLES =
      Set.of("rows", "chunks", "undelivered", "entities", "servers", "format");

  private final Nodes nodes;
  private final CassandraStore.Place place;

  Schema(Nodes nodes, CassandraStore.Place place) {
    this.nodes = nodes;
    this.place = place;
  }

  /// Makes what is not there.
  ///
  /// @param slot where the sweeper of a new keyspace begins
  /// @throws StoreUnavailable when the keyspace is somebody else's, or of another version
  void open(long slot) {
    Set<String> present = tables();
    if (!present.isEmpty() && !present.contains("format")) {
      throw refused("it has tables (%s) but no format".formatted(String.join(", ", present)));
    }
    if (present.isEmpty()) {
      nodes.define(
          """
          CREATE KEYSPACE IF NOT EXISTS %s
          WITH replication = {'class': 'NetworkTopologyStrategy', '%s': %d}\
          """
              .formatted(keyspace(), place.datacenter(), place.replication()));
      create("format", "id int PRIMARY KEY, version int, swept bigint", "");
      nodes.ask(
          SimpleStatement.newInstance(
              "INSERT INTO %s.format (id, version, swept) VALUES (0, ?, ?) IF NOT EXISTS"
                  .formatted(keyspace()),
              VERSION,
              slot));
    }
    Row format =
        nodes
            .ask(
                SimpleStatement.newInstance(
                    "SELECT version FROM %s.format WHERE id = 0".formatted(keyspace())))
            .one();
    int version = format == null ? 0 : format.getInt("version");
    if (version != VERSION) {
      throw refused("its format is %d (expected: %d)".formatted(version, VERSION));
    }
    if (!present.containsAll(TABLES)) {
      create(
          "rows",
          """
          entity blob, tbl text, row blob, value blob, gone boolean,
          version bigint STATIC, head blob STATIC, cold blob STATIC,
          PRIMARY KEY (entity, tbl, row)\
          """,
          "");
      create(
          "chunks",
          """
          entity blob, chunk bigint, row blob, value blob, whole boolean STATIC,
          PRIMARY KEY ((entity, chunk), row)\
          """,
          "");
      create(
          "entities", "tbl text, bucket int, entity blob, PRIMARY KEY ((tbl, bucket), entity)", "");
      create("servers", "number int PRIMARY KEY, server bigint, until bigint", "");
      create(
          "undelivered",
          """
          slot bigint, bucket int, entity blob, server bigint,
          PRIMARY KEY ((slot, bucket), entity, server)\
          """,
          """
          WITH default_time_to_live = %d AND gc_grace_seconds = 3600 AND compaction =
          {'class': 'TimeWindowCompactionStrategy', 'compaction_window_unit': 'HOURS',
          'compaction_window_size': 6}\
          """
              .formatted(DELIVERY.toSeconds()));
    }
  }

  /// @throws StoreUnavailable when there is nothing in the keyspace
  void requireThere() {
    if (tables().isEmpty()) {
      throw refused("it is not there");
    }
  }

  private Set<String> tables() {
    Set<String> names = new TreeSet<>();
    nodes
        .ask(
            SimpleStatement.newInstance(
                "SELECT table_name FROM system_schema.tables WHERE keyspace_name = ?",
                place.keyspace()))
        .forEach(row -> names.add(row.getString("table_name")));
    return names;
  }

  private void create(String table, String columns, String options) {
    nodes.define(
        "CREATE TABLE IF NOT EXISTS %s.%s (%s) %s".formatted(keyspace(), table, columns, options));
  }

  /// The keyspace's name as it stands in statements.
  String keyspace() {
    return CqlIdentifier.fromInternal(place.keyspace()).asCql(true);
  }

  private StoreUnavailable refused(String reason) {
    return new StoreUnavailable("keyspace %s: %s".formatted(place.keyspace(), reason), null);
  }
}
