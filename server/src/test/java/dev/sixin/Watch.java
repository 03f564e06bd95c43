package dev.sixin;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Empty;
import com.google.protobuf.InvalidProtocolBufferException;
import com.linecorp.armeria.client.ClientFactory;
import com.linecorp.armeria.client.grpc.GrpcClients;
import dev.sixin.entity.Talker;
import dev.sixin.proto.notify.CmdId;
import dev.sixin.proto.notify.NotifyGrpc.NotifyStub;
import dev.sixin.proto.notify.NotifyRsp;
import dev.sixin.proto.notify.ReqServerNotify;
import io.grpc.Status;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/// A device that watches by WatchNotify, and what it was told.
public final class Watch implements AutoCloseable {
  private final List<ReqServerNotify> told = new ArrayList<>();
  private long ignoredUid;
  private final long uid;
  private final int eager;
  private ClientCallStreamObserver<Empty> call;
  private Status end;
  private boolean kickedOut;

  private Watch(TestServer server, long uid, String token, int eager, ClientFactory connection) {
    this.uid = uid;
    this.eager = eager;
    GrpcClients.builder("gproto+http://127.0.0.1:" + server.port())
        .factory(connection)
        .setHeader("authorization", "identify_v1 " + token)
        .responseTimeout(Duration.ZERO)
        .maxResponseLength(0)
        .build(NotifyStub.class)
        .watchNotify(Empty.getDefaultInstance(), new Observer());
  }

  /// Begins to watch; whether it may is not known yet.
  public static Watch with(TestServer server, long uid, String token) {
    return new Watch(server, uid, token, Integer.MAX_VALUE, ClientFactory.ofDefault());
  }

  /// Begins to watch by a connection that may be shared.
  public static Watch by(ClientFactory connection, Person person, String token) {
    return new Watch(person.server(), person.uid(), token, Integer.MAX_VALUE, connection);
  }

  /// Begins to watch by a connection of one's own, and takes nothing before [#takeAll].
  public static Watch slow(Person person, ClientFactory connection) {
    TestServer server = person.server();
    return new Watch(server, person.uid(), server.token(person.uid()), 0, connection);
  }

  /// Begins to watch with a token. When this returns, the device has been told that something may
  /// have happened before, and that is forgotten: what it is told from now on is news.
  public static Watch of(Person person, String token) {
    Person somebody = Person.on(person.server());
    person.pins(somebody); // so that there is something
    Watch watch = with(person.server(), person.uid(), token);
    watch.ignore(somebody);
    assertThat(watch.next().hasInstantMsg()).isFalse();
    return watch;
  }

  /// Forgets what it is told of somebody: that may still be on its way when the watch begins.
  private synchronized void ignore(Person somebody) {
    ignoredUid = somebody.uid();
    told.removeIf(this::isIgnored);
  }

  private boolean isIgnored(ReqServerNotify notify) {
    return notify.getNotifyInfo().getTalkerId() == ignoredUid && ignoredUid != 0;
  }

  /// As [#of(Person, String)], with a new token.
  public static Watch of(Person person) {
    return of(person, person.server().token(person.uid()));
  }

  private final class Observer implements ClientResponseObserver<Empty, NotifyRsp> {
    @Override
    public void beforeStart(ClientCallStreamObserver<Empty> requests) {
      synchronized (Watch.this) {
        call = requests;
      }
      if (eager == 0) {
        requests.disableAutoRequestWithInitial(0);
      }
    }

    @Override
    public void onNext(NotifyRsp response) {
      synchronized (Watch.this) {
        assertThat(response.getUid()).isEqualTo(uid);
        if (response.getCmd() == CmdId.EN_CMD_ID_KICK_OUT_VALUE) {
          kickedOut = true;
          return;
        }
        assertThat(response.getCmd()).isEqualTo(CmdId.EN_CMD_ID_MSG_NOTIFY_VALUE);
        try {
          ReqServerNotify notify = ReqServerNotify.parseFrom(response.getPayload());
          if (!isIgnored(notify)) {
            told.add(notify);
          }
        } catch (InvalidProtocolBufferException e) {
          throw new AssertionError(e);
        }
      }
    }

    @Override
    public void onError(Throwable thrown) {
      synchronized (Watch.this) {
        end = Status.fromThrowable(thrown);
      }
    }

    @Override
    public void onCompleted() {
      synchronized (Watch.this) {
        end = Status.OK;
      }
    }
  }

  /// The next that it is told.
  public ReqServerNotify next() {
    Await.until(
        "user %d is told something (%s)".formatted(uid, end), () -> count() > 0 || end() != null);
    synchronized (this) {
      assertThat(told).as("told before %s", end).isNotEmpty();
      return told.removeFirst();
    }
  }

  /// The next that it is told, which is of a talker.
  public ReqServerNotify next(Talker talker) {
    ReqServerNotify next = next();
    assertThat(next.getNotifyInfo().getTalkerId()).as("%s", next).isEqualTo(talker.id());
    assertThat(next.getNotifyInfo().getSessionType()).isEqualTo(talker.type());
    return next;
  }

  /// All that it is told up to something, that included.
  public List<ReqServerNotify> until(Predicate<ReqServerNotify> last) {
    List<ReqServerNotify> all = new ArrayList<>();
    do {
      all.add(next());
    } while (!last.test(all.getLast()));
    return all;
  }

  /// All that it was told and that nobody asked for yet.
  public synchronized List<ReqServerNotify> takeAll() {
    List<ReqServerNotify> all = List.copyOf(told);
    told.clear();
    return all;
  }

  /// How much it was told that nobody asked for yet.
  public synchronized int count() {
    return told.size();
  }

  /// Is ready for more.
  public synchronized void request(int more) {
    call.request(more);
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
