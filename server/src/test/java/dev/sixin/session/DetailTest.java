package dev.sixin.session;

import static dev.sixin.TestServer.assertRefused;
import static dev.sixin.TestServer.text;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sixin.Person;
import dev.sixin.TestServer;
import dev.sixin.admin.v1.User;
import dev.sixin.proto.im.ReqGetSpecificSessions;
import dev.sixin.proto.im.ReqSessionDetail;
import dev.sixin.proto.im.ReqSessionDetails;
import dev.sixin.proto.im.RspSessionDetails;
import dev.sixin.proto.im.RspSessions;
import dev.sixin.proto.im.SimpleSession;
import dev.sixin.proto.type.AccountInfo;
import dev.sixin.proto.type.Medal;
import dev.sixin.proto.type.Msg;
import dev.sixin.proto.type.SessionInfo;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// SessionInfo, and the calls that ask for named sessions: SessionDetail, BatchSessDetail,
/// GetSpecificSessions.
class DetailTest {
  private static final int MOST_NAMED = 100;

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

  private static ReqSessionDetail.Builder named(Person talker) {
    return ReqSessionDetail.newBuilder().setTalkerId(talker.uid()).setSessionType(1);
  }

  // SessionInfo

  @Test
  void aSession_saysWhomItIsWithAndWhatCameLast() {
    Person bob = somebody();
    ann.befriends(bob);
    bob.says(ann, "one");
    ann.says(bob, "two");
    bob.says(ann, "three");
    bob.says(ann, "four");
    List<Msg> history = ann.history(bob);

    SessionInfo session = ann.session(bob);
    assertThat(session.getTalkerId()).isEqualTo(bob.uid());
    assertThat(session.getSessionType()).isEqualTo(1);
    assertThat(session.getMaxSeqno()).isEqualTo(history.get(3).getMsgSeqno());
    assertThat(session.getAckSeqno()).isEqualTo(history.get(1).getMsgSeqno());
    assertThat(session.getUnreadCount()).isEqualTo(2);
    assertThat(session.getLastMsg()).isEqualTo(history.get(3));
    assertThat(session.getStatus()).isZero();
    assertThat(session.getTopTs()).isZero();
    assertThat(session.getAtSeqno()).isZero();
  }

  @Test
  void bothSides_haveTheirOwnPositionInTheSameConversation() {
    Person bob = stranger();

    assertThat(bob.session(ann).getUnreadCount()).isZero();
    assertThat(bob.session(ann).getTalkerId()).isEqualTo(ann.uid());
    assertThat(bob.session(ann).getLastMsg()).isEqualTo(ann.session(bob).getLastMsg());
    assertThat(bob.session(ann).getMaxSeqno()).isEqualTo(ann.session(bob).getMaxSeqno());
  }

  @Test
  void isFollow_isWhetherTheOwnerFollowsTheTalker() {
    Person bob = stranger();
    assertThat(ann.session(bob).getIsFollow()).isZero();
    bob.follows(ann);
    assertThat(ann.session(bob).getIsFollow()).isZero();
    ann.follows(bob);
    assertThat(ann.session(bob).getIsFollow()).isEqualTo(1);
    ann.unfollows(bob);
    assertThat(ann.session(bob).getIsFollow()).isZero();
  }

  @Test
  void aFollowFromBeforeTheFirstMessage_isKnown() {
    Person bob = somebody();
    ann.follows(bob);
    bob.says(ann, "hello");

    assertThat(ann.session(bob).getIsFollow()).isEqualTo(1);
  }

  @Test
  void systemAccounts_areFollowedAlways_andSayWhichTheyAre() {
    Person notices = Person.on(SERVER, User.newBuilder().setSystemMsgType(5));
    notices.says(ann, "hello");

    assertThat(ann.session(notices).getIsFollow()).isEqualTo(1);
    assertThat(ann.session(notices).getSystemMsgType()).isEqualTo(5);
    assertThat(ann.session(stranger()).getSystemMsgType()).isZero();
  }

  @Test
  void theOwnersSettings_areShown() {
    Person bob = stranger();
    SessionInfo before = ann.session(bob);
    assertThat(before.getIsDnd()).isZero();
    assertThat(before.getSetting()).isZero();
    assertThat(before.getIsIntercept()).isZero();
    assertThat(before.getIsTrust()).isZero();

    ann.chooses(bob, settings -> settings.setDnd(true).setPushOff(true).setTrusted(true));
    SessionInfo after = ann.session(bob);
    assertThat(after.getIsDnd()).isEqualTo(1);
    assertThat(after.getSetting()).isEqualTo(1);
    assertThat(after.getIsTrust()).isEqualTo(1);
    assertThat(bob.session(ann).getIsDnd()).as("the other side's").isZero();

    ann.chooses(bob, settings -> settings.setIntercepted(true));
    assertThat(ann.session(bob).getIsIntercept()).isEqualTo(1);
  }

