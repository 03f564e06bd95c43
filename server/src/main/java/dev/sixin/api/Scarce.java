package dev.sixin.api;

import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/// So many of something in a second, and no more.
final class Scarce {
  private final int perSecond;
  private final LongSupplier nanos;
  private long begin;
  private int taken;
  private long missed;

  /// @param nanos the time on a clock that never steps back
  Scarce(int perSecond, LongSupplier nanos) {
    this.perSecond = perSecond;
    this.nanos = nanos;
    this.begin = nanos.getAsLong();
  }

  /// Takes one.
  ///
  /// @return how many got none since the last that was taken; -1: there is none now
  synchronized long take() {
    long now = nanos.getAsLong();
    if (now - begin >= TimeUnit.SECONDS.toNanos(1)) {
      begin = now;
      taken = 0;
    }
    if (taken == perSecond) {
      missed++;
      return -1;
    }
    taken++;
    long before = missed;
    missed = 0;
    return before;
  }
}
