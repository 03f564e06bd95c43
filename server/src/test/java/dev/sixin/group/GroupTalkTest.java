package dev.sixin.group;

import static dev.sixin.TestServer.assertRefused;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sixin.Group;
import dev.sixin.Person;
import dev.sixin.TestServer;
import dev.sixin.admin.v1.RecallRequest;
import dev.sixin.admin.v1.SendRequest;
import dev.sixin.entity.Talker;
import dev.sixin.proto.im.RspSendMsg;
import dev.sixin.proto.im.RspSessionMsg;
import dev.sixin.proto.type.Msg;
import dev.sixin.proto.type.SessionInfo;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// The rules of sending to groups and reading them: who may, from where on, what is unread.
class GroupTalkTest {
  private static final int JOINED = 301;
  private static final long NOBODY_READ = -1;

  private static final TestServer SERVER = TestServer.shared();

  private final Person ann = Person.on(SERVER);
  private final Person bob = Person.on(SERVER);
  private final Person cid = Person.on(SERVER);
  private final Person eve = Person.on(SERVER);
  private final Group group = Group.of(ann, bob, cid);

  /// The number of the last line before the test's own messages: created, joined.
  private static final long START = 2;

  @BeforeEach
  void everybodyHasReadTheGroup() {
    List.of(ann, bob, cid).forEach(member -> group.ack(member, 0));
  }

  private static List<String> texts(List<Msg> messages) {
    return messages.stream()
        .filter(msg -> msg.getMsgTypeValue() == 1)
        .map(msg -> msg.getContent().replaceAll(".*:\"(.*)\"}", "$1"))
        .toList();
  }

  private static List<Long> seqnos(List<Msg> messages) {
    return messages.stream().map(Msg::getMsgSeqno).toList();
  }

  private int unread(Person member) {
    return group.session(member).getUnreadCount();
  }

  // Sending

  @Test
  void aMessage_isReadByAllMembers_sameNumberSameKey() {
    RspSendMsg sent = bob.sends(group.text("hello"));
    assertThat(sent.getMsgContent()).isEqualTo("{\"content\":\"hello\"}");

    Msg msg = group.history(ann).getLast();
    assertThat(msg.getMsgKey()).isEqualTo(sent.getMsgKey());
    assertThat(msg.getMsgSeqno()).isEqualTo(START + 1);
    assertThat(msg.getSenderUid()).isEqualTo(bob.uid());
    assertThat(msg.getReceiverId()).isEqualTo(group.id());
    assertThat(group.history(bob).getLast()).isEqualTo(msg);
    assertThat(group.history(cid).getLast()).isEqualTo(msg);
    assertThat(group.session(cid).getLastMsg()).isEqualTo(msg);
  }

  @Test
  void numbersOfAGroup_haveNoGaps() {
    for (int i = 0; i < 5; i++) {
      group.say(i % 2 == 0 ? bob : cid, "message " + i);
    }

    assertThat(seqnos(group.history(ann))).containsExactly(1L, 2L, 3L, 4L, 5L, 6L, 7L);
  }

  @Test
  void whoIsNotInTheGroup_isRefusedWith700014() {
    assertRefused(700014, () -> group.say(eve, "hello"));
    assertRefused(700014, () -> group.history(eve));
    assertRefused(700014, () -> group.ack(eve, 0));
    assertRefused(700014, () -> group.pin(eve));
    assertRefused(700014, () -> group.choose(eve, settings -> settings.setDnd(true)));
    assertRefused(1000004, () -> group.session(eve));

    assertThat(seqnos(group.history(ann))).containsExactly(1L, START);
  }

  @Test
  void aGroupThatDoesNotExist_isRefusedWithMinus404() {
    Group nowhere = Group.unregistered(ann);
    assertRefused(-404, () -> nowhere.say(ann, "hello"));
    assertRefused(-404, () -> nowhere.history(ann));
    assertRefused(-404, () -> nowhere.ack(ann, 0));
  }

  @ParameterizedTest
  @ValueSource(ints = {301, 305, 8, 10, 13})
  void typesThatAreNotForUsers_areRefusedWith21035(int type) {
    assertRefused(21035, () -> bob.sends(group.text("x").setMsgTypeValue(type)));
  }

  @Test
  void contentIsCheckedBeforeMembership() {
    assertRefused(-400, () -> eve.sends(group.text("x").setContent("not JSON")));
    assertRefused(21007, () -> eve.sends(group.text("x".repeat(2_001))));
  }

  @Test
  void aRetry_isOneMessage() {
    long key = bob.sends(group.text("once").setCliMsgId(7)).getMsgKey();
    assertThat(bob.sends(group.text("again").setCliMsgId(7)).getMsgKey()).isEqualTo(key);

    assertThat(texts(group.history(ann))).containsExactly("once");
    assertThat(unread(ann)).isEqualTo(1);
  }

