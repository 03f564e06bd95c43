package dev.sixin;

import dev.sixin.entity.Happenings;
import dev.sixin.store.Announcement;
import dev.sixin.store.Store;
import dev.sixin.store.StoreUnavailable;
import dev.sixin.store.cassandra.CassandraStore;
import dev.sixin.store.rocksdb.RocksStore;
import io.micrometer.core.instrument.MeterRegistry;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.function.Consumer;

/// The engine that a server is configured with.
final class Stores {
  private Stores() {}

  /// An open store.
  ///
  /// @param checkpoint puts it as it is now into a directory
  record Open(Store store, Consumer<Path> checkpoint) {}

  /// Opens it and shows its meters.
  static Open open(
      Config config,
      DataDirectory data,
      Announcement.Listener listener,
      InstantSource clock,
      MeterRegistry meters) {
    RocksStore.Limits limits = config.storeLimits();
    if (config.cassandra().isEmpty()) {
      RocksStore store =
          RocksStore.open(data.store(), Server.TABLES, limits, Server::apply, listener, clock);
      store.bindTo(meters);
      return new Open(store, store::checkpoint);
    }
    CassandraStore store =
        CassandraStore.open(
            config.cassandra().get(),
            new CassandraStore.Limits(limits.queue(), limits.batch(), limits.rowCacheBytes()),
            new CassandraStore.Ears(new Happenings(), Server::apply, listener),
            clock);
    store.bindTo(meters);
    return new Open(store, _ -> refuse());
  }

  private static void refuse() {
    throw new StoreUnavailable("no checkpoints of Cassandra: take snapshots of its nodes", null);
  }
}
