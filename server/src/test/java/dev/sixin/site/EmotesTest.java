package dev.sixin.site;

import static dev.sixin.TestServer.assertRefused;
import static dev.sixin.TestServer.text;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sixin.TestServer;
import dev.sixin.admin.v1.Emote;
import dev.sixin.admin.v1.PutEmotesRequest;
import dev.sixin.admin.v1.SendRequest;
import dev.sixin.admin.v1.User;
import dev.sixin.proto.im.EmotionInfo;
import dev.sixin.proto.im.ReqSessionMsg;
import dev.sixin.proto.im.RspSendMsg;
import dev.sixin.proto.im.RspSessionMsg;
import dev.sixin.proto.type.Msg;
import dev.sixin.proto.type.MsgType;
import dev.sixin.proto.type.RecverType;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Emotes in texts, by the operator's table.
class EmotesTest {
  private static final int ANN = 1;
  private static final int BOB = 2;
  private static final int SHOP = 3;
  private static final int GROUP = 9;

  private static final Emote DOGE = emote("[tv_doge]").setOldText("[doge]").build();
  private static final Emote SMILE = emote("[微笑]").setSize(2).setGifUrl("https://e/m.gif").build();

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
  void usualTable() {
    put(DOGE, SMILE);
    before = server.history(BOB, ANN).size();
  }

  private static Emote.Builder emote(String name) {
    return Emote.newBuilder().setText(name).setUrl("https://e/" + name.hashCode()).setSize(1);
  }

  private static EmotionInfo info(Emote emote) {
    return EmotionInfo.newBuilder()
        .setText(emote.getText())
        .setUrl(emote.getUrl())
        .setSize(emote.getSize())
        .setGifUrl(emote.getGifUrl())
        .build();
  }

  private static void put(Emote... emotes) {
    server.admin().putEmotes(PutEmotesRequest.newBuilder().addAllEmotes(List.of(emotes)).build());
  }

  private static RspSendMsg say(String text) {
    return server.send(ANN, text(BOB, text));
  }

  private static RspSendMsg sendContent(String content) {
    return server.send(ANN, text(BOB, "").setContent(content));
  }

  private static String content(String text) {
    return "{\"content\":\"" + text + "\"}";
  }

  private List<Msg> received() {
    List<Msg> all = server.history(BOB, ANN);
    return all.subList(before, all.size());
  }

  private static RspSessionMsg newest(int size) {
    return server
        .as(BOB)
        .syncFetchSessionMsgs(
            ReqSessionMsg.newBuilder().setTalkerId(ANN).setSessionType(1).setSize(size).build());
  }

  @Test
  void anOldName_isStoredAsTheNewOne() {
    RspSendMsg answer = say("so [doge] it [doge]!");

    assertThat(answer.getMsgContent()).isEqualTo(content("so [tv_doge] it [tv_doge]!"));
    assertThat(received())
        .singleElement()
        .returns(content("so [tv_doge] it [tv_doge]!"), Msg::getContent);
  }

  @Test
  void anOldName_ofAClientWithNewFaces_staysAsItIs() {
    server.send(ANN, text(BOB, "[doge]").setNewFaceVersion(1));

    assertThat(received()).singleElement().returns(content("[doge]"), Msg::getContent);
  }

  @Test
  void allElseInTheJson_isKeptAsSent() {
    sendContent(
        "{ \"n\":1.50, \"content\" : \"[doge]\",\n"
            + "\"x\":{\"content\":\"[doge]\",\"y\":[[1e400]]} }");

    assertThat(received())
        .singleElement()
        .returns(
            "{ \"n\":1.50, \"content\" : \"[tv_doge]\",\n"
                + "\"x\":{\"content\":\"[doge]\",\"y\":[[1e400]]} }",
            Msg::getContent);
  }

  @Test
  void aNameWrittenWithEscapes_isANameToo() {
    RspSendMsg answer =
        sendContent("{\"content\":\"\\u005bdoge] \\\"\\u5fae\\n\\u005b\\u5fae\\u7b11]\"}");

    assertThat(answer.getMsgContent()).isEqualTo(content("[tv_doge] \\\"微\\n[微笑]"));
    assertThat(answer.getEInfosList()).containsExactly(info(DOGE), info(SMILE));
  }

