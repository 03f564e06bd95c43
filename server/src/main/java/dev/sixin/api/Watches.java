package dev.sixin.api;

import dev.sixin.api.ImInterfaceService.Features;
import dev.sixin.entity.Seqno;
import dev.sixin.push.Line;
import dev.sixin.push.Push;
import dev.sixin.push.Watcher;
import dev.sixin.push.Watcher.Pass;
import dev.sixin.push.Wish;
import dev.sixin.refusal.Code;
import dev.sixin.refusal.Refusal;
import dev.sixin.token.Verified;
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
    long newest = newest(caller.uid(), groups);
    long known = seen.orElseGet(() -> features.sessions().processed(caller.uid(), caller.device()));
    if (Long.compareUnsigned(newest, known) > 0) {
      push.catchUp(watcher, newest);
    }
  }

  /// The number of the last that happened for a user: never too small.
  private long newest(long uid, Map<Long, Long> groups) {
    long elsewhereMicros =
        Math.max(
            features.messages().lastMicros(groups.keySet()),
            features.relations().loggedMicros(uid));
    long inInbox = features.sessions().head(uid).getLatestSeqno();
    return elsewhereMicros == 0 ? inInbox : Math.max(inInbox, Seqno.at(elsewhereMicros));
  }

  /// The device watches no longer.
  public void end(Watcher watcher) {
    push.leave(watcher);
  }
}
