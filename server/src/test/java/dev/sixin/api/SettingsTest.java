package dev.sixin.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sixin.MovableClock;
import dev.sixin.Server;
import dev.sixin.TestServer;
import dev.sixin.admin.v1.AutoReplies;
import dev.sixin.admin.v1.PutGroupRequest;
import dev.sixin.admin.v1.SetBanRequest;
import dev.sixin.admin.v1.User;
import dev.sixin.api.ImInterfaceService.Features;
import dev.sixin.api.Settings.Push;
import dev.sixin.entity.Talker;
import dev.sixin.entity.rows.InboxHead;
import dev.sixin.group.FanGroups;
import dev.sixin.job.Jobs;
import dev.sixin.message.Content;
import dev.sixin.message.GroupTalk;
import dev.sixin.message.Messages;
import dev.sixin.message.Rates;
import dev.sixin.proto.type.MsgSource;
import dev.sixin.proto.type.SessionInfo;
import dev.sixin.refusal.Code;
import dev.sixin.refusal.Refusal;
import dev.sixin.relation.Relations;
import dev.sixin.relation.Relations.Act;
import dev.sixin.relation.Relations.Step;
import dev.sixin.session.Clearing;
import dev.sixin.session.Sessions;
import dev.sixin.site.SiteTables;
import dev.sixin.store.Bulk;
import dev.sixin.store.memory.MemoryStore;
import dev.sixin.token.Verified;
import dev.sixin.user.Preference;
import dev.sixin.user.Users;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// What people choose for themselves, over the features and without a wire.
class SettingsTest {
  private static final Set<Preference> ASKED =
      Set.of(Preference.MSG_NOTIFY, Preference.SHOW_UNFOLLOWED_MSG, Preference.READ_RECEIPTS);

  private static final long ANN = 1;
  private static final long BOB = 2;
  private static final long CLUB = 9;
  private static final long NOBODY = 404;

  private final MovableClock clock = new MovableClock(TestServer.START);
  @AutoClose private final MemoryStore store = new MemoryStore(Server::apply, clock);
  private final Users users = new Users(store);
  private final Relations relations = new Relations(store);
  private final FanGroups groups = new FanGroups(store, _ -> "", 0);
  private final Sessions sessions = new Sessions(store, GroupTalk::session, users::showsGroups);
  private final SiteTables site = new SiteTables(store);
  private final Rates rates = new Rates(Rates.Limits.NONE, clock, sessions::sentOn);
  private final Messages messages =
      new Messages(
          store,
          users,
          relations,
          new Messages.Rules(new Content(Set.of()), site, rates, false, 0));
  @AutoClose private final Jobs jobs = new Jobs(store, new SimpleMeterRegistry());
  private final Clearing clearing = new Clearing(store, jobs, 30);
  private final Settings settings =
      new Settings(new Features(messages, sessions, clearing, relations, groups, users, site));

  private final Caller ann = caller(ANN);
  private final Caller bob = caller(BOB);

  private static Caller caller(long uid) {
    return new Caller(
        uid, "", MsgSource.EN_MSG_SOURCE_WEB, new Verified(uid, "", 0, Long.MAX_VALUE));
  }

  @BeforeEach
  void people() {
    users.put(
        List.of(User.newBuilder().setUid(ANN).build(), User.newBuilder().setUid(BOB).build()));
    groups.put(
        PutGroupRequest.newBuilder().setGroupId(CLUB).setOwnerUid(ANN).setName("club").build());
  }

  private void says(long from, long to) {
    Bulk.await(messages.send(TestServer.text(to, "hello").setSenderUid(from).build(), false));
  }

  private void does(long from, long to, Act act) {
    relations.apply(List.of(new Step(from, to, act)));
  }

  private SessionInfo session(long uid, Talker talker) {
    return sessions.find(uid, talker).orElseThrow().getInfo();
  }

