package dev.sixin.store.rocksdb;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.rocksdb.ColumnFamilyDescriptor;
import org.rocksdb.ColumnFamilyHandle;
import org.rocksdb.ColumnFamilyOptions;
import org.rocksdb.CompactRangeOptions;
import org.rocksdb.CompressionType;
import org.rocksdb.DBOptions;
import org.rocksdb.Options;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;

/// What the files of a stopped server hold.
public final class Disk {
  private Disk() {}

  /// Compacts all of a store, as RocksDB does in time, but without compression: so what is still
  /// there can be found by looking for it.
  public static void compact(Path directory) {
    unseal(directory);
    try (Options options = new Options();
        DBOptions dbOptions = new DBOptions();
        ColumnFamilyOptions plain =
            new ColumnFamilyOptions()
                .setCompressionType(CompressionType.NO_COMPRESSION)
                .setBottommostCompressionType(CompressionType.NO_COMPRESSION);
        CompactRangeOptions all =
            new CompactRangeOptions()
                .setBottommostLevelCompaction(
                    CompactRangeOptions.BottommostLevelCompaction.kForce)) {
      List<ColumnFamilyDescriptor> families = new ArrayList<>();
      for (byte[] name : RocksDB.listColumnFamilies(options, directory.toString())) {
        families.add(new ColumnFamilyDescriptor(name, plain));
      }
      List<ColumnFamilyHandle> handles = new ArrayList<>();
      try (RocksDB db = RocksDB.open(dbOptions, directory.toString(), families, handles)) {
        for (ColumnFamilyHandle family : handles) {
          db.compactRange(family, null, null, all);
        }
        handles.forEach(ColumnFamilyHandle::close);
      }
    } catch (RocksDBException e) {
      throw new IllegalStateException(e);
    }
  }

  /// Lets a store be opened though something was done to its files.
  public static void unseal(Path directory) {
    try {
      Files.deleteIfExists(directory.resolve("SEAL"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// Whether a text stands in any file of a directory.
  public static boolean holds(Path directory, String text) {
    String bytes = new String(text.getBytes(UTF_8), ISO_8859_1);
    try (Stream<Path> files = Files.walk(directory)) {
      return files
          .filter(Files::isRegularFile)
          .anyMatch(file -> new String(read(file), ISO_8859_1).contains(bytes));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static byte[] read(Path file) {
    try {
      return Files.readAllBytes(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
