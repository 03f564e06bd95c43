package dev.sixin.group;

import static dev.sixin.TestServer.assertRefused;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sixin.Group;
import dev.sixin.Person;
import dev.sixin.TestServer;
import dev.sixin.admin.v1.Member;
import dev.sixin.admin.v1.PutGroupRequest;
import dev.sixin.admin.v1.SendRequest;
import dev.sixin.admin.v1.SetMembersRequest;
import dev.sixin.admin.v1.User;
import dev.sixin.proto.type.Msg;
import dev.sixin.proto.type.RecverType;
import dev.sixin.proto.type.SessionInfo;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// The rules of Admin.PutGroup and SetMembers: who is in a group, and the lines that tell of it.
class GroupTest {
  private static final int JOINED = 301;
  private static final int EXITED = 302;
  private static final int FROZEN = 303;
  private static final int CREATED = 305;
  private static final int CHANGED = 306;
  private static final int MOST_AT_ONCE = 10_000;
  private static final int MOST_MEMBERS = 100_000;

  private static final TestServer SERVER = TestServer.shared();

  private final Person ann = Person.on(SERVER);
  private final Person bob = Person.on(SERVER);
  private final Person eve = Person.on(SERVER);

  private static Person named(String name) {
    return Person.on(SERVER, User.newBuilder().setName(name));
  }

  private static List<Integer> types(List<Msg> messages) {
    return messages.stream().map(Msg::getMsgTypeValue).toList();
  }

  private static Msg last(List<Msg> messages) {
    return messages.getLast();
  }

  /// What a line says, as JSON.
  private static String content(Group group, String text) {
    return "{\"group_id\":%d,\"content\":\"%s\"}".formatted(group.id(), text);
  }

  // Creating

  @Test
  void aNewGroup_hasItsOwnerInIt_andALineThatSaysSo() {
    Group group = Group.unregistered(ann);
    assertThat(group.put(description -> description.setName("fans"))).isTrue();

    assertThat(types(group.history(ann))).containsExactly(CREATED);
    assertThat(group.session(ann).getUnreadCount()).isEqualTo(1);
  }

  @Test
  void aLine_comesFromNobody_withTheGroupsOwnSource() {
    Group group = Group.unregistered(ann);
    group.put(description -> description.setName("fans"));

    Msg line = last(group.history(ann));
    assertThat(line.getMsgKey()).isNotZero();
    assertThat(line)
        .isEqualTo(
            Msg.newBuilder()
                .setReceiverType(RecverType.EN_RECVER_TYPE_GROUP)
                .setReceiverId(group.id())
                .setMsgTypeValue(CREATED)
                .setContent(content(group, "应援团「fans」已创建"))
                .setMsgSeqno(1)
                .setMsgKey(line.getMsgKey())
                .setTimestamp(line.getTimestamp())
                .setMsgSourceValue(13)
                .build());
  }

  @Test
  void aNumberThatNeedsAll64Bits_standsInLinesAsItIs() {
    Group group = new Group(SERVER, Long.MIN_VALUE | Group.unregistered(ann).id(), ann);
    group.put(description -> description);

    assertThat(last(group.history(ann)).getContent())
        .startsWith("{\"group_id\":%s,".formatted(Long.toUnsignedString(group.id())));
  }

  @Test
  void theSameGroupAgain_changesNothing() {
    Group group = Group.of(ann);
    assertThat(group.put(description -> description)).isFalse();

    assertThat(types(group.history(ann))).containsExactly(CREATED);
  }

  @Test
  void aGroupThatIsCreatedFrozen_hasOneLine() {
    Group group = Group.unregistered(ann);
    group.freeze();

    assertThat(types(group.history(ann))).containsExactly(CREATED);
    assertRefused(700013, () -> group.say(ann, "hello"));
  }

  @Test
  void aNewDescription_isShownInSessions_andLeavesMembersAlone() {
    Group group = Group.of(ann, bob);
    assertThat(
            group.put(
                description -> description.setName("new").setCover("https://c").setGroupType(2)))
        .isFalse();

    SessionInfo session = group.session(bob);
    assertThat(session.getGroupName()).isEqualTo("new");
    assertThat(session.getGroupCover()).isEqualTo("https://c");
    assertThat(session.getGroupType()).isEqualTo(2);
    assertThat(types(group.history(bob))).containsExactly(JOINED);
  }

