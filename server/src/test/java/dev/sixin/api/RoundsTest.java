package dev.sixin.api;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sixin.Await;
import dev.sixin.MovableClock;
import dev.sixin.Server;
import dev.sixin.TestServer;
import dev.sixin.admin.v1.KeywordRule;
import dev.sixin.admin.v1.PutGroupRequest;
import dev.sixin.admin.v1.SetBanRequest;
import dev.sixin.admin.v1.User;
import dev.sixin.api.ImInterfaceService.Features;
import dev.sixin.entity.Talker;
import dev.sixin.group.FanGroups;
import dev.sixin.group.FanGroups.Seat;
import dev.sixin.job.Jobs;
import dev.sixin.message.Content;
import dev.sixin.message.GroupTalk;
import dev.sixin.message.Messages;
import dev.sixin.message.Rates;
import dev.sixin.proto.type.Msg;
import dev.sixin.proto.type.MsgSource;
import dev.sixin.push.End;
import dev.sixin.push.Notice;
import dev.sixin.push.Push;
import dev.sixin.push.Signal;
import dev.sixin.push.Watcher;
import dev.sixin.relation.Relations;
import dev.sixin.relation.Relations.Act;
import dev.sixin.relation.Relations.Step;
import dev.sixin.session.Clearing;
import dev.sixin.session.Sessions;
import dev.sixin.site.SiteTables;
import dev.sixin.store.Bulk;
import dev.sixin.store.memory.MemoryStore;
import dev.sixin.token.Verified;
import dev.sixin.user.Users;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Two servers on one store, of whose announcements nothing ever arrives.
class RoundsTest {
  private static final long ANN = 1;
  private static final long BOB = 2;
  private static final long CLUB = 9;
  private static final Duration NEVER = Duration.ofDays(1);
  private static final Duration ALL_THE_TIME = Duration.ofMillis(5);

  private final MovableClock clock = new MovableClock(TestServer.START);
  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  @AutoClose private final MemoryStore store = new MemoryStore(Server::apply, clock);
  @AutoClose private final Jobs jobsThere = new Jobs(store, new SimpleMeterRegistry());
  @AutoClose private final Jobs jobsHere = new Jobs(store, new SimpleMeterRegistry());
  @AutoClose private final Push push = new Push(new Push.Limits(9, 99), clock, meters);
  private final Features there = features(jobsThere, NEVER);
  private final Features here = features(jobsHere, NEVER);
  private final Watches watches = new Watches(push, here, new Peers(here, push, false));

  private Features features(Jobs jobs, Duration believed) {
    Users users = new Users(store, Optional.of(believed));
    Relations relations = new Relations(store);
    Sessions sessions = new Sessions(store, GroupTalk::session, users::showsGroups);
    SiteTables site = new SiteTables(store);
    Rates rates = new Rates(Rates.Limits.NONE, clock, sessions::sentOn);
    Messages.Rules rules = new Messages.Rules(new Content(Set.of()), site, rates, false, 0);
    return new Features(
        new Messages(store, users, relations, rules),
        sessions,
        new Clearing(store, jobs, 30),
        relations,
        new FanGroups(store, _ -> "", 0),
        users,
        site);
  }

  @BeforeEach
  void people() {
    there
        .users()
        .put(List.of(User.newBuilder().setUid(ANN).build(), User.newBuilder().setUid(BOB).build()));
    there
        .groups()
        .put(PutGroupRequest.newBuilder().setGroupId(CLUB).setOwnerUid(ANN).setName("x").build());
  }

  private void says(Msg.Builder msg) {
    clock.move(Duration.ofSeconds(1));
    Bulk.await(there.messages().send(msg.setSenderUid(ANN).build(), false));
  }

  private Watcher watch() {
    Verified token = new Verified(BOB, "", clock.millis() * 1_000, Long.MAX_VALUE);
    Caller bob = new Caller(BOB, "", MsgSource.EN_MSG_SOURCE_WEB, token);
    return watches.begin(bob, OptionalLong.empty(), () -> {});
  }

