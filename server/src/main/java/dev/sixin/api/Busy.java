package dev.sixin.api;

import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/// How many calls each user has under way, so that one of them can not fill the server.
final class Busy {
  private final int most;
  private final ConcurrentMap<Long, Integer> underWay = new ConcurrentHashMap<>();

  /// @param most calls that a user may have under way
  Busy(int most) {
    this.most = most;
  }

  /// Counts a call, or does not because there are too many: then false.
  boolean enter(long uid) {
    if (underWay.merge(uid, 1, Integer::sum) <= most) {
      return true;
    }
    leave(uid);
    return false;
  }

  /// A call that was counted has ended.
  void leave(long uid) {
    underWay.computeIfPresent(uid, (_, calls) -> calls == 1 ? null : calls - 1);
  }
}
