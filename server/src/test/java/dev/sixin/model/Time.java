package dev.sixin.model;

import java.time.Duration;
import java.time.Instant;

/// What the server's clock shows, and the latest that it has shown.
final class Time {
  private Instant now;
  private Instant highest;

  Time(Instant now) {
    this.now = now;
    this.highest = now;
  }

  void move(Duration by) {
    now = now.plus(by);
    highest = now.isAfter(highest) ? now : highest;
  }

  long seconds() {
    return now.getEpochSecond();
  }

  long micros() {
    return micros(now);
  }

  Instant highest() {
    return highest;
  }

  long highestMicros() {
    return micros(highest);
  }

  private static long micros(Instant instant) {
    return instant.getEpochSecond() * 1_000_000 + instant.getNano() / 1_000;
  }
}
