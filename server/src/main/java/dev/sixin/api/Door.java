package dev.sixin.api;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongSupplier;

/// Lets calls in as long as they will be answered soon. What is refused here costs next to nothing;
/// what would be let in beyond that would only wait longer, and all others with it.
final class Door {
  /// How long a user's call may take before more of them are too many.
  private static final long SOON_NANOS = Duration.ofMillis(500).toNanos();

  /// So few calls are let in however long the last one took: one that is slow by itself keeps
  /// nobody out, and the writer's batches stay large while the rest is worked off.
  private static final int FEW = 500;

  private final int limit;
  private final LongSupplier nanos;
  private final AtomicInteger underWay = new AtomicInteger();
  private volatile boolean late;

  /// @param limit how many calls may be under way at once
  /// @param nanos the time on a clock that never steps back
  Door(int limit, LongSupplier nanos) {
    this.limit = limit;
    this.nanos = nanos;
  }

  /// Whether a call that comes now would be let in.
  boolean isOpen() {
    return hasRoomFor(underWay.get() + 1);
  }

  private boolean hasRoomFor(int calls) {
    return calls <= limit && (calls <= FEW || !late);
  }

  /// Lets a call in, or does not: then null.
  Visit enter() {
    if (hasRoomFor(underWay.incrementAndGet())) {
      return new Visit(nanos.getAsLong());
    }
    underWay.decrementAndGet();
    return null;
  }

  /// A call under way.
  final class Visit {
    private final long begin;

    private Visit(long begin) {
      this.begin = begin;
    }

    /// The call has ended. How long it took says how long the next one will take.
    void end() {
      late = nanos.getAsLong() - begin > SOON_NANOS;
      endOfLongWork();
    }

    /// A call has ended whose time says nothing: its work may be long.
    void endOfLongWork() {
      underWay.decrementAndGet();
    }
  }
}
