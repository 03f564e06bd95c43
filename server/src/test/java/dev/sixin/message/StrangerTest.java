package dev.sixin.message;

import static dev.sixin.TestServer.assertRefused;
import static org.assertj.core.api.Assertions.assertThat;

import com.linecorp.armeria.client.grpc.GrpcClients;
import dev.sixin.Person;
import dev.sixin.TestServer;
import dev.sixin.admin.v1.User;
import dev.sixin.proto.im.ImInterfaceGrpc.ImInterfaceBlockingStub;
import dev.sixin.proto.im.ReqSessionMsg;
import dev.sixin.proto.im.RspSessionMsg;
import dev.sixin.proto.type.Msg;
import java.util.List;
import org.junit.jupiter.api.Test;

/// While the receiver neither follows the sender nor has ever written to them, one message is
/// allowed; a tip says so before.
class StrangerTest {
  private static final int TIP = 18;

  private static final TestServer SERVER = TestServer.shared();

  private static Person somebody() {
    return Person.on(SERVER);
  }

  private static Person shop() {
    return Person.on(SERVER, User.newBuilder().setBusiness(true));
  }

  private static Person notices() {
    return Person.on(SERVER, User.newBuilder().setSystemMsgType(5));
  }

  @Test
  void theSecondMessageToAStranger_isRefusedWith21047() {
    Person ann = somebody();
    Person bob = somebody();
    ann.says(bob, "one");

    assertRefused(21047, () -> ann.says(bob, "two"));
    assertThat(bob.history(ann)).hasSize(1);
  }

  @Test
  void theRule_holdsForEachReceiverAlone() {
    Person ann = somebody();
    ann.says(somebody(), "one");
    Person eve = somebody();
    ann.says(eve, "one");

    assertThat(eve.history(ann)).hasSize(1);
  }

  @Test
  void aReply_liftsTheRule() {
    Person ann = somebody();
    Person bob = somebody();
    ann.says(bob, "one");
    bob.says(ann, "two");
    ann.says(bob, "three");
    ann.says(bob, "four");
    bob.says(ann, "five");
    bob.says(ann, "six");

    assertThat(bob.history(ann)).hasSize(6);
  }

  @Test
  void whoWroteFirst_isNoStranger() {
    Person ann = somebody();
    Person bob = somebody();
    bob.says(ann, "zero");
    ann.says(bob, "one");
    ann.says(bob, "two");

    assertThat(bob.history(ann)).hasSize(3);
  }

  @Test
  void aReceiverWhoFollowsTheSender_liftsTheRule_untilTheyNoLongerDo() {
    Person ann = somebody();
    Person bob = somebody();
    ann.says(bob, "one");
    bob.follows(ann);
    ann.says(bob, "two");
    ann.says(bob, "three");
    bob.unfollows(ann);

    assertRefused(21047, () -> ann.says(bob, "four"));
    assertThat(bob.history(ann)).hasSize(3);
  }

  @Test
  void aSenderWhoFollowsTheReceiver_isBoundAllTheSame() {
    Person ann = somebody();
    Person bob = somebody();
    ann.follows(bob);
    ann.says(bob, "one");

    assertRefused(21047, () -> ann.says(bob, "two"));
  }

  @Test
  void removingTheSession_doesNotBringBackTheRightToWrite() {
    Person ann = somebody();
    Person bob = somebody();
    ann.says(bob, "one");
    ann.removes(bob);
    bob.removes(ann);

    assertRefused(21047, () -> ann.says(bob, "two"));
  }

  @Test
  void businessAccounts_areExempt() {
    Person shop = shop();
    Person ann = somebody();
    shop.says(ann, "one");
    shop.says(ann, "two");

    assertThat(ann.history(shop)).hasSize(2);
  }

  @Test
  void systemAccounts_areExempt() {
    Person notices = notices();
    Person ann = somebody();
    notices.says(ann, "one");
    notices.says(ann, "two");

    assertThat(ann.history(notices)).hasSize(2);
  }

  @Test
  void theRule_isRememberedOverARestart() {
    Person ann = somebody();
    Person bob = somebody();
    Person eve = somebody();
    eve.follows(ann);
    ann.says(bob, "one");
    ann.says(eve, "one");
    SERVER.restart();

    assertRefused(21047, () -> ann.says(bob, "two"));
    ann.says(eve, "two");
    assertThat(eve.history(ann)).hasSize(2);
  }

