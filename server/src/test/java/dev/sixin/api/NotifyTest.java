package dev.sixin.api;

import static dev.sixin.TestServer.assertRefused;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sixin.Group;
import dev.sixin.Person;
import dev.sixin.TestServer;
import dev.sixin.Watch;
import dev.sixin.admin.v1.EraseUserRequest;
import dev.sixin.admin.v1.IssueTokenRequest;
import dev.sixin.admin.v1.RecallRequest;
import dev.sixin.admin.v1.RevokeTokensRequest;
import dev.sixin.entity.Talker;
import dev.sixin.proto.im.ReqAckAssisMsg;
import dev.sixin.proto.im.ReqSyncAck;
import dev.sixin.proto.notify.Msg;
import dev.sixin.proto.notify.ReqServerNotify;
import io.grpc.Status;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// WatchNotify: what devices are told, and who is told nothing.
class NotifyTest {
  private static final int RECALL = 5;
  private static final int SYSTEM_RECALL = 8;
  private static final int MOST_OF_ONE = 16;

  private static final TestServer SERVER = TestServer.shared();

  private final Person ann = Person.on(SERVER);
  private final Person bob = Person.on(SERVER);
  private final Person cat = Person.on(SERVER);

  @AutoClose private Watch annWatch;
  @AutoClose private Watch bobWatch;

  @BeforeEach
  void friends() {
    ann.befriends(bob);
    ann.befriends(cat);
  }

  private void watch() {
    annWatch = Watch.of(ann);
    bobWatch = Watch.of(bob);
  }

  private static Talker talker(Person person) {
    return Talker.user(person.uid());
  }

  private static Talker talker(Group group) {
    return Talker.group(group.id());
  }

  private static String text(String text) {
    return "{\"content\":\"%s\"}".formatted(text);
  }

  private static void recall(Person sender, Person receiver, long msgKey) {
    sender.sends(
        TestServer.text(receiver.uid(), "")
            .setMsgTypeValue(RECALL)
            .setContent(Long.toUnsignedString(msgKey)));
  }

  private static String token(Person person, String device, Duration ttl) {
    return SERVER
        .admin()
        .issueToken(
            IssueTokenRequest.newBuilder()
                .setUid(person.uid())
                .setDevice(device)
                .setTtlSeconds(ttl.toSeconds())
                .build())
        .getToken();
  }

  private static void processed(Person person, String token, long seqno) {
    var _ =
        person
            .server()
            .withToken(token)
            .syncAck(ReqSyncAck.newBuilder().setClientSeqno(seqno).build());
  }

  // --- messages

  @Test
  void aMessage_isToldToTheDevicesOfBothSides_withTheMessageItself() {
    watch();
    long key = ann.says(bob, "hello");

    ReqServerNotify toBob = bobWatch.next(talker(ann));
    Msg msg = toBob.getInstantMsg();
    assertThat(msg.getMsgKey()).isEqualTo(key);
    assertThat(msg.getContent()).isEqualTo(text("hello"));
    assertThat(msg.getSenderUid()).isEqualTo(ann.uid());
    assertThat(msg.getReceiverId()).isEqualTo(bob.uid());
    assertThat(msg.getReceiverType()).isEqualTo(1);
    assertThat(msg.getIsMultiChat()).isZero();
    assertThat(msg.getMsgSeqno()).isEqualTo(bob.history(ann).getLast().getMsgSeqno());
    assertThat(msg.getTimestamp()).isEqualTo(bob.history(ann).getLast().getTimestamp());
    assertThat(toBob.getNotifyInfo().getMsgType()).isEqualTo(1);
    assertThat(toBob.getLastestSeqno()).isGreaterThanOrEqualTo(msg.getMsgSeqno());
    assertThat(annWatch.next(talker(bob)).getInstantMsg()).isEqualTo(msg);
  }

  @Test
  void allDevicesOfAUser_areTold() {
    watch();
    try (Watch other = Watch.of(bob)) {
      bobWatch.next(); // that the other one was prepared
      ann.says(bob, "hello");
      assertThat(other.next()).isEqualTo(bobWatch.next());
    }
  }