  @Test
  void aRetryByWhoWasKickedSince_getsTheFirstAnswer() {
    long key = bob.sends(group.text("once").setCliMsgId(7)).getMsgKey();
    group.kick(bob);

    assertThat(bob.sends(group.text("once").setCliMsgId(7)).getMsgKey()).isEqualTo(key);
  }

  @Test
  void theSite_sendsAsAnyAccount_memberOrNot() {
    SERVER
        .admin()
        .send(
            SendRequest.newBuilder()
                .setMsg(group.text("from the site").setSenderUid(eve.uid()))
                .build());

    assertThat(texts(group.history(ann))).containsExactly("from the site");
    assertThat(group.isIn(eve, 4)).isFalse();
  }

  // Reading

  @Test
  void aPage_isARangeOfNumbers_newestFirst() {
    for (int i = 0; i < 6; i++) {
      group.say(bob, "message " + i);
    }

    RspSessionMsg page =
        group.fetch(ann, request -> request.setBeginSeqno(3).setEndSeqno(8).setSize(3));
    assertThat(seqnos(page.getMessagesList())).containsExactly(7L, 6L, 5L);
    assertThat(page.getHasMore()).isEqualTo(1);
    assertThat(page.getMinSeqno()).isEqualTo(5);
    assertThat(page.getMaxSeqno()).isEqualTo(7);
  }

  @Test
  void thePageBeforeTheJoin_isEmpty_andThereIsNoMore() {
    group.say(bob, "before");
    group.add(eve);

    RspSessionMsg page = group.fetch(eve, request -> request.setEndSeqno(START + 2));
    assertThat(page.getMessagesList()).isEmpty();
    assertThat(page.getHasMore()).isZero();
    assertThat(page.getMinSeqno()).isEqualTo(NOBODY_READ);
    assertThat(page.getMaxSeqno()).isZero();
    assertThat(group.fetch(eve, request -> request.setSize(1)).getHasMore()).isZero();
  }

  @Test
  void aGroup_hasNoTipAboutOneMessage() {
    Group fresh = Group.of(ann);
    assertThat(fresh.fetch(ann, request -> request.setBeginSeqno(100)).getMessagesList()).isEmpty();
  }

  @Test
  void fetching_doesNotAck() {
    group.say(bob, "hello");
    group.history(ann);

    assertThat(unread(ann)).isEqualTo(1);
  }

  // Unread

  @Test
  void othersMessages_areUnread_onesOwnAreNot() {
    group.say(bob, "one");
    group.say(cid, "two");
    group.say(cid, "three");

    assertThat(unread(ann)).isEqualTo(3);
    assertThat(unread(bob)).isEqualTo(2);
    assertThat(unread(cid)).isZero();
  }

  @Test
  void sending_readsTheGroupForTheSender() {
    group.say(bob, "one");
    group.say(ann, "two");

    SessionInfo session = group.session(ann);
    assertThat(session.getUnreadCount()).isZero();
    assertThat(session.getAckSeqno()).isEqualTo(START + 2);
    assertThat(session.getMaxSeqno()).isEqualTo(START + 2);
  }

  @Test
  void anAck_movesForwardOnly_andIsCutToTheEnd() {
    for (int i = 0; i < 4; i++) {
      group.say(bob, "message " + i);
    }
    group.ack(ann, START + 3);
    assertThat(unread(ann)).isEqualTo(1);

    group.ack(ann, START + 1);
    assertThat(unread(ann)).isEqualTo(1);
    assertThat(group.session(ann).getAckSeqno()).isEqualTo(START + 3);

    group.ack(ann, 1_000_000);
    assertThat(unread(ann)).isZero();
    assertThat(group.session(ann).getAckSeqno()).isEqualTo(START + 4);
    group.say(bob, "one more");
    assertThat(unread(ann)).isEqualTo(1);
  }

  // Mentions

  private Msg.Builder mentioning(Person... people) {
    Msg.Builder msg = group.text("look");
    List.of(people).forEach(person -> msg.addAtUids(person.uid()));
    return msg;
  }

  private long mention(Person member) {
    return group.session(member).getAtSeqno();
  }

  @Test
  void aMention_standsOnTheSessionsOfTheMentionedAlone_untilTheyReadIt() {
    bob.sends(mentioning(ann));
    group.say(bob, "more");
    assertThat(mention(ann)).isEqualTo(START + 1);
    assertThat(mention(cid)).isZero();
    assertThat(mention(bob)).isZero();

    group.ack(ann, START);
    assertThat(mention(ann)).isEqualTo(START + 1);
    group.ack(ann, START + 1);
    assertThat(mention(ann)).isZero();
    assertThat(unread(ann)).isEqualTo(1);
  }

