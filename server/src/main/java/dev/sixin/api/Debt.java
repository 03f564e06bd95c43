package dev.sixin.api;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http2.Http2Connection;
import io.netty.handler.codec.http2.Http2ConnectionHandler;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2RemoteFlowController;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;

/// What one connection has not taken yet of what it was answered. When it takes too long, the
/// answer is given up: of HTTP/2 the stream, else the connection. Armeria's limit for requests does
/// not help, it ends when an answer was handed over.
final class Debt {
  private final Channel connection;
  private final long mostBytes;
  private final long patienceNanos;
  private final AtomicLong bytes = new AtomicLong();
  private final Set<Answer> answers = ConcurrentHashMap.newKeySet();
  private final AtomicBoolean looking = new AtomicBoolean();

  // On the event loop.
  private Http2Connection.PropertyKey waitingSince;

  /// An answer on its way; none is equal to another.
  static final class Answer {
    private final int bytes;
    private final long nanos = System.nanoTime();

    private Answer(int bytes) {
      this.bytes = bytes;
    }
  }

  /// @param mostBytes that it may owe
  /// @param patience how long an answer may take to be read
  Debt(Channel connection, long mostBytes, Duration patience) {
    this.connection = connection;
    this.mostBytes = mostBytes;
    this.patienceNanos = patience.toNanos();
  }

  /// Whether there is room for so much more; it is taken if so.
  boolean hasRoomFor(int more) {
    if (bytes.addAndGet(more) <= mostBytes) {
      return true;
    }
    bytes.addAndGet(-more);
    return false;
  }

  /// Keeps an answer, for which there was room, until it is removed.
  Answer add(int answerBytes) {
    Answer answer = new Answer(answerBytes);
    answers.add(answer);
    lookLater();
    return answer;
  }

  void remove(Answer answer) {
    answers.remove(answer);
    bytes.addAndGet(-answer.bytes);
  }

  private void lookLater() {
    if (!answers.isEmpty() && looking.compareAndSet(false, true)) {
      var _ = connection.eventLoop().schedule(this::look, patienceNanos / 2, TimeUnit.NANOSECONDS);
    }
  }

  private void look() {
    long now = System.nanoTime();
    Http2ConnectionHandler http2 = connection.pipeline().get(Http2ConnectionHandler.class);
    if (http2 != null) {
      giveUpStreams(http2, now);
    } else if (answers.stream().anyMatch(answer -> isOverdue(answer.nanos, now))) {
      var _ = connection.close();
    }
    looking.set(false);
    lookLater();
  }

  private boolean isOverdue(long since, long now) {
    return now - since >= patienceNanos;
  }

  /// Which stream an answer went to is not known, but which of them have had something to send all
  /// the time.
  private void giveUpStreams(Http2ConnectionHandler http2, long now) {
    if (waitingSince == null) {
      waitingSince = http2.connection().newKey();
    }
    boolean anyIsOverdue = answers.stream().anyMatch(answer -> isOverdue(answer.nanos, now));
    Http2RemoteFlowController flow = http2.encoder().flowController();
    List<Integer> givenUp = new ArrayList<>();
    try {
      http2
          .connection()
          .forEachActiveStream(
              stream -> {
                Long since = stream.getProperty(waitingSince);
                if (!flow.hasFlowControlled(stream)) {
                  stream.removeProperty(waitingSince);
                } else if (since == null) {
                  stream.setProperty(waitingSince, now);
                } else if (anyIsOverdue && isOverdue(since, now)) {
                  givenUp.add(stream.id());
                }
                return true;
              });
    } catch (Http2Exception e) {
      throw new IllegalStateException(e);
    }
    ChannelHandlerContext context = connection.pipeline().context(http2);
    for (int stream : givenUp) {
      var _ = http2.resetStream(context, stream, Http2Error.CANCEL.code(), context.newPromise());
    }
    if (!givenUp.isEmpty()) {
      var _ = context.flush();
    }
  }
}
