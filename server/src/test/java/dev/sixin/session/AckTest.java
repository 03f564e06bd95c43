package dev.sixin.session;

import static dev.sixin.TestServer.assertRefused;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sixin.Person;
import dev.sixin.TestServer;
import dev.sixin.proto.im.ReqAckSessions;
import dev.sixin.proto.im.ReqUpdateAck;
import dev.sixin.proto.im.RspSessions;
import dev.sixin.proto.type.Msg;
import dev.sixin.proto.type.SessionInfo;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/// Read positions: the rules of UpdateAck and AckSessions.
class AckTest {
  /// The store counts on within a second when the clock stands still.
  private static final long SAME_MOMENT = 1_000;

  private static final TestServer SERVER = TestServer.shared();

  private final Person ann = Person.on(SERVER);
  private final Person bob = Person.on(SERVER);

  /// Bob has said this many things to Ann; their numbers.
  private List<Long> said(int messages) {
    ann.befriends(bob);
    for (int i = 0; i < messages; i++) {
      bob.says(ann, "message " + i);
    }
    return ann.history(bob).stream().map(Msg::getMsgSeqno).toList();
  }

  private long nowMicros() {
    SERVER.clock.move(Duration.ofSeconds(1)); // past all that the store has handed out
    return SERVER.clock.instant().getEpochSecond() * 1_000_000;
  }

  // UpdateAck

  @Test
  void anAck_leavesWhatCameAfterItUnread() {
    List<Long> seqnos = said(5);
    long now = nowMicros();
    ann.acks(bob, seqnos.get(1));

    SessionInfo session = ann.session(bob);
    assertThat(session.getUnreadCount()).isEqualTo(3);
    assertThat(session.getAckSeqno()).isEqualTo(seqnos.get(1));
    assertThat(session.getAckTs()).isBetween(now, now + SAME_MOMENT);
    assertThat(ann.unread().getFollowUnread()).isEqualTo(3);
  }

  @Test
  void anAckOfZero_isAnAckOfTheLastMessage() {
    List<Long> seqnos = said(3);
    long now = nowMicros();
    ann.acks(bob, 0);

    SessionInfo session = ann.session(bob);
    assertThat(session.getUnreadCount()).isZero();
    assertThat(session.getAckSeqno()).isEqualTo(seqnos.get(2));
    assertThat(session.getAckTs()).isBetween(now, now + SAME_MOMENT);
    assertThat(ann.unread().getFollowUnread()).isZero();
  }

  @Test
  void anAckBeyondTheLastMessage_isCutToIt() {
    List<Long> seqnos = said(3);
    for (long beyond : new long[] {seqnos.get(2) + 1, Long.MAX_VALUE, -1}) {
      ann.acks(bob, beyond);
      assertThat(ann.session(bob).getAckSeqno()).isEqualTo(seqnos.get(2));
    }
    bob.says(ann, "one more");

    assertThat(ann.session(bob).getUnreadCount()).isEqualTo(1);
  }

  @Test
  void anAckBehindThePosition_changesNothing() {
    List<Long> seqnos = said(4);
    ann.acks(bob, seqnos.get(2));
    SessionInfo before = ann.session(bob);
    ann.acks(bob, seqnos.get(1));
    ann.acks(bob, 1);

    assertThat(ann.session(bob)).isEqualTo(before);
    assertThat(before.getUnreadCount()).isEqualTo(1);
  }

  @Test
  void anAckAtThePosition_setsTheTimeAgain() {
    List<Long> seqnos = said(2);
    ann.acks(bob, seqnos.getFirst());
    long now = nowMicros();
    ann.acks(bob, seqnos.getFirst());

    assertThat(ann.session(bob).getAckTs()).isBetween(now, now + SAME_MOMENT);
    assertThat(ann.session(bob).getUnreadCount()).isEqualTo(1);
  }

  @Test
  void anAckBetweenTwoMessages_readsWhatLiesBeforeIt() {
    said(2);
    SERVER.clock.move(Duration.ofSeconds(1));
    List<Long> seqnos = said(1);
    ann.acks(bob, seqnos.get(1) + 5);

    assertThat(ann.session(bob).getUnreadCount()).isEqualTo(1);
    assertThat(ann.session(bob).getAckSeqno()).isEqualTo(seqnos.get(1) + 5);
  }

  @Test
  void onesOwnMessages_areNeverUnread() {
    said(1);
    ann.says(bob, "mine");
    bob.says(ann, "yours");
    ann.says(bob, "mine");
    bob.says(ann, "yours");
    bob.says(ann, "yours");
    List<Long> seqnos = ann.history(bob).stream().map(Msg::getMsgSeqno).toList();
    assertThat(ann.session(bob).getUnreadCount()).isEqualTo(2);
    ann.acks(bob, seqnos.get(4));

    assertThat(ann.session(bob).getUnreadCount()).isEqualTo(1);
    assertThat(bob.session(ann).getUnreadCount()).as("all before Bob's own").isZero();
  }

