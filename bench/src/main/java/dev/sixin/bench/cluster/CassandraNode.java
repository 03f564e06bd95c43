package dev.sixin.bench.cluster;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.math.BigInteger;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/// A node of Cassandra on a loopback address of its own.
public final class CassandraNode implements Part {
  private static final int PORT = 9042;
  private static final List<String> FILES =
      List.of("cassandra.yaml", "jvm.options", "cassandra-rackdc.properties", "logback.xml");

  private final Daemon daemon;
  private final int number;
  private final int nodes;

  /// When the log of writes is synced.
  public enum Sync {
    /// Before a write is acknowledged.
    BATCH("batch"),
    /// Every ten seconds: what was acknowledged since is lost with the power.
    PERIODIC("periodic\ncommitlog_sync_period: 10s");

    private final String words;

    Sync(String words) {
      this.words = words;
    }
  }

  /// @param number 1 and up
  /// @param nodes how many there are in the cluster
  CassandraNode(Path folder, int number, int nodes) {
    this.daemon = new Daemon("node " + number, folder);
    this.number = number;
    this.nodes = nodes;
  }

  /// Where the first nodes of a cluster answer, as `--contact-points` takes it.
  static String contactPoints(int nodes) {
    return IntStream.rangeClosed(1, nodes)
        .mapToObj(node -> address(node) + ":" + PORT)
        .collect(Collectors.joining(","));
  }

  /// The loopback address that is its own.
  public String address() {
    return address(number);
  }

  private static String address(int number) {
    return "127.0.0." + number;
  }

  @Override
  public Daemon daemon() {
    return daemon;
  }

  @Override
  public void start() {
    CassandraJars jars = CassandraJars.besideThisProgram();
    daemon.start(
        List.of(
            Jdk17.java().toString(),
            "@" + conf().resolve("jvm.options"),
            "-javaagent:" + jars.agent(),
            "-Dcassandra.config=" + conf().resolve("cassandra.yaml").toUri(),
            "-Dcassandra.storagedir=" + data(),
            "-Dcassandra.logdir=" + daemon.folder(),
            "-cp",
            conf() + ":" + jars.classPath(),
            "org.apache.cassandra.service.CassandraDaemon"));
  }

  private Path conf() {
    return daemon.folder().resolve("conf");
  }

  private Path data() {
    return daemon.folder().resolve("data");
  }

  /// Writes its configuration.
  void configure(Sync sync) throws IOException {
    Files.createDirectories(conf());
    Map<String, String> words =
        Map.of(
            "ADDRESS", address(number),
            "SEEDS",
                IntStream.rangeClosed(1, nodes)
                    .mapToObj(CassandraNode::address)
                    .collect(Collectors.joining(",")),
            "TOKEN", token().toString(),
            "DATA", data().toString(),
            "SYNC", sync.words);
    for (String file : FILES) {
      Files.writeString(conf().resolve(file), CassandraJars.text(file, words), UTF_8);
    }
  }

  /// Its place in the ring, which goes from -2^63 once around; the nodes are evenly spread.
  private BigInteger token() {
    return BigInteger.TWO
        .pow(64)
        .multiply(BigInteger.valueOf(number - 1))
        .divide(BigInteger.valueOf(nodes))
        .subtract(BigInteger.TWO.pow(63));
  }

  private OptionalInt seen() {
    return daemon.isAlive()
        ? CqlProbe.nodesSeenBy(new InetSocketAddress(address(number), PORT), nodes)
        : OptionalInt.empty();
  }

  @Override
  public Optional<String> answer() {
    OptionalInt seen = seen();
    if (seen.isEmpty()) {
      return Optional.empty();
    }
    String who = seen.getAsInt() == 0 ? "can not say which nodes it sees" : "sees %d of %d nodes";
    return Optional.of(
        "%s:%d, %s".formatted(address(number), PORT, who.formatted(seen.getAsInt(), nodes)));
  }

  @Override
  public boolean isReady() {
    return seen().orElse(0) == nodes;
  }
}
