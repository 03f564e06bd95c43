package dev.sixin.relation;

import dev.sixin.entity.Entity;
import dev.sixin.entity.Happening;
import dev.sixin.entity.Happening.FollowChanged;
import dev.sixin.entity.Happening.MembershipChanged;
import dev.sixin.entity.Happening.RelationTurned;
import dev.sixin.entity.Happening.StanceChanged;
import dev.sixin.entity.News.RelationsChanged;
import dev.sixin.entity.Stored;
import dev.sixin.entity.rows.RelationRow;
import dev.sixin.entity.rows.RelationsHead;
import dev.sixin.proto.type.FriendRelation;
import dev.sixin.proto.type.GroupRelation;
import dev.sixin.proto.type.RelationLog;
import dev.sixin.proto.type.RelationLogType;
import dev.sixin.store.Bulk;
import dev.sixin.store.Key;
import dev.sixin.store.Order;
import dev.sixin.store.Partition;
import dev.sixin.store.Range;
import dev.sixin.store.Row;
import dev.sixin.store.Rows;
import dev.sixin.store.Store;
import dev.sixin.store.Table;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;

/// The relations between users, and what a user's clients learn of them.
public final class Relations {
  /// All rows of relations entities.
  public static final Table TABLE = Table.of("relations");

  static final Key HEAD = Key.of(0);
  static final Key PAIR = Key.of(1);
  static final Key GROUP = Key.of(2);
  static final Key FRIEND = Key.of(3);
  static final Key LOG = Key.of(4);

  /// How many log rows of a user are kept.
  static final int KEPT_LOGS = 10_000;

  /// How many log rows one answer holds at most.
  private static final int LOGS_AT_ONCE = 500;

  private static final int CHUNK = 1_000;
  private static final int ERASED_AT_ONCE = 50;
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

  /// Says what a conversation is told when one user begins to follow the other, if anything.
  @FunctionalInterface
  public interface Welcome {
    /// An event for the conversation of the two. Asked before it is known whether the follow is
    /// new.
    Optional<Happening> of(long followerUid, long uid);
  }

  /// Applies steps in order and answers how many of them changed something.
  public int apply(List<Step> steps) {
    return apply(steps, (_, _) -> Optional.empty());
  }

  /// As [#apply(List)], with something to be said to new followers.
  public int apply(List<Step> steps, Welcome welcome) {
    return (int)
        Bulk.run(
                steps,
                step -> {
                  Optional<Happening> said =
                      step.act() instanceof Act.Follow
                          ? welcome.of(step.fromUid(), step.toUid())
                          : Optional.empty();
                  return store.transact(
                      Entity.relations(step.fromUid()), relations -> act(relations, step, said));
                })
            .stream()
            .filter(changed -> changed)
            .count();
  }

  /// What stands between two users, seen from the first one's side.
  public RelationRow between(long uid, long otherUid) {
    return row(store.rows(Entity.relations(uid)), otherUid);
  }

  /// Whether two users follow each other and neither blocks the other.
  public boolean areClose(long uid, long otherUid) {
    RelationRow row = between(uid, otherUid);
    return isFriend(row) && !row.getBlocks() && !row.getBlockedBy();
  }

  /// Whether a user follows nobody and is in no group.
  public boolean isAlone(long uid) {
    RelationsHead head = head(store.rows(Entity.relations(uid)));
    return head.getFollows() == 0 && head.getGroups() == 0;
  }

  /// When a user's friends or groups last changed, as [Partition#micros]; 0: never.
  public long loggedMicros(long uid) {
    return head(store.rows(Entity.relations(uid))).getLoggedMicros();
  }

  /// What a client needs to be up to date.
  public sealed interface News {
    /// What the client is to send next time.
    long seqno();

    /// Everything there is, for a client that can not be told of changes alone.
    ///
    /// @param friends users who follow the user and whom the user follows, by uid
    /// @param groups the groups that the user is in, by number
    record Everything(List<Long> friends, List<Long> groups, long seqno) implements News {}

