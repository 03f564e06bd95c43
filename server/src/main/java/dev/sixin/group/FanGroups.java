package dev.sixin.group;

import dev.sixin.admin.v1.PutGroupRequest;
import dev.sixin.admin.v1.PutGroupRequest.Status;
import dev.sixin.entity.Conversation;
import dev.sixin.entity.Entity;
import dev.sixin.entity.Happening.GroupLine;
import dev.sixin.entity.Happening.Joined;
import dev.sixin.entity.Happening.Left;
import dev.sixin.entity.Happening.MembershipChanged;
import dev.sixin.entity.Stored;
import dev.sixin.entity.Totals;
import dev.sixin.entity.rows.ConversationHead;
import dev.sixin.entity.rows.GroupRow;
import dev.sixin.entity.rows.MemberRow;
import dev.sixin.refusal.Code;
import dev.sixin.refusal.Refusal;
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
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.LongFunction;
import java.util.stream.Collectors;

/// The fan groups.
public final class FanGroups {
  /// Rows of group entities.
  public static final Table TABLE = Table.of("groups");

  /// The most members that a group may have.
  public static final int MAX_MEMBERS = 100_000;

  /// A member's role: 0 member, 1 admin, 2 owner.
  public static final int OWNER = 2;

  private static final int MEMBER_ROLE = 0;

  private static final int MEMBERS_PER_TRANSACTION = 250;
  private static final int NAMED = 3;

  private static final int LINE_JOINED = 301;
  private static final int LINE_EXITED = 302;
  private static final int LINE_FROZEN = 303;
  private static final int LINE_DISSOLVED = 304;
  private static final int LINE_CREATED = 305;
  private static final int LINE_CHANGED = 306;

  static final Key DESCRIPTION = Key.of(0);
  static final Key MEMBER = Key.of(1);

  private final Store store;
  private final LongFunction<String> names;
  private final int node;

  /// Groups kept in a store.
  ///
  /// @param names the name of a user, for the lines that members read
  /// @param node this server's number in message keys
  public FanGroups(Store store, LongFunction<String> names, int node) {
    this.store = store;
    this.names = names;
    this.node = node;
  }

  /// What the site said of a group, if there is or was one.
  public Optional<PutGroupRequest> find(long groupId) {
    return description(store.rows(Entity.group(groupId)));
  }

  /// As [#find(long)], of several groups those that there are or were.
  public Map<Long, PutGroupRequest> find(List<Long> groupIds) {
    return store.readAll(groupIds, this::find).stream()
        .flatMap(Optional::stream)
        .collect(Collectors.toMap(PutGroupRequest::getGroupId, Function.identity(), (a, _) -> a));
  }

  /// Says that the description will be asked for next.
  public static void expectDescription(Rows group) {
    group.expect(TABLE, () -> List.of(DESCRIPTION));
  }

  /// What the site said of the group whose rows these are.
  public static Optional<PutGroupRequest> description(Rows group) {
    return row(group).map(GroupRow::getDescription);
  }

  private static Optional<GroupRow> row(Rows group) {
    return Optional.ofNullable(group.get(TABLE, DESCRIPTION))
        .map(value -> Stored.parse(value, GroupRow.getDefaultInstance()));
  }

  /// A user's membership in the group whose rows these are.
  public static Optional<MemberRow> member(Rows group, long uid) {
    return Optional.ofNullable(group.get(TABLE, MEMBER.u64(uid)))
        .map(value -> Stored.parse(value, MemberRow.getDefaultInstance()));
  }

  /// A user's membership.
  public Optional<MemberRow> member(long groupId, long uid) {
    return member(store.rows(Entity.group(groupId)), uid);
  }

  /// Creates a group or changes what is said of it. A dissolved group loses its members and stays
  /// dissolved.
  ///
  /// @return whether it is new
  public boolean put(PutGroupRequest description) {
    long groupId = description.getGroupId();
    String owner = name(description.getOwnerUid());
    boolean created =
        Bulk.await(
            store.transact(Entity.group(groupId), group -> describe(group, description, owner)));
    if (description.getStatus() == Status.DISSOLVED) {
      removeEverybody(groupId);
    }
    return created;
  }

