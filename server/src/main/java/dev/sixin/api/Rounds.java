package dev.sixin.api;

import dev.sixin.push.Push;
import dev.sixin.site.SiteTables;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Where several servers share a store: looks now and then whether those who watch here were told
/// of everything, and what the site's tables are, for what another server announces may be lost on
/// the way. What is lost is late by no more than a round.
public final class Rounds implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(Rounds.class);

  /// Enough to get through many watchers while a store far away answers each in milliseconds.
  private static final int AT_ONCE = 32;

  private final Push push;
  private final Watches watches;
  private final SiteTables site;
  private final Duration period;
  private final Semaphore asked = new Semaphore(0);
  private final Thread thread;
  private volatile boolean closed;

  /// Begins to go round.
  ///
  /// @param period between the beginnings of two rounds
  public Rounds(Push push, Watches watches, SiteTables site, Duration period) {
    this.push = push;
    this.watches = watches;
    this.site = site;
    this.period = period;
    this.thread = Thread.ofVirtual().name("rounds").start(this::run);
  }

  /// There is reason to look at once.
  public void soon() {
    asked.release();
  }

  private void run() {
    try {
      while (!closed) {
        var _ = asked.tryAcquire(period.toMillis(), TimeUnit.MILLISECONDS);
        asked.drainPermits();
        round();
      }
    } catch (InterruptedException e) {
      log.debug("no more rounds");
    }
  }

  private void round() throws InterruptedException {
    AtomicInteger failures = new AtomicInteger();
    List<Runnable> ofUsers = new ArrayList<>();
    ofUsers.add(site::reload);
    push.watching().forEach(user -> ofUsers.add(() -> watches.compare(user)));
    lookAt(ofUsers, failures);
    push.settle(); // users may have been found to be in groups that nobody here was in before
    List<Runnable> ofGroups = new ArrayList<>();
    push.watchedGroups().forEach(groupId -> ofGroups.add(() -> watches.compare(groupId)));
    lookAt(ofGroups, failures);
    if (failures.get() > 0 && !closed) {
      log.warn("{} looks for what watchers missed failed; the next round tries again", failures);
    }
  }

  private static void lookAt(List<Runnable> looks, AtomicInteger failures)
      throws InterruptedException {
    Semaphore room = new Semaphore(AT_ONCE);
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (Runnable look : looks) {
        room.acquire();
        threads.execute(
            () -> {
              try {
                look.run();
              } catch (RuntimeException e) {
                failures.incrementAndGet();
                log.debug("a look for what watchers missed failed", e);
              } finally {
                room.release();
              }
            });
      }
    }
  }

  @Override
  public void close() {
    closed = true;
    thread.interrupt();
  }
}
