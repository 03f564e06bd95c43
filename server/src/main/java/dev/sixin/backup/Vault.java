package dev.sixin.backup;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.LongConsumer;
import java.util.stream.Stream;

/// Contents under their hashes, each once.
final class Vault {
  private final Path path;
  private final Path fresh;
  private final Set<Path> touched = new HashSet<>();

  Vault(Path path) {
    this.path = path;
    this.fresh = path.resolve("fresh" + Disk.FRESH);
  }

  /// Where a content is, if it is.
  Path path(String hash) {
    return path.resolve(hash.substring(0, 2)).resolve(hash);
  }

  boolean holds(String hash, long bytes) throws IOException {
    Path file = path(hash);
    return Files.exists(file) && Files.size(file) == bytes;
  }

  /// A content that was looked at.
  ///
  /// @param stored false when it was here before
  record Put(String hash, long bytes, boolean stored) {}

  /// Takes the content of a file. It is certain to survive a power loss after [#sync] only.
  Put put(Path file, LongConsumer moved) throws IOException {
    try {
      String hash = Disk.copy(file, fresh, moved);
      long bytes = Files.size(fresh);
      if (holds(hash, bytes)) {
        return new Put(hash, bytes, false);
      }
      Path directory = path(hash).getParent();
      if (Files.notExists(directory)) {
        Disk.makeDirectory(directory);
        touched.add(path);
      }
      Files.move(fresh, path(hash), StandardCopyOption.ATOMIC_MOVE);
      touched.add(directory);
      return new Put(hash, bytes, true);
    } finally {
      Files.deleteIfExists(fresh);
    }
  }

  void sync() throws IOException {
    for (Path directory : touched) {
      Disk.sync(directory);
    }
    touched.clear();
  }

  /// Deletes every content but these, and what an end in the middle has left.
  void retain(Set<String> hashes) throws IOException {
    try (Stream<Path> files = Files.walk(path)) {
      List<Path> superfluous =
          files
              .filter(Files::isRegularFile)
              .filter(file -> !hashes.contains(file.getFileName().toString()))
              .toList();
      for (Path file : superfluous) {
        Files.delete(file);
      }
    }
  }
}
