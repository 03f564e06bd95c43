package dev.sixin.bench.torture;

import com.google.protobuf.InvalidProtocolBufferException;
import com.linecorp.armeria.client.ClientFactory;
import com.linecorp.armeria.client.grpc.GrpcClients;
import dev.sixin.bench.torture.Stage.Device;
import dev.sixin.bench.torture.history.Call;
import dev.sixin.bench.torture.history.Call.Fetch;
import dev.sixin.bench.torture.history.Call.Send;
import dev.sixin.bench.torture.history.Line;
import dev.sixin.bench.torture.history.Outcome;
import dev.sixin.bench.torture.history.Outcome.Page;
import dev.sixin.bench.torture.history.Outcome.Refused;
import dev.sixin.bench.torture.history.Outcome.Unknown;
import dev.sixin.bench.torture.history.Session;
import dev.sixin.bench.torture.history.Talk;
import dev.sixin.proto.im.ImInterfaceGrpc.ImInterfaceBlockingStub;
import dev.sixin.proto.im.ReqGetSessions;
import dev.sixin.proto.im.ReqNewSessions;
import dev.sixin.proto.im.ReqSendMsg;
import dev.sixin.proto.im.ReqSessionMsg;
import dev.sixin.proto.im.ReqSetTop;
import dev.sixin.proto.im.ReqSingleUnread;
import dev.sixin.proto.im.ReqSyncAck;
import dev.sixin.proto.im.ReqUpdateAck;
import dev.sixin.proto.im.RspSessionMsg;
import dev.sixin.proto.im.RspSessions;
import dev.sixin.proto.im.RspSingleUnread;
import dev.sixin.proto.rpc.Status;
import dev.sixin.proto.type.Msg;
import dev.sixin.proto.type.RecverType;
import dev.sixin.proto.type.SessionInfo;
import io.grpc.StatusRuntimeException;
import io.grpc.protobuf.StatusProto;
import java.net.URI;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;

/// A device of a user: makes one call after another and has each of them recorded.
final class Client {
  private static final Duration AFTER_TROUBLE = Duration.ofMillis(100);
  private static final int SERVER_CANNOT = -3;
  private static final int SERVER_FAULT = -500;
  private static final int MOST_SESSIONS = 100;

  private final String name;
  private final Device device;
  private final Stage stage;
  private final ClientFactory connection;

  /// The way to the server, another one after each call that failed.
  private int way;

  private URI uri;
  private ImInterfaceBlockingStub stub;

  /// @param connection the number of the connection that it uses, with others
  Client(String name, Device device, Stage stage, int connection) {
    this.name = name;
    this.device = device;
    this.stage = stage;
    this.connection = stage.connection(connection);
    this.way = connection;
  }

  String name() {
    return name;
  }

  long uid() {
    return device.uid();
  }

  Stage stage() {
    return stage;
  }

  /// A client of the same device on another connection.
  Client twin(int connection) {
    return new Client(name + "-twin", device, stage, connection);
  }

  /// Makes any call and has it recorded.
  Outcome make(Call call, Function<ImInterfaceBlockingStub, Outcome> question) {
    long start = stage.record().micros();
    Outcome outcome = outcome(() -> question.apply(stub()));
    stage.record().add(name, start, call, outcome);
    if (outcome instanceof Unknown) {
      way++;
      do {
        LockSupport.parkNanos(AFTER_TROUBLE.toNanos());
      } while (!stage.subject().isUp() && stage.phase().isReading());
    }
    return outcome;
  }

  /// Where it asks now.
  URI address() {
    return stage.subject().uri(way);
  }

  private ImInterfaceBlockingStub stub() {
    URI now = address();
    if (!now.equals(uri)) {
      uri = now;
      stub =
          GrpcClients.builder("gproto+" + uri)
              .factory(connection)
              .responseTimeout(stage.subject().patience())
              .setHeader("authorization", "identify_v1 " + stage.tokens().get(device))
              .build(ImInterfaceBlockingStub.class);
    }
    return stub;
  }

  @FunctionalInterface
  interface Attempt {
    Outcome make();
  }

  /// What a caller can know of a call.
  static Outcome outcome(Attempt attempt) {
    try {
      return attempt.make();
    } catch (StatusRuntimeException e) {
      return outcome(e);
    }
  }

  private static Outcome outcome(StatusRuntimeException e) {
    com.google.rpc.Status details = StatusProto.fromThrowable(e);
    if (details == null || details.getDetailsCount() == 0) {
      return new Unknown(e.getStatus().getCode().name());
    }
    try {
      int code = details.getDetails(0).unpack(Status.class).getCode();
      return code == SERVER_CANNOT || code == SERVER_FAULT
          ? new Unknown(Integer.toString(code))
          : new Refused(code);
    } catch (InvalidProtocolBufferException notOurs) {
      return new Unknown(e.getStatus().getCode().name());
    }
  }

