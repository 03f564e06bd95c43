package dev.sixin.store.cassandra;

import static java.util.stream.Collectors.groupingBy;
import static java.util.stream.Collectors.mapping;
import static java.util.stream.Collectors.toList;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.datastax.oss.driver.api.core.ConsistencyLevel;
import com.datastax.oss.driver.api.core.CqlSession;
import com.datastax.oss.driver.api.core.cql.Row;
import com.datastax.oss.driver.api.core.cql.SimpleStatement;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// A node of Cassandra that tests run against, as the system property `sixin.cassandra` says
/// (`HOST:PORT`); without it those tests are left out, and say so.
public final class CassandraNode {
  /// The system property's name.
  public static final String PROPERTY = "sixin.cassandra";

  private static final Duration SCHEMA = Duration.ofSeconds(30);

  private CassandraNode() {}

  /// Whether there is one.
  public static boolean isThere() {
    return System.getProperty(PROPERTY) != null;
  }

  /// Where it is.
  public static InetSocketAddress address() {
    String[] parts = System.getProperty(PROPERTY).split(":", 2);
    return new InetSocketAddress(parts[0], Integer.parseInt(parts[1]));
  }

  /// As [#address], for a line to it that is cut. A driver that learns of more nodes goes around
  /// such a line, so where there are several, the test is left out, and says so.
  public static InetSocketAddress onlyAddress() {
    assumeTrue(nodes() == 1, "there are several nodes");
    return address();
  }

  /// Stays open until the machine ends: servers that stop last drop their keyspaces.
  private static final class Shared {
    static final CqlSession SESSION =
        CqlSession.builder().addContactPoint(address()).withLocalDatacenter(datacenter()).build();
  }

  /// The datacenter it is in.
  public static String datacenter() {
    return System.getProperty("sixin.cassandra.datacenter", "datacenter1");
  }

  /// How many replicas there can be.
  static int nodes() {
    return Shared.SESSION.getMetadata().getNodes().size();
  }

  /// A keyspace there, not made yet.
  static CassandraStore.Place place(String keyspace) {
    return place(address(), keyspace);
  }

  static CassandraStore.Place place(InetSocketAddress address, String keyspace) {
    return new CassandraStore.Place(
        List.of(address),
        datacenter(),
        keyspace,
        Math.min(3, nodes()),
        Optional.empty(),
        Optional.empty());
  }

  /// Options of a server that keeps everything there.
  public static List<String> options(String keyspace) {
    return List.of(
        "--store=cassandra",
        "--contact-points=" + System.getProperty(PROPERTY),
        "--datacenter=" + datacenter(),
        "--keyspace=" + keyspace,
        "--replication=" + Math.min(3, nodes()));
  }

  /// Asks it something by other ways than the store's.
  static List<Row> ask(String cql, Object... values) {
    return Shared.SESSION
        .execute(
            SimpleStatement.newInstance(cql, values)
                .setTimeout(SCHEMA)
                .setConsistencyLevel(ConsistencyLevel.LOCAL_QUORUM))
        .all();
  }

  /// Removes a keyspace if it is there.
  public static void drop(String keyspace) {
    var _ = ask("DROP KEYSPACE IF EXISTS " + keyspace);
  }

  /// Removes all rows of a store, a partition after another: to truncate tables takes seconds where
  /// there are several nodes.
  ///
  /// @param slot where its sweepers begin
  static void empty(String keyspace, long slot) {
    var _ = ask("UPDATE %s.format SET swept = ? WHERE id = 0".formatted(keyspace), slot);
    partitionKeys(keyspace)
        .forEach(
            (table, columns) -> {
              String keys = String.join(", ", columns);
              String key = String.join(" = ? AND ", columns) + " = ?";
              for (Row row :
                  ask("SELECT DISTINCT %s FROM %s.%s".formatted(keys, keyspace, table))) {
                var _ =
                    ask(
                        "DELETE FROM %s.%s WHERE %s".formatted(keyspace, table, key),
                        columns.stream().map(row::getObject).toArray());
              }
            });
  }

  /// Of each table whose rows tests write.
  private static Map<String, List<String>> partitionKeys(String keyspace) {
    return ask(
            "SELECT table_name, column_name, kind FROM system_schema.columns WHERE keyspace_name ="
                + " ?",
            keyspace)
        .stream()
        .filter(column -> "partition_key".equals(column.getString("kind")))
        .filter(column -> !"format".equals(column.getString("table_name")))
        .collect(
            groupingBy(
                column -> column.getString("table_name"),
                mapping(column -> column.getString("column_name"), toList())));
  }

  /// A name that no other test uses.
  public static String freshKeyspace() {
    return "sixin_%d_%d".formatted(ProcessHandle.current().pid(), System.nanoTime());
  }
}
