package dev.sixin.backup;

import static java.nio.file.attribute.PosixFilePermissions.asFileAttribute;
import static java.nio.file.attribute.PosixFilePermissions.fromString;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.security.MessageDigest;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.function.LongConsumer;
import java.util.stream.Stream;

/// Files that are there whole or not at all, and for their owner only.
final class Disk {
  /// What a file is called while it is written.
  static final String FRESH = ".tmp";

  private static final int CHUNK_BYTES = 64 << 10;
  private static final FileAttribute<Set<PosixFilePermission>> PRIVATE_DIRECTORY =
      asFileAttribute(fromString("rwx------"));
  private static final FileAttribute<Set<PosixFilePermission>> PRIVATE_FILE =
      asFileAttribute(fromString("rw-------"));

  private Disk() {}

  /// Makes a directory and those above it, as far as they are missing.
  static void makeDirectory(Path directory) throws IOException {
    Files.createDirectories(directory, PRIVATE_DIRECTORY);
  }

  /// Copies a file and syncs the copy.
  ///
  /// @param moved is told of each piece, in bytes; may hold the copying up, or end it by throwing
  /// @return the content's hash
  static String copy(Path from, Path to, LongConsumer moved) throws IOException {
    Files.deleteIfExists(to);
    Files.createFile(to, PRIVATE_FILE);
    try (FileChannel out = FileChannel.open(to, StandardOpenOption.WRITE)) {
      String hash =
          read(
              from,
              piece -> {
                while (piece.hasRemaining()) {
                  out.write(piece);
                }
              },
              moved);
      out.force(true);
      return hash;
    }
  }

  /// Reads a file and answers its hash.
  static String hash(Path file, LongConsumer moved) throws IOException {
    return read(file, _ -> {}, moved);
  }

  @FunctionalInterface
  private interface Sink {
    void take(ByteBuffer piece) throws IOException;
  }

  private static String read(Path file, Sink sink, LongConsumer moved) throws IOException {
    MessageDigest digest = Hashes.begin();
    ByteBuffer piece = ByteBuffer.allocate(CHUNK_BYTES);
    try (FileChannel in = FileChannel.open(file, StandardOpenOption.READ)) {
      while (in.read(piece.clear()) >= 0) {
        piece.flip();
        digest.update(piece.duplicate());
        int bytes = piece.remaining();
        sink.take(piece);
        moved.accept(bytes);
      }
    }
    return Hashes.end(digest);
  }

  /// Writes a small file.
  static void write(Path file, byte[] content) throws IOException {
    Path fresh = file.resolveSibling(file.getFileName() + FRESH);
    Files.deleteIfExists(fresh);
    Files.createFile(fresh, PRIVATE_FILE);
    try (FileChannel out = FileChannel.open(fresh, StandardOpenOption.WRITE)) {
      ByteBuffer left = ByteBuffer.wrap(content);
      while (left.hasRemaining()) {
        out.write(left);
      }
      out.force(true);
    }
    Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE);
    sync(file.getParent());
  }

  /// Has the names in a directory survive a power loss.
  static void sync(Path directory) throws IOException {
    try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
      channel.force(true);
    }
  }

  /// Deletes all that is in a directory.
  static void deleteContents(Path directory) throws IOException {
    try (Stream<Path> files = Files.walk(directory)) {
      List<Path> deepestFirst =
          files.filter(file -> !file.equals(directory)).sorted(Comparator.reverseOrder()).toList();
      for (Path file : deepestFirst) {
        Files.delete(file);
      }
    }
  }
}