  // Joining

  @Test
  void whoJoins_readsTheLineThatSaysSoFirst() {
    Group group = Group.of(ann);
    group.say(ann, "before");
    assertThat(group.add(bob)).isEqualTo(1);
    group.say(ann, "after");

    List<Msg> history = group.history(bob);
    assertThat(types(history)).containsExactly(JOINED, 1);
    assertThat(history.getFirst().getContent())
        .isEqualTo(content(group, "user %d 加入了应援团".formatted(bob.uid())));
    assertThat(group.session(bob).getUnreadCount()).isEqualTo(2);
  }

  @Test
  void whoIsInAlready_joinsNoMore() {
    Group group = Group.of(ann, bob);
    assertThat(group.add(bob)).isZero();

    assertThat(types(group.history(bob))).containsExactly(JOINED);
  }

  @Test
  void threeWhoJoinAtOnce_areAllNamedInOneLine() {
    Group group = Group.of(ann);
    group.add(named("a"), named("b"), named("c"));

    assertThat(last(group.history(ann)).getContent()).isEqualTo(content(group, "a、b、c 加入了应援团"));
    assertThat(types(group.history(ann))).containsExactly(CREATED, JOINED);
  }

  @Test
  void ofManyWhoJoinAtOnce_threeAreNamed_andTheOthersCounted() {
    Group group = Group.of(ann);
    group.add(named("a"), named("b"), named("c"), named("d"), named("e"));

    assertThat(last(group.history(ann)).getContent())
        .isEqualTo(content(group, "a、b、c 和另外 2 人 加入了应援团"));
  }

  @Test
  void whoIsUnknown_isNamedByNumber() {
    Group group = Group.of(ann);
    Person nobody = Person.unregistered(SERVER);
    group.add(nobody);

    assertThat(last(group.history(ann)).getContent())
        .isEqualTo(content(group, nobody.uid() + " 加入了应援团"));
  }

  @Test
  void moreThanFitIntoOneTransaction_leaveOneLine() {
    Group group = Group.of(ann);
    long first = Person.unregistered(SERVER).uid() + 1_000_000;
    List<Member> members =
        LongStream.range(first, first + 700)
            .mapToObj(uid -> Member.newBuilder().setUid(uid).build())
            .toList();
    assertThat(group.setMembers(request -> request.addAllPut(members))).isEqualTo(700);

    assertThat(types(group.history(ann))).containsExactly(CREATED, JOINED);
    assertThat(last(group.history(ann)).getContent()).contains("另外 697 人");
  }

  // Leaving

  @Test
  void whoLeaves_isToldOfNothingMore() {
    Group group = Group.of(ann, bob);
    assertThat(group.leave(bob)).isEqualTo(1);

    assertRefused(700014, () -> group.history(bob));
    assertRefused(700014, () -> group.say(bob, "hello"));
    assertRefused(700014, () -> group.ack(bob, 0));
    assertRefused(1000004, () -> group.session(bob));
    assertThat(group.isIn(bob, 3)).isFalse();
    assertThat(group.isIn(bob, 4)).isFalse();
    assertThat(last(group.history(ann)).getMsgTypeValue()).isEqualTo(EXITED);
    assertThat(last(group.history(ann)).getContent())
        .isEqualTo(content(group, "user %d 退出了应援团".formatted(bob.uid())));
  }

  @Test
  void whoIsKicked_isGoneTheSameWay() {
    Group group = Group.of(ann, bob);
    assertThat(group.kick(bob)).isEqualTo(1);

    assertRefused(700014, () -> group.history(bob));
    assertThat(group.isIn(bob, 3)).isFalse();
    assertThat(last(group.history(ann)).getMsgTypeValue()).isEqualTo(EXITED);
    assertThat(last(group.history(ann)).getContent())
        .isEqualTo(content(group, "user %d 被移出了应援团".formatted(bob.uid())));
  }

  @Test
  void whoWasNeverIn_doesNotLeave() {
    Group group = Group.of(ann);
    assertThat(group.leave(eve)).isZero();
    assertThat(group.kick(eve)).isZero();

    assertThat(types(group.history(ann))).containsExactly(CREATED);
  }

