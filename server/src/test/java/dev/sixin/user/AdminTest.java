package dev.sixin.user;

import static dev.sixin.TestServer.assertRefused;
import static dev.sixin.TestServer.text;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sixin.Person;
import dev.sixin.TestServer;
import dev.sixin.admin.v1.IssueTokenRequest;
import dev.sixin.admin.v1.IssueTokenResponse;
import dev.sixin.admin.v1.PutUsersRequest;
import dev.sixin.admin.v1.RevokeTokensRequest;
import dev.sixin.admin.v1.SendRequest;
import dev.sixin.admin.v1.SendResponse;
import dev.sixin.admin.v1.SetSessionRequest;
import dev.sixin.admin.v1.User;
import dev.sixin.proto.im.ReqSingleUnread;
import dev.sixin.proto.im.RspSingleUnread;
import dev.sixin.proto.type.Msg;
import dev.sixin.proto.type.MsgSource;
import dev.sixin.proto.type.SessionInfo;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// The rules of the admin calls but SetRelations: PutUsers, IssueToken, RevokeTokens, SetSession,
/// Send.
class AdminTest {
  private static final int MOST_AT_ONCE = 10_000;
  private static final Duration LONGEST_TTL = Duration.ofDays(3_660);

  private static final TestServer SERVER = TestServer.shared();

  private final Person ann = Person.on(SERVER);
  private final Person bob = Person.on(SERVER);

  // PutUsers

  private static int put(List<User> users) {
    return SERVER
        .admin()
        .putUsers(PutUsersRequest.newBuilder().addAllUsers(users).build())
        .getWritten();
  }

  private static User.Builder profile(Person person) {
    return User.newBuilder().setUid(person.uid()).setName("a name");
  }

  @Test
  void aUser_canBeWrittenToFromTheirProfileOn() {
    Person eve = Person.unregistered(SERVER);
    assertRefused(-404, () -> ann.says(eve, "hello"));
    assertThat(put(List.of(profile(eve).build()))).isEqualTo(1);
    ann.says(eve, "hello");

    assertThat(eve.history(ann)).hasSize(1);
  }

  @Test
  void aProfile_isReplacedAsAWhole() {
    put(List.of(profile(bob).setFace("a face").setBusiness(true).build()));
    bob.says(ann, "one");
    bob.says(ann, "two");
    put(List.of(profile(bob).clearName().build()));

    assertThat(ann.session(bob).getAccountInfo().getName()).isEmpty();
    assertThat(ann.session(bob).getAccountInfo().getPicUrl()).isEmpty();
    assertRefused(21047, () -> bob.says(ann, "no business account any more"));
  }

  @Test
  void ofTheSameUserTwiceInAList_theLastCounts() {
    bob.says(ann, "hello");
    assertThat(put(List.of(profile(bob).build(), profile(bob).setName("last").build())))
        .isEqualTo(2);

    assertThat(ann.session(bob).getAccountInfo().getName()).isEqualTo("last");
  }

  @Test
  void aListOf10000Users_isWritten_andOneMoreIsRefusedWith2() {
    List<User> users = new ArrayList<>();
    for (int i = 0; i < MOST_AT_ONCE; i++) {
      users.add(User.newBuilder().setUid(Person.unregistered(SERVER).uid()).build());
    }
    assertThat(put(users)).isEqualTo(MOST_AT_ONCE);

    Person oneMore = Person.unregistered(SERVER);
    users.addFirst(profile(oneMore).build());
    assertRefused(2, () -> put(users));
    assertRefused(-404, () -> ann.says(oneMore, "hello"));
  }

  @Test
  void aListWithAUserThatIsNotLegal_isRefused_andNothingOfItIsWritten() {
    Person eve = Person.unregistered(SERVER);
    User good = profile(eve).build();
    assertRefused(-400, () -> put(List.of(good, good.toBuilder().clearUid().build())));
    assertRefused(2, () -> put(List.of(good, good.toBuilder().setVipLevel(3).build())));
    assertRefused(2, () -> put(List.of(good, good.toBuilder().setOfficialType(2).build())));
    assertRefused(2, () -> put(List.of(good, good.toBuilder().setOfficialType(-2).build())));
    assertRefused(2, () -> put(List.of(good, good.toBuilder().setSystemMsgType(-1).build())));
    assertRefused(2, () -> put(List.of(good, good.toBuilder().setName("字".repeat(99)).build())));

    assertRefused(-404, () -> ann.says(eve, "hello"));
  }

