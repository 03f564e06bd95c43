package dev.sixin.message;

import static dev.sixin.TestServer.assertRefused;
import static dev.sixin.TestServer.text;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sixin.Person;
import dev.sixin.TestServer;
import dev.sixin.admin.v1.User;
import dev.sixin.proto.im.ReqSendMsg;
import dev.sixin.proto.im.RspSendMsg;
import dev.sixin.proto.im.RspSessions;
import dev.sixin.proto.metadata.Metadata;
import dev.sixin.proto.type.KeyHitInfos;
import dev.sixin.proto.type.Msg;
import dev.sixin.proto.type.MsgSource;
import dev.sixin.proto.type.MsgType;
import dev.sixin.proto.type.RecverType;
import dev.sixin.proto.type.SessionInfo;
import io.grpc.stub.MetadataUtils;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// The rules of SendMsg but for content, retries, strangers and rates, which have tests of their
/// own.
class SendTest {
  private static final int LONGEST = 2_000;
  private static final long SEQNO_EPOCH = 1_635_696_000;

  private static final TestServer SERVER = TestServer.shared();

  private static Person somebody() {
    return Person.on(SERVER);
  }

  private static Msg only(List<Msg> messages) {
    assertThat(messages).hasSize(1);
    return messages.getFirst();
  }

  private static long nowSeconds() {
    return SERVER.clock.instant().getEpochSecond();
  }

  // What is answered and what is stored

  @Test
  void theAnswerToAText_isItsKeyAndTheContentAsStored() {
    Person ann = somebody();
    Person bob = somebody();
    RspSendMsg answer = ann.sends(text(bob.uid(), "hello"));

    Msg stored = only(bob.history(ann));
    assertThat(answer.getMsgKey()).isEqualTo(stored.getMsgKey());
    assertThat(answer.getMsgContent()).isEqualTo("{\"content\":\"hello\"}");
    assertThat(stored.getContent()).isEqualTo("{\"content\":\"hello\"}");
    assertThat(answer.hasKeyHitInfos()).isFalse();
  }

  @Test
  void theAnswerToAPicture_hasNoContent() {
    Person ann = somebody();
    Person bob = somebody();
    RspSendMsg answer =
        ann.sends(
            text(bob.uid(), "")
                .setMsgType(MsgType.EN_MSG_TYPE_PIC)
                .setContent("{\"url\":\"https://pictures.example/1.png\"}"));

    assertThat(answer.getMsgKey()).isNotZero();
    assertThat(answer.getMsgContent()).isEmpty();
  }

  @Test
  void bothSides_readTheSameMessages() {
    Person ann = somebody();
    Person bob = somebody();
    ann.says(bob, "one");
    bob.says(ann, "two");
    ann.says(bob, "three");

    assertThat(ann.history(bob)).hasSize(3).isEqualTo(bob.history(ann));
  }

  @Test
  void aMessage_saysWhoWroteWhatToWhom() {
    Person ann = somebody();
    Person bob = somebody();
    ann.sends(text(bob.uid(), "hello").setSenderUid(ann.uid()).setCliMsgId(-3));

    Msg stored = only(bob.history(ann));
    assertThat(stored.getSenderUid()).isEqualTo(ann.uid());
    assertThat(stored.getReceiverType()).isEqualTo(RecverType.EN_RECVER_TYPE_PEER);
    assertThat(stored.getReceiverId()).isEqualTo(bob.uid());
    assertThat(stored.getMsgType()).isEqualTo(MsgType.EN_MSG_TYPE_TEXT);
    assertThat(stored.getCliMsgId()).isEqualTo(-3);
  }

  @Test
  void whatTheServerSets_isNotTakenFromTheClient() {
    Person ann = somebody();
    Person bob = somebody();
    ann.sends(
        text(bob.uid(), "hello")
            .setMsgSeqno(9)
            .setMsgKey(9)
            .setTimestamp(9)
            .setMsgStatus(2)
            .setSysCancel(true)
            .setNotifyCode("9")
            .setKeyHitInfos(KeyHitInfos.newBuilder().setToast("9")));

    Msg stored = only(bob.history(ann));
    assertThat(stored.getTimestamp()).isEqualTo(nowSeconds());
    assertThat(stored.getMsgSeqno()).isGreaterThan(9);
    assertThat(stored.getMsgKey()).isGreaterThan(9);
    assertThat(stored.getMsgStatus()).isZero();
    assertThat(stored.getSysCancel()).isFalse();
    assertThat(stored.getNotifyCode()).isEmpty();
    assertThat(stored.hasKeyHitInfos()).isFalse();
  }

