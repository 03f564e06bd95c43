package dev.sixin.bench.torture;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/// A disk of the server's own, in memory, that can be filled up.
final class SmallDisk implements AutoCloseable {
  private static final int BLOCK_BYTES = 1 << 20;

  private final Path path;
  private final Path ballast;

  private SmallDisk(Path path) {
    this.path = path;
    this.ballast = path.resolve("ballast");
  }

  /// Mounts one on an empty directory.
  ///
  /// @return empty when this process may not mount anything here
  static Optional<SmallDisk> on(Path path, int mebibytes) throws IOException, InterruptedException {
    String size = "size=%dm,mode=700".formatted(mebibytes);
    if (!run("mount", "-t", "tmpfs", "-o", size, "tmpfs", path.toString())) {
      return Optional.empty();
    }
    SmallDisk small = new SmallDisk(path);
    Runtime.getRuntime().addShutdownHook(Thread.ofPlatform().unstarted(small::leave));
    return Optional.of(small);
  }

  private static boolean run(String... command) throws InterruptedException {
    try {
      return new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start()
              .waitFor()
          == 0;
    } catch (IOException e) {
      return false; // there is no such command
    }
  }

  /// When this process is told to end early: the disk goes once the server on it is gone.
  private void leave() {
    try {
      run("umount", "--lazy", path.toString());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /// Leaves no room.
  void fill() throws IOException {
    byte[] block = new byte[BLOCK_BYTES];
    try (OutputStream out = Files.newOutputStream(ballast)) {
      while (true) {
        out.write(block);
      }
    } catch (IOException e) {
      if (!String.valueOf(e.getMessage()).contains("No space left")) {
        throw e;
      }
    }
  }

  /// Makes room again.
  void empty() throws IOException {
    Files.deleteIfExists(ballast);
  }

  @Override
  public void close() throws IOException {
    try {
      if (!run("umount", path.toString())) {
        throw new IOException(path + ": can not be unmounted");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