  @Test
  void aMessageToMany_isToldToEach_andIsToBeFetched() {
    Person firm = Person.on(SERVER, dev.sixin.admin.v1.User.newBuilder().setBusiness(true));
    watch();
    firm.sends(
        TestServer.text(0, "news")
            .setReceiverType(dev.sixin.proto.type.RecverType.EN_RECVER_TYPE_PEERS)
            .addRecverIds(ann.uid())
            .addRecverIds(bob.uid()));

    for (Watch watch : List.of(annWatch, bobWatch)) {
      ReqServerNotify notify = watch.next(talker(firm));
      assertThat(notify.getNotifyInfo().getMsgType()).isEqualTo(1);
      assertThat(notify.hasInstantMsg()).isFalse();
    }
    assertThat(bob.history(firm)).hasSize(1);
  }

  @Test
  void aRecall_isToldWithTheNumberOfWhatIsGone() {
    long key = ann.says(bob, "oops");
    long seqno = bob.history(ann).getLast().getMsgSeqno();
    watch();
    recall(ann, bob, key);

    for (Msg line :
        List.of(
            bobWatch.next(talker(ann)).getInstantMsg(),
            annWatch.next(talker(bob)).getInstantMsg())) {
      assertThat(line.getMsgType()).isEqualTo(RECALL);
      assertThat(line.getWithdrawSeqno()).isEqualTo(seqno);
      assertThat(line.getContent()).isEqualTo(Long.toUnsignedString(key));
      assertThat(line.getSysCancel()).isFalse();
    }
  }

  @Test
  void aRecallByTheSite_saysSysCancel() {
    long key = ann.says(bob, "spam");
    long seqno = bob.history(ann).getLast().getMsgSeqno();
    watch();
    var _ =
        SERVER
            .admin()
            .recall(
                RecallRequest.newBuilder()
                    .setUid(ann.uid())
                    .setTalkerId(bob.uid())
                    .setSessionType(Talker.PRIVATE)
                    .setMsgKey(key)
                    .build());

    for (Msg line :
        List.of(
            bobWatch.next(talker(ann)).getInstantMsg(),
            annWatch.next(talker(bob)).getInstantMsg())) {
      assertThat(line.getMsgType()).isEqualTo(SYSTEM_RECALL);
      assertThat(line.getSysCancel()).isTrue();
      assertThat(line.getWithdrawSeqno()).isEqualTo(seqno);
    }
  }

  @Test
  void whatIsRefused_isToldToNobody() {
    watch();
    bob.blocks(ann);
    assertRefused(25003, () -> ann.says(bob, "psst"));
    cat.says(ann, "now");

    assertThat(annWatch.until(ReqServerNotify::hasInstantMsg))
        .last()
        .satisfies(last -> assertThat(last.getInstantMsg().getSenderUid()).isEqualTo(cat.uid()));
  }

  @Test
  void aRetry_isNotToldAgain() {
    watch();
    dev.sixin.proto.type.Msg.Builder msg = TestServer.text(bob.uid(), "once").setCliMsgId(7);
    ann.sends(msg);
    ann.sends(msg);
    ann.says(bob, "after");

    assertThat(bobWatch.next(talker(ann)).getInstantMsg().getContent()).isEqualTo(text("once"));
    assertThat(bobWatch.next(talker(ann)).getInstantMsg().getContent()).isEqualTo(text("after"));
  }

  // --- sessions and relations

  @Test
  void whatHappensToASession_isToldToItsOwnerAlone() {
    ann.says(bob, "hello");
    watch();
    List<Runnable> changes =
        List.of(
            () -> bob.acks(ann, 0),
            () -> bob.pins(ann),
            () -> bob.unpins(ann),
            () -> bob.chooses(ann, session -> session.setDnd(true)),
            () -> bob.chooses(ann, session -> session.setPushOff(true)),
            () -> bob.chooses(ann, session -> session.setIntercepted(true)),
            () -> bob.chooses(ann, session -> session.setTrusted(true)),
            () -> bob.removes(ann));
    long before = 0;
    for (Runnable change : changes) {
      change.run();
      ReqServerNotify notify = bobWatch.next(talker(ann));
      assertThat(notify.hasInstantMsg()).isFalse();
      assertThat(notify.getNotifyInfo().getMsgType()).isZero();
      assertThat(notify.getLastestSeqno()).isGreaterThan(before);
      before = notify.getLastestSeqno();
    }
    cat.says(ann, "now");

    assertThat(annWatch.next(talker(cat)).hasInstantMsg()).isTrue();
    assertThat(bobWatch.takeAll()).isEmpty();
  }

