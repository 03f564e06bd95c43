package dev.sixin.session;

import static dev.sixin.TestServer.text;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sixin.Person;
import dev.sixin.TestServer;
import dev.sixin.admin.v1.SendRequest;
import dev.sixin.admin.v1.User;
import dev.sixin.proto.im.ReqNewSessions;
import dev.sixin.proto.im.RspSessions;
import dev.sixin.proto.type.SessionInfo;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/// The rules of NewSessions.
class NewSessionsTest {
  private static final TestServer SERVER = TestServer.shared();

  private final Person ann = Person.on(SERVER);

  /// Somebody new who has written to Ann.
  private Person stranger() {
    Person stranger = Person.on(SERVER);
    stranger.says(ann, "hello");
    return stranger;
  }

  private RspSessions newer(long begin, int size) {
    return ann.calls()
        .newSessions(ReqNewSessions.newBuilder().setBeginTs(begin).setSize(size).build());
  }

  private long sessionTs(Person talker) {
    return ann.session(talker).getSessionTs();
  }

  @Test
  void sessionsWithNewsSinceAMoment_comeNewestFirst() {
    Person bob = stranger();
    Person cat = stranger();
    Person dan = stranger();

    assertThat(ann.talkers(newer(sessionTs(bob), 9))).containsExactly(dan, cat);
    assertThat(ann.talkers(newer(sessionTs(bob) - 1, 9))).containsExactly(dan, cat, bob);
    assertThat(ann.talkers(newer(0, 9))).containsExactly(dan, cat, bob);
    assertThat(ann.talkers(newer(sessionTs(dan), 9))).isEmpty();
  }

  @Test
  void whenThereAreMoreThanFit_theOldestOfThemCome_newestFirst() {
    Person bob = stranger();
    Person cat = stranger();
    Person dan = stranger();
    stranger();
    RspSessions page = newer(sessionTs(bob), 2);

    assertThat(ann.talkers(page)).containsExactly(dan, cat);
    assertThat(page.getHasMore()).isEqualTo(1);
  }

  @Test
  void whenAllFit_thereIsNoMore() {
    stranger();
    stranger();
    assertThat(newer(0, 2).getHasMore()).isZero();
  }

  @Test
  void goingOnFromTheGreatestSeen_missesNothing() {
    List<Person> writers = new ArrayList<>();
    for (int i = 0; i < 7; i++) {
      writers.add(stranger());
    }
    List<Person> seen = new ArrayList<>();
    long from = 0;
    RspSessions page;
    do {
      page = newer(from, 3);
      seen.addAll(ann.talkers(page));
      assertThat(seen).as("no session twice").doesNotHaveDuplicates();
      from =
          page.getSessionListList().stream()
              .mapToLong(SessionInfo::getSessionTs)
              .max()
              .orElseThrow();
    } while (page.getHasMore() == 1);

    assertThat(seen).containsExactlyInAnyOrderElementsOf(writers);
  }

  @Test
  void aSession_comesAgainWithItsNextMessage_fromEitherSide() {
    Person bob = stranger();
    long first = sessionTs(bob);
    assertThat(ann.talkers(newer(first, 9))).isEmpty();
    ann.says(bob, "hi");
    assertThat(ann.talkers(newer(first, 9))).containsExactly(bob);

    long second = sessionTs(bob);
    bob.says(ann, "how are you?");
    assertThat(ann.talkers(newer(second, 9))).containsExactly(bob);
  }

  @Test
  void reading_isNoNews() {
    Person bob = stranger();
    long before = sessionTs(bob);
    ann.acks(bob, 0);

    assertThat(ann.talkers(newer(before, 9))).isEmpty();
  }

  @Test
  void theDustbin_isLeftOut() {
    Person bob = stranger();
    Person cat = stranger();
    ann.chooses(cat, settings -> settings.setIntercepted(true));
    RspSessions page = newer(0, 1);

    assertThat(ann.talkers(page)).containsExactly(bob);
    assertThat(page.getHasMore()).isZero();
  }

  @Test
  void removedSessions_areLeftOut() {
    Person bob = stranger();
    ann.removes(bob);
    assertThat(newer(0, 9).getSessionListList()).isEmpty();
  }

  @Test
  void pins_doNotComeFirst() {
    Person bob = stranger();
    Person cat = stranger();
    ann.pins(bob);

    assertThat(ann.talkers(newer(0, 9))).containsExactly(cat, bob);
  }

  @Test
  void teenagersAndPupils_seeFollowedAndSystemSessionsOnly() {
    stranger();
    Person bob = stranger();
    ann.follows(bob);
    Person notices = Person.on(SERVER, User.newBuilder().setSystemMsgType(5));
    notices.says(ann, "hello");

    assertThat(
            ann.talkers(
                ann.calls().newSessions(ReqNewSessions.newBuilder().setTeenagerMode(1).build())))
        .containsExactly(notices, bob);
    assertThat(
            ann.talkers(
                ann.calls().newSessions(ReqNewSessions.newBuilder().setLessonsMode(1).build())))
        .containsExactly(notices, bob);
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

    assertThat(newer(0, 0).getSessionListList()).hasSize(20);
    assertThat(newer(0, 100).getSessionListList()).hasSize(100);
    assertThat(newer(0, 101).getSessionListList()).hasSize(100);
    assertThat(newer(0, 101).getHasMore()).isEqualTo(1);
  }

  @Test
  void levels_areNotShown() {
    stranger();
    RspSessions page = newer(0, 9);
    assertThat(page.getShowLevel()).isFalse();
    assertThat(page.getSystemMsgMap()).isEmpty();
  }
}
