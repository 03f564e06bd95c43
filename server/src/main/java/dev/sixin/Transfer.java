package dev.sixin;

import static dev.sixin.UsageException.requireBetween;

import java.io.IOException;
import java.nio.file.FileSystemException;
import java.util.function.LongConsumer;

/// The copying of many bytes: no faster than it may be, with a bar that says how far it is.
final class Transfer implements LongConsumer {
  private static final int MOST_MIB = 1 << 20;

  private final Throttle throttle;
  private final ProgressBar progress;

  /// @param rate MiB a second, 0: as fast as it goes
  /// @param expected about how many bytes there will be
  Transfer(int rate, long expected) {
    requireBetween("--rate", rate, 0, MOST_MIB);
    this.throttle = new Throttle((long) rate << 20);
    this.progress = new ProgressBar(System.err, "bytes", expected);
  }

  @Override
  public void accept(long bytes) {
    throttle.did(bytes);
    progress.steps(bytes);
  }

  /// All is copied.
  void end() {
    progress.end();
  }

  /// The failure of a command whose files could not be read or written.
  static Failure failure(IOException e) {
    return new Failure(e instanceof FileSystemException ? e.toString() : e.getMessage());
  }
}
