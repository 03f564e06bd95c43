package dev.sixin.api;

import dev.sixin.api.ImInterfaceService.Features;
import dev.sixin.entity.Seqno;
import dev.sixin.push.Line;
import dev.sixin.push.Push;
import dev.sixin.push.Watcher;
import dev.sixin.push.Watcher.Pass;
import dev.sixin.refusal.Code;
import dev.sixin.refusal.Refusal;
import dev.sixin.token.Verified;
import java.util.Map;
import java.util.OptionalLong;

/// How a caller's device begins to watch, whatever the dialect.
public final class Watches {
  private final Push push;
  private final Features features;

  /// Watches of these features' changes.
  public Watches(Push push, Features features) {
    this.push = push;
    this.features = features;
  }

  /// Lets a device watch, and tells it at once if there is something that it may not know.
  ///
  /// @param seen the number up to which it says that it was told; else its SyncAck counts
  public Watcher begin(Caller caller, OptionalLong seen, Line line) {
    Verified token = caller.token();
    Watcher watcher =
        push.watch(new Pass(caller.uid(), token.issuedMicros(), token.expiresSeconds()), line);
    try {
      if (token.issuedMicros() <= features.users().committedRevokedMicros(caller.uid())) {
        throw Refusal.of(Code.NOT_SIGNED_IN, "token: revoked"); // since it was looked at
      }
      Map<Long, Long> groups = features.sessions().memberships(caller.uid());
      push.enter(watcher, groups);
      long newest = newest(caller.uid(), groups);
      long known =
          seen.orElseGet(() -> features.sessions().processed(caller.uid(), caller.device()));
      if (Long.compareUnsigned(newest, known) > 0) {
        push.catchUp(watcher, newest);
      }
      return watcher;
    } catch (RuntimeException e) {
      push.leave(watcher);
      throw e;
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
