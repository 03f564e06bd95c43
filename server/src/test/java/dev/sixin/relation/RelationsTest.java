package dev.sixin.relation;

import static dev.sixin.TestServer.assertRefused;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sixin.Person;
import dev.sixin.TestServer;
import dev.sixin.admin.v1.Relation;
import dev.sixin.admin.v1.Relation.Kind;
import dev.sixin.admin.v1.SetRelationsRequest;
import java.util.Collections;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/// The rules of Admin.SetRelations, seen from what users may do then.
class RelationsTest {
  private static final int MOST_AT_ONCE = 10_000;

  private static final TestServer SERVER = TestServer.shared();

  private final Person ann = Person.on(SERVER);
  private final Person bob = Person.on(SERVER);

  private static int set(List<Relation> relations) {
    return SERVER
        .admin()
        .setRelations(SetRelationsRequest.newBuilder().addAllRelations(relations).build())
        .getChanged();
  }

  private static int set(Relation... relations) {
    return set(List.of(relations));
  }

  private static Relation relation(Person from, Kind kind, Person to) {
    return Relation.newBuilder().setFromUid(from.uid()).setKind(kind).setToUid(to.uid()).build();
  }

  /// Has both write once, so that each has a session that shows whom they follow.
  private void speak() {
    ann.says(bob, "hello");
    bob.says(ann, "hello");
  }

  private static boolean isFollowing(Person from, Person to) {
    return from.session(to).getIsFollow() == 1;
  }

  @Test
  void aFollow_isOneWay() {
    speak();
    assertThat(set(relation(ann, Kind.FOLLOW, bob))).isEqualTo(1);

    assertThat(isFollowing(ann, bob)).isTrue();
    assertThat(isFollowing(bob, ann)).isFalse();
  }

  @Test
  void theSameAgain_changesNothing() {
    assertThat(set(relation(ann, Kind.FOLLOW, bob))).isEqualTo(1);
    assertThat(set(relation(ann, Kind.FOLLOW, bob))).isZero();
    assertThat(set(relation(ann, Kind.UNFOLLOW, bob))).isEqualTo(1);
    assertThat(set(relation(ann, Kind.UNFOLLOW, bob))).isZero();
    assertThat(set(relation(ann, Kind.BLOCK, bob))).isEqualTo(1);
    assertThat(set(relation(ann, Kind.BLOCK, bob))).isZero();
    assertThat(set(relation(ann, Kind.UNBLOCK, bob))).isEqualTo(1);
    assertThat(set(relation(ann, Kind.UNBLOCK, bob))).isZero();
  }

  @Test
  void makingAFollowSpecial_isAChange() {
    Relation special = relation(ann, Kind.FOLLOW, bob).toBuilder().setSpecial(true).build();
    assertThat(set(relation(ann, Kind.FOLLOW, bob))).isEqualTo(1);
    assertThat(set(special)).isEqualTo(1);
    assertThat(set(special)).isZero();
    assertThat(set(relation(ann, Kind.FOLLOW, bob))).isEqualTo(1);
  }

  @Test
  void manyRelations_areAppliedInOrder() {
    speak();
    assertThat(
            set(
                relation(ann, Kind.FOLLOW, bob),
                relation(ann, Kind.UNFOLLOW, bob),
                relation(ann, Kind.UNFOLLOW, bob),
                relation(bob, Kind.UNFOLLOW, ann),
                relation(bob, Kind.FOLLOW, ann)))
        .isEqualTo(3);

    assertThat(isFollowing(ann, bob)).isFalse();
    assertThat(isFollowing(bob, ann)).isTrue();
  }

  // Blocks

  @Test
  void aBlock_removesTheFollowsInBothDirections() {
    speak();
    ann.befriends(bob);
    assertThat(set(relation(ann, Kind.BLOCK, bob))).isEqualTo(1);

    assertThat(isFollowing(ann, bob)).isFalse();
    assertThat(isFollowing(bob, ann)).isFalse();
  }

  @Test
  void removingABlock_doesNotBringBackTheFollows() {
    speak();
    ann.befriends(bob);
    set(relation(ann, Kind.BLOCK, bob), relation(ann, Kind.UNBLOCK, bob));

    assertThat(isFollowing(ann, bob)).isFalse();
    assertThat(isFollowing(bob, ann)).isFalse();
  }

