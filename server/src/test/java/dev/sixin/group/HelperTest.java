package dev.sixin.group;

import static dev.sixin.TestServer.assertRefused;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sixin.Group;
import dev.sixin.Person;
import dev.sixin.TestServer;
import dev.sixin.admin.v1.RecallRequest;
import dev.sixin.entity.Talker;
import dev.sixin.proto.im.ReqGroupAssisMsg;
import dev.sixin.proto.im.ReqNewSessions;
import dev.sixin.proto.im.RspSessionMsg;
import dev.sixin.proto.type.Msg;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/// The rules of the fan-group helper: GroupAssisMsg, and what a collected group is elsewhere.
class HelperTest {
  private static final int JOINED = 301;
  private static final int MAIN = 1;
  private static final int GROUPS = 3;
  private static final int ALL = 4;

  private static final TestServer SERVER = TestServer.shared();

  private final Person ann = Person.on(SERVER);
  private final Person bob = Person.on(SERVER);

  /// Groups of Bob's, collected for Ann.
  private final Group first = collected();

  private final Group second = collected();

  private Group collected() {
    Group group = Group.of(bob, ann);
    group.choose(ann, settings -> settings.setHelper(true));
    return group;
  }

  private RspSessionMsg collected(long afterKey, int size) {
    return ann.calls()
        .groupAssisMsg(
            ReqGroupAssisMsg.newBuilder().setClientSeqno(afterKey).setSize(size).build());
  }

  private static List<Long> keys(RspSessionMsg page) {
    return page.getMessagesList().stream().map(Msg::getMsgKey).toList();
  }

  /// The greatest msg_key there is for Ann by now.
  private long newest() {
    return collected(0, 2_000).getMaxSeqno();
  }

  @Test
  void messagesOfAllCollectedGroups_areReadAsOne_oldestFirst() {
    long before = newest();
    long one = second.say(bob, "one");
    long two = first.say(ann, "two");
    long three = second.say(bob, "three");

    RspSessionMsg page = collected(before, 0);
    assertThat(keys(page)).containsExactly(one, two, three);
    assertThat(page.getHasMore()).isZero();
    assertThat(page.getMinSeqno()).isEqualTo(one);
    assertThat(page.getMaxSeqno()).isEqualTo(three);
    assertThat(page.getMessages(0)).isEqualTo(second.history(ann).get(1));
  }

  @Test
  void groupsThatAreNotCollected_areNotThere() {
    Group open = Group.of(bob, ann);
    long before = newest();
    open.say(bob, "open");
    bob.says(ann, "private");

    assertThat(keys(collected(before, 0))).isEmpty();
    assertThat(keys(collected(0, 0)))
        .containsExactly(
            first.history(ann).getFirst().getMsgKey(), second.history(ann).getFirst().getMsgKey());
  }

  @Test
  void whatIsCollectedForOne_isNotForOthers() {
    first.say(bob, "hello");

    assertThat(bob.calls().groupAssisMsg(ReqGroupAssisMsg.getDefaultInstance()))
        .isEqualTo(RspSessionMsg.newBuilder().setMinSeqno(-1).build());
  }

  @Test
  void pages_continueFromTheGreatestKey() {
    List<Long> sent = new ArrayList<>();
    long before = newest();
    for (int i = 0; i < 7; i++) {
      sent.add((i % 3 == 0 ? first : second).say(bob, "message " + i));
    }

    RspSessionMsg page = collected(before, 3);
    assertThat(keys(page)).isEqualTo(sent.subList(0, 3));
    assertThat(page.getHasMore()).isEqualTo(1);
    RspSessionMsg next = collected(page.getMaxSeqno(), 3);
    assertThat(keys(next)).isEqualTo(sent.subList(3, 6));
    RspSessionMsg last = collected(next.getMaxSeqno(), 3);
    assertThat(keys(last)).isEqualTo(sent.subList(6, 7));
    assertThat(last.getHasMore()).isZero();
    assertThat(keys(collected(last.getMaxSeqno(), 3))).isEmpty();
  }

  @Test
  void afterAKeyThatNoMessageHas_theGreaterOnesFollow() {
    long one = first.say(bob, "one");
    long two = second.say(bob, "two");

    assertThat(keys(collected(one - 1, 0))).containsExactly(one, two);
    assertThat(keys(collected(one + 1, 0))).containsExactly(two);
    assertThat(keys(collected(-1, 0))).isEmpty();
  }

