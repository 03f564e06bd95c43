package dev.sixin;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.sixin.store.rocksdb.Disk;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import org.rocksdb.ColumnFamilyDescriptor;
import org.rocksdb.ColumnFamilyHandle;
import org.rocksdb.DBOptions;
import org.rocksdb.Options;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;
import org.rocksdb.RocksIterator;

/// All rows that a server has stored, read from its files beside it.
public final class StoreRows {
  private StoreRows() {}

  private static final int TRIES = 20;

  /// What was read last, and how long which files were then: whatever is written makes one longer.
  private static Map<String, String> known = Map.of();

  private static Map<Path, Long> knownFiles = Map.of();

  /// Every row but the clock: column family and key in hex, value in hex. Tried again when a file
  /// goes just when it is to be read.
  public static synchronized Map<String, String> of(TestServer server) {
    for (int tries = 1; ; tries++) {
      try {
        Map<Path, Long> files = files(server);
        if (!files.equals(knownFiles)) {
          known = Collections.unmodifiableMap(read(server));
          knownFiles = files;
        }
        return known;
      } catch (RocksDBException | IOException e) {
        if (tries == TRIES) {
          throw new AssertionError(e);
        }
      }
    }
  }

  /// The files that hold rows, and how long they are: they are others after each write.
  public static Map<Path, Long> files(TestServer server) throws IOException {
    Map<Path, Long> lengths = new HashMap<>();
    try (DirectoryStream<Path> files =
        Files.newDirectoryStream(server.data().resolve("store"), "{*.log,*.sst,MANIFEST-*}")) {
      for (Path file : files) {
        try {
          lengths.put(file, Files.size(file));
        } catch (NoSuchFileException _) {
          // it went since it was listed
        }
      }
    }
    return lengths;
  }

  private static Map<String, String> read(TestServer server) throws RocksDBException {
    String directory = server.data().resolve("store").toString();
    List<ColumnFamilyDescriptor> families = new ArrayList<>();
    List<ColumnFamilyHandle> handles = new ArrayList<>();
    Map<String, String> rows = new TreeMap<>();
    try (Options options = new Options();
        DBOptions dbOptions = new DBOptions()) {
      for (byte[] name : RocksDB.listColumnFamilies(options, directory)) {
        families.add(new ColumnFamilyDescriptor(name));
      }
      try (RocksDB database = RocksDB.openReadOnly(dbOptions, directory, families, handles)) {
        for (ColumnFamilyHandle family : handles) {
          String name = new String(family.getName(), UTF_8);
          if (!name.equals("default")) {
            read(database, family, name, rows);
          }
          family.close();
        }
      }
    }
    return rows;
  }

  /// How many rows were added, changed or removed between two moments.
  public static long changes(Map<String, String> before, Map<String, String> after) {
    Set<String> keys = new HashSet<>(before.keySet());
    keys.addAll(after.keySet());
    return keys.stream().filter(key -> !Objects.equals(before.get(key), after.get(key))).count();
  }

  /// Overwrites every row of a column family of a stopped server with what parses as nothing.
  public static void spoil(TestServer server, String table) {
    Disk.unseal(server.data().resolve("store"));
    String directory = server.data().resolve("store").toString();
    List<ColumnFamilyDescriptor> families = new ArrayList<>();
    List<ColumnFamilyHandle> handles = new ArrayList<>();
    try (Options options = new Options();
        DBOptions dbOptions = new DBOptions()) {
      for (byte[] name : RocksDB.listColumnFamilies(options, directory)) {
        families.add(new ColumnFamilyDescriptor(name));
      }
      try (RocksDB database = RocksDB.open(dbOptions, directory, families, handles)) {
        for (ColumnFamilyHandle family : handles) {
          if (table.equals(new String(family.getName(), UTF_8))) {
            spoil(database, family);
          }
          family.close();
        }
      }
    } catch (RocksDBException e) {
      throw new AssertionError(e);
    }
  }

  private static void spoil(RocksDB database, ColumnFamilyHandle family) throws RocksDBException {
    try (RocksIterator iterator = database.newIterator(family)) {
      for (iterator.seekToFirst(); iterator.isValid(); iterator.next()) {
        database.put(family, iterator.key(), new byte[] {(byte) 0xff});
      }
    }
  }

  private static void read(
      RocksDB database, ColumnFamilyHandle family, String name, Map<String, String> rows)
      throws RocksDBException {
    HexFormat hex = HexFormat.of();
    try (RocksIterator iterator = database.newIterator(family)) {
      for (iterator.seekToFirst(); iterator.isValid(); iterator.next()) {
        rows.put(name + "/" + hex.formatHex(iterator.key()), hex.formatHex(iterator.value()));
      }
      iterator.status();
    }
  }
}