  @Test
  void whatChangesNothing_isNotTold() {
    ann.says(bob, "hello");
    bob.acks(ann, 0);
    watch();
    bob.acks(ann, 1);
    bob.unpins(ann);
    bob.chooses(ann, session -> session.setDnd(false));
    ann.says(bob, "now");

    assertThat(bobWatch.next(talker(ann)).hasInstantMsg()).isTrue();
  }

  @Test
  void aNewFriend_isToldToBoth_andALostOneToo() {
    Person dan = Person.on(SERVER);
    dan.follows(ann);
    watch();
    try (Watch danWatch = Watch.of(dan)) {
      ann.follows(dan);
      assertThat(annWatch.next().hasInstantMsg()).isFalse();
      assertThat(danWatch.next().hasInstantMsg()).isFalse();

      dan.unfollows(ann);
      assertThat(annWatch.next().hasInstantMsg()).isFalse();
      assertThat(danWatch.next().hasInstantMsg()).isFalse();
    }
  }

  @Test
  void readingTheHelper_isTold() {
    Group club = Group.of(ann, bob);
    club.choose(bob, session -> session.setHelper(true));
    long key = club.say(ann, "hello");
    watch();
    var _ = bob.calls().ackAssisMsg(ReqAckAssisMsg.newBuilder().setAckSeqno(key).build());

    assertThat(bobWatch.next(Talker.NOBODY).hasInstantMsg()).isFalse();
  }

  // --- groups

  @Test
  void aMessageInAGroup_isToldToItsMembers_onTheScaleOfPrivateMessages() {
    Group club = Group.of(ann, bob);
    watch();
    try (Watch catWatch = Watch.of(cat)) {
      club.say(ann, "hello");
      for (Watch member : List.of(annWatch, bobWatch)) {
        ReqServerNotify notify = member.next(talker(club));
        assertThat(notify.getInstantMsg().getContent()).isEqualTo(text("hello"));
        assertThat(notify.getInstantMsg().getIsMultiChat()).isEqualTo(1);
        ann.says(bob, "and you");
        ReqServerNotify then = member.until(ReqServerNotify::hasInstantMsg).getLast();
        assertThat(then.getLastestSeqno()).isGreaterThan(notify.getLastestSeqno());
        assertThat(notify.getLastestSeqno() >>> 24)
            .isEqualTo(then.getInstantMsg().getMsgSeqno() >>> 24);
        annWatch.takeAll();
      }
      ann.says(cat, "now");
      assertThat(catWatch.next(talker(ann)).getInstantMsg().getContent()).isEqualTo(text("now"));
    }
  }

  /// Has bob's device told of all that was: what comes then comes by itself.
  private void settle() {
    for (int i = 0; ; i++) {
      String last = "settled " + i;
      ann.says(bob, last);
      ReqServerNotify notify =
          bobWatch
              .until(
                  each ->
                      !each.hasInstantMsg() || each.getInstantMsg().getContent().equals(text(last)))
              .getLast();
      if (notify.hasInstantMsg()) {
        return;
      }
    }
  }

  @Test
  void whoJoins_isToldWhatComesThen_andWhoLeaves_nothingMore() {
    Group club = Group.of(ann);
    watch();
    club.say(ann, "before");
    ann.says(bob, "now");
    assertThat(bobWatch.next(talker(ann)).hasInstantMsg()).isTrue();

    club.add(bob);
    settle();
    club.say(ann, "while");
    assertThat(bobWatch.next(talker(club)).getInstantMsg().getContent()).isEqualTo(text("while"));

    club.leave(bob);
    settle();
    club.say(ann, "after");
    ann.says(bob, "now");
    assertThat(bobWatch.next(talker(ann)).hasInstantMsg()).isTrue();
  }

  @Test
  void aRecallInAGroup_isToldToItsMembers() {
    Group club = Group.of(ann, bob);
    long key = club.say(ann, "oops");
    long seqno = club.history(bob).getLast().getMsgSeqno();
    watch();
    club.recall(ann, key);

    Msg line = bobWatch.next(talker(club)).getInstantMsg();
    assertThat(line.getMsgType()).isEqualTo(RECALL);
    assertThat(line.getWithdrawSeqno()).isEqualTo(seqno);
  }