  Outcome send(Send send) {
    Msg msg =
        Msg.newBuilder()
            .setReceiverTypeValue(
                send.talk().isGroup()
                    ? RecverType.EN_RECVER_TYPE_GROUP_VALUE
                    : RecverType.EN_RECVER_TYPE_PEER_VALUE)
            .setReceiverId(send.talk().talkerOf(send.uid()))
            .setMsgTypeValue(send.type())
            .setCliMsgId(send.cliMsgId())
            .setContent(send.content())
            .build();
    return make(
        send,
        server ->
            new Outcome.Sent(
                server.sendMsg(ReqSendMsg.newBuilder().setMsg(msg).build()).getMsgKey()));
  }

  Outcome ack(Talk talk, long seqno) {
    ReqUpdateAck request =
        ReqUpdateAck.newBuilder()
            .setTalkerId(talk.talkerOf(uid()))
            .setSessionType(talk.sessionType())
            .setAckSeqno(seqno)
            .build();
    return make(
        new Call.Ack(uid(), talk, seqno),
        server -> {
          server.updateAck(request);
          return new Outcome.Done();
        });
  }

  Outcome pin(Talk talk, boolean pinned) {
    ReqSetTop request =
        ReqSetTop.newBuilder()
            .setTalkerId(talk.talkerOf(uid()))
            .setSessionType(talk.sessionType())
            .setOpType(pinned ? 0 : 1)
            .build();
    return make(
        new Call.Pin(uid(), talk, pinned),
        server -> {
          server.setTop(request);
          return new Outcome.Done();
        });
  }

  Outcome news(long beginTs, int size) {
    ReqNewSessions request = ReqNewSessions.newBuilder().setBeginTs(beginTs).setSize(size).build();
    return make(new Call.News(uid(), beginTs), server -> listed(server.newSessions(request)));
  }

  Outcome sessions() {
    ReqGetSessions request =
        ReqGetSessions.newBuilder().setSessionType(4).setSize(MOST_SESSIONS).build();
    return make(new Call.Sessions(uid()), server -> listed(server.getSessions(request)));
  }

  private Outcome listed(RspSessions answer) {
    return new Outcome.Listed(
        answer.getSessionListList().stream().map(this::session).toList(), answer.getHasMore() == 1);
  }

  private Session session(SessionInfo info) {
    return new Session(
        Talk.of(uid(), info.getSessionType(), info.getTalkerId()),
        info.getAckSeqno(),
        info.getMaxSeqno(),
        info.getUnreadCount(),
        info.getSessionTs(),
        info.getLastMsg().getMsgKey(),
        info.getIsFollow() == 1,
        info.getTopTs() != 0);
  }

  Outcome fetch(Fetch fetch, int size) {
    ReqSessionMsg request =
        ReqSessionMsg.newBuilder()
            .setTalkerId(fetch.talk().talkerOf(uid()))
            .setSessionType(fetch.talk().sessionType())
            .setBeginSeqno(fetch.begin())
            .setOrder(fetch.upward() ? 1 : 0)
            .setSize(size)
            .build();
    return make(
        fetch,
        server -> {
          RspSessionMsg answer = server.syncFetchSessionMsgs(request);
          return new Page(
              answer.getMessagesList().stream()
                  .filter(msg -> msg.getMsgSeqno() != 0) // the tip about one message
                  .map(Client::line)
                  .toList(),
              answer.getHasMore() == 1);
        });
  }

  private static Line line(Msg msg) {
    return new Line(
        msg.getMsgSeqno(),
        msg.getMsgKey(),
        msg.getSenderUid(),
        msg.getReceiverId(),
        msg.getMsgTypeValue(),
        msg.getCliMsgId(),
        msg.getContent(),
        msg.getMsgStatus());
  }

  Outcome unread() {
    return make(
        new Call.Unread(uid()),
        server -> {
          RspSingleUnread answer = server.singleUnread(ReqSingleUnread.getDefaultInstance());
          return new Outcome.Counted(answer.getFollowUnread(), answer.getUnfollowUnread());
        });
  }

  Outcome processed(long seqno) {
    return make(
        new Call.Processed(uid(), seqno),
        server -> {
          server.syncAck(ReqSyncAck.newBuilder().setClientSeqno(seqno).build());
          return new Outcome.Done();
        });
  }
}
