package dev.sixin.api;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongSupplier;

/// Lets calls in as long as they will be answered soon. What is refused here costs next to nothing;
/// what would be let in beyond that would only wait longer, and all others with it.
///
/// How long a call will take follows from how many are under way and how long each of them keeps
/// the others waiting. The latter says every call that ends: it took so long with so many before it
/// (Little's law).
final class Door {
  /// How long a user's call may take before more of them are too many.
  private static final long SOON_NANOS = Duration.ofMillis(100).toNanos();

  /// So many calls are let in however long they take: what is slow by itself keeps nobody out, and
  /// the writer's batches stay large while the rest is worked off.
  private static final int FEW = 1_500;

  /// With fewer before it, what a call took says how long it takes alone, not how many can be done.
  private static final int ENOUGH_TO_SAY = FEW / 2;

  private final int limit;
  private final LongSupplier nanos;
  private final AtomicInteger underWay = new AtomicInteger();
  private volatile long nanosPerCall;

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

  /// How many calls are under way.
  int underWay() {
    return underWay.get();
  }

  private boolean hasRoomFor(int calls) {
    return calls <= limit && (calls <= FEW || calls * nanosPerCall <= SOON_NANOS);
  }

  /// Lets a call in, or does not: then null.
  Visit enter() {
    int calls = underWay.incrementAndGet();
    if (hasRoomFor(calls)) {
      return new Visit(nanos.getAsLong(), calls);
    }
    underWay.decrementAndGet();
    return null;
  }

  /// A call under way.
  final class Visit {
    private final long begin;
    private final int calls;

    /// @param calls how many were under way, this one included
    private Visit(long begin, int calls) {
      this.begin = begin;
      this.calls = calls;
    }

    /// The call has ended.
    void end() {
      if (calls >= ENOUGH_TO_SAY) {
        nanosPerCall = (nanos.getAsLong() - begin) / calls;
      }
      endOfLongWork();
    }

    /// A call has ended whose time says nothing: its work may be long.
    void endOfLongWork() {
      underWay.decrementAndGet();
    }
  }
}
