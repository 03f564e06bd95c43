package dev.sixin;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Empty;
import com.linecorp.armeria.client.grpc.GrpcClients;
import dev.sixin.live.v1.LiveEvent;
import dev.sixin.live.v1.LiveGrpc.LiveBlockingStub;
import dev.sixin.live.v1.LiveGrpc.LiveStub;
import dev.sixin.live.v1.ReadPositionRequest;
import dev.sixin.live.v1.TypingRequest;
import io.grpc.Status;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/// A device that watches by `sixin.live.v1`, what it was told, and what people do by the same
/// service.
public final class LiveWatch implements AutoCloseable {
  private final Person person;
  private final List<LiveEvent> told = new ArrayList<>();
  private ClientCallStreamObserver<Empty> call;
  private Status end;
  private boolean kickedOut;

  private LiveWatch(Person person, String token) {
    this.person = person;
    GrpcClients.builder("gproto+http://127.0.0.1:" + person.server().port())
        .setHeader("authorization", "identify_v1 " + token)
        .responseTimeout(Duration.ZERO)
        .maxResponseLength(0)
        .build(LiveStub.class)
        .watch(Empty.getDefaultInstance(), new Observer());
  }

  /// Begins to watch with a token; whether it may is not known yet.
  public static LiveWatch with(Person person, String token) {
    return new LiveWatch(person, token);
  }

  /// Begins to watch with a token. When this returns, it is told of what happens.
  public static LiveWatch of(Person person, String token) {
    TestServer server = person.server();
    int before = server.watchers();
    LiveWatch watch = with(person, token);
    Await.until("watching", () -> server.watchers() > before || watch.end() != null);
    return watch;
  }

  /// As [#of(Person, String)], with a new token.
  public static LiveWatch of(Person person) {
    return of(person, person.server().token(person.uid()));
  }

  /// The calls, with a person's token.
  public static LiveBlockingStub calls(Person person) {
    return GrpcClients.builder("gproto+http://127.0.0.1:" + person.server().port())
        .setHeader("authorization", "identify_v1 " + person.server().token(person.uid()))
        .build(LiveBlockingStub.class);
  }

  /// Somebody writes to somebody.
  public static void type(Person person, Person to) {
    var _ = calls(person).typing(TypingRequest.newBuilder().setTalkerId(to.uid()).build());
  }

  /// How far the other has read, as a person is shown it.
  public static long position(Person person, Person of) {
    return calls(person)
        .readPosition(ReadPositionRequest.newBuilder().setTalkerId(of.uid()).build())
        .getSeqno();
  }

  private final class Observer implements ClientResponseObserver<Empty, LiveEvent> {
    @Override
    public void beforeStart(ClientCallStreamObserver<Empty> requests) {
      synchronized (LiveWatch.this) {
        call = requests;
      }
    }

    @Override
    public void onNext(LiveEvent event) {
      synchronized (LiveWatch.this) {
        if (event.hasKickedOut()) {
          kickedOut = true;
        } else {
          told.add(event);
        }
      }
    }

    @Override
    public void onError(Throwable thrown) {
      synchronized (LiveWatch.this) {
        end = Status.fromThrowable(thrown);
      }
    }

    @Override
    public void onCompleted() {
      synchronized (LiveWatch.this) {
        end = Status.OK;
      }
    }
  }

  /// The next that it is told.
  public LiveEvent next() {
    Await.until(
        "user %d is told something (%s)".formatted(person.uid(), end),
        () -> count() > 0 || end() != null);
    synchronized (this) {
      assertThat(told).as("told before %s", end).isNotEmpty();
      return told.removeFirst();
    }
  }

  private synchronized int count() {
    return told.size();
  }

  /// How the stream ended; null: it goes on.
  public synchronized Status end() {
    return end;
  }

  public synchronized boolean wasKickedOut() {
    return kickedOut;
  }

  /// How the stream ends.
  public Status awaitEnd() {
    Await.until("the stream ends", () -> end() != null);
    return end();
  }

  /// Goes away without a word.
  @Override
  public synchronized void close() {
    call.cancel("the test is over", null);
  }
}