  // IssueToken

  private IssueTokenResponse issue(UnaryOperator<IssueTokenRequest.Builder> request) {
    return SERVER
        .admin()
        .issueToken(request.apply(IssueTokenRequest.newBuilder().setUid(ann.uid())).build());
  }

  private static RspSingleUnread call(String token) {
    return SERVER.withToken(token).singleUnread(ReqSingleUnread.getDefaultInstance());
  }

  private static long nowSeconds() {
    return SERVER.clock.instant().getEpochSecond();
  }

  @Test
  void aToken_isWorthSomethingUntilItExpires() {
    IssueTokenResponse issued = issue(request -> request.setTtlSeconds(60));
    assertThat(issued.getExpiresAt()).isEqualTo(nowSeconds() + 60);
    SERVER.clock.move(Duration.ofSeconds(59));
    assertThat(call(issued.getToken())).isNotNull();
    SERVER.clock.move(Duration.ofSeconds(1));

    assertRefused(-101, () -> call(issued.getToken()));
  }

  @Test
  void aTokenLasts30Days_whenNothingElseIsSaid() {
    assertThat(issue(request -> request).getExpiresAt())
        .isEqualTo(nowSeconds() + Duration.ofDays(30).toSeconds());
  }

  @Test
  void aTtlBeyondTheLongest_isRefusedWith2() {
    long longest = LONGEST_TTL.toSeconds();
    assertThat(issue(request -> request.setTtlSeconds(longest)).getExpiresAt())
        .isEqualTo(nowSeconds() + longest);
    assertRefused(2, () -> issue(request -> request.setTtlSeconds(longest + 1)));
    assertRefused(2, () -> issue(request -> request.setTtlSeconds(-1)));
  }

  @Test
  void aTokenForNobody_isRefusedWith400() {
    assertRefused(-400, () -> issue(IssueTokenRequest.Builder::clearUid));
  }

  @Test
  void aDeviceWithTooLongAName_isRefusedWith2() {
    assertThat(issue(request -> request.setDevice("x".repeat(128))).getToken()).isNotEmpty();
    assertRefused(2, () -> issue(request -> request.setDevice("x".repeat(129))));
  }

  @Test
  void aToken_needsNoProfile() {
    Person eve = Person.unregistered(SERVER);
    assertThat(eve.unread()).isEqualTo(RspSingleUnread.getDefaultInstance());
  }

  // RevokeTokens

  private static void revoke(Person person) {
    SERVER.admin().revokeTokens(RevokeTokensRequest.newBuilder().setUid(person.uid()).build());
  }

  @Test
  void revoking_makesEveryTokenOfTheUserWorthlessAtOnce() {
    String phone = issue(request -> request.setDevice("phone")).getToken();
    String tablet = issue(request -> request.setDevice("tablet")).getToken();
    String bobs = SERVER.token(bob.uid());
    assertThat(call(phone)).isNotNull();
    revoke(ann);

    assertRefused(-101, () -> call(phone));
    assertRefused(-101, () -> call(tablet));
    assertThat(call(bobs)).isNotNull();
  }

  @Test
  void aTokenIssuedAfterRevoking_isGood_evenInTheSameMicrosecond() {
    revoke(ann);
    assertThat(call(issue(request -> request).getToken())).isNotNull();
    revoke(ann);
    revoke(ann);
    assertThat(call(issue(request -> request).getToken())).isNotNull();
  }

  @Test
  void aTokenIssuedAfterRevoking_isRevokedByTheNextTime() {
    revoke(ann);
    String token = issue(request -> request).getToken();
    revoke(ann);

    assertRefused(-101, () -> call(token));
  }

