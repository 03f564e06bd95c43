package dev.sixin.session;

import static dev.sixin.TestServer.assertRefused;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sixin.Person;
import dev.sixin.TestServer;
import dev.sixin.admin.v1.User;
import dev.sixin.proto.im.ReqRemoveSession;
import dev.sixin.proto.im.ReqSetTop;
import dev.sixin.proto.im.RspSessions;
import dev.sixin.proto.type.Msg;
import dev.sixin.proto.type.SessionInfo;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/// The rules of SetTop and RemoveSession.
class PinRemoveTest {
  private static final int MOST_PINS = 50;
  private static final int ALL = 4;

  /// The store counts on within a second when the clock stands still.
  private static final long SAME_MOMENT = 1_000;

  private static final TestServer SERVER = TestServer.shared();

  private final Person ann = Person.on(SERVER);

  private static Person somebody() {
    return Person.on(SERVER);
  }

  /// Somebody new who has written to Ann.
  private Person stranger() {
    Person stranger = somebody();
    stranger.says(ann, "hello");
    return stranger;
  }

  private long nowMicros() {
    SERVER.clock.move(Duration.ofSeconds(1)); // past all that the store has handed out
    return SERVER.clock.instant().getEpochSecond() * 1_000_000;
  }

  // SetTop

  @Test
  void pinning_setsTopTsToNow_andNothingElse() {
    Person bob = stranger();
    SessionInfo before = ann.session(bob);
    long now = nowMicros();
    ann.pins(bob);

    SessionInfo after = ann.session(bob);
    assertThat(after.getTopTs()).isBetween(now, now + SAME_MOMENT);
    assertThat(after.toBuilder().clearTopTs().setCanFold(1).build()).isEqualTo(before);
  }

  @Test
  void unpinning_undoesIt() {
    Person bob = stranger();
    Person cat = stranger();
    RspSessions before = ann.lists(page -> page);
    ann.pins(bob);
    assertThat(ann.listed(ALL)).containsExactly(bob, cat);
    ann.unpins(bob);

    assertThat(ann.lists(page -> page)).isEqualTo(before);
  }

  @Test
  void unpinningWhatIsNotPinned_doesNothing() {
    Person bob = stranger();
    SessionInfo before = ann.session(bob);
    ann.unpins(bob);
    ann.unpins(somebody());
    ann.unpins(Person.unregistered(SERVER));

    assertThat(ann.session(bob)).isEqualTo(before);
    assertThat(ann.listed(ALL)).containsExactly(bob);
  }

  @Test
  void pinningAgain_bringsToTheTop() {
    Person bob = stranger();
    Person cat = stranger();
    ann.pins(bob);
    ann.pins(cat);
    assertThat(ann.listed(ALL)).containsExactly(cat, bob);
    ann.pins(bob);

    assertThat(ann.listed(ALL)).containsExactly(bob, cat);
  }

  @Test
  void pinning_isOneSidesBusiness() {
    Person bob = stranger();
    ann.pins(bob);
    assertThat(bob.session(ann).getTopTs()).isZero();
  }

  @Test
  void pinningSomebodyNeverSpokenTo_makesTheSessionAppear() {
    Person bob = somebody();
    long now = nowMicros();
    ann.pins(bob);

    assertThat(ann.listed(ALL)).containsExactly(bob);
    SessionInfo session = ann.session(bob);
    assertThat(session.getSessionTs()).isBetween(now, now + SAME_MOMENT);
    assertThat(session.getTopTs()).isEqualTo(session.getSessionTs());
    assertThat(session.hasLastMsg()).isFalse();
    assertThat(session.getMaxSeqno()).isZero();
    assertThat(session.getUnreadCount()).isZero();
    assertThat(bob.listed(ALL)).isEmpty();
  }

  @Test
  void theFirstMessageOfSomebodyPinned_countsAsUnread() {
    Person bob = somebody();
    ann.pins(bob);
    bob.says(ann, "hello");

    assertThat(ann.listed(ALL)).containsExactly(bob);
    assertThat(ann.session(bob).getUnreadCount()).isEqualTo(1);
  }

  @Test
  void aSystemAccountPinnedBeforeItsFirstMessage_isASystemAccount() {
    Person notices = Person.on(SERVER, User.newBuilder().setSystemMsgType(5));
    ann.pins(notices);
    SessionInfo session = ann.session(notices);
    assertThat(session.getSystemMsgType()).isEqualTo(5);
    assertThat(session.getIsFollow()).isEqualTo(1);
    assertThat(ann.listed(2)).isEmpty();

    ann.unpins(notices);
    assertThat(ann.session(notices).getCanFold()).isZero();
  }

  @Test
  void moreThan50Pins_areRefusedWith2() {
    List<Person> talkers = new ArrayList<>();
    for (int i = 0; i < MOST_PINS; i++) {
      talkers.add(somebody());
    }
    talkers.forEach(ann::pins);
    Person oneMore = somebody();
    assertRefused(2, () -> ann.pins(oneMore));
    assertThat(ann.listed(ALL)).isEqualTo(talkers.reversed());

    ann.pins(talkers.getFirst()); // is pinned already
    ann.unpins(talkers.get(7));
    ann.pins(oneMore);
    assertThat(ann.listed(ALL)).hasSize(MOST_PINS + 1).startsWith(oneMore, talkers.getFirst());
    assertRefused(2, () -> ann.pins(somebody()));
  }

  @Test
  void aRemovedSession_isNoPinAnyMore() {
    List<Person> talkers = new ArrayList<>();
    for (int i = 0; i < MOST_PINS; i++) {
      talkers.add(somebody());
    }
    talkers.forEach(ann::pins);
    ann.removes(talkers.getFirst());
    ann.pins(somebody());

    assertThat(ann.listed(ALL)).hasSize(MOST_PINS);
    assertRefused(2, () -> ann.pins(talkers.getFirst()));
  }