  @Test
  void acking_isOneSidesBusiness() {
    said(2);
    ann.says(bob, "one");
    SessionInfo before = bob.session(ann);
    ann.acks(bob, 0);

    assertThat(bob.session(ann)).isEqualTo(before);
  }

  @Test
  void acking_doesNotChangeWhenTheLastMessageCame() {
    said(2);
    long before = ann.session(bob).getSessionTs();
    ann.acks(bob, 0);

    assertThat(ann.session(bob).getSessionTs()).isEqualTo(before);
  }

  @Test
  void anAckOfASessionThatDoesNotExist_succeedsAndDoesNothing() {
    ann.acks(bob, 0);
    ann.acks(bob, 9);
    ann.acks(Person.unregistered(SERVER), 9);

    assertRefused(1000004, () -> ann.session(bob));
    assertThat(ann.listed(4)).isEmpty();
  }

  @Test
  void anAckThatNamesNoSession_isRefused() {
    assertRefused(-400, () -> ack(ReqUpdateAck.newBuilder().setSessionType(1)));
    assertRefused(-400, () -> ack(ReqUpdateAck.newBuilder().setTalkerId(bob.uid())));
    assertRefused(2, () -> ack(ReqUpdateAck.newBuilder().setTalkerId(1).setSessionType(3)));
  }

  private void ack(ReqUpdateAck.Builder request) {
    assertThat(ann.calls().updateAck(request.build())).isNotNull();
  }

  // AckSessions

  private RspSessions acked(long begin, int end, int size) {
    return ann.calls()
        .ackSessions(
            ReqAckSessions.newBuilder().setBeginTs(begin).setEndTs(end).setSize(size).build());
  }

  /// As many people who wrote to Ann and whom she then read, in this order.
  private List<Person> read(int people) {
    List<Person> writers = new ArrayList<>();
    for (int i = 0; i < people; i++) {
      Person writer = Person.on(SERVER);
      writer.says(ann, "hello");
      writers.addFirst(writer); // so that the order of reading is not that of the messages
    }
    writers.forEach(writer -> ann.acks(writer, 0));
    return writers;
  }

  private long ackTs(Person talker) {
    return ann.session(talker).getAckTs();
  }

  @Test
  void sessionsReadSinceAMoment_comeLatestReadFirst() {
    List<Person> writers = read(3);

    assertThat(ann.talkers(acked(0, 0, 9))).isEqualTo(writers.reversed());
    assertThat(ann.talkers(acked(ackTs(writers.get(0)), 0, 9)))
        .containsExactly(writers.get(2), writers.get(1));
    assertThat(ann.talkers(acked(ackTs(writers.get(2)), 0, 9))).isEmpty();
  }

  @Test
  void whenMoreWereReadThanFit_theOldestOfThemCome() {
    List<Person> writers = read(4);
    RspSessions page = acked(ackTs(writers.getFirst()), 0, 2);

    assertThat(ann.talkers(page)).containsExactly(writers.get(2), writers.get(1));
    assertThat(page.getHasMore()).isEqualTo(1);
    RspSessions rest = acked(ackTs(writers.get(2)), 0, 2);
    assertThat(ann.talkers(rest)).containsExactly(writers.get(3));
    assertThat(rest.getHasMore()).isZero();
  }

  @Test
  void theEnd_isReadAsSecondsAndExclusive() {
    nowMicros();
    int now = Math.toIntExact(SERVER.clock.instant().getEpochSecond());
    List<Person> writers = read(2);
    long later = nowMicros();
    Person atTheEnd = read(1).getFirst();
    assertThat(ackTs(atTheEnd)).isGreaterThanOrEqualTo(later);

    assertThat(ann.talkers(acked(0, now + 1, 9))).isEqualTo(writers.reversed());
    assertThat(ann.talkers(acked(0, now, 9))).isEmpty();
    assertThat(ann.talkers(acked(0, now + 2, 9))).hasSize(3);
  }

  @Test
  void aSessionNeverRead_isNotAmongThem() {
    bob.says(ann, "hello");
    ann.says(bob, "hi");
    assertThat(acked(0, 0, 9).getSessionListList()).as("writing is not acking").isEmpty();

    ann.acks(bob, 0);
    assertThat(ann.talkers(acked(0, 0, 9))).containsExactly(bob);
  }

  @Test
  void whatWasReadAgain_countsFromThen() {
    List<Person> writers = read(2);
    long before = ackTs(writers.get(1));
    ann.acks(writers.get(0), 0);

    assertThat(ann.talkers(acked(before, 0, 9))).containsExactly(writers.get(0));
    assertThat(ann.talkers(acked(0, 0, 9))).isEqualTo(writers);
  }

  @Test
  void removedSessions_areLeftOut() {
    List<Person> writers = read(2);
    ann.removes(writers.get(0));

    assertThat(ann.talkers(acked(0, 0, 9))).containsExactly(writers.get(1));
  }

  @Test
  void levels_areNotShown() {
    read(1);
    assertThat(acked(0, 0, 9).getShowLevel()).isFalse();
  }
}
