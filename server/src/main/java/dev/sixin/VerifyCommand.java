package dev.sixin;

import dev.sixin.backup.Backups;
import dev.sixin.image.Images;
import dev.sixin.store.Audit;
import dev.sixin.store.Store;
import dev.sixin.store.StoreDamaged;
import dev.sixin.store.Table;
import dev.sixin.store.cassandra.CassandraStore;
import dev.sixin.store.rocksdb.RocksStore;
import dev.sixin.store.rocksdb.TableFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// `sixin verify`: recounts everything in a data directory or on a cluster, or compares backups
/// with their hashes.
@Command(
    name = "verify",
    description = "Recounts everything that a store holds and reports each difference.",
    mixinStandardHelpOptions = true)
final class VerifyCommand implements Callable<Integer> {
  private static final int DIFFERENT = 1;

  @Option(names = "--data", defaultValue = "data", description = "the server's data directory")
  private Path path;

  @Option(
      names = "--backups",
      description = "a directory of backups, whose files to compare with their hashes instead")
  private Path backups;

  @Mixin private final StoreOptions storeOptions = new StoreOptions();

  @Override
  public Integer call() {
    if (backups != null) {
      return verifyBackups();
    }
    return storeOptions.cassandra().map(this::verifyCassandra).orElseGet(this::verifyData);
  }

  private int verifyCassandra(CassandraStore.Place place) {
    try (CassandraStore store = Stores.existing(place, storeOptions.limits())) {
      return recount(store, 0);
    }
  }

  private int verifyData() {
    try (DataDirectory data = DataDirectory.existing(path);
        RocksStore store = Stores.embedded(data.store())) {
      int damaged = damagedTables(store) + damagedPictures(data.images());
      if (damaged > 0) {
        return found(damaged); // to recount would stop there
      }
      long rows = 0;
      for (Table table : Server.TABLES) {
        rows += table.lifetime().isEmpty() ? store.estimatedRows(table) : 0;
      }
      return recount(store, rows);
    }
  }

  private static int recount(Store store, long rows) {
    ProgressBar progress = new ProgressBar(System.err, "rows", rows);
    Audit audit = new Audit(store, progress::print, progress::step);
    String summary = new Verification(audit).run();
    progress.end();
    System.out.println("verified " + summary);
    return found(audit.found());
  }

  /// Reads every table and says which are not as they were written.
  private static int damagedTables(RocksStore store) {
    List<TableFile> tables = store.tableFiles();
    long bytes = tables.stream().mapToLong(TableFile::bytes).sum();
    ProgressBar progress = new ProgressBar(System.err, "bytes", bytes);
    int damaged = 0;
    for (TableFile table : tables) {
      try {
        store.verify(table);
      } catch (StoreDamaged e) {
        progress.print(e.getMessage());
        damaged++;
      }
      progress.steps(table.bytes());
    }
    progress.end();
    return damaged;
  }

  private static int damagedPictures(Path images) {
    try {
      List<Path> pictures = Images.files(images);
      ProgressBar progress = new ProgressBar(System.err, "pictures", pictures.size());
      int damaged = 0;
      for (Path picture : pictures) {
        if (!Images.isWhole(picture)) {
          progress.print(picture + ": not what its name says");
          damaged++;
        }
        progress.steps(1);
      }
      progress.end();
      return damaged;
    } catch (IOException e) {
      throw Transfer.failure(e);
    }
  }

  private int verifyBackups() {
    try {
      Backups place = Backups.at(backups);
      ProgressBar progress = new ProgressBar(System.err, "bytes", place.bytes());
      List<String> wrong = place.verify(progress::steps);
      wrong.forEach(progress::print);
      progress.end();
      System.out.printf("verified %d backups%n", place.count());
      return found(wrong.size());
    } catch (IOException e) {
      throw Transfer.failure(e);
    }
  }

  private static int found(long differences) {
    if (differences == 0) {
      System.out.println("all is well");
      return 0;
    }
    System.out.printf("%d differences%n", differences);
    return DIFFERENT;
  }
}
