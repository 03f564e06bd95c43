package dev.sixin.model;

import dev.sixin.admin.v1.Member;
import dev.sixin.admin.v1.PutGroupRequest;
import dev.sixin.admin.v1.PutGroupRequest.Status;
import dev.sixin.admin.v1.SetMembersRequest;
import dev.sixin.proto.type.GroupRelation;
import dev.sixin.proto.type.RelationLog;
import dev.sixin.proto.type.RelationLogType;
import java.util.ArrayList;
import java.util.List;

/// What is true after the site said something of groups.
final class Groups {
  private static final int OWNER = 2;
  private static final int NAMED = 3;
  private static final int JOINED = 301;
  private static final int EXITED = 302;
  private static final int FROZEN = 303;
  private static final int DISSOLVED = 304;
  private static final int CREATED = 305;
  private static final int CHANGED = 306;

  private final Model model;
  private long joins;

  Groups(Model model) {
    this.model = model;
  }

  /// Answers whether the group is new.
  boolean putGroup(PutGroupRequest said) {
    if (said.getGroupId() == 0 || said.getOwnerUid() == 0) {
      throw new Refused(-400);
    }
    if (said.getName().isEmpty()) {
      throw new Refused(2);
    }
    Group known = model.group(said.getGroupId());
    if (known == null) {
      Group group = new Group(said);
      model.addGroup(group);
      if (!group.isDissolved()) {
        put(group, said.getOwnerUid(), OWNER);
      }
      model.talk().line(group, CREATED, List.of(said.getName()));
      return true;
    }
    PutGroupRequest before = known.description();
    if (known.isDissolved() && said.getStatus() != Status.DISSOLVED) {
      throw new Refused(700013);
    }
    known.describe(said);
    boolean newOwner = !known.isDissolved() && changeOwner(known, before.getOwnerUid());
    if (said.getStatus() != before.getStatus()) {
      int line =
          switch (said.getStatus()) {
            case FROZEN -> FROZEN;
            case DISSOLVED -> DISSOLVED;
            default -> CHANGED;
          };
      model.talk().line(known, line, List.of());
    } else if (newOwner) {
      model.talk().line(known, CHANGED, List.of(name(said.getOwnerUid())));
    }
    if (known.isDissolved()) {
      List.copyOf(known.roles().keySet()).forEach(uid -> exit(known, uid));
    }
    return false;
  }

  private boolean changeOwner(Group group, long before) {
    long owner = group.description().getOwnerUid();
    if (before != owner && group.roles().containsKey(before)) {
      group.roles().put(before, 0);
    }
    boolean joined = !group.roles().containsKey(owner);
    return put(group, owner, OWNER) || joined;
  }

  /// Answers how many memberships changed.
  int setMembers(SetMembersRequest request) {
    if (request.getPutList().stream().anyMatch(seat -> seat.getRole() < 0 || seat.getRole() > 2)) {
      throw new Refused(2);
    }
    Group group = model.group(request.getGroupId());
    if (group == null) {
      throw new Refused(-404);
    }
    if (group.isDissolved()) {
      throw new Refused(700013);
    }
    List<Long> joined = new ArrayList<>();
    List<Long> promoted = new ArrayList<>();
    for (Member seat : request.getPutList()) {
      boolean isNew = !group.roles().containsKey(seat.getUid());
      if (put(group, seat.getUid(), seat.getRole())) {
        (isNew ? joined : promoted).add(seat.getUid());
      }
    }
    List<Long> left = request.getLeftList().stream().filter(uid -> exit(group, uid)).toList();
    List<Long> kicked = request.getKickedList().stream().filter(uid -> exit(group, uid)).toList();
    line(group, JOINED, joined);
    line(group, CHANGED, promoted);
    line(group, EXITED, left);
    line(group, EXITED, kicked);
    return joined.size() + promoted.size() + left.size() + kicked.size();
  }

  /// The first three by name, the others in number.
  private void line(Group group, int type, List<Long> uids) {
    if (uids.isEmpty()) {
      return;
    }
    List<String> named = new ArrayList<>(uids.stream().limit(NAMED).map(this::name).toList());
    if (uids.size() > NAMED) {
      named.add(" " + (uids.size() - NAMED) + " ");
    }
    model.talk().line(group, type, named);
  }

  private String name(long uid) {
    return model.person(uid).profile().getName();
  }

  /// Gives somebody a role; answers whether that is new.
  private boolean put(Group group, long uid, int role) {
    Integer before = group.roles().put(uid, role);
    if (before == null) {
      GroupSession session = model.groupSession(uid, group);
      session.listed = true;
      session.joined = ++joins;
      session.joinedSeqno = group.conversation().lastSeqno();
      session.ackSeqno = session.joinedSeqno;
      model.person(uid).log(log(group, RelationLogType.EN_JOIN_GROUP));
    }
    return before == null || before != role;
  }

  /// Takes somebody out of a group; answers whether they were in it.
  private boolean exit(Group group, long uid) {
    if (group.roles().remove(uid) == null) {
      return false;
    }
    GroupSession session = model.groupSession(uid, group);
    session.listed = false;
    session.topTs.clear();
    session.atSeqno = 0;
    model.person(uid).log(log(group, RelationLogType.EN_EXIT_GROUP));
    return true;
  }

  private static RelationLog.Builder log(Group group, RelationLogType type) {
    return RelationLog.newBuilder()
        .setLogType(type)
        .setGroupRelation(GroupRelation.newBuilder().setGroupId(group.id()));
  }
}