  @Test
  void somebodyOfWhomTheSiteHasNotTold_isRefusedWith404() {
    Person nobody = Person.unregistered(SERVER);
    assertRefused(-404, () -> ann.pins(nobody));
    assertThat(ann.listed(ALL)).isEmpty();
  }

  @Test
  void anOperationThatDoesNotExist_isRefusedWith2() {
    Person bob = stranger();
    ReqSetTop.Builder request = ReqSetTop.newBuilder().setTalkerId(bob.uid()).setSessionType(1);
    assertRefused(2, () -> ann.calls().setTop(request.setOpType(2).build()));
    assertRefused(2, () -> ann.calls().setTop(request.setOpType(-1).build()));
    assertThat(ann.session(bob).getTopTs()).isZero();
  }

  @Test
  void aPinThatNamesNoSession_isRefused() {
    ReqSetTop.Builder request = ReqSetTop.newBuilder();
    assertRefused(-400, () -> ann.calls().setTop(request.setSessionType(1).build()));
    assertRefused(2, () -> ann.calls().setTop(request.setTalkerId(1).setSessionType(3).build()));
    assertRefused(-400, () -> ann.calls().setTop(request.setSessionType(0).build()));
  }

  // RemoveSession

  @Test
  void aRemovedSession_isGoneFromListsAndCounters() {
    Person bob = stranger();
    Person cat = somebody();
    ann.follows(cat);
    cat.says(ann, "hello");
    ann.pins(bob);
    ann.removes(bob);
    ann.removes(cat);

    for (int list = 0; list <= 5; list++) {
      assertThat(ann.listed(list)).as("list %d", list).isEmpty();
    }
    assertThat(ann.unread().getFollowUnread()).isZero();
    assertThat(ann.unread().getUnfollowUnread()).isZero();
  }

  @Test
  void removing_acksEverythingAndUnpins() {
    Person bob = stranger();
    ann.pins(bob);
    long now = nowMicros();
    ann.removes(bob);

    SessionInfo session = ann.session(bob);
    assertThat(session.getTopTs()).isZero();
    assertThat(session.getUnreadCount()).isZero();
    assertThat(session.getAckSeqno()).isEqualTo(session.getMaxSeqno());
    assertThat(session.getAckTs()).isBetween(now, now + SAME_MOMENT);
  }

  @Test
  void theNextMessage_bringsASessionBack_withNothingElseUnread() {
    Person bob = somebody();
    ann.befriends(bob);
    bob.says(ann, "one");
    bob.says(ann, "two");
    ann.pins(bob);
    ann.removes(bob);
    bob.says(ann, "three");

    assertThat(ann.listed(ALL)).containsExactly(bob);
    assertThat(ann.session(bob).getUnreadCount()).isEqualTo(1);
    assertThat(ann.session(bob).getTopTs()).isZero();
    assertThat(ann.unread().getFollowUnread()).isEqualTo(1);
  }

  @Test
  void onesOwnMessage_bringsASessionBackToo() {
    Person bob = stranger();
    ann.removes(bob);
    ann.says(bob, "hi");

    assertThat(ann.listed(ALL)).containsExactly(bob);
  }

  @Test
  void theOtherSide_keepsItsSession() {
    Person bob = stranger();
    SessionInfo before = bob.session(ann);
    ann.removes(bob);

    assertThat(bob.session(ann)).isEqualTo(before);
    assertThat(bob.listed(ALL)).containsExactly(ann);
  }

  @Test
  void settings_outliveARemoval() {
    Person bob = stranger();
    ann.chooses(bob, settings -> settings.setDnd(true).setPushOff(true).setIntercepted(true));
    ann.removes(bob);
    bob.befriends(ann);
    bob.says(ann, "again");

    SessionInfo session = ann.session(bob);
    assertThat(session.getIsDnd()).isEqualTo(1);
    assertThat(session.getSetting()).isEqualTo(1);
    assertThat(session.getIsIntercept()).isEqualTo(1);
    assertThat(session.getIsFollow()).as("followed while it was away").isEqualTo(1);
    assertThat(ann.listed(5)).containsExactly(bob);
  }

  @Test
  void aRemovedSession_canBePinnedBack() {
    Person bob = stranger();
    List<Msg> history = ann.history(bob);
    ann.removes(bob);
    long now = nowMicros();
    ann.pins(bob);

    assertThat(ann.listed(ALL)).containsExactly(bob);
    assertThat(ann.session(bob).getSessionTs()).isBetween(now, now + SAME_MOMENT);
    assertThat(ann.session(bob).getLastMsg()).isEqualTo(history.getLast());
    assertThat(ann.session(bob).getUnreadCount()).isZero();
  }

  @Test
  void removingWhatIsNotThere_succeedsAndDoesNothing() {
    Person bob = stranger();
    ann.removes(bob);
    SessionInfo removed = ann.session(bob);
    ann.removes(bob);
    assertThat(ann.session(bob)).isEqualTo(removed);

    Person cat = somebody();
    ann.removes(cat);
    ann.removes(Person.unregistered(SERVER));
    assertRefused(1000004, () -> ann.session(cat));
  }

  @Test
  void aRemovalThatNamesNoSession_isRefused() {
    ReqRemoveSession.Builder request = ReqRemoveSession.newBuilder();
    assertRefused(-400, () -> ann.calls().removeSession(request.setSessionType(1).build()));
    assertRefused(
        2, () -> ann.calls().removeSession(request.setTalkerId(1).setSessionType(3).build()));
    assertRefused(-400, () -> ann.calls().removeSession(request.setSessionType(0).build()));
  }
}
