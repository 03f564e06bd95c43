package dev.sixin.session;

import static dev.sixin.TestServer.assertRefused;
import static dev.sixin.TestServer.text;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sixin.Person;
import dev.sixin.TestServer;
import dev.sixin.admin.v1.SendRequest;
import dev.sixin.admin.v1.User;
import dev.sixin.proto.im.ReqGetSessions;
import dev.sixin.proto.im.RspSessions;
import dev.sixin.proto.type.SessionInfo;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// The rules of GetSessions.
class ListsTest {
  private static final int MAIN = 1;
  private static final int UNFOLLOWED = 2;
  private static final int GROUPS = 3;
  private static final int ALL = 4;
  private static final int DUSTBIN = 5;

  private static final int NOTICES = 5;
  private static final int CUSTOMER_SERVICE = 8;
  private static final int BY_ACK = 3;

  /// The store counts on within a second when the clock stands still.
  private static final long SAME_MOMENT = 1_000;

  private static final TestServer SERVER = TestServer.shared();

  private final Person ann = Person.on(SERVER);

  private static Person somebody() {
    return Person.on(SERVER);
  }

  private static Person system(int type) {
    return Person.on(SERVER, User.newBuilder().setSystemMsgType(type));
  }

  /// Somebody new who has written to Ann.
  private Person stranger() {
    Person stranger = somebody();
    stranger.says(ann, "hello");
    return stranger;
  }

  /// Somebody new whom Ann follows and who has written to her.
  private Person followed() {
    Person followed = somebody();
    ann.follows(followed);
    followed.says(ann, "hello");
    return followed;
  }

  private List<Person> listed(UnaryOperator<ReqGetSessions.Builder> page) {
    return ann.talkers(ann.lists(page));
  }

  private List<Long> sessionTimes() {
    return ann.lists(page -> page).getSessionListList().stream()
        .map(SessionInfo::getSessionTs)
        .toList();
  }

  // When sessions appear, and in which order

  @Test
  void aSession_appearsOnBothSides_withTheFirstMessage() {
    Person bob = somebody();
    assertThat(ann.listed(ALL)).isEmpty();
    ann.says(bob, "hello");

    assertThat(ann.listed(ALL)).containsExactly(bob);
    assertThat(bob.listed(ALL)).containsExactly(ann);
  }

  @Test
  void sessions_areOnlyInTheListsOfTheirOwners() {
    stranger();
    assertThat(somebody().listed(ALL)).isEmpty();
  }

  @Test
  void theNewestMessage_comesFirst_whoeverWroteIt() {
    Person bob = followed();
    Person cat = followed();
    Person dan = followed();
    assertThat(ann.listed(ALL)).containsExactly(dan, cat, bob);

    bob.says(ann, "again");
    assertThat(ann.listed(ALL)).containsExactly(bob, dan, cat);
    ann.says(cat, "too");
    assertThat(ann.listed(ALL)).containsExactly(cat, bob, dan);
  }

  @Test
  void foldersAreMergedIntoOneOrder() {
    Person bob = followed();
    Person cat = stranger();
    Person notices = system(NOTICES);
    notices.says(ann, "hello");
    Person dan = followed();
    Person eve = stranger();
    ann.chooses(eve, settings -> settings.setTrusted(true));

    assertThat(ann.listed(ALL)).containsExactly(eve, dan, notices, cat, bob);
    assertThat(listed(page -> page.setSize(3))).containsExactly(eve, dan, notices);
  }

  @Test
  void reading_doesNotMoveASession() {
    Person bob = followed();
    Person cat = followed();
    ann.acks(bob, 0);

    assertThat(ann.listed(ALL)).containsExactly(cat, bob);
  }

  @Test
  void sessionTs_isUniqueAndIncreasing_alsoWhenTheClockStandsStill() {
    for (int i = 0; i < 5; i++) {
      stranger();
    }

    assertThat(sessionTimes().reversed()).hasSize(5).isSorted().doesNotHaveDuplicates();
  }

