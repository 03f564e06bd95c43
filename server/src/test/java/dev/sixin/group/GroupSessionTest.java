package dev.sixin.group;

import static dev.sixin.TestServer.assertRefused;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sixin.Group;
import dev.sixin.Person;
import dev.sixin.TestServer;
import dev.sixin.admin.v1.PutGroupRequest.Status;
import dev.sixin.entity.Talker;
import dev.sixin.proto.im.ReqAckSessions;
import dev.sixin.proto.im.ReqGetSpecificSessions;
import dev.sixin.proto.im.ReqNewSessions;
import dev.sixin.proto.im.ReqSessionMsg;
import dev.sixin.proto.im.RspSessions;
import dev.sixin.proto.im.SimpleSession;
import dev.sixin.proto.type.Msg;
import dev.sixin.proto.type.SessionInfo;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// The rules of sessions with groups: in which lists they stand, in which order, until when.
class GroupSessionTest {
  private static final int MAIN = 1;
  private static final int STRANGERS = 2;
  private static final int GROUPS = 3;
  private static final int ALL = 4;
  private static final int DUSTBIN = 5;
  private static final int BY_ACK = 3;

  private static final TestServer SERVER = TestServer.shared();

  private final Person ann = Person.on(SERVER);
  private final Person bob = Person.on(SERVER);

  /// Groups of Bob's, joined by Ann in this order.
  private final Group first = Group.of(bob, ann);

  private final Group second = Group.of(bob, ann);
  private final Group third = Group.of(bob, ann);

  private static List<Long> talkers(RspSessions answer) {
    return answer.getSessionListList().stream().map(SessionInfo::getTalkerId).toList();
  }

  private static List<Long> ids(Group... groups) {
    return List.of(groups).stream().map(Group::id).toList();
  }

  private List<Long> listed(int list) {
    return talkers(ann.lists(page -> page.setSessionType(list)));
  }

  private RspSessions newer(long beginMicros, int size) {
    return ann.calls()
        .newSessions(ReqNewSessions.newBuilder().setBeginTs(beginMicros).setSize(size).build());
  }

  private RspSessions acked(long beginMicros, int size) {
    return ann.calls()
        .ackSessions(ReqAckSessions.newBuilder().setBeginTs(beginMicros).setSize(size).build());
  }

  // Lists

  @Test
  void aGroup_standsInTheListsOfGroupsAndOfAll_butNotAmongStrangersOrInTheDustbin() {
    assertThat(first.isIn(ann, MAIN)).isTrue();
    assertThat(first.isIn(ann, GROUPS)).isTrue();
    assertThat(first.isIn(ann, ALL)).isTrue();
    assertThat(first.isIn(ann, 0)).isTrue();
    assertThat(first.isIn(ann, STRANGERS)).isFalse();
    assertThat(first.isIn(ann, DUSTBIN)).isFalse();
  }

  @Test
  void theSession_saysWhatGroupItIs() {
    first.put(description -> description.setName("fans").setCover("https://c").setGroupType(2));

    SessionInfo session = first.session(ann);
    assertThat(session.getSessionType()).isEqualTo(Talker.GROUP);
    assertThat(session.getTalkerId()).isEqualTo(first.id());
    assertThat(session.getGroupName()).isEqualTo("fans");
    assertThat(session.getGroupCover()).isEqualTo("https://c");
    assertThat(session.getGroupType()).isEqualTo(2);
    assertThat(session.getIsFollow()).isZero();
    assertThat(session.getCanFold()).isZero();
    assertThat(session.hasAccountInfo()).isFalse();
    assertThat(session.getStatus()).isZero();
  }

  @ParameterizedTest
  @ValueSource(ints = {MAIN, ALL})
  void groupFold_leavesGroupsOut_pinnedOnesToo(int list) {
    bob.says(ann, "hello");
    first.pin(ann);

    assertThat(talkers(ann.lists(page -> page.setSessionType(list).setGroupFold(1))))
        .containsExactly(bob.uid());
    assertThat(talkers(ann.lists(page -> page.setSessionType(list).setGroupFold(2)))).hasSize(4);
  }

  @Test
  void unfollowFold_leavesGroupsAlone() {
    bob.says(ann, "hello");

    assertThat(talkers(ann.lists(page -> page.setSessionType(ALL).setUnfollowFold(1))))
        .containsExactlyElementsOf(ids(third, second, first));
  }

