package dev.sixin.message;

import static dev.sixin.entity.Conversation.TABLE;

import com.google.protobuf.ByteString;
import dev.sixin.entity.Entity;
import dev.sixin.job.Jobs;
import dev.sixin.job.Jobs.Pace;
import dev.sixin.job.Jobs.Step;
import dev.sixin.store.Bulk;
import dev.sixin.store.Key;
import dev.sixin.store.Partition;
import dev.sixin.store.Row;
import dev.sixin.store.Rows;
import dev.sixin.store.Store;
import dev.sixin.store.Table;
import dev.sixin.store.Transaction;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Removing what is older, or more, than the site keeps: once an hour a job goes over all
/// conversations and then over what was sent to many at once.
///
/// What a conversation loses, and what then becomes of it, is said in [Horizon].
public final class Retention implements AutoCloseable {
  private static final Duration EVERY = Duration.ofHours(1);

  /// Messages per transaction: a millisecond or two of the writer's time.
  private static final int REMOVED_AT_ONCE = 200;

  /// Entities that a step looks at when nothing there is to be removed.
  private static final int LOOKED_AT = 200;

  private static final Logger log = LoggerFactory.getLogger(Retention.class);

  private final Store store;
  private final Jobs jobs;
  private final Limits limits;
  private final Jobs.Kind kind;
  private final Thread thread;

  /// What is kept.
  ///
  /// @param days how many days; 0: for ever
  /// @param messages how many of each conversation, the newest ones, but nothing goes on its first
  ///   day; 0: all. Lines that count for nobody do not count here either.
  public record Limits(int days, int messages) {
    boolean keepAll() {
      return days == 0 && messages == 0;
    }
  }

  /// Retention of what is kept in a store. Nothing is removed before [#start].
  public Retention(Store store, Jobs jobs, Limits limits) {
    this.store = store;
    this.jobs = jobs;
    this.limits = limits;
    this.kind = jobs.kind(7, "retention", Pace.GENTLE, this::step);
    this.thread = Thread.ofVirtual().name("retention").unstarted(this::go);
  }

  /// Removes what is over now and then, unless all is kept.
  public void start() {
    if (!limits.keepAll()) {
      thread.start();
    }
  }

  private void go() {
    try {
      while (true) {
        try {
          run();
        } catch (ExecutionException | RuntimeException e) {
          log.warn("retention did not get to its end, to be tried again in {}", EVERY, e);
        }
        Thread.sleep(EVERY);
      }
    } catch (InterruptedException e) {
      log.debug("the server stops; the next one goes on", e);
    }
  }

  /// Removes what is over now, or what is left of that if the server stopped before its end.
  ///
  /// @return how many messages, and contents that were sent to many, went
  public synchronized long run() throws InterruptedException, ExecutionException {
    if (limits.keepAll()) {
      return 0;
    }
    long begun = System.nanoTime();
    long gone = jobs.beginOrJoin(kind, Jobs.SITE).get();
    Duration took = Duration.ofNanos(System.nanoTime() - begun);
    log.info("retention: {} messages are gone, in {} s", gone, took.toSeconds());
    return gone;
  }

  /// Where the work goes on.
  ///
  /// @param tables how many tables are done
  /// @param asOf when the run began, a time of the store
  /// @param days the limit by which it began
  /// @param from the key in the table that comes next
  private record Place(int tables, long asOf, int days, Key from) {
    static Place of(ByteString position) {
      Key key = Key.of(position.toByteArray());
      return new Place(
          key.u8At(0),
          key.u64At(1),
          Math.toIntExact(key.u64At(1 + Long.BYTES)),
          key.after(1 + 2 * Long.BYTES));
    }

    Place at(Key next) {
      return new Place(tables, asOf, days, next);
    }

    Place inNextTable() {
      return new Place(tables + 1, asOf, days, Key.EMPTY);
    }

    Step after(long done) {
      Key key = Key.of(tables).u64(asOf).u64(days).append(from);
      return new Step(done, Optional.of(ByteString.copyFrom(key.bytes())));
    }
  }

  /// Removes the oldest of what one entity has.
  private interface Removal {
    boolean isDue(Rows rows, Key entity);

    int some(Partition rows, Key entity);
  }

  private Step step(long site, ByteString position) {
    if (limits.keepAll()) {
      return new Step(0, Optional.empty());
    }
    Place place =
        position.isEmpty() ? new Place(0, now(site), limits.days(), Key.EMPTY) : Place.of(position);
    // What a copy refers to goes after the copies, so by no shorter limit, even if that was
    // changed.
    boolean byAge = place.days() != 0 && limits.days() != 0;
    int days = byAge ? Math.max(place.days(), limits.days()) : 0;
    Horizon.Cut cut = Horizon.Cut.of(place.asOf(), days, limits.messages());
    return switch (place.tables()) {
      case 0 -> step(TABLE, place, conversations(cut));
      case 1 -> byAge ? step(Mailings.TABLE, place, mailings(cut)) : end();
      default -> end();
    };
  }

  private static Step end() {
    return new Step(0, Optional.empty());
  }

  private long now(long site) {
    Transaction<Long> clock = Partition::micros;
    return Bulk.await(store.transact(Entity.jobs(site), clock));
  }

  private Step step(Table table, Place place, Removal removal) {
    Key from = place.from();
    for (int i = 0; i < LOOKED_AT; i++) {
      List<Row> next = store.scan(table, from, 1);
      if (next.isEmpty()) {
        return place.inNextTable().after(0);
      }
      Key entity = Entity.of(next.getFirst().key());
      if (removal.isDue(store.rows(entity), entity)) {
        int gone = Bulk.await(store.transact(entity, rows -> removal.some(rows, entity)));
        boolean more = gone == REMOVED_AT_ONCE;
        return place.at(more ? entity : entity.afterPrefix()).after(gone);
      }
      from = entity.afterPrefix();
    }
    return place.at(from).after(0);
  }

  private static Removal conversations(Horizon.Cut cut) {
    return new Removal() {
      @Override
      public boolean isDue(Rows rows, Key entity) {
        return !Horizon.over(rows, cut, 1).isEmpty();
      }

      @Override
      public int some(Partition rows, Key entity) {
        return Horizon.move(rows, entity, cut, REMOVED_AT_ONCE);
      }
    };
  }

  private static Removal mailings(Horizon.Cut cut) {
    return new Removal() {
      @Override
      public boolean isDue(Rows rows, Key entity) {
        return Mailings.hasAnyBefore(rows, cut.ageKey());
      }

      @Override
      public int some(Partition rows, Key entity) {
        return Mailings.removeBefore(rows, cut.ageKey(), REMOVED_AT_ONCE);
      }
    };
  }

  /// Stops; what is under way goes on at the next start.
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