  @Test
  void sessionTs_isWhenTheLastMessageCame_inMicroseconds() {
    SERVER.clock.move(Duration.ofSeconds(1)); // past all that the store has handed out
    Person bob = stranger();

    long now = SERVER.clock.instant().getEpochSecond() * 1_000_000;
    assertThat(ann.session(bob).getSessionTs()).isBetween(now, now + SAME_MOMENT);
  }

  // Which sessions a list holds

  @Test
  void eachList_holdsItsOwnKindOfSessions() {
    Person followed = followed();
    Person notices = system(NOTICES);
    notices.says(ann, "hello");
    Person stranger = stranger();
    Person trusted = stranger();
    ann.chooses(trusted, settings -> settings.setTrusted(true));
    Person intercepted = stranger();
    ann.chooses(intercepted, settings -> settings.setIntercepted(true));

    assertThat(ann.listed(MAIN)).containsExactly(trusted, stranger, notices, followed);
    assertThat(ann.listed(UNFOLLOWED)).containsExactly(trusted, stranger);
    assertThat(ann.listed(GROUPS)).isEmpty();
    assertThat(ann.listed(ALL)).containsExactly(trusted, stranger, notices, followed);
    assertThat(ann.listed(DUSTBIN)).containsExactly(intercepted);
  }

  @Test
  void listZero_isReadAsListFour() {
    followed();
    Person pinned = stranger();
    ann.pins(pinned);
    stranger();
    ann.acks(pinned, 0);
    UnaryOperator<ReqGetSessions.Builder> byAck = page -> page.setSize(1).setSortRule(BY_ACK);

    assertThat(ann.lists(page -> byAck.apply(page).setSessionType(0)))
        .isEqualTo(ann.lists(page -> byAck.apply(page).setSessionType(ALL)));
  }

  @ParameterizedTest
  @ValueSource(ints = {6, 7, 8, 9, 10, -1})
  void aListThatDoesNotExist_isRefusedWith2(int list) {
    assertRefused(2, () -> ann.listed(list));
  }

  @Test
  void followingSomebody_movesTheirSessionAtOnce() {
    Person bob = stranger();
    ann.follows(bob);
    assertThat(ann.listed(UNFOLLOWED)).isEmpty();
    assertThat(ann.listed(MAIN)).containsExactly(bob);

    ann.unfollows(bob);
    assertThat(ann.listed(UNFOLLOWED)).containsExactly(bob);
    assertThat(ann.listed(MAIN)).containsExactly(bob);
  }

  @Test
  void beingFollowed_doesNotMoveASession() {
    Person bob = stranger();
    bob.follows(ann);

    assertThat(ann.listed(UNFOLLOWED)).containsExactly(bob);
  }

  @Test
  void takingSomebodyOutOfTheDustbin_putsTheirSessionBackWhereItWas() {
    Person bob = stranger();
    Person cat = stranger();
    ann.chooses(bob, settings -> settings.setIntercepted(true));
    assertThat(ann.listed(ALL)).containsExactly(cat);

    ann.chooses(bob, settings -> settings.setIntercepted(false));
    assertThat(ann.listed(ALL)).containsExactly(cat, bob);
    assertThat(ann.listed(DUSTBIN)).isEmpty();
  }

  // Folding

  @Test
  void canFold_isForUsersNeitherFollowedNorSystemNorPinnedNorTrusted() {
    Person notices = system(NOTICES);
    notices.says(ann, "hello");
    Person trusted = stranger();
    ann.chooses(trusted, settings -> settings.setTrusted(true));
    Person pinned = stranger();
    ann.pins(pinned);

    assertThat(ann.session(stranger()).getCanFold()).isEqualTo(1);
    assertThat(ann.session(followed()).getCanFold()).isZero();
    assertThat(ann.session(notices).getCanFold()).isZero();
    assertThat(ann.session(trusted).getCanFold()).isZero();
    assertThat(ann.session(pinned).getCanFold()).isZero();
  }

