package dev.sixin.message;

import static dev.sixin.TestServer.assertRefused;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sixin.Person;
import dev.sixin.TestServer;
import dev.sixin.admin.v1.AutoReplies;
import dev.sixin.admin.v1.KeywordReply;
import dev.sixin.admin.v1.KeywordRule;
import dev.sixin.admin.v1.PutKeywordRulesRequest;
import dev.sixin.admin.v1.Relation;
import dev.sixin.admin.v1.Relation.Kind;
import dev.sixin.admin.v1.SendRequest;
import dev.sixin.admin.v1.SetBanRequest;
import dev.sixin.admin.v1.SetRelationsRequest;
import dev.sixin.admin.v1.User;
import dev.sixin.proto.type.Msg;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/// What is answered in people's names.
class AutoReplyTest {
  private static final int TO_FOLLOWERS = 8;
  private static final int TO_MESSAGES = 9;
  private static final int TO_KEYWORDS = 10;

  private static final AutoReplies TEXTS =
      AutoReplies.newBuilder()
          .setFollowed("thanks for following")
          .setReceived("I will read it")
          .addKeywords(KeywordReply.newBuilder().addExact("Price").setText("9.99"))
          .addKeywords(KeywordReply.newBuilder().addContained("when").setText("on Friday"))
          .build();

  private static TestServer server;

  @BeforeAll
  static void start() {
    server = TestServer.start();
  }

  @AfterAll
  static void stop() {
    server.verify();
    server.close();
  }

  private static Person somebody() {
    return Person.on(server);
  }

  /// Somebody who has texts and these switches on.
  private static Person star(String... switches) {
    Person star = Person.on(server, User.newBuilder().setName("star").setAutoReplyAllowed(true));
    star.prefers(
        request -> {
          for (String one : switches) {
            request.putChosen(one, 1);
          }
          return request.setReplies(TEXTS);
        });
    return star;
  }

  /// What stands between the two, without the tip that strangers are shown.
  private static List<Msg> log(Person reader, Person other) {
    return reader.history(other).stream().filter(msg -> msg.getMsgSeqno() != 0).toList();
  }

  private static String said(Msg msg) {
    return msg.getMsgSourceValue() + " " + Content.textOf(msg).orElseThrow();
  }

  /// What was answered in somebody's name.
  private static List<String> answers(Person reader, Person star) {
    return log(reader, star).stream()
        .filter(msg -> msg.getSenderUid() == star.uid() && msg.getMsgSourceValue() >= TO_FOLLOWERS)
        .map(AutoReplyTest::said)
        .toList();
  }

  @Test
  void aMessage_isAnswered_rightAfterIt_onceADay() {
    Person star = star("recv_reply");
    Person fan = somebody();
    star.follows(fan);
    fan.says(star, "one");
    fan.says(star, "two");

    assertThat(said(log(fan, star).get(1))).isEqualTo(TO_MESSAGES + " I will read it");
    assertThat(answers(fan, star)).hasSize(1);
    assertThat(log(fan, star)).isEqualTo(log(star, fan)).hasSize(3);
    server.clock.move(Duration.ofDays(1));
    fan.says(star, "three");
    fan.says(star, "four");
    assertThat(answers(fan, star)).hasSize(2);
  }

  @Test
  void theDay_isCounted_forEachPeerAlone() {
    Person star = star("recv_reply");
    Person ann = somebody();
    Person bob = somebody();
    ann.says(star, "one");
    bob.says(star, "one");

    assertThat(answers(ann, star)).hasSize(1);
    assertThat(answers(bob, star)).hasSize(1);
  }

  @Test
  void anAnswer_isAMessageLikeAnyOther_butNotReadByTheOneInWhoseNameItIs() {
    Person star = star("recv_reply");
    Person fan = somebody();
    fan.says(star, "one");

    assertThat(fan.session(star).getUnreadCount()).isEqualTo(1);
    assertThat(fan.unread().getUnfollowUnread()).isEqualTo(1);
    assertThat(star.session(fan).getUnreadCount()).isEqualTo(1);
    assertThat(star.session(fan).getAckSeqno()).isZero();
    assertThat(star.session(fan).getLastMsg()).isEqualTo(fan.history(star).getLast());
  }

