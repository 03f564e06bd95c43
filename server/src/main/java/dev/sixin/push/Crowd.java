package dev.sixin.push;

import dev.sixin.entity.Talker;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// The users who watch now, and the groups that they are members of. Other servers are heard of
/// these and of nobody else. For one thread at a time.
final class Crowd {
  private final Others others;
  private final Map<Long, Online> users = new HashMap<>();
  private final Map<Long, Set<Online>> groups = new HashMap<>();

  Crowd(Others others) {
    this.others = others;
  }

  /// A user; null: nobody watches for them.
  Online user(long uid) {
    return users.get(uid);
  }

  /// A user, who watches from now on if not before.
  Online welcome(long uid) {
    return users.computeIfAbsent(
        uid,
        id -> {
          others.listenTo(Talker.user(id));
          return new Online(id);
        });
  }

  /// All users, as they are now.
  List<Online> all() {
    return new ArrayList<>(users.values());
  }

  /// The groups that any of them is in.
  List<Long> groups() {
    return List.copyOf(groups.keySet());
  }

  /// The members of a group who watch.
  Collection<Online> members(long groupId) {
    return groups.getOrDefault(groupId, Set.of());
  }

  /// A user is known to be in a group.
  void addMember(long groupId, Online user) {
    groups
        .computeIfAbsent(
            groupId,
            id -> {
              others.listenTo(Talker.group(id));
              return new HashSet<>();
            })
        .add(user);
  }

  void join(Online user, long groupId, long seqno) {
    user.join(groupId, seqno);
    addMember(groupId, user);
  }

  void leave(Online user, long groupId) {
    user.leave(groupId);
    removeMember(groupId, user);
  }

  private void removeMember(long groupId, Online user) {
    Set<Online> members = groups.get(groupId);
    if (members != null && members.remove(user) && members.isEmpty()) {
      groups.remove(groupId);
      others.ignore(Talker.group(groupId));
    }
  }

  /// A user watches no longer.
  void farewell(Online user) {
    users.remove(user.uid());
    others.ignore(Talker.user(user.uid()));
    user.groups().forEach(groupId -> removeMember(groupId, user));
  }
}
