package dev.sixin.store.rocksdb;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.sixin.store.StoreDamaged;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import java.util.zip.CRC32C;

/// What the files of a closed store were when it was closed: a file in its directory, deleted
/// before the store is opened. RocksDB itself believes a manifest that ends too early, and makes a
/// new database where CURRENT is missing; what it then takes for superfluous it deletes.
///
/// A line for each file: name, bytes, CRC-32C (of tables `-`: their blocks have checksums of their
/// own); a last line `end` with the CRC-32C of all lines before.
final class Seal {
  private static final String NAME = "SEAL";
  private static final String END = "end ";
  private static final String TABLE = ".sst";
  private static final String LOG = ".log";
  private static final String CURRENT = "CURRENT";
  private static final String MANIFEST = "MANIFEST-";

  private Seal() {}

  /// Seals a store that is closed.
  static void put(Path directory) throws IOException {
    StringBuilder text = new StringBuilder();
    files(directory).forEach((name, what) -> text.append(name + " " + what + "\n"));
    byte[] lines = text.toString().getBytes(UTF_8);
    byte[] end = (END + crc(ByteBuffer.wrap(lines)) + "\n").getBytes(UTF_8);
    Path fresh = directory.resolve(NAME + ".tmp");
    try (FileChannel channel =
        FileChannel.open(
            fresh,
            StandardOpenOption.CREATE,
            StandardOpenOption.TRUNCATE_EXISTING,
            StandardOpenOption.WRITE)) {
      channel.write(new ByteBuffer[] {ByteBuffer.wrap(lines), ByteBuffer.wrap(end)});
      channel.force(true);
    }
    Files.move(fresh, directory.resolve(NAME), StandardCopyOption.ATOMIC_MOVE);
    sync(directory);
  }

  /// Opens a seal, if there is one.
  ///
  /// @throws StoreDamaged when a file is missing or not as it was
  static void open(Path directory) throws IOException {
    Path seal = directory.resolve(NAME);
    if (Files.notExists(seal)) {
      requireWhole(directory);
      return;
    }
    Map<String, String> sealed = read(seal);
    Map<String, String> found = files(directory);
    sealed.forEach(
        (name, what) -> {
          String now = found.get(name);
          if (!what.equals(now)) {
            throw new StoreDamaged(
                "%s: %s (expected, as when it was closed: %s)"
                    .formatted(directory.resolve(name), now == null ? "missing" : now, what),
                null);
          }
        });
    Files.delete(seal);
    sync(directory);
  }

  /// A crash leaves no seal, but it does not take away files.
  private static void requireWhole(Path directory) throws IOException {
    Map<String, String> found = names(directory);
    if (!found.isEmpty() && !found.containsKey(CURRENT)) {
      throw new StoreDamaged(
          "%s: missing, but not the files that it names".formatted(directory.resolve(CURRENT)),
          null);
    }
    if (!found.isEmpty() && found.keySet().stream().noneMatch(name -> name.endsWith(LOG))) {
      throw new StoreDamaged(directory + ": no log (expected: at least one file *.log)", null);
    }
  }

  private static Map<String, String> read(Path seal) throws IOException {
    String text = Files.readString(seal, UTF_8);
    int end = Math.max(0, text.lastIndexOf(END));
    String lines = text.substring(0, end);
    if (!text.equals(lines + END + crc(ByteBuffer.wrap(lines.getBytes(UTF_8))) + "\n")) {
      throw new StoreDamaged(seal + ": not as it was written", null);
    }
    Map<String, String> sealed = new TreeMap<>();
    lines
        .lines()
        .forEach(
            line -> {
              int blank = line.indexOf(' ');
              sealed.put(line.substring(0, blank), line.substring(blank + 1));
            });
    return sealed;
  }

  /// The files that matter, and nothing about them.
  private static Map<String, String> names(Path directory) throws IOException {
    Map<String, String> names = new TreeMap<>();
    try (Stream<Path> files = Files.list(directory)) {
      files
          .map(file -> file.getFileName().toString())
          .filter(Seal::matters)
          .forEach(name -> names.put(name, ""));
    } catch (NoSuchFileException e) {
      return names; // it is made when the store is
    }
    return names;
  }

  private static boolean matters(String name) {
    return name.equals(CURRENT)
        || name.startsWith(MANIFEST)
        || name.endsWith(LOG)
        || name.endsWith(TABLE);
  }

  private static Map<String, String> files(Path directory) throws IOException {
    Map<String, String> files = names(directory);
    for (Map.Entry<String, String> file : files.entrySet()) {
      Path path = directory.resolve(file.getKey());
      String crc = file.getKey().endsWith(TABLE) ? "-" : crc(path);
      file.setValue(Files.size(path) + " " + crc);
    }
    return files;
  }

  private static String crc(Path file) throws IOException {
    CRC32C crc = new CRC32C();
    ByteBuffer piece = ByteBuffer.allocate(64 << 10);
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      while (channel.read(piece.clear()) >= 0) {
        crc.update(piece.flip());
      }
    }
    return Long.toHexString(crc.getValue());
  }

  private static String crc(ByteBuffer bytes) {
    CRC32C crc = new CRC32C();
    crc.update(bytes);
    return Long.toHexString(crc.getValue());
  }

  private static void sync(Path directory) throws IOException {
    try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
      channel.force(true);
    }
  }
}