  @Test
  void keywords_areAnsweredFirst_wholeOrContained_inAnyCase() {
    Person star = star("keys_reply", "recv_reply");
    Person ann = somebody();
    Person bob = somebody();
    Person eve = somebody();
    ann.says(star, " PRICE ");
    bob.says(star, "so When is it?");
    eve.says(star, "the price?");

    assertThat(answers(ann, star)).containsExactly(TO_KEYWORDS + " 9.99");
    assertThat(answers(bob, star)).containsExactly(TO_KEYWORDS + " on Friday");
    assertThat(answers(eve, star)).containsExactly(TO_MESSAGES + " I will read it");
  }

  @Test
  void eachKindOfAnswer_hasADayOfItsOwn() {
    Person star = star("keys_reply", "recv_reply", "followed_reply");
    Person fan = somebody();
    star.follows(fan);
    fan.follows(star);
    fan.says(star, "hello");
    fan.says(star, "price");
    fan.says(star, "when");
    fan.says(star, "bye");

    assertThat(answers(fan, star))
        .containsExactly(
            TO_FOLLOWERS + " thanks for following",
            TO_MESSAGES + " I will read it",
            TO_KEYWORDS + " 9.99");
  }

  @Test
  void aNewFollower_isAnswered_onceADay() {
    Person star = star("followed_reply");
    Person fan = somebody();
    fan.follows(star);
    fan.unfollows(star);
    fan.follows(star);
    assertThat(answers(fan, star)).containsExactly(TO_FOLLOWERS + " thanks for following");
    assertThat(fan.session(star).getUnreadCount()).isEqualTo(1);
    assertThat(fan.session(star).getIsFollow()).isEqualTo(1);

    server.clock.move(Duration.ofDays(1));
    fan.follows(star); // follows already
    assertThat(answers(fan, star)).hasSize(1);
    fan.unfollows(star);
    fan.follows(star);
    assertThat(answers(fan, star)).hasSize(2);
  }

  @Test
  void aFollowThatBecomesSpecial_isNotAnsweredAgain() {
    Person star = star("followed_reply");
    Person fan = somebody();
    fan.follows(star);
    server.clock.move(Duration.ofDays(1));
    Relation special =
        Relation.newBuilder()
            .setFromUid(fan.uid())
            .setToUid(star.uid())
            .setKind(Kind.FOLLOW)
            .setSpecial(true)
            .build();
    var _ =
        server.admin().setRelations(SetRelationsRequest.newBuilder().addRelations(special).build());

    assertThat(answers(fan, star)).hasSize(1);
  }

  @Test
  void whoBlocksOrIsBlocked_isNotAnswered() {
    Person star = star("followed_reply", "recv_reply");
    Person ann = somebody();
    star.blocks(ann);
    ann.follows(star);
    assertRefused(25003, () -> ann.says(star, "hello"));
    Person bob = somebody();
    bob.blocks(star);
    bob.follows(star);

    assertThat(answers(ann, star)).isEmpty();
    assertThat(answers(bob, star)).isEmpty();
  }

  @Test
  void aRefusedMessage_aRetry_andATakingBack_areNotAnswered() {
    Person star = star("recv_reply");
    Person fan = somebody();
    Msg.Builder msg = TestServer.text(star.uid(), "one").setCliMsgId(3);
    long key = fan.sends(msg).getMsgKey();
    assertThat(answers(fan, star)).hasSize(1);
    server.clock.move(Duration.ofHours(12));
    fan.sends(msg);
    assertRefused(21047, () -> fan.says(star, "two"));
    Person other = somebody();
    star.follows(other);
    long theirs = other.says(star, "one");
    assertThat(answers(other, star)).hasSize(1);
    server.clock.move(Duration.ofSeconds(60));
    other.sends(
        TestServer.text(star.uid(), "")
            .setMsgTypeValue(5)
            .setContent(Long.toUnsignedString(theirs)));

    assertThat(answers(fan, star)).hasSize(1);
    assertThat(log(other, star)).hasSize(3);
    assertThat(key).isNotZero();
  }

  @Test
  void aTakingBackOnAnotherDay_isNotAnswered() {
    server.clock.move(
        Duration.ofSeconds(86_400 - server.clock.instant().getEpochSecond() % 86_400));
    server.clock.move(Duration.ofSeconds(-30)); // just before midnight
    Person star = star("recv_reply");
    Person fan = somebody();
    long key = fan.says(star, "one");
    server.clock.move(Duration.ofSeconds(60));
    fan.sends(
        TestServer.text(star.uid(), "").setMsgTypeValue(5).setContent(Long.toUnsignedString(key)));

    assertThat(log(fan, star)).hasSize(3);
  }