  @Test
  void messages_areReadFromTheJoinOn() {
    Group third = Group.of(bob);
    third.say(bob, "before");
    long before = newest();
    third.add(ann);
    third.choose(ann, settings -> settings.setHelper(true));
    long key = third.say(bob, "after");

    List<Msg> messages = collected(before, 0).getMessagesList();
    assertThat(messages.stream().map(Msg::getMsgTypeValue)).containsExactly(JOINED, 1);
    assertThat(messages.getLast().getMsgKey()).isEqualTo(key);
  }

  @Test
  void whatTheSiteRecalled_isLeftOut() {
    long before = newest();
    long key = first.say(bob, "one");
    long two = first.say(bob, "two");
    SERVER
        .admin()
        .recall(
            RecallRequest.newBuilder()
                .setMsgKey(key)
                .setTalkerId(first.id())
                .setSessionType(Talker.GROUP)
                .build());

    assertThat(keys(collected(before, 0))).doesNotContain(key).contains(two);
  }

  @Test
  void groupsThatOneLeft_orThatAreDissolved_areNotThere() {
    first.leave(ann);
    second.dissolve();

    assertThat(collected(0, 0)).isEqualTo(RspSessionMsg.newBuilder().setMinSeqno(-1).build());
  }

  @Test
  void aFrozenGroup_isStillRead() {
    long key = first.say(bob, "one");
    first.freeze();

    assertThat(keys(collected(key, 0))).hasSize(1);
  }

  @Test
  void aPageWithoutSize_holds20() {
    for (int i = 0; i < 20; i++) {
      first.say(bob, "message " + i);
    }

    RspSessionMsg page = collected(0, 0);
    assertThat(page.getMessagesCount()).isEqualTo(20);
    assertThat(page.getHasMore()).isEqualTo(1);
    assertThat(collected(0, 5_000).getMessagesCount()).isEqualTo(22);
  }

  @Test
  void aSizeOfMinus1_isRefusedWith2() {
    assertRefused(2, () -> collected(0, -1));
  }

  // What a collected group is elsewhere

  @Test
  void aCollectedGroup_isNoSession_andNoNews() {
    first.say(bob, "news");

    for (int list : new int[] {MAIN, GROUPS, ALL}) {
      assertThat(first.isIn(ann, list)).isFalse();
    }
    assertThat(first.isIn(ann.calls().newSessions(ReqNewSessions.getDefaultInstance()))).isFalse();
    assertThat(first.isIn(bob, ALL)).isTrue();
  }

  @Test
  void aGroupCollectedNoLonger_isASessionAgain() {
    first.say(bob, "news");
    first.choose(ann, settings -> settings.setHelper(false));

    assertThat(first.isIn(ann, ALL)).isTrue();
    assertThat(first.session(ann).getUnreadCount()).isEqualTo(2);
    assertThat(keys(collected(0, 0))).hasSize(1);
  }

  @Test
  void aCollectedGroup_isReadAndWrittenToAsEver() {
    first.say(ann, "hello");

    assertThat(first.history(ann)).hasSize(2);
    assertThat(first.session(ann).getUnreadCount()).isZero();
  }

  @Test
  void theHelper_collectsGroupsAlone_ofMembersAlone() {
    assertRefused(2, () -> ann.chooses(bob, settings -> settings.setHelper(true)));
    Group strange = Group.of(bob);
    assertRefused(700014, () -> strange.choose(ann, settings -> settings.setHelper(true)));
  }

  @Test
  void polling_missesNothing_howeverManyWrite() throws Exception {
    Person cid = Person.on(SERVER);
    first.add(cid);
    second.add(cid);
    int each = 50;
    long seen = newest();
    List<Long> read = new ArrayList<>();
    List<Long> sent = new ArrayList<>();
    try (ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<List<Long>>> writers = new ArrayList<>();
      for (Person sender : List.of(bob, cid)) {
        for (Group group : List.of(first, second)) {
          writers.add(
              executor.submit(
                  () ->
                      LongStream.range(0, each)
                          .map(i -> group.say(sender, "message " + i))
                          .boxed()
                          .toList()));
        }
      }
      boolean writing = true;
      while (writing) {
        writing = !writers.stream().allMatch(Future::isDone);
        RspSessionMsg page;
        do {
          page = collected(seen, 5);
          read.addAll(keys(page));
          assertThat(read).as("no message twice").hasSizeLessThanOrEqualTo(4 * each);
          seen = Math.max(seen, page.getMaxSeqno());
        } while (page.getHasMore() == 1);
      }
      for (Future<List<Long>> writer : writers) {
        sent.addAll(writer.get());
      }
    }
    assertThat(read).isSorted().doesNotHaveDuplicates().containsExactlyInAnyOrderElementsOf(sent);
  }
}
