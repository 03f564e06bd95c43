package dev.sixin;

import io.github.bucket4j.Bucket;
import java.time.Duration;

/// Keeps work from going faster than it may.
final class Throttle {
  private static final int STEPS_A_SECOND = 10;

  private final Bucket bucket;

  /// @param perSecond 0: as fast as it goes
  Throttle(long perSecond) {
    this.bucket =
        perSecond == 0
            ? null
            : Bucket.builder()
                .addLimit(
                    limit ->
                        limit
                            .capacity(Math.max(perSecond / STEPS_A_SECOND, 1))
                            .refillGreedy(perSecond, Duration.ofSeconds(1)))
                .build();
  }

  /// So much is done; waits until more may be.
  void did(long many) {
    if (bucket != null && many > 0) {
      bucket.asBlocking().consumeUninterruptibly(many);
    }
  }
}
