package dev.sixin.push;

import dev.sixin.push.Watcher.Pass;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;

/// A user of whom some device watches.
final class Online {
  private final long uid;
  private final Deque<Watcher> watchers = new ArrayDeque<>(1);

  /// The groups that the user is in, and the last message that was in each when they joined: it and
  /// those before it are not theirs.
  private final Map<Long, Long> groups = new HashMap<>();

  /// Groups that the user left while their memberships were read: what was read may be older.
  private final Set<Long> leftMeanwhile = new HashSet<>(0);

  /// Devices for which memberships are being read.
  private final Set<Watcher> reading = new HashSet<>(1);

  private long number;
  private long memberships;

  Online(long uid) {
    this.uid = uid;
  }

  long uid() {
    return uid;
  }

  /// Adds a device. If it is to be told of groups, its user's memberships are about to be read.
  void add(Watcher watcher) {
    watchers.addLast(watcher);
    if (watcher.wish().notices()) {
      reading.add(watcher);
    }
  }

  int count() {
    return watchers.size();
  }

  Watcher oldest() {
    return watchers.getFirst();
  }

  /// Removes a device, and says whether it was there.
  boolean remove(Watcher watcher) {
    reading.remove(watcher);
    return watchers.remove(watcher);
  }

  List<Watcher> whose(Predicate<Pass> pass) {
    return watchers.stream().filter(watcher -> pass.test(watcher.pass())).toList();
  }

  /// The memberships were read for a device.
  ///
  /// @param joined groups, and the last message that was in each when the user joined
  /// @return those that were not known
  List<Long> enter(Watcher watcher, Map<Long, Long> joined) {
    if (!reading.remove(watcher)) {
      return List.of(); // gone already
    }
    List<Long> fresh =
        joined.keySet().stream()
            .filter(groupId -> !groups.containsKey(groupId) && !leftMeanwhile.contains(groupId))
            .toList();
    fresh.forEach(groupId -> groups.put(groupId, joined.get(groupId)));
    if (reading.isEmpty()) {
      leftMeanwhile.clear();
    }
    return fresh;
  }

  /// How often they were seen to change.
  long memberships() {
    return memberships;
  }

  void join(long groupId, long seqno) {
    if (groups.put(groupId, seqno) == null) {
      memberships++;
    }
    leftMeanwhile.remove(groupId);
  }

  void leave(long groupId) {
    groups.remove(groupId);
    memberships++;
    if (!reading.isEmpty()) {
      leftMeanwhile.add(groupId);
    }
  }

  Set<Long> groups() {
    return groups.keySet();
  }

  boolean mayRead(long groupId, long seqno) {
    return Long.compareUnsigned(seqno, groups.get(groupId)) > 0;
  }

  /// Tells all devices, with a number above all that any of them was told before.
  void tell(Notice notice) {
    boolean isAbove = notice.number() > number;
    number = isAbove ? notice.number() : number + 1;
    Notice numbered = isAbove ? notice : notice.numbered(number);
    watchers.forEach(watcher -> watcher.tell(numbered));
  }

  /// Tells those devices that wish to know what somebody does now.
  void tell(Moment moment) {
    List<Watcher> asking =
        watchers.stream().filter(watcher -> watcher.wish().moments().isPresent()).toList();
    if (!asking.isEmpty() && asking.getFirst().wish().includes(moment)) {
      asking.forEach(watcher -> watcher.tell(moment));
    }
  }

  /// Tells nothing any more of what somebody did.
  void forget(long otherUid) {
    watchers.forEach(watcher -> watcher.forget(otherUid));
  }

  /// Tells those devices that they may have missed something that were not told of as much.
  void compare(long newest) {
    List<Watcher> behind = watchers.stream().filter(watcher -> watcher.isBehind(newest)).toList();
    if (!behind.isEmpty()) {
      number = Math.max(number, newest);
      behind.forEach(watcher -> watcher.tell(Notice.of(number)));
    }
  }

  /// Tells one device that it may have missed something up to a number.
  void catchUp(Watcher watcher, long newest) {
    number = Math.max(number, newest);
    watcher.tell(Notice.of(number));
  }
}
