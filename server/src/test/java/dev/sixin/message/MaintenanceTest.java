package dev.sixin.message;

import static dev.sixin.TestServer.assertRefused;
import static dev.sixin.TestServer.text;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sixin.TestServer;
import dev.sixin.admin.v1.SendRequest;
import dev.sixin.admin.v1.SetBanRequest;
import dev.sixin.admin.v1.User;
import dev.sixin.proto.type.Msg;
import dev.sixin.proto.type.MsgType;
import dev.sixin.proto.type.RecverType;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/// A server on which sending is switched off.
class MaintenanceTest {
  private static final int ANN = 1;
  private static final int BOB = 2;
  private static final int SHOP = 3;
  private static final int BANNED = 4;
  private static final int GROUP = 9;

  private static TestServer server;

  @BeforeAll
  static void start() {
    server = TestServer.start("--maintenance=true");
    server.people(ANN, BOB, BANNED);
    server.user(User.newBuilder().setUid(SHOP).setName("shop").setBusiness(true));
    server.friends(ANN, BOB);
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  @Test
  void whateverUsersSend_isRefusedWith21028() {
    server.group(GROUP, ANN);

    assertRefused(21028, () -> server.say(ANN, BOB, "hello"));
    assertRefused(21028, () -> server.send(ANN, text(404, "nobody has this number")));
    assertRefused(21028, () -> server.send(ANN, TestServer.groupText(GROUP, "hello")));
    assertRefused(
        21028,
        () ->
            server.send(
                SHOP,
                text(0, "hello")
                    .setReceiverType(RecverType.EN_RECVER_TYPE_PEERS)
                    .addRecverIds(BOB)));
    assertRefused(
        21028,
        () ->
            server.send(
                ANN, text(BOB, "").setMsgType(MsgType.EN_MSG_TYPE_DRAW_BACK).setContent("1")));
  }

  @Test
  void aBodyThatIsNotLegal_isRefusedAsEver() {
    assertRefused(-400, () -> server.send(ANN, text(BOB, "").setContent("")));
  }

  @Test
  void aBannedUser_isToldOfTheBan() {
    long until = TestServer.START.getEpochSecond() + 60;
    server.admin().setBan(SetBanRequest.newBuilder().setUid(BANNED).setUntil(until).build());

    assertRefused(-403, () -> server.say(BANNED, BOB, "hello"));
  }

  @Test
  void theSite_goesOnSending_andUsersGoOnReading() {
    Msg.Builder msg = text(ANN, "back soon").setSenderUid(SHOP);
    server.admin().send(SendRequest.newBuilder().setMsg(msg).build());

    assertThat(server.history(ANN, SHOP).getFirst().getContent()).contains("back soon");
    assertThat(server.session(ANN, SHOP).getUnreadCount()).isEqualTo(1);
  }
}