  // --- what was missed

  @Test
  void whateverHappensWhileADeviceIsAway_isToldAtOnce() {
    Group club = Group.of(ann, bob);
    String phone = token(bob, "phone", Duration.ofDays(1));
    List<Runnable> events =
        List.of(
            () -> ann.says(bob, "hello"),
            () -> club.say(ann, "hello"),
            () -> bob.acks(ann, 0),
            () -> bob.pins(ann),
            () -> ann.unfollows(bob),
            () -> ann.follows(bob),
            () -> club.leave(bob));
    for (Runnable event : events) {
      processed(bob, phone, -1);
      event.run();
      try (Watch watch = Watch.with(SERVER, bob.uid(), phone)) {
        ReqServerNotify notify = watch.next();
        assertThat(notify.hasInstantMsg()).isFalse();
        assertThat(notify.getNotifyInfo().getTalkerId()).isZero();
      }
    }
  }

  @Test
  void theNumbers_growWithEachEventOfAUser_whateverItIs() {
    Group club = Group.of(ann, bob);
    watch();
    List<Long> numbers = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      ann.says(bob, "hello");
      numbers.add(bobWatch.next().getLastestSeqno());
      club.say(ann, "hello");
      numbers.add(bobWatch.next().getLastestSeqno());
      bob.acks(ann, 0);
      numbers.add(bobWatch.next().getLastestSeqno());
    }
    assertThat(numbers).isSortedAccordingTo(Comparator.naturalOrder()).doesNotHaveDuplicates();
    assertThat(numbers.getLast()).isGreaterThanOrEqualTo(bob.history(ann).getLast().getMsgSeqno());
  }

  // --- who may watch

  @Test
  void withoutAToken_orWithABadOne_nobodyWatches() {
    for (String token : List.of("", "nonsense", SERVER.adminToken())) {
      try (Watch watch = Watch.with(SERVER, ann.uid(), token)) {
        Status end = watch.awaitEnd();
        assertThat(end.getCode()).isEqualTo(Status.Code.UNAUTHENTICATED);
        assertThat(end.getDescription()).isEqualTo("-101");
      }
    }
  }

  @Test
  void whoseTokensAreRevoked_isKickedOut_andWhoSignedInAgainIsNot() {
    String old = SERVER.token(bob.uid());
    watch();
    var _ = SERVER.admin().revokeTokens(RevokeTokensRequest.newBuilder().setUid(bob.uid()).build());

    assertThat(bobWatch.awaitEnd()).isEqualTo(Status.OK);
    assertThat(bobWatch.wasKickedOut()).isTrue();
    try (Watch late = Watch.with(SERVER, bob.uid(), old);
        Watch again = Watch.with(SERVER, bob.uid(), SERVER.token(bob.uid()))) {
      assertThat(late.awaitEnd().getCode()).isEqualTo(Status.Code.UNAUTHENTICATED);
      again.next();
      ann.says(bob, "hello again");
      assertThat(again.next().hasInstantMsg()).isTrue();
    }
    assertThat(annWatch.end()).isNull();
    assertThat(bobWatch.takeAll()).isEmpty();
  }

  @Test
  void whoIsErased_isKickedOut() {
    watch();
    var _ = SERVER.admin().eraseUser(EraseUserRequest.newBuilder().setUid(bob.uid()).build());
    bobWatch.awaitEnd();
    assertThat(bobWatch.wasKickedOut()).isTrue();
  }

  @Test
  void whoOpensTooManyStreams_losesTheOldest() {
    List<Watch> all = new ArrayList<>();
    try {
      for (int i = 0; i <= MOST_OF_ONE; i++) {
        all.add(Watch.of(bob));
      }
      assertThat(all.getFirst().awaitEnd()).isEqualTo(Status.OK);
      assertThat(all.getFirst().wasKickedOut()).isFalse();
      all.subList(1, all.size()).forEach(Watch::takeAll);
      ann.says(bob, "hello");
      assertThat(all.subList(1, all.size()))
          .allSatisfy(watch -> watch.until(ReqServerNotify::hasInstantMsg));
    } finally {
      all.forEach(Watch::close);
    }
  }
}