  @Test
  void whoJoinsAgain_readsFromTheNewJoinOn() {
    Group group = Group.of(ann, bob);
    group.say(ann, "while in");
    group.leave(bob);
    group.say(ann, "while out");
    group.add(bob);

    assertThat(types(group.history(bob))).containsExactly(JOINED);
    assertThat(group.session(bob).getUnreadCount()).isEqualTo(1);
  }

  @Test
  void eachKindOfChangeInOneCall_leavesOneLine() {
    Group group = Group.of(ann, bob);
    assertThat(
            group.setMembers(
                request ->
                    request
                        .addPut(Group.seat(eve, 0))
                        .addPut(Group.seat(ann, 1))
                        .addLeft(bob.uid())))
        .isEqualTo(3);

    assertThat(types(group.history(ann))).containsExactly(CREATED, JOINED, JOINED, CHANGED, EXITED);
  }

  // Roles and owners

  @Test
  void aNewRole_isSaidInALine() {
    Group group = Group.of(ann, bob);
    assertThat(group.setMembers(request -> request.addPut(Group.seat(bob, 1)))).isEqualTo(1);
    assertThat(group.setMembers(request -> request.addPut(Group.seat(bob, 1)))).isZero();

    assertThat(types(group.history(bob))).containsExactly(JOINED, CHANGED);
    assertThat(last(group.history(bob)).getContent())
        .isEqualTo(content(group, "user %d 的身份已变更".formatted(bob.uid())));
  }

  @Test
  void aNewOwner_isInTheGroup_andSaidInALine() {
    Group group = Group.of(ann, bob);
    group.say(ann, "before");
    group.put(description -> description.setOwnerUid(eve.uid()));

    assertThat(types(group.history(eve))).containsExactly(CHANGED);
    assertThat(last(group.history(eve)).getContent())
        .isEqualTo(content(group, "user %d 成为了团长".formatted(eve.uid())));
    assertThat(group.session(eve).getLastMsg().getMsgTypeValue()).isEqualTo(CHANGED);
    assertThat(types(group.history(ann))).containsExactly(CREATED, JOINED, 1, CHANGED);
  }

  // Freezing and dissolving

  @Test
  void aFrozenGroup_isReadButNotWrittenTo() {
    Group group = Group.of(ann, bob);
    group.freeze();

    assertRefused(700013, () -> group.say(bob, "hello"));
    assertRefused(700013, () -> group.say(ann, "hello"));
    assertRefused(
        700013,
        () ->
            SERVER
                .admin()
                .send(
                    SendRequest.newBuilder()
                        .setMsg(group.text("hello").setSenderUid(ann.uid()))
                        .build()));
    assertThat(types(group.history(bob))).containsExactly(JOINED, FROZEN);
    group.ack(bob, 0);
    assertThat(group.session(bob).getUnreadCount()).isZero();
  }

  @Test
  void aGroupFrozenTwice_hasOneLine() {
    Group group = Group.of(ann);
    group.freeze();
    group.freeze();

    assertThat(types(group.history(ann))).containsExactly(CREATED, FROZEN);
  }

  @Test
  void aGroupFrozenNoMore_isWrittenToAgain() {
    Group group = Group.of(ann, bob);
    group.freeze();
    group.put(description -> description);
    group.say(bob, "hello");

    assertThat(types(group.history(bob))).containsExactly(JOINED, FROZEN, CHANGED, 1);
  }

  @Test
  void aDissolvedGroup_isReadableToNobody() {
    Group group = Group.of(ann, bob);
    group.dissolve();

    for (Person person : List.of(ann, bob, eve)) {
      assertRefused(700013, () -> group.history(person));
      assertRefused(700013, () -> group.say(person, "hello"));
      assertRefused(700013, () -> group.ack(person, 0));
      assertRefused(1000004, () -> group.session(person));
      assertThat(group.isIn(person, 3)).isFalse();
      assertThat(group.isIn(person, 4)).isFalse();
    }
  }

  @Test
  void aDissolvedGroup_staysDissolved() {
    Group group = Group.of(ann, bob);
    group.dissolve();
    group.dissolve();

    assertRefused(700013, () -> group.put(description -> description));
    assertRefused(700013, group::freeze);
    assertRefused(700013, () -> group.add(eve));
    assertRefused(700013, () -> group.kick(bob));
    assertRefused(700013, () -> group.history(ann));
  }

