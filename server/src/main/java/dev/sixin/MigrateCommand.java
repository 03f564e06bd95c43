package dev.sixin;

import static dev.sixin.UsageException.requireBetween;

import dev.sixin.Migration.Measure;
import dev.sixin.Migration.Source;
import dev.sixin.Migration.Target;
import dev.sixin.store.cassandra.CassandraStore;
import dev.sixin.store.rocksdb.RocksStore;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.BooleanSupplier;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// `sixin migrate`: brings everything from a data directory to Cassandra, or into a new data
/// directory.
@Command(
    name = "migrate",
    description = "Brings everything from a data directory to Cassandra, or from there into one.",
    mixinStandardHelpOptions = true)
final class MigrateCommand implements Callable<Integer> {
  private static final int DIFFERENT = 1;

  /// While a server uses what is read, and may change it.
  private static final int RATE_BESIDE_A_SERVER = 10_000;

  @Option(
      names = "--data",
      defaultValue = "data",
      description = "the data directory to bring everything from, unless it comes from Cassandra")
  private Path data;

  @Option(
      names = "--to-data",
      description =
          "the new data directory to bring everything into: from Cassandra if --store says so,"
              + " else from --data")
  private Path toData;

  @Option(
      names = "--server",
      defaultValue = "http://127.0.0.1:8080",
      description = "where the server answers, if one uses the data directory")
  private String server;

  @Option(
      names = "--rate",
      description =
          "rows a second to read at most; 0: as fast as it goes. None given: 10000 while a server"
              + " uses the data directory and may change it, else 0")
  private Integer rate;

  @Mixin private final StoreOptions storeOptions = new StoreOptions();

  @Override
  public Integer call() {
    requireBetween("--rate", rate == null ? 0 : rate, 0, 1_000_000_000);
    boolean cassandra = storeOptions.cassandra().isPresent();
    if (!cassandra && toData == null) {
      throw new UsageException("needs --store cassandra, or --to-data, or both");
    }
    if (cassandra && toData != null) {
      return fromCassandra(storeOptions.cassandra().get());
    }
    return DataDirectory.isInUse(data) ? fromServer() : fromData();
  }

  private int fromCassandra(CassandraStore.Place place) {
    try (CassandraStore store = Stores.existing(place, storeOptions.limits())) {
      long entities = Migration.TABLES.stream().mapToLong(store::entities).sum();
      return toData(new Source(store, name(place), () -> false, Measure.entities, entities));
    }
  }

  private int fromServer() {
    Optional<String> run = DataDirectory.unchangingRun(data);
    try (Checkpoint checkpoint = Checkpoint.of(data, server);
        RocksStore store = Stores.embedded(checkpoint.path())) {
      return to(
          embedded(store, () -> run.isEmpty() || !run.equals(DataDirectory.unchangingRun(data))));
    }
  }

  private int fromData() {
    try (DataDirectory directory = DataDirectory.existing(data);
        RocksStore store = Stores.embedded(directory.store())) {
      return to(embedded(store, () -> false));
    }
  }

  private Source embedded(RocksStore store, BooleanSupplier changing) {
    long rows = Migration.TABLES.stream().mapToLong(store::estimatedRows).sum();
    return new Source(store, DataDirectory.identity(data), changing, Measure.rows, rows);
  }

  private int to(Source source) {
    return toData != null ? toData(source) : toCassandra(source);
  }

  private int toData(Source source) {
    try (DataDirectory directory = DataDirectory.open(toData);
        RocksStore store = Stores.embedded(directory.store())) {
      return run(source, new Target(store, toData.toString()));
    }
  }

  private int toCassandra(Source source) {
    CassandraStore.Place place = storeOptions.cassandra().get();
    try (CassandraStore store = Stores.cassandra(place, storeOptions.limits())) {
      return run(source, new Target(store, name(place)));
    }
  }

  private int run(Source source, Target target) {
    int usual = source.changing().getAsBoolean() ? RATE_BESIDE_A_SERVER : 0;
    return new Migration(source, target, rate == null ? usual : rate).run() ? 0 : DIFFERENT;
  }

  private static String name(CassandraStore.Place place) {
    return "keyspace %s of %s".formatted(place.keyspace(), place.datacenter());
  }
}
