package dev.sixin.message;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.sixin.entity.Day;
import dev.sixin.refusal.Code;
import dev.sixin.refusal.Refusal;
import io.github.bucket4j.Bucket;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/// How much a sender may send: a token bucket for bursts (21020) and a count for each day of UTC
/// (21046). The bucket is forgotten at a restart, the count is not.
public final class Rates {
  private static final Duration REMEMBERED = Duration.ofDays(1);

  /// How far the count of a day may lag behind what a sender sends by way of other servers.
  private static final Duration SHARED = Duration.ofMinutes(1);

  private static final int SENDERS_REMEMBERED = 200_000;

  private final Limits limits;
  private final InstantSource clock;
  private final Counted counted;
  private final Cache<Long, Sender> senders;

  /// What a sender may send.
  ///
  /// @param burst messages at once; 0 switches all limits off
  /// @param perSecond messages a second in the long run
  /// @param perDay messages on a day of UTC
  public record Limits(int burst, int perSecond, int perDay) {
    /// What a person may need.
    public static final Limits DEFAULT = new Limits(20, 2, 3_000);

    /// No limits, for measuring.
    public static final Limits NONE = new Limits(0, 0, 0);
  }

  /// Says how many metered messages of a sender are stored from a day.
  @FunctionalInterface
  public interface Counted {
    /// Their number.
    long on(long senderUid, long day);
  }

  /// Rates with these limits, on the only server that there is.
  ///
  /// @param counted asked once about each sender, when they are first seen
  public Rates(Limits limits, InstantSource clock, Counted counted) {
    this(limits, clock, counted, Caffeine.newBuilder().expireAfterAccess(REMEMBERED));
  }

  private Rates(
      Limits limits, InstantSource clock, Counted counted, Caffeine<Object, Object> remembered) {
    this.limits = limits;
    this.clock = clock;
    this.counted = counted;
    this.senders = remembered.maximumSize(SENDERS_REMEMBERED).build();
  }

  /// Rates with these limits on each of several servers. Bursts are counted on each, days together
  /// to within a minute.
  ///
  /// @param counted asked about each sender again and again
  public static Rates shared(Limits limits, InstantSource clock, Counted counted) {
    long refillSeconds = limits.burst() / Math.max(1, limits.perSecond());
    Duration refill = Duration.ofSeconds(refillSeconds + 1); // forgotten is as good as full
    return new Rates(
        limits,
        clock,
        counted,
        Caffeine.newBuilder()
            .expireAfterWrite(refill.compareTo(SHARED) > 0 ? refill : SHARED)
            .ticker(() -> TimeUnit.MILLISECONDS.toNanos(clock.millis())));
  }

  /// Takes leave to send one message.
  Permit take(long senderUid) {
    if (limits.burst() == 0) {
      return Permit.UNLIMITED;
    }
    long today = Day.of(clock.instant().getEpochSecond());
    Sender sender =
        senders.get(senderUid, uid -> new Sender(newBucket(), today, counted.on(uid, today)));
    if (!sender.take(today, limits.perDay())) {
      return Permit.refused(Code.FAR_TOO_MUCH);
    }
    if (!sender.burst.tryConsume(1)) {
      sender.giveBack(today);
      return Permit.refused(Code.TOO_FAST);
    }
    return new Permit(sender, today, Optional.empty());
  }

  private Bucket newBucket() {
    return Bucket.builder()
        .addLimit(
            limit ->
                limit
                    .capacity(limits.burst())
                    .refillGreedy(limits.perSecond(), Duration.ofSeconds(1)))
        .build();
  }

  /// What one sender has used up.
  private static final class Sender {
    private final Bucket burst;
    private long day;
    private long sent;

    Sender(Bucket burst, long day, long sent) {
      this.burst = burst;
      this.day = day;
      this.sent = sent;
    }

    synchronized boolean take(long today, int limit) {
      if (day != today) {
        day = today;
        sent = 0;
      }
      if (sent >= limit) {
        return false;
      }
      sent++;
      return true;
    }

    synchronized void giveBack(long takenOn) {
      if (day == takenOn) {
        sent--;
      }
    }
  }

  /// Leave to send one message, or the reason why not.
  static final class Permit {
    /// Leave that nobody counts.
    static final Permit UNLIMITED = new Permit(null, 0, Optional.empty());

    private final Sender taken;
    private final long day;
    private final Optional<Refusal> refusal;

    private Permit(Sender taken, long day, Optional<Refusal> refusal) {
      this.taken = taken;
      this.day = day;
      this.refusal = refusal;
    }

    private static Permit refused(Code code) {
      return new Permit(null, 0, Optional.of(Refusal.of(code)));
    }

    /// Throws the reason if there is one.
    void require() {
      Refusal.throwIf(refusal);
    }

    /// Whether a message sent with it counts against its sender's day.
    boolean isMetered() {
      return taken != null;
    }

    /// Returns it unused: the message was not sent.
    void giveBack() {
      if (taken != null) {
        taken.burst.addTokens(1);
        taken.giveBack(day);
      }
    }
  }
}
