package dev.sixin.session;

import static dev.sixin.TestServer.assertRefused;
import static dev.sixin.TestServer.text;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sixin.Person;
import dev.sixin.TestServer;
import dev.sixin.admin.v1.SendRequest;
import dev.sixin.admin.v1.User;
import dev.sixin.proto.im.ReqSingleUnread;
import dev.sixin.proto.im.ReqSpecificSingleUnread;
import dev.sixin.proto.im.RspSingleUnread;
import dev.sixin.proto.im.RspSpecificSingleUnread;
import dev.sixin.proto.im.SimpleSession;
import dev.sixin.proto.type.MsgType;
import dev.sixin.proto.type.SessionInfo;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// The rules of SingleUnread and SpecificSingleUnread.
class UnreadTest {
  private static final int FOLLOWED = 1;
  private static final int UNFOLLOWED = 2;
  private static final int DUSTBIN = 3;
  private static final int MOST_NAMED = 100;

  private static final TestServer SERVER = TestServer.shared();

  private final Person ann = Person.on(SERVER);

  /// Somebody new who has said this many things to Ann, whom they follow, so that she may answer.
  private Person writer(int messages) {
    Person writer = Person.on(SERVER, User.newBuilder().setBusiness(true));
    for (int i = 0; i < messages; i++) {
      writer.says(ann, "message " + i);
    }
    return writer;
  }

  private Person followed(int messages) {
    Person followed = writer(messages);
    ann.follows(followed);
    return followed;
  }

  private Person intercepted(int messages) {
    Person intercepted = writer(messages);
    ann.chooses(intercepted, settings -> settings.setIntercepted(true));
    return intercepted;
  }

  private RspSingleUnread unread(UnaryOperator<ReqSingleUnread.Builder> request) {
    return ann.calls().singleUnread(request.apply(ReqSingleUnread.newBuilder()).build());
  }

  private static RspSingleUnread.Builder answer() {
    return RspSingleUnread.newBuilder();
  }

  /// A notice, which counts as a business message.
  private void notice(Person from) {
    from.sends(
        text(ann.uid(), "")
            .setMsgType(MsgType.EN_MSG_TYPE_NOTIFY_MSG)
            .setContent("{\"title\":\"t\"}"));
  }

  // Kinds

  @Test
  void withNothing_nothingIsUnread() {
    assertThat(ann.unread()).isEqualTo(RspSingleUnread.getDefaultInstance());
  }

  @Test
  void unreadMessages_areCountedByFollowedUnfollowedAndDustbin() {
    followed(1);
    followed(2);
    writer(4);
    intercepted(8);

    assertThat(ann.unread())
        .isEqualTo(answer().setFollowUnread(3).setUnfollowUnread(4).setDustbinUnread(8).build());
  }

  @ParameterizedTest
  @CsvSource({"0, 1, 2, 4", "1, 1, 0, 0", "2, 0, 2, 0", "3, 0, 0, 4"})
  void unreadType_choosesWhatIsCounted(int type, int followed, int unfollowed, int dustbin) {
    followed(1);
    writer(2);
    intercepted(4);

    assertThat(unread(request -> request.setUnreadType(type).setShowDustbin(1)))
        .isEqualTo(
            answer()
                .setFollowUnread(followed)
                .setUnfollowUnread(unfollowed)
                .setDustbinUnread(dustbin)
                .build());
  }

  @ParameterizedTest
  @ValueSource(ints = {4, -1})
  void anUnreadTypeThatDoesNotExist_isRefusedWith2(int type) {
    assertRefused(2, () -> unread(request -> request.setUnreadType(type)));
  }

  @Test
  void theDustbin_isShownOnlyWhenAskedFor() {
    notice(intercepted(1));
    assertThat(unread(request -> request.setShowUnfollowList(1)))
        .isEqualTo(RspSingleUnread.getDefaultInstance());
    assertThat(unread(request -> request.setUnreadType(DUSTBIN)))
        .isEqualTo(RspSingleUnread.getDefaultInstance());

    assertThat(unread(request -> request.setShowDustbin(1)))
        .isEqualTo(answer().setDustbinUnread(2).setDustbinPushMsg(1).build());
  }

  @Test
  void businessMessages_areShownOnlyWithTheUnfollowedList() {
    Person followed = followed(1);
    notice(followed);
    notice(followed);
    notice(writer(1));
    assertThat(unread(request -> request.setShowDustbin(1)))
        .isEqualTo(answer().setFollowUnread(3).setUnfollowUnread(2).build());

    assertThat(unread(request -> request.setShowUnfollowList(1)))
        .isEqualTo(
            answer()
                .setFollowUnread(3)
                .setUnfollowUnread(2)
                .setUnfollowPushMsg(1)
                .setBizMsgFollowUnread(2)
                .setBizMsgUnfollowUnread(1)
                .build());
  }

