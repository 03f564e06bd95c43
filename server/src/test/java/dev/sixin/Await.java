package dev.sixin;

import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.locks.LockSupport;
import org.assertj.core.api.Assertions;

/// Waiting for what comes about by itself.
public final class Await {
  private static final Duration LIMIT = Duration.ofSeconds(60);
  private static final Duration LOOK_AGAIN = Duration.ofMillis(2);

  private Await() {}

  /// Returns once a condition holds; fails when it has not come about after a minute.
  public static void until(String what, Callable<Boolean> condition) {
    until(what, LIMIT, condition);
  }

  /// As above, of what takes longer.
  public static void until(String what, Duration limit, Callable<Boolean> condition) {
    long start = System.nanoTime();
    try {
      while (!condition.call()) {
        if (System.nanoTime() - start > limit.toNanos()) {
          Assertions.fail("not within %s: %s", limit, what);
        }
        LockSupport.parkNanos(LOOK_AGAIN.toNanos());
      }
    } catch (Exception e) {
      throw new AssertionError(what, e);
    }
  }
}