  @Test
  void aUidAboveTheSignedNumbers_isAUserLikeAnyOther() {
    Person ann = somebody();
    Person high = new Person(SERVER, -ann.uid());
    SERVER.people(high.uid());
    ann.befriends(high);
    ann.says(high, "one");
    high.says(ann, "two");

    assertThat(ann.history(high)).hasSize(2).isEqualTo(high.history(ann));
    assertThat(ann.listed(4)).containsExactly(high);
    assertThat(high.listed(4)).containsExactly(ann);
    assertThat(ann.session(high).getUnreadCount()).isEqualTo(1);
    assertThat(high.session(ann).getUnreadCount()).isZero();
  }

  // Numbers

  @Test
  void msgKey_isTheSecondThenACounterThenTheNode() {
    Person ann = somebody();
    long key = ann.says(somebody(), "hello");

    assertThat(key >>> 32).isEqualTo(nowSeconds());
    assertThat(key & 1_023).isEqualTo(TestServer.SHARED_NODE);
  }

  @Test
  void msgKeys_areUniqueAndInTheOrderOfTime_acrossConversations() {
    Person ann = somebody();
    Person bob = somebody();
    Person eve = somebody();
    List<Long> keys = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      keys.add(ann.says(bob, "a"));
      keys.add(bob.says(eve, "b"));
      keys.add(eve.says(bob, "c"));
      keys.add(bob.says(ann, "d"));
    }

