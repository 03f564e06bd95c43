package dev.sixin;

import dev.sixin.entity.Happenings;
import dev.sixin.store.Announcement;
import dev.sixin.store.Origin;
import dev.sixin.store.Store;
import dev.sixin.store.StoreUnavailable;
import dev.sixin.store.cassandra.CassandraStore;
import dev.sixin.store.rocksdb.RocksStore;
import io.micrometer.core.instrument.MeterRegistry;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.InstantSource;
import java.util.OptionalInt;
import java.util.function.Consumer;

/// Opens the engine that a server or a command is configured with.
final class Stores {
  /// How long whoever has no deadline of its own waits for one change on a cluster.
  private static final Duration ANSWER_WITHIN = Duration.ofSeconds(4);

  /// How long a command does.
  private static final Duration PATIENCE = Duration.ofHours(1);

  private Stores() {}

  /// An open store.
  ///
  /// @param checkpoint puts it as it is now into a directory
  record Open(Store store, Consumer<Path> checkpoint) {}

  /// Opens it and shows its meters.
  ///
  /// @throws StoreUnavailable when it can not be opened, or is not to be used yet
  static Open open(
      Config config,
      DataDirectory data,
      Announcement.Listener listener,
      InstantSource clock,
      MeterRegistry meters) {
    RocksStore.Limits limits = config.storeLimits();
    if (config.cassandra().isEmpty()) {
      RocksStore store =
          whole(
              RocksStore.open(data.store(), Server.TABLES, limits, Server::apply, listener, clock));
      store.bindTo(meters);
      return new Open(store, store::checkpoint);
    }
    CassandraStore store =
        whole(
            CassandraStore.open(
                config.cassandra().get(),
                OptionalInt.of(config.node()),
                limits(limits, ANSWER_WITHIN),
                ears(listener),
                clock));
    store.bindTo(meters);
    return new Open(store, _ -> refuse());
  }

  private static <S extends Store> S whole(S store) {
    try {
      Origin origin = Origin.of(store);
      if (!origin.whole()) {
        throw new StoreUnavailable(
            ("what `sixin migrate` brings here from %s is not all here"
                    + " (expected: run it again until it says that all is well)")
                .formatted(origin.source()),
            null);
      }
      return store;
    } catch (RuntimeException e) {
      store.close();
      throw e;
    }
  }

  /// The embedded store in a directory, for a command.
  static RocksStore embedded(Path directory) {
    return RocksStore.open(
        directory, Server.TABLES, RocksStore.Limits.DEFAULT, Server::apply, Clock.systemUTC());
  }

  /// The store that is on a cluster already, for a command.
  static CassandraStore existing(CassandraStore.Place place, RocksStore.Limits limits) {
    return CassandraStore.openExisting(
        place, limits(limits, PATIENCE), ears(Announcement.Listener.NONE), Clock.systemUTC());
  }

  /// The store on a cluster, for a command. It is made where there is none.
  static CassandraStore cassandra(CassandraStore.Place place, RocksStore.Limits limits) {
    return CassandraStore.open(
        place,
        OptionalInt.empty(),
        limits(limits, PATIENCE),
        ears(Announcement.Listener.NONE),
        Clock.systemUTC());
  }

  private static CassandraStore.Limits limits(RocksStore.Limits limits, Duration answerWithin) {
    return new CassandraStore.Limits(
        limits.queue(), limits.batch(), limits.rowCacheBytes(), answerWithin);
  }

  private static CassandraStore.Ears ears(Announcement.Listener listener) {
    return new CassandraStore.Ears(new Happenings(), Server::apply, listener);
  }

  private static void refuse() {
    throw new StoreUnavailable("no checkpoints of Cassandra: take snapshots of its nodes", null);
  }
}
