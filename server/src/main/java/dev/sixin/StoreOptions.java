package dev.sixin;

import static dev.sixin.UsageException.requireBetween;

import dev.sixin.store.cassandra.CassandraStore;
import dev.sixin.store.rocksdb.RocksStore;
import dev.sixin.tls.Trust;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import javax.net.ssl.SSLContext;
import picocli.CommandLine.Option;

/// The options of a server that say what it keeps everything in.
final class StoreOptions {
  private static final int USUAL_PORT = 9_042;
  private static final long MIB = 1L << 20;
  private static final Pattern KEYSPACE = Pattern.compile("[a-z][a-z0-9_]{0,47}");
  private static final Pattern DATACENTER = Pattern.compile("[A-Za-z0-9_.-]+");

  /// What everything is kept in.
  enum Kind {
    /// The embedded database in the data directory.
    rocksdb,
    /// Nodes of a database that speaks Cassandra's protocol.
    cassandra
  }

  @Option(
      names = "--store",
      defaultValue = "rocksdb",
      description = "rocksdb: in the data directory; cassandra: on the nodes of a cluster")
  private Kind kind;

  @Option(
      names = "--contact-points",
      split = ",",
      description = "some nodes of Cassandra, such as h1:9042,h2:9042")
  private List<String> contactPoints;

  @Option(names = "--datacenter", description = "Cassandra's datacenter that the server is in")
  private String datacenter;

  @Option(
      names = "--keyspace",
      defaultValue = "sixin",
      description = "the keyspace; it is made when there is none")
  private String keyspace;

  @Option(
      names = "--replication",
      defaultValue = "3",
      description = "replicas of everything in a keyspace that is made")
  private int replication;

  @Option(names = "--store-user", description = "who the server is to Cassandra")
  private String user;

  @Option(
      names = "--store-password",
      description = "that user's password; better in SIXIN_STORE_PASSWORD or the file")
  private String password;

  @Option(
      names = "--store-tls",
      defaultValue = "false",
      arity = "1",
      description = "true: speak TLS with Cassandra")
  private boolean tls;

  @Option(
      names = "--store-ca",
      description =
          "certificates that Cassandra's must lead to, in PEM; none given: the usual ones")
  private Path authorities;

  @Option(
      names = "--store-queue",
      defaultValue = "20000",
      description = "writes that may wait; more are answered -509")
  private int queue;

  @Option(
      names = "--store-batch",
      defaultValue = "1000",
      description = "writes that share one fsync, or one write to Cassandra, at most")
  private int batch;

  @Option(
      names = "--store-row-cache",
      description =
          "MiB of heap for rows that writes read again and again"
              + " (an eighth of the heap, at most 256)")
  private Integer rowCache;

  @Option(
      names = "--store-block-cache",
      defaultValue = "160",
      description = "MiB of memory beside the heap for blocks of the database's tables")
  private int blockCache;

  @Option(
      names = "--store-erase-days",
      defaultValue = "2",
      description = "days within which what was erased is gone from the files too; 0: at some time")
  private int eraseDays;

  /// What the embedded store may take.
  ///
  /// @throws UsageException when a value is out of bounds
  RocksStore.Limits limits() {
    requireBetween("--store-queue", queue, 1, 10_000_000);
    requireBetween("--store-batch", batch, 1, 100_000);
    requireBetween("--store-block-cache", blockCache, 8, 1_048_576);
    requireBetween("--store-erase-days", eraseDays, 0, 10_000);
    return new RocksStore.Limits(
        queue, batch, rowCacheBytes(), blockCache * MIB, Duration.ofDays(eraseDays));
  }

  private long rowCacheBytes() {
    if (rowCache == null) {
      return RocksStore.Limits.DEFAULT.rowCacheBytes();
    }
    requireBetween("--store-row-cache", rowCache, 0, 1_024);
    return rowCache * MIB;
  }

  /// Where Cassandra is; empty: everything is in the data directory.
  ///
  /// @throws UsageException when a value is out of bounds or one is missing
  Optional<CassandraStore.Place> cassandra() {
    if (kind == Kind.rocksdb) {
      if (contactPoints != null || datacenter != null) {
        throw new UsageException("--contact-points and --datacenter: need --store cassandra");
      }
      return Optional.empty();
    }
    if (contactPoints == null || contactPoints.isEmpty()) {
      throw new UsageException(
          "--store cassandra: needs --contact-points, such as h1:9042,h2:9042");
    }
    if (datacenter == null || !DATACENTER.matcher(datacenter).matches()) {
      throw new UsageException("--store cassandra: needs --datacenter, such as dc1");
    }
    if (!KEYSPACE.matcher(keyspace).matches()) {
      throw new UsageException(
          "--keyspace: %s (expected: a letter, then letters, digits and _, 48 in all, lower case)"
              .formatted(keyspace));
    }
    requireBetween("--replication", replication, 1, 100);
    if ((user == null) != (password == null)) {
      throw new UsageException(
          "--store-user and --store-password: only one is given (expected: both)");
    }
    return Optional.of(
        new CassandraStore.Place(
            contactPoints.stream().map(StoreOptions::address).toList(),
            datacenter,
            keyspace,
            replication,
            Optional.ofNullable(user).map(name -> new CassandraStore.Login(name, password)),
            tls ? Optional.of(context()) : Optional.empty()));
  }

  private static InetSocketAddress address(String text) {
    int colon = text.lastIndexOf(':');
    String host = colon < 0 ? text : text.substring(0, colon);
    try {
      int port = colon < 0 ? USUAL_PORT : Integer.parseInt(text.substring(colon + 1));
      if (!host.isBlank()) {
        return new InetSocketAddress(host.strip(), port);
      }
    } catch (IllegalArgumentException e) {
      throw wrong(text);
    }
    throw wrong(text);
  }

  private static UsageException wrong(String address) {
    return new UsageException(
        "--contact-points: %s (expected: a host and a port, such as h1:9042)".formatted(address));
  }

  private SSLContext context() {
    try {
      return Trust.context(Optional.ofNullable(authorities));
    } catch (IOException e) {
      throw new UsageException("--store-ca: " + e.getMessage());
    }
  }
}
