package dev.sixin.bench.torture;

import dev.sixin.bench.torture.history.Outcome.Listed;
import dev.sixin.bench.torture.history.Session;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.random.RandomGenerator;

/// A client that polls: NewSessions from the greatest session_ts that it has seen, then the
/// messages above the last that it has.
///
/// Where inboxes and groups are apart, the time of a group says nothing of what is in the inbox: it
/// goes by the times of the other sessions then.
final class Poller implements Runnable {
  private static final int MOST_SESSIONS = 4;

  /// Where their times are not gone by, they come again and again, and must leave room.
  private static final int MOST_GROUPS = Stage.GROUPS.size();

  private static final int MOST_PAUSE_MILLIS = 400;

  private final Client client;
  private final RandomGenerator random;
  private final Collector collector;
  private long seenTs;

  Poller(Client client, RandomGenerator random) {
    this.client = client;
    this.random = random;
    this.collector = new Collector(client);
  }

  @Override
  public void run() {
    while (client.stage().phase().isReading()) {
      poll();
      LockSupport.parkNanos(Duration.ofMillis(random.nextInt(MOST_PAUSE_MILLIS)).toNanos());
    }
  }

  /// Asks once, and fetches what that tells of.
  ///
  /// @return whether there is nothing more to ask for
  boolean poll() {
    boolean apart = client.stage().subject().isApart();
    int size = 1 + random.nextInt(MOST_SESSIONS) + (apart ? MOST_GROUPS : 0);
    if (!(client.news(seenTs, size) instanceof Listed news)) {
      return false;
    }
    for (Session session : news.sessions()) {
      if (session.max() > collector.known(session.talk()) && !collector.catchUp(session.talk())) {
        return false; // and asks from the same time again
      }
    }
    for (Session session : news.sessions()) {
      if (!apart || !session.talk().isGroup()) {
        seenTs = Math.max(seenTs, session.sessionTs());
      }
    }
    return !news.more();
  }
}
