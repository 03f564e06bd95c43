package dev.sixin.store.rocksdb;

import dev.sixin.store.StoreUnavailable;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.composite.CompositeMeterRegistry;
import java.io.File;
import java.time.Duration;
import java.util.Arrays;
import java.util.Locale;
import java.util.function.ToDoubleFunction;
import org.rocksdb.TickerType;

/// What the embedded engine counts of itself. Nothing is measured for a row, little for a batch.
final class StoreMeters {
  private static final double[] BATCHES = {1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000};
  private static final Duration[] COMMITS = {
    Duration.ofMillis(1),
    Duration.ofMillis(2),
    Duration.ofMillis(5),
    Duration.ofMillis(10),
    Duration.ofMillis(20),
    Duration.ofMillis(50),
    Duration.ofMillis(100),
    Duration.ofMillis(200),
    Duration.ofMillis(500),
    Duration.ofSeconds(1),
    Duration.ofSeconds(5)
  };

  /// Goes nowhere until somebody wants to know.
  private final CompositeMeterRegistry registry = new CompositeMeterRegistry();

  private final DistributionSummary batch =
      DistributionSummary.builder("sixin.store.batch.size")
          .description("Transactions that were written with one fsync")
          .serviceLevelObjectives(BATCHES)
          .register(registry);
  private final Timer commit =
      Timer.builder("sixin.store.commit")
          .description("How long it took to write and sync a batch")
          .serviceLevelObjectives(COMMITS)
          .register(registry);
  private final Counter failures =
      Counter.builder("sixin.store.commit.failures")
          .description("Batches that could not be written; the store was read-only after each")
          .register(registry);
  private final Counter hits = rowCache("hit");
  private final Counter misses = rowCache("miss");

  private Counter rowCache(String result) {
    return Counter.builder("sixin.store.row.cache")
        .description("Rows that the writer read by key, by whether the row cache knew them")
        .tag("result", result)
        .register(registry);
  }

  /// Has all of it in a registry from now on, and what state a store is in.
  void show(RocksStore store, MeterRegistry wanted) {
    registry.add(wanted);
    gauge(
        store,
        "sixin.store.writable",
        "1: the store takes writes; 0: it is read-only or closed",
        shown -> shown.writable() ? 1 : 0);
    gauge(store, "sixin.store.queue", "Transactions that wait to be run", RocksStore::waiting);
    for (Part part : Part.values()) {
      size(store, part.name().toLowerCase(Locale.ROOT), shown -> bytes(shown, part));
    }
    size(store, "log", StoreMeters::logBytes);
    Gauge.builder("sixin.disk.free", store, shown -> shown.directory().toFile().getUsableSpace())
        .description("Room that is left on the disk of the store")
        .baseUnit("bytes")
        .register(registry);
    FunctionCounter.builder("sixin.store.syncs", store, RocksStore::syncs)
        .description("Times that the log was synced to the disk")
        .register(registry);
    blockCache(store, "hit", TickerType.BLOCK_CACHE_DATA_HIT);
    blockCache(store, "miss", TickerType.BLOCK_CACHE_DATA_MISS);
  }

  private void blockCache(RocksStore store, String result, TickerType counted) {
    FunctionCounter.builder("sixin.store.block.cache", store, shown -> shown.count(counted))
        .description("Blocks of tables that were read, by whether the block cache had them")
        .tag("result", result)
        .register(registry);
  }

  private void gauge(
      RocksStore store, String name, String description, ToDoubleFunction<RocksStore> value) {
    Gauge.builder(name, store, value).description(description).register(registry);
  }

  private void size(RocksStore store, String part, ToDoubleFunction<RocksStore> bytes) {
    Gauge.builder("sixin.store.size", store, bytes)
        .description("What the store takes on disk (tables, log) or in memory, by part")
        .baseUnit("bytes")
        .tag("part", part)
        .register(registry);
  }

  private static double logBytes(RocksStore store) {
    File[] logs = store.directory().toFile().listFiles((_, name) -> name.endsWith(".log"));
    return logs == null ? Double.NaN : Arrays.stream(logs).mapToLong(File::length).sum();
  }

  private static double bytes(RocksStore store, Part part) {
    try {
      return store.using(database -> database.bytes(part));
    } catch (StoreUnavailable e) {
      return Double.NaN; // closed, or between two openings
    }
  }

  /// A batch was written.
  void committed(int transactions, long nanos) {
    batch.record(transactions);
    commit.record(Duration.ofNanos(nanos));
  }

  /// A batch could not be written.
  void failed() {
    failures.increment();
  }

  /// A batch was run.
  void looked(long found, long notFound) {
    hits.increment((double) found);
    misses.increment((double) notFound);
  }
}
