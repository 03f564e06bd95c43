package dev.sixin.relation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sixin.Group;
import dev.sixin.Person;
import dev.sixin.TestServer;
import dev.sixin.admin.v1.Relation;
import dev.sixin.admin.v1.Relation.Kind;
import dev.sixin.admin.v1.SetRelationsRequest;
import dev.sixin.admin.v1.User;
import dev.sixin.proto.im.ReqRelationSync;
import dev.sixin.proto.im.RspRelationSync;
import dev.sixin.proto.type.FriendRelation;
import dev.sixin.proto.type.GroupRelation;
import dev.sixin.proto.type.RelationLog;
import dev.sixin.proto.type.RelationLogType;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// The rules of SyncRelation: everything for whom it must be, else what changed.
class SyncRelationTest {
  private static final int AT_ONCE = 500;
  private static final int KEPT = 10_000;

  private static final TestServer SERVER = TestServer.shared();

  private final Person ann = Person.on(SERVER);
  private final Person bob = Person.on(SERVER);
  private final Person cid = Person.on(SERVER);

  private static RspRelationSync sync(Person person, long seqno) {
    return person
        .calls()
        .syncRelation(ReqRelationSync.newBuilder().setClientRelationOplogSeqno(seqno).build());
  }

  private static long newest(Person person) {
    return sync(person, 0).getServerRelationOplogSeqno();
  }

  private static List<Long> friends(RspRelationSync answer) {
    return answer.getFriendListList().stream().map(FriendRelation::getUid).toList();
  }

  private static List<Long> groups(RspRelationSync answer) {
    return answer.getGroupListList().stream().map(GroupRelation::getGroupId).toList();
  }

  private static List<String> logs(RspRelationSync answer) {
    return answer.getRelationLogsList().stream().map(SyncRelationTest::log).toList();
  }

  private static String log(RelationLog log) {
    return switch (log.getLogType()) {
      case EN_ADD_FRIEND -> "+" + log.getFriendRelation().getUid();
      case EN_REMOVE_FRIEND -> "-" + log.getFriendRelation().getUid();
      case EN_JOIN_GROUP -> "joined " + log.getGroupRelation().getGroupId();
      case EN_EXIT_GROUP -> "left " + log.getGroupRelation().getGroupId();
      default -> log.toString();
    };
  }

  // Everything

  @Test
  void whoHasNobody_getsEverything_whichIsNothing() {
    assertThat(sync(ann, 0)).isEqualTo(RspRelationSync.newBuilder().setFull(1).build());
  }

  @Test
  void aNewClient_getsAllFriendsAndGroups_andNoLogs() {
    cid.befriends(ann);
    ann.befriends(bob);
    Group group = Group.of(bob, ann);

    RspRelationSync answer = sync(ann, 0);
    assertThat(answer.getFull()).isEqualTo(1);
    assertThat(friends(answer)).containsExactlyInAnyOrder(bob.uid(), cid.uid());
    assertThat(groups(answer)).containsExactly(group.id());
    assertThat(answer.getRelationLogsList()).isEmpty();
    assertThat(answer.getServerRelationOplogSeqno()).isEqualTo(3);
  }

  @Test
  void whoFollowsOneWay_isNoFriend() {
    ann.follows(bob);
    cid.follows(ann);

    assertThat(friends(sync(ann, 0))).isEmpty();
    assertThat(newest(ann)).isZero();
  }

  @Test
  void aFriend_hasNameFaceAndVipLevel_asTheyAreNow() {
    Person friend = Person.on(SERVER, User.newBuilder().setName("old"));
    ann.befriends(friend);
    SERVER.user(
        User.newBuilder().setUid(friend.uid()).setName("new").setFace("https://f").setVipLevel(2));

    FriendRelation expected =
        FriendRelation.newBuilder()
            .setUid(friend.uid())
            .setUserName("new")
            .setFace("https://f")
            .setVipLevel(2)
            .build();
    assertThat(sync(ann, 0).getFriendListList()).containsExactly(expected);
    friend.unfollows(ann);
    assertThat(sync(ann, 1).getRelationLogs(0).getFriendRelation()).isEqualTo(expected);
  }

  @Test
  void aGroup_isDescribed_withTheRoleInIt() {
    Group group = Group.of(bob);
    group.put(
        description ->
            description
                .setName("fans")
                .setCover("https://c")
                .setNotice("be kind")
                .setGroupType(2)
                .setGroupLevel(3)
                .setFansMedalName("medal")
                .setRoomId(44));
    group.setMembers(request -> request.addPut(Group.seat(ann, 1)));

    GroupRelation expected =
        GroupRelation.newBuilder()
            .setGroupId(group.id())
            .setOwnerUid(bob.uid())
            .setGroupName("fans")
            .setGroupCover("https://c")
            .setGroupNotice("be kind")
            .setGroupType(2)
            .setGroupLevel(3)
            .setFansMedalName("medal")
            .setRoomId(44)
            .setMemberRole(1)
            .build();
    assertThat(sync(ann, 0).getGroupListList()).containsExactly(expected);
    assertThat(sync(bob, 0).getGroupListList())
        .containsExactly(expected.toBuilder().setMemberRole(2).build());
    group.put(description -> description.setName("new").setGroupLevel(3));
    group.freeze();
    assertThat(sync(ann, 0).getGroupList(0).getStatus()).isEqualTo(1);
  }

