package dev.sixin.store.cassandra;

import dev.sixin.store.StoreUnavailable;
import dev.sixin.store.cassandra.Undelivered.Entry;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Delivers what servers told and could not deliver: they died, or lost the nodes.
final class Sweeper implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(Sweeper.class);

  private static final Duration EVERY = Duration.ofSeconds(10);
  private static final Duration FOR_ONE = Duration.ofSeconds(30);

  /// What is younger, in slots, its own server is still about.
  private static final int YOUNG = 2;

  /// What is older, in slots, nobody adds to any more.
  private static final int OLD = 10;

  private final Lanes lanes;
  private final Thread thread = Thread.ofVirtual().name("store-sweeper").unstarted(this::run);

  Sweeper(Lanes lanes) {
    this.lanes = lanes;
  }

  void start() {
    thread.start();
  }

  private void run() {
    try {
      while (!lanes.isClosing()) {
        long jitter = ThreadLocalRandom.current().nextLong(EVERY.toMillis() / 2);
        Thread.sleep(EVERY.toMillis() / 2 + jitter);
        try {
          sweep();
        } catch (StoreUnavailable e) {
          log.debug("swept not now", e);
        } catch (RuntimeException e) {
          log.warn("what is undelivered was not looked at, to be tried again in {}", EVERY, e);
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /// Looks at all that is not young.
  ///
  /// @return how many entities it cared for
  int sweep() throws InterruptedException {
    Undelivered index = lanes.undelivered();
    long now = index.slot();
    long from = index.firstSlot();
    long empty = from;
    int found = 0;
    for (long slot = from; slot <= now - YOUNG && !lanes.isClosing(); slot++) {
      List<Entry> entries = index.in(slot);
      for (Entry entry : entries) {
        boolean busy = entry.server() == lanes.server() && lanes.has(entry.entity());
        if (!busy && recovered(entry)) {
          index.delivered(entry);
          found++;
        }
      }
      if (entries.isEmpty() && empty == slot && slot < now - OLD) {
        empty = slot + 1;
      }
    }
    if (empty > from) {
      index.emptyBefore(empty);
    }
    return found;
  }

  private boolean recovered(Entry entry) throws InterruptedException {
    try {
      lanes.recover(entry.entity()).get(FOR_ONE.toMillis(), TimeUnit.MILLISECONDS);
      return true;
    } catch (ExecutionException | TimeoutException e) {
      log.debug("what {} told waits for the next time", entry.entity(), e);
      return false;
    }
  }

  @Override
  public void close() {
    thread.interrupt();
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
