package dev.sixin.store;

import java.time.Duration;
import java.util.function.Supplier;

/// Until when somebody wants an answer from what this thread does. A store that has to wait for
/// other machines gives up then, however many questions it was asked one after another. Work in the
/// background has no deadline.
public final class Deadline {
  private static final ScopedValue<Long> NANOS = ScopedValue.newInstance();

  private Deadline() {}

  /// Does work that wants an answer soon.
  public static <T> T within(Duration time, Supplier<T> work) {
    return ScopedValue.where(NANOS, System.nanoTime() + time.toNanos()).call(work::get);
  }

  /// Work for another thread, with the deadline that this thread has now.
  public static <T> Supplier<T> handedOn(Supplier<T> work) {
    if (!NANOS.isBound()) {
      return work;
    }
    long nanos = NANOS.get();
    return () -> ScopedValue.where(NANOS, nanos).call(work::get);
  }

  /// How long may still be waited, and no longer than `most`; never negative.
  public static Duration left(Duration most) {
    if (!NANOS.isBound()) {
      return most;
    }
    long left = Math.max(0, NANOS.get() - System.nanoTime());
    return left < most.toNanos() ? Duration.ofNanos(left) : most;
  }
}
