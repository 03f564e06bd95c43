package dev.sixin.bench.torture;

import dev.sixin.bench.torture.history.Outcome.Listed;
import dev.sixin.bench.torture.history.Session;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.random.RandomGenerator;

/// A client that polls: NewSessions from the greatest session_ts that it has seen, then the
/// messages above the last that it has.
final class Poller implements Runnable {
  private static final int MOST_SESSIONS = 4;
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
    if (!(client.news(seenTs, 1 + random.nextInt(MOST_SESSIONS)) instanceof Listed news)) {
      return false;
    }
    for (Session session : news.sessions()) {
      if (session.max() > collector.known(session.talk()) && !collector.catchUp(session.talk())) {
        return false; // and asks from the same time again
      }
    }
    for (Session session : news.sessions()) {
      seenTs = Math.max(seenTs, session.sessionTs());
    }
    return !news.more();
  }
}