  @Test
  void aBracketWrittenAsAnEscape_isABracket() {
    RspSendMsg answer = sendContent("{\"content\":\"\\u005bdoge] \\u005btv_doge]\"}");
    RspSendMsg untouched = sendContent("{\"content\":\"\\u005btv_doge]\"}");

    assertThat(answer.getMsgContent()).isEqualTo(content("[tv_doge] [tv_doge]"));
    assertThat(untouched.getMsgContent()).isEqualTo("{\"content\":\"\\u005btv_doge]\"}");
    assertThat(untouched.getEInfosList()).containsExactly(info(DOGE));
  }

  @Test
  void ofTwoTexts_theLastCounts_asForReaders() {
    sendContent("{\"content\":\"[doge]\",\"content\":\"2 [doge]\"}");

    assertThat(received())
        .singleElement()
        .returns("{\"content\":\"[doge]\",\"content\":\"2 [tv_doge]\"}", Msg::getContent);
  }

  @Test
  void namesThatMoveInACircle_areReplacedOnce() {
    put(
        emote("[a]").setOldText("[b]").build(),
        emote("[b]").setOldText("[c]").build(),
        emote("[c]").setOldText("[a]").build());
    say("[a][b][c]");

    assertThat(received()).singleElement().returns(content("[c][a][b]"), Msg::getContent);
  }

  @Test
  void bracketsThatNameNothing_stayAsTheyAre() {
    RspSendMsg answer = say("[nobody] [] ] [[doge] $1 [doge");

    assertThat(answer.getMsgContent()).isEqualTo(content("[nobody] [] ] [[tv_doge] $1 [doge"));
    assertThat(answer.getEInfosList()).containsExactly(info(DOGE));
  }

  @Test
  void theLength_isLimitedAsStored() {
    put(
        emote("[" + "n".repeat(100) + "]").setOldText("[o]").build(),
        emote("[n]").setOldText("[" + "o".repeat(100) + "]").build());
    String grows = "[o]".repeat(30);
    String shrinks = ("[" + "o".repeat(100) + "]").repeat(30);

    assertRefused(21007, () -> say(grows));
    say(shrinks);
    assertThat(received()).singleElement().returns(content("[n]".repeat(30)), Msg::getContent);
  }

  @Test
  void theAnswer_namesEachEmoteOnce() {
    RspSendMsg answer = say("[微笑][doge][tv_doge][微笑]");

    assertThat(answer.getEInfosList()).containsExactly(info(SMILE), info(DOGE));
  }

  @Test
  void aPage_namesEachEmoteOfItsMessagesOnce() {
    say("[微笑]");
    say("[doge][微笑]");
    say("nothing");
    say("[tv_doge]");

    assertThat(newest(4).getEInfosList()).containsExactlyInAnyOrder(info(SMILE), info(DOGE));
    assertThat(newest(2).getEInfosList()).containsExactly(info(DOGE));
  }

  @Test
  void whatIsNoText_hasNoEmotes() {
    Msg.Builder share =
        text(BOB, "")
            .setMsgType(MsgType.EN_MSG_TYPE_COMMON_SHARE_CARD)
            .setContent("{\"title\":\"[doge]\",\"url\":\"u\",\"content\":\"[doge]\"}");
    RspSendMsg answer = server.send(ANN, share);

    assertThat(answer.getEInfosList()).isEmpty();
    assertThat(newest(1).getMessages(0).getContent()).isEqualTo(share.getContent());
    assertThat(newest(1).getEInfosList()).isEmpty();
  }

  @Test
  void aMessageThatWasTakenBack_hasNoEmotes() {
    long key = say("[doge]").getMsgKey();
    server.send(
        ANN,
        text(BOB, "")
            .setMsgType(MsgType.EN_MSG_TYPE_DRAW_BACK)
            .setContent(Long.toUnsignedString(key)));

    assertThat(newest(2).getEInfosList()).isEmpty();
  }

