package dev.sixin.bench.cluster;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;

/// The programs of this machine.
final class Programs {
  /// Servers are often where only the administrator's PATH leads.
  private static final String MORE = ":/usr/sbin:/usr/local/sbin";

  private Programs() {}

  /// The file that a command runs, links followed.
  static Optional<Path> find(String command) {
    String path = Optional.ofNullable(System.getenv("PATH")).orElse("") + MORE;
    return Stream.of(path.split(":", -1))
        .filter(folder -> !folder.isEmpty())
        .map(folder -> Path.of(folder, command))
        .filter(Files::isExecutable)
        .findFirst()
        .map(Programs::real);
  }

  private static Path real(Path file) {
    try {
      return file.toRealPath();
    } catch (IOException e) {
      return file;
    }
  }
}
