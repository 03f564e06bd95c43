package dev.sixin.site;

import static dev.sixin.TestServer.assertRefused;
import static dev.sixin.TestServer.text;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sixin.TestServer;
import dev.sixin.admin.v1.Emote;
import dev.sixin.admin.v1.KeywordRule;
import dev.sixin.admin.v1.PutEmotesRequest;
import dev.sixin.admin.v1.PutKeywordRulesRequest;
import dev.sixin.admin.v1.SendRequest;
import dev.sixin.admin.v1.User;
import dev.sixin.proto.im.RspSendMsg;
import dev.sixin.proto.type.HighText;
import dev.sixin.proto.type.KeyHitInfos;
import dev.sixin.proto.type.Msg;
import dev.sixin.proto.type.MsgType;
import dev.sixin.proto.type.RecverType;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Words that the operator watches for.
class KeywordRulesTest {
  private static final int ANN = 1;
  private static final int BOB = 2;
  private static final int SHOP = 3;
  private static final int GROUP = 9;

  private static final KeywordRule MONEY =
      rule(7, "transfer", "转账")
          .setToast("Take care")
          .addHighText(
              HighText.newBuilder().setTitle("transfer").setUrl("https://help").setIndex(1))
          .build();
  private static final KeywordRule FORBIDDEN = rule(90, "forbidden").setRefuse(true).build();

  private static TestServer server;

  /// How many messages were there before the test.
  private int before;

  @BeforeAll
  static void start() {
    server = TestServer.start();
    server.people(ANN, BOB);
    server.user(User.newBuilder().setUid(SHOP).setName("shop").setBusiness(true));
    server.friends(ANN, BOB);
    server.group(GROUP, ANN);
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  @BeforeEach
  void usualRules() {
    put(MONEY, FORBIDDEN);
    before = server.history(BOB, ANN).size();
  }

  private static KeywordRule.Builder rule(int id, String... words) {
    return KeywordRule.newBuilder().setRuleId(id).addAllWords(List.of(words));
  }

  private static KeyHitInfos hit(KeywordRule rule) {
    return KeyHitInfos.newBuilder()
        .setRuleId(rule.getRuleId())
        .setToast(rule.getToast())
        .addAllHighText(rule.getHighTextList())
        .build();
  }

  private static void put(KeywordRule... rules) {
    server
        .admin()
        .putKeywordRules(PutKeywordRulesRequest.newBuilder().addAllRules(List.of(rules)).build());
  }

  private static RspSendMsg say(String text) {
    return server.send(ANN, text(BOB, text));
  }

  private static int ruleHitBy(String text) {
    return say(text).getKeyHitInfos().getRuleId();
  }

  private List<Msg> received() {
    List<Msg> all = server.history(BOB, ANN);
    return all.subList(before, all.size());
  }

  @Test
  void aHit_isAnswered_andStoredWithTheMessage() {
    RspSendMsg answer = say("please transfer");

    assertThat(answer.getKeyHitInfos()).isEqualTo(hit(MONEY));
    assertThat(received()).singleElement().returns(hit(MONEY), Msg::getKeyHitInfos);
  }

  @Test
  void aTextWithoutSuchWords_hasNoHit() {
    RspSendMsg answer = say("trans fer");

    assertThat(answer.hasKeyHitInfos()).isFalse();
    assertThat(received().getFirst().hasKeyHitInfos()).isFalse();
  }

  @ParameterizedTest
  @ValueSource(strings = {"TRANSFER", "retransfers", "请Transfer。", "转转账账", "transftransfer"})
  void aWord_isFoundWhereverItStands_inAnyCase(String text) {
    assertThat(ruleHitBy(text)).isEqualTo(7);
  }

  @Test
  void aWordInUpperCase_isFoundInAnyCase() {
    put(rule(1, "STRASSE ÄÖ Σ").build());

    assertThat(ruleHitBy("strasse äö σ")).isEqualTo(1);
  }

  @Test
  void ofSeveralRules_theLowestNumberCounts() {
    put(rule(-1, "ab").build(), rule(30, "bc", "x").build(), rule(4, "abcd").build());

    assertThat(ruleHitBy("ab")).isEqualTo(-1); // unsigned: the greatest there is
    assertThat(ruleHitBy("abc")).isEqualTo(30);
    assertThat(ruleHitBy("x abcd")).isEqualTo(4);
  }

  @Test
  void ofTwoRulesWithTheSameWord_theLowestNumberCounts_wheneverItComes() {
    put(rule(2, "same").build(), rule(1, "SAME").build(), rule(3, "Same").build());

    assertThat(ruleHitBy("same")).isEqualTo(1);
  }

  @Test
  void aWordOfARuleThatRefuses_isRefusedWith21035_andNothingIsSent() {
    assertRefused(21035, () -> say("a forBidden word"));

    assertThat(received()).isEmpty();
  }

  @Test
  void aRuleThatRefuses_comesBeforeAllOthers() {
    put(
        rule(1, "low", "both").build(),
        rule(9, "high", "both").setRefuse(true).build(),
        rule(2, "both").build());

    assertRefused(21035, () -> say("low high"));
    assertRefused(21035, () -> say("both"));
    assertThat(ruleHitBy("low")).isEqualTo(1);
  }

  @Test
  void theRules_areAskedAfterTheLength_andBeforeTheReceiver() {
    assertRefused(21007, () -> say("forbidden" + "x".repeat(2_000)));
    assertRefused(21035, () -> server.send(ANN, text(ANN, "forbidden")));
    assertRefused(-404, () -> server.send(ANN, text(404, "forbidden")));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "14 | {\"title\":\"forbidden\",\"url\":\"forbidden\",\"content\":\"forbidden\"}",
        "1 | {\"content\":\"fine\",\"note\":\"forbidden\"}",
      })
  void onlyTheTextOfAText_isLookedAt(int type, String content) {
    server.send(ANN, text(BOB, "").setMsgTypeValue(type).setContent(content));

    assertThat(received()).singleElement().returns(content, Msg::getContent);
  }

