package dev.sixin.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/// A temporary directory.
public record Scratch(Path path) implements AutoCloseable {
  /// A new one, empty.
  public static Scratch create() throws IOException {
    return new Scratch(Files.createTempDirectory("sixin-bench-"));
  }

  /// Deletes it with all that is in it.
  @Override
  public void close() throws IOException {
    List<Path> deepestFirst;
    try (Stream<Path> files = Files.walk(path)) {
      deepestFirst = files.sorted(Comparator.reverseOrder()).toList();
    }
    for (Path file : deepestFirst) {
      Files.delete(file);
    }
  }
}
