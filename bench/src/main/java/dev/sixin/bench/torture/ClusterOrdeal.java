package dev.sixin.bench.torture;

import dev.sixin.bench.cluster.CassandraNode;
import dev.sixin.bench.cluster.Cluster;
import dev.sixin.bench.cluster.Daemon;
import dev.sixin.bench.cluster.Part;
import dev.sixin.bench.cluster.SixinServer;
import dev.sixin.bench.torture.disk.FaultyDisk;
import dev.sixin.bench.torture.history.Call.Event.Kind;
import dev.sixin.bench.torture.history.RecordFile;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Random;

/// What befalls servers on a cluster: one part of it at a time.
final class ClusterOrdeal extends Ordeal {
  private static final Duration SKEW = Duration.ofSeconds(5);
  private static final int LEAST_AWAY_MILLIS = 3_000;
  private static final int MOST_AWAY_MILLIS = 8_000;

  private final OnCluster subject;
  private final List<FaultyDisk> clocks;
  private final Random random;
  private boolean ahead;

  /// @param clocks those of the servers, in their order; empty: they can not be moved
  ClusterOrdeal(OnCluster subject, RecordFile record, List<FaultyDisk> clocks, Random random) {
    super(record, random);
    this.subject = subject;
    this.clocks = clocks;
    this.random = random;
  }

  @Override
  void happen(Fault fault) throws IOException, InterruptedException {
    switch (fault) {
      case NODE_KILL -> killAndStart(any(subject.cluster().nodes()));
      case NODE_STOP -> stopAndGoOn(any(subject.cluster().nodes()).daemon());
      case NODE_CUT -> {
        CassandraNode node = any(withAddressesOfTheirOwn(subject.cluster()));
        try (Cut _ = Cut.off(node.address())) {
          note(Kind.FAULT, node.daemon().name());
          awhile();
        }
      }
      case SERVER_KILL -> {
        SixinServer server = any(subject.cluster().servers());
        note(Kind.FAULT, server.daemon().name());
        subject.kill(server);
        subject.restart(server);
      }
      case SERVER_STOP -> stopAndGoOn(any(subject.cluster().servers()).daemon());
      case BUS_KILL -> killAndStart(subject.cluster().bus());
      case SKEW -> {
        ahead = !ahead;
        clocks.getFirst().moveClock(ahead ? SKEW : SKEW.negated());
      }
      default -> throw new IllegalStateException(fault.word() + ": not for a cluster");
    }
  }

  /// All nodes but the first: everything else on this machine talks by way of its address.
  static List<CassandraNode> withAddressesOfTheirOwn(Cluster cluster) {
    List<CassandraNode> nodes = cluster.nodes();
    return nodes.subList(1, nodes.size());
  }

  private <T> T any(List<T> of) {
    return of.get(random.nextInt(of.size()));
  }

  private void killAndStart(Part part) throws InterruptedException {
    note(Kind.FAULT, part.daemon().name());
    var _ = part.daemon().kill();
    awhile();
    part.start();
  }

  private void stopAndGoOn(Daemon daemon) throws InterruptedException {
    note(Kind.FAULT, daemon.name());
    daemon.signal("STOP");
    try {
      awhile();
    } finally {
      daemon.signal("CONT");
    }
  }

  private void awhile() throws InterruptedException {
    Thread.sleep(random.nextInt(LEAST_AWAY_MILLIS, MOST_AWAY_MILLIS));
  }

  @Override
  boolean awaitReady() {
    subject.cluster().awaitReady();
    return true;
  }
}
