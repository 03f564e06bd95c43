package dev.sixin;

import dev.sixin.entity.Entity;
import dev.sixin.store.Copy;
import dev.sixin.store.Copy.Done;
import dev.sixin.store.Key;
import dev.sixin.store.Origin;
import dev.sixin.store.Store;
import dev.sixin.store.Table;
import dev.sixin.store.Tally;
import java.time.Duration;
import java.util.List;
import java.util.function.BooleanSupplier;

/// Brings everything from one store into another: writes what differs, compares both, and only then
/// lets servers use the target. Whatever was cut off is run again.
final class Migration {
  /// What there is to be brought.
  static final List<Table> TABLES =
      Server.TABLES.stream().filter(table -> !table.equals(Origin.TABLE)).toList();

  /// How long the nodes of a cluster may be away before a run ends.
  private static final Duration PATIENCE = Duration.ofMinutes(2);

  private static final int MOST_PRINTED = 20;

  private final Source source;
  private final Target target;
  private final Throttle throttle;

  /// Where everything comes from.
  ///
  /// @param identity what tells it from others
  /// @param changing whether a server changes what this is a picture of, or may have since
  /// @param measure how far the work is can be seen by these
  /// @param expected about how many there are
  record Source(
      Store store, String identity, BooleanSupplier changing, Measure measure, long expected) {}

  /// Where everything goes to.
  ///
  /// @param name for people
  record Target(Store store, String name) {}

  /// What can be counted beforehand.
  enum Measure {
    rows,
    entities
  }

  /// @param rowsPerSecond 0: as fast as it goes
  Migration(Source source, Target target, long rowsPerSecond) {
    this.source = source;
    this.target = target;
    this.throttle = new Throttle(rowsPerSecond);
  }

  /// Does all that can be done now.
  ///
  /// @return whether the target is what the source is
  /// @throws Failure when it is not to be done, or not now
  boolean run() {
    begin();
    Tally before = source.store().tally();
    copy();
    if (source.changing().getAsBoolean()) {
      System.out.println(
          "the server has gone on meanwhile: stop it, or start it with --read-only=true, and run"
              + " this again, which writes only what has changed");
      return true;
    }
    requireStill(before);
    long differences = compare();
    if (differences > 0) {
      System.out.printf("%,d differences: run this again%n", differences);
      return false;
    }
    requireStill(before);
    new Origin(source.identity(), before.lastMicros(), true).put(target.store());
    System.out.printf("all is well: servers can be started on %s%n", target.name());
    return true;
  }

  private void begin() {
    requireWhole(source.store());
    Origin origin = Origin.of(target.store());
    if (!origin.whole() && !origin.source().equals(source.identity())) {
      throw new Failure(
          "%s: what is brought there from %s is not all there (expected: from %s)"
              .formatted(target.name(), origin.source(), source.identity()));
    }
    if (origin.whole()) {
      for (Table table : TABLES) {
        if (!target.store().scan(table, Key.EMPTY, 1).isEmpty()) {
          throw new Failure(
              "%s: holds %s already (expected: nothing, or what a run of this left unfinished)"
                  .formatted(target.name(), table.name()));
        }
      }
      new Origin(source.identity(), 0, false).put(target.store());
    }
  }

  private static void requireWhole(Store store) {
    Origin origin = Origin.of(store);
    if (!origin.whole()) {
      throw new Failure(
          "the source: what is brought there from %s is not all there".formatted(origin.source()));
    }
  }

  private void copy() {
    ProgressBar bar = bar();
    Copy copy = over(bar);
    Done all = TABLES.stream().map(copy::run).reduce(Done.NOTHING, Done::plus);
    bar.end();
    System.out.printf(
        "copied: of %,d rows %,d were written; %,d removed%n",
        all.rows(), all.put(), all.removed());
  }

  private long compare() {
    ProgressBar bar = bar();
    Copy copy = over(bar);
    long[] differences = new long[1];
    Done all =
        TABLES.stream()
            .map(
                table ->
                    copy.compare(
                        table,
                        line -> {
                          if (differences[0]++ < MOST_PRINTED) {
                            bar.print(line);
                          }
                        }))
            .reduce(Done.NOTHING, Done::plus);
    bar.end();
    System.out.printf("compared: %,d rows%n", all.rows());
    return all.put() + all.removed();
  }

  private ProgressBar bar() {
    return new ProgressBar(System.err, source.measure().name(), source.expected());
  }

  private Copy over(ProgressBar bar) {
    return new Copy(
        source.store(),
        target.store(),
        Entity::of,
        (rows, entities) -> {
          bar.steps(source.measure() == Measure.rows ? rows : entities);
          throttle.did(rows);
        },
        PATIENCE);
  }

  private void requireStill(Tally before) {
    Tally now = source.store().tally();
    if (now.undelivered() > 0) {
      throw new Failure(
          ("events of %,d entities are being delivered in the source: stop all servers, and run"
                  + " this again three minutes later; what is copied stays")
              .formatted(now.undelivered()));
    }
    if (!now.equals(before) || source.changing().getAsBoolean()) {
      throw new Failure(
          "the source was changed meanwhile: stop all servers and run this again; what is copied"
              + " stays");
    }
  }
}