  @Test
  void aLargeGroup_isDissolvedForAllItsMembers() {
    Group group = Group.of(ann);
    Person[] members =
        IntStream.range(0, 600).mapToObj(_ -> Person.unregistered(SERVER)).toArray(Person[]::new);
    group.add(members);
    group.dissolve();

    for (int i = 0; i < members.length; i += 100) {
      assertThat(group.isIn(members[i], 3)).isFalse();
      assertThat(members[i].lists(page -> page).getIsAddressListEmpty()).isEqualTo(1);
    }
  }

  // Bad input

  @Test
  void aGroupWithoutNumberOrOwner_isRefusedWithMinus400() {
    Group group = Group.unregistered(ann);
    assertRefused(-400, () -> group.put(description -> description.setGroupId(0)));
    assertRefused(-400, () -> group.put(description -> description.setOwnerUid(0)));
    assertRefused(-404, () -> group.history(ann));
  }

  @Test
  void aDescriptionThatCanNotBe_isRefusedWith2() {
    Group group = Group.of(ann);
    List<UnaryOperator<PutGroupRequest.Builder>> descriptions =
        List.of(
            description -> description.setName(""),
            description -> description.setName("x".repeat(257)),
            description -> description.setCover("x".repeat(2_049)),
            description -> description.setNotice("x".repeat(2_049)),
            description -> description.setStatusValue(3));
    for (UnaryOperator<PutGroupRequest.Builder> description : descriptions) {
      assertRefused(2, () -> group.put(description));
    }

    assertThat(group.session(ann).getGroupName()).isEqualTo("group " + group.id());
  }

  @Test
  void membersOfNoGroup_areRefusedWithMinus404() {
    assertRefused(-404, () -> Group.unregistered(ann).add(bob));
  }

  @Test
  void membersOfAGroupWithoutNumber_areRefusedWithMinus400() {
    assertRefused(
        -400,
        () ->
            SERVER
                .admin()
                .setMembers(SetMembersRequest.newBuilder().addPut(Group.seat(bob, 0)).build()));
  }

  @ParameterizedTest
  @ValueSource(ints = {3, -1})
  void aRoleThatDoesNotExist_isRefusedWith2_andNothingChanges(int role) {
    Group group = Group.of(ann);
    assertRefused(
        2,
        () ->
            group.setMembers(
                request -> request.addPut(Group.seat(bob, 0)).addPut(Group.seat(eve, role))));

    assertRefused(700014, () -> group.history(bob));
  }

  @Test
  void aMemberWithoutNumber_isRefusedWithMinus400_andNothingChanges() {
    Group group = Group.of(ann, bob);
    assertRefused(
        -400,
        () ->
            group.setMembers(
                request -> request.addPut(Group.seat(eve, 0)).addPut(Member.newBuilder())));
    assertRefused(-400, () -> group.setMembers(request -> request.addLeft(bob.uid()).addLeft(0)));
    assertRefused(
        -400, () -> group.setMembers(request -> request.addKicked(bob.uid()).addKicked(0)));

    assertRefused(700014, () -> group.history(eve));
    assertThat(types(group.history(bob))).containsExactly(JOINED);
  }

  @Test
  void moreThan10000MembersInOneCall_areRefusedWith2_andNothingChanges() {
    Group group = Group.of(ann);
    List<Long> uids = LongStream.rangeClosed(1, MOST_AT_ONCE).boxed().toList();
    assertRefused(
        2,
        () -> group.setMembers(request -> request.addPut(Group.seat(bob, 0)).addAllKicked(uids)));

    assertRefused(700014, () -> group.history(bob));
  }

  @Test
  void aGroup_hasRoomFor100000Members_andNotForOneMore() {
    Group group = Group.of(ann);
    long first = Person.unregistered(SERVER).uid() + 10_000_000;
    long end = first + MOST_MEMBERS - 1; // the owner is one too
    for (long from = first; from < end; from += MOST_AT_ONCE) {
      List<Member> members =
          LongStream.range(from, Math.min(from + MOST_AT_ONCE, end))
              .mapToObj(uid -> Member.newBuilder().setUid(uid).build())
              .toList();
      assertThat(group.setMembers(request -> request.addAllPut(members))).isEqualTo(members.size());
    }

    assertRefused(2, () -> group.add(bob));
    assertRefused(700014, () -> group.history(bob));

    assertThat(group.setMembers(request -> request.addKicked(first))).isEqualTo(1);
    assertThat(group.add(bob)).isEqualTo(1);
  }
}