  @Test
  void inGroups_inMailings_andFromTheSite_namesAreReplacedToo() {
    RspSendMsg inGroup = server.send(ANN, TestServer.groupText(GROUP, "[doge]"));
    RspSendMsg mailed =
        server.send(
            SHOP,
            text(0, "[doge]").setReceiverType(RecverType.EN_RECVER_TYPE_PEERS).addRecverIds(ANN));
    server
        .admin()
        .send(SendRequest.newBuilder().setMsg(text(BOB, "[doge]").setSenderUid(ANN)).build());

    assertThat(inGroup.getMsgContent()).isEqualTo(content("[tv_doge]"));
    assertThat(mailed.getMsgContent()).isEqualTo(content("[tv_doge]"));
    assertThat(server.history(ANN, SHOP).getFirst().getContent()).isEqualTo(content("[tv_doge]"));
    assertThat(received()).singleElement().returns(content("[tv_doge]"), Msg::getContent);
  }

  @Test
  void theTable_isReplacedAsAWhole() {
    put(SMILE);
    RspSendMsg answer = say("[doge][tv_doge][微笑]");

    assertThat(answer.getMsgContent()).isEqualTo(content("[doge][tv_doge][微笑]"));
    assertThat(answer.getEInfosList()).containsExactly(info(SMILE));

    put();
    assertThat(say("[微笑]").getEInfosList()).isEmpty();
  }

  @Test
  void theTable_outlivesARestart() {
    try (TestServer own = TestServer.start()) {
      own.people(ANN, BOB);
      own.admin().putEmotes(PutEmotesRequest.newBuilder().addEmotes(DOGE).build());
      own.restart();

      RspSendMsg answer = own.send(ANN, text(BOB, "[doge]"));
      assertThat(answer.getMsgContent()).isEqualTo(content("[tv_doge]"));
      assertThat(answer.getEInfosList()).containsExactly(info(DOGE));
    }
  }

  @Test
  void tenThousandEmotes_areATable_oneMoreIsNone() {
    List<Emote> many = new ArrayList<>();
    for (int i = 0; i < 10_000; i++) {
      many.add(emote("[e" + i + "]").setOldText("[o" + i + "]").build());
    }
    put(many.toArray(Emote[]::new));
    assertThat(say("[o9999]").getMsgContent()).isEqualTo(content("[e9999]"));

    many.add(DOGE);
    assertRefused(2, () -> put(many.toArray(Emote[]::new)));
  }

  record Bad(String what, int code, Emote.Builder emote) {
    @Override
    public String toString() {
      return what;
    }
  }

  static Stream<Bad> badEmotes() {
    String url = "https://e/" + "u".repeat(2_040);
    return Stream.of(
        new Bad("no name", -400, emote("").setOldText("[x]")),
        new Bad("no picture", -400, emote("[x]").setUrl("")),
        new Bad("no brackets", 2, emote("x")),
        new Bad("nothing in the brackets", 2, emote("[]")),
        new Bad("more than a name", 2, emote("[x] ")),
        new Bad("brackets in brackets", 2, emote("[[x]]")),
        new Bad("a name that is too long", 2, emote("[" + "x".repeat(127) + "]")),
        new Bad("a name that stands twice", 2, emote(DOGE.getText())),
        new Bad("an old name without brackets", 2, emote("[x]").setOldText("x")),
        new Bad("an old name that stands twice", 2, emote("[x]").setOldText(DOGE.getOldText())),
        new Bad("an unknown size", 2, emote("[x]").setSize(3)),
        new Bad("a negative size", 2, emote("[x]").setSize(-1)),
        new Bad("an address that is too long", 2, emote("[x]").setUrl(url)),
        new Bad("a moving picture's address that is too long", 2, emote("[x]").setGifUrl(url)));
  }

  @ParameterizedTest
  @MethodSource("badEmotes")
  void aBadEmote_isRefused_andTheTableStays(Bad bad) {
    put(DOGE);
    assertRefused(bad.code(), () -> put(SMILE, DOGE, bad.emote().build()));

    assertThat(say("[doge][微笑]").getEInfosList()).containsExactly(info(DOGE));
  }
}
