package dev.sixin.bench;

import com.linecorp.armeria.common.SessionProtocol;
import com.linecorp.armeria.common.grpc.GrpcSerializationFormats;
import com.linecorp.armeria.server.Server;
import com.linecorp.armeria.server.grpc.GrpcService;
import dev.sixin.api.GrpcApi;
import dev.sixin.proto.im.DummyRsp;
import dev.sixin.proto.im.ImInterfaceGrpc.ImInterfaceImplBase;
import dev.sixin.proto.im.ReqGetSessions;
import dev.sixin.proto.im.ReqSendMsg;
import dev.sixin.proto.im.ReqSessionMsg;
import dev.sixin.proto.im.ReqSingleUnread;
import dev.sixin.proto.im.ReqUpdateAck;
import dev.sixin.proto.im.RspSendMsg;
import dev.sixin.proto.im.RspSessionMsg;
import dev.sixin.proto.im.RspSessions;
import dev.sixin.proto.im.RspSingleUnread;
import dev.sixin.proto.type.AccountInfo;
import dev.sixin.proto.type.Msg;
import dev.sixin.proto.type.SessionInfo;
import io.grpc.stub.StreamObserver;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Collections;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// `sixin bench echo-server`: the yardstick. It answers the calls of the scenarios with answers of
/// the right size as soon as they are parsed, on the event loop, and does nothing else: what no
/// server behind the same transport can exceed.
@Command(
    name = "echo-server",
    description = "Runs the yardstick by itself, for other clients.",
    mixinStandardHelpOptions = true)
final class EchoServer implements Callable<Integer> {
  private static final int CONNECTIONS = 20_000;

  @Option(names = "--port", defaultValue = "8080", description = "the port; 0: any free one")
  private int port;

  @Override
  public Integer call() throws InterruptedException {
    Server server = start(port, new Echo());
    System.out.printf("echo ready on http://127.0.0.1:%d%n", server.activeLocalPort());
    System.out.flush();
    new CountDownLatch(1).await();
    return 0;
  }

  /// Starts a server that is set up as Sixin's own is.
  static Server start(int port, ImInterfaceImplBase service) {
    Server server =
        Server.builder()
            .port(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), port), SessionProtocol.HTTP)
            .maxNumConnections(CONNECTIONS)
            .maxRequestLength(2L * GrpcApi.MAX_FRAME_BYTES)
            .verboseResponses(false)
            .service(
                GrpcService.builder()
                    .addService(service)
                    .supportedSerializationFormats(GrpcSerializationFormats.values())
                    .maxRequestMessageLength(GrpcApi.MAX_FRAME_BYTES)
                    .build())
            .build();
    server.start().join();
    return server;
  }

  /// Answers at once.
  static final class Echo extends ImInterfaceImplBase {
    private static final Msg MSG =
        Msg.newBuilder()
            .setSenderUid(10_000_001)
            .setReceiverTypeValue(1)
            .setReceiverId(10_000_002)
            .setCliMsgId(7_500_000_000_000_000_000L)
            .setMsgTypeValue(1)
            .setContent("{\"content\":\"" + "m".repeat(40) + "\"}")
            .setMsgSeqno(2_700_000_000_000_000L)
            .setTimestamp(1_800_000_000)
            .setMsgKey(7_700_000_000_000_000_000L)
            .build();

    private static final RspSessionMsg MESSAGES =
        RspSessionMsg.newBuilder()
            .addAllMessages(Collections.nCopies(UserCalls.PAGE, MSG))
            .setHasMore(1)
            .setMinSeqno(MSG.getMsgSeqno())
            .setMaxSeqno(MSG.getMsgSeqno())
            .build();

    private static final SessionInfo SESSION =
        SessionInfo.newBuilder()
            .setTalkerId(MSG.getSenderUid())
            .setSessionType(1)
            .setIsFollow(1)
            .setAckSeqno(MSG.getMsgSeqno())
            .setAckTs(1_800_000_000_000_000L)
            .setSessionTs(1_800_000_000_000_000L)
            .setUnreadCount(1)
            .setLastMsg(MSG)
            .setMaxSeqno(MSG.getMsgSeqno())
            .setAccountInfo(AccountInfo.newBuilder().setName("user 10000001"))
            .build();

    private static final RspSessions SESSIONS =
        RspSessions.newBuilder()
            .addAllSessionList(Collections.nCopies(UserCalls.PAGE, SESSION))
            .setHasMore(1)
            .setShowLevel(true)
            .build();

    private static final RspSingleUnread UNREAD =
        RspSingleUnread.newBuilder().setUnfollowUnread(1).setFollowUnread(1).build();

    @Override
    public void sendMsg(ReqSendMsg request, StreamObserver<RspSendMsg> out) {
      Msg msg = request.getMsg();
      answer(
          out,
          RspSendMsg.newBuilder()
              .setMsgKey(msg.getCliMsgId())
              .setMsgContent(msg.getContent())
              .build());
    }

    @Override
    public void syncFetchSessionMsgs(ReqSessionMsg request, StreamObserver<RspSessionMsg> out) {
      answer(out, MESSAGES);
    }

    @Override
    public void getSessions(ReqGetSessions request, StreamObserver<RspSessions> out) {
      answer(out, SESSIONS);
    }

    @Override
    public void singleUnread(ReqSingleUnread request, StreamObserver<RspSingleUnread> out) {
      answer(out, UNREAD);
    }

    @Override
    public void updateAck(ReqUpdateAck request, StreamObserver<DummyRsp> out) {
      answer(out, DummyRsp.getDefaultInstance());
    }

    private static <T> void answer(StreamObserver<T> out, T value) {
      out.onNext(value);
      out.onCompleted();
    }
  }
}