  /// @param owner the owner's name
  private boolean describe(Partition group, PutGroupRequest description, String owner) {
    long groupId = description.getGroupId();
    Optional<GroupRow> before = row(group);
    Status was = before.map(row -> row.getDescription().getStatus()).orElse(Status.NORMAL);
    Status is = description.getStatus();
    if (was == Status.DISSOLVED && is != was) {
      throw Refusal.of(Code.GROUP_DISSOLVED, "status: the group is dissolved for good");
    }
    write(
        group,
        before.orElse(GroupRow.getDefaultInstance()).toBuilder().setDescription(description));
    boolean newOwner = is != Status.DISSOLVED && changeOwner(group, before, description);
    if (before.isEmpty()) {
      line(group, groupId, LINE_CREATED, "应援团「%s」已创建".formatted(description.getName()));
    } else if (is != was) {
      switch (is) {
        case FROZEN -> line(group, groupId, LINE_FROZEN, "应援团已被冻结");
        case DISSOLVED -> line(group, groupId, LINE_DISSOLVED, "应援团已解散");
        default -> line(group, groupId, LINE_CHANGED, "应援团已恢复");
      }
    } else if (newOwner) {
      line(group, groupId, LINE_CHANGED, "%s 成为了团长".formatted(owner));
    }
    return before.isEmpty();
  }

  private static boolean changeOwner(
      Partition group, Optional<GroupRow> before, PutGroupRequest description) {
    long owner = description.getOwnerUid();
    before
        .map(row -> row.getDescription().getOwnerUid())
        .filter(old -> old != owner && member(group, old).isPresent())
        .ifPresent(old -> enter(group, description.getGroupId(), old, MEMBER_ROLE));
    return enter(group, description.getGroupId(), owner, OWNER) != Change.NONE;
  }

  /// Somebody's place in a group.
  public record Seat(long uid, int role) {}

  /// Adds members and changes roles, then removes those who left and those who were thrown out.
  /// Each kind leaves one line. Long lists are written in several transactions; sending the same
  /// again finishes what a crash interrupted.
  ///
  /// More than 100,000 members are refused before anything is written.
  ///
  /// @return how many memberships changed
  public int setMembers(long groupId, List<Seat> put, List<Long> left, List<Long> kicked) {
    Key group = Entity.group(groupId);
    Status status =
        find(groupId)
            .map(PutGroupRequest::getStatus)
            .orElseThrow(() -> Refusal.of(Code.NOT_FOUND, "group_id: no group has this number"));
    if (status == Status.DISSOLVED) {
      throw Refusal.of(Code.GROUP_DISSOLVED);
    }
    requireRoom(groupId, put);
    List<Long> joined = new ArrayList<>();
    List<Long> promoted = new ArrayList<>();
    for (List<Seat> some : chunks(put)) {
      Bulk.await(
              store.transact(
                  group,
                  rows -> {
                    List<Entry> entries = new ArrayList<>();
                    for (Seat seat : some) {
                      entries.add(new Entry(seat, enter(rows, groupId, seat.uid(), seat.role())));
                    }
                    return entries;
                  }))
          .forEach(
              entry -> {
                switch (entry.change()) {
                  case JOINED -> joined.add(entry.seat().uid());
                  case ROLE -> promoted.add(entry.seat().uid());
                  case NONE -> {}
                }
              });
    }
    List<Long> exited = leave(groupId, left);
    List<Long> thrownOut = leave(groupId, kicked);
    List<GroupLine> lines = new ArrayList<>();
    tell(lines, groupId, LINE_JOINED, joined, "%s 加入了应援团");
    tell(lines, groupId, LINE_CHANGED, promoted, "%s 的身份已变更");
    tell(lines, groupId, LINE_EXITED, exited, "%s 退出了应援团");
    tell(lines, groupId, LINE_EXITED, thrownOut, "%s 被移出了应援团");
    Bulk.await(
        store.transact(
            group,
            rows -> {
              lines.forEach(line -> rows.tell(group, line));
              return null;
            }));
    return joined.size() + promoted.size() + exited.size() + thrownOut.size();
  }

  private void requireRoom(long groupId, List<Seat> put) {
    Rows group = store.rows(Entity.group(groupId));
    long members = row(group).map(GroupRow::getMembers).orElse(0L);
    if (members + put.size() > MAX_MEMBERS) {
      members +=
          put.stream()
              .map(Seat::uid)
              .distinct()
              .filter(uid -> member(group, uid).isEmpty())
              .count();
      requireRoom(members);
    }
  }