  @ParameterizedTest
  @ValueSource(ints = {0, MAIN, ALL})
  void unfollowFold_leavesFoldableSessionsOut(int list) {
    Person followed = followed();
    stranger();
    Person trusted = stranger();
    ann.chooses(trusted, settings -> settings.setTrusted(true));
    Person notices = system(NOTICES);
    notices.says(ann, "hello");
    Person pinned = stranger();
    ann.pins(pinned);

    assertThat(listed(page -> page.setSessionType(list).setUnfollowFold(1)))
        .containsExactly(pinned, notices, trusted, followed);
  }

  @Test
  void unfollowFold_doesNothingToTheOtherLists() {
    Person stranger = stranger();
    assertThat(listed(page -> page.setSessionType(UNFOLLOWED).setUnfollowFold(1)))
        .containsExactly(stranger);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 2})
  void noFold_andAFoldThatTheClientDoesNotKnow_showAll(int fold) {
    Person stranger = stranger();
    assertThat(listed(page -> page.setSessionType(MAIN).setUnfollowFold(fold)))
        .containsExactly(stranger);
  }

  // Pins

  @ParameterizedTest
  @ValueSource(ints = {0, MAIN, ALL})
  void pinnedSessions_comeFirst_theNewestPinFirst_beyondTheSize(int list) {
    Person bob = followed();
    Person cat = stranger();
    Person dan = followed();
    Person eve = stranger();
    ann.pins(cat);
    ann.pins(bob);
    RspSessions page = ann.lists(request -> request.setSessionType(list).setSize(1));

    assertThat(ann.talkers(page)).containsExactly(bob, cat, eve);
    assertThat(page.getHasMore()).isEqualTo(1);
    assertThat(listed(request -> request.setSessionType(list).setSize(2)))
        .containsExactly(bob, cat, eve, dan);
  }

  @Test
  void aListThatHoldsNothingButPins_hasNoMore() {
    Person bob = followed();
    ann.pins(bob);
    RspSessions page = ann.lists(request -> request.setSize(1));

    assertThat(ann.talkers(page)).containsExactly(bob);
    assertThat(page.getHasMore()).isZero();
  }

  @Test
  void pinnedSessions_standOnTheFirstPageOnly() {
    Person bob = followed();
    Person cat = followed();
    Person dan = followed();
    ann.pins(cat);
    long beyond = ann.session(dan).getSessionTs() + 1;

    assertThat(listed(page -> page.setEndTs(beyond))).containsExactly(dan, bob);
  }

  @Test
  void theOtherLists_haveNoPinsAbove() {
    Person bob = stranger();
    Person cat = stranger();
    ann.pins(bob);
    assertThat(ann.listed(UNFOLLOWED)).containsExactly(cat, bob);

    ann.chooses(bob, settings -> settings.setIntercepted(true));
    ann.chooses(cat, settings -> settings.setIntercepted(true));
    assertThat(ann.listed(DUSTBIN)).containsExactly(cat, bob);
  }

  @Test
  void aPinnedSessionInTheDustbin_isNotInTheMainLists() {
    Person bob = stranger();
    ann.pins(bob);
    ann.chooses(bob, settings -> settings.setIntercepted(true));

    assertThat(ann.listed(MAIN)).isEmpty();
    assertThat(ann.listed(ALL)).isEmpty();
  }

  // Sorting

  @ParameterizedTest
  @ValueSource(ints = {MAIN, UNFOLLOWED, DUSTBIN})
  void sortRule3_isByWhenSessionsWereRead_thoseNeverReadLast(int list) {
    Person bob = stranger();
    Person cat = stranger();
    Person dan = stranger();
    Person eve = stranger();
    if (list == DUSTBIN) {
      Stream.of(bob, cat, dan, eve)
          .forEach(talker -> ann.chooses(talker, settings -> settings.setIntercepted(true)));
    }
    ann.acks(cat, 0);
    ann.acks(eve, 0);
    ann.acks(bob, 0);
    UnaryOperator<ReqGetSessions.Builder> byAck =
        page -> page.setSessionType(list).setSortRule(BY_ACK);

    assertThat(listed(byAck)).containsExactly(bob, eve, cat, dan);
    RspSessions first = ann.lists(page -> byAck.apply(page).setSize(2));
    assertThat(ann.talkers(first)).containsExactly(bob, eve);
    assertThat(first.getHasMore()).isEqualTo(1);
    assertThat(ann.lists(page -> byAck.apply(page).setSize(4)).getHasMore()).isZero();
  }

  @Test
  void sortRule3_keepsPinsAbove() {
    Person bob = stranger();
    Person cat = stranger();
    Person dan = stranger();
    ann.acks(bob, 0);
    ann.acks(cat, 0);
    ann.pins(dan);

    assertThat(listed(page -> page.setSessionType(MAIN).setSortRule(BY_ACK)))
        .containsExactly(dan, cat, bob);
  }

  @Test
  void listFour_isBySessionTs_whateverTheSortRule() {
    Person bob = stranger();
    Person cat = stranger();
    ann.acks(bob, 0);

    assertThat(listed(page -> page.setSessionType(ALL).setSortRule(BY_ACK)))
        .containsExactly(cat, bob);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2, 4, 99})
  void anyOtherSortRule_isBySessionTs(int rule) {
    Person bob = stranger();
    Person cat = stranger();
    ann.acks(bob, 0);

    assertThat(listed(page -> page.setSessionType(MAIN).setSortRule(rule)))
        .containsExactly(cat, bob);
  }

  // Pages

  @Test
  void beginAndEnd_areExclusiveBoundsOnSessionTs() {
    stranger();
    Person bob = stranger();
    Person cat = stranger();
    stranger();
    List<Long> times = sessionTimes();

    assertThat(listed(page -> page.setBeginTs(times.get(3)).setEndTs(times.get(0))))
        .containsExactly(cat, bob);
    assertThat(listed(page -> page.setBeginTs(times.get(2)).setEndTs(times.get(1)))).isEmpty();
    assertThat(listed(page -> page.setBeginTs(times.get(1)).setEndTs(times.get(2)))).isEmpty();
    assertThat(listed(page -> page.setBeginTs(times.get(1)))).hasSize(1);
    assertThat(listed(page -> page.setEndTs(times.get(2)))).hasSize(1);
  }

  @Test
  void hasMore_saysWhetherTheWindowHoldsMore() {
    for (int i = 0; i < 4; i++) {
      stranger();
    }
    List<Long> times = sessionTimes();
    UnaryOperator<ReqGetSessions.Builder> window =
        page -> page.setBeginTs(times.get(3)).setEndTs(times.get(0));

    assertThat(ann.lists(page -> window.apply(page).setSize(1)).getHasMore()).isEqualTo(1);
    assertThat(ann.lists(page -> window.apply(page).setSize(2)).getHasMore()).isZero();
  }

  @Test
  void pagesDownward_giveEachSessionOnce_pinsFirst() {
    Person bob = stranger();
    Person cat = followed();
    Person dan = stranger();
    Person eve = followed();
    Person fay = stranger();
    ann.pins(dan);
    List<Person> seen = new ArrayList<>();
    RspSessions page = ann.lists(request -> request.setSize(2));
    seen.addAll(ann.talkers(page));
    while (page.getHasMore() == 1) {
      long end = page.getSessionListList().getLast().getSessionTs();
      page = ann.lists(request -> request.setSize(2).setEndTs(end));
      seen.addAll(ann.talkers(page));
      assertThat(seen).as("no session twice").doesNotHaveDuplicates();
    }

    assertThat(seen).containsExactly(dan, fay, eve, cat, bob);
  }

  @Test
  void aPageUpward_isWhatIsNewerThanTheNewestSeen() {
    stranger();
    long seen = sessionTimes().getFirst();
    Person bob = stranger();
    Person cat = followed();

    assertThat(listed(page -> page.setBeginTs(seen))).containsExactly(cat, bob);
  }

  @Test
  void sizes_are20WhenNothingIsSaid_and100AtMost() {
    for (int i = 0; i < 101; i++) {
      Person writer = Person.unregistered(SERVER);
      SERVER
          .admin()
          .send(
              SendRequest.newBuilder()
                  .setMsg(text(ann.uid(), "hello").setSenderUid(writer.uid()))
                  .build());
    }
    RspSessions usual = ann.lists(page -> page);
    assertThat(usual.getSessionListList()).hasSize(20);
    assertThat(usual.getHasMore()).isEqualTo(1);

    for (int size : new int[] {100, 101, -1}) {
      RspSessions most = ann.lists(page -> page.setSize(size));
      assertThat(most.getSessionListList()).as("size %d", size).hasSize(100);
      assertThat(most.getHasMore()).as("size %d", size).isEqualTo(1);
    }
  }

  // Modes, and what else an answer says

  @Test
  void teenagersAndPupils_seeFollowedAndSystemSessionsOnly() {
    Person bob = followed();
    Person notices = system(NOTICES);
    notices.says(ann, "hello");
    Person pinned = stranger();
    ann.pins(pinned);
    Person trusted = stranger();
    ann.chooses(trusted, settings -> settings.setTrusted(true));
    for (int list : new int[] {MAIN, ALL}) {
      assertThat(listed(page -> page.setSessionType(list).setTeenagerMode(1)))
          .containsExactly(notices, bob);
      assertThat(listed(page -> page.setSessionType(list).setLessonsMode(1)))
          .containsExactly(notices, bob);
    }

    assertThat(listed(page -> page.setSessionType(UNFOLLOWED).setTeenagerMode(1))).isEmpty();
  }

  @Test
  void systemMsg_namesTheSystemAccountsAmongTheSessions() {
    Person notices = system(NOTICES);
    Person service = system(CUSTOMER_SERVICE);
    stranger();
    assertThat(ann.lists(page -> page).getSystemMsgMap()).isEmpty();
    notices.says(ann, "hello");
    service.says(ann, "hello");
    RspSessions page = ann.lists(request -> request.setSessionType(UNFOLLOWED).setSize(1));

    assertThat(page.getSystemMsgMap())
        .isEqualTo(Map.of(NOTICES, notices.uid(), CUSTOMER_SERVICE, service.uid()));
  }

  @Test
  void isAddressListEmpty_isForWhoHasNoSessionsAndFollowsNobody() {
    assertThat(ann.lists(page -> page).getIsAddressListEmpty()).isEqualTo(1);

    Person bob = somebody();
    ann.follows(bob);
    assertThat(ann.lists(page -> page).getIsAddressListEmpty()).isZero();
    ann.unfollows(bob);
    assertThat(ann.lists(page -> page).getIsAddressListEmpty()).isEqualTo(1);
    stranger();
    assertThat(ann.lists(page -> page).getIsAddressListEmpty()).isZero();
  }

  @Test
  void levels_areShown() {
    RspSessions page = ann.lists(request -> request);
    assertThat(page.getShowLevel()).isTrue();
    assertThat(page.getAntiDisturbCleaning()).isFalse();
  }

  @Test
  void settingsOfASessionThatDoesNotExist_putNothingIntoAList() {
    Person bob = somebody();
    ann.chooses(bob, settings -> settings);
    ann.chooses(bob, settings -> settings.setDnd(true).setTrusted(true));
    ann.follows(bob);

    assertThat(ann.listed(ALL)).isEmpty();
  }
}