  private static void assertRefused(Code code, ThrowingCallable call) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(
            Refusal.class, refusal -> assertThat(refusal.code()).isEqualTo(code));
  }

  @Test
  void whoNeverChose_hasWhatANewUserExpects() {
    Map<String, Integer> expected = new HashMap<>();
    expected.put("show_unfollowed_msg", 0);
    expected.put("msg_notify", 1);
    expected.put("set_like", 0);
    expected.put("set_comment", 0);
    expected.put("set_at", 0);
    expected.put("is_group_fold", 0);
    expected.put("should_receive_group", 1);
    expected.put("receive_unfollow_msg", 1);
    expected.put("followed_reply", 0);
    expected.put("keys_reply", 0);
    expected.put("recv_reply", 0);
    expected.put("voyage_reply", 0);
    expected.put("recommend_followed_reply", 0);
    expected.put("ai_intercept", 0);
    expected.put("set_recv_reply", 0);
    expected.put("set_recv_like", 0);
    expected.put("set_new_follow", 0);
    expected.put("read_receipts", 1);

    assertThat(settings.preferences(ann, ASKED)).isEqualTo(expected);
  }

  @Test
  void threePreferences_areShownOnlyWhenAskedFor() {
    assertThat(settings.preferences(ann, Set.of()))
        .doesNotContainKeys("msg_notify", "show_unfollowed_msg", "read_receipts")
        .hasSize(15);
    for (Preference asked : ASKED) {
      assertThat(settings.preferences(ann, Set.of(asked))).containsKey(asked.key()).hasSize(16);
    }
  }

  @Test
  void choices_areGivenBack_toTheirOwnerAlone_andOthersStay() {
    settings.prefer(ann, Map.of("msg_notify", 3, "set_like", 5));
    settings.prefer(ann, Map.of("set_at", 2));

    assertThat(settings.preferences(ann, ASKED))
        .containsEntry("msg_notify", 3)
        .containsEntry("set_like", 5)
        .containsEntry("set_at", 2)
        .containsEntry("set_comment", 0);
    assertThat(settings.preferences(bob, Set.of())).containsEntry("set_like", 0);
  }

  @Test
  void everyValueThatExists_isTaken_andNoOther() {
    Map<String, List<Integer>> legal =
        Map.of(
            "msg_notify", List.of(1, 3),
            "set_like", List.of(0, 5),
            "set_comment", List.of(0, 1, 2),
            "set_recv_reply", List.of(0, 1, 2),
            "set_recv_like", List.of(0, 2),
            "read_receipts", List.of(0, 1),
            "is_group_fold", List.of(0, 1));
    legal.forEach(
        (key, values) -> {
          for (int value = -1; value <= 6; value++) {
            Map<String, Integer> choice = Map.of(key, value);
            if (values.contains(value)) {
              settings.prefer(ann, choice);
              assertThat(settings.preferences(ann, ASKED)).containsAllEntriesOf(choice);
            } else {
              assertRefused(Code.BAD_PARAMETER, () -> settings.prefer(ann, choice));
            }
          }
        });
    assertRefused(Code.BAD_PARAMETER, () -> settings.prefer(ann, Map.of("anti_harassment", 0)));
  }

  @Test
  void anAutoReplySwitch_needsThePermission() {
    assertRefused(Code.NO_PERMISSION, () -> settings.prefer(ann, Map.of("recv_reply", 1)));
    AutoReplies texts = AutoReplies.newBuilder().setReceived("later").build();
    assertRefused(Code.NO_PERMISSION, () -> settings.setReplies(ann, texts));
    assertThat(settings.replies(ann)).isEqualTo(AutoReplies.getDefaultInstance());

    users.put(List.of(User.newBuilder().setUid(ANN).setAutoReplyAllowed(true).build()));
    settings.prefer(ann, Map.of("recv_reply", 1));
    settings.setReplies(ann, texts);
    assertThat(settings.preferences(ann, Set.of())).containsEntry("recv_reply", 1);
    assertThat(settings.replies(ann)).isEqualTo(texts);
    assertThat(settings.replies(bob)).isEqualTo(AutoReplies.getDefaultInstance());
  }

  @Test
  void isLimited_saysWhetherAUserIsBannedNow() {
    long until = clock.instant().plusSeconds(60).getEpochSecond();
    users.put(SetBanRequest.newBuilder().setUid(ANN).setUntil(until).build());

    assertThat(settings.isLimited(ANN, clock.instant())).isTrue();
    assertThat(settings.isLimited(ANN, clock.instant().plusSeconds(60))).isFalse();
    assertThat(settings.isLimited(BOB, clock.instant())).isFalse();
    assertThat(settings.isLimited(NOBODY, clock.instant())).isFalse();
  }

  @Test
  void doNotDisturb_isSetAndGivenBack_forUsersAndGroups() {
    says(BOB, ANN);
    settings.setDnd(ann, ANN, Talker.user(BOB), 1);
    settings.setDnd(ann, 0, Talker.group(CLUB), 1);

    assertThat(settings.dnd(ann, ANN, Talker.user(NOBODY))).isZero();
    assertThat(settings.dnd(ann, ANN, Talker.user(BOB))).isOne();
    assertThat(settings.dnd(ann, 0, Talker.group(CLUB))).isOne();
    assertThat(settings.dnd(bob, 0, Talker.user(ANN))).isZero();
    assertThat(session(ANN, Talker.user(BOB)).getIsDnd()).isEqualTo(1);
    assertThat(sessions.head(ANN).getUnfollowed().getMessages()).isZero();
    settings.setDnd(ann, 0, Talker.user(BOB), 0);
    assertThat(sessions.head(ANN).getUnfollowed().getMessages()).isEqualTo(1);
  }

  @Test
  void doNotDisturb_canBeChosenBeforeTheFirstMessage() {
    settings.setDnd(ann, 0, Talker.user(BOB), 1);
    assertThat(sessions.find(ANN, Talker.user(BOB))).isEmpty();
    says(BOB, ANN);

    assertThat(session(ANN, Talker.user(BOB)).getIsDnd()).isEqualTo(1);
  }

  @Test
  void nobodyChoosesForOthers_orForWhatIsNotThere() {
    assertRefused(Code.FORBIDDEN, () -> settings.setDnd(bob, ANN, Talker.user(BOB), 1));
    assertRefused(Code.FORBIDDEN, () -> settings.dnd(bob, ANN, Talker.user(BOB)));
    assertRefused(Code.NOT_FOUND, () -> settings.setDnd(ann, 0, Talker.user(NOBODY), 1));
    assertRefused(Code.NOT_FOUND, () -> settings.setPush(ann, NOBODY, 1));
    assertRefused(Code.NOT_FOUND, () -> settings.setPush(ann, ANN, 1));
    assertRefused(Code.NOT_FOUND, () -> settings.intercept(ann, NOBODY, 1));
    assertRefused(Code.NOT_IN_GROUP, () -> settings.setDnd(bob, 0, Talker.group(CLUB), 1));
    assertRefused(Code.NOT_IN_GROUP, () -> settings.setHelper(bob, CLUB, 1));
    assertRefused(Code.BAD_REQUEST, () -> settings.setPush(ann, 0, 1));
    assertRefused(Code.BAD_REQUEST, () -> settings.push(ann, 0));
    assertRefused(Code.BAD_REQUEST, () -> settings.intercept(ann, 0, 1));
    assertRefused(Code.BAD_REQUEST, () -> settings.setHelper(ann, 0, 1));
    assertRefused(Code.BAD_REQUEST, () -> settings.setDnd(ann, 0, Talker.user(0), 1));
    assertThat(sessions.stored(ANN, new Talker(0, 0), 10)).hasSize(1); // the club's
    assertThat(sessions.head(BOB)).isEqualTo(InboxHead.getDefaultInstance());
  }

  @Test
  void whatIsNoSwitch_isRefused() {
    for (int value : new int[] {-1, 2}) {
      assertRefused(Code.BAD_PARAMETER, () -> settings.setDnd(ann, 0, Talker.user(BOB), value));
      assertRefused(Code.BAD_PARAMETER, () -> settings.setPush(ann, BOB, value));
      assertRefused(Code.BAD_PARAMETER, () -> settings.setHelper(ann, CLUB, value));
      assertRefused(Code.BAD_PARAMETER, () -> settings.intercept(ann, BOB, value));
    }
  }

  @Test
  void push_tellsWhatTheTalkerMakesOfTheCaller() {
    assertThat(settings.push(ann, BOB)).isEqualTo(new Push(0, 0, 0, 0));
    does(BOB, ANN, new Act.Follow(true));
    assertThat(settings.push(ann, BOB)).as("the other's special").isEqualTo(new Push(2, 0, 0, 0));
    assertThat(settings.push(bob, ANN)).isEqualTo(new Push(0, 1, 0, 1));
    does(ANN, BOB, new Act.Follow(false));
    assertThat(settings.push(ann, BOB)).isEqualTo(new Push(6, 0, 0, 1));
    does(ANN, BOB, new Act.Follow(true));
    assertThat(settings.push(ann, BOB)).isEqualTo(new Push(6, 1, 0, 1));
    settings.setPush(ann, BOB, 1);
    assertThat(settings.push(ann, BOB)).isEqualTo(new Push(6, 1, 1, 1));
    assertThat(settings.push(bob, ANN)).isEqualTo(new Push(6, 1, 0, 1));
    does(BOB, ANN, new Act.Block());
    assertThat(settings.push(ann, BOB)).isEqualTo(new Push(128, 0, 1, 0));
    assertThat(settings.push(bob, ANN).followStatus()).isZero();
    settings.setPush(ann, BOB, 0);
    assertThat(settings.push(ann, BOB).pushSetting()).isZero();
  }

  @Test
  void aSession_goesIntoTheDustbin_andOutOfItForGood() {
    says(BOB, ANN);
    settings.intercept(ann, BOB, 1);
    assertThat(session(ANN, Talker.user(BOB)).getIsIntercept()).isEqualTo(1);
    assertThat(sessions.head(ANN).getDustbin().getMessages()).isEqualTo(1);
    settings.intercept(ann, BOB, 0);

    SessionInfo out = session(ANN, Talker.user(BOB));
    assertThat(out.getIsIntercept()).isZero();
    assertThat(out.getIsTrust()).isEqualTo(1);
    assertThat(sessions.head(ANN).getDustbin().getMessages()).isZero();
    assertThat(sessions.head(ANN).getUnfollowed().getMessages()).isEqualTo(1);
  }

  @Test
  void aSessionWithSomebodyWhoIsGone_canStillBeTakenOut() {
    says(BOB, ANN);
    settings.intercept(ann, BOB, 1);
    users.erase(BOB);
    settings.intercept(ann, BOB, 0);

    assertThat(session(ANN, Talker.user(BOB)).getIsIntercept()).isZero();
  }

  @Test
  void theHelper_collectsOneGroup_andGivesItBack() {
    settings.setHelper(ann, CLUB, 1);
    assertThat(sessions.collectedGroups(ANN)).containsExactly(CLUB);
    settings.setHelper(ann, CLUB, 0);
    assertThat(sessions.collectedGroups(ANN)).isEmpty();
  }

  @Test
  void theDustbin_isReadAndEmptied_andNothingElse() {
    users.put(List.of(User.newBuilder().setUid(3).build()));
    says(BOB, ANN);
    says(3, ANN);
    settings.intercept(ann, BOB, 1);
    clearing.readIntercepted(ANN);
    assertThat(session(ANN, Talker.user(BOB)).getUnreadCount()).isZero();
    assertThat(session(ANN, Talker.user(3)).getUnreadCount()).isEqualTo(1);
    clearing.removeIntercepted(ANN);

    assertThat(sessions.find(ANN, Talker.user(BOB)).orElseThrow().getListed()).isFalse();
    assertThat(sessions.find(ANN, Talker.user(3)).orElseThrow().getListed()).isTrue();
    assertThat(sessions.find(BOB, Talker.user(ANN)).orElseThrow().getListed()).isTrue();
  }
}
