package dev.sixin;

import static dev.sixin.UsageException.requireBetween;

import dev.sixin.backup.Backups;
import dev.sixin.backup.Backups.Backup;
import dev.sixin.backup.Backups.Source;
import dev.sixin.backup.Backups.Taken;
import dev.sixin.store.StoreDamaged;
import dev.sixin.store.rocksdb.TableFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// `sixin backup`: copies a data directory as it is now, whether a server uses it or not.
@Command(
    name = "backup",
    description = "Takes a backup of a data directory, of a running server too.",
    mixinStandardHelpOptions = true)
final class BackupCommand implements Callable<Integer> {
  private static final int MOST_KEPT = 100_000;

  /// What of a data directory is in a backup, besides the database and the pictures.
  private static final List<String> SMALL_FILES = List.of("format", "token.key", "admin.token");

  @Option(names = "--data", defaultValue = "data", description = "the server's data directory")
  private Path path;

  @Option(names = "--to", required = true, description = "the directory of the backups")
  private Path to;

  @Option(
      names = "--server",
      defaultValue = "http://127.0.0.1:8080",
      description = "where the server answers, if one uses the data directory")
  private String server;

  @Option(
      names = "--rate",
      defaultValue = "64",
      description = "MiB a second to read at most; 0: as fast as it goes")
  private int rate;

  @Option(
      names = "--keep",
      defaultValue = "7",
      description = "how many backups to keep, the newest ones; 0: all")
  private int keep;

  @Option(names = "--list", description = "only lists the backups that are there")
  private boolean list;

  @Override
  public Integer call() {
    requireBetween("--keep", keep, 0, MOST_KEPT);
    try {
      if (list) {
        print(Backups.at(to));
        return 0;
      }
      return take(Backups.in(to));
    } catch (IOException e) {
      throw Transfer.failure(e);
    }
  }

  private static void print(Backups backups) throws IOException {
    System.out.printf("%-7s %-20s %9s %17s%n", "number", "taken", "files", "bytes");
    for (Backup backup : backups.all()) {
      System.out.printf(
          "%-7d %-20.20s %,9d %,17d%n",
          backup.number(), backup.taken(), backup.files(), backup.bytes());
    }
  }

  private int take(Backups backups) throws IOException {
    Instant now = Instant.now();
    try (Checkpoint checkpoint = Checkpoint.of(path, server)) {
      List<Source> sources = sources(checkpoint.path());
      Transfer transfer = new Transfer(rate, backups.unknownBytes(sources));
      Taken taken = backups.take(sources, now, BackupCommand::check, transfer);
      transfer.end();
      int dropped = keep == 0 ? 0 : backups.keepNewest(keep);
      System.out.printf(
          "backup %d: %,d files of %,d bytes; copied %,d files of %,d bytes; dropped %d backups%n",
          taken.backup().number(),
          taken.backup().files(),
          taken.backup().bytes(),
          taken.copiedFiles(),
          taken.copiedBytes(),
          dropped);
      return 0;
    }
  }

  /// Pictures come after the database: what a message of it shows is there by then, and stays.
  private List<Source> sources(Path store) throws IOException {
    List<Source> sources = new ArrayList<>();
    for (String name : SMALL_FILES) {
      sources.add(new Source(name, path.resolve(name)));
    }
    add(sources, "store/", store);
    Path images = path.resolve("images");
    try (Stream<Path> directories = Files.list(images)) {
      List<Path> kept =
          directories.filter(found -> found.getFileName().toString().length() == 2).toList();
      for (Path directory : kept) {
        add(sources, "images/" + directory.getFileName() + "/", directory);
      }
    }
    return sources;
  }

  private static void add(List<Source> sources, String prefix, Path directory) throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      files.sorted().forEach(file -> sources.add(new Source(prefix + file.getFileName(), file)));
    }
  }

  /// A damaged table is not worth keeping: sooner or later it would be the only one.
  private static void check(Path file) throws IOException {
    if (TableFile.isNameOf(file)) {
      try {
        TableFile.verify(file);
      } catch (StoreDamaged e) {
        throw new IOException("nothing is backed up, the database is damaged: " + e.getMessage());
      }
    }
  }
}
