package dev.sixin;

import dev.sixin.store.Audit;
import dev.sixin.store.Table;
import dev.sixin.store.rocksdb.RocksStore;
import java.nio.file.Path;
import java.time.Clock;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// `sixin verify`: recounts everything in a data directory.
@Command(
    name = "verify",
    description = "Recounts everything in a data directory and reports each difference.",
    mixinStandardHelpOptions = true)
final class VerifyCommand implements Callable<Integer> {
  private static final int DIFFERENT = 1;

  @Option(names = "--data", defaultValue = "data", description = "the server's data directory")
  private Path path;

  @Override
  public Integer call() {
    try (DataDirectory data = DataDirectory.existing(path);
        RocksStore store =
            RocksStore.open(
                data.store(),
                Server.TABLES,
                RocksStore.Limits.DEFAULT,
                Server::apply,
                Clock.systemUTC())) {
      long rows = 0;
      for (Table table : Server.TABLES) {
        rows += table.lifetime().isEmpty() ? store.estimatedRows(table) : 0;
      }
      ProgressBar progress = new ProgressBar(System.err, rows);
      Audit audit = new Audit(store, progress::print, progress::step);
      String summary = new Verification(audit).run();
      progress.end();
      System.out.println("verified " + summary);
      if (audit.found() == 0) {
        System.out.println("all is well");
        return 0;
      }
      System.out.printf("%d differences%n", audit.found());
      return DIFFERENT;
    }
  }
}
