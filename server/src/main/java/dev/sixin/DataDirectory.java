package dev.sixin;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.nio.file.attribute.PosixFilePermissions.asFileAttribute;
import static java.nio.file.attribute.PosixFilePermissions.fromString;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/// The directory that holds everything a server keeps:
///
/// ```
/// format       the version of what is stored: `sixin 1`
/// lock         held by the process that uses the directory; names its run if that changes nothing
/// token.key    the key that signs access tokens, 32 bytes in hex, mode 0600
/// admin.token  what admin calls must carry, mode 0600
/// store/       the database, mode 0700
/// images/      pictures that users uploaded, mode 0700
/// checkpoints/ what a backup is being taken from, mode 0700
/// ```
final class DataDirectory implements AutoCloseable {
  private static final String FORMAT = "sixin 1";
  private static final String FORMAT_FILE = "format";
  private static final String LOCK_FILE = "lock";
  private static final String FRESH = ".tmp";
  private static final int SECRET_BYTES = 32;
  private static final FileAttribute<Set<PosixFilePermission>> PRIVATE_DIRECTORY =
      asFileAttribute(fromString("rwx------"));
  private static final FileAttribute<Set<PosixFilePermission>> PRIVATE_FILE =
      asFileAttribute(fromString("rw-------"));

  /// What a first start that was cut off may leave.
  private static final Set<String> BEGINNINGS = Set.of(LOCK_FILE, FORMAT_FILE + FRESH);

  private final Path path;
  private final FileChannel lockFile;

  private DataDirectory(Path path, FileChannel lockFile) {
    this.path = path;
    this.lockFile = lockFile;
  }

  /// Takes a directory for this process, and makes it when there is none.
  ///
  /// @throws UsageException when it holds something else, or another process uses it; nothing in it
  ///   was changed then
  static DataDirectory open(Path path) {
    try {
      Files.createDirectories(path, PRIVATE_DIRECTORY);
      boolean isNew = isNew(path);
      FileChannel lockFile = lock(path);
      try {
        if (isNew) {
          write(path.resolve(FORMAT_FILE), FORMAT);
        }
        Files.createDirectories(path.resolve("store"), PRIVATE_DIRECTORY);
        Files.createDirectories(path.resolve("images"), PRIVATE_DIRECTORY);
        makeSecret(path.resolve("token.key"));
        makeSecret(path.resolve("admin.token"));
        return new DataDirectory(path, lockFile);
      } catch (IOException | RuntimeException e) {
        lockFile.close();
        throw e;
      }
    } catch (IOException e) {
      throw new UsageException("%s: %s (expected: a directory to write to)".formatted(path, e));
    }
  }

  /// Whether there is nothing in a directory yet.
  private static boolean isNew(Path path) throws IOException {
    Path file = path.resolve(FORMAT_FILE);
    if (Files.exists(file)) {
      String found = Files.readString(file, UTF_8).strip();
      if (!found.equals(FORMAT)) {
        throw new UsageException(
            "%s: holds data of format '%s' (expected: '%s'); use the version of Sixin that made it"
                .formatted(path, found, FORMAT));
      }
      return false;
    }
    try (Stream<Path> files = Files.list(path)) {
      if (files.anyMatch(found -> !BEGINNINGS.contains(found.getFileName().toString()))) {
        throw new UsageException(
            path + ": holds files that are not Sixin's (expected: an empty directory or Sixin's)");
      }
    }
    return true;
  }

  private static FileChannel lock(Path path) throws IOException {
    FileChannel channel =
        FileChannel.open(
            path.resolve(LOCK_FILE), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
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
    return channel.truncate(0);
  }

  /// Writes a file that is there whole or not at all, also after a power loss.
  private static void write(Path file, String text) throws IOException {
    Path fresh = file.resolveSibling(file.getFileName() + FRESH);
    Files.deleteIfExists(fresh);
    Files.createFile(fresh, PRIVATE_FILE);
    try (FileChannel channel = FileChannel.open(fresh, StandardOpenOption.WRITE)) {
      channel.write(ByteBuffer.wrap((text + "\n").getBytes(UTF_8)));
      channel.force(true);
    }
    Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE);
    try (FileChannel directory = FileChannel.open(file.getParent(), StandardOpenOption.READ)) {
      directory.force(true);
    }
  }