    /// What changed, in order; there may be more after it.
    ///
    /// @param logs with the other's uid or the group's number alone
    record Changes(List<RelationLog> logs, long seqno) implements News {}
  }

  /// What changed among a user's friends and groups after a log row that a client knows; everything
  /// when the client knows none, or one that rows are no longer kept after, or one that never was.
  public News since(long uid, long knownSeqno) {
    return store.read(
        Entity.relations(uid),
        relations -> {
          long last = head(relations).getLastLog();
          boolean isNumber = knownSeqno != 0 && Long.compareUnsigned(knownSeqno, last) <= 0;
          if (!isNumber || last - knownSeqno > KEPT_LOGS) {
            return new News.Everything(numbers(relations, FRIEND), numbers(relations, GROUP), last);
          }
          Range after = new Range(LOG.u64(knownSeqno).next(), LOG.afterPrefix());
          List<RelationLog> logs =
              relations.scan(TABLE, after, Order.ASCENDING, LOGS_AT_ONCE).stream()
                  .map(row -> Stored.parse(row.value(), RelationLog.getDefaultInstance()))
                  .toList();
          long seqno = logs.isEmpty() ? knownSeqno : logs.getLast().getOplogSeqno();
          return new News.Changes(logs, seqno);
        });
  }

  /// The numbers at the ends of all keys that begin with a prefix.
  private static List<Long> numbers(Rows relations, Key prefix) {
    List<Long> numbers = new ArrayList<>();
    Range left = Range.prefix(prefix);
    while (true) {
      List<Row> chunk = relations.scan(TABLE, left, Order.ASCENDING, CHUNK);
      chunk.forEach(row -> numbers.add(row.key().u64At(prefix.length())));
      if (chunk.size() < CHUNK) {
        return numbers;
      }
      left = new Range(chunk.getLast().key().next(), left.to());
    }
  }

  /// What stands between a user and another.
  public record Pair(long otherUid, RelationRow relation) {}

  /// Some of what stands between a user and others, by the others' uids.
  ///
  /// @param afterUid where to go on; 0: at the beginning
  public List<Pair> pairs(long uid, long afterUid, int limit) {
    Range after = new Range(PAIR.u64(afterUid).next(), PAIR.afterPrefix());
    return store.rows(Entity.relations(uid)).scan(TABLE, after, Order.ASCENDING, limit).stream()
        .map(
            row ->
                new Pair(
                    row.key().u64At(1),
                    Stored.parse(row.value(), RelationRow.getDefaultInstance())))
        .toList();
  }

  /// Ends some of what stands between a user and others, on both sides; at last forgets the user.
  ///
  /// @return whether more is left
  public boolean eraseSome(long uid) {
    List<Pair> pairs = pairs(uid, 0, ERASED_AT_ONCE);
    List<Step> steps = new ArrayList<>();
    for (Pair pair : pairs) {
      for (Act act : new Act[] {new Act.Unfollow(), new Act.Unblock()}) {
        steps.add(new Step(uid, pair.otherUid(), act));
        steps.add(new Step(pair.otherUid(), uid, act));
      }
    }
    apply(steps);
    return Bulk.await(
        store.transact(
            Entity.relations(uid),
            relations -> {
              pairs.forEach(pair -> relations.delete(TABLE, PAIR.u64(pair.otherUid())));
              if (!pairs.isEmpty()) {
                return true;
              }
              List<Row> rest =
                  relations.scan(TABLE, Range.prefix(Key.EMPTY), Order.ASCENDING, CHUNK);
              rest.forEach(row -> relations.delete(TABLE, row.key()));
              return !rest.isEmpty();
            }));
  }

