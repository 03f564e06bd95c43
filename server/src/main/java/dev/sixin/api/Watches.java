package dev.sixin.api;

import dev.sixin.api.ImInterfaceService.Features;
import dev.sixin.entity.Seqno;
import dev.sixin.push.Line;
import dev.sixin.push.Push;
import dev.sixin.push.Push.Watching;
import dev.sixin.push.Watcher;
import dev.sixin.push.Watcher.Pass;
import dev.sixin.push.Wish;
import dev.sixin.refusal.Code;
import dev.sixin.refusal.Refusal;
import dev.sixin.token.Verified;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Consumer;

/// How a caller's device begins to watch, whatever the dialect.
public final class Watches {
  private final Push push;
  private final Features features;
  private final Peers peers;

  /// Watches of these features' changes, and of what people do who may know of each other.
  Watches(Push push, Features features, Peers peers) {
    this.push = push;
    this.features = features;
    this.peers = peers;
  }

  /// Lets a device watch what happens, and tells it at once if there is something that it may not
  /// know.
  ///
  /// @param seen the number up to which it says that it was told; else its SyncAck counts
  public Watcher begin(Caller caller, OptionalLong seen, Line line) {
    return begin(caller, Wish.NOTICES, line, watcher -> catchUp(caller, seen, watcher));
  }

  /// As [#begin], and lets it watch what others do now.
  public Watcher beginAll(Caller caller, OptionalLong seen, Line line) {
    return begin(caller, wish(caller, true), line, watcher -> catchUp(caller, seen, watcher));
  }

  /// Lets a device watch what others do now, and nothing else.
  public Watcher beginMoments(Caller caller, Line line) {
    return begin(caller, wish(caller, false), line, _ -> {});
  }

  private Wish wish(Caller caller, boolean notices) {
    return new Wish(notices, Optional.of(moment -> peers.mayKnow(caller.uid(), moment)));
  }

  private Watcher begin(Caller caller, Wish wish, Line line, Consumer<Watcher> catchUp) {
    Verified token = caller.token();
    Pass pass = new Pass(caller.uid(), token.issuedMicros(), token.expiresSeconds());
    Watcher watcher = push.watch(pass, wish, line);
    try {
      if (token.issuedMicros() <= features.users().committedRevokedMicros(caller.uid())) {
        throw Refusal.of(Code.NOT_SIGNED_IN, "token: revoked"); // since it was looked at
      }
      catchUp.accept(watcher);
      return watcher;
    } catch (RuntimeException e) {
      push.leave(watcher);
      throw e;
    }
  }

  private void catchUp(Caller caller, OptionalLong seen, Watcher watcher) {
    Map<Long, Long> groups = features.sessions().memberships(caller.uid());
    push.enter(watcher, groups);
    push.settle();
    long newest = Math.max(newestOf(caller.uid()), newestIn(List.copyOf(groups.keySet())));
    long known = seen.orElseGet(() -> features.sessions().processed(caller.uid(), caller.device()));
    if (Long.compareUnsigned(newest, known) > 0) {
      push.catchUp(watcher, newest);
    } else {
      push.knows(watcher, newest);
    }
  }

  /// The number of the last that happened for a user, groups left aside: never too small.
  private long newestOf(long uid) {
    long inInbox = features.sessions().head(uid).getLatestSeqno();
    return Math.max(inInbox, number(features.relations().loggedMicros(uid)));
  }

  /// The number of the last that happened in any of some groups: never too small.
  private long newestIn(List<Long> groupIds) {
    return number(features.messages().lastMicros(groupIds));
  }

  private static long number(long micros) {
    return micros == 0 ? 0 : Seqno.at(micros);
  }

  /// Compares what a user who watches was told with what is stored.
  void compare(Watching user) {
    push.revoked(user.uid(), features.users().committedRevokedMicros(user.uid()));
    push.compare(user, features.sessions().memberships(user.uid()), newestOf(user.uid()));
  }

  /// Compares what members of a group were told with what is stored.
  void compare(long groupId) {
    push.compare(groupId, newestIn(List.of(groupId)));
  }

  /// The device watches no longer.
  public void end(Watcher watcher) {
    push.leave(watcher);
  }
}
