package dev.sixin.store.rocksdb;

import dev.sixin.store.StoreUnavailable;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.rocksdb.RocksDBException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Sees to it that what was deleted or replaced leaves the disk within a time. RocksDB only writes
/// down that it is gone, and forgets it when it happens to compact these rows: on a quiet database
/// never.
///
/// When the time is over since the last pass and anything was written meanwhile, a pass waits until
/// nobody reads an older state any more, brings what is in memory into tables, with which the logs
/// go, and compacts all tables piece by piece, with rests between. Pieces of which nothing was
/// written since the last pass cost nothing.
final class Compactor implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(Compactor.class);
  private static final long LOOK_MILLIS = 1_000;
  private static final long AFTER_FAILURE_SECONDS = 60;

  /// A pass rests this many times as long as it works: compaction competes with everybody for the
  /// disk and a core.
  private static final int RESTS = 4;

  private static final Duration LONGEST_REST = Duration.ofSeconds(10);

  private final RocksStore store;
  private final Duration within;
  private final InstantSource clock;
  private final CountDownLatch closing = new CountDownLatch(1);
  private final Thread thread;

  /// @param within the time; zero: no pass at all
  Compactor(RocksStore store, Duration within, InstantSource clock) {
    this.store = store;
    this.within = within;
    this.clock = clock;
    this.thread = Thread.ofPlatform().name("store-compaction").daemon().unstarted(this::run);
  }

  void start() {
    if (within.isZero()) {
      return;
    }
    try {
      store.use(
          database -> {
            if (database.compaction().upTo().isEmpty()) {
              database.compaction().setUpTo(Math.max(now(), database.lastMicros()));
            }
          });
    } catch (StoreUnavailable e) {
      log.warn("when the first compaction is due is not written down: {}", e.getMessage());
    }
    thread.start();
  }

  private long now() {
    return clock.millis() * 1_000;
  }

  private void run() {
    try {
      while (!closing.await(LOOK_MILLIS, TimeUnit.MILLISECONDS)) {
        try {
          if (store.writable() && isDue()) {
            pass();
          }
        } catch (StoreUnavailable e) {
          if (!isStopping()) {
            log.warn("compaction failed, to be tried again in a minute: {}", e.getMessage());
          }
          if (closing.await(AFTER_FAILURE_SECONDS, TimeUnit.SECONDS)) {
            return;
          }
        }
      }
    } catch (InterruptedException | RuntimeException | Error e) {
      log.error("compaction ended, what is erased may stay on the disk until a restart", e);
    }
  }

  /// Half of the time is left for the pass itself, of what was written just after the last began.
  private boolean isDue() {
    return store.using(
        database -> {
          long upTo = database.compaction().upTo().orElse(0L);
          boolean written = database.lastMicros() > upTo;
          return written && now() - upTo >= within.toMillis() * 1_000 / 2;
        });
  }

  private void pass() throws InterruptedException {
    long begun = System.nanoTime();
    long upTo = store.using(Database::lastMicros);
    long written = store.using(database -> database.compaction().sequence());
    while (store.using(database -> database.compaction().isReadAsOfBefore(written))) {
      if (closing.await(LOOK_MILLIS, TimeUnit.MILLISECONDS)) {
        return;
      }
    }
    store.use(Database::settle);
    List<Compaction.Piece> pieces = store.using(database -> database.compaction().pieces());
    for (Compaction.Piece piece : pieces) {
      if (closing.await(compact(piece).toMillis(), TimeUnit.MILLISECONDS)) {
        return; // the next start begins anew, which costs little where this one has been
      }
    }
    store.use(database -> database.compaction().end(upTo));
    Duration took = Duration.ofNanos(System.nanoTime() - begun);
    log.info(
        "compacted all tables in {} pieces and {} s: what was erased before is gone from the disk",
        pieces.size(),
        took.toSeconds());
  }

  /// @return how long to rest then
  private Duration compact(Compaction.Piece piece) {
    long begun = System.nanoTime();
    Compaction compaction = store.using(database -> database.compaction().enter());
    try {
      compaction.run(piece);
    } catch (RocksDBException e) {
      throw RocksStore.failure(e);
    } finally {
      compaction.leave();
    }
    Duration rest = Duration.ofNanos(System.nanoTime() - begun).multipliedBy(RESTS);
    return rest.compareTo(LONGEST_REST) < 0 ? rest : LONGEST_REST;
  }

  /// Begins nothing more.
  void stop() {
    closing.countDown();
  }

  private boolean isStopping() {
    return closing.getCount() == 0;
  }

  /// Ends, once the database is closed.
  @Override
  public void close() {
    stop();
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
