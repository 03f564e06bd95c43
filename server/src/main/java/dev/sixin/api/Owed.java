package dev.sixin.api;

import com.linecorp.armeria.common.logging.RequestLogProperty;
import com.linecorp.armeria.server.ServiceRequestContext;
import dev.sixin.refusal.Code;
import dev.sixin.refusal.Refusal;
import io.netty.channel.Channel;
import io.netty.util.Attribute;
import io.netty.util.AttributeKey;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;

/// What was answered and has not been taken yet. Who asks for large answers and does not read them
/// would have the server keep all of them in memory.
final class Owed {
  private static final AttributeKey<Debt> DEBT = AttributeKey.valueOf(Owed.class, "DEBT");

  /// One connection may have so much of what all may have.
  private static final int SHARE = 4;

  /// Smaller answers are not worth the counting.
  private static final int LEAST_BYTES = 1 << 10;

  private final long mostBytes;
  private final Duration patience;
  private final AtomicLong bytes = new AtomicLong();

  /// @param mostBytes on all connections together
  /// @param patience how long an answer may take to be read
  Owed(long mostBytes, Duration patience) {
    this.mostBytes = mostBytes;
    this.patience = patience;
  }

  /// Counts an answer until it was sent or given up.
  ///
  /// @throws Refusal when too much is owed already (-509); then nothing is counted
  void add(ServiceRequestContext context, int answerBytes) {
    if (answerBytes < LEAST_BYTES) {
      return;
    }
    Debt debt = debt(context.log().ensureAvailable(RequestLogProperty.SESSION).channel());
    if (bytes.addAndGet(answerBytes) > mostBytes || !debt.hasRoomFor(answerBytes)) {
      bytes.addAndGet(-answerBytes);
      throw Refusal.of(Code.OVERLOADED, "answers: many were not read yet");
    }
    Debt.Answer answer = debt.add(answerBytes);
    var _ =
        context
            .log()
            .whenComplete()
            .thenRun(
                () -> {
                  debt.remove(answer);
                  bytes.addAndGet(-answerBytes);
                });
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
