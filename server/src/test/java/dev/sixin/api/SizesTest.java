package dev.sixin.api;

import static dev.sixin.TestServer.text;
import static org.assertj.core.api.Assertions.assertThat;

import com.linecorp.armeria.client.grpc.GrpcClients;
import dev.sixin.TestServer;
import dev.sixin.admin.v1.AdminGrpc.AdminFutureStub;
import dev.sixin.admin.v1.SendRequest;
import dev.sixin.admin.v1.SendResponse;
import dev.sixin.proto.im.ReqAckSessions;
import dev.sixin.proto.im.ReqGetSessions;
import dev.sixin.proto.im.ReqNewSessions;
import dev.sixin.proto.im.ReqSessionMsg;
import dev.sixin.proto.im.ReqUpdateAck;
import dev.sixin.proto.im.RspSessionMsg;
import dev.sixin.proto.im.RspSessions;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// How much a page holds, at and around the bounds of what may be asked for.
class SizesTest {
  private static final long ME = 1;
  private static final long TALKATIVE = 2;
  private static final int SESSIONS = 103;
  private static final int MESSAGES = 2_002;

  private static TestServer server;

  @BeforeAll
  static void start() throws ExecutionException, InterruptedException {
    server = TestServer.start();
    server.people(LongStream.rangeClosed(1, SESSIONS + 1).toArray());
    AdminFutureStub admin =
        GrpcClients.builder("gproto+http://127.0.0.1:" + server.port())
            .setHeader("authorization", "Bearer " + server.adminToken())
            .build(AdminFutureStub.class);
    List<Future<SendResponse>> sent = new ArrayList<>();
    for (int i = 0; i < MESSAGES; i++) {
      sent.add(admin.send(message(TALKATIVE)));
    }
    for (long other = TALKATIVE + 1; other <= SESSIONS + 1; other++) {
      sent.add(admin.send(message(other)));
    }
    for (Future<SendResponse> one : sent) {
      one.get();
    }
    for (long other = TALKATIVE; other <= SESSIONS + 1; other++) {
      server
          .as(ME)
          .updateAck(ReqUpdateAck.newBuilder().setTalkerId(other).setSessionType(1).build());
    }
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  private static SendRequest message(long from) {
    return SendRequest.newBuilder().setMsg(text(ME, "hi").setSenderUid(from)).build();
  }

  private static void assertPage(RspSessions page, int expected) {
    assertThat(page.getSessionListCount()).isEqualTo(expected);
    assertThat(page.getHasMore()).isEqualTo(1);
  }

  @ParameterizedTest
  @CsvSource({"0, 20", "1, 1", "99, 99", "100, 100", "101, 100", "-1, 100"})
  void pagesOfSessions_holdAsManyAsAsked_byDefault20_atMost100(int asked, int expected) {
    assertPage(
        server.as(ME).getSessions(ReqGetSessions.newBuilder().setSize(asked).build()), expected);
    assertPage(
        server.as(ME).newSessions(ReqNewSessions.newBuilder().setSize(asked).build()), expected);
    assertPage(
        server.as(ME).ackSessions(ReqAckSessions.newBuilder().setSize(asked).build()), expected);
  }

  @ParameterizedTest
  @CsvSource({"0, 20", "1, 1", "1999, 1999", "2000, 2000", "2001, 2000", "2147483647, 2000"})
  void pagesOfMessages_holdAsManyAsAsked_byDefault20_atMost2000(int asked, int expected) {
    for (int order : new int[] {0, 1}) {
      RspSessionMsg page =
          server
              .as(ME)
              .syncFetchSessionMsgs(
                  ReqSessionMsg.newBuilder()
                      .setTalkerId(TALKATIVE)
                      .setSessionType(1)
                      .setOrder(order)
                      .setSize(asked)
                      .build());
      assertThat(page.getMessagesCount()).isEqualTo(expected);
      assertThat(page.getHasMore()).isEqualTo(1);
    }
  }
}
