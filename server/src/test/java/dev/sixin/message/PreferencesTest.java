package dev.sixin.message;

import static dev.sixin.TestServer.assertRefused;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sixin.Group;
import dev.sixin.Person;
import dev.sixin.TestServer;
import dev.sixin.admin.v1.SendRequest;
import dev.sixin.admin.v1.User;
import dev.sixin.proto.im.DummyReq;
import dev.sixin.proto.im.ReqNewSessions;
import dev.sixin.proto.im.RspSendMsg;
import dev.sixin.proto.type.Msg;
import org.junit.jupiter.api.Test;

/// What people choose for all of their messages, where it decides something.
class PreferencesTest {
  private static final TestServer SERVER = TestServer.shared();
  private static final int TIP = 18;

  private static Person somebody() {
    return Person.on(SERVER);
  }

  /// Somebody to whom no stranger can write.
  private static Person shy() {
    Person shy = somebody();
    shy.prefers("receive_unfollow_msg", 0);
    return shy;
  }

  @Test
  void whoReceivesNoStrangers_isNotWrittenToByOne_25003() {
    Person ann = somebody();
    Person shy = shy();

    assertRefused(25003, () -> ann.says(shy, "hello"));
    assertThat(shy.listed(4)).isEmpty();
    assertThat(ann.listed(4)).isEmpty();
  }

  @Test
  void whoReceivesNoStrangers_isWrittenToByThoseWhomTheyFollow() {
    Person ann = somebody();
    Person shy = shy();
    shy.follows(ann);
    ann.says(shy, "hello");
    ann.says(shy, "again");
    shy.unfollows(ann);

    assertRefused(25003, () -> ann.says(shy, "and now?"));
  }

  @Test
  void whoReceivesNoStrangers_isAnsweredByThoseToWhomTheyWrote() {
    Person ann = somebody();
    Person shy = shy();
    shy.says(ann, "hello");
    ann.says(shy, "yes?");
    ann.says(shy, "hello?");

    assertThat(shy.history(ann)).hasSize(3);
  }

  @Test
  void accountsOfTheSite_andTheSiteItself_areNoStrangers() {
    Person shy = shy();
    Person shop = Person.on(SERVER, User.newBuilder().setBusiness(true));
    shop.says(shy, "your order");
    Person ann = somebody();
    Msg.Builder inHerName = TestServer.text(shy.uid(), "hello").setSenderUid(ann.uid());
    var _ = SERVER.admin().send(SendRequest.newBuilder().setMsg(inHerName).build());

    assertThat(shy.history(shop)).hasSize(1);
    assertThat(shy.history(ann)).hasSize(1);
  }

  @Test
  void aStranger_canTakeBack_whatWasSaidBefore() {
    Person ann = somebody();
    Person bob = somebody();
    long key = ann.says(bob, "hello");
    bob.prefers("receive_unfollow_msg", 0);
    ann.sends(
        TestServer.text(bob.uid(), "").setMsgTypeValue(5).setContent(Long.toUnsignedString(key)));

    assertThat(bob.history(ann).getFirst().getMsgStatus()).isEqualTo(1);
  }

  @Test
  void aRetry_getsTheFirstAnswer_whateverTheReceiverChoseSince() {
    Person ann = somebody();
    Person bob = somebody();
    Msg.Builder msg = TestServer.text(bob.uid(), "hello").setCliMsgId(7);
    RspSendMsg first = ann.sends(msg);
    bob.prefers("receive_unfollow_msg", 0);

    assertThat(ann.sends(msg)).isEqualTo(first);
  }

  @Test
  void theBlockOfTheSender_speaksBeforeTheReceiversChoice() {
    Person ann = somebody();
    Person shy = shy();
    ann.blocks(shy);

    assertRefused(25005, () -> ann.says(shy, "hello"));
  }

  @Test
  void theTipAboutOneMessage_isNotShown_whereNoneIsAllowed() {
    Person ann = somebody();
    Person shy = shy();

    assertThat(ann.fetches(somebody(), page -> page).getMessagesList())
        .extracting(Msg::getMsgTypeValue)
        .containsExactly(TIP);
    assertThat(ann.fetches(shy, page -> page).getMessagesList()).isEmpty();
  }

  @Test
  void choices_outliveARestart_aNewProfile_andOtherChoices() {
    try (TestServer own = TestServer.start()) {
      Person ann = Person.on(own);
      Person shy = Person.on(own);
      shy.prefers("receive_unfollow_msg", 0);
      shy.prefers("set_like", 5);
      own.user(User.newBuilder().setUid(shy.uid()).setName("new name"));
      assertRefused(25003, () -> ann.says(shy, "hello"));
      own.verify();

      assertRefused(25003, () -> ann.says(shy, "hello"));
      shy.prefers("receive_unfollow_msg", 1);
      ann.says(shy, "hello");
    }
  }

  @Test
  void aChoice_isNoProfile() {
    Person nobody = Person.unregistered(SERVER);
    nobody.prefers("set_like", 5);

    assertRefused(-404, () -> somebody().says(nobody, "hello"));
  }

  @Test
  void whoWantsNoGroups_seesThemInNoList_andInNoCounter() {
    Person ann = somebody();
    Person bob = somebody();
    Group group = Group.of(ann, bob);
    group.say(bob, "hello");
    group.pin(ann);
    group.ack(ann, 1);
    ann.prefers("should_receive_group", 0);

    for (int list : new int[] {1, 3, 4}) {
      assertThat(group.isIn(ann, list)).as("list %d", list).isFalse();
      assertThat(group.isIn(bob, list)).as("list %d of somebody else", list).isTrue();
    }
    assertThat(ann.lists(page -> page.setSessionType(3).setSortRule(3)).getSessionListList())
        .isEmpty();
    assertThat(group.isIn(ann.calls().newSessions(ReqNewSessions.getDefaultInstance()))).isFalse();
    assertThat(ann.calls().myGroupUnread(DummyReq.getDefaultInstance()).getUnreadCount()).isZero();
    assertThat(group.session(ann).getUnreadCount()).as("still found").isPositive();
    assertThat(group.history(ann)).isNotEmpty();
  }

  @Test
  void whoWantsGroupsAgain_findsThemAsTheyWere() {
    Person ann = somebody();
    Group group = Group.of(ann);
    ann.prefers("should_receive_group", 0);
    Person bob = somebody();
    group.add(bob);
    group.say(bob, "hello");
    ann.prefers("should_receive_group", 1);

    assertThat(group.isIn(ann, 3)).isTrue();
    assertThat(ann.calls().myGroupUnread(DummyReq.getDefaultInstance()).getUnreadCount())
        .isEqualTo(group.session(ann).getUnreadCount())
        .isPositive();
  }

  @Test
  void whatDoesNotExist_isRefused_andNothingIsKept() {
    Person ann = somebody();
    assertRefused(2, () -> ann.prefers("nonsense", 1));
    assertRefused(2, () -> ann.prefers("msg_notify", 2));
    assertRefused(
        2,
        () ->
            ann.prefers(
                request ->
                    request
                        .putChosen("receive_unfollow_msg", 0)
                        .putChosen("should_receive_group", 7)));

    somebody().says(ann, "hello");
  }
}
