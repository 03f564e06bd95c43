package dev.sixin.message;

import static dev.sixin.TestServer.assertRefused;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sixin.TestServer;
import dev.sixin.admin.v1.RecallRequest;
import dev.sixin.admin.v1.Relation.Kind;
import dev.sixin.admin.v1.SendRequest;
import dev.sixin.admin.v1.SetMembersRequest;
import dev.sixin.entity.Talker;
import dev.sixin.proto.im.ReqNewSessions;
import dev.sixin.proto.im.ReqRemoveSession;
import dev.sixin.proto.im.ReqSessionMsg;
import dev.sixin.proto.im.ReqSingleUnread;
import dev.sixin.proto.im.ReqUpdateAck;
import dev.sixin.proto.im.RspSessionMsg;
import dev.sixin.proto.type.Msg;
import dev.sixin.proto.type.MsgType;
import dev.sixin.proto.type.RecverType;
import dev.sixin.proto.type.SessionInfo;
import dev.sixin.store.rocksdb.Disk;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class RecallTest {
  private static TestServer server;
  private static long uids;

  private final long alice = uids += 10;
  private final long bob = alice + 1;
  private final long eve = alice + 2;
  private final long group = alice + 3;

  @BeforeAll
  static void start() {
    server = TestServer.start();
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  @BeforeEach
  void friends() {
    server.people(alice, bob, eve);
    server.friends(alice, bob);
  }

  private Msg.Builder recall(long msgKey) {
    return TestServer.text(bob, "")
        .setMsgType(MsgType.EN_MSG_TYPE_DRAW_BACK)
        .setContent(Long.toUnsignedString(msgKey));
  }

  private Msg.Builder recallInGroup(long msgKey) {
    return recall(msgKey).setReceiverType(RecverType.EN_RECVER_TYPE_GROUP).setReceiverId(group);
  }

  /// Alice takes a message to Bob back.
  private long recalls(long msgKey) {
    return server.send(alice, recall(msgKey)).getMsgKey();
  }

  private void recallsBySite(long msgKey) {
    var _ =
        server
            .admin()
            .recall(
                RecallRequest.newBuilder()
                    .setMsgKey(msgKey)
                    .setUid(bob)
                    .setTalkerId(alice)
                    .setSessionType(1)
                    .build());
  }

  private Msg message(long uid, long talker, long msgKey) {
    return server.history(uid, talker).stream()
        .filter(msg -> msg.getMsgKey() == msgKey)
        .findFirst()
        .orElseThrow();
  }

  private int unread(long uid, long talker) {
    return server.session(uid, talker).getUnreadCount();
  }

  private long totalUnread(long uid) {
    return server.as(uid).singleUnread(ReqSingleUnread.getDefaultInstance()).getFollowUnread();
  }

  private void acks(long uid, long talker, long seqno) {
    var _ =
        server
            .as(uid)
            .updateAck(
                ReqUpdateAck.newBuilder()
                    .setTalkerId(talker)
                    .setSessionType(1)
                    .setAckSeqno(seqno)
                    .build());
  }

  @Test
  void recall_erasesTheContent_andSaysSo_forBoth() {
    long key = server.say(alice, bob, "a slip");
    long line = recalls(key);

    for (long uid : new long[] {alice, bob}) {
      List<Msg> history = server.history(uid, uid == alice ? bob : alice);
      assertThat(history).extracting(Msg::getMsgKey).containsExactly(key, line);
      assertThat(history.get(0).getMsgStatus()).isEqualTo(1);
      assertThat(history.get(0).getContent()).isEqualTo("{\"content\":\"\"}");
      assertThat(history.get(0).getMsgType()).isEqualTo(MsgType.EN_MSG_TYPE_TEXT);
      assertThat(history.get(1).getMsgType()).isEqualTo(MsgType.EN_MSG_TYPE_DRAW_BACK);
      assertThat(history.get(1).getContent()).isEqualTo(Long.toUnsignedString(key));
      assertThat(history.get(1).getMsgStatus()).isZero();
    }
  }

  @Test
  void recall_leavesLegalJson_forEachType() {
    long picture =
        server
            .send(
                alice,
                TestServer.text(bob, "")
                    .setMsgType(MsgType.EN_MSG_TYPE_PIC)
                    .setContent("{\"url\":\"http://i.example/secret.png\"}"))
            .getMsgKey();
    recalls(picture);
    assertThat(message(bob, alice, picture).getContent()).isEqualTo("{\"url\":\"\"}");
  }

  @Test
  void recall_isPossible_upTo120Seconds() {
    long first = server.say(alice, bob, "one");
    long second = server.say(alice, bob, "two");
    server.clock.move(Duration.ofMinutes(2));
    recalls(first);
    server.clock.move(Duration.ofSeconds(1));
    assertRefused(21041, () -> recalls(second));
    assertThat(message(bob, alice, second).getContent()).contains("two");
  }

  @Test
  void recall_ofNothing_isRefused() {
    long key = server.say(alice, bob, "hi");
    assertRefused(10005, () -> recalls(key + 1));
    assertRefused(10005, () -> recalls(key - 1));
    assertRefused(10005, () -> recalls(1));
    assertRefused(-400, () -> server.send(alice, recall(key).setContent("not a key")));
    assertRefused(-400, () -> server.send(alice, recall(key).setContent("{}")));
    long line = recalls(key);
    assertRefused(10005, () -> recalls(line));
    assertThat(server.history(bob, alice)).hasSize(2);
  }

  @Test
  void recall_inAnotherConversation_isRefused() {
    server.friends(alice, eve);
    long key = server.say(alice, eve, "hi");
    server.say(alice, bob, "hi");
    assertRefused(10005, () -> recalls(key));
    assertThat(message(eve, alice, key).getMsgStatus()).isZero();
  }

  @Test
  void recall_ofAnothersMessage_isRefused() {
    long key = server.say(bob, alice, "mine");
    assertRefused(-403, () -> recalls(key));
    server.clock.move(Duration.ofSeconds(121));
    assertRefused(-403, () -> recalls(key));
    assertThat(message(alice, bob, key).getMsgStatus()).isZero();
  }

  @Test
  void recall_twice_isRefused() {
    long key = server.say(alice, bob, "hi");
    recalls(key);
    assertRefused(21042, () -> recalls(key));
    server.clock.move(Duration.ofSeconds(121));
    assertRefused(21041, () -> recalls(key));
    assertThat(server.history(bob, alice)).hasSize(2);
  }

  @Test
  void aRetryOfARecall_getsTheFirstAnswer() {
    long key = server.say(alice, bob, "hi");
    long line = server.send(alice, recall(key).setCliMsgId(7)).getMsgKey();
    server.clock.move(Duration.ofSeconds(121));
    assertThat(server.send(alice, recall(key).setCliMsgId(7)).getMsgKey()).isEqualTo(line);
    assertThat(server.history(bob, alice)).hasSize(2);
  }

  @Test
  void aRetryOfAMessage_thatWasRecalled_getsItsKey_andDoesNotBringItBack() {
    Msg.Builder msg = TestServer.text(bob, "regretted").setCliMsgId(8);
    long key = server.send(alice, msg).getMsgKey();
    recalls(key);
    assertThat(server.send(alice, msg).getMsgKey()).isEqualTo(key);
    assertThat(server.send(alice, msg).getMsgContent()).doesNotContain("regretted");
    assertThat(server.history(bob, alice)).hasSize(2);
  }

  @Test
  void whoIsBlocked_canStillTakeBack() {
    long key = server.say(alice, bob, "hi");
    server.relate(bob, alice, Kind.BLOCK);
    recalls(key);
    assertThat(message(bob, alice, key).getMsgStatus()).isEqualTo(1);
  }

  @Test
  void aStrangerCanTakeTheOneMessageBack_butGetsNoSecond() {
    long key = server.say(alice, eve, "hello stranger");
    var _ = server.send(alice, recall(key).setReceiverId(eve));
    assertThat(message(eve, alice, key).getMsgStatus()).isEqualTo(1);
    assertRefused(21047, () -> server.say(alice, eve, "again"));
  }

  @Test
  void recall_ofAnUnreadMessage_takesItOutOfTheUnread() {
    server.say(alice, bob, "one");
    long key = server.say(alice, bob, "two");
    assertThat(unread(bob, alice)).isEqualTo(2);
    recalls(key);
    assertThat(unread(bob, alice)).isEqualTo(1);
    assertThat(totalUnread(bob)).isEqualTo(1);
    assertThat(unread(alice, bob)).isZero();
  }

  @Test
  void recall_ofAReadMessage_leavesTheUnreadAlone() {
    long key = server.say(alice, bob, "one");
    acks(bob, alice, 0);
    server.say(alice, bob, "two");
    recalls(key);
    assertThat(unread(bob, alice)).isEqualTo(1);
    assertThat(totalUnread(bob)).isEqualTo(1);
  }

  @Test
  void partialAcks_beforeAndAfterARecall_countWhatIsLeft() {
    long[] keys = new long[6];
    for (int i = 0; i < keys.length; i++) {
      keys[i] = server.say(alice, bob, "message " + i);
    }
    acks(bob, alice, message(bob, alice, keys[1]).getMsgSeqno());
    assertThat(unread(bob, alice)).isEqualTo(4);
    recalls(keys[0]);
    assertThat(unread(bob, alice)).as("it was read").isEqualTo(4);
    recalls(keys[3]);
    assertThat(unread(bob, alice)).isEqualTo(3);
    recalls(keys[5]);
    assertThat(unread(bob, alice)).isEqualTo(2);
    acks(bob, alice, message(bob, alice, keys[2]).getMsgSeqno());
    assertThat(unread(bob, alice)).as("left: 4").isEqualTo(1);
    acks(bob, alice, message(bob, alice, keys[3]).getMsgSeqno());
    assertThat(unread(bob, alice)).as("the one read now was recalled").isEqualTo(1);
    recalls(keys[4]);
    assertThat(unread(bob, alice)).isZero();
    assertThat(totalUnread(bob)).isZero();
    server.say(alice, bob, "news");
    assertThat(unread(bob, alice)).isEqualTo(1);
  }

  @Test
  void recall_ofTheLastMessage_movesTheSessionUp_andShowsTheRecall() {
    server.friends(bob, eve);
    long key = server.say(alice, bob, "last");
    server.say(eve, bob, "hi");
    long line = recalls(key);

    SessionInfo session = server.session(bob, alice);
    assertThat(session.getLastMsg().getMsgKey()).isEqualTo(line);
    assertThat(session.getMaxSeqno()).isEqualTo(session.getLastMsg().getMsgSeqno());
    assertThat(
            server
                .as(bob)
                .newSessions(ReqNewSessions.getDefaultInstance())
                .getSessionList(0)
                .getTalkerId())
        .isEqualTo(alice);
  }

  @Test
  void recall_bringsARemovedSessionBack_withNothingUnread() {
    long key = server.say(alice, bob, "hi");
    var _ =
        server
            .as(bob)
            .removeSession(
                ReqRemoveSession.newBuilder().setTalkerId(alice).setSessionType(1).build());
    recalls(key);
    assertThat(unread(bob, alice)).isZero();
    assertThat(totalUnread(bob)).isZero();
  }

  @Test
  void theSite_recallsAtAnyTime_andTheMessageVanishes() {
    long key = server.say(alice, bob, "not allowed here");
    long kept = server.say(alice, bob, "fine");
    server.clock.move(Duration.ofDays(3));
    recallsBySite(key);

    for (long uid : new long[] {alice, bob}) {
      List<Msg> history = server.history(uid, uid == alice ? bob : alice);
      assertThat(history).hasSize(2);
      assertThat(history.get(0).getMsgKey()).isEqualTo(kept);
      Msg line = history.get(1);
      assertThat(line.getMsgType()).isEqualTo(MsgType.EN_MSG_TYPE_SYS_CANCEL);
      assertThat(line.getSysCancel()).isTrue();
      assertThat(line.getContent()).isEqualTo(Long.toUnsignedString(key));
    }
    assertThat(unread(bob, alice)).isEqualTo(1);
    assertThat(totalUnread(bob)).isEqualTo(1);
    assertThat(server.session(bob, alice).getLastMsg().getMsgType())
        .isEqualTo(MsgType.EN_MSG_TYPE_SYS_CANCEL);
  }

  @Test
  void aMessageThatTheSiteRecalled_isInNoPage() {
    long[] keys = new long[5];
    for (int i = 0; i < keys.length; i++) {
      keys[i] = server.say(alice, bob, "message " + i);
    }
    recallsBySite(keys[2]);
    recallsBySite(keys[4]);

    ReqSessionMsg.Builder page =
        ReqSessionMsg.newBuilder().setTalkerId(alice).setSessionType(1).setSize(2);
    RspSessionMsg newest = server.as(bob).syncFetchSessionMsgs(page.setOrder(0).build());
    assertThat(newest.getMessagesList())
        .allMatch(msg -> msg.getMsgType() == MsgType.EN_MSG_TYPE_SYS_CANCEL);
    RspSessionMsg before =
        server.as(bob).syncFetchSessionMsgs(page.setEndSeqno(newest.getMinSeqno()).build());
    assertThat(before.getMessagesList())
        .extracting(Msg::getMsgKey)
        .containsExactly(keys[3], keys[1]);
    assertThat(before.getHasMore()).isEqualTo(1);
    RspSessionMsg oldest =
        server.as(bob).syncFetchSessionMsgs(page.setEndSeqno(before.getMinSeqno()).build());
    assertThat(oldest.getMessagesList()).extracting(Msg::getMsgKey).containsExactly(keys[0]);
    assertThat(oldest.getHasMore()).isZero();
    assertThat(unread(bob, alice)).isEqualTo(3);
  }

  @Test
  void aRecallByTheSite_readsNothingForTheSender() {
    long key = server.say(alice, bob, "mine");
    server.say(bob, alice, "an answer");
    recallsBySite(key);
    assertThat(unread(alice, bob)).isEqualTo(1);
    assertThat(totalUnread(alice)).isEqualTo(1);
  }

  @Test
  void theSite_recallsWhatTheSenderTookBack_butNothingTwice() {
    long key = server.say(alice, bob, "hi");
    recalls(key);
    recallsBySite(key);
    assertThat(server.history(bob, alice)).extracting(Msg::getMsgKey).doesNotContain(key);
    assertThat(unread(bob, alice)).isZero();
    assertRefused(21042, () -> recallsBySite(key));
    assertRefused(10005, () -> recallsBySite(key + 1));
    assertRefused(21042, () -> recalls(key));
  }

  @Test
  void theSite_mustNameTheConversation() {
    long key = server.say(alice, bob, "hi");
    RecallRequest.Builder request =
        RecallRequest.newBuilder().setMsgKey(key).setUid(alice).setTalkerId(bob).setSessionType(1);
    assertRefused(-400, () -> server.admin().recall(request.clone().clearMsgKey().build()));
    assertRefused(-400, () -> server.admin().recall(request.clone().clearUid().build()));
    assertRefused(-400, () -> server.admin().recall(request.clone().clearTalkerId().build()));
    assertRefused(-400, () -> server.admin().recall(request.clone().clearSessionType().build()));
    assertRefused(2, () -> server.admin().recall(request.clone().setSessionType(3).build()));
    assertRefused(10005, () -> server.admin().recall(request.clone().setTalkerId(eve).build()));
    assertThat(server.history(bob, alice)).hasSize(1);
  }

  @Test
  void recalledContent_isGoneFromTheDisk_onceCompactionHasRun() {
    try (TestServer mine = TestServer.start()) {
      mine.people(1, 2);
      mine.friends(1, 2);
      String kept = "kept-4c1f0d35a8";
      String recalled = "recalled-92e7b6d411";
      String cancelled = "cancelled-7d20c5be90";
      mine.say(1, 2, kept);
      long first = mine.say(1, 2, recalled);
      long second = mine.say(1, 2, cancelled);
      assertThat(Disk.holds(mine.data(), recalled)).isTrue();
      var _ = mine.send(1, recall(first).setReceiverId(2));
      var _ =
          mine.admin()
              .recall(
                  RecallRequest.newBuilder()
                      .setMsgKey(second)
                      .setUid(1)
                      .setTalkerId(2)
                      .setSessionType(1)
                      .build());

      mine.restart(
          () -> {
            Disk.compact(mine.data().resolve("store"));
            assertThat(Disk.holds(mine.data(), kept)).as("what is kept can be found").isTrue();
            assertThat(Disk.holds(mine.data(), recalled)).isFalse();
            assertThat(Disk.holds(mine.data(), cancelled)).isFalse();
          });
      assertThat(mine.history(2, 1).getFirst().getContent()).contains(kept);
    }
  }

  private void groupOfThree() {
    server.group(group, alice, bob, eve);
    for (long uid : new long[] {alice, bob, eve}) {
      var _ =
          server
              .as(uid)
              .updateAck(ReqUpdateAck.newBuilder().setTalkerId(group).setSessionType(2).build());
    }
  }

  private long saysInGroup(long uid, String text) {
    return server.send(uid, TestServer.groupText(group, text)).getMsgKey();
  }

  @Test
  void recallInAGroup_erasesForAll_andTakesItOutOfTheirUnread() {
    groupOfThree();
    long first = saysInGroup(alice, "one");
    long second = saysInGroup(alice, "two");
    long third = saysInGroup(bob, "three");
    assertThat(server.session(eve, Talker.group(group)).getUnreadCount()).isEqualTo(3);

    long line = server.send(alice, recallInGroup(second)).getMsgKey();

    assertThat(server.session(eve, Talker.group(group)).getUnreadCount()).isEqualTo(2);
    assertThat(server.session(bob, Talker.group(group)).getUnreadCount())
        .as("bob wrote after it")
        .isZero();
    assertThat(server.session(eve, Talker.group(group)).getLastMsg().getMsgKey()).isEqualTo(line);
    List<Msg> history = server.history(eve, Talker.group(group));
    Msg recalled = history.get(history.size() - 3);
    assertThat(recalled.getMsgKey()).isEqualTo(second);
    assertThat(recalled.getMsgStatus()).isEqualTo(1);
    assertThat(recalled.getContent()).isEqualTo("{\"content\":\"\"}");
    assertThat(history).extracting(Msg::getMsgKey).contains(first, third);
  }

  @Test
  void recallInAGroup_isRefusedForTheSameReasons() {
    groupOfThree();
    long key = saysInGroup(alice, "one");
    assertRefused(-403, () -> server.send(bob, recallInGroup(key)));
    assertRefused(10005, () -> server.send(alice, recallInGroup(key + 1)));
    server.clock.move(Duration.ofSeconds(121));
    assertRefused(21041, () -> server.send(alice, recallInGroup(key)));
    long fresh = saysInGroup(alice, "two");
    var _ = server.send(alice, recallInGroup(fresh));
    assertRefused(21042, () -> server.send(alice, recallInGroup(fresh)));
  }

  @Test
  void theSite_recallsInAGroup_andTheMessageVanishes() {
    groupOfThree();
    long key = saysInGroup(alice, "not allowed here");
    server.clock.move(Duration.ofDays(1));
    var _ =
        server
            .admin()
            .recall(
                RecallRequest.newBuilder()
                    .setMsgKey(key)
                    .setTalkerId(group)
                    .setSessionType(2)
                    .build());

    assertThat(server.history(bob, Talker.group(group)))
        .extracting(Msg::getMsgKey)
        .doesNotContain(key);
    assertThat(server.history(bob, Talker.group(group)).getLast().getSysCancel()).isTrue();
    assertThat(server.session(bob, Talker.group(group)).getUnreadCount()).isZero();
  }

  @Test
  void anAckInAGroup_beforeARecalledMessage_countsWhatIsLeft() {
    groupOfThree();
    long first = saysInGroup(alice, "one");
    long second = saysInGroup(alice, "two");
    saysInGroup(alice, "three");
    var _ = server.send(alice, recallInGroup(second));
    long seqno =
        server.history(eve, Talker.group(group)).stream()
            .filter(msg -> msg.getMsgKey() == first)
            .findFirst()
            .orElseThrow()
            .getMsgSeqno();
    var _ =
        server
            .as(eve)
            .updateAck(
                ReqUpdateAck.newBuilder()
                    .setTalkerId(group)
                    .setSessionType(2)
                    .setAckSeqno(seqno)
                    .build());
    assertThat(server.session(eve, Talker.group(group)).getUnreadCount()).isEqualTo(1);
  }

  @Test
  void whoLeftTheGroup_canNotRecallThere() {
    groupOfThree();
    long key = saysInGroup(bob, "one");
    var _ =
        server
            .admin()
            .setMembers(SetMembersRequest.newBuilder().setGroupId(group).addLeft(bob).build());
    assertRefused(700014, () -> server.send(bob, recallInGroup(key)));
  }

  @Test
  void adminSend_doesNotRecall_forAnotherSender() {
    long key = server.say(alice, bob, "hi");
    Msg.Builder line = recall(key).setSenderUid(eve);
    assertRefused(10005, () -> server.admin().send(SendRequest.newBuilder().setMsg(line).build()));
    assertThat(message(bob, alice, key).getMsgStatus()).isZero();
  }
}
