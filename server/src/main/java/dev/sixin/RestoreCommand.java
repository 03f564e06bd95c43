package dev.sixin;

import dev.sixin.backup.Backups;
import dev.sixin.backup.Backups.Backup;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// `sixin restore`: makes a data directory of a backup.
@Command(
    name = "restore",
    description = "Makes a data directory of a backup.",
    mixinStandardHelpOptions = true)
final class RestoreCommand implements Callable<Integer> {
  @Option(names = "--from", required = true, description = "the directory of the backups")
  private Path from;

  @Option(names = "--to", required = true, description = "the new data directory, empty or missing")
  private Path to;

  @Option(names = "--backup", description = "the number of the backup; none given: the newest")
  private Integer number;

  @Option(
      names = "--rate",
      defaultValue = "0",
      description = "MiB a second to read at most; 0: as fast as it goes")
  private int rate;

  @Override
  public Integer call() {
    try {
      Backups backups = Backups.at(from);
      Backup backup = backups.backup(number == null ? backups.newest() : number);
      Transfer transfer = new Transfer(rate, backup.bytes());
      backups.restore(backup.number(), to, transfer);
      transfer.end();
      open();
      System.out.printf(
          "restored backup %d, taken %s: %,d files of %,d bytes%n",
          backup.number(), backup.taken(), backup.files(), backup.bytes());
      return 0;
    } catch (IOException e) {
      throw Transfer.failure(e);
    }
  }

  /// Whether a server could be started on it.
  private void open() {
    try (DataDirectory data = DataDirectory.existing(to)) {
      Stores.embedded(data.store()).close();
    }
  }
}
