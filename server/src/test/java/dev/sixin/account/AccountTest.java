package dev.sixin.account;

import static dev.sixin.TestServer.assertRefused;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.google.protobuf.ByteString;
import dev.sixin.TestServer;
import dev.sixin.admin.v1.AutoReplies;
import dev.sixin.admin.v1.EraseUserRequest;
import dev.sixin.admin.v1.ExportUserRequest;
import dev.sixin.admin.v1.ExportUserResponse;
import dev.sixin.admin.v1.Relation.Kind;
import dev.sixin.admin.v1.SendRequest;
import dev.sixin.admin.v1.SetBanRequest;
import dev.sixin.admin.v1.SetMembersRequest;
import dev.sixin.admin.v1.SetPreferencesRequest;
import dev.sixin.admin.v1.SetSessionRequest;
import dev.sixin.admin.v1.User;
import dev.sixin.entity.Talker;
import dev.sixin.proto.im.DummyReq;
import dev.sixin.proto.im.ImInterfaceGrpc.ImInterfaceBlockingStub;
import dev.sixin.proto.im.ReqGetSessions;
import dev.sixin.proto.im.ReqRelationSync;
import dev.sixin.proto.im.ReqSendMsg;
import dev.sixin.proto.im.ReqSingleUnread;
import dev.sixin.proto.im.ReqSyncAck;
import dev.sixin.proto.type.FriendRelation;
import dev.sixin.proto.type.Msg;
import dev.sixin.proto.type.MsgType;
import dev.sixin.proto.type.RecverType;
import dev.sixin.proto.type.SessionInfo;
import dev.sixin.store.rocksdb.Disk;
import io.grpc.Status.Code;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class AccountTest {
  private static final JsonMapper JSON = new JsonMapper();
  private static TestServer server;
  private static long uids;

  private final long alice = uids += 100;
  private final long bob = alice + 1;
  private final long shop = alice + 2;
  private final long group = alice + 3;

  @BeforeAll
  static void start() {
    server = TestServer.start();
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  @BeforeEach
  void people() {
    server.people(alice, bob);
    server.friends(alice, bob);
    server.user(User.newBuilder().setUid(shop).setName("shop").setBusiness(true));
    server.group(group, bob, alice);
  }

  private static List<JsonNode> export(long uid) {
    ByteString all = ByteString.EMPTY;
    Iterator<ExportUserResponse> pieces =
        server.admin().exportUser(ExportUserRequest.newBuilder().setUid(uid).build());
    while (pieces.hasNext()) {
      ByteString piece = pieces.next().getJsonLines();
      assertThat(piece.endsWith(ByteString.copyFromUtf8("\n"))).as("whole lines").isTrue();
      all = all.concat(piece);
    }
    List<JsonNode> lines = new ArrayList<>();
    for (String line : all.toStringUtf8().lines().toList()) {
      try {
        lines.add(JSON.readTree(line));
      } catch (IOException e) {
        throw new AssertionError(line, e);
      }
    }
    return lines;
  }

  private static List<JsonNode> values(List<JsonNode> lines, String kind) {
    return lines.stream()
        .filter(line -> line.get("kind").textValue().equals(kind))
        .map(line -> line.get("value"))
        .toList();
  }

  private static long erase(long uid) {
    return server
        .admin()
        .eraseUser(EraseUserRequest.newBuilder().setUid(uid).build())
        .getMessagesErased();
  }

  private long saysInGroup(long uid, String text) {
    return server.send(uid, TestServer.groupText(group, text)).getMsgKey();
  }

  private static String content(Msg msg) {
    return msg.getContent();
  }

  @Test
  void export_tellsAllThatIsKept_andWhatCanBeRead() {
    server.say(alice, bob, "to bob \\n 你好");
    long recalled = server.say(bob, alice, "answer");
    saysInGroup(bob, "to all");
    var _ =
        server
            .admin()
            .setSession(
                SetSessionRequest.newBuilder()
                    .setUid(alice)
                    .setTalkerId(bob)
                    .setSessionType(1)
                    .setDnd(true)
                    .build());
    var _ = server.as(alice).syncAck(ReqSyncAck.newBuilder().setClientSeqno(-1).build());

    List<JsonNode> lines = export(alice);

    assertThat(values(lines, "profile"))
        .extracting(v -> v.get("name").textValue())
        .containsExactly("user " + alice);
    assertThat(values(lines, "relation")).hasSize(1);
    assertThat(values(lines, "relation").getFirst().get("follows").booleanValue()).isTrue();
    assertThat(values(lines, "device")).hasSize(1);
    assertThat(values(lines, "group").getFirst().get("name").textValue()).isEqualTo("fans");
    List<JsonNode> sessions = values(lines, "session");
    assertThat(sessions).hasSize(2);
    assertThat(sessions.getFirst().get("info").get("is_dnd").intValue()).isEqualTo(1);
    assertThat(values(lines, "message"))
        .extracting(v -> v.get("content").textValue())
        .contains(
            "{\"content\":\"to bob \\n 你好\"}",
            "{\"content\":\"answer\"}",
            "{\"content\":\"to all\"}");
    assertThat(values(lines, "message"))
        .extracting(v -> v.get("msg_key").textValue())
        .contains(Long.toUnsignedString(recalled));
  }

  @Test
  void export_leavesOutWhatTheUserCanNotRead() {
    saysInGroup(alice, "while I was in");
    var _ =
        server
            .admin()
            .setMembers(SetMembersRequest.newBuilder().setGroupId(group).addLeft(alice).build());
    server.say(bob, shop, "not alice's business");
    assertThat(values(export(alice), "message")).isEmpty();
  }

  @Test
  void export_ofALongConversation_comesInManyPieces_eachMessageOnce() {
    for (int i = 0; i < 1_200; i++) {
      server.say(alice, bob, i + " " + "x".repeat(300));
    }
    List<ExportUserResponse> pieces = new ArrayList<>();
    server
        .admin()
        .exportUser(ExportUserRequest.newBuilder().setUid(alice).build())
        .forEachRemaining(pieces::add);
    assertThat(pieces).hasSizeGreaterThan(3);
    assertThat(pieces).allMatch(piece -> piece.getJsonLines().size() < 80 << 10);
    assertThat(values(export(alice), "message"))
        .extracting(v -> v.get("msg_seqno").textValue())
        .doesNotHaveDuplicates()
        .hasSizeGreaterThanOrEqualTo(1_200);
  }

  @Test
  void exportAndErase_needAUser() {
    assertRefused(-400, () -> export(0));
    assertRefused(-400, () -> erase(0));
    assertThat(values(export(alice + 99), "profile")).isEmpty();
    assertThat(erase(alice + 99)).isZero();
  }

  @Test
  void erase_blanksWhatTheUserSaid_inPrivate_andLeavesTheOthersUnreadAlone() {
    server.say(alice, bob, "secret one");
    server.say(alice, bob, "secret two");
    server.say(bob, alice, "mine");
    server.say(alice, bob, "secret three");
    SessionInfo before = server.session(bob, alice);
    assertThat(before.getUnreadCount()).isEqualTo(1);

    assertThat(erase(alice)).isEqualTo(3);

    assertThat(server.history(bob, alice))
        .extracting(AccountTest::content)
        .containsExactly(
            "{\"content\":\"\"}",
            "{\"content\":\"\"}",
            "{\"content\":\"mine\"}",
            "{\"content\":\"\"}");
    assertThat(server.history(bob, alice)).allMatch(msg -> msg.getMsgStatus() == 0);
    SessionInfo after = server.session(bob, alice);
    assertThat(after.getUnreadCount()).isEqualTo(1);
    assertThat(after.getAccountInfo().getName()).isEmpty();
    assertThat(after.getIsFollow()).isZero();
    assertThat(
            server.as(bob).singleUnread(ReqSingleUnread.getDefaultInstance()).getUnfollowUnread())
        .isEqualTo(1);
  }

  @Test
  void choicesAndAnswers_areExported_andErased() {
    server.user(User.newBuilder().setUid(alice).setName("alice").setAutoReplyAllowed(true));
    AutoReplies texts = AutoReplies.newBuilder().setReceived("secret answer").build();
    var _ =
        server
            .admin()
            .setPreferences(
                SetPreferencesRequest.newBuilder()
                    .setUid(alice)
                    .putChosen("receive_unfollow_msg", 0)
                    .putChosen("recv_reply", 1)
                    .setReplies(texts)
                    .build());
    server.say(bob, alice, "hi");

    List<JsonNode> lines = export(alice);
    JsonNode chosen = values(lines, "preferences").getFirst().get("chosen");
    assertThat(chosen.get("recv_reply").intValue()).isEqualTo(1);
    assertThat(values(lines, "auto_replies").getFirst().get("received").textValue())
        .isEqualTo("secret answer");
    assertThat(values(lines, "profile").getFirst().has("chosen")).isFalse();

    assertThat(erase(alice)).as("the answer is alice's").isEqualTo(1);
    assertThat(server.history(bob, alice))
        .noneMatch(msg -> msg.getContent().contains("secret answer"));
    server.people(alice);
    server.say(shop, alice, "hi");
    server.people(alice + 5);
    server.say(alice + 5, alice, "a stranger");
    assertThat(server.history(alice + 5, alice)).hasSize(1);
    lines = export(alice);
    assertThat(values(lines, "preferences")).isEmpty();
    assertThat(values(lines, "auto_replies")).isEmpty();
  }

  @Test
  void aBan_isExported_andEndsWithTheAccount() {
    long until = server.clock.instant().plusSeconds(60).getEpochSecond();
    var _ = server.admin().setBan(SetBanRequest.newBuilder().setUid(alice).setUntil(until).build());
    assertRefused(-403, () -> server.say(alice, bob, "hi"));
    assertThat(values(export(alice), "ban").getFirst().get("until").textValue())
        .isEqualTo(Long.toUnsignedString(until));

    erase(alice);
    server.people(alice);
    server.clock.move(Duration.ofSeconds(1));
    var again = server.withToken(server.token(alice));
    Msg.Builder msg = TestServer.text(bob, "hi");
    assertThat(again.sendMsg(ReqSendMsg.newBuilder().setMsg(msg).build()).getMsgKey()).isNotZero();
  }

  @Test
  void erase_leavesRecallsReadable() {
    long key = server.say(alice, bob, "regretted");
    var _ =
        server.send(
            alice,
            TestServer.text(bob, "")
                .setMsgType(MsgType.EN_MSG_TYPE_DRAW_BACK)
                .setContent(Long.toUnsignedString(key)));
    assertThat(erase(alice)).isZero();
    List<Msg> history = server.history(bob, alice);
    assertThat(history.get(0).getMsgStatus()).isEqualTo(1);
    assertThat(history.get(1).getContent()).isEqualTo(Long.toUnsignedString(key));
  }

  @Test
  void erase_blanksWhatTheUserSaid_inGroups_evenInOnesThatTheyLeft() {
    saysInGroup(bob, "mine");
    saysInGroup(alice, "secret");
    var _ =
        server
            .admin()
            .setMembers(SetMembersRequest.newBuilder().setGroupId(group).addLeft(alice).build());
    Msg.Builder late =
        TestServer.text(group, "secret, in my name")
            .setSenderUid(alice)
            .setReceiverType(RecverType.EN_RECVER_TYPE_GROUP);
    var _ = server.admin().send(SendRequest.newBuilder().setMsg(late).build());
    int unread = server.session(bob, Talker.group(group)).getUnreadCount();

    assertThat(erase(alice)).isEqualTo(2);

    assertThat(server.history(bob, Talker.group(group)))
        .extracting(AccountTest::content)
        .contains("{\"content\":\"mine\"}");
    assertThat(server.history(bob, Talker.group(group)))
        .noneMatch(msg -> msg.getContent().contains("secret"));
    assertThat(server.session(bob, Talker.group(group)).getUnreadCount()).isEqualTo(unread);
  }

  @Test
  void erase_findsGroupsThatTheUserNeverWasIn() {
    Msg.Builder asShop =
        TestServer.text(group, "secret offer")
            .setSenderUid(shop)
            .setReceiverType(RecverType.EN_RECVER_TYPE_GROUP);
    var _ = server.admin().send(SendRequest.newBuilder().setMsg(asShop).build());
    assertThat(
            server.as(shop).getSessions(ReqGetSessions.getDefaultInstance()).getSessionListList())
        .isEmpty();
    assertThat(erase(shop)).isEqualTo(1);
    assertThat(server.history(bob, Talker.group(group)))
        .noneMatch(msg -> msg.getContent().contains("secret"));
  }

  @Test
  void erase_blanksMailings() {
    var _ =
        server.send(
            shop,
            Msg.newBuilder()
                .setReceiverType(RecverType.EN_RECVER_TYPE_PEERS)
                .addRecverIds(alice)
                .addRecverIds(bob)
                .setMsgType(MsgType.EN_MSG_TYPE_NOTIFY_MSG)
                .setContent("{\"title\":\"secret sale\"}"));
    assertThat(erase(shop)).isEqualTo(2);
    assertThat(server.history(alice, shop).getFirst().getContent()).isEqualTo("{\"title\":\"\"}");
    assertThat(server.history(bob, shop).getFirst().getContent()).isEqualTo("{\"title\":\"\"}");
    assertThat(server.session(alice, shop).getUnreadCount()).isEqualTo(1);
    assertThat(server.session(alice, shop).getBizMsgUnreadCount()).isEqualTo(1);
  }

  @Test
  void erase_takesTheUserOutOfRelationsAndGroups_onBothSides() {
    server.relate(alice, shop, Kind.BLOCK);
    assertThat(friends(bob)).containsExactly(alice);

    erase(alice);

    assertThat(friends(bob)).isEmpty();
    assertThat(values(export(bob), "relation")).isEmpty();
    assertThat(values(export(shop), "relation")).isEmpty();
    server.people(alice);
    server.clock.move(Duration.ofSeconds(1));
    ImInterfaceBlockingStub again = server.withToken(server.token(alice));
    assertThat(again.syncRelation(ReqRelationSync.getDefaultInstance()).getFriendListList())
        .isEmpty();
    Msg.Builder msg = TestServer.groupText(group, "x");
    assertRefused(700014, () -> again.sendMsg(ReqSendMsg.newBuilder().setMsg(msg).build()));
  }

  private List<Long> friends(long uid) {
    return server
        .as(uid)
        .syncRelation(ReqRelationSync.getDefaultInstance())
        .getFriendListList()
        .stream()
        .map(FriendRelation::getUid)
        .toList();
  }

  @Test
  void erase_endsAllTokens_andLeavesNoAccount() {
    server.say(bob, alice, "hi");
    var mine = server.as(alice);

    erase(alice);

    assertThatThrownBy(() -> mine.myGroupUnread(DummyReq.getDefaultInstance()))
        .isInstanceOfSatisfying(
            StatusRuntimeException.class,
            e -> assertThat(e.getStatus().getCode()).isEqualTo(Code.UNAUTHENTICATED));
    assertRefused(-404, () -> server.say(bob, alice, "are you there?"));
    List<JsonNode> left = export(alice);
    assertThat(left)
        .extracting(line -> line.get("kind").textValue())
        .as("only since when tokens are good, and an empty head")
        .containsExactly("tokens", "inbox");
    assertThat(values(left, "inbox").getFirst()).isEmpty();
  }

  @Test
  void eraseTwice_changesNothingTheSecondTime() {
    server.say(alice, bob, "secret");
    assertThat(erase(alice)).isEqualTo(1);
    List<Msg> before = server.history(bob, alice);
    assertThat(erase(alice)).isZero();
    assertThat(server.history(bob, alice)).isEqualTo(before);
  }

  @Test
  void erase_ofMuch_isCountedWhole() {
    for (int i = 0; i < 450; i++) {
      server.say(alice, bob, "secret " + i);
    }
    for (long uid = alice + 10; uid < alice + 60; uid++) {
      server.people(uid);
      server.say(alice, uid, "secret");
    }
    assertThat(erase(alice)).isEqualTo(500);
    assertThat(server.history(bob, alice)).noneMatch(msg -> msg.getContent().contains("secret"));
    assertThat(server.history(alice + 59, alice).getFirst().getContent()).doesNotContain("secret");
  }

  @Test
  void erasedContent_isGoneFromTheDisk_onceCompactionHasRun() {
    try (TestServer mine = TestServer.start()) {
      mine.user(User.newBuilder().setUid(1).setName("name-5ef1d0").setFace("http://x/face-81b"));
      mine.people(2);
      mine.friends(1, 2);
      mine.say(1, 2, "said-20c59a");
      mine.say(2, 1, "kept-77e1d4");
      var _ = mine.admin().eraseUser(EraseUserRequest.newBuilder().setUid(1).build());
      mine.restart(
          () -> {
            Disk.compact(mine.data().resolve("store"));
            assertThat(Disk.holds(mine.data(), "kept-77e1d4")).isTrue();
            assertThat(Disk.holds(mine.data(), "said-20c59a")).isFalse();
            assertThat(Disk.holds(mine.data(), "name-5ef1d0")).isFalse();
            assertThat(Disk.holds(mine.data(), "face-81b")).isFalse();
          });
    }
  }
}