  private static boolean act(Partition relations, Step step, Optional<Happening> welcome) {
    boolean followed = row(relations, step.toUid()).getFollows();
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
      if (now.getFollows() && !followed) {
        Key conversation = Entity.conversation(step.fromUid(), step.toUid());
        welcome.ifPresent(event -> relations.tell(conversation, event));
      }
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
    mark(relations, row, event.member());
    RelationsHead.Builder head = head(relations).toBuilder();
    head.setGroups(head.getGroups() + (event.member() ? 1 : -1));
    log(
        relations,
        head,
        0,
        RelationLog.newBuilder()
            .setLogType(
                event.member() ? RelationLogType.EN_JOIN_GROUP : RelationLogType.EN_EXIT_GROUP)
            .setGroupRelation(GroupRelation.newBuilder().setGroupId(event.groupId())));
    relations.put(TABLE, HEAD, head.build().toByteArray());
  }

  private static boolean change(
      Partition relations, long uid, long otherUid, UnaryOperator<RelationRow.Builder> edit) {
    RelationRow before = row(relations, otherUid);
    RelationRow after = edit.apply(before.toBuilder()).build();
    if (after.equals(before)) {
      return false;
    }
    if (after.equals(RelationRow.getDefaultInstance())) {
      relations.delete(TABLE, PAIR.u64(otherUid));
    } else {
      relations.put(TABLE, PAIR.u64(otherUid), after.toByteArray());
    }
    boolean followTurned = after.getFollows() != before.getFollows();
    boolean friendTurned = isFriend(after) != isFriend(before);
    RelationsHead.Builder head = head(relations).toBuilder();
    if (followTurned) {
      head.setFollows(head.getFollows() + (after.getFollows() ? 1 : -1));
      relations.tell(
          Entity.inbox(uid), new FollowChanged(otherUid, relations.micros(), after.getFollows()));
    }
    if (followTurned || after.getBlocks() != before.getBlocks()) {
      relations.tell(
          Entity.conversation(uid, otherUid),
          new StanceChanged(
              uid, otherUid, relations.micros(), after.getFollows(), after.getBlocks()));
    }
    if (friendTurned) {
      befriend(relations, head, otherUid, isFriend(after));
    }
    if (followTurned || friendTurned) {
      relations.put(TABLE, HEAD, head.build().toByteArray());
    }
    return true;
  }

  static boolean isFriend(RelationRow row) {
    return row.getFollows() && row.getFollowedBy();
  }

  private static void befriend(
      Partition relations, RelationsHead.Builder head, long otherUid, boolean friend) {
    mark(relations, FRIEND.u64(otherUid), friend);
    log(
        relations,
        head,
        friend ? 0 : otherUid,
        RelationLog.newBuilder()
            .setLogType(friend ? RelationLogType.EN_ADD_FRIEND : RelationLogType.EN_REMOVE_FRIEND)
            .setFriendRelation(FriendRelation.newBuilder().setUid(otherUid)));
  }

  private static void mark(Partition relations, Key row, boolean present) {
    if (present) {
      relations.put(TABLE, row, NOTHING);
    } else {
      relations.delete(TABLE, row);
    }
  }

  /// Adds a log row, in place of the oldest when there are many. The head is the caller's to write.
  private static void log(
      Partition relations,
      RelationsHead.Builder head,
      long lostFriendUid,
      RelationLog.Builder entry) {
    long seqno = head.getLastLog() + 1;
    head.setLastLog(seqno).setLoggedMicros(relations.micros());
    relations.announce(new RelationsChanged(lostFriendUid));
    relations.put(TABLE, LOG.u64(seqno), entry.setOplogSeqno(seqno).build().toByteArray());
    if (seqno > KEPT_LOGS) {
      relations.delete(TABLE, LOG.u64(seqno - KEPT_LOGS));
    }
  }

  /// Whether a user is in a group, as the relations know whose rows these are.
  public static boolean isIn(Rows relations, long groupId) {
    return relations.get(TABLE, GROUP.u64(groupId)) != null;
  }

  /// What stands between the user whose relations these are and another.
  public static RelationRow row(Rows relations, long otherUid) {
    return Stored.parse(relations.get(TABLE, PAIR.u64(otherUid)), RelationRow.getDefaultInstance());
  }

  private static RelationsHead head(Rows relations) {
    return Stored.parse(relations.get(TABLE, HEAD), RelationsHead.getDefaultInstance());
  }
}