  @Test
  void aWordWrittenWithEscapes_isFound() {
    Msg.Builder msg = text(BOB, "").setContent("{\"content\":\"\\u8f6c\\u8d26\"}");

    assertThat(server.send(ANN, msg).getKeyHitInfos().getRuleId()).isEqualTo(7);
  }

  @Test
  void theTextAsStored_isLookedAt() {
    server
        .admin()
        .putEmotes(
            PutEmotesRequest.newBuilder()
                .addEmotes(
                    Emote.newBuilder().setText("[fine]").setUrl("u").setOldText("[forbidden]"))
                .build());

    say("[forbidden]");
    assertThat(received()).singleElement().returns("{\"content\":\"[fine]\"}", Msg::getContent);
  }

  @Test
  void groupsAndMailings_areLookedAtToo() {
    Msg.Builder toGroup = TestServer.groupText(GROUP, "transfer");
    Msg.Builder toMany =
        text(0, "transfer").setReceiverType(RecverType.EN_RECVER_TYPE_PEERS).addRecverIds(ANN);

    assertThat(server.send(ANN, toGroup).getKeyHitInfos()).isEqualTo(hit(MONEY));
    assertThat(server.send(SHOP, toMany).getKeyHitInfos()).isEqualTo(hit(MONEY));
    assertThat(server.history(ANN, SHOP).getFirst().getKeyHitInfos()).isEqualTo(hit(MONEY));
    toGroup.setContent("{\"content\":\"forbidden\"}");
    toMany.setContent("{\"content\":\"forbidden\"}");
    assertRefused(21035, () -> server.send(ANN, toGroup));
    assertRefused(21035, () -> server.send(SHOP, toMany));
  }

  @Test
  void theSite_writesWhatItLikes() {
    Msg.Builder msg = text(BOB, "forbidden transfer").setSenderUid(ANN);
    server.admin().send(SendRequest.newBuilder().setMsg(msg).build());

    assertThat(received()).singleElement().returns(false, Msg::hasKeyHitInfos);
  }