  @Test
  void groupsThatOneLeft_orThatAreDissolved_areNotListed() {
    Group left = Group.of(bob, ann);
    Group dissolved = Group.of(bob, ann);
    Group kept = Group.of(bob, ann);
    left.leave(ann);
    dissolved.dissolve();

    assertThat(groups(sync(ann, 0))).containsExactly(kept.id());
    assertThat(groups(sync(bob, 0))).containsExactly(left.id(), kept.id());
  }

  @Test
  void moreFriendsThanOneScanHolds_areAllThere() {
    long first = Person.unregistered(SERVER).uid() + 5_000_000;
    List<Long> uids = LongStream.range(first, first + 1_200).boxed().toList();
    relate(uids.stream().flatMap(uid -> both(ann.uid(), uid)).toList());

    assertThat(friends(sync(ann, 0))).isEqualTo(uids);
  }

  private static Stream<Relation> both(long uid, long otherUid) {
    return Stream.of(follow(uid, otherUid), follow(otherUid, uid));
  }

  private static Relation follow(long fromUid, long toUid) {
    return Relation.newBuilder().setFromUid(fromUid).setToUid(toUid).setKind(Kind.FOLLOW).build();
  }

  private static void relate(List<Relation> relations) {
    SERVER
        .admin()
        .setRelations(SetRelationsRequest.newBuilder().addAllRelations(relations).build());
  }

  // What changed

  @Test
  void theSecondFollow_makesFriendsOfBoth_theFirstUnfollowEndsIt() {
    cid.befriends(ann);
    cid.befriends(bob);
    ann.befriends(bob);
    bob.unfollows(ann);

    RspRelationSync ofAnn = sync(ann, 1);
    assertThat(ofAnn.getFull()).isZero();
    assertThat(logs(ofAnn)).containsExactly("+" + bob.uid(), "-" + bob.uid());
    assertThat(logs(sync(bob, 1))).containsExactly("+" + ann.uid(), "-" + ann.uid());
    assertThat(friends(sync(ann, 0))).containsExactly(cid.uid());
  }

  @Test
  void aBlock_endsAFriendship() {
    cid.befriends(ann);
    cid.befriends(bob);
    ann.befriends(bob);
    ann.blocks(bob);

    assertThat(logs(sync(ann, 2))).containsExactly("-" + bob.uid());
    assertThat(logs(sync(bob, 2))).containsExactly("-" + ann.uid());
    assertThat(friends(sync(ann, 0))).containsExactly(cid.uid());
    assertThat(friends(sync(bob, 0))).containsExactly(cid.uid());
  }

  @Test
  void joiningAndLeavingAGroup_isLoggedForWhomItConcerns() {
    cid.befriends(ann);
    Group group = Group.of(bob, ann);
    group.kick(ann);
    group.add(ann);
    group.leave(ann);

    assertThat(logs(sync(ann, 1)))
        .containsExactly(
            "joined " + group.id(),
            "left " + group.id(),
            "joined " + group.id(),
            "left " + group.id());
    assertThat(newest(bob)).isEqualTo(1);
  }

  @Test
  void aDissolvedGroup_isLeftByAll() {
    cid.befriends(ann);
    Group group = Group.of(bob, ann);
    group.dissolve();

    RspRelationSync answer = sync(ann, 1);
    assertThat(logs(answer)).containsExactly("joined " + group.id(), "left " + group.id());
    assertThat(answer.getRelationLogs(1).getGroupRelation().getStatus()).isEqualTo(2);
  }

  @Test
  void logs_haveTheirNumbers_andFriendsAreNamed() {
    cid.befriends(ann);
    ann.befriends(bob);

    RspRelationSync answer = sync(ann, 1);
    assertThat(answer.getRelationLogsList())
        .containsExactly(
            RelationLog.newBuilder()
                .setLogType(RelationLogType.EN_ADD_FRIEND)
                .setOplogSeqno(2)
                .setFriendRelation(
                    FriendRelation.newBuilder().setUid(bob.uid()).setUserName("user " + bob.uid()))
                .build());
    assertThat(answer.getServerRelationOplogSeqno()).isEqualTo(2);
  }

  @Test
  void theSameAgain_isNotLogged() {
    Group group = Group.of(bob, ann);
    ann.befriends(bob);
    long before = newest(ann);
    ann.befriends(bob);
    ann.unblocks(bob);
    group.add(ann);

    assertThat(newest(ann)).isEqualTo(before);
  }