  @Test
  void revokedTokens_stayWorthlessOverARestart_andTheOthersGood() {
    String revoked = issue(request -> request).getToken();
    String bobs = SERVER.token(bob.uid());
    revoke(ann);
    SERVER.restart();

    assertRefused(-101, () -> call(revoked));
    assertThat(call(bobs)).isNotNull();
  }

  @Test
  void revokingForNobody_isRefusedWith400() {
    assertRefused(-400, () -> revoke(new Person(SERVER, 0)));
  }

  // SetSession

  @Test
  void settingsThatAreAbsent_stayAsTheyAre() {
    bob.says(ann, "hello");
    ann.chooses(bob, settings -> settings.setDnd(true).setPushOff(true).setIntercepted(true));
    SessionInfo before = ann.session(bob);
    ann.chooses(bob, settings -> settings);
    assertThat(ann.session(bob)).isEqualTo(before);

    ann.chooses(bob, settings -> settings.setDnd(false));
    assertThat(ann.session(bob)).isEqualTo(before.toBuilder().setIsDnd(0).build());
    ann.chooses(bob, settings -> settings.setPushOff(false).setIntercepted(false));
    SessionInfo after = ann.session(bob);
    assertThat(after.getSetting()).isZero();
    assertThat(after.getIsIntercept()).isZero();
    assertThat(after.getIsTrust()).isZero();
  }

  @Test
  void intercepting_endsTrust_andTrustingTakesOutOfTheDustbin() {
    bob.says(ann, "hello");
    ann.chooses(bob, settings -> settings.setTrusted(true));
    ann.chooses(bob, settings -> settings.setIntercepted(true));
    assertThat(ann.session(bob).getIsIntercept()).isEqualTo(1);
    assertThat(ann.session(bob).getIsTrust()).isZero();

    ann.chooses(bob, settings -> settings.setTrusted(true));
    assertThat(ann.session(bob).getIsIntercept()).isZero();
    assertThat(ann.session(bob).getIsTrust()).isEqualTo(1);
    ann.chooses(bob, settings -> settings.setTrusted(false));
    assertThat(ann.session(bob).getIsTrust()).isZero();
  }

  @Test
  void interceptedAndTrustedAtOnce_isRefusedWith2_andChangesNothing() {
    bob.says(ann, "hello");
    SessionInfo before = ann.session(bob);
    assertRefused(
        2,
        () ->
            ann.chooses(
                bob, settings -> settings.setDnd(true).setIntercepted(true).setTrusted(true)));

    assertThat(ann.session(bob)).isEqualTo(before);
  }

  @Test
  void settingsFromBeforeTheFirstMessage_holdForIt() {
    ann.chooses(bob, settings -> settings.setIntercepted(true).setDnd(true));
    assertRefused(1000004, () -> ann.session(bob));
    bob.says(ann, "hello");

    assertThat(ann.listed(5)).containsExactly(bob);
    assertThat(ann.listed(4)).isEmpty();
    assertThat(ann.session(bob).getIsDnd()).isEqualTo(1);
  }

  @Test
  void settingsThatNameNoSession_areRefused() {
    assertRefused(-400, () -> ann.chooses(bob, SetSessionRequest.Builder::clearUid));
    assertRefused(-400, () -> ann.chooses(bob, SetSessionRequest.Builder::clearTalkerId));
    assertRefused(-400, () -> ann.chooses(bob, SetSessionRequest.Builder::clearSessionType));
    assertRefused(2, () -> ann.chooses(bob, settings -> settings.setSessionType(3)));
  }

  @Test
  void theGroupHelper_isRefusedWith2ForAPrivateSession() {
    assertRefused(2, () -> ann.chooses(bob, settings -> settings.setHelper(true)));
  }

  // Send

  private static SendResponse send(Msg.Builder msg) {
    return SERVER.admin().send(SendRequest.newBuilder().setMsg(msg).build());
  }

  private Msg.Builder fromAnnToBob() {
    return text(bob.uid(), "hello").setSenderUid(ann.uid());
  }

  private Msg received() {
    return bob.history(ann).getLast();
  }

