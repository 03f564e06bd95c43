package dev.sixin.message;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.sixin.refusal.Code;
import dev.sixin.refusal.Refusal;
import io.github.bucket4j.Bucket;
import java.time.Duration;
import java.util.Optional;

/// How much a sender may send: a token bucket for bursts (21020) and one for the day (21046).
public final class Rates {
  private static final Duration DAY = Duration.ofDays(1);
  private static final int SENDERS_REMEMBERED = 200_000;

  private final Limits limits;
  private final Cache<Long, Buckets> buckets;

  /// What a sender may send.
  ///
  /// @param burst messages at once; 0 switches all limits off
  /// @param perSecond messages a second in the long run
  /// @param perDay messages in 24 hours
  public record Limits(int burst, int perSecond, int perDay) {
    /// What a person may need.
    public static final Limits DEFAULT = new Limits(20, 2, 3_000);

    /// No limits, for measuring.
    public static final Limits NONE = new Limits(0, 0, 0);
  }

  private record Buckets(Bucket burst, Bucket day) {}

  /// Rates with these limits.
  public Rates(Limits limits) {
    this.limits = limits;
    this.buckets =
        Caffeine.newBuilder().maximumSize(SENDERS_REMEMBERED).expireAfterAccess(DAY).build();
  }

  /// Takes leave to send one message.
  Permit take(long senderUid) {
    if (limits.burst() == 0) {
      return Permit.UNLIMITED;
    }
    Buckets sender = buckets.get(senderUid, _ -> newBuckets());
    if (!sender.day().tryConsume(1)) {
      return new Permit(null, Optional.of(Refusal.of(Code.FAR_TOO_MUCH)));
    }
    if (!sender.burst().tryConsume(1)) {
      sender.day().addTokens(1);
      return new Permit(null, Optional.of(Refusal.of(Code.TOO_FAST)));
    }
    return new Permit(sender, Optional.empty());
  }

  private Buckets newBuckets() {
    return new Buckets(
        Bucket.builder()
            .addLimit(
                limit ->
                    limit
                        .capacity(limits.burst())
                        .refillGreedy(limits.perSecond(), Duration.ofSeconds(1)))
            .build(),
        Bucket.builder()
            .addLimit(limit -> limit.capacity(limits.perDay()).refillGreedy(limits.perDay(), DAY))
            .build());
  }

  /// Leave to send one message, or the reason why not.
  record Permit(Buckets taken, Optional<Refusal> refusal) {
    /// Leave that nobody counts.
    static final Permit UNLIMITED = new Permit(null, Optional.empty());

    /// Throws the reason if there is one.
    void require() {
      Refusal.throwIf(refusal);
    }

    /// Returns it unused: the message was not sent.
    void giveBack() {
      if (taken != null) {
        taken.burst().addTokens(1);
        taken.day().addTokens(1);
      }
    }
  }
}