  @Test
  void twoWhoAnswer_doNotAnswerEachOther() {
    Person star = star("recv_reply", "followed_reply");
    Person moon = star("recv_reply", "followed_reply");
    star.says(moon, "hello");
    assertThat(log(star, moon)).hasSize(2);
    star.follows(moon);

    assertThat(answers(star, moon)).hasSize(2);
    assertThat(answers(moon, star)).isEmpty();
  }

  @Test
  void accountsOfTheSite_andTheSite_areNotAnswered() {
    Person star = star("recv_reply", "followed_reply");
    Person shop = Person.on(server, User.newBuilder().setBusiness(true));
    Person notices = Person.on(server, User.newBuilder().setSystemMsgType(5));
    Person ann = somebody();
    shop.says(star, "hello");
    shop.follows(star);
    notices.says(star, "hello");
    Msg.Builder inHerName = TestServer.text(star.uid(), "hello").setSenderUid(ann.uid());
    var _ = server.admin().send(SendRequest.newBuilder().setMsg(inHerName).build());

    assertThat(log(star, shop)).hasSize(1);
    assertThat(log(star, notices)).hasSize(1);
    assertThat(log(star, ann)).hasSize(1);
  }

  @Test
  void anAnswer_isNoWriting_forTheStrangerRule() {
    Person star = star("recv_reply");
    Person fan = somebody();
    fan.says(star, "one");
    assertThat(answers(fan, star)).hasSize(1);
    assertRefused(21047, () -> fan.says(star, "two"));
    star.prefers("receive_unfollow_msg", 0);
    assertRefused(25003, () -> fan.says(star, "two"));
    star.prefers("receive_unfollow_msg", 1);
    star.says(fan, "it is me");
    fan.says(star, "two");

    assertThat(log(fan, star)).hasSize(4);
  }

  @Test
  void anAnswer_doesNotUseUpTheOneMessage_ofTheOneInWhoseNameItIs() {
    Person star = star("followed_reply");
    Person fan = somebody();
    fan.follows(star);
    fan.unfollows(star);
    assertThat(answers(fan, star)).hasSize(1);
    star.says(fan, "hello");

    assertRefused(21047, () -> star.says(fan, "hello?"));
  }

  @Test
  void whatTheSiteSendsAsAnAnswer_countsAsOne() {
    Person star = star("recv_reply");
    Person fan = somebody();
    Msg.Builder answer =
        TestServer.text(fan.uid(), "by the site")
            .setSenderUid(star.uid())
            .setMsgSourceValue(TO_MESSAGES);
    var _ = server.admin().send(SendRequest.newBuilder().setMsg(answer).build());
    fan.says(star, "one");

    assertThat(answers(fan, star)).containsExactly(TO_MESSAGES + " by the site");
    assertRefused(21047, () -> fan.says(star, "two"));
  }

  @Test
  void withoutThePermission_noSwitchGoesOn_700009() {
    Person ann = somebody();
    for (String one :
        List.of(
            "followed_reply",
            "keys_reply",
            "recv_reply",
            "voyage_reply",
            "recommend_followed_reply")) {
      assertRefused(700009, () -> ann.prefers(one, 1));
      ann.prefers(one, 0);
    }
    assertRefused(700009, () -> ann.prefers(request -> request.setReplies(TEXTS)));
  }

  @Test
  void whenThePermissionIsTakenAway_nothingIsAnsweredAnyMore() {
    Person star = star("recv_reply", "followed_reply");
    server.user(User.newBuilder().setUid(star.uid()).setName("star"));
    Person fan = somebody();
    fan.says(star, "one");
    fan.follows(star);
    assertThat(log(fan, star)).hasSize(1);
    server.user(User.newBuilder().setUid(star.uid()).setName("star").setAutoReplyAllowed(true));
    somebody().says(star, "one");

    Person other = somebody();
    other.says(star, "one");
    assertThat(answers(other, star)).hasSize(1);
  }

