package dev.sixin.relation;

import static dev.sixin.relation.Relations.TABLE;

import dev.sixin.entity.Entity;
import dev.sixin.entity.Stored;
import dev.sixin.entity.rows.RelationRow;
import dev.sixin.entity.rows.RelationsHead;
import dev.sixin.store.Audit;
import dev.sixin.store.Key;
import dev.sixin.store.Rows;

/// Recounts relations: both sides of each pair, friends, the head, the log.
public final class RelationsAudit {
  private final Audit audit;
  private final PairCheck others;
  private final GroupCheck groups;
  private Key relations = Key.EMPTY;
  private String where = "";
  private RelationsHead head = RelationsHead.getDefaultInstance();
  private RelationsHead.Builder expected = RelationsHead.newBuilder();
  private long logs;
  private long users;
  private long pairs;

  /// Compares with what the group knows.
  @FunctionalInterface
  public interface GroupCheck {
    /// Takes a group that a user is in, as the user's relations say.
    void check(String where, long uid, long groupId);
  }

  /// Compares with what conversations know.
  @FunctionalInterface
  public interface PairCheck {
    /// Takes what a user makes of another, as the user's relations say.
    void check(String where, long uid, long otherUid, RelationRow relation);
  }

  /// @param others compares each pair with what stands outside the relations
  /// @param groups compares each membership with what stands outside the relations
  public RelationsAudit(Audit audit, PairCheck others, GroupCheck groups) {
    this.audit = audit;
    this.others = others;
    this.groups = groups;
  }

  /// Goes over all relations and answers how much was looked at.
  public String run() {
    audit.each(TABLE, this::row);
    end();
    return "relations of %d users, %d pairs".formatted(users, pairs);
  }

  private void row(Key wholeKey, byte[] value) {
    Key entity = Entity.of(wholeKey);
    if (!entity.equals(relations)) {
      end();
      relations = entity;
      where = "relations of user " + Long.toUnsignedString(Entity.number(entity));
      head = RelationsHead.getDefaultInstance();
      expected = RelationsHead.newBuilder();
      logs = 0;
      users++;
    }
    Key row = wholeKey.after(entity.length());
    if (row.equals(Relations.HEAD)) {
      head = Stored.parse(value, RelationsHead.getDefaultInstance());
    } else if (row.startsWith(Relations.PAIR)) {
      pair(row.u64At(1), Stored.parse(value, RelationRow.getDefaultInstance()));
    } else if (row.startsWith(Relations.GROUP)) {
      expected.setGroups(expected.getGroups() + 1);
      groups.check(where, Entity.number(relations), row.u64At(1));
    } else if (row.startsWith(Relations.FRIEND)) {
      friend(row.u64At(1));
    } else if (row.startsWith(Relations.LOG)) {
      logs++;
      expected.setLastLog(row.u64At(1));
    }
  }

  private void pair(long otherUid, RelationRow mine) {
    pairs++;
    String here = "%s, user %s".formatted(where, Long.toUnsignedString(otherUid));
    Rows other = audit.rows(Entity.relations(otherUid));
    RelationRow theirs = Relations.row(other, Entity.number(relations));
    audit.expect(
        here, "follows, as the other side says", theirs.getFollowedBy(), mine.getFollows());
    audit.expect(here, "blocks, as the other side says", theirs.getBlockedBy(), mine.getBlocks());
    audit.expect(here, "followed by", mine.getFollowedBy(), theirs.getFollows());
    audit.expect(here, "blocked by", mine.getBlockedBy(), theirs.getBlocks());
    boolean friend = audit.rows(relations).get(TABLE, Relations.FRIEND.u64(otherUid)) != null;
    audit.expect(here, "stands among friends", friend, Relations.isFriend(mine));
    others.check(here, Entity.number(relations), otherUid, mine);
    if (mine.getFollows()) {
      expected.setFollows(expected.getFollows() + 1);
    }
  }

  private void friend(long otherUid) {
    if (!Relations.isFriend(Relations.row(audit.rows(relations), otherUid))) {
      audit.differs(
          where, "user %s stands among friends".formatted(Long.toUnsignedString(otherUid)));
    }
  }

  private void end() {
    if (relations.equals(Key.EMPTY)) {
      return;
    }
    audit.expect(where, "follows in the head", head.getFollows(), expected.getFollows());
    audit.expect(where, "groups in the head", head.getGroups(), expected.getGroups());
    audit.expect(where, "last log row in the head", head.getLastLog(), expected.getLastLog());
    long kept = Math.min(expected.getLastLog(), Relations.KEPT_LOGS);
    audit.expect(where, "log rows", logs, kept);
  }
}
