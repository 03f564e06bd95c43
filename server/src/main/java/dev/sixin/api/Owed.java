package dev.sixin.api;

import com.linecorp.armeria.common.logging.RequestLogProperty;
import com.linecorp.armeria.server.ServiceRequestContext;
import dev.sixin.refusal.Code;
import dev.sixin.refusal.Refusal;
import io.netty.channel.Channel;
import io.netty.util.Attribute;
import io.netty.util.AttributeKey;
import java.time.Duration;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicLong;

/// What was answered and has not been taken yet. Who asks for large answers and does not read them
/// would have the server keep all of them in memory.
final class Owed {
  private static final AttributeKey<Debt> DEBT = AttributeKey.valueOf(Owed.class, "DEBT");
  private static final AttributeKey<Long> USER = AttributeKey.valueOf(Owed.class, "USER");

  private static final long SITE = 0;

  /// One connection may have so much of what all may have, and so may one user.
  private static final int SHARE = 4;

  /// Smaller answers are not worth the counting.
  private static final int LEAST_BYTES = 1 << 10;

  private final long mostBytes;
  private final Duration patience;
  private final AtomicLong bytes = new AtomicLong();
  private final ConcurrentMap<Long, Long> bytesOfUsers = new ConcurrentHashMap<>();

  /// @param mostBytes on all connections together
  /// @param patience how long an answer may take to be read
  Owed(long mostBytes, Duration patience) {
    this.mostBytes = mostBytes;
    this.patience = patience;
  }

  /// Says who makes a call; else it is the site's.
  void isOf(ServiceRequestContext context, long uid) {
    context.setAttr(USER, uid);
  }

  /// Refuses (-509) a user half of whose share is taken, so that no large answer is made in vain.
  void requireRoomForLarge(long uid) {
    if (bytesOfUsers.getOrDefault(uid, 0L) > mostBytes / SHARE / 2) {
      throw full();
    }
  }

  /// Counts an answer until it was sent or given up.
  ///
  /// @throws Refusal when too much is owed already (-509); then nothing is counted
  void add(ServiceRequestContext context, int answerBytes) {
    if (answerBytes < LEAST_BYTES) {
      return;
    }
    Debt debt = debt(context.log().ensureAvailable(RequestLogProperty.SESSION).channel());
    long uid = context.hasAttr(USER) ? context.attr(USER) : SITE;
    if (!hasRoomFor(uid, answerBytes)) {
      throw full();
    }
    if (bytes.addAndGet(answerBytes) > mostBytes || !debt.hasRoomFor(answerBytes)) {
      remove(uid, answerBytes);
      bytes.addAndGet(-answerBytes);
      throw full();
    }
    Debt.Answer answer = debt.add(answerBytes);
    var _ =
        context
            .log()
            .whenComplete()
            .thenRun(
                () -> {
                  debt.remove(answer);
                  remove(uid, answerBytes);
                  bytes.addAndGet(-answerBytes);
                });
  }

  /// Whether a user may owe so much more; it is taken if so.
  private boolean hasRoomFor(long uid, long more) {
    if (uid == SITE || bytesOfUsers.merge(uid, more, Long::sum) <= mostBytes / SHARE) {
      return true;
    }
    remove(uid, more);
    return false;
  }

  private void remove(long uid, long taken) {
    bytesOfUsers.computeIfPresent(uid, (_, owed) -> owed == taken ? null : owed - taken);
  }

  private static Refusal full() {
    return Refusal.of(Code.OVERLOADED, "answers: many were not read yet");
  }

  private Debt debt(Channel connection) {
    Attribute<Debt> attribute = connection.attr(DEBT);
    Debt known = attribute.get();
    if (known == null) {
      attribute.setIfAbsent(new Debt(connection, mostBytes / SHARE, patience));
      known = attribute.get();
    }
    return known;
  }
}