  private static void makeSecret(Path file) throws IOException {
    if (Files.notExists(file)) {
      byte[] bytes = new byte[SECRET_BYTES];
      new SecureRandom().nextBytes(bytes);
      write(file, HexFormat.of().formatHex(bytes));
    }
    secret(file);
  }

  /// The secret in a file.
  private static String secret(Path file) throws IOException {
    String secret = Files.readString(file, UTF_8).strip();
    if (secret.length() < SECRET_BYTES) {
      throw new UsageException(
          "%s: %d characters (expected: at least %d)"
              .formatted(file, secret.length(), SECRET_BYTES));
    }
    return secret;
  }

  /// Takes a directory that a server was started on.
  ///
  /// @throws UsageException when it is no such directory, or another process uses it
  static DataDirectory existing(Path path) {
    requireExisting(path);
    return open(path);
  }

  private static void requireExisting(Path path) {
    if (!Files.exists(path.resolve(FORMAT_FILE))) {
      throw new UsageException(
          path + ": no data directory (expected: one that a server was started on)");
    }
  }

  /// Whether another process uses a directory that a server was started on.
  ///
  /// @throws UsageException when it is no such directory
  static boolean isInUse(Path path) {
    requireExisting(path);
    try {
      lock(path).close();
      return false;
    } catch (IOException e) {
      throw new UsageException("%s: %s".formatted(path, e));
    } catch (UsageException e) {
      return true;
    }
  }

  /// Has others know that this process changes nothing as long as it has the directory.
  void promiseNoChange() {
    byte[] run = new byte[Long.BYTES];
    new SecureRandom().nextBytes(run);
    try {
      lockFile.write(ByteBuffer.wrap(HexFormat.of().formatHex(run).getBytes(UTF_8)));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// The run of the process that has a directory and changes nothing in it; empty: there is none.
  static Optional<String> unchangingRun(Path path) {
    try {
      String run = isInUse(path) ? Files.readString(path.resolve(LOCK_FILE), UTF_8) : "";
      return Optional.of(run).filter(it -> !it.isEmpty());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// The admin token of a directory, without taking the directory.
  ///
  /// @throws UsageException when there is no such directory
  static String adminToken(Path path) {
    try {
      requireExisting(path);
      return secret(path.resolve("admin.token"));
    } catch (IOException e) {
      throw new UsageException("%s: %s".formatted(path, e));
    }
  }

  /// The key that signs the tokens of a directory, without taking the directory.
  ///
  /// @throws UsageException when there is no such directory
  static byte[] tokenKey(Path path) {
    try {
      requireExisting(path);
      return HexFormat.of().parseHex(secret(path.resolve("token.key")));
    } catch (IOException e) {
      throw new UsageException("%s: %s".formatted(path, e));
    } catch (IllegalArgumentException e) {
      throw new UsageException(path.resolve("token.key") + ": not hex");
    }
  }

  /// What tells a directory from others, and stays the same wherever it is copied to: a hash of its
  /// key that does not tell the key.
  ///
  /// @throws UsageException when there is no such directory
  static String identity(Path path) {
    try {
      byte[] hash = MessageDigest.getInstance("SHA-256").digest(tokenKey(path));
      return "data directory " + HexFormat.of().formatHex(hash, 0, 8);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  byte[] tokenKey() {
    return tokenKey(path);
  }

  String adminToken() {
    return adminToken(path);
  }

  Path store() {
    return path.resolve("store");
  }

  Path images() {
    return path.resolve("images");
  }

  /// On the file system of the database.
  Path checkpoints() {
    return path.resolve("checkpoints");
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
