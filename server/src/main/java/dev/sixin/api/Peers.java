package dev.sixin.api;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.sixin.api.ImInterfaceService.Features;
import dev.sixin.entity.Talker;
import dev.sixin.live.v1.ReadPositionRequest;
import dev.sixin.live.v1.ReadPositionResponse;
import dev.sixin.live.v1.TypingRequest;
import dev.sixin.live.v1.TypingResponse;
import dev.sixin.push.Moment;
import dev.sixin.push.Push;
import dev.sixin.refusal.Code;
import dev.sixin.refusal.Refusal;
import dev.sixin.user.Preference;
import io.github.bucket4j.Bucket;
import java.time.Duration;

/// The answers of `sixin.live.v1`, and who may know what of whom: people who follow each other and
/// of whom neither blocks the other, that one is typing; and how far one has read, if both have
/// `read_receipts` on.
public final class Peers {
  /// What somebody who types needs, also in several windows; a page says it every three seconds.
  private static final int BURST = 5;

  private static final Duration REFILL = Duration.ofSeconds(1);
  private static final Duration REMEMBERED = REFILL.multipliedBy(2L * BURST); // full again by then
  private static final int REMEMBERED_USERS = 200_000;

  private final Features features;
  private final Push push;
  private final boolean isRated;
  private final Cache<Long, Bucket> typing =
      Caffeine.newBuilder().maximumSize(REMEMBERED_USERS).expireAfterAccess(REMEMBERED).build();

  Peers(Features features, Push push, boolean isRated) {
    this.features = features;
    this.push = push;
    this.isRated = isRated;
  }

  /// Says that the caller is writing to somebody. Too often: 21020.
  public TypingResponse type(Caller caller, TypingRequest request) {
    long peer = peer(caller, request.getTalkerId(), request.getSessionType());
    if (isRated && !typing.get(caller.uid(), _ -> newBucket()).tryConsume(1)) {
      throw Refusal.of(Code.TOO_FAST);
    }
    push.typing(caller.uid(), peer);
    return TypingResponse.getDefaultInstance();
  }

  private static Bucket newBucket() {
    return Bucket.builder()
        .addLimit(limit -> limit.capacity(BURST).refillGreedy(1, REFILL))
        .build();
  }

  /// How far somebody has read their conversation with the caller, if the caller may know.
  public ReadPositionResponse readPosition(Caller caller, ReadPositionRequest request) {
    long peer = peer(caller, request.getTalkerId(), request.getSessionType());
    long seqno =
        seesReading(caller.uid(), peer)
            ? features.sessions().readPosition(peer, Talker.user(caller.uid()))
            : 0;
    return ReadPositionResponse.newBuilder().setSeqno(seqno).build();
  }

  /// The other of a private conversation; not a group (2), somebody that exists (-404), and not
  /// oneself (2).
  private long peer(Caller caller, long talkerId, int sessionType) {
    Calls.required("talker_id", talkerId);
    Refusal.require("session_type", sessionType, 0, Talker.PRIVATE);
    if (talkerId == caller.uid()) {
      throw Refusal.of(Code.BAD_PARAMETER, "talker_id: the caller's (expected: another's)");
    }
    if (features.users().find(talkerId).isEmpty()) {
      throw Refusal.of(Code.NOT_FOUND, "talker_id: nobody has this number");
    }
    return talkerId;
  }

  /// Whether a user may know what somebody does now.
  boolean mayKnow(long uid, Moment moment) {
    return switch (moment) {
      case Moment.Typing(long peer) -> features.relations().areClose(uid, peer);
      case Moment.ReadFurther(long peer, long _) -> seesReading(uid, peer);
    };
  }

  private boolean seesReading(long uid, long peer) {
    return showsReading(uid) && showsReading(peer) && features.relations().areClose(uid, peer);
  }

  private boolean showsReading(long uid) {
    return Preference.READ_RECEIPTS.isOn(features.users().preferences(uid));
  }
}
