package dev.sixin;

import com.google.protobuf.Empty;
import com.linecorp.armeria.client.BlockingWebClient;
import com.linecorp.armeria.client.WebClient;
import com.linecorp.armeria.client.grpc.GrpcClients;
import com.linecorp.armeria.common.AggregatedHttpResponse;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.common.MediaType;
import dev.sixin.proto.im.DummyReq;
import dev.sixin.proto.im.ImInterfaceGrpc.ImInterfaceBlockingStub;
import dev.sixin.proto.im.ReqAckSessions;
import dev.sixin.proto.im.ReqGetSessions;
import dev.sixin.proto.im.ReqNewSessions;
import dev.sixin.proto.im.ReqRelationSync;
import dev.sixin.proto.im.ReqSendMsg;
import dev.sixin.proto.im.ReqSessionDetail;
import dev.sixin.proto.im.ReqSessionMsg;
import dev.sixin.proto.im.ReqSingleUnread;
import dev.sixin.proto.im.ReqUpdateAck;
import dev.sixin.proto.im.RspSessionMsg;
import dev.sixin.proto.notify.NotifyGrpc.NotifyBlockingStub;
import dev.sixin.proto.type.Msg;
import dev.sixin.proto.type.RecverType;
import io.grpc.Status.Code;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// `sixin rehearse`: what a server does for the first time, done before anybody waits for it.
///
/// A JVM loads a class when it is needed, and whatever shares the thread waits; on an event loop
/// that is all of its connections. Run with `-XX:AOTCacheOutput=FILE`, this makes the cache from
/// which a server has its classes when it starts. How much is called does not matter, only that
/// everything is that is called often.
@Command(
    name = "rehearse",
    description = {
      "Runs a server for a moment and uses it as people do. For the JVM: with its option",
      "-XX:AOTCacheOutput=FILE it keeps in FILE what servers then need not load"
          + " (-XX:AOTCache=FILE)."
    },
    mixinStandardHelpOptions = true)
final class RehearseCommand implements Callable<Integer> {
  private static final int TURNS = 4;

  /// What Alice says, to Bob.
  static final String WORDS = "[笑] 你好";

  private static final String TEXT = "{\"content\":\"" + WORDS + "\"}";

  private static final List<String> PAGES =
      List.of(
          "/",
          "/web/main.js",
          "/healthz",
          "/readyz",
          "/x/web-interface/nav",
          "/session_svr/v1/session_svr/get_sessions?session_type=1",
          "/session_svr/v1/session_svr/new_sessions?begin_ts=0",
          "/session_svr/v1/session_svr/ack_sessions?begin_ts=0",
          "/session_svr/v1/session_svr/session_detail?session_type=1&talker_id=" + Demo.BOB,
          "/session_svr/v1/session_svr/single_unread",
          "/session_svr/v1/session_svr/my_group_unread",
          "/svr_sync/v1/svr_sync/fetch_session_msgs?session_type=1&size=20&talker_id=" + Demo.BOB);

  @Option(
      names = "--data",
      required = true,
      description = "an empty or missing folder; what comes into it is of no use afterwards")
  private Path data;

  @Override
  public Integer call() {
    requireEmpty();
    Config config = Config.of("--port=0", "--data=" + data);
    try (Server server = Server.start(config, Clock.systemUTC())) {
      Demo demo = new Demo(server);
      demo.welcome();
      DemoBots others = demo.bots(new DemoPeople());
      for (int i = 0; i < TURNS; i++) {
        others.take();
      }
      String alice = "identify_v1 " + demo.token(Demo.ALICE);
      for (String protocol : List.of("h1c", "h2c")) {
        String address = protocol + "://127.0.0.1:" + server.port();
        browse(WebClient.of(address), alice);
        call("gproto+" + address, alice);
        call("gproto-web+" + address, alice);
      }
    }
    return 0;
  }

