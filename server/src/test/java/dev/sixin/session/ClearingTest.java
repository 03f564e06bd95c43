package dev.sixin.session;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sixin.TestServer;
import dev.sixin.admin.v1.AdminGrpc;
import dev.sixin.admin.v1.AdminGrpc.AdminFutureStub;
import dev.sixin.admin.v1.SendRequest;
import dev.sixin.admin.v1.SendResponse;
import dev.sixin.admin.v1.SetFeedUnreadRequest;
import dev.sixin.admin.v1.SetSessionRequest;
import dev.sixin.admin.v1.SetSystemNoticeRequest;
import dev.sixin.entity.Talker;
import dev.sixin.proto.im.DummyReq;
import dev.sixin.proto.im.ReqAckSessions;
import dev.sixin.proto.im.ReqBatRmSess;
import dev.sixin.proto.im.ReqCloseClearUnreadUI;
import dev.sixin.proto.im.ReqGetSessions;
import dev.sixin.proto.im.ReqShowClearUnreadUI;
import dev.sixin.proto.im.ReqSingleUnread;
import dev.sixin.proto.im.ReqTotalUnread;
import dev.sixin.proto.im.ReqUpdateTotalUnread;
import dev.sixin.proto.im.RspSessions;
import dev.sixin.proto.im.RspShowClearUnreadUI;
import dev.sixin.proto.im.RspSingleUnread;
import dev.sixin.proto.im.RspTotalUnread;
import dev.sixin.proto.type.Msg;
import dev.sixin.proto.type.SessionInfo;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Future;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class ClearingTest {
  /// Larger than what is done before a call is answered.
  private static final int MANY = 6_000;

  private static TestServer server;
  private static long uids;

  private final long me = uids += 100_000;
  private final long friend = me + 1;
  private final long stranger = me + 2;
  private final long intercepted = me + 3;

  @BeforeAll
  static void start() {
    server = TestServer.start();
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  private void threeWriteToMe() {
    server.people(me, friend, stranger, intercepted);
    server.friends(me, friend);
    server.say(friend, me, "from a friend");
    server.say(stranger, me, "from a stranger");
    server.say(intercepted, me, "from somebody I do not want to see");
    intercept(intercepted);
  }

  private void intercept(long talker) {
    server
        .admin()
        .setSession(
            SetSessionRequest.newBuilder()
                .setUid(me)
                .setTalkerId(talker)
                .setSessionType(1)
                .setIntercepted(true)
                .build());
  }

  private RspSingleUnread unread() {
    return server.as(me).singleUnread(ReqSingleUnread.newBuilder().setShowDustbin(1).build());
  }

  private RspSessions list(int number) {
    return server
        .as(me)
        .getSessions(ReqGetSessions.newBuilder().setSessionType(number).setSize(100).build());
  }

  private List<Long> talkers(int number) {
    return list(number).getSessionListList().stream().map(SessionInfo::getTalkerId).toList();
  }

  private void readUnfollowed() {
    var _ = server.as(me).updateUnflwRead(DummyReq.getDefaultInstance());
  }

  private void readEverything() {
    var _ = server.as(me).updateTotalUnread(ReqUpdateTotalUnread.getDefaultInstance());
  }

  private void removeUnfollowed() {
    var _ = server.as(me).batchRmSessions(ReqBatRmSess.getDefaultInstance());
  }

  private RspShowClearUnreadUI prompt() {
    return server.as(me).showClearUnreadUI(ReqShowClearUnreadUI.getDefaultInstance());
  }

  /// Strangers write one message each.
  private void strangersWrite(int count) {
    server.people(me);
    AdminFutureStub admin = AdminGrpc.newFutureStub(server.admin().getChannel());
    List<Future<SendResponse>> sent = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      Msg msg = TestServer.text(me, "hello").setSenderUid(me + 10 + i).build();
      sent.add(admin.send(SendRequest.newBuilder().setMsg(msg).build()));
    }
    sent.forEach(ClearingTest::await);
  }

  private static <T> T await(Future<T> future) {
    try {
      return future.get();
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  private static void awaitThat(BooleanSupplier condition) {
    long limit = System.nanoTime() + Duration.ofSeconds(30).toNanos();
    while (!condition.getAsBoolean()) {
      assertThat(System.nanoTime()).as("waited too long").isLessThan(limit);
    }
  }

  private double counted(String meter, String kind) {
    return server
        .meters()
        .get(meter)
        .tag("kind", kind)
        .meter()
        .measure()
        .iterator()
        .next()
        .getValue();
  }

  @Test
  void updateUnflwRead_readsSessionsWithPeopleNotFollowed_andNoOthers() {
    threeWriteToMe();

    readUnfollowed();

    assertThat(unread().getUnfollowUnread()).isZero();
    assertThat(unread().getFollowUnread()).isEqualTo(1);
    assertThat(unread().getDustbinUnread()).isEqualTo(1);
    SessionInfo read = server.session(me, stranger);
    assertThat(read.getUnreadCount()).isZero();
    assertThat(read.getAckSeqno()).isEqualTo(read.getMaxSeqno());
    assertThat(read.getAckTs()).isNotZero();
    assertThat(talkers(4)).containsExactly(stranger, friend);
  }

  @Test
  void updateUnflwRead_tellsOtherDevices_eachSessionOnceAcrossPages() {
    strangersWrite(250);

    readUnfollowed();

    Set<Long> seen = new HashSet<>();
    long begin = 0;
    RspSessions page;
    do {
      ReqAckSessions request = ReqAckSessions.newBuilder().setBeginTs(begin).setSize(100).build();
      page = server.as(me).ackSessions(request);
      for (SessionInfo session : page.getSessionListList()) {
        assertThat(seen.add(session.getTalkerId())).isTrue();
        begin = Math.max(begin, session.getAckTs());
      }
    } while (page.getHasMore() == 1);
    assertThat(seen).hasSize(250);
  }

  @Test
  void updateUnflwRead_leavesWhatWasReadAlone() {
    threeWriteToMe();
    readUnfollowed();
    SessionInfo read = server.session(me, stranger);

    readUnfollowed();

    assertThat(server.session(me, stranger)).isEqualTo(read);
  }

  @Test
  void updateTotalUnread_readsEverything_interceptedSessionsAndGroupsToo() {
    threeWriteToMe();
    long group = me + 7;
    server.group(group, friend, me);
    assertThat(server.session(me, Talker.group(group)).getUnreadCount()).isPositive();

    readEverything();

    assertThat(unread()).isEqualTo(RspSingleUnread.getDefaultInstance());
    assertThat(server.session(me, Talker.group(group)).getUnreadCount()).isZero();
    assertThat(talkers(4)).contains(friend, stranger, group);
  }

  @Test
  void updateTotalUnread_clearsTheFeedAndTheNoticesToo() {
    server.people(me);
    var _ =
        server
            .admin()
            .setFeedUnread(
                SetFeedUnreadRequest.newBuilder().setUid(me).putUnread("like", 3).build());
    var _ =
        server
            .admin()
            .setSystemNotice(
                SetSystemNoticeRequest.newBuilder()
                    .setUid(me)
                    .setUnread(2)
                    .setTitle("welcome")
                    .build());
    ReqTotalUnread all =
        ReqTotalUnread.newBuilder().setSingleunreadOn(1).setMsgfeedOn(1).setSysupOn(1).build();
    assertThat(server.as(me).getTotalUnread(all).getTotalUnread()).isEqualTo(5);

    readEverything();

    RspTotalUnread cleared = server.as(me).getTotalUnread(all);
    assertThat(cleared.getTotalUnread()).isZero();
    assertThat(cleared.getMsgFeedUnread().getUnreadMap()).containsEntry("like", 0L);
    assertThat(cleared.getSysMsgInterfaceLastMsg().getTitle()).isEqualTo("welcome");
  }

  @Test
  void batchRmSessions_removesSessionsWithPeopleNotFollowed_pinnedOnesToo_andNoOthers() {
    threeWriteToMe();
    long another = me + 4;
    server.people(another);
    server.say(another, me, "hi");
    server
        .as(me)
        .setTop(
            dev.sixin.proto.im.ReqSetTop.newBuilder()
                .setTalkerId(another)
                .setSessionType(1)
                .build());

    removeUnfollowed();

    assertThat(talkers(4)).containsExactly(friend);
    assertThat(talkers(5)).containsExactly(intercepted);
    assertThat(unread().getUnfollowUnread()).isZero();
    assertThat(unread().getFollowUnread()).isEqualTo(1);
    assertThat(server.history(me, stranger)).as("history stays").hasSize(1);
  }

  @Test
  void batchRmSessions_bringsASessionBack_withTheNextMessage() {
    threeWriteToMe();
    removeUnfollowed();

    server.relate(me, stranger, dev.sixin.admin.v1.Relation.Kind.FOLLOW);
    server.say(stranger, me, "again");

    assertThat(server.session(me, stranger).getUnreadCount()).isEqualTo(1);
    assertThat(talkers(4)).contains(stranger);
  }

  @Test
  void aLargeInbox_isReadInTheBackground_withTheFlagSetUntilDone() {
    strangersWrite(MANY);
    double before = counted("sixin.jobs.done", "read-unfollowed");

    readUnfollowed();

    assertThat(list(4).getAntiDisturbCleaning()).isTrue();
    assertThat(unread().getUnfollowUnread()).as("the first part is done").isLessThan(MANY);
    assertThat(counted("sixin.jobs.running", "read-unfollowed")).isEqualTo(1);
    awaitThat(() -> !list(4).getAntiDisturbCleaning());
    assertThat(unread().getUnfollowUnread()).isZero();
    assertThat(counted("sixin.jobs.done", "read-unfollowed") - before).isEqualTo(MANY);
    awaitThat(() -> counted("sixin.jobs.running", "read-unfollowed") == 0);
  }

  @Test
  void aMessageAfterTheCall_staysUnread_andItsSessionStays() {
    strangersWrite(MANY);
    long first = me + 10; // the last that the work gets to

    removeUnfollowed();
    assertThat(list(4).getAntiDisturbCleaning()).isTrue();
    server.people(first);
    Msg.Builder again = TestServer.text(me, "again").setSenderUid(first);
    var _ = server.admin().send(SendRequest.newBuilder().setMsg(again).build());

    awaitThat(() -> !list(4).getAntiDisturbCleaning());
    assertThat(talkers(4)).containsExactly(first);
    assertThat(server.session(me, first).getUnreadCount()).isPositive();
  }

  @Test
  void aMessageAfterTheCall_staysUnread_whereTheWorkHasNotYetBeen() {
    threeWriteToMe();
    strangersWrite(MANY);

    readEverything(); // comes to intercepted sessions last
    assertThat(list(4).getAntiDisturbCleaning()).isTrue();
    Msg.Builder again = TestServer.text(me, "again").setSenderUid(intercepted);
    var _ = server.admin().send(SendRequest.newBuilder().setMsg(again).build());

    awaitThat(() -> !list(4).getAntiDisturbCleaning());
    assertThat(server.session(me, intercepted).getUnreadCount()).isEqualTo(2);
    assertThat(unread().getUnfollowUnread()).isZero();
  }

  @Test
  void aRestart_doesNotStopIt() {
    try (TestServer mine = TestServer.start()) {
      TestServer shared = server;
      server = mine;
      try {
        strangersWrite(MANY);
        removeUnfollowed();
        mine.restart();
        awaitThat(() -> !list(4).getAntiDisturbCleaning());
        assertThat(list(4).getSessionListList()).isEmpty();
        assertThat(unread().getUnfollowUnread()).isZero();
        assertThat(counted("sixin.jobs.done", "remove-unfollowed"))
            .as("what was left at the restart")
            .isPositive();
      } finally {
        server = shared;
      }
    }
  }

  @Test
  void thePrompt_isShownFromThirtyUnreadSessions_andSaysHowMany() {
    strangersWrite(29);
    assertThat(prompt()).isEqualTo(RspShowClearUnreadUI.getDefaultInstance());
    strangersWrite(30);
    assertThat(prompt().getDisplay()).isTrue();
    assertThat(prompt().getText()).contains("30");

    readEverything();
    assertThat(prompt().getDisplay()).isFalse();
  }

  @Test
  void thePrompt_countsTheSessionsThatAreAskedFor() {
    strangersWrite(31);
    intercept(me + 10);
    intercept(me + 11);

    assertThat(prompt().getDisplay()).as("two are intercepted").isFalse();
    ReqShowClearUnreadUI.Builder request = ReqShowClearUnreadUI.newBuilder();
    assertThat(server.as(me).showClearUnreadUI(request.setShowDustbin(1).build()).getText())
        .contains("31");
    assertThat(server.as(me).showClearUnreadUI(request.setUnreadType(1).build()).getDisplay())
        .as("followed ones")
        .isFalse();
    TestServer.assertRefused(
        2, () -> server.as(me).showClearUnreadUI(request.setUnreadType(4).build()));
  }

  @Test
  void thePrompt_restsForADay_onceItWasClosed() {
    strangersWrite(30);

    var _ = server.as(me).closeClearUnreadUI(ReqCloseClearUnreadUI.getDefaultInstance());

    assertThat(prompt().getDisplay()).isFalse();
    server.clock.move(Duration.ofHours(24).minusSeconds(1));
    assertThat(prompt().getDisplay()).isFalse();
    server.clock.move(Duration.ofSeconds(2));
    assertThat(prompt().getDisplay()).isTrue();
  }

  @Test
  void thePromptsThreshold_canBeSet() {
    try (TestServer mine = TestServer.start("--clear-prompt-at=2")) {
      mine.people(1, 2, 3);
      mine.say(2, 1, "a");
      assertThat(
              mine.as(1).showClearUnreadUI(ReqShowClearUnreadUI.getDefaultInstance()).getDisplay())
          .isFalse();
      mine.say(3, 1, "b");
      assertThat(mine.as(1).showClearUnreadUI(ReqShowClearUnreadUI.getDefaultInstance()).getText())
          .startsWith("2 ");
    }
  }
}