    assertThat(keys).isSorted().doesNotHaveDuplicates();
  }

  @Test
  void msgSeqno_isTheSecondOnItsOwnScale_thenOneMoreWithinTheSecond() {
    Person ann = somebody();
    Person bob = somebody();
    ann.says(bob, "one");
    bob.says(ann, "two");
    SERVER.clock.move(Duration.ofSeconds(1));
    ann.says(bob, "three");

    long second = (nowSeconds() - SEQNO_EPOCH) << 24;
    assertThat(ann.history(bob))
        .extracting(Msg::getMsgSeqno)
        .containsExactly(second - (1 << 24), second - (1 << 24) + 1, second);
  }

  @Test
  void numbersAndOrders_goOn_whenTheClockStepsBack() {
    Person ann = somebody();
    Person bob = somebody();
    Person eve = somebody();
    ann.befriends(bob);
    ann.says(eve, "before");
    long before = ann.says(bob, "before");
    long timeBefore = ann.session(bob).getSessionTs();
    Duration anHour = Duration.ofHours(1);
    SERVER.clock.move(anHour.negated());
    try {
      long after = ann.says(bob, "after");

      assertThat(after).isGreaterThan(before);
      List<Msg> history = ann.history(bob);
      assertThat(history.get(1).getMsgSeqno()).isEqualTo(history.get(0).getMsgSeqno() + 1);
      assertThat(history.get(1).getTimestamp()).isEqualTo(nowSeconds());
      assertThat(ann.session(bob).getSessionTs()).isGreaterThan(timeBefore);
      assertThat(ann.listed(4)).containsExactly(bob, eve);
    } finally {
      SERVER.clock.move(anHour);
    }
  }

  // msg_source

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 4, 7})
  void aClient_maySayWhichClientItIs(int source) {
    Person ann = somebody();
    Person bob = somebody();
    ann.sends(text(bob.uid(), "hello").setMsgSourceValue(source));

    assertThat(only(bob.history(ann)).getMsgSourceValue()).isEqualTo(source);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 5, 6, 8, 9, 10, 11, 12, 13, 16, 17, 18, 19, 99})
  void aSourceThatIsNoClient_isReplaced(int source) {
    Person ann = somebody();
    Person bob = somebody();
    ann.sends(text(bob.uid(), "hello").setMsgSourceValue(source));

    assertThat(only(bob.history(ann)).getMsgSource()).isEqualTo(MsgSource.EN_MSG_SOURCE_WEB);
  }

  @ParameterizedTest
  @CsvSource({
    "iphone, ios, EN_MSG_SOURCE_IOS",
    "android, android, EN_MSG_SOURCE_ANDRIOD",
    "android_tv, '', EN_MSG_SOURCE_ANDRIOD",
    "'', ios, EN_MSG_SOURCE_IOS",
    "h5, '', EN_MSG_SOURCE_H5",
    "win, pc, EN_MSG_SOURCE_PC",
    "web, web, EN_MSG_SOURCE_WEB",
  })
  void theSource_isThatOfTheClientsMetadata_whenTheMessageHasNone(
      String app, String platform, MsgSource expected) {
    Person ann = somebody();
    Person bob = somebody();
    sendWith(Metadata.newBuilder().setMobiApp(app).setPlatform(platform).build(), ann, bob);

    assertThat(only(bob.history(ann)).getMsgSource()).isEqualTo(expected);
  }

  private static void sendWith(Metadata client, Person from, Person to) {
    io.grpc.Metadata headers = new io.grpc.Metadata();
    headers.put(
        io.grpc.Metadata.Key.of("x-bili-metadata-bin", io.grpc.Metadata.BINARY_BYTE_MARSHALLER),
        client.toByteArray());
    from.calls()
        .withInterceptors(MetadataUtils.newAttachHeadersInterceptor(headers))
        .sendMsg(ReqSendMsg.newBuilder().setMsg(text(to.uid(), "hello")).build());
  }

  // What it does to the sessions

  @Test
  void sending_readsTheConversationForTheSender() {
    Person ann = somebody();
    Person bob = somebody();
    bob.befriends(ann);
    bob.says(ann, "one");
    bob.says(ann, "two");
    assertThat(ann.session(bob).getUnreadCount()).isEqualTo(2);
    ann.says(bob, "three");

    SessionInfo session = ann.session(bob);
    assertThat(session.getUnreadCount()).isZero();
    assertThat(session.getAckSeqno()).isEqualTo(session.getMaxSeqno());
    assertThat(session.getAckTs()).as("moved by reading only").isZero();
    assertThat(ann.unread().getFollowUnread()).isZero();
    assertThat(bob.session(ann).getUnreadCount()).isEqualTo(1);
  }

  @Test
  void aRefusedMessage_changesNothing() {
    Person ann = somebody();
    Person bob = somebody();
    ann.says(bob, "one");
    List<Msg> history = bob.history(ann);
    RspSessions sessions = bob.lists(page -> page);
    RspSessions sent = ann.lists(page -> page);
    assertRefused(21047, () -> ann.says(bob, "two"));
    assertRefused(-400, () -> ann.sends(text(bob.uid(), "two").setContent("two")));
    assertRefused(21007, () -> ann.says(bob, "x".repeat(LONGEST)));
    bob.blocks(ann);
    assertRefused(25003, () -> ann.says(bob, "two"));

    assertThat(bob.history(ann)).isEqualTo(history);
    assertThat(bob.lists(page -> page)).isEqualTo(sessions);
    assertThat(ann.lists(page -> page)).isEqualTo(sent);
    assertThat(bob.unread().getUnfollowUnread()).isEqualTo(1);
  }

  // Refusals, in the order of the checks

  @Test
  void aMessageOfSomebodyElse_isRefusedWith403() {
    Person ann = somebody();
    Person bob = somebody();
    assertRefused(-403, () -> ann.sends(text(bob.uid(), "hello").setSenderUid(bob.uid())));
  }

  @Test
  void aRequestWithoutAMessage_isRefusedWith400() {
    Person ann = somebody();
    assertRefused(-400, () -> ann.calls().sendMsg(ReqSendMsg.getDefaultInstance()));
  }

  @ParameterizedTest
  @ValueSource(strings = {"receiver_type", "receiver_id", "msg_type", "content"})
  void aMessageWithoutARequiredField_isRefusedWith400(String field) {
    Person ann = somebody();
    Msg.Builder msg = text(somebody().uid(), "hello");
    msg.clearField(Msg.getDescriptor().findFieldByName(field));
    assertRefused(-400, () -> ann.sends(msg));
  }

  @Test
  void aReceiverTypeThatDoesNotExist_isRefusedWith2() {
    Person ann = somebody();
    Msg.Builder msg = text(somebody().uid(), "hello").setReceiverTypeValue(9);
    assertRefused(2, () -> ann.sends(msg));
  }

  @Test
  void theBody_isCheckedBeforeTheReceiver() {
    Person ann = somebody();
    Msg.Builder msg = text(Person.unregistered(SERVER).uid(), "hello").setContent("");
    assertRefused(-400, () -> ann.sends(msg));
  }

  @Test
  void aReceiverOfWhomTheSiteHasNotTold_isRefusedWith404() {
    Person ann = somebody();
    assertRefused(-404, () -> ann.says(Person.unregistered(SERVER), "hello"));
  }

  @Test
  void aGroupOfWhichTheSiteHasNotTold_isRefusedWith404() {
    Person ann = somebody();
    Msg.Builder msg =
        text(somebody().uid(), "hello").setReceiverType(RecverType.EN_RECVER_TYPE_GROUP);
    assertRefused(-404, () -> ann.sends(msg));
  }

  @Test
  void theReceiver_isCheckedBeforeTheType() {
    Person ann = somebody();
    Msg.Builder msg =
        text(Person.unregistered(SERVER).uid(), "hello").setMsgType(MsgType.EN_MSG_TYPE_NOTIFY_MSG);
    assertRefused(-404, () -> ann.sends(msg));
  }

  @ParameterizedTest
  @ValueSource(
      ints = {4, 8, 10, 11, 12, 13, 16, 18, 19, 50, 51, 101, 118, 201, 213, 301, 306, 999, -1})
  void aTypeOfSystemOrBusinessAccounts_isRefusedWith21035_fromAnybodyElse(int type) {
    Person ann = somebody();
    Person bob = somebody();
    assertRefused(21035, () -> ann.sends(text(bob.uid(), "hello").setMsgTypeValue(type)));
  }

  @ParameterizedTest
  @ValueSource(ints = {10, 13, 18, 301})
  void aBusinessAccount_maySendEveryType(int type) {
    Person shop = Person.on(SERVER, User.newBuilder().setBusiness(true));
    assertSendsType(shop, type);
  }

  @ParameterizedTest
  @ValueSource(ints = {10, 13, 18, 301})
  void aSystemAccount_maySendEveryType(int type) {
    Person notices = Person.on(SERVER, User.newBuilder().setSystemMsgType(5));
    assertSendsType(notices, type);
  }

  private static void assertSendsType(Person sender, int type) {
    Person ann = somebody();
    sender.follows(ann); // so that there is no tip beside the message
    String content =
        """
        {"title":"t","pic_url":"p","jump_url":"j","group_id":1,"content":"[]"}\
        """;
    sender.sends(text(ann.uid(), "").setMsgTypeValue(type).setContent(content));
    assertThat(only(ann.history(sender)).getMsgTypeValue()).isEqualTo(type);
  }

  @Test
  void theType_isCheckedBeforeTheContent() {
    Person ann = somebody();
    Msg.Builder msg =
        text(somebody().uid(), "")
            .setMsgType(MsgType.EN_MSG_TYPE_NOTIFY_MSG)
            .setContent("not JSON");
    assertRefused(21035, () -> ann.sends(msg));
  }

  @Test
  void theContent_isCheckedBeforeItsLength() {
    Person ann = somebody();
    Msg.Builder msg = text(somebody().uid(), "").setContent("x".repeat(LONGEST + 1));
    assertRefused(-400, () -> ann.sends(msg));
  }

  @Test
  void theLength_isCheckedBeforeWhetherItGoesToOneself() {
    Person ann = somebody();
    assertRefused(21007, () -> ann.says(ann, "x".repeat(LONGEST)));
  }

  @Test
  void aMessageToOneself_isRefusedWith21026() {
    Person ann = somebody();
    assertRefused(21026, () -> ann.says(ann, "hello"));
  }

  @Test
  void aMessageToSomeoneWhomIBlocked_isRefusedWith25005_untilIUnblockThem() {
    Person ann = somebody();
    Person bob = somebody();
    ann.blocks(bob);
    assertRefused(25005, () -> ann.says(bob, "hello"));

    ann.unblocks(bob);
    ann.says(bob, "hello");
    assertThat(bob.history(ann)).hasSize(1);
  }

  @Test
  void aMessageToSomeoneWhoBlockedMe_isRefusedWith25003_untilTheyUnblockMe() {
    Person ann = somebody();
    Person bob = somebody();
    bob.blocks(ann);
    assertRefused(25003, () -> ann.says(bob, "hello"));

    bob.unblocks(ann);
    ann.says(bob, "hello");
    assertThat(bob.history(ann)).hasSize(1);
  }

  @Test
  void whenBothBlockEachOther_onesOwnBlockIsToldFirst() {
    Person ann = somebody();
    Person bob = somebody();
    ann.blocks(bob);
    bob.blocks(ann);
    assertRefused(25005, () -> ann.says(bob, "hello"));
    assertRefused(25005, () -> bob.says(ann, "hello"));
  }

  @Test
  void theContent_isCheckedBeforeABlock() {
    Person ann = somebody();
    Person bob = somebody();
    bob.blocks(ann);
    assertRefused(21007, () -> ann.says(bob, "x".repeat(LONGEST)));
  }

  @Test
  void aBlock_isCheckedBeforeTheStrangerRule() {
    Person ann = somebody();
    Person bob = somebody();
    ann.says(bob, "hello");
    bob.blocks(ann);
    assertRefused(25003, () -> ann.says(bob, "hello again"));
  }

  @Test
  void aBusinessAccount_meetsBlocksToo() {
    Person shop = Person.on(SERVER, User.newBuilder().setBusiness(true));
    Person ann = somebody();
    ann.blocks(shop);
    assertRefused(25003, () -> shop.says(ann, "hello"));
  }
}