  /// The people who come into it have nothing to do with those who are in a server's own.
  private void requireEmpty() {
    try (Stream<Path> files = Files.exists(data) ? Files.list(data) : Stream.empty()) {
      if (files.findAny().isPresent()) {
        throw new UsageException(
            "--data: %s is not empty (expected: an empty or missing folder)".formatted(data));
      }
    } catch (IOException e) {
      throw new UsageException("--data: %s (expected: an empty or missing folder)".formatted(data));
    }
  }

  /// What browsers ask for.
  private static void browse(WebClient web, String authorization) {
    BlockingWebClient waiting = web.blocking();
    for (String page : PAGES) {
      require(page, waiting.prepare().get(page).header("authorization", authorization).execute());
    }
    require(
        "send_msg",
        waiting
            .prepare()
            .post("/web_im/v1/web_im/send_msg")
            .header("authorization", authorization)
            .content(
                MediaType.FORM_DATA,
                "msg[sender_uid]=%d&msg[receiver_id]=%d&msg[receiver_type]=1&msg[msg_type]=1&msg[content]=%s"
                    .formatted(Demo.ALICE, Demo.BOB, TEXT))
            .execute());
    if (!waiting.get(PAGES.getLast()).contentUtf8().startsWith("{\"code\":-101,")) {
      throw new Failure("nobody was let in");
    }
    var watch = web.prepare().get("/x/im/sse").header("authorization", authorization).execute();
    watch.split().headers().join();
    watch.abort();
  }

  private static void require(String what, AggregatedHttpResponse answer) {
    String content = answer.contentUtf8();
    boolean refused = content.startsWith("{\"code\":") && !content.startsWith("{\"code\":0,");
    if (refused || !answer.status().equals(HttpStatus.OK)) {
      throw new Failure("%s: %s %s".formatted(what, answer.status(), refused ? content : ""));
    }
  }

  /// What apps call.
  private static void call(String address, String authorization) {
    ImInterfaceBlockingStub im =
        GrpcClients.builder(address)
            .setHeader("authorization", authorization)
            .build(ImInterfaceBlockingStub.class);
    var _ = im.sendMsg(text());
    var _ = im.getSessions(ReqGetSessions.newBuilder().setSessionType(1).build());
    var _ = im.newSessions(ReqNewSessions.getDefaultInstance());
    var _ = im.ackSessions(ReqAckSessions.getDefaultInstance());
    var _ = im.singleUnread(ReqSingleUnread.getDefaultInstance());
    var _ = im.myGroupUnread(DummyReq.getDefaultInstance());
    var _ = im.syncRelation(ReqRelationSync.getDefaultInstance());
    var _ =
        im.sessionDetail(
            ReqSessionDetail.newBuilder().setTalkerId(Demo.BOB).setSessionType(1).build());
    RspSessionMsg talk =
        im.syncFetchSessionMsgs(
            ReqSessionMsg.newBuilder().setTalkerId(Demo.BOB).setSessionType(1).setSize(20).build());
    var _ =
        im.updateAck(
            ReqUpdateAck.newBuilder()
                .setTalkerId(Demo.BOB)
                .setSessionType(1)
                .setAckSeqno(talk.getMaxSeqno())
                .build());
    expectRefusal(address);
    if (address.contains("+h2c")) {
      var _ =
          GrpcClients.builder(address)
              .setHeader("authorization", authorization)
              .build(NotifyBlockingStub.class)
              .watchNotify(Empty.getDefaultInstance())
              .next();
    }
  }

  private static ReqSendMsg text() {
    return ReqSendMsg.newBuilder()
        .setMsg(
            Msg.newBuilder()
                .setReceiverType(RecverType.EN_RECVER_TYPE_PEER)
                .setReceiverId(Demo.BOB)
                .setMsgTypeValue(1)
                .setCliMsgId(System.nanoTime())
                .setContent(TEXT))
        .build();
  }

  private static void expectRefusal(String address) {
    try {
      var _ = GrpcClients.newClient(address, ImInterfaceBlockingStub.class).sendMsg(text());
      throw new Failure("nobody was let in");
    } catch (StatusRuntimeException e) {
      if (e.getStatus().getCode() != Code.UNAUTHENTICATED) {
        throw e;
      }
    }
  }
}