  @Test
  void whoIsBanned_answersNobody() {
    Person star = star("recv_reply");
    long until = server.clock.instant().plusSeconds(60).getEpochSecond();
    server.admin().setBan(SetBanRequest.newBuilder().setUid(star.uid()).setUntil(until).build());
    Person fan = somebody();
    fan.says(star, "one");
    assertThat(log(fan, star)).hasSize(1);

    server.clock.move(Duration.ofSeconds(60));
    Person other = somebody();
    other.says(star, "one");
    assertThat(answers(other, star)).hasSize(1);
  }

  @Test
  void whatAKeywordRuleRefuses_isNotAnswered() {
    Person star = star("recv_reply");
    PutKeywordRulesRequest rules =
        PutKeywordRulesRequest.newBuilder()
            .addRules(
                KeywordRule.newBuilder().setRuleId(1).addWords("will read").setRefuse(true).build())
            .build();
    var _ = server.admin().putKeywordRules(rules);
    Person fan = somebody();
    fan.says(star, "one");
    var _ = server.admin().putKeywordRules(PutKeywordRulesRequest.getDefaultInstance());

    assertThat(log(fan, star)).hasSize(1);
  }

  @Test
  void withoutATextOrASwitch_nothingIsAnswered() {
    Person off = star();
    Person fan = somebody();
    fan.says(off, "price");
    fan.follows(off);
    Person mute = star("recv_reply", "followed_reply", "keys_reply");
    mute.prefers(request -> request.setReplies(AutoReplies.getDefaultInstance()));
    fan.says(mute, "price");
    fan.follows(mute);

    assertThat(log(fan, off)).hasSize(1);
    assertThat(log(fan, mute)).hasSize(1);
  }

  @Test
  void aReceivedReplyText_isEscaped() {
    Person star = star("recv_reply");
    String text = "\"quoted\" \\ and\nnew";
    star.prefers(request -> request.setReplies(AutoReplies.newBuilder().setReceived(text)));
    Person fan = somebody();
    fan.says(star, "one");

    assertThat(answers(fan, star)).containsExactly(TO_MESSAGES + " " + text);
  }

  @Test
  void textsAndWords_haveBounds() {
    Person star = star();
    String long500 = "私".repeat(500);
    star.prefers(request -> request.setReplies(AutoReplies.newBuilder().setFollowed(long500)));
    refusedWith(2, star, AutoReplies.newBuilder().setFollowed(long500 + "信"));
    refusedWith(2, star, AutoReplies.newBuilder().setReceived(long500 + "信"));
    refusedWith(-400, star, keyword(KeywordReply.newBuilder().addExact("x")));
    refusedWith(-400, star, keyword(KeywordReply.newBuilder().setText("x")));
    refusedWith(2, star, keyword(KeywordReply.newBuilder().addExact(" ").setText("x")));
    refusedWith(
        2, star, keyword(KeywordReply.newBuilder().addContained("x".repeat(65)).setText("x")));
    KeywordReply.Builder many = KeywordReply.newBuilder().setText("x");
    for (int i = 0; i < 21; i++) {
      many.addExact("x" + i);
    }
    refusedWith(2, star, keyword(many));
    AutoReplies.Builder all = AutoReplies.newBuilder();
    for (int i = 0; i < 51; i++) {
      all.addKeywords(KeywordReply.newBuilder().addExact("x").setText("y"));
    }
    refusedWith(2, star, all);
  }

  private static AutoReplies.Builder keyword(KeywordReply.Builder reply) {
    return AutoReplies.newBuilder().addKeywords(reply);
  }

  private static void refusedWith(int code, Person star, AutoReplies.Builder replies) {
    assertRefused(code, () -> star.prefers(request -> request.setReplies(replies)));
  }

  @Test
  void anAnswer_isDurableWithWhatItAnswers_andItsDayOutlivesARestart() {
    try (TestServer own = TestServer.start()) {
      Person star = Person.on(own, User.newBuilder().setName("star").setAutoReplyAllowed(true));
      star.prefers(request -> request.putChosen("recv_reply", 1).setReplies(TEXTS));
      Person fan = Person.on(own);
      star.follows(fan);
      fan.says(star, "one");
      own.verify();
      fan.says(star, "two");

      assertThat(answers(fan, star)).hasSize(1);
      assertThat(log(fan, star)).hasSize(3);
    }
  }
}