  @Test
  void theTalkersProfile_isShownAsTheSiteLastSaid() {
    Medal medal = Medal.newBuilder().setMedalId(3).setLevel(7).setMedalName("fans").build();
    Person bob =
        Person.on(SERVER, User.newBuilder().setName("Bob").setFace("face 1").setMedal(medal));
    bob.says(ann, "hello");

    SessionInfo session = ann.session(bob);
    assertThat(session.getAccountInfo())
        .isEqualTo(AccountInfo.newBuilder().setName("Bob").setPicUrl("face 1").build());
    assertThat(session.getUserLabel().getMedal()).isEqualTo(medal);

    SERVER.user(User.newBuilder().setUid(bob.uid()).setName("Robert").setFace("face 2"));
    assertThat(ann.session(bob).getAccountInfo().getName()).isEqualTo("Robert");
    assertThat(ann.session(bob).getAccountInfo().getPicUrl()).isEqualTo("face 2");
    assertThat(ann.session(bob).hasUserLabel()).isFalse();
  }

  @Test
  void unreadBusinessMessages_areCountedApart() {
    Person shop = Person.on(SERVER, User.newBuilder().setBusiness(true));
    shop.says(ann, "an ordinary one");
    assertThat(ann.session(shop).getNewPushMsg()).isZero();
    assertThat(ann.session(shop).getBizMsgUnreadCount()).isZero();
    card(shop, 10, "{\"title\":\"t\"}");
    card(shop, 11, "{\"rid\":1}");
    card(shop, 14, "{\"title\":\"t\",\"url\":\"u\"}");

    assertThat(ann.session(shop).getNewPushMsg()).isEqualTo(1);
    assertThat(ann.session(shop).getBizMsgUnreadCount()).isEqualTo(3);
    assertThat(ann.session(shop).getUnreadCount()).isEqualTo(4);

    long second = ann.history(shop).get(1).getMsgSeqno();
    ann.acks(shop, second);
    assertThat(ann.session(shop).getBizMsgUnreadCount()).isEqualTo(2);
    ann.acks(shop, 0);
    assertThat(ann.session(shop).getBizMsgUnreadCount()).isZero();
    assertThat(ann.session(shop).getNewPushMsg()).isZero();
  }

  private void card(Person from, int type, String content) {
    from.sends(text(ann.uid(), "").setMsgTypeValue(type).setContent(content));
  }

  @Test
  void whatPeopleShare_isNoBusinessMessage() {
    Person bob = somebody();
    card(bob, 14, "{\"title\":\"t\",\"url\":\"u\"}");

    assertThat(ann.session(bob).getUnreadCount()).isEqualTo(1);
    assertThat(ann.session(bob).getBizMsgUnreadCount()).isZero();
    assertThat(ann.session(bob).getNewPushMsg()).isZero();
  }

  // SessionDetail

  @Test
  void aSessionWithSomeoneNeverSpokenTo_isRefusedWith1000004() {
    Person bob = somebody();
    assertRefused(1000004, () -> ann.session(bob));
    ann.follows(bob);
    ann.chooses(bob, settings -> settings.setDnd(true));
    assertRefused(1000004, () -> ann.session(bob));
    assertRefused(1000004, () -> ann.session(Person.unregistered(SERVER)));
  }

  @Test
  void aRemovedSession_isStillThereToAskFor() {
    Person bob = stranger();
    ann.removes(bob);

    assertThat(ann.session(bob).getLastMsg().getSenderUid()).isEqualTo(bob.uid());
  }

  @Test
  void theDetail_isWhatTheListsSay() {
    Person bob = stranger();
    SessionInfo detail = ann.session(bob);

    assertThat(ann.lists(page -> page).getSessionListList()).containsExactly(detail);
    assertThat(details(List.of(named(bob).build())).getSessInfosList()).containsExactly(detail);
    assertThat(specific(List.of(bob.asTalker())).getSessionListList()).containsExactly(detail);
  }

  @Test
  void ownUid_isWelcome_andAnothersIsRefusedWith403() {
    Person bob = stranger();
    assertThat(ann.calls().sessionDetail(named(bob).setUid(ann.uid()).build()))
        .isEqualTo(ann.session(bob));

    assertRefused(-403, () -> ann.calls().sessionDetail(named(bob).setUid(bob.uid()).build()));
  }

