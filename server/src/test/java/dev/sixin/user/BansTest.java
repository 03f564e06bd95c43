package dev.sixin.user;

import static dev.sixin.TestServer.assertRefused;
import static dev.sixin.TestServer.text;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sixin.TestServer;
import dev.sixin.admin.v1.SendRequest;
import dev.sixin.admin.v1.SetBanRequest;
import dev.sixin.admin.v1.User;
import dev.sixin.proto.im.RspSendMsg;
import dev.sixin.proto.type.Msg;
import dev.sixin.proto.type.MsgType;
import dev.sixin.proto.type.RecverType;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Users whom the site has forbidden to send.
class BansTest {
  private static final int BOB = 2;
  private static final int GROUP = 9;

  private static TestServer server;
  private static int uids = 100;

  /// Somebody new in each test, a friend of Bob's.
  private int ann;

  @BeforeAll
  static void start() {
    server = TestServer.start();
    server.people(BOB);
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  @BeforeEach
  void befriend() {
    ann = uids++;
    server.people(ann);
    server.friends(ann, BOB);
  }

  private static void ban(TestServer server, long uid, long until) {
    server.admin().setBan(SetBanRequest.newBuilder().setUid(uid).setUntil(until).build());
  }

  private static void ban(long uid, Duration length) {
    ban(server, uid, server.clock.instant().plus(length).getEpochSecond());
  }

  @Test
  void aBannedUser_isRefusedWithMinus403_andNothingIsSent() {
    server.say(ann, BOB, "before");
    ban(ann, Duration.ofHours(1));

    assertRefused(-403, () -> server.say(ann, BOB, "hello"));
    assertThat(server.history(BOB, ann)).hasSize(1);
  }

  @Test
  void aBan_endsByItself() {
    ban(ann, Duration.ofHours(1));
    server.clock.move(Duration.ofMinutes(60).minusSeconds(1));
    assertRefused(-403, () -> server.say(ann, BOB, "hello"));

    server.clock.move(Duration.ofSeconds(1));
    server.say(ann, BOB, "hello");
  }

  @Test
  void aBan_isLifted() {
    ban(ann, Duration.ofHours(1));
    assertRefused(-403, () -> server.say(ann, BOB, "hello"));
    ban(server, ann, 0);

    server.say(ann, BOB, "hello");
  }

  @Test
  void aBanForEver_holds() {
    ban(server, ann, -1); // unsigned: the greatest there is

    assertRefused(-403, () -> server.say(ann, BOB, "hello"));
  }

  @Test
  void othersMayWriteToABannedUser_whoReadsIt() {
    ban(ann, Duration.ofHours(1));
    server.say(BOB, ann, "hello");

    assertThat(server.history(ann, BOB)).hasSize(1);
  }

  @Test
  void theSite_writesAsABannedAccount() {
    ban(ann, Duration.ofHours(1));
    Msg.Builder msg = text(BOB, "hello").setSenderUid(ann);
    server.admin().send(SendRequest.newBuilder().setMsg(msg).build());

    assertThat(server.history(BOB, ann)).hasSize(1);
  }

  @Test
  void aBan_isTheFirstThingAfterTheBody() {
    ban(ann, Duration.ofHours(1));

    assertRefused(-400, () -> server.send(ann, text(BOB, "").setContent("")));
    assertRefused(-403, () -> server.send(ann, text(404, "nobody has this number")));
    assertRefused(
        -403, () -> server.send(ann, text(BOB, "").setMsgType(MsgType.EN_MSG_TYPE_NOTIFY_MSG)));
    assertRefused(-403, () -> server.send(ann, text(BOB, "").setContent("not JSON")));
    assertRefused(-403, () -> server.send(ann, text(BOB, "x".repeat(3_000))));
  }

  @Test
  void aBan_holdsInGroups_forMailings_andForTakingBack() {
    server.group(GROUP, ann);
    server.user(User.newBuilder().setUid(ann).setName("shop").setBusiness(true));
    long key = server.say(ann, BOB, "before");
    ban(ann, Duration.ofHours(1));

    assertRefused(-403, () -> server.send(ann, TestServer.groupText(GROUP, "hello")));
    assertRefused(
        -403,
        () ->
            server.send(
                ann,
                text(0, "hello")
                    .setReceiverType(RecverType.EN_RECVER_TYPE_PEERS)
                    .addRecverIds(BOB)));
    assertRefused(
        -403,
        () ->
            server.send(
                ann,
                text(BOB, "")
                    .setMsgType(MsgType.EN_MSG_TYPE_DRAW_BACK)
                    .setContent(Long.toUnsignedString(key))));
  }

  @Test
  void aRetryOfWhatWasSentBeforeTheBan_getsTheFirstAnswer() {
    Msg.Builder msg = text(BOB, "hello").setCliMsgId(5);
    RspSendMsg first = server.send(ann, msg);
    ban(ann, Duration.ofHours(1));

    assertThat(server.send(ann, msg)).isEqualTo(first);
  }

  @Test
  void aBan_outlivesARestart() {
    try (TestServer own = TestServer.start()) {
      own.people(ann, BOB);
      ban(own, ann, TestServer.START.getEpochSecond() + 60);
      own.restart();

      assertRefused(-403, () -> own.say(ann, BOB, "hello"));
      own.clock.move(Duration.ofSeconds(60));
      own.say(ann, BOB, "hello");
    }
  }

  @Test
  void aBanOfNobody_isRefused() {
    assertRefused(-400, () -> ban(server, 0, 1));
  }
}