  private static void requireRoom(long members) {
    if (members > MAX_MEMBERS) {
      throw Refusal.of(
          Code.BAD_PARAMETER, "members: %d (the limit is %d)".formatted(members, MAX_MEMBERS));
    }
  }

  private enum Change {
    NONE,
    JOINED,
    ROLE
  }

  private record Entry(Seat seat, Change change) {}

  private List<Long> leave(long groupId, List<Long> uids) {
    List<Long> gone = new ArrayList<>();
    for (List<Long> some : chunks(uids)) {
      gone.addAll(
          Bulk.await(
              store.transact(
                  Entity.group(groupId),
                  rows -> some.stream().filter(uid -> exit(rows, groupId, uid)).toList())));
    }
    return gone;
  }

  /// Takes a user out of a group without a line about it.
  public void forget(long groupId, long uid) {
    Bulk.await(store.transact(Entity.group(groupId), group -> exit(group, groupId, uid)));
  }

  private void removeEverybody(long groupId) {
    Key group = Entity.group(groupId);
    int removed;
    do {
      removed =
          Bulk.await(
              store.transact(
                  group,
                  rows -> {
                    List<Row> members =
                        rows.scan(
                            TABLE, Range.prefix(MEMBER), Order.ASCENDING, MEMBERS_PER_TRANSACTION);
                    members.forEach(row -> exit(rows, groupId, row.key().u64At(1)));
                    return members.size();
                  }));
    } while (removed == MEMBERS_PER_TRANSACTION);
  }

  private static Change enter(Partition group, long groupId, long uid, int role) {
    Optional<MemberRow> before = member(group, uid);
    if (before.isPresent()) {
      if (before.get().getRole() == role) {
        return Change.NONE;
      }
      group.put(
          TABLE, MEMBER.u64(uid), before.get().toBuilder().setRole(role).build().toByteArray());
      return Change.ROLE;
    }
    requireRoom(count(group, 1));
    ConversationHead head = Conversation.head(group);
    MemberRow row =
        MemberRow.newBuilder().setRole(role).setJoinedSeqno(head.getLastSeqno()).build();
    group.put(TABLE, MEMBER.u64(uid), row.toByteArray());
    group.tell(
        Entity.inbox(uid),
        new Joined(groupId, group.micros(), head.getLastSeqno(), Totals.of(head.getLower())));
    group.tell(Entity.relations(uid), new MembershipChanged(groupId, true));
    return Change.JOINED;
  }

  private static boolean exit(Partition group, long groupId, long uid) {
    if (member(group, uid).isEmpty()) {
      return false;
    }
    group.delete(TABLE, MEMBER.u64(uid));
    count(group, -1);
    group.tell(Entity.inbox(uid), new Left(groupId, group.micros()));
    group.tell(Entity.relations(uid), new MembershipChanged(groupId, false));
    return true;
  }

  private static long count(Partition group, int more) {
    GroupRow.Builder row = row(group).orElseThrow().toBuilder();
    row.setMembers(row.getMembers() + more);
    write(group, row);
    return row.getMembers();
  }

  private static void write(Partition group, GroupRow.Builder row) {
    group.put(TABLE, DESCRIPTION, row.build().toByteArray());
  }

  /// Adds the line that says to whom something happened, if there is anybody: the first three by
  /// name, the others in number.
  private void tell(
      List<GroupLine> lines, long groupId, int type, List<Long> uids, String whatHappened) {
    if (uids.isEmpty()) {
      return;
    }
    String named = uids.stream().limit(NAMED).map(this::name).collect(Collectors.joining("、"));
    int others = uids.size() - NAMED;
    String who = others > 0 ? "%s 和另外 %d 人".formatted(named, others) : named;
    lines.add(new GroupLine(groupId, type, whatHappened.formatted(who), node));
  }

  private String name(long uid) {
    String name = names.apply(uid);
    return name.isEmpty() ? Long.toUnsignedString(uid) : name;
  }

  private void line(Partition group, long groupId, int type, String text) {
    group.tell(Entity.group(groupId), new GroupLine(groupId, type, text, node));
  }

  private static <T> List<List<T>> chunks(List<T> items) {
    List<List<T>> chunks = new ArrayList<>();
    for (int from = 0; from < items.size(); from += MEMBERS_PER_TRANSACTION) {
      chunks.add(items.subList(from, Math.min(items.size(), from + MEMBERS_PER_TRANSACTION)));
    }
    return chunks;
  }
}
