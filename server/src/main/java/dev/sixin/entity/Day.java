package dev.sixin.entity;

import java.time.Duration;

/// Days of UTC, numbered from 1970.
public final class Day {
  private static final long SECONDS = Duration.ofDays(1).toSeconds();

  private Day() {}

  /// The day in which a second lies.
  public static long of(long unixSeconds) {
    return Math.floorDiv(unixSeconds, SECONDS);
  }
}
