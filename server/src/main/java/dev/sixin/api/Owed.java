package dev.sixin.api;

import com.linecorp.armeria.common.logging.RequestLogProperty;
import com.linecorp.armeria.server.ServiceRequestContext;
import dev.sixin.refusal.Code;
import dev.sixin.refusal.Refusal;
import io.netty.channel.Channel;
import io.netty.util.Attribute;
import io.netty.util.AttributeKey;
import java.util.concurrent.atomic.AtomicLong;

/// What was answered and has not been taken yet. Who asks for large answers and does not read them
/// would have the server keep all of them in memory.
final class Owed {
  private static final AttributeKey<AtomicLong> BY_CONNECTION =
      AttributeKey.valueOf(Owed.class, "BY_CONNECTION");

  /// One connection may have so much of what all may have.
  private static final int SHARE = 4;

  /// Smaller answers are not worth the counting.
  private static final int LEAST_BYTES = 1 << 10;

  private final long mostBytes;
  private final AtomicLong bytes = new AtomicLong();

  /// @param mostBytes on all connections together
  Owed(long mostBytes) {
    this.mostBytes = mostBytes;
  }

  /// Counts an answer until it was sent or given up.
  ///
  /// @throws Refusal when too much is owed already (-509); then nothing is counted
  void add(ServiceRequestContext context, int answerBytes) {
    if (answerBytes < LEAST_BYTES) {
      return;
    }
    AtomicLong ofConnection = ofConnection(context);
    long ofAll = bytes.addAndGet(answerBytes);
    if (ofConnection.addAndGet(answerBytes) > mostBytes / SHARE || ofAll > mostBytes) {
      remove(ofConnection, answerBytes);
      throw Refusal.of(Code.OVERLOADED, "answers: many were not read yet");
    }
    var _ = context.log().whenComplete().thenRun(() -> remove(ofConnection, answerBytes));
  }

  private static AtomicLong ofConnection(ServiceRequestContext context) {
    Channel connection =
        context.log().ensureAvailable(RequestLogProperty.SESSION).channel();
    Attribute<AtomicLong> owed = connection.attr(BY_CONNECTION);
    AtomicLong known = owed.get();
    if (known == null) {
      owed.setIfAbsent(new AtomicLong());
      known = owed.get();
    }
    return known;
  }

  private void remove(AtomicLong ofConnection, int answerBytes) {
    ofConnection.addAndGet(-answerBytes);
    bytes.addAndGet(-answerBytes);
  }
}