  @Test
  void aRetry_isAnsweredAsTheFirstTime_whateverTheRulesSayNow() {
    Msg.Builder msg = text(BOB, "transfer").setCliMsgId(77);
    RspSendMsg first = server.send(ANN, msg);
    put(rule(1, "transfer").setRefuse(true).build());

    assertThat(server.send(ANN, msg)).isEqualTo(first);
    assertThat(first.getKeyHitInfos()).isEqualTo(hit(MONEY));
  }

  @Test
  void aMessageThatWasTakenBack_hasNoHit() {
    long key = say("transfer").getMsgKey();
    server.send(
        ANN,
        text(BOB, "")
            .setMsgType(MsgType.EN_MSG_TYPE_DRAW_BACK)
            .setContent(Long.toUnsignedString(key)));

    assertThat(received().getFirst().hasKeyHitInfos()).isFalse();
  }

  @Test
  void theList_isReplacedAsAWhole() {
    put(rule(5, "other").build());
    assertThat(say("transfer forbidden").hasKeyHitInfos()).isFalse();
    assertThat(ruleHitBy("other")).isEqualTo(5);

    put();
    assertThat(say("other").hasKeyHitInfos()).isFalse();
  }

  @Test
  void theList_outlivesARestart() {
    try (TestServer own = TestServer.start()) {
      own.people(ANN, BOB);
      own.admin()
          .putKeywordRules(
              PutKeywordRulesRequest.newBuilder().addRules(MONEY).addRules(FORBIDDEN).build());
      own.restart();

      assertRefused(21035, () -> own.say(ANN, BOB, "forbidden"));
      assertThat(own.send(ANN, text(BOB, "transfer")).getKeyHitInfos()).isEqualTo(hit(MONEY));
    }
  }

  @Test
  void tenThousandWords_areAList_oneMoreIsNone() {
    List<String> words =
        new ArrayList<>(IntStream.range(0, 10_000).mapToObj(i -> "w%05dx".formatted(i)).toList());
    put(rule(1).addAllWords(words).build());
    assertThat(ruleHitBy("all the w09999x of them")).isEqualTo(1);

    words.add("more");
    assertRefused(2, () -> put(rule(1).addAllWords(words).build()));
    assertRefused(
        2,
        () -> put(rule(1).addAllWords(words.subList(0, 10_000)).build(), rule(2, "more").build()));
  }

  record Bad(String what, int code, KeywordRule.Builder rule) {
    @Override
    public String toString() {
      return what;
    }
  }

  static Stream<Bad> badRules() {
    HighText.Builder high = HighText.newBuilder().setTitle("t").setIndex(1);
    return Stream.of(
        new Bad("no number", -400, rule(0, "x")),
        new Bad("a number that stands twice", 2, rule(MONEY.getRuleId(), "x")),
        new Bad("no words", -400, rule(1)),
        new Bad("an empty word", -400, rule(1, "x", "")),
        new Bad("a blank word", 2, rule(1, "x", " \t")),
        new Bad("a word that is too long", 2, rule(1, "x".repeat(65))),
        new Bad("a toast that is too long", 2, rule(1, "x").setToast("t".repeat(1_001))),
        new Bad("nothing to highlight", -400, rule(1, "x").addHighText(high.clone().setTitle(""))),
        new Bad(
            "the occurrence before the first",
            -400,
            rule(1, "x").addHighText(high.clone().setIndex(0))),
        new Bad(
            "a highlight that is too long",
            2,
            rule(1, "x").addHighText(high.clone().setTitle("t".repeat(501)))),
        new Bad(
            "an address that is too long",
            2,
            rule(1, "x").addHighText(high.clone().setUrl("u".repeat(501)))),
        new Bad(
            "too much to highlight",
            2,
            rule(1, "x").addAllHighText(Collections.nCopies(11, high.build()))));
  }

  @ParameterizedTest
  @MethodSource("badRules")
  void aBadRule_isRefused_andTheListStays(Bad bad) {
    KeywordRule other = rule(8, "other").build();
    assertRefused(bad.code(), () -> put(other, MONEY, bad.rule().build()));

    assertThat(say("other").hasKeyHitInfos()).isFalse();
    assertThat(ruleHitBy("transfer")).isEqualTo(7);
  }
}