  @Test
  void theSite_sendsAsAnybody_andLearnsTheNumberAndTheKey() {
    SendResponse answer = send(fromAnnToBob());

    assertThat(bob.history(ann)).hasSize(1);
    assertThat(received().getSenderUid()).isEqualTo(ann.uid());
    assertThat(received().getMsgKey()).isEqualTo(answer.getMsgKey());
    assertThat(received().getMsgSeqno()).isEqualTo(answer.getMsgSeqno());
    assertThat(received().getTimestamp()).isEqualTo(nowSeconds());
    assertThat(bob.session(ann).getUnreadCount()).isEqualTo(1);
    assertThat(ann.session(bob).getUnreadCount()).isZero();
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 8, 10, 13, 16, 18, 50, 101, 213, 301, 999})
  void theSite_maySendEveryType(int type) {
    String content =
        """
        {"title":"t","pic_url":"p","jump_url":"j","group_id":1,"content":"[]"}\
        """;
    send(fromAnnToBob().setMsgTypeValue(type).setContent(content));
    ann.follows(bob); // so that Bob gets no tip beside it

    assertThat(received().getMsgTypeValue()).isEqualTo(type);
    assertThat(received().getContent()).isEqualTo(content);
  }

  @Test
  void theSite_isNotHeldToTheStrangerRule() {
    send(fromAnnToBob());
    send(fromAnnToBob());
    assertThat(bob.history(ann)).hasSize(2);

    assertRefused(21047, () -> ann.says(bob, "but Ann is"));
  }

  @Test
  void aMessageWithTheSameCliMsgId_isOneMessageForTheSiteToo() {
    SendResponse first = send(fromAnnToBob().setCliMsgId(5));
    assertThat(send(fromAnnToBob().setCliMsgId(5))).isEqualTo(first);
    assertThat(bob.history(ann)).hasSize(1);
  }

  @Test
  void blocks_holdForTheSiteToo() {
    bob.blocks(ann);
    assertRefused(25003, () -> send(fromAnnToBob()));
    assertRefused(25005, () -> send(text(ann.uid(), "hello").setSenderUid(bob.uid())));
    assertThat(bob.history(ann)).noneMatch(msg -> msg.getMsgSeqno() != 0);
  }

  @Test
  void theOtherChecks_holdForTheSiteToo() {
    assertRefused(-400, () -> SERVER.admin().send(SendRequest.getDefaultInstance()));
    assertRefused(-400, () -> send(fromAnnToBob().clearSenderUid()));
    assertRefused(-400, () -> send(fromAnnToBob().clearReceiverId()));
    assertRefused(-400, () -> send(fromAnnToBob().setContent("hello")));
    assertRefused(
        -404, () -> send(fromAnnToBob().setReceiverId(Person.unregistered(SERVER).uid())));
    assertRefused(21007, () -> send(text(bob.uid(), "x".repeat(2_000)).setSenderUid(ann.uid())));
    assertRefused(21026, () -> send(fromAnnToBob().setReceiverId(ann.uid())));
  }

  @Test
  void theSource_isWhatTheSiteSays_elseTheBackstage() {
    send(fromAnnToBob());
    assertThat(received().getMsgSource()).isEqualTo(MsgSource.EN_MSG_SOURCE_BACKSTAGE);
    send(fromAnnToBob().setMsgSource(MsgSource.EN_MSG_SOURCE_AUTOREPLY_BY_KEYWORDS));
    assertThat(received().getMsgSource()).isEqualTo(MsgSource.EN_MSG_SOURCE_AUTOREPLY_BY_KEYWORDS);
  }

  @Test
  void whatTheServerSets_isNotTakenFromTheSite() {
    send(
        fromAnnToBob()
            .setMsgSeqno(9)
            .setMsgKey(9)
            .setTimestamp(9)
            .setMsgStatus(2)
            .setSysCancel(true));

    assertThat(received().getMsgSeqno()).isGreaterThan(9);
    assertThat(received().getMsgKey()).isGreaterThan(9);
    assertThat(received().getTimestamp()).isEqualTo(nowSeconds());
    assertThat(received().getMsgStatus()).isZero();
    assertThat(received().getSysCancel()).isFalse();
  }
}