  @Test
  void whoIsUpToDate_getsNothing_andTheSameNumber() {
    ann.befriends(bob);
    ann.befriends(cid);

    assertThat(sync(ann, 2))
        .isEqualTo(RspRelationSync.newBuilder().setServerRelationOplogSeqno(2).build());
  }

  @ParameterizedTest
  @ValueSource(longs = {2, 3, Long.MAX_VALUE, -1})
  void aNumberNewerThanTheServers_getsEverything(long seqno) {
    ann.befriends(bob);

    RspRelationSync answer = sync(ann, seqno);
    assertThat(answer.getFull()).isEqualTo(1);
    assertThat(friends(answer)).containsExactly(bob.uid());
    assertThat(answer.getServerRelationOplogSeqno()).isEqualTo(1);
  }

  /// Turns Ann's and Bob's friendship on and off so often; each time is one log.
  private void turn(int times) {
    relate(
        IntStream.range(0, times)
            .mapToObj(
                i ->
                    follow(ann.uid(), bob.uid()).toBuilder()
                        .setKind(i % 2 == 0 ? Kind.FOLLOW : Kind.UNFOLLOW)
                        .build())
            .toList());
  }

  @Test
  void manyLogs_come500ACall_untilTheNumberStopsMoving() {
    bob.follows(ann);
    turn(1_201);

    RspRelationSync one = sync(ann, 1);
    assertThat(one.getFull()).isZero();
    assertThat(one.getRelationLogsCount()).isEqualTo(AT_ONCE);
    assertThat(one.getServerRelationOplogSeqno()).isEqualTo(501);
    RspRelationSync two = sync(ann, 501);
    assertThat(two.getServerRelationOplogSeqno()).isEqualTo(1_001);
    RspRelationSync three = sync(ann, 1_001);
    assertThat(three.getRelationLogsCount()).isEqualTo(200);
    assertThat(three.getServerRelationOplogSeqno()).isEqualTo(1_201);
    RspRelationSync four = sync(ann, 1_201);
    assertThat(four.getRelationLogsCount()).isZero();
    assertThat(four.getServerRelationOplogSeqno()).isEqualTo(1_201);
  }

  @Test
  void theLast10000Logs_areKept_whoIsFurtherBehindGetsEverything() {
    bob.follows(ann);
    turn(KEPT);
    turn(5);

    RspRelationSync kept = sync(ann, 5);
    assertThat(kept.getFull()).isZero();
    assertThat(kept.getRelationLogs(0).getOplogSeqno()).isEqualTo(6);
    RspRelationSync tooOld = sync(ann, 4);
    assertThat(tooOld.getFull()).isEqualTo(1);
    assertThat(friends(tooOld)).containsExactly(bob.uid());
    assertThat(tooOld.getServerRelationOplogSeqno()).isEqualTo(KEPT + 5);
  }

  @Test
  void everythingOfOnce_andTheChangesSince_makeEverythingOfNow() {
    Random random = new Random(20_261_122);
    List<Person> others = Stream.generate(() -> Person.on(SERVER)).limit(6).toList();
    List<Group> groups = Stream.generate(() -> Group.of(bob)).limit(4).toList();
    ann.befriends(others.getFirst());
    RspRelationSync then = sync(ann, 0);
    for (int i = 0; i < 150; i++) {
      Person other = others.get(random.nextInt(others.size()));
      Group group = groups.get(random.nextInt(groups.size()));
      switch (random.nextInt(9)) {
        case 0, 1 -> ann.follows(other);
        case 2, 3 -> other.follows(ann);
        case 4 -> ann.unfollows(other);
        case 5 -> other.unfollows(ann);
        case 6 -> other.blocks(ann);
        case 7 -> group.add(ann);
        default -> group.kick(ann);
      }
    }

    Set<Long> friends = new TreeSet<>(friends(then));
    Set<Long> joined = new TreeSet<>(groups(then));
    RspRelationSync changes = sync(ann, then.getServerRelationOplogSeqno());
    assertThat(changes.getRelationLogsCount()).isGreaterThan(20);
    for (RelationLog log : changes.getRelationLogsList()) {
      boolean changed =
          switch (log.getLogType()) {
            case EN_ADD_FRIEND -> friends.add(log.getFriendRelation().getUid());
            case EN_REMOVE_FRIEND -> friends.remove(log.getFriendRelation().getUid());
            case EN_JOIN_GROUP -> joined.add(log.getGroupRelation().getGroupId());
            case EN_EXIT_GROUP -> joined.remove(log.getGroupRelation().getGroupId());
            default -> false;
          };
      assertThat(changed).as(log.toString()).isTrue();
    }
    RspRelationSync now = sync(ann, 0);
    assertThat(friends(now)).containsExactlyElementsOf(friends);
    assertThat(groups(now)).containsExactlyElementsOf(joined);
    assertThat(now.getServerRelationOplogSeqno()).isEqualTo(changes.getServerRelationOplogSeqno());
  }
}
