package dev.sixin.store.rocksdb;

import dev.sixin.store.StoreDamaged;
import java.nio.file.Path;
import org.rocksdb.Options;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;
import org.rocksdb.SstFileReader;

/// A file with rows, which never changes once it is written.
public record TableFile(Path path, long bytes) {
  private static final String ENDING = ".sst";

  /// Whether a file is one, by its name.
  public static boolean isNameOf(Path file) {
    return file.toString().endsWith(ENDING);
  }

  /// Reads all of a file and compares it with the checksums in it.
  ///
  /// @throws StoreDamaged when something in it is not as it was written
  public static void verify(Path file) {
    RocksDB.loadLibrary();
    try (Options options = new Options();
        SstFileReader reader = new SstFileReader(options)) {
      reader.open(file.toString());
      reader.verifyChecksum();
    } catch (RocksDBException e) {
      throw new StoreDamaged("%s: %s".formatted(file, e.getMessage()), e);
    }
  }
}
