package dev.sixin.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sixin.Await;
import dev.sixin.LiveWatch;
import dev.sixin.Person;
import dev.sixin.StoreRows;
import dev.sixin.TestServer;
import dev.sixin.Watch;
import dev.sixin.admin.v1.IssueTokenRequest;
import dev.sixin.admin.v1.RevokeTokensRequest;
import dev.sixin.live.v1.LiveEvent;
import dev.sixin.live.v1.Read;
import dev.sixin.live.v1.Typing;
import dev.sixin.proto.im.ReqUpdateTotalUnread;
import dev.sixin.proto.type.Msg;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// What people who follow each other see of each other while they talk.
class LiveTest {
  private static TestServer server;

  private Person ann;
  private Person bob;

  /// A friend of both, to whom they show everything.
  private Person cat;

  @BeforeAll
  static void start() {
    server = TestServer.start("--watchers-per-user=3");
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  @BeforeEach
  void people() {
    ann = Person.on(server);
    bob = Person.on(server);
    cat = Person.on(server);
    ann.befriends(bob);
    cat.befriends(ann);
    cat.befriends(bob);
  }

  @AfterEach
  void nobodyWatches() {
    Await.until("nobody watches", () -> server.watchers() == 0);
  }

  private static LiveEvent typing(Person who) {
    return LiveEvent.newBuilder().setTyping(Typing.newBuilder().setUid(who.uid())).build();
  }

  private static LiveEvent read(Person who, long seqno) {
    return LiveEvent.newBuilder()
        .setRead(Read.newBuilder().setUid(who.uid()).setSeqno(seqno))
        .build();
  }

  private static long lastSeqno(Person one, Person other) {
    return one.history(other).getLast().getMsgSeqno();
  }

  /// What somebody was told before is all that they are told: what comes after it is cat's.
  private void assertNothingCameTo(Person who, LiveWatch watch) {
    LiveWatch.type(cat, who);
    assertThat(watch.next()).isEqualTo(typing(cat));
  }

  @Test
  void typing_isSeenByTheOther_onEveryDevice_andByNobodyElse() {
    try (LiveWatch phone = LiveWatch.of(bob);
        LiveWatch desktop = LiveWatch.of(bob);
        LiveWatch own = LiveWatch.of(ann);
        LiveWatch cats = LiveWatch.of(cat)) {
      LiveWatch.type(ann, bob);

      assertThat(phone.next()).isEqualTo(typing(ann));
      assertThat(desktop.next()).isEqualTo(typing(ann));
      assertNothingCameTo(ann, own);
      LiveWatch.type(ann, cat);
      assertThat(cats.next()).isEqualTo(typing(ann));
    }
  }

  @Test
  void typing_isNotSeen_unlessBothFollowEachOther() {
    Person fan = Person.on(server);
    Person idol = Person.on(server);
    fan.follows(bob);
    bob.follows(idol);
    try (LiveWatch bobs = LiveWatch.of(bob)) {
      LiveWatch.type(fan, bob);
      LiveWatch.type(idol, bob);
      assertNothingCameTo(bob, bobs);

      ann.unfollows(bob);
      LiveWatch.type(ann, bob);
      assertNothingCameTo(bob, bobs);
    }
  }

  @Test
  void typing_isNotSeen_whenOneBlocksTheOther_whateverTheyFollow() {
    try (LiveWatch bobs = LiveWatch.of(bob)) {
      bob.blocks(ann);
      ann.befriends(bob); // which ends no block
      LiveWatch.type(ann, bob);
      assertNothingCameTo(bob, bobs);

      bob.unblocks(ann);
      ann.blocks(bob);
      ann.befriends(bob);
      LiveWatch.type(ann, bob);
      assertNothingCameTo(bob, bobs);

      ann.unblocks(bob);
      LiveWatch.type(ann, bob);
      assertThat(bobs.next()).isEqualTo(typing(ann));
    }
  }

  @Test
  void typing_isNotKept() {
    try (LiveWatch bobs = LiveWatch.of(bob)) {
      Map<String, String> before = StoreRows.of(server);
      LiveWatch.type(ann, bob);
      assertThat(bobs.next()).isEqualTo(typing(ann));
      assertThat(StoreRows.changes(before, StoreRows.of(server))).isZero();
    }
    try (LiveWatch late = LiveWatch.of(bob)) {
      assertNothingCameTo(bob, late);
    }
  }

  @Test
  void whoeverTypesTooMuch_isRefusedWith21020_andTheOthersAreNot() {
    try (TestServer strict = TestServer.start("--rate-burst=1")) {
      Person busy = Person.on(strict);
      Person calm = Person.on(strict);
      for (int i = 0; i < 5; i++) {
        LiveWatch.type(busy, calm);
      }
      assertThatThrownBy(
              () -> {
                for (int i = 0; i < 1_000; i++) { // faster than one a second
                  LiveWatch.type(busy, calm);
                }
              })
          .isInstanceOfSatisfying(
              StatusRuntimeException.class,
              refused -> assertThat(refused.getStatus().getDescription()).isEqualTo("21020"));
      LiveWatch.type(calm, busy);
    }
  }

  @Test
  void reading_isSeenByTheOther_whenItGoesForward() {
    ann.says(bob, "one");
    long one = lastSeqno(ann, bob);
    ann.says(bob, "two");
    long two = lastSeqno(ann, bob);
    assertThat(LiveWatch.position(ann, bob)).isZero();
    try (LiveWatch anns = LiveWatch.of(ann);
        LiveWatch own = LiveWatch.of(bob)) {
      bob.acks(ann, one);
      assertThat(anns.next()).isEqualTo(read(bob, one));
      assertThat(LiveWatch.position(ann, bob)).isEqualTo(one);

      bob.acks(ann, one);
      bob.acks(ann, 1);
      assertThat(LiveWatch.position(ann, bob)).isEqualTo(one);
      bob.acks(ann, 0);
      assertThat(anns.next()).isEqualTo(read(bob, two));
      assertThat(LiveWatch.position(ann, bob)).isEqualTo(two);
      assertThat(LiveWatch.position(bob, ann)).isEqualTo(two);
      assertNothingCameTo(bob, own);
    }
  }

  @Test
  void whoAnswers_orClearsOrRemovesTheSession_hasRead() {
    try (LiveWatch anns = LiveWatch.of(ann)) {
      bob.says(ann, "an answer");
      assertThat(anns.next()).isEqualTo(read(bob, lastSeqno(ann, bob)));
      ann.says(bob, "one");
      var _ = bob.calls().updateTotalUnread(ReqUpdateTotalUnread.getDefaultInstance());
      assertThat(anns.next()).isEqualTo(read(bob, lastSeqno(ann, bob)));
      ann.says(bob, "two");
      bob.removes(ann);
      assertThat(anns.next()).isEqualTo(read(bob, lastSeqno(ann, bob)));
    }
  }

  @Test
  void reading_isNotSeen_whenEitherHasSwitchedItOff() {
    for (Person shy : new Person[] {ann, bob}) {
      shy.prefers("read_receipts", 0);
      ann.says(bob, "hello");
      try (LiveWatch anns = LiveWatch.of(ann)) {
        bob.acks(ann, 0);
        assertNothingCameTo(ann, anns);
        assertThat(LiveWatch.position(ann, bob)).isZero();
        LiveWatch.type(bob, ann); // which is no reading
        assertThat(anns.next()).isEqualTo(typing(bob));

        shy.prefers("read_receipts", 1);
        assertThat(LiveWatch.position(ann, bob)).isEqualTo(lastSeqno(ann, bob));
        ann.says(bob, "again");
        bob.acks(ann, 0);
        assertThat(anns.next()).isEqualTo(read(bob, lastSeqno(ann, bob)));
      }
    }
  }

  @Test
  void reading_isNotSeen_afterAnUnfollow_orABlock() {
    ann.says(bob, "hello");
    try (LiveWatch anns = LiveWatch.of(ann)) {
      bob.unfollows(ann);
      bob.acks(ann, 0);
      assertNothingCameTo(ann, anns);
      assertThat(LiveWatch.position(ann, bob)).isZero();

      bob.follows(ann);
      assertThat(LiveWatch.position(ann, bob)).isEqualTo(lastSeqno(ann, bob));
      ann.says(bob, "are you there?");
      ann.blocks(bob);
      ann.befriends(bob);
      bob.acks(ann, 0);
      assertNothingCameTo(ann, anns);
      assertThat(LiveWatch.position(ann, bob)).isZero();
      assertThat(LiveWatch.position(bob, ann)).isZero();
    }
  }

  @Test
  void whoKnowsOnlyNotices_isToldNothingElse_andTheOtherWayRound() {
    try (Watch notices = Watch.of(bob);
        LiveWatch moments = LiveWatch.of(bob)) {
      LiveWatch.type(ann, bob);
      ann.says(bob, "hello");
      assertThat(notices.next().getInstantMsg().getContent()).isEqualTo("{\"content\":\"hello\"}");
      assertThat(moments.next()).isEqualTo(typing(ann));
      assertThat(moments.next()).isEqualTo(read(ann, lastSeqno(ann, bob)));
      assertNothingCameTo(bob, moments);
      assertThat(notices.count()).isZero();
      assertThat(bob.history(ann)).extracting(Msg::getSenderUid).containsExactly(ann.uid());
    }
  }

  @Test
  void streamsOfBothKinds_countTogether_andTheOldestEnds() {
    try (LiveWatch oldest = LiveWatch.of(bob);
        Watch second = Watch.of(bob);
        LiveWatch third = LiveWatch.of(bob);
        Watch fourth = Watch.of(bob)) {
      assertThat(oldest.awaitEnd()).isEqualTo(Status.OK);
      assertThat(oldest.wasKickedOut()).isFalse();
      assertThat(third.end()).isNull();
      assertThat(second.end()).isNull();
      assertThat(fourth.end()).isNull();
      assertThat(server.watchers()).isEqualTo(3);
    }
  }

  @Test
  void whoseTokenIsRevoked_orExpires_isKickedOut() {
    String brief =
        server
            .admin()
            .issueToken(IssueTokenRequest.newBuilder().setUid(ann.uid()).setTtlSeconds(60).build())
            .getToken();
    try (LiveWatch revoked = LiveWatch.of(bob);
        LiveWatch expired = LiveWatch.of(ann, brief);
        LiveWatch other = LiveWatch.of(ann)) {
      var _ =
          server.admin().revokeTokens(RevokeTokensRequest.newBuilder().setUid(bob.uid()).build());
      server.clock.move(Duration.ofSeconds(60));
      for (LiveWatch over : new LiveWatch[] {revoked, expired}) {
        assertThat(over.awaitEnd()).isEqualTo(Status.OK);
        assertThat(over.wasKickedOut()).isTrue();
      }
      assertThat(other.end()).isNull();
    }
  }

  @Test
  void withoutAToken_nobodyWatches() {
    try (LiveWatch watch = LiveWatch.with(bob, "nonsense")) {
      assertThat(watch.awaitEnd().getDescription()).isEqualTo("-101");
    }
  }

  @Test
  void whenTheServerStops_streamsEndAsUnavailable() {
    try (LiveWatch watch = LiveWatch.of(bob)) {
      server.restart();
      assertThat(watch.awaitEnd().getCode()).isEqualTo(Status.Code.UNAVAILABLE);
      assertThat(watch.wasKickedOut()).isFalse();
    }
  }
}