  @Test
  void aMention_isGoneWhenTheMentionedWriteThemselves() {
    bob.sends(mentioning(ann));
    group.say(ann, "yes?");

    assertThat(mention(ann)).isZero();
  }

  @Test
  void ofManyMentions_theLastCounts() {
    bob.sends(mentioning(ann));
    cid.sends(mentioning(ann, bob));
    group.ack(ann, START + 1);

    assertThat(mention(ann)).isEqualTo(START + 2);
    assertThat(mention(bob)).isEqualTo(START + 2);
  }

  @Test
  void theValue0_mentionsNobody() {
    bob.sends(group.text("x").addAtUids(0));

    assertThat(group.history(ann).getLast().getAtUidsList()).isEmpty();
    assertThat(mention(ann)).isZero();
  }

  @Test
  void whoIsNotInTheGroup_isNotMentioned_norIsTheSender() {
    bob.sends(mentioning(eve, bob));

    assertThat(mention(bob)).isZero();
    assertThat(group.isIn(eve, 4)).isFalse();
    group.add(eve);
    assertThat(mention(eve)).isZero();
  }

  @Test
  void moreThan100Mentions_areRefusedWith2_andNothingChanges() {
    Msg.Builder msg = group.text("look");
    for (long uid = 1; uid <= 100; uid++) {
      msg.addAtUids(uid);
    }
    bob.sends(msg);
    assertRefused(2, () -> bob.sends(msg.addAtUids(101)));

    assertThat(texts(group.history(ann))).containsExactly("look");
  }

  @Test
  void aMention_goesWithTheSession() {
    bob.sends(mentioning(ann));
    group.remove(ann);
    group.say(bob, "more");

    assertThat(mention(ann)).isZero();
  }

  // Recall

  @Test
  void aRecalledMessage_losesItsContent_andIsUnreadNoLonger() {
    group.say(bob, "one");
    long key = group.say(bob, "two");
    group.recall(bob, key);

    assertThat(unread(ann)).isEqualTo(1);
    Msg msg =
        group.history(ann).stream().filter(m -> m.getMsgKey() == key).findFirst().orElseThrow();
    assertThat(msg.getMsgStatus()).isEqualTo(1);
    assertThat(msg.getContent()).isEqualTo("{\"content\":\"\"}");
  }

  @Test
  void aMessageThatWasReadBeforeItsRecall_countsOnce() {
    long key = group.say(bob, "one");
    group.ack(ann, 0);
    group.recall(bob, key);
    group.say(bob, "two");

    assertThat(unread(ann)).isEqualTo(1);
    assertThat(unread(cid)).isEqualTo(1);
  }

  @Test
  void othersMessages_areNotRecalled() {
    long key = group.say(bob, "one");

    assertRefused(-403, () -> group.recall(ann, key));
    assertRefused(-403, () -> group.recall(ann, group.history(ann).getFirst().getMsgKey()));
  }

  @ParameterizedTest
  @ValueSource(longs = {0, 1, -1})
  void aKeyThatNoMessageHas_isRefusedWith10005(long key) {
    group.say(bob, "one");

    assertRefused(10005, () -> group.recall(bob, key));
  }

  @Test
  void aMessageOfAnotherGroup_isRefusedWith10005() {
    long key = Group.of(ann, bob).say(bob, "elsewhere");
    group.say(bob, "here");

    assertRefused(10005, () -> group.recall(bob, key));
  }

  @Test
  void whatTheSiteRecalls_vanishesForEverybody() {
    long key = group.say(bob, "one");
    group.say(bob, "two");
    SERVER
        .admin()
        .recall(
            RecallRequest.newBuilder()
                .setMsgKey(key)
                .setTalkerId(group.id())
                .setSessionType(Talker.GROUP)
                .build());

    assertThat(texts(group.history(ann))).containsExactly("two");
    assertThat(group.history(ann)).noneMatch(msg -> msg.getMsgKey() == key);
    assertThat(unread(ann)).isEqualTo(1);
    assertThat(unread(bob)).isZero();
  }

  @Test
  void whatWasRecalledBeforeTheJoin_isNotCountedForWhoJoins() {
    long key = group.say(bob, "one");
    group.add(eve);
    group.ack(eve, 0);
    group.recall(bob, key);
    group.say(bob, "two");

    assertThat(unread(eve)).isEqualTo(1);
  }

  @Test
  void aMember_readsFromTheJoinOn_whateverTheyAskFor() {
    group.say(bob, "before");
    group.add(eve);
    group.say(bob, "after");

    List<Msg> downward =
        group.fetch(eve, request -> request.setOrder(0).setSize(100)).getMessagesList();
    assertThat(downward.stream().map(Msg::getMsgTypeValue)).containsExactly(1, JOINED);
    assertThat(group.history(eve)).isEqualTo(downward.reversed());
    assertThat(Collections.max(seqnos(downward))).isEqualTo(START + 3);
  }
}