  private void round() {
    push.watching().forEach(watches::compare);
    push.watchedGroups().forEach(watches::compare);
  }

  /// That a device is told to look, once.
  private void assertToldByARound(Watcher watcher) {
    assertThat(watcher.next()).as("before the round").isNull();
    round();
    assertThat(watcher.next())
        .isInstanceOfSatisfying(
            Notice.class, notice -> assertThat(notice.talker()).isEqualTo(Talker.NOBODY));
    round();
    assertThat(watcher.next()).as("by the next round").isNull();
  }

  @Test
  void whatWasNotTold_isFoundByARound_andToldOnce() {
    Watcher bob = watch();
    round();
    assertThat(bob.next()).as("with nothing missed").isNull();

    says(TestServer.text(BOB, "hello"));
    assertToldByARound(bob);
    clock.move(Duration.ofSeconds(1));
    var _ =
        there
            .relations()
            .apply(List.of(new Step(ANN, BOB, follow()), new Step(BOB, ANN, follow())));
    assertToldByARound(bob);
  }

  private static Act follow() {
    return new Act.Follow(false);
  }

  @Test
  void membershipsThatWereNotTold_areFound_andThenTheGroupsMessages() {
    Watcher bob = watch();
    clock.move(Duration.ofSeconds(1));
    there.groups().setMembers(CLUB, List.of(new Seat(BOB, 0)), List.of(), List.of());
    assertToldByARound(bob);
    assertThat(push.watchedGroups()).containsExactly(CLUB);
    says(TestServer.groupText(CLUB, "hello"));
    assertToldByARound(bob);

    clock.move(Duration.ofSeconds(1));
    there.groups().setMembers(CLUB, List.of(), List.of(BOB), List.of());
    assertToldByARound(bob);
    assertThat(push.watchedGroups()).isEmpty();
  }

  @Test
  void eachDevice_isToldWhatItWasNotTold() {
    Watcher first = watch();
    says(TestServer.text(BOB, "hello"));
    Watcher second = watch();
    assertThat(second.next()).as("told when it began").isInstanceOf(Notice.class);
    assertToldByARound(first);
    assertThat(second.next()).as("of what it was told").isNull();
  }

  @Test
  void revokedTokens_endStreams_andChangedTables_areTaken() throws InterruptedException {
    Watcher bob = watch();
    clock.move(Duration.ofSeconds(1));
    there.users().revokeTokens(BOB);
    there
        .site()
        .putKeywordRules(
            List.of(KeywordRule.newBuilder().setRuleId(1).addWords("spam").setToast("no").build()));
    assertThat(here.site().keywordRules()).isNotSameAs(there.site().keywordRules());
    var before = here.site().keywordRules();

    try (Rounds rounds = new Rounds(push, watches, here.site(), ALL_THE_TIME)) {
      assertThat(rounds).isNotNull();
      Await.until("Bob's stream ends", () -> bob.next() == End.KICKED_OUT);
      Await.until("the tables are there", () -> here.site().keywordRules() != before);
      var taken = here.site().keywordRules();
      Signal end = bob.next();
      assertThat(end).isEqualTo(End.KICKED_OUT);
      assertThat(here.site().keywordRules()).as("not made again of the same").isSameAs(taken);
    }
  }

  @Test
  void whatIsRememberedOfUsers_isBelievedForAWhile_orUntilItIsForgotten() {
    Users soon = new Users(store, Optional.of(Duration.ofNanos(1)));
    assertThat(here.users().bannedUntil(BOB)).isZero();
    assertThat(soon.bannedUntil(BOB)).isZero();
    there.users().put(SetBanRequest.newBuilder().setUid(BOB).setUntil(77).build());

    assertThat(here.users().bannedUntil(BOB)).as("still believed").isZero();
    assertThat(soon.bannedUntil(BOB)).as("believed no longer").isEqualTo(77);
    here.users().forget(BOB);
    assertThat(here.users().bannedUntil(BOB)).as("forgotten").isEqualTo(77);
  }
}
