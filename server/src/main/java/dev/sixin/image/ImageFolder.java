package dev.sixin.image;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.stream.Stream;

/// The files. The one place that would change for pictures in an object store.
final class ImageFolder {
  private final Path path;
  private final Path incoming;
  private long bytes;

  /// Opens a directory, which it makes when there is none, and throws away what a crash has left.
  ImageFolder(Path path) throws IOException {
    this.path = path;
    this.incoming = path.resolve("incoming");
    Files.createDirectories(incoming);
    try (Stream<Path> left = Files.list(incoming)) {
      for (Path file : left.toList()) {
        Files.delete(file);
      }
    }
    try (Stream<Path> files = Files.walk(path)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        bytes += Files.size(file);
      }
    }
  }

  /// A new empty file to write to, for [#keep] or to be deleted.
  Path fresh() throws IOException {
    return Files.createTempFile(incoming, null, null);
  }

  /// Where a file of this name is, if it is.
  Path path(String name) {
    return path.resolve(name.substring(0, 2)).resolve(name);
  }

  /// Gives a file its name; it is there whole or not at all, also after a power loss.
  ///
  /// @return false when all files together would be more than this many bytes
  synchronized boolean keep(Path fresh, String name, long maxBytes) throws IOException {
    Path file = path(name);
    if (Files.exists(file)) {
      return true;
    }
    long size = Files.size(fresh);
    if (bytes + size > maxBytes) {
      return false;
    }
    sync(fresh, StandardOpenOption.WRITE);
    if (Files.notExists(file.getParent())) {
      Files.createDirectory(file.getParent());
      sync(path, StandardOpenOption.READ);
    }
    Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE);
    bytes += size;
    sync(file.getParent(), StandardOpenOption.READ);
    return true;
  }

  private static void sync(Path file, StandardOpenOption access) throws IOException {
    try (FileChannel channel = FileChannel.open(file, access)) {
      channel.force(true);
    }
  }
}