  // The tip

  private static List<Msg> read(Person reader, Person talker) {
    return reader.fetches(talker, page -> page).getMessagesList();
  }

  @Test
  void beforeAnythingWasSaid_theReaderGetsATip() {
    Person ann = somebody();
    Person bob = somebody();
    for (int order : new int[] {0, 1}) {
      RspSessionMsg page = ann.fetches(bob, request -> request.setOrder(order));

      assertThat(page.getMessagesList()).hasSize(1);
      Msg tip = page.getMessages(0);
      assertThat(tip.getMsgTypeValue()).isEqualTo(TIP);
      assertThat(tip.getMsgSourceValue()).isEqualTo(18);
      assertThat(tip.getMsgSeqno()).isZero();
      assertThat(tip.getReceiverId()).isEqualTo(ann.uid());
      assertThat(page.getHasMore()).isZero();
      assertThat(page.getMinSeqno()).as("of no message").isEqualTo(-1);
      assertThat(page.getMaxSeqno()).as("of no message").isZero();
    }
  }

  @Test
  void theTip_speaksTheReadersLanguage_chineseFirst() {
    Person ann = somebody();
    Person bob = somebody();

    assertThat(tip(ann, bob, "en")).contains("one message");
    assertThat(tip(ann, bob, "zh-CN,zh;q=0.9,en;q=0.8")).contains("1条消息");
    assertThat(tip(ann, bob, "fr")).contains("1条消息");
  }

  private static String tip(Person reader, Person talker, String language) {
    ImInterfaceBlockingStub calls =
        GrpcClients.builder("gproto+http://127.0.0.1:" + SERVER.port())
            .setHeader("authorization", "identify_v1 " + SERVER.token(reader.uid()))
            .setHeader("accept-language", language)
            .build(ImInterfaceBlockingStub.class);
    return calls
        .syncFetchSessionMsgs(
            ReqSessionMsg.newBuilder().setTalkerId(talker.uid()).setSessionType(1).build())
        .getMessages(0)
        .getContent();
  }

  @Test
  void theTip_isStoredNowhere() {
    Person ann = somebody();
    Person bob = somebody();
    read(ann, bob);

    assertRefused(1000004, () -> ann.session(bob));
    assertRefused(1000004, () -> bob.session(ann));
    assertThat(ann.listed(4)).isEmpty();
    assertThat(ann.unread().getUnfollowUnread()).isZero();
  }

  @Test
  void onceTheReaderHasWritten_thereIsNoTip() {
    Person ann = somebody();
    Person bob = somebody();
    ann.says(bob, "one");

    assertThat(read(ann, bob)).extracting(Msg::getMsgTypeValue).containsExactly(1);
  }

  @Test
  void onceTheTalkerHasWritten_thereIsNoTip() {
    Person ann = somebody();
    Person bob = somebody();
    bob.says(ann, "one");

    assertThat(read(ann, bob)).extracting(Msg::getMsgTypeValue).containsExactly(1);
  }

  @Test
  void aPageOfNothing_hasNoTip_whenThereAreMessagesElsewhere() {
    Person ann = somebody();
    Person bob = somebody();
    ann.says(bob, "one");

    assertThat(ann.fetches(bob, page -> page.setBeginSeqno(-1)).getMessagesList()).isEmpty();
  }

  @Test
  void aTalkerWhoFollowsTheReader_needsNoTip() {
    Person ann = somebody();
    Person bob = somebody();
    bob.follows(ann);

    assertThat(read(ann, bob)).isEmpty();
    assertThat(read(bob, ann)).extracting(Msg::getMsgTypeValue).containsExactly(TIP);
  }

  @Test
  void businessAndSystemAccounts_needNoTip() {
    Person ann = somebody();

    assertThat(read(shop(), ann)).isEmpty();
    assertThat(read(notices(), ann)).isEmpty();
  }

  @Test
  void aTalkerOfWhomTheSiteHasNotTold_needsNoTip() {
    assertThat(read(somebody(), Person.unregistered(SERVER))).isEmpty();
  }

  @Test
  void aConversationWithOneself_needsNoTip() {
    Person ann = somebody();
    assertThat(read(ann, ann)).isEmpty();
  }
}