  @Test
  void businessMessages_areThoseOfTheKindThatIsAskedFor() {
    notice(followed(0));
    notice(writer(0));

    assertThat(unread(request -> request.setUnreadType(FOLLOWED).setShowUnfollowList(1)))
        .isEqualTo(answer().setFollowUnread(1).setBizMsgFollowUnread(1).build());
    assertThat(unread(request -> request.setUnreadType(UNFOLLOWED).setShowUnfollowList(1)))
        .isEqualTo(
            answer().setUnfollowUnread(1).setUnfollowPushMsg(1).setBizMsgUnfollowUnread(1).build());
  }

  @Test
  void readingBusinessMessages_takesThemOffTheCounters() {
    Person shop = writer(0);
    notice(shop);
    notice(shop);
    ann.acks(shop, ann.history(shop).getFirst().getMsgSeqno());
    assertThat(ann.unread().getBizMsgUnfollowUnread()).isEqualTo(1);
    ann.acks(shop, 0);

    assertThat(ann.unread()).isEqualTo(RspSingleUnread.getDefaultInstance());
  }

  @Test
  void systemAccounts_countAsFollowed() {
    Person notices = Person.on(SERVER, User.newBuilder().setSystemMsgType(5));
    notices.says(ann, "hello");

    assertThat(ann.unread()).isEqualTo(answer().setFollowUnread(1).build());
  }

  @Test
  void trustedSessions_countAsUnfollowed() {
    Person bob = writer(2);
    ann.chooses(bob, settings -> settings.setTrusted(true));

    assertThat(ann.unread()).isEqualTo(answer().setUnfollowUnread(2).build());
  }

  @Test
  void interceptedSessions_countInTheDustbin_evenWhenFollowed() {
    ann.follows(intercepted(2));
    assertThat(ann.unread()).isEqualTo(answer().setDustbinUnread(2).build());
  }

  // What changes the counters

  @Test
  void followingAndUnfollowing_moveTheCount() {
    Person bob = writer(2);
    notice(bob);
    ann.follows(bob);
    assertThat(ann.unread())
        .isEqualTo(answer().setFollowUnread(3).setBizMsgFollowUnread(1).build());

    ann.unfollows(bob);
    assertThat(ann.unread())
        .isEqualTo(
            answer().setUnfollowUnread(3).setUnfollowPushMsg(1).setBizMsgUnfollowUnread(1).build());
  }

  @Test
  void puttingIntoAndTakingOutOfTheDustbin_moveTheCount() {
    Person bob = writer(2);
    ann.chooses(bob, settings -> settings.setIntercepted(true));
    assertThat(ann.unread()).isEqualTo(answer().setDustbinUnread(2).build());

    ann.chooses(bob, settings -> settings.setIntercepted(false));
    assertThat(ann.unread()).isEqualTo(answer().setUnfollowUnread(2).build());
  }

  @Test
  void doNotDisturbSessions_doNotCount() {
    Person bob = writer(2);
    Person cat = followed(1);
    ann.chooses(bob, settings -> settings.setDnd(true));
    ann.chooses(cat, settings -> settings.setDnd(true));
    bob.says(ann, "one more");
    assertThat(ann.unread()).isEqualTo(RspSingleUnread.getDefaultInstance());
    assertThat(ann.session(bob).getUnreadCount()).as("of the session itself").isEqualTo(3);

    ann.chooses(bob, settings -> settings.setDnd(false));
    assertThat(ann.unread()).isEqualTo(answer().setUnfollowUnread(3).build());
  }

  @Test
  void sessionsWithoutPush_countAllTheSame() {
    Person bob = writer(2);
    ann.chooses(bob, settings -> settings.setPushOff(true));

    assertThat(ann.unread()).isEqualTo(answer().setUnfollowUnread(2).build());
  }

  @Test
  void readingAndRemoving_takeOffTheCount() {
    Person bob = writer(2);
    Person cat = writer(4);
    ann.acks(bob, ann.history(bob).getFirst().getMsgSeqno());
    assertThat(ann.unread().getUnfollowUnread()).isEqualTo(5);
    ann.removes(cat);
    assertThat(ann.unread().getUnfollowUnread()).isEqualTo(1);
    ann.says(bob, "an answer reads too");
    assertThat(ann.unread().getUnfollowUnread()).isZero();
  }

  @Test
  void followingARemovedSession_countsNothing() {
    Person bob = writer(2);
    ann.removes(bob);
    ann.follows(bob);

    assertThat(ann.unread()).isEqualTo(RspSingleUnread.getDefaultInstance());
  }

