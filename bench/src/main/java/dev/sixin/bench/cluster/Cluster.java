package dev.sixin.bench.cluster;

import dev.sixin.Failure;
import dev.sixin.UsageException;
import dev.sixin.bench.cluster.CassandraNode.Sync;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.IntStream;

/// A cluster in a folder. Where the folder is not, there is no cluster.
public final class Cluster {
  private static final Duration LIMIT = Duration.ofMinutes(4);
  private static final int LOOK_MILLIS = 250;
  private static final String NODE = "node-";
  private static final String SERVER = "server-";
  private static final String BUS = "bus";

  private final Path folder;
  private final List<CassandraNode> nodes;
  private final Optional<Bus> bus;
  private final List<SixinServer> servers;

  private Cluster(Path folder, int nodes, boolean withBus, int servers) {
    this.folder = folder;
    this.nodes =
        numbers(nodes)
            .mapToObj(node -> new CassandraNode(folder.resolve(NODE + node), node, nodes))
            .toList();
    this.bus = withBus ? Optional.of(new Bus(folder.resolve(BUS))) : Optional.empty();
    this.servers =
        numbers(servers)
            .mapToObj(server -> new SixinServer(folder.resolve(SERVER + server), server, nodes))
            .toList();
  }

  private static IntStream numbers(int count) {
    return IntStream.rangeClosed(1, count);
  }

  /// The cluster that is there.
  ///
  /// @throws UsageException when there is none
  static Cluster in(Path folder) {
    if (Files.notExists(folder.resolve(NODE + 1))) {
      throw new UsageException(folder + ": no cluster (expected: one that was brought up there)");
    }
    return new Cluster(
        folder, count(folder, NODE), Files.exists(folder.resolve(BUS)), count(folder, SERVER));
  }

  private static int count(Path folder, String prefix) {
    int count = 0;
    while (Files.exists(folder.resolve(prefix + (count + 1)))) {
      count++;
    }
    return count;
  }

  /// Sees to it that all is there that a cluster needs on this machine.
  ///
  /// @param say told what takes long
  public static void prepare(boolean withBus, Consumer<String> say) {
    var _ = Jdk17.java();
    if (withBus) {
      Bus.requireProgram();
    }
    CassandraJars jars = CassandraJars.besideThisProgram();
    if (!jars.areThere()) {
      say.accept("fetching Cassandra (once)");
      jars.fetch();
    }
  }

  /// Makes the folders of a cluster; nothing runs yet.
  ///
  /// @throws UsageException when there is one, or anything else
  public static Cluster create(Path folder, int nodes, Sync sync, boolean withBus, int servers) {
    if (Files.exists(folder)) {
      throw new UsageException(
          folder + ": is there already (sixin cluster status says what it is, down removes it)");
    }
    Cluster cluster = new Cluster(folder, nodes, withBus, servers);
    try {
      for (CassandraNode node : cluster.nodes) {
        node.configure(sync);
      }
      for (Part part : cluster.parts()) {
        Files.createDirectories(part.daemon().folder());
      }
    } catch (IOException e) {
      throw new Failure("%s: %s".formatted(folder, e.getMessage()));
    }
    return cluster;
  }

  /// All that belongs to it, in the order in which they start.
  public List<Part> parts() {
    List<Part> parts = new ArrayList<>();
    bus.ifPresent(parts::add);
    parts.addAll(nodes);
    parts.addAll(servers);
    return parts;
  }

  /// Its nodes.
  public List<CassandraNode> nodes() {
    return nodes;
  }

  /// Its servers.
  public List<SixinServer> servers() {
    return servers;
  }

  /// Its bus.
  ///
  /// @throws java.util.NoSuchElementException when it has none
  public Bus bus() {
    return bus.orElseThrow();
  }

  /// The part that a person means: `2` is the second node, else its folder's name.
  ///
  /// @throws UsageException when there is none
  Part part(String name) {
    String wanted = name.chars().allMatch(Character::isDigit) ? NODE + name : name;
    return parts().stream()
        .filter(part -> part.daemon().folder().equals(folder.resolve(wanted)))
        .findFirst()
        .orElseThrow(
            () ->
                new UsageException(
                    "%s: no part of the cluster (expected: 1 to %d for a node%s%s)"
                        .formatted(
                            name,
                            nodes.size(),
                            bus.isPresent() ? ", bus" : "",
                            servers.isEmpty() ? "" : ", server-1 to -" + servers.size())));
  }

  /// Starts everything; all of it answers when this returns.
  ///
  /// @param progress told again and again what is waited for
  public void start(Consumer<String> progress) {
    bus.ifPresent(Part::start);
    bus.ifPresent(part -> await(List.of(part), progress));
    // The first makes the tables that all have, once.
    CassandraNode first = nodes.getFirst();
    first.start();
    awaitAnswer(first, progress);
    nodes.stream().skip(1).forEach(Part::start);
    await(nodes, progress);
    for (SixinServer server : servers) {
      if (server != servers.getFirst()) {
        server.knowAs(servers.getFirst());
      }
      server.start();
      await(List.of(server), progress);
    }
  }

  /// Waits until a part answers, whoever else is there.
  static void awaitAnswer(Part part, Consumer<String> progress) {
    await(progress, List.of(part), part.daemon().name(), () -> part.answer().isPresent());
  }

  /// Waits until parts are as they should be.
  static void await(List<? extends Part> parts, Consumer<String> progress) {
    for (Part part : parts) {
      await(progress, parts, part.daemon().name(), part::isReady);
    }
  }

  private interface Condition {
    boolean holds();
  }

  private static void await(
      Consumer<String> progress, List<? extends Part> alive, String what, Condition condition) {
    long begin = System.nanoTime();
    while (!condition.holds()) {
      Duration waited = Duration.ofNanos(System.nanoTime() - begin);
      for (Part part : alive) {
        if (!part.daemon().isAlive()) {
          throw new Failure(
              "%s ended:%n%s".formatted(part.daemon().name(), part.daemon().lastLines()));
        }
      }
      if (waited.compareTo(LIMIT) > 0) {
        throw new Failure(
            "%s does not answer after %d s; %s says more"
                .formatted(what, waited.toSeconds(), alive.getFirst().daemon().log()));
      }
      progress.accept("waiting for %s, %d s".formatted(what, waited.toSeconds()));
      try {
        Thread.sleep(LOOK_MILLIS);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new Failure("interrupted");
      }
    }
  }

  /// Waits until all of it is as it should be.
  public void awaitReady() {
    await(parts(), _ -> {});
  }

  /// Ends everything at once.
  public void kill() {
    parts().reversed().forEach(part -> part.daemon().kill());
  }

  /// Ends everything, and removes all that it kept: so nothing needs to end in good order.
  void remove() throws IOException {
    kill();
    Folders.delete(folder);
  }
}
