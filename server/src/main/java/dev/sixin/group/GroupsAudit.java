package dev.sixin.group;

import static dev.sixin.group.FanGroups.TABLE;

import dev.sixin.entity.Entity;
import dev.sixin.entity.Stored;
import dev.sixin.entity.rows.GroupRow;
import dev.sixin.entity.rows.MemberRow;
import dev.sixin.store.Audit;
import dev.sixin.store.Key;

/// Recounts the members of groups.
public final class GroupsAudit {
  private final Audit audit;
  private final MemberCheck others;
  private Key group = Key.EMPTY;
  private String where = "";
  private long membersInHead;
  private long members;
  private long groups;
  private long allMembers;

  /// Compares with what the member's own rows say.
  @FunctionalInterface
  public interface MemberCheck {
    /// Takes a member of a group.
    void check(String where, long groupId, long uid, MemberRow member);
  }

  /// @param others compares each membership with what stands outside the group
  public GroupsAudit(Audit audit, MemberCheck others) {
    this.audit = audit;
    this.others = others;
  }

  /// Goes over all groups and answers how much was looked at.
  public String run() {
    audit.each(TABLE, this::row);
    end();
    return "%d groups, %d members".formatted(groups, allMembers);
  }

  private void row(Key wholeKey, byte[] value) {
    Key entity = Entity.of(wholeKey);
    if (!entity.equals(group)) {
      end();
      group = entity;
      where = "group " + Long.toUnsignedString(Entity.number(entity));
      membersInHead = 0;
      members = 0;
      groups++;
    }
    Key row = wholeKey.after(entity.length());
    if (row.equals(FanGroups.DESCRIPTION)) {
      membersInHead = Stored.parse(value, GroupRow.getDefaultInstance()).getMembers();
    } else if (row.startsWith(FanGroups.MEMBER)) {
      members++;
      allMembers++;
      long uid = row.u64At(1);
      String here = "%s, member %s".formatted(where, Long.toUnsignedString(uid));
      MemberRow member = Stored.parse(value, MemberRow.getDefaultInstance());
      others.check(here, Entity.number(group), uid, member);
    }
  }

  private void end() {
    if (!group.equals(Key.EMPTY)) {
      audit.expect(where, "members", membersInHead, members);
    }
  }
}