  @Test
  void teenagersAndLessons_seeNoGroups() {
    assertThat(talkers(ann.lists(page -> page.setTeenagerMode(1)))).isEmpty();
    assertThat(talkers(ann.lists(page -> page.setLessonsMode(1)))).isEmpty();
    for (int sortRule = 0; sortRule <= BY_ACK; sortRule++) {
      int rule = sortRule;
      assertThat(
              talkers(
                  ann.lists(
                      page -> page.setSessionType(GROUPS).setSortRule(rule).setTeenagerMode(1))))
          .isEmpty();
    }
    assertThat(
            talkers(
                ann.calls().newSessions(ReqNewSessions.newBuilder().setTeenagerMode(1).build())))
        .isEmpty();
  }

  @ParameterizedTest
  @ValueSource(ints = {MAIN, ALL})
  void groupsAndPeople_standInOneOrder_newestFirst(int list) {
    first.say(bob, "one");
    bob.says(ann, "two");
    third.say(ann, "three");

    assertThat(listed(list)).containsExactly(third.id(), bob.uid(), first.id(), second.id());
  }

  @Test
  void theListOfGroups_isInTheOrderOfJoining_oldestFirst() {
    second.say(bob, "news");
    first.say(bob, "news");

    assertThat(listed(GROUPS)).containsExactlyElementsOf(ids(first, second, third));
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2})
  void theListOfGroups_isInTheOrderOfNews_whenAskedTo(int sortRule) {
    second.say(bob, "news");

    assertThat(talkers(ann.lists(page -> page.setSessionType(GROUPS).setSortRule(sortRule))))
        .containsExactlyElementsOf(ids(second, third, first));
  }

  private List<Long> byAck() {
    return talkers(ann.lists(page -> page.setSessionType(GROUPS).setSortRule(BY_ACK)));
  }

  @Test
  void theListOfGroups_isInTheOrderOfReading_whenAskedTo_thoseNeverReadLast() {
    second.ack(ann, 0);
    first.ack(ann, 0);

    assertThat(byAck()).containsExactlyElementsOf(ids(first, second, third));
  }

  @Test
  void inTheOrderOfReading_aGroupThatCameBackAfterItsRemoval_hasItsPlace() {
    second.ack(ann, 0);
    first.remove(ann);
    first.say(bob, "back");
    assertThat(byAck()).containsExactlyElementsOf(ids(first, second, third));

    second.ack(ann, 0);
    assertThat(byAck()).containsExactlyElementsOf(ids(second, first, third));
    first.ack(ann, 0);
    assertThat(byAck()).containsExactlyElementsOf(ids(first, second, third));
  }

  @Test
  void pages_holdGroupsAndPeopleOnceEach() {
    Person cid = Person.on(SERVER);
    cid.says(ann, "hello");
    second.say(bob, "news");
    bob.says(ann, "hello");

    List<Long> seen = new ArrayList<>();
    long end = 0;
    RspSessions page;
    do {
      long before = end;
      page = ann.lists(request -> request.setEndTs(before).setSize(2));
      seen.addAll(talkers(page));
      assertThat(seen).as("no session twice").doesNotHaveDuplicates();
      end = page.getSessionList(page.getSessionListCount() - 1).getSessionTs();
    } while (page.getHasMore() == 1);
    assertThat(seen).containsExactly(bob.uid(), second.id(), cid.uid(), third.id(), first.id());
  }

  @Test
  void whoIsInAGroup_hasNoEmptyAddressList() {
    Person lonely = Person.on(SERVER);
    assertThat(lonely.lists(page -> page).getIsAddressListEmpty()).isEqualTo(1);

    first.add(lonely);
    assertThat(lonely.lists(page -> page.setGroupFold(1)).getIsAddressListEmpty()).isZero();
    first.leave(lonely);
    assertThat(lonely.lists(page -> page).getIsAddressListEmpty()).isEqualTo(1);
  }

  @Test
  void namedSessions_holdGroupsOneIsIn() {
    Group strange = Group.of(bob);
    ReqGetSpecificSessions.Builder request = ReqGetSpecificSessions.newBuilder();
    for (Group group : List.of(second, strange, first)) {
      request.addTalkerSessions(
          SimpleSession.newBuilder().setTalkerId(group.id()).setSessionType(Talker.GROUP));
    }

    assertThat(talkers(ann.calls().getSpecificSessions(request.build())))
        .containsExactlyElementsOf(ids(second, first));
  }

  // Settings

  @Test
  void doNotDisturb_isShown_andChangesNoOrder() {
    first.choose(ann, settings -> settings.setDnd(true).setPushOff(true));
    first.say(bob, "news");

    SessionInfo session = first.session(ann);
    assertThat(session.getIsDnd()).isEqualTo(1);
    assertThat(session.getSetting()).isEqualTo(1);
    assertThat(session.getUnreadCount()).isEqualTo(2);
    assertThat(listed(ALL).getFirst()).isEqualTo(first.id());
    assertThat(first.session(bob).getIsDnd()).isZero();
  }

  @Test
  void groups_areNotCountedAmongPrivateMessages() {
    first.say(bob, "news");
    assertThat(ann.unread().getFollowUnread()).isZero();
    assertThat(ann.unread().getUnfollowUnread()).isZero();
  }

  @Test
  void settingsOfUsersAlone_areRefusedWith2() {
    assertRefused(2, () -> first.choose(ann, settings -> settings.setIntercepted(true)));
    assertRefused(2, () -> first.choose(ann, settings -> settings.setTrusted(true)));
  }

  @Test
  void whatAMemberChose_outlivesLeaving() {
    first.choose(ann, settings -> settings.setDnd(true));
    first.leave(ann);
    first.add(ann);

    assertThat(first.session(ann).getIsDnd()).isEqualTo(1);
  }

  // Pins

  @Test
  void aPinnedGroup_standsFirst_untilUnpinned() {
    first.pin(ann);
    third.say(bob, "news");
    assertThat(listed(ALL)).containsExactlyElementsOf(ids(first, third, second));
    assertThat(first.session(ann).getTopTs()).isNotZero();

    first.unpin(ann);
    assertThat(listed(ALL)).containsExactlyElementsOf(ids(third, second, first));
    assertThat(first.session(ann).getTopTs()).isZero();
  }

  @Test
  void inTheListOfGroups_pinsDoNotCount() {
    third.pin(ann);

    assertThat(listed(GROUPS)).containsExactlyElementsOf(ids(first, second, third));
  }

  @Test
  void aRemovedGroup_comesBackWithAPin() {
    first.remove(ann);
    first.pin(ann);

    assertThat(listed(ALL).getFirst()).isEqualTo(first.id());
  }

  @Test
  void thePinOfAGroupOneLeft_isFree() {
    for (int i = 0; i < 50; i++) {
      Group.of(bob, ann).pin(ann);
    }
    assertRefused(2, () -> first.pin(ann));
    Group pinned = new Group(SERVER, ann.lists(page -> page).getSessionList(0).getTalkerId(), bob);
    pinned.leave(ann);

    first.pin(ann);
    assertThat(listed(ALL).getFirst()).isEqualTo(first.id());
  }

  // Removal

  @Test
  void aRemovedGroup_isGoneAndRead_untilTheNextMessage() {
    first.say(bob, "old");
    first.remove(ann);
    for (int list : new int[] {MAIN, GROUPS, ALL}) {
      assertThat(first.isIn(ann, list)).isFalse();
    }

    first.say(bob, "new");
    for (int list : new int[] {MAIN, GROUPS, ALL}) {
      assertThat(first.isIn(ann, list)).isTrue();
    }
    assertThat(first.session(ann).getUnreadCount()).isEqualTo(1);
    assertThat(first.history(ann)).hasSize(3);
  }

  @Test
  void aRemovedGroup_losesItsPin() {
    first.pin(ann);
    first.remove(ann);
    first.say(bob, "new");
    third.say(bob, "newer");

    assertThat(listed(ALL)).containsExactlyElementsOf(ids(third, first, second));
    assertThat(first.session(ann).getTopTs()).isZero();
  }

  @Test
  void removingAGroupOneIsNotIn_doesNothing() {
    Group strange = Group.of(bob);
    strange.remove(ann);
    Group.unregistered(bob).remove(ann);

    assertThat(strange.isIn(ann, ALL)).isFalse();
  }

  // Other devices: NewSessions and AckSessions

  @Test
  void aJoin_isNews() {
    long seen = newer(0, 100).getSessionList(0).getSessionTs();
    Group fresh = Group.of(bob, ann);

    assertThat(talkers(newer(seen, 100))).containsExactly(fresh.id());
  }

  @Test
  void newSessions_holdGroupsWithNews_theOldestFirstWhenThereAreTooMany() {
    long seen = newer(0, 100).getSessionList(0).getSessionTs();
    third.say(bob, "one");
    bob.says(ann, "two");
    first.say(bob, "three");

    RspSessions page = newer(seen, 2);
    assertThat(talkers(page)).containsExactly(bob.uid(), third.id());
    assertThat(page.getHasMore()).isEqualTo(1);
    RspSessions rest = newer(page.getSessionList(0).getSessionTs(), 2);
    assertThat(talkers(rest)).containsExactly(first.id());
    assertThat(rest.getHasMore()).isZero();
  }

  @Test
  void aGroupThatWasRead_isToldToOtherDevices() {
    first.ack(ann, 0);
    second.say(bob, "news");
    second.ack(ann, 0);

    RspSessions answer = acked(0, 100);
    assertThat(talkers(answer)).containsExactlyElementsOf(ids(second, first));
    assertThat(answer.getSessionList(0).getAckSeqno())
        .isEqualTo(answer.getSessionList(0).getMaxSeqno());
    assertThat(talkers(acked(answer.getSessionList(1).getAckTs(), 100)))
        .containsExactly(second.id());
  }

  @Test
  void aGroupThatCameBackAfterItsRemoval_isToldToOtherDevicesWhenRead() {
    first.remove(ann);
    first.say(bob, "back");
    long before = first.session(ann).getAckTs();
    first.ack(ann, 0);

    assertThat(talkers(acked(before, 100))).containsExactly(first.id());
  }

  @Test
  void groupsThatAreGone_doNotEndThePagesOfOtherDevicesEarly() {
    first.ack(ann, 0);
    second.ack(ann, 0);
    third.ack(ann, 0);
    bob.says(ann, "hello");
    ann.acks(bob, 0);
    first.choose(ann, settings -> settings.setHelper(true));
    second.choose(ann, settings -> settings.setHelper(true));

    RspSessions page = acked(0, 1);
    assertThat(talkers(page)).containsExactly(third.id());
    assertThat(page.getHasMore()).isEqualTo(1);
    RspSessions rest = acked(page.getSessionList(0).getAckTs(), 1);
    assertThat(talkers(rest)).containsExactly(bob.uid());
    assertThat(rest.getHasMore()).isZero();
  }

  @Test
  void aFrozenGroup_staysInTheLists() {
    first.put(description -> description.setStatus(Status.FROZEN));

    assertThat(first.isIn(ann, GROUPS)).isTrue();
    assertThat(listed(ALL).getFirst()).isEqualTo(first.id());
  }

  /// Invariant 3: whoever polls NewSessions from the greatest session_ts seen, and then each
  /// session upward from the greatest number seen, misses nothing and reads nothing twice.
  @Test
  void polling_missesNothing_howeverManyWrite() throws Exception {
    List<Group> groups = List.of(first, second, third);
    Person cid = Person.on(SERVER);
    cid.befriends(ann);
    cid.befriends(bob);
    groups.forEach(group -> group.add(cid));
    int each = 60;
    Map<Talker, Long> fetched = new HashMap<>();
    Map<Talker, List<Long>> keys = new HashMap<>();
    try (ExecutorService writers = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<List<Long>>> sent = new ArrayList<>();
      for (Group group : groups) {
        for (Person sender : List.of(bob, cid)) {
          sent.add(
              writers.submit(
                  () ->
                      LongStream.range(0, each)
                          .map(i -> group.say(sender, "message " + i))
                          .boxed()
                          .toList()));
        }
      }
      sent.add(
          writers.submit(
              () ->
                  LongStream.range(0, each)
                      .map(i -> cid.says(ann, "message " + i))
                      .boxed()
                      .toList()));
      long seen = 0;
      boolean writing = true;
      while (writing) {
        writing = !sent.stream().allMatch(Future::isDone);
        RspSessions page;
        do {
          long before = seen;
          page = newer(before, 2);
          assertThat(page.getSessionListList())
              .allMatch(session -> session.getSessionTs() > before);
          for (SessionInfo session : page.getSessionListList()) {
            seen = Math.max(seen, session.getSessionTs());
            catchUp(session, fetched, keys);
          }
        } while (page.getHasMore() == 1);
      }
      for (Future<List<Long>> some : sent) {
        assertThat(keys.values().stream().flatMap(List::stream)).containsAll(some.get());
      }
    }
    assertThat(keys.values().stream().flatMap(List::stream)).doesNotHaveDuplicates();
    groups.forEach(
        group ->
            assertThat(keys.get(Talker.group(group.id()))).isEqualTo(keys(group.history(ann))));
    assertThat(keys.get(Talker.user(cid.uid()))).hasSize(each);
  }

  private static List<Long> keys(List<Msg> messages) {
    return messages.stream().map(Msg::getMsgKey).toList();
  }

  private void catchUp(
      SessionInfo session, Map<Talker, Long> fetched, Map<Talker, List<Long>> keys) {
    Talker talker = new Talker(session.getSessionType(), session.getTalkerId());
    List<Msg> messages =
        ann.calls()
            .syncFetchSessionMsgs(
                ReqSessionMsg.newBuilder()
                    .setTalkerId(talker.id())
                    .setSessionType(talker.type())
                    .setBeginSeqno(fetched.getOrDefault(talker, 0L))
                    .setOrder(1)
                    .setSize(2_000)
                    .build())
            .getMessagesList();
    for (Msg msg : messages) {
      fetched.put(talker, msg.getMsgSeqno());
      keys.computeIfAbsent(talker, _ -> new ArrayList<>()).add(msg.getMsgKey());
    }
  }
}