  @Test
  void aRequestThatNamesNoSession_isRefused() {
    Person bob = stranger();
    assertRefused(-400, () -> ann.calls().sessionDetail(named(bob).clearTalkerId().build()));
    assertRefused(-400, () -> ann.calls().sessionDetail(named(bob).clearSessionType().build()));
    assertRefused(2, () -> ann.calls().sessionDetail(named(bob).setSessionType(3).build()));
  }

  @Test
  void aGroupThatTheCallerIsNotIn_isOneNeverSpokenTo() {
    Person bob = stranger();
    assertRefused(1000004, () -> ann.calls().sessionDetail(named(bob).setSessionType(2).build()));
  }

  // BatchSessDetail

  private RspSessionDetails details(List<ReqSessionDetail> named) {
    return ann.calls().batchSessDetail(ReqSessionDetails.newBuilder().addAllSessIds(named).build());
  }

  private List<Person> talkers(RspSessionDetails answer) {
    return ann.talkers(
        RspSessions.newBuilder().addAllSessionList(answer.getSessInfosList()).build());
  }

  @Test
  void manySessions_comeInTheOrderOfTheRequest_withoutThoseNeverSpokenTo() {
    Person bob = stranger();
    Person cat = stranger();
    Person dan = stranger();
    RspSessionDetails answer =
        details(
            List.of(
                named(cat).build(),
                named(somebody()).build(),
                named(dan).build(),
                named(dan).setSessionType(2).build(),
                named(bob).setUid(ann.uid()).build()));

    assertThat(talkers(answer)).containsExactly(cat, dan, bob);
  }

  @Test
  void aRequestForNoSession_isAnsweredWithNone() {
    assertThat(details(List.of()).getSessInfosList()).isEmpty();
    assertThat(specific(List.of()).getSessionListList()).isEmpty();
  }

  @Test
  void aRequestFor100Sessions_isAnswered_andOneMoreIsRefusedWith2() {
    Person bob = stranger();
    List<ReqSessionDetail> most = Collections.nCopies(MOST_NAMED, named(bob).build());
    assertThat(details(most).getSessInfosList()).isNotEmpty();
    assertRefused(2, () -> details(Collections.nCopies(MOST_NAMED + 1, named(bob).build())));

    assertThat(specific(Collections.nCopies(MOST_NAMED, bob.asTalker())).getSessionListList())
        .isNotEmpty();
    assertRefused(2, () -> specific(Collections.nCopies(MOST_NAMED + 1, bob.asTalker())));
  }

  @Test
  void anEntryWithAnothersUid_isRefusedWith403() {
    Person bob = stranger();
    assertRefused(
        -403, () -> details(List.of(named(bob).build(), named(bob).setUid(bob.uid()).build())));
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 3})
  void anEntryThatNamesNoSession_isRefused(int sessionType) {
    Person bob = stranger();
    int code = sessionType == 0 ? -400 : 2;
    assertRefused(code, () -> details(List.of(named(bob).setSessionType(sessionType).build())));
    SimpleSession simple = bob.asTalker().toBuilder().setSessionType(sessionType).build();
    assertRefused(code, () -> specific(List.of(simple)));
    assertRefused(-400, () -> details(List.of(named(bob).clearTalkerId().build())));
    assertRefused(
        -400, () -> specific(List.of(SimpleSession.newBuilder().setSessionType(1).build())));
  }

  // GetSpecificSessions

  private RspSessions specific(List<SimpleSession> named) {
    return ann.calls()
        .getSpecificSessions(
            ReqGetSpecificSessions.newBuilder().addAllTalkerSessions(named).build());
  }

  @Test
  void specificSessions_comeInTheOrderOfTheRequest_withoutThoseNeverSpokenTo() {
    Person bob = stranger();
    Person cat = stranger();
    RspSessions answer = specific(List.of(bob.asTalker(), somebody().asTalker(), cat.asTalker()));

    assertThat(ann.talkers(answer)).containsExactly(bob, cat);
    assertThat(answer.getHasMore()).isZero();
    assertThat(answer.getShowLevel()).isFalse();
    assertThat(answer.getSystemMsgMap()).isEmpty();
  }

  @Test
  void nobodyElse_seesASession() {
    Person bob = stranger();
    Person eve = somebody();

    assertRefused(1000004, () -> eve.session(bob));
    assertRefused(1000004, () -> eve.session(ann));
  }
}
