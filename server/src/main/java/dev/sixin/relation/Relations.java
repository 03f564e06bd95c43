package dev.sixin.relation;

import dev.sixin.entity.Entity;
import dev.sixin.entity.Happening.FollowChanged;
import dev.sixin.entity.Happening.MembershipChanged;
import dev.sixin.entity.Happening.RelationTurned;
import dev.sixin.entity.Stored;
import dev.sixin.entity.rows.RelationRow;
import dev.sixin.entity.rows.RelationsHead;
import dev.sixin.store.Bulk;
import dev.sixin.store.Key;
import dev.sixin.store.Partition;
import dev.sixin.store.Rows;
import dev.sixin.store.Store;
import dev.sixin.store.Table;
import java.util.List;
import java.util.function.UnaryOperator;

/// The relations between users.
public final class Relations {
  /// All rows of relations entities.
  public static final Table TABLE = Table.of("relations");

  private static final Key HEAD = Key.of(0);
  private static final Key PAIR = Key.of(1);
  private static final Key GROUP = Key.of(2);
  private static final byte[] NOTHING = new byte[0];

  private final Store store;

  /// Relations kept in a store.
  public Relations(Store store) {
    this.store = store;
  }

  /// What a user does to another.
  public sealed interface Act {
    /// Follows, or changes a follow into or out of a special one.
    record Follow(boolean special) implements Act {}

    /// No longer follows.
    record Unfollow() implements Act {}

    /// Blocks, which also ends the follows in both directions.
    record Block() implements Act {}

    /// No longer blocks.
    record Unblock() implements Act {}
  }

  /// One act of one user.
  public record Step(long fromUid, long toUid, Act act) {}

  /// Applies steps in order and answers how many of them changed something.
  public int apply(List<Step> steps) {
    return (int)
        Bulk.run(
                steps,
                step ->
                    store.transact(
                        Entity.relations(step.fromUid()), relations -> act(relations, step)))
            .stream()
            .filter(changed -> changed)
            .count();
  }

  /// What stands between two users, seen from the first one's side.
  public RelationRow between(long uid, long otherUid) {
    return row(store.rows(Entity.relations(uid)), otherUid);
  }

  /// Whether a user follows nobody and is in no group.
  public boolean isAlone(long uid) {
    RelationsHead head = head(store.rows(Entity.relations(uid)));
    return head.getFollows() == 0 && head.getGroups() == 0;
  }

  private static boolean act(Partition relations, Step step) {
    boolean changed =
        change(
            relations,
            step.fromUid(),
            step.toUid(),
            row ->
                switch (step.act()) {
                  case Act.Follow(boolean special) -> row.setFollows(true).setSpecial(special);
                  case Act.Unfollow() -> row.setFollows(false).setSpecial(false);
                  case Act.Block() ->
                      row.setBlocks(true).setFollows(false).setSpecial(false).setFollowedBy(false);
                  case Act.Unblock() -> row.setBlocks(false);
                });
    if (changed) {
      RelationRow now = row(relations, step.toUid());
      boolean unfollowed = step.act() instanceof Act.Block;
      relations.tell(
          Entity.relations(step.toUid()),
          new RelationTurned(
              step.fromUid(), step.toUid(), now.getFollows(), now.getBlocks(), unfollowed));
    }
    return changed;
  }

  /// Follows on one side what the other side did. Called by the store with the event.
  public static void turned(Partition relations, RelationTurned event) {
    change(
        relations,
        event.toUid(),
        event.fromUid(),
        row -> {
          row.setFollowedBy(event.follows()).setBlockedBy(event.blocks());
          return event.unfollowed() ? row.setFollows(false).setSpecial(false) : row;
        });
  }

  /// Their user is now in a group, or no longer. Called by the store with the event.
  public static void membershipChanged(Partition relations, MembershipChanged event) {
    Key row = GROUP.u64(event.groupId());
    if ((relations.get(TABLE, row) != null) == event.member()) {
      return; // told before
    }
    RelationsHead head = head(relations);
    if (event.member()) {
      relations.put(TABLE, row, NOTHING);
    } else {
      relations.delete(TABLE, row);
    }
    long groups = head.getGroups() + (event.member() ? 1 : -1);
    relations.put(TABLE, HEAD, head.toBuilder().setGroups(groups).build().toByteArray());
  }

  private static boolean change(
      Partition relations, long uid, long otherUid, UnaryOperator<RelationRow.Builder> edit) {
    RelationRow before = row(relations, otherUid);
    RelationRow after = edit.apply(before.toBuilder()).build();
    if (after.equals(before)) {
      return false;
    }
    relations.put(TABLE, PAIR.u64(otherUid), after.toByteArray());
    if (after.getFollows() != before.getFollows()) {
      RelationsHead.Builder head = head(relations).toBuilder();
      head.setFollows(head.getFollows() + (after.getFollows() ? 1 : -1));
      relations.put(TABLE, HEAD, head.build().toByteArray());
      relations.tell(Entity.inbox(uid), new FollowChanged(otherUid, after.getFollows()));
    }
    return true;
  }

  private static RelationRow row(Rows relations, long otherUid) {
    return Stored.parse(relations.get(TABLE, PAIR.u64(otherUid)), RelationRow.getDefaultInstance());
  }

  private static RelationsHead head(Rows relations) {
    return Stored.parse(relations.get(TABLE, HEAD), RelationsHead.getDefaultInstance());
  }
}