  @ParameterizedTest
  @ValueSource(ints = {8, 18})
  void messagesThatAreNotCountable_areNotUnread(int type) {
    Person bob = writer(0);
    SERVER
        .admin()
        .send(
            SendRequest.newBuilder()
                .setMsg(text(ann.uid(), "[]").setSenderUid(bob.uid()).setMsgTypeValue(type))
                .build());
    assertThat(ann.listed(4)).containsExactly(bob);
    assertThat(ann.session(bob).getUnreadCount()).isZero();
    assertThat(ann.unread()).isEqualTo(RspSingleUnread.getDefaultInstance());

    bob.says(ann, "hello");
    assertThat(ann.session(bob).getUnreadCount()).isEqualTo(1);
  }

  @Test
  void theTotals_areTheSumsOverTheSessions() {
    List<Person> followed = List.of(followed(3), followed(1));
    List<Person> strangers = List.of(writer(2), writer(5));
    ann.acks(followed.get(0), ann.history(followed.get(0)).get(1).getMsgSeqno());
    ann.pins(strangers.get(0));
    ann.removes(strangers.get(1));
    strangers.get(1).says(ann, "again");

    assertThat(ann.unread().getFollowUnread()).isEqualTo(sum(followed)).isEqualTo(2);
    assertThat(ann.unread().getUnfollowUnread()).isEqualTo(sum(strangers)).isEqualTo(3);
  }

  private long sum(List<Person> talkers) {
    return talkers.stream().map(ann::session).mapToLong(SessionInfo::getUnreadCount).sum();
  }

  @Test
  void onesOwnMessages_areNotUnread() {
    Person bob = Person.on(SERVER);
    ann.says(bob, "hello");

    assertThat(ann.unread()).isEqualTo(RspSingleUnread.getDefaultInstance());
    assertThat(bob.unread()).isEqualTo(answer().setUnfollowUnread(1).build());
  }

  @Test
  void ownUid_isWelcome_andAnothersIsRefusedWith403() {
    Person bob = writer(1);
    assertThat(unread(request -> request.setUid(ann.uid())).getUnfollowUnread()).isEqualTo(1);

    assertRefused(-403, () -> unread(request -> request.setUid(bob.uid())));
  }

  // SpecificSingleUnread

  private RspSpecificSingleUnread specific(List<SimpleSession> named) {
    return ann.calls()
        .specificSingleUnread(
            ReqSpecificSingleUnread.newBuilder().addAllTalkerSessions(named).build());
  }

  @Test
  void namedTalkers_areAnsweredEachAndInSum() {
    Person bob = followed(1);
    Person cat = writer(2);
    Person dan = intercepted(4);
    writer(8);
    RspSpecificSingleUnread answer =
        specific(List.of(bob.asTalker(), cat.asTalker(), dan.asTalker()));

    assertThat(answer.getTalkerUnreadCntMap())
        .isEqualTo(Map.of(bob.uid(), 1L, cat.uid(), 2L, dan.uid(), 4L));
    assertThat(answer.getAllUnreadCnt()).isEqualTo(7);
  }

  @Test
  void aTalkerNamedTwice_isCountedOnce() {
    Person bob = writer(2);
    assertThat(specific(List.of(bob.asTalker(), bob.asTalker())).getAllUnreadCnt()).isEqualTo(2);
  }

  @Test
  void aTalkerWithNothingUnread_addsNothing() {
    Person bob = writer(2);
    ann.acks(bob, 0);
    Person removed = writer(2);
    ann.removes(removed);
    Person unknown = Person.unregistered(SERVER);

    assertThat(
            specific(List.of(bob.asTalker(), removed.asTalker(), unknown.asTalker()))
                .getAllUnreadCnt())
        .isZero();
    assertThat(specific(List.of())).isEqualTo(RspSpecificSingleUnread.getDefaultInstance());
  }

  @Test
  void upTo100Talkers_areAnswered_andOneMoreIsRefusedWith2() {
    SimpleSession bob = writer(1).asTalker();
    assertThat(specific(Collections.nCopies(MOST_NAMED, bob)).getAllUnreadCnt()).isEqualTo(1);

    assertRefused(2, () -> specific(Collections.nCopies(MOST_NAMED + 1, bob)));
  }

  @Test
  void anEntryThatNamesNoSession_isRefused() {
    SimpleSession bob = writer(1).asTalker();
    assertRefused(-400, () -> specific(List.of(bob.toBuilder().clearTalkerId().build())));
    assertRefused(-400, () -> specific(List.of(bob.toBuilder().clearSessionType().build())));
    assertRefused(2, () -> specific(List.of(bob.toBuilder().setSessionType(3).build())));
  }
}
