package dev.sixin.store.cassandra;

import com.datastax.oss.driver.api.core.cql.PreparedStatement;
import com.datastax.oss.driver.api.core.cql.Row;
import dev.sixin.store.StoreUnavailable;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The times that the transactions of a server are given. Each is given once, by it and by all that
/// had its number before, whatever their clocks said: keys of messages are made of the two. So the
/// database is told up to when times are given before they are, and who has a number, which only
/// one server can have.
abstract sealed class Times implements AutoCloseable {
  private final AtomicLong given = new AtomicLong();

  /// A time that no transaction was given, whatever it changes.
  ///
  /// @param least the first that will do, in microseconds
  /// @throws StoreUnavailable when the database can not be told
  long free(long least) {
    return given.updateAndGet(last -> Math.max(last + 1, least));
  }

  /// The greatest time that was given or seen.
  long last() {
    return given.get();
  }

  /// All times to come are after this one.
  void advance(long seen) {
    given.accumulateAndGet(seen, Math::max);
  }

  /// Whether there are times for this server.
  boolean isOver() {
    return false;
  }

  /// Has the next ones ready; called every second or so.
  void prepare() {}

  @Override
  public void close() {}

  /// Of a command that makes no keys.
  static final class Unnumbered extends Times {}

  /// Of a server that has a number.
  static final class Numbered extends Times {
    private static final Logger log = LoggerFactory.getLogger(Numbered.class);

    /// How far ahead of what is given the database is told. As long as that, a server that takes a
    /// number waits for a sign of the one that has it.
    private static final Duration AHEAD = Duration.ofSeconds(5);

    private static final long AHEAD_MICROS = AHEAD.toMillis() * 1_000;

    /// In the place of a server: nobody has the number any more.
    private static final long NOBODY = 0;

    private final Nodes nodes;
    private final int number;
    private final long server;
    private final InstantSource clock;
    private final PreparedStatement find;
    private final PreparedStatement make;
    private final PreparedStatement change;

    /// Up to which time the database was told. Written by who has the lock of `this`.
    private volatile long told;

    /// The number was given back, or taken.
    private volatile boolean over;

    /// Takes a number. If it was not given back, that takes some seconds.
    ///
    /// @param server this server, new at each start
    /// @throws StoreUnavailable when another server has it; the message says so
    Numbered(Nodes nodes, String keyspace, int number, long server, InstantSource clock) {
      this.nodes = nodes;
      this.number = number;
      this.server = server;
      this.clock = clock;
      String table = keyspace + ".servers";
      find = nodes.prepare("SELECT server, until FROM %s WHERE number = ?".formatted(table));
      make =
          nodes.prepare(
              "INSERT INTO %s (number, server, until) VALUES (?, ?, ?) IF NOT EXISTS"
                  .formatted(table));
      change =
          nodes.prepare(
              "UPDATE %s SET server = ?, until = ? WHERE number = ? IF server = ? AND until = ?"
                  .formatted(table));
      take();
    }

    private void take() {
      Holder before = holder();
      if (before.server() != NOBODY) {
        log.warn("the last server with --node {} did not stop in good order, or is there", number);
        sleep(); // what it tells meanwhile makes the change below fail
      }
      Holder mine = new Holder(server, before.until());
      Decision decision =
          before.equals(Holder.NONE)
              ? nodes.decide(make.bind(number, mine.server(), mine.until()))
              : change(before, mine);
      if (decision == Decision.LOST || !holder().equals(mine)) {
        throw inUse();
      }
      told = mine.until();
      advance(mine.until());
    }

    /// Who has the number, and up to which time.
    private record Holder(long server, long until) {
      /// Nobody ever had it.
      static final Holder NONE = new Holder(NOBODY, -1);
    }

    private Holder holder() {
      Row row = nodes.readDecided(find.bind(number)).one();
      return row == null ? Holder.NONE : new Holder(row.getLong("server"), row.getLong("until"));
    }

    private Decision change(Holder from, Holder to) {
      return nodes.decide(
          change.bind(to.server(), to.until(), number, from.server(), from.until()));
    }

    private static void sleep() {
      try {
        Thread.sleep(AHEAD);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new StoreUnavailable("interrupted", e);
      }
    }

    private StoreUnavailable inUse() {
      return new StoreUnavailable(
          "--node %d: another server has this number (expected: one of its own)".formatted(number),
          null);
    }

    @Override
    long free(long least) {
      long micros = super.free(least);
      if (micros > told) {
        tell(micros);
        if (over) {
          throw inUse();
        }
        if (micros > told) {
          throw new StoreUnavailable("Cassandra: it is not known up to when times are given", null);
        }
      }
      return micros;
    }

    @Override
    void prepare() {
      tell(Math.max(last(), ChronoUnit.MICROS.between(Instant.EPOCH, clock.instant())));
    }

    /// Tells the database that times up to this one are given, and those of some seconds more.
    private synchronized void tell(long micros) {
      if (over || micros <= told - AHEAD_MICROS / 2) {
        return;
      }
      Holder mine = new Holder(server, told);
      Holder next = new Holder(server, micros + AHEAD_MICROS);
      Holder now = change(mine, next) == Decision.MADE ? next : holder();
      if (now.server() == server) {
        told = now.until();
      } else {
        over = true;
        log.error("--node {} belongs to another server now: no more writes here", number);
      }
    }

    @Override
    boolean isOver() {
      return over;
    }

    /// Gives the number back.
    @Override
    public synchronized void close() {
      if (over) {
        return;
      }
      over = true; // whoever looks after it once more has nothing to tell
      try {
        var _ = change(new Holder(server, told), new Holder(NOBODY, last()));
      } catch (StoreUnavailable e) {
        log.warn("the next start with --node {} will have to wait", number, e);
      }
    }
  }
}
