package dev.sixin.bench.torture;

import com.google.protobuf.Empty;
import com.google.protobuf.InvalidProtocolBufferException;
import com.linecorp.armeria.client.grpc.GrpcClients;
import dev.sixin.bench.torture.Stage.Device;
import dev.sixin.bench.torture.history.Call.Event;
import dev.sixin.bench.torture.history.Call.Watch;
import dev.sixin.bench.torture.history.Line;
import dev.sixin.bench.torture.history.Outcome.Done;
import dev.sixin.bench.torture.history.Outcome.Listed;
import dev.sixin.bench.torture.history.Outcome.Told;
import dev.sixin.bench.torture.history.Outcome.Unknown;
import dev.sixin.bench.torture.history.Session;
import dev.sixin.bench.torture.history.Talk;
import dev.sixin.proto.notify.CmdId;
import dev.sixin.proto.notify.Msg;
import dev.sixin.proto.notify.NotifyGrpc.NotifyStub;
import dev.sixin.proto.notify.NotifyRsp;
import dev.sixin.proto.notify.ReqServerNotify;
import io.grpc.Status;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.random.RandomGenerator;

/// A client that watches, fetches what it is told of, and acknowledges that it did. It looks
/// nowhere unless it is told to. It hangs up now and then.
final class Watcher implements Runnable {
  private static final AtomicLong STREAMS = new AtomicLong();
  private static final long LOOK_MILLIS = 200;
  private static final Duration BEFORE_AGAIN = Duration.ofMillis(100);
  private static final int NOTICES_PER_HANG_UP = 300;

  private final Client client;
  private final Device device;
  private final RandomGenerator random;
  private final Collector collector;

  /// The last messages that concern this user, once they are sent: whoever has them was told of
  /// everything.
  private volatile List<Line> farewells = List.of();

  Watcher(Client client, Device device, RandomGenerator random) {
    this.client = client;
    this.device = device;
    this.random = random;
    this.collector = new Collector(client);
  }

  /// Says which messages are the last ones.
  void expect(List<Line> last) {
    farewells = last;
  }

  /// Whether it has the last messages.
  boolean isDone() {
    return !farewells.isEmpty()
        && farewells.stream()
            .allMatch(
                last ->
                    collector.known(Talk.between(last.sender(), last.receiver())) >= last.seqno());
  }

  @Override
  public void run() {
    try {
      while (isWatching()) {
        watch(new Stream());
        LockSupport.parkNanos(BEFORE_AGAIN.toNanos());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private boolean isWatching() {
    return client.stage().phase().isReading() && !isDone();
  }

  private void watch(Stream stream) throws InterruptedException {
    try {
      while (isWatching() && random.nextInt(NOTICES_PER_HANG_UP) > 0) {
        Told told = stream.next();
        if (told != null) {
          if (!look(told)) {
            return; // what it was told is told again to who comes again
          }
          client.processed(told.number());
        } else if (stream.isOver()) {
          return;
        }
      }
    } finally {
      stream.hangUp();
    }
  }

  private boolean look(Told told) {
    if (told.talk() != null) {
      return collector.catchUp(told.talk());
    }
    if (!(client.sessions() instanceof Listed all)) {
      return false;
    }
    boolean caughtUp = true;
    for (Session session : all.sessions()) {
      caughtUp &=
          session.max() <= collector.known(session.talk()) || collector.catchUp(session.talk());
    }
    return caughtUp;
  }

  private final class Stream implements ClientResponseObserver<Empty, NotifyRsp> {
    private final Watch watch = new Watch(client.uid(), STREAMS.incrementAndGet());
    private final URI uri = client.address();
    private final BlockingQueue<Told> told = new LinkedBlockingQueue<>();
    private final long start = client.stage().record().micros();
    private volatile boolean over;
    private ClientCallStreamObserver<Empty> call;

    Stream() {
      GrpcClients.builder("gproto+" + uri)
          .factory(client.stage().connection((int) client.uid()))
          .setHeader("authorization", "identify_v1 " + client.stage().tokens().get(device))
          .responseTimeout(Duration.ZERO)
          .maxResponseLength(0)
          .build(NotifyStub.class)
          .watchNotify(Empty.getDefaultInstance(), this);
    }

    @Override
    public void beforeStart(ClientCallStreamObserver<Empty> requests) {
      call = requests;
    }

    @Override
    public void onNext(NotifyRsp response) {
      if (response.getCmd() != CmdId.EN_CMD_ID_MSG_NOTIFY_VALUE) {
        wrong("%d was sent command %d".formatted(client.uid(), response.getCmd()));
        return;
      }
      try {
        Told notice = told(ReqServerNotify.parseFrom(response.getPayload()));
        record(notice);
        told.add(notice);
      } catch (InvalidProtocolBufferException e) {
        wrong("%d was sent a notice that can not be read".formatted(client.uid()));
      }
      if (response.getUid() != client.uid()) {
        wrong("%d was sent a notice for %d".formatted(client.uid(), response.getUid()));
      }
    }

    private void wrong(String what) {
      client
          .stage()
          .record()
          .add(client.name(), start, new Event(Event.Kind.WRONG, what), new Done());
    }

    private void record(dev.sixin.bench.torture.history.Outcome outcome) {
      client.stage().record().add(client.name(), client.stage().record().micros(), watch, outcome);
    }

    private Told told(ReqServerNotify notify) {
      long talker = notify.getNotifyInfo().getTalkerId();
      int type = notify.getNotifyInfo().getSessionType();
      return new Told(
          notify.getLastestSeqno(),
          talker == 0 ? null : Talk.of(client.uid(), type, talker),
          notify.hasInstantMsg() ? line(notify.getInstantMsg()) : null);
    }

    private static Line line(Msg msg) {
      return new Line(
          msg.getMsgSeqno(),
          msg.getMsgKey(),
          msg.getSenderUid(),
          msg.getReceiverId(),
          msg.getMsgType(),
          msg.getCliMsgId(),
          msg.getContent(),
          msg.getMsgStatus());
    }

    @Override
    public void onError(Throwable thrown) {
      record(new Unknown(Status.fromThrowable(thrown).getCode().name()));
      over = true;
    }

    @Override
    public void onCompleted() {
      record(new Unknown("completed"));
      over = true;
    }

    /// The next notice; null: none came just now.
    Told next() throws InterruptedException {
      return told.poll(LOOK_MILLIS, TimeUnit.MILLISECONDS);
    }

    /// Whether nothing will come: the stream ended, or its server is gone.
    boolean isOver() {
      return told.isEmpty() && (over || !uri.equals(client.address()));
    }

    void hangUp() {
      call.cancel("hung up", null);
    }
  }
}
