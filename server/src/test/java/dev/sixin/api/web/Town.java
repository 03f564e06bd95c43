package dev.sixin.api.web;

import dev.sixin.TestServer;
import dev.sixin.admin.v1.Emote;
import dev.sixin.admin.v1.KeywordRule;
import dev.sixin.admin.v1.PutEmotesRequest;
import dev.sixin.admin.v1.PutKeywordRulesRequest;
import dev.sixin.admin.v1.SetFeedUnreadRequest;
import dev.sixin.admin.v1.SetSessionRequest;
import dev.sixin.admin.v1.User;
import dev.sixin.entity.Talker;
import dev.sixin.proto.im.ReqSendMsg;
import dev.sixin.proto.type.HighText;
import dev.sixin.proto.type.Medal;
import dev.sixin.proto.type.Msg;
import java.time.Duration;
import java.util.Map;

/// A server on which something has happened to Ann. It is the same each time, to the microsecond.
final class Town {
  static final long ANN = 101;

  /// A friend of Ann's.
  static final long BEN = 102;

  /// Whom Ann never spoke with.
  static final long ZOE = 103;

  /// A stranger who wrote to Ann. The greatest number of all.
  static final long EVE = -1;

  /// The system account that brings notices.
  static final long NOTICES = 105;

  /// The system account behind which the site's customer service sits.
  static final long SERVICE = 106;

  /// An organisation that wrote to Ann.
  static final long PAPER = 107;

  /// Whom Ann intercepts.
  static final long NED = 108;

  /// Ann's fan group, with Ben in it.
  static final long FANS = 501;

  private Town() {}

  static TestServer start(String... options) {
    TestServer server = TestServer.start(options);
    server.user(user(ANN, "Ann").setVipLevel(2).setAutoReplyAllowed(true));
    server.user(
        user(BEN, "Ben")
            .setMedal(
                Medal.newBuilder()
                    .setUid(ANN)
                    .setMedalId(7)
                    .setLevel(20)
                    .setMedalName("fan")
                    .setMedalColorStart(0x1A544B)));
    server.user(user(ZOE, "Zoe"));
    server.user(user(EVE, "Eve"));
    server.user(user(NED, "Ned"));
    server.user(user(PAPER, "The Paper").setOfficialType(1));
    server.user(user(NOTICES, "Notices").setSystemMsgType(5).setBusiness(true));
    server.user(user(SERVICE, "Service").setSystemMsgType(8));
    server.friends(ANN, BEN);
    tables(server);
    life(server);
    return server;
  }

  private static User.Builder user(long uid, String name) {
    return User.newBuilder()
        .setUid(uid)
        .setName(name)
        .setFace("https://img.example/%s.png".formatted(name.replace(' ', '-')))
        .setOfficialType(-1);
  }

  private static void tables(TestServer server) {
    Emote doge =
        Emote.newBuilder()
            .setText("[tv_doge]")
            .setOldText("[doge]")
            .setUrl("https://img.example/doge.png")
            .setSize(1)
            .setGifUrl("https://img.example/doge.gif")
            .build();
    KeywordRule money =
        KeywordRule.newBuilder()
            .setRuleId(2)
            .addWords("money")
            .setToast("be careful")
            .addHighText(HighText.newBuilder().setTitle("careful").setIndex(1))
            .build();
    server.admin().putEmotes(PutEmotesRequest.newBuilder().addEmotes(doge).build());
    server.admin().putKeywordRules(PutKeywordRulesRequest.newBuilder().addRules(money).build());
  }

  private static void life(TestServer server) {
    server.group(FANS, ANN, BEN);
    pass(server);
    server.say(BEN, ANN, "hello [doge]");
    pass(server);
    server.say(EVE, ANN, "who are you?");
    pass(server);
    server.say(PAPER, ANN, "read us");
    pass(server);
    server.say(SERVICE, ANN, "how can we help?");
    pass(server);
    send(
        server,
        NOTICES,
        TestServer.text(ANN, "")
            .setMsgTypeValue(10)
            .setContent("{\"title\":\"news\",\"text\":\"something\"}"));
    pass(server);
    send(server, BEN, TestServer.groupText(FANS, "look").addAtUids(ANN));
    pass(server);
    server.say(NED, ANN, "buy this");
    server
        .admin()
        .setSession(
            SetSessionRequest.newBuilder()
                .setUid(ANN)
                .setTalkerId(NED)
                .setSessionType(Talker.PRIVATE)
                .setIntercepted(true)
                .build());
    server
        .admin()
        .setFeedUnread(
            SetFeedUnreadRequest.newBuilder()
                .setUid(ANN)
                .putAllUnread(Map.of("at", 3L, "like", 12L, "sys_msg", 1L))
                .build());
  }

  private static void send(TestServer server, long uid, Msg.Builder msg) {
    server.as(uid).sendMsg(ReqSendMsg.newBuilder().setMsg(msg).build());
  }

  private static void pass(TestServer server) {
    server.clock.move(Duration.ofSeconds(10));
  }
}
