package dev.sixin;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.nio.file.attribute.PosixFilePermissions.asFileAttribute;
import static java.nio.file.attribute.PosixFilePermissions.fromString;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.stream.Stream;

/// The directory that holds everything a server keeps:
///
/// ```
/// format       the version of what is stored: `sixin 1`
/// lock         held by the process that uses the directory
/// token.key    the key that signs access tokens, 32 bytes in hex, mode 0600
/// admin.token  what admin calls must carry, mode 0600
/// store/       the database
/// ```
final class DataDirectory implements AutoCloseable {
  private static final String FORMAT = "sixin 1";
  private static final int SECRET_BYTES = 32;

  private final Path path;
  private final FileChannel lockFile;

  private DataDirectory(Path path, FileChannel lockFile) {
    this.path = path;
    this.lockFile = lockFile;
  }

  /// Takes a directory for this process, and makes it when there is none.
  ///
  /// @throws UsageException when it holds something else, or another process uses it
  static DataDirectory open(Path path) {
    try {
      Files.createDirectories(path, asFileAttribute(fromString("rwx------")));
      checkFormat(path);
      DataDirectory directory = new DataDirectory(path, lock(path));
      secret(path.resolve("token.key"));
      secret(path.resolve("admin.token"));
      return directory;
    } catch (IOException e) {
      throw new UsageException("%s: %s (expected: a directory to write to)".formatted(path, e));
    }
  }

  private static void checkFormat(Path path) throws IOException {
    Path file = path.resolve("format");
    if (Files.exists(file)) {
      String found = Files.readString(file, UTF_8).strip();
      if (!found.equals(FORMAT)) {
        throw new UsageException(
            "%s: holds data of format '%s' (expected: '%s'); use the version of Sixin that made it"
                .formatted(path, found, FORMAT));
      }
      return;
    }
    try (Stream<Path> files = Files.list(path)) {
      if (files.findAny().isPresent()) {
        throw new UsageException(
            path + ": holds files that are not Sixin's (expected: an empty directory or Sixin's)");
      }
    }
    Path fresh = path.resolve("format.tmp");
    Files.writeString(fresh, FORMAT + "\n", UTF_8);
    Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE);
  }

  private static FileChannel lock(Path path) throws IOException {
    FileChannel channel =
        FileChannel.open(path.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    FileLock lock;
    try {
      lock = channel.tryLock();
    } catch (OverlappingFileLockException e) {
      lock = null;
    }
    if (lock == null) {
      channel.close();
      throw new UsageException(path + ": another Sixin process is using this data directory");
    }
    return channel;
  }

  /// The secret in a file; a new random one if the file is not there yet.
  private static String secret(Path file) throws IOException {
    byte[] bytes = new byte[SECRET_BYTES];
    new SecureRandom().nextBytes(bytes);
    try {
      Files.createFile(file, asFileAttribute(fromString("rw-------")));
      Files.writeString(file, HexFormat.of().formatHex(bytes), UTF_8, StandardOpenOption.DSYNC);
    } catch (FileAlreadyExistsException e) {
      // made at an earlier start
    }
    String secret = Files.readString(file, UTF_8).strip();
    if (secret.length() < SECRET_BYTES) {
      throw new UsageException(
          "%s: %d characters (expected: at least %d)"
              .formatted(file, secret.length(), SECRET_BYTES));
    }
    return secret;
  }

  /// The key that signs the tokens of a directory, without taking the directory.
  ///
  /// @throws UsageException when there is no such directory
  static byte[] tokenKey(Path path) {
    try {
      if (!Files.exists(path.resolve("format"))) {
        throw new UsageException(
            path + ": no data directory (expected: one that a server was started on)");
      }
      return HexFormat.of().parseHex(secret(path.resolve("token.key")));
    } catch (IOException e) {
      throw new UsageException("%s: %s".formatted(path, e));
    } catch (IllegalArgumentException e) {
      throw new UsageException(path.resolve("token.key") + ": not hex");
    }
  }

  byte[] tokenKey() {
    return tokenKey(path);
  }

  String adminToken() {
    try {
      return secret(path.resolve("admin.token"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  Path store() {
    return path.resolve("store");
  }

  @Override
  public void close() {
    try {
      lockFile.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
