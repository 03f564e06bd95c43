package dev.sixin.message;

import static dev.sixin.TestServer.assertRefused;
import static dev.sixin.TestServer.groupText;
import static dev.sixin.TestServer.text;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sixin.Await;
import dev.sixin.StoreRows;
import dev.sixin.TestServer;
import dev.sixin.admin.v1.EraseUserRequest;
import dev.sixin.admin.v1.RecallRequest;
import dev.sixin.admin.v1.Relation.Kind;
import dev.sixin.admin.v1.User;
import dev.sixin.entity.Talker;
import dev.sixin.proto.im.ReqGetSessions;
import dev.sixin.proto.im.ReqSendMsg;
import dev.sixin.proto.im.ReqSessionMsg;
import dev.sixin.proto.im.ReqSingleUnread;
import dev.sixin.proto.im.ReqUpdateAck;
import dev.sixin.proto.im.RspSendMsg;
import dev.sixin.proto.im.RspSessionMsg;
import dev.sixin.proto.type.Msg;
import dev.sixin.proto.type.RecverType;
import dev.sixin.proto.type.SessionInfo;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class RetentionTest {
  private static final Duration DAY = Duration.ofDays(1);
  private static TestServer byAge;
  private static TestServer byNumber;
  private static long uids;

  private final long alice = uids += 10;
  private final long bob = alice + 1;
  private final long group = alice + 2;

  @BeforeAll
  static void start() {
    byAge = TestServer.start("--keep-days=2");
    byNumber = TestServer.start("--keep-messages=3");
  }

  @AfterAll
  static void stop() {
    byAge.verify();
    byAge.close();
    byNumber.verify();
    byNumber.close();
  }

  private void people(TestServer server) {
    server.people(alice, bob);
    server.friends(alice, bob);
  }

  private void group(TestServer server) {
    people(server);
    server.group(group, alice, bob);
  }

  private static List<String> texts(List<Msg> messages) {
    return messages.stream().map(Msg::getContent).toList();
  }

  private static String said(String text) {
    return "{\"content\":\"" + text + "\"}";
  }

  private static int unread(TestServer server, long uid) {
    return (int)
        server.as(uid).singleUnread(ReqSingleUnread.getDefaultInstance()).getFollowUnread();
  }

  private static RspSessionMsg fetch(TestServer server, long uid, ReqSessionMsg.Builder request) {
    return server.as(uid).syncFetchSessionMsgs(request.setSessionType(1).build());
  }

  @Test
  void messagesThatAreTooOld_areGoneForBoth_andTheNewerOnesStay() {
    people(byAge);
    byAge.say(alice, bob, "old");
    byAge.clock.move(Duration.ofHours(2));
    byAge.say(alice, bob, "young");
    byAge.clock.move(DAY.multipliedBy(2).minusHours(1));

    assertThat(byAge.removeWhatIsOver()).isPositive();
    assertThat(texts(byAge.history(alice, bob))).containsExactly(said("young"));
    assertThat(texts(byAge.history(bob, alice))).containsExactly(said("young"));
    assertThat(byAge.removeWhatIsOver()).isZero();
  }

  @Test
  void aLongConversation_isDoneInOneRun_howeverManyTransactionsThatTakes() {
    people(byAge);
    int old = 450;
    for (int i = 0; i < old; i++) {
      byAge.say(alice, bob, "old " + i);
    }
    byAge.clock.move(DAY.multipliedBy(3));
    byAge.say(alice, bob, "young");

    assertThat(byAge.removeWhatIsOver()).isGreaterThanOrEqualTo(old);
    assertThat(texts(byAge.history(alice, bob))).containsExactly(said("young"));
  }

  @Test
  void whatIsGone_isNotUnread() {
    people(byAge);
    byAge.say(alice, bob, "old");
    long recalled = byAge.say(alice, bob, "recalled");
    byAge.clock.move(DAY.multipliedBy(2).plusHours(1));
    byAge.say(alice, bob, "young");
    recall(byAge, bob, alice, byAge.say(alice, bob, "young and recalled"));
    recall(byAge, bob, alice, recalled);
    assertThat(byAge.session(bob, alice).getUnreadCount()).isEqualTo(2);

    byAge.removeWhatIsOver();
    SessionInfo session = byAge.session(bob, alice);
    assertThat(session.getUnreadCount()).isEqualTo(1);
    assertThat(unread(byAge, bob)).isEqualTo(1);
    assertThat(session.getAckTs()).as("nobody read it").isZero();
    assertThat(session.getAckSeqno()).isPositive().isLessThan(session.getMaxSeqno());
  }

  private static void recall(TestServer server, long uid, long talkerUid, long key) {
    var _ =
        server
            .admin()
            .recall(
                RecallRequest.newBuilder()
                    .setUid(uid)
                    .setTalkerId(talkerUid)
                    .setSessionType(1)
                    .setMsgKey(key)
                    .build());
  }

  @Test
  void aSessionWhoseMessagesAreAllGone_stays_andShowsNone() {
    people(byAge);
    byAge.say(alice, bob, "old");
    SessionInfo before = byAge.session(bob, alice);
    byAge.clock.move(DAY.multipliedBy(3));
    byAge.removeWhatIsOver();

    SessionInfo after = byAge.session(bob, alice);
    assertThat(after.hasLastMsg()).isFalse();
    assertThat(after.getUnreadCount()).isZero();
    assertThat(after.getMaxSeqno()).isEqualTo(before.getMaxSeqno());
    assertThat(after.getSessionTs()).isEqualTo(before.getSessionTs());
    assertThat(after.getAckSeqno()).isEqualTo(after.getMaxSeqno());
    assertThat(
            byAge
                .as(bob)
                .getSessions(ReqGetSessions.newBuilder().setSessionType(1).build())
                .getSessionListList())
        .containsExactly(after);
    RspSessionMsg page =
        fetch(byAge, bob, ReqSessionMsg.newBuilder().setTalkerId(alice).setBeginSeqno(1));
    assertThat(page.getMessagesList()).isEmpty();
    assertThat(page.getHasMore()).isZero();
    assertThat(page.getMinSeqno()).isEqualTo(-1);
    assertThat(page.getMaxSeqno()).isZero();
  }

  @Test
  void numbersGoOn_whereWhatIsGoneEnded() {
    group(byAge);
    byAge.send(alice, groupText(group, "old"));
    long last = byAge.session(bob, Talker.group(group)).getMaxSeqno();
    byAge.clock.move(DAY.multipliedBy(3));
    byAge.removeWhatIsOver();
    byAge.send(alice, groupText(group, "new"));

    assertThat(byAge.history(bob, Talker.group(group)))
        .singleElement()
        .extracting(Msg::getMsgSeqno)
        .isEqualTo(last + 1);
  }

  @Test
  void inAGroup_whatIsGone_isNeitherUnreadNorAMention() {
    group(byAge);
    byAge.send(alice, groupText(group, "old").addAtUids(bob));
    assertThat(byAge.session(bob, Talker.group(group)).getAtSeqno()).isPositive();
    byAge.clock.move(DAY.multipliedBy(3));
    byAge.send(alice, groupText(group, "new"));
    byAge.removeWhatIsOver();

    SessionInfo session = byAge.session(bob, Talker.group(group));
    assertThat(session.getUnreadCount()).isEqualTo(1);
    assertThat(session.getAtSeqno()).isZero();
    assertThat(session.getAckSeqno()).isEqualTo(session.getMaxSeqno() - 1);
    byAge
        .as(bob)
        .updateAck(
            ReqUpdateAck.newBuilder()
                .setTalkerId(group)
                .setSessionType(2)
                .setAckSeqno(session.getAckSeqno() - 1)
                .build());
    assertThat(byAge.session(bob, Talker.group(group))).as("no position there").isEqualTo(session);
  }

  @Test
  void ofEachConversation_theNewestStay_andWhatIsNotADayOld() {
    people(byNumber);
    for (int i = 1; i <= 6; i++) {
      byNumber.say(alice, bob, "no. " + i);
    }
    byNumber.removeWhatIsOver();
    assertThat(byNumber.history(alice, bob)).hasSize(6);
    byNumber.clock.move(DAY.plusSeconds(1));
    byNumber.say(bob, alice, "no. 7");
    byNumber.removeWhatIsOver();

    assertThat(texts(byNumber.history(alice, bob)))
        .containsExactly(said("no. 5"), said("no. 6"), said("no. 7"));
  }

  @Test
  void linesThatCountForNobody_doNotPushOthersOut() {
    people(byNumber);
    for (int i = 1; i <= 3; i++) {
      byNumber.say(alice, bob, "no. " + i);
    }
    recall(byNumber, alice, bob, byNumber.history(alice, bob).getLast().getMsgKey());
    byNumber.clock.move(DAY.plusSeconds(1));
    byNumber.removeWhatIsOver();

    assertThat(texts(byNumber.history(bob, alice))).contains(said("no. 1"), said("no. 2"));
  }

  @Test
  void aRepeatedCliMsgId_isKnownForADay_howeverFewMessagesAreKept() {
    people(byNumber);
    Msg.Builder first = text(bob, "first").setCliMsgId(7);
    RspSendMsg answer = byNumber.send(alice, first);
    for (int i = 1; i <= 9; i++) {
      byNumber.say(alice, bob, "no. " + i);
    }
    byNumber.clock.move(DAY.minusSeconds(1));
    byNumber.removeWhatIsOver();
    assertThat(byNumber.send(alice, first)).isEqualTo(answer);

    byNumber.clock.move(Duration.ofSeconds(2));
    byNumber.removeWhatIsOver();
    assertThat(byNumber.send(alice, first).getMsgKey()).isNotEqualTo(answer.getMsgKey());
  }

  @Test
  void whatIsGone_canNotBeTakenBack() {
    people(byAge);
    long key = byAge.say(alice, bob, "old");
    byAge.clock.move(DAY.multipliedBy(3));
    byAge.removeWhatIsOver();

    assertRefused(10005, () -> recall(byAge, alice, bob, key));
    assertRefused(
        10005,
        () ->
            byAge
                .as(alice)
                .sendMsg(
                    ReqSendMsg.newBuilder()
                        .setMsg(
                            text(bob, "").setMsgTypeValue(5).setContent(Long.toUnsignedString(key)))
                        .build()));
  }

  @Test
  void whoHasWrittenOnce_isStillNoStranger() {
    byAge.people(alice, bob);
    byAge.relate(bob, alice, Kind.FOLLOW);
    byAge.say(bob, alice, "once");
    byAge.relate(bob, alice, Kind.UNFOLLOW);
    byAge.clock.move(DAY.multipliedBy(3));
    byAge.removeWhatIsOver();
    byAge.say(alice, bob, "one");
    byAge.say(alice, bob, "two");

    assertThat(byAge.history(alice, bob)).hasSize(2);
  }

  @Test
  void whatWasSentToMany_goesWithItsCopies() {
    long shop = alice + 3;
    people(byAge);
    byAge.user(User.newBuilder().setUid(shop).setName("shop").setBusiness(true));
    Msg.Builder mailing =
        text(0, "to many")
            .setReceiverType(RecverType.EN_RECVER_TYPE_PEERS)
            .addAllRecverIds(List.of(alice, bob));
    byAge.send(shop, mailing);
    byAge.clock.move(DAY.multipliedBy(2).minusHours(1));
    byAge.removeWhatIsOver();
    assertThat(texts(byAge.history(alice, shop))).containsExactly(said("to many"));

    byAge.clock.move(Duration.ofHours(2));
    byAge.removeWhatIsOver();
    assertThat(byAge.history(alice, shop)).isEmpty();
    String row = "mailings/06%016x".formatted(shop);
    byAge.restart(
        () -> assertThat(StoreRows.of(byAge).keySet()).noneMatch(key -> key.startsWith(row)));
  }

  @Test
  void whoWasErased_beginsAnew_whereWhatIsKeptBegins() {
    people(byAge);
    byAge.say(alice, bob, "old");
    byAge.clock.move(DAY.multipliedBy(3));
    byAge.removeWhatIsOver();
    var _ = byAge.admin().eraseUser(EraseUserRequest.newBuilder().setUid(bob).build());
    people(byAge);
    byAge.say(alice, bob, "new");

    assertThat(byAge.session(bob, alice).getUnreadCount()).isEqualTo(1);
  }

  @Test
  void aRun_goesOnAfterARestart() {
    List<Long> receivers =
        LongStream.range(0, 30).map(i -> 1_000_000 + alice * 100 + i).boxed().toList();
    people(byAge);
    receivers.forEach(byAge::people);
    receivers.forEach(uid -> byAge.relate(uid, alice, Kind.FOLLOW));
    for (long uid : receivers) {
      for (int i = 0; i < 3; i++) {
        byAge.say(alice, uid, "old");
      }
    }
    byAge.clock.move(DAY.multipliedBy(3));
    double before = removed(byAge);
    CompletableFuture<Void> run = CompletableFuture.runAsync(byAge::removeWhatIsOver);
    Await.until("the first are gone", () -> removed(byAge) > before);
    byAge.restart();
    run.handle((_, _) -> null).join();

    Await.until(
        "all are gone",
        () -> receivers.stream().allMatch(uid -> byAge.history(alice, uid).isEmpty()));
  }

  private static double removed(TestServer server) {
    return server.meters().get("sixin.jobs.done").tag("kind", "retention").counter().count();
  }
}
