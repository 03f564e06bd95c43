package dev.sixin.model;

import static org.assertj.core.api.Assertions.assertThat;

/// A time in microseconds that the server chooses. The model adopts it from the first answer that
/// shows it, after checking that it can be what it says.
final class Stamp {
  private static final long TOLERANCE = 1_000_000;

  private long micros;
  private boolean open;
  private long notBefore;
  private long notAfter;

  /// The time; 0: never.
  long micros() {
    if (open) {
      throw new IllegalStateException("not adopted yet");
    }
    return micros;
  }

  boolean isOpen() {
    return open;
  }

  boolean isSet() {
    return open || micros != 0;
  }

  void clear() {
    micros = 0;
    open = false;
  }

  /// It is now, whatever the server takes that to be.
  ///
  /// @param latest the greatest stamp of this kind that its owner has: it must be greater
  void setNow(long latest, Time time) {
    open = true;
    notBefore = Math.max(time.micros(), latest + 1);
    notAfter = Math.max(time.highestMicros(), latest) + TOLERANCE;
  }

  /// Takes what the server says.
  void adopt(String name, long shown) {
    if (open) {
      assertThat(shown).as(name).isBetween(notBefore, notAfter);
      micros = shown;
      open = false;
    }
  }
}