  @Test
  void aFollowThatABlockRemoved_noLongerLiftsTheStrangerRule() {
    ann.befriends(bob);
    set(relation(ann, Kind.BLOCK, bob), relation(ann, Kind.UNBLOCK, bob));
    ann.says(bob, "one");

    assertRefused(21047, () -> ann.says(bob, "two"));
  }

  @Test
  void aBlock_isOneWay() {
    set(relation(ann, Kind.BLOCK, bob));
    assertRefused(25005, () -> ann.says(bob, "hello"));
    assertRefused(25003, () -> bob.says(ann, "hello"));
    assertThat(set(relation(bob, Kind.UNBLOCK, ann))).as("Bob blocks nobody").isZero();

    assertRefused(25003, () -> bob.says(ann, "hello"));
  }

  @Test
  void blocksOfBoth_areRemovedEachByItsOwner() {
    set(relation(ann, Kind.BLOCK, bob), relation(bob, Kind.BLOCK, ann));
    set(relation(ann, Kind.UNBLOCK, bob));
    assertRefused(25003, () -> ann.says(bob, "hello"));

    set(relation(bob, Kind.UNBLOCK, ann));
    ann.says(bob, "hello");
    assertThat(bob.history(ann)).hasSize(1);
  }

  @Test
  void aFollowByWhoBlocks_leavesTheOthersFollowAlone() {
    speak();
    set(
        relation(ann, Kind.BLOCK, bob),
        relation(bob, Kind.FOLLOW, ann),
        relation(ann, Kind.FOLLOW, bob));

    assertThat(isFollowing(ann, bob)).isTrue();
    assertThat(isFollowing(bob, ann)).as("followed after the block").isTrue();
  }

  @Test
  void aRepeatedBlock_removesFollowsThatCameSince() {
    speak();
    set(relation(ann, Kind.BLOCK, bob), relation(bob, Kind.FOLLOW, ann));
    assertThat(set(relation(ann, Kind.BLOCK, bob))).isEqualTo(1);

    assertThat(isFollowing(bob, ann)).isFalse();
    assertThat(set(relation(ann, Kind.BLOCK, bob))).isZero();
  }

  // Limits

  @Test
  void aListOf10000_isApplied() {
    List<Relation> most =
        LongStream.range(0, MOST_AT_ONCE)
            .mapToObj(_ -> relation(ann, Kind.FOLLOW, Person.unregistered(SERVER)))
            .toList();
    assertThat(set(most)).isEqualTo(MOST_AT_ONCE);
    assertThat(set(most)).isZero();
  }

  @Test
  void aListOf10001_isRefusedWith2_andNothingOfItIsApplied() {
    assertRefused(
        2, () -> set(Collections.nCopies(MOST_AT_ONCE + 1, relation(ann, Kind.FOLLOW, bob))));
    assertThat(set(relation(ann, Kind.UNFOLLOW, bob))).isZero();
  }

  @Test
  void anEmptyList_changesNothing() {
    assertThat(set()).isZero();
  }

  @Test
  void aListWithOneThatIsNotLegal_isRefused_andNothingOfItIsApplied() {
    Relation good = relation(ann, Kind.FOLLOW, bob);
    assertRefused(-400, () -> set(good, good.toBuilder().clearFromUid().build()));
    assertRefused(-400, () -> set(good, good.toBuilder().clearToUid().build()));
    assertRefused(-400, () -> set(good, good.toBuilder().clearKind().build()));
    assertRefused(2, () -> set(good, good.toBuilder().setKindValue(9).build()));
    assertRefused(2, () -> set(good, relation(ann, Kind.FOLLOW, ann)));

    assertThat(set(relation(ann, Kind.UNFOLLOW, bob))).isZero();
  }

  @Test
  void relations_areKeptOverARestart() {
    Person eve = Person.on(SERVER);
    speak();
    set(relation(ann, Kind.FOLLOW, bob), relation(ann, Kind.BLOCK, eve));
    SERVER.restart();

    assertThat(isFollowing(ann, bob)).isTrue();
    assertRefused(25003, () -> eve.says(ann, "hello"));
    assertThat(set(relation(ann, Kind.FOLLOW, bob), relation(ann, Kind.BLOCK, eve))).isZero();
  }
}
