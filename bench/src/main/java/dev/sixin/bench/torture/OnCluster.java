package dev.sixin.bench.torture;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.sixin.bench.cluster.Cluster;
import dev.sixin.bench.cluster.Part;
import dev.sixin.bench.cluster.SixinServer;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/// Several servers as one, on a cluster of this machine. A client has one of them, and another one
/// while that is down or after it failed to answer, as behind a balancer.
final class OnCluster implements Subject {
  /// More than a server takes to answer, one way or the other.
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  private final Cluster cluster;
  private final Set<SixinServer> down = ConcurrentHashMap.newKeySet();

  OnCluster(Cluster cluster) {
    this.cluster = cluster;
  }

  /// Sees to it that nothing outlives this process, however it is told to end.
  void endWithThisProcess() {
    Runtime.getRuntime().addShutdownHook(Thread.ofPlatform().unstarted(this::close));
  }

  @Override
  public void start() {
    cluster.start(_ -> {});
  }

  Cluster cluster() {
    return cluster;
  }

  /// Ends a server at once.
  void kill(SixinServer server) {
    down.add(server);
    var _ = server.daemon().kill();
  }

  /// Starts a server that was killed; it answers when this returns.
  void restart(SixinServer server) {
    server.start();
    cluster.awaitReady();
    down.remove(server);
  }

  @Override
  public URI uri(int way) {
    List<SixinServer> servers = cluster.servers();
    for (int i = 0; i < servers.size(); i++) {
      SixinServer server = servers.get(Math.floorMod(way + i, servers.size()));
      if (!down.contains(server)) {
        return server.uri();
      }
    }
    return servers.get(Math.floorMod(way, servers.size())).uri();
  }

  @Override
  public boolean isUp() {
    return down.size() < cluster.servers().size();
  }

  @Override
  public Duration patience() {
    return PATIENCE;
  }

  @Override
  public boolean isApart() {
    return true;
  }

  @Override
  public String adminToken() throws IOException {
    return Files.readString(cluster.servers().getFirst().data().resolve("admin.token"), UTF_8)
        .strip();
  }

  @Override
  public List<String> end() {
    return cluster.parts().stream()
        .map(Part::daemon)
        .filter(daemon -> !daemon.isAlive())
        .map(daemon -> daemon.name() + " ended by itself")
        .toList();
  }

  @Override
  public void close() {
    cluster.kill();
  }
}
