package dev.sixin;

import static dev.sixin.UsageException.requireBetween;

import io.github.bucket4j.Bucket;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.time.Duration;
import java.util.function.LongConsumer;

/// The copying of many bytes: no faster than it may be, with a bar that says how far it is.
final class Transfer implements LongConsumer {
  private static final int MOST_MIB = 1 << 20;
  private static final int STEPS_A_SECOND = 10;

  private final Bucket bucket;
  private final ProgressBar progress;

  /// @param rate MiB a second, 0: as fast as it goes
  /// @param expected about how many bytes there will be
  Transfer(int rate, long expected) {
    requireBetween("--rate", rate, 0, MOST_MIB);
    long bytes = (long) rate << 20;
    this.bucket =
        rate == 0
            ? null
            : Bucket.builder()
                .addLimit(
                    limit ->
                        limit
                            .capacity(bytes / STEPS_A_SECOND)
                            .refillGreedy(bytes, Duration.ofSeconds(1)))
                .build();
    this.progress = new ProgressBar(System.err, "bytes", expected);
  }

  @Override
  public void accept(long bytes) {
    if (bucket != null && bytes > 0) {
      bucket.asBlocking().consumeUninterruptibly(bytes);
    }
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
