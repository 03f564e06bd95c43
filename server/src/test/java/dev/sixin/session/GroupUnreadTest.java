package dev.sixin.session;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sixin.Group;
import dev.sixin.Person;
import dev.sixin.TestServer;
import dev.sixin.proto.im.DummyReq;
import org.junit.jupiter.api.Test;

/// The rules of MyGroupUnread: what is unread in the groups that one owns.
class GroupUnreadTest {
  private static final TestServer SERVER = TestServer.shared();

  private final Person ann = Person.on(SERVER);
  private final Person bob = Person.on(SERVER);

  private static int unread(Person person) {
    return person.calls().myGroupUnread(DummyReq.getDefaultInstance()).getUnreadCount();
  }

  /// A group of Ann's with Bob in it, of which Ann has read everything.
  private Group read() {
    Group group = Group.of(ann, bob);
    group.ack(ann, 0);
    return group;
  }

  @Test
  void withoutGroups_nothingIsUnread() {
    assertThat(unread(ann)).isZero();
  }

  @Test
  void unreadMessages_areCountedOverAllOwnGroups() {
    read().say(bob, "one");
    Group second = read();
    second.say(bob, "two");
    second.say(bob, "three");
    assertThat(unread(ann)).isEqualTo(3);

    second.ack(ann, 0);
    assertThat(unread(ann)).isEqualTo(1);
  }

  @Test
  void groupsOfOthers_doNotCount() {
    read().say(ann, "hello");

    assertThat(unread(bob)).isZero();
  }

  @Test
  void groupsThatMayNotDisturb_doNotCount() {
    Group group = read();
    group.say(bob, "one");
    group.choose(ann, settings -> settings.setDnd(true));
    assertThat(unread(ann)).isZero();

    group.choose(ann, settings -> settings.setDnd(false));
    assertThat(unread(ann)).isEqualTo(1);
  }

  @Test
  void groupsThatTheHelperCollects_doNotCount() {
    Group group = read();
    group.say(bob, "one");
    group.choose(ann, settings -> settings.setHelper(true));

    assertThat(unread(ann)).isZero();
  }

  @Test
  void aRemovedGroup_countsFromTheNextMessageOn() {
    Group group = read();
    group.say(bob, "one");
    group.remove(ann);
    assertThat(unread(ann)).isZero();

    group.say(bob, "two");
    assertThat(unread(ann)).isEqualTo(1);
  }

  @Test
  void aGroupGivenAway_countsForTheNewOwner() {
    Group group = read();
    group.ack(bob, 0);
    group.put(description -> description.setOwnerUid(bob.uid()));
    group.ack(bob, 0);
    group.say(ann, "yours now");

    assertThat(unread(ann)).isZero();
    assertThat(unread(bob)).isEqualTo(1);
  }

  @Test
  void aDissolvedGroup_countsNoMore() {
    Group group = read();
    group.say(bob, "one");
    group.dissolve();

    assertThat(unread(ann)).isZero();
  }
}
