package dev.sixin.store.cassandra;

import com.datastax.oss.driver.api.core.cql.BatchStatement;
import com.datastax.oss.driver.api.core.cql.BatchStatementBuilder;
import com.datastax.oss.driver.api.core.cql.DefaultBatchType;
import com.google.protobuf.ByteString;
import dev.sixin.store.Key;
import dev.sixin.store.Pending;
import dev.sixin.store.Pending.Alone;
import dev.sixin.store.StoreUnavailable;
import dev.sixin.store.Table;
import dev.sixin.store.cassandra.Work.Call;
import dev.sixin.store.cassandra.Work.Delivery;
import dev.sixin.store.cassandra.Work.Letter;
import dev.sixin.store.cassandra.rows.EventRow;
import dev.sixin.store.cassandra.rows.HeadRow;
import dev.sixin.store.cassandra.rows.ToldRow;
import dev.sixin.store.cassandra.rows.WriterRow;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;

/// Transactions and deliveries that are run one after another on one state of an entity and become
/// its next version by one conditional write, or not at all.
final class Batch {
  /// How long the nodes are asked what became of a write.
  private static final Duration READ_BACK = Duration.ofSeconds(8);

  private static final int READ_BACK_PAUSE_MILLIS = 200;

  /// Longer than anybody asks.
  private static final Duration WRITER_KEPT = Duration.ofHours(1);

  private final Lanes lanes;
  private final Key entity;
  private final Known known;
  private final Pending pending;
  private final CompletableFuture<Void> earlier;

  /// Marks of its own that go with it.
  private final Map<Key, byte[]> marks = new HashMap<>();

  private final List<Letter> told = new ArrayList<>();
  private final List<Runnable> settling = new ArrayList<>();
  private Known after;
  private int parts;
  private boolean fences;

  /// @param earlier completed when what earlier versions told has arrived: who asks again, and
  ///   finds that done, is not answered before, as who asked first would not have been
  Batch(Lanes lanes, Key entity, Known known, CompletableFuture<Void> earlier) {
    this.lanes = lanes;
    this.entity = entity;
    this.known = known;
    this.earlier = earlier;
    this.pending =
        new Pending(
            _ -> new Remembered(),
            lanes.handler(),
            lanes.access().clock(),
            known.head().row().getMicros(),
            lanes.times()::free);
  }

  /// The committed rows: what is known of them, else what the nodes say.
  private final class Remembered extends Reading {
    Remembered() {
      super(lanes.access(), entity);
    }

    @Override
    void saw(long version, ByteBuffer cold) {
      if (version != known.head().version()) {
        throw new Moved();
      }
    }

    @Override
    Cold coldBeforeScan() {
      return known.head().cold();
    }

    /// If it is not the newest any more, the write will tell.
    @Override
    Cold newestCold() {
      return known.head().cold();
    }

    @Override
    <T> T again(Supplier<T> reading) {
      return reading.get();
    }

    @Override
    public byte[] get(Table table, Key row) {
      if (known.has(table.name(), row)) {
        return known.get(table.name(), row);
      }
      byte[] value = super.get(table, row);
      if (value == null || table.lifetime().isEmpty()) { // what is there may be forgotten any time
        known.learn(table.name(), row, value);
      }
      return value;
    }
  }

  /// Runs a transaction.
  ///
  /// @throws Moved when all is to be run anew
  <T> void run(Call<T> call) {
    CompletableFuture<T> future = call.future();
    parts++;
    try {
      Alone<T> ran = pending.runAlone(entity, call.transaction());
      Aftermath aftermath =
          new Aftermath(
              announced -> {
                var _ = earlier.thenRun(() -> future.complete(ran.answer()));
                lanes.announce(announced);
              });
      address(ran, aftermath);
      settling.add(
          () -> {
            aftermath.did(entity, ran);
            lanes.waitNoLonger(future, ran.answer());
          });
    } catch (Moved | StoreUnavailable e) {
      throw e;
    } catch (Throwable e) {
      settling.add(() -> future.completeExceptionally(e));
    }
  }

  /// Applies events, unless they were applied before.
  ///
  /// @throws Moved when all is to be run anew
  void run(Delivery delivery) {
    parts++;
    if (heard(delivery.teller()) >= delivery.version()) {
      delivery.letters().forEach(letter -> settling.add(letter.aftermath()::skipped));
    } else {
      for (int i = 0; i < delivery.letters().size(); i++) {
        apply(delivery, i);
      }
      marks.put(Marks.heard(delivery.teller()), Marks.bytes(delivery.version()));
    }
    settling.add(delivery.done());
  }

  private long heard(Key teller) {
    Key mark = Marks.heard(teller);
    byte[] value = marks.get(mark);
    if (value == null) {
      if (!known.has(Statements.OWN, mark)) {
        known.learn(Statements.OWN, mark, lanes.access().own(entity, mark));
      }
      value = known.get(Statements.OWN, mark);
    }
    return Marks.version(value);
  }

  private void apply(Delivery delivery, int number) {
    Letter letter = delivery.letters().get(number);
    try {
      Alone<Void> ran =
          pending.runAlone(
              entity,
              rows -> {
                lanes.handler().apply(rows, letter.event());
                return null;
              });
      address(ran, letter.aftermath());
      settling.add(() -> letter.aftermath().did(entity, ran));
    } catch (Moved | StoreUnavailable e) {
      throw e;
    } catch (RuntimeException | Error e) {
      lanes.unappliable(entity, e);
      marks.put(Marks.failed(delivery.teller(), delivery.version(), number), letter.bytes());
      settling.add(letter.aftermath()::skipped);
    }
  }

  private void address(Alone<?> ran, Aftermath aftermath) {
    for (Pending.Told one : ran.told()) {
      told.add(new Letter(one.entity(), one.event(), lanes.codec().bytes(one.event()), aftermath));
    }
  }

  /// Makes a version even if nothing changes: who read an earlier one and stood still since can not
  /// write any more, least of all something to be delivered that no sweeper will find.
  void fence() {
    fences = true;
  }

  /// Whether nothing was asked for.
  boolean isIdle() {
    return !fences && parts == 0;
  }

  /// Whether there is nothing to write.
  boolean isEmpty() {
    return !fences && pending.isEmpty() && told.isEmpty() && marks.isEmpty();
  }

  /// All that was told, in order.
  List<Letter> told() {
    return told;
  }

  /// The version that this batch makes.
  long version() {
    return known.head().version() + 1;
  }

  /// What was told, as the outbox keeps it.
  ToldRow toldRow(long slot) {
    ToldRow.Builder row =
        ToldRow.newBuilder().setVersion(version()).setServer(lanes.server()).setSlot(slot);
    for (Letter letter : told) {
      row.addEvents(
          EventRow.newBuilder()
              .setEntity(ByteString.copyFrom(letter.to().bytes()))
              .setEvent(ByteString.copyFrom(letter.bytes())));
    }
    return row.build();
  }

  /// Makes the next version.
  ///
  /// @param undelivered what earlier versions told and has not arrived
  /// @param slot where the index has what this one tells
  /// @return whether it is durable; else somebody else's came first
  /// @throws StoreUnavailable when it was not made, or nobody can say
  boolean write(List<ToldRow> undelivered, long slot) {
    TreeSet<String> tables = new TreeSet<>(known.head().row().getTablesList());
    pending.forEach(
        (table, _, _, value) -> {
          if (value != null && tables.add(table.name())) {
            lanes.entities().add(table.name(), entity);
          }
        });
    long write = lanes.nextWrite();
    HeadRow.Builder head =
        HeadRow.newBuilder()
            .setMicros(pending.lastMicros())
            .addAllTold(undelivered)
            .addAllTables(tables)
            .putAllPut(known.head().row().getPutMap());
    addWriters(head, write);
    if (!told.isEmpty()) {
      head.addTold(toldRow(slot));
    }
    pending.forEach(
        (table, _, row, value) -> {
          if (table.lifetime().isEmpty() && (value != null || mayBeInChunk(table, row))) {
            head.putPut(table.name(), head.getPutOrDefault(table.name(), 0) + 1);
          }
        });
    Head next = new Head(version(), head.build(), known.head().cold());
    Decision decision = lanes.decide(statement(next), parts);
    boolean made =
        switch (decision) {
          case MADE -> true;
          // The driver may have sent it twice: then the second one lost to the first.
          case LOST -> lanes.access().head(entity).has(lanes.server(), write);
          case UNKNOWN -> wasMade(write);
        };
    if (decision == Decision.MADE) {
      after = known.at(next);
      pending.forEach((table, _, row, value) -> remember(table, row, value));
      marks.forEach((row, value) -> after.learn(Statements.OWN, row, value));
    }
    return made;
  }

  private void addWriters(HeadRow.Builder head, long write) {
    long now = lanes.access().clock().instant().getEpochSecond();
    for (WriterRow writer : known.head().row().getWritersList()) {
      boolean other = writer.getServer() != lanes.server();
      if (other && now - writer.getSeconds() < WRITER_KEPT.toSeconds()) {
        head.addWriters(writer);
      }
    }
    head.addWriters(
        WriterRow.newBuilder().setServer(lanes.server()).setWrite(write).setSeconds(now));
  }

  private BatchStatement statement(Head next) {
    Statements statements = lanes.access().statements();
    BatchStatementBuilder batch = BatchStatement.builder(DefaultBatchType.UNLOGGED);
    batch.addStatement(statements.decide(entity, known.head(), next.row().toByteArray()));
    if (known.head().version() == 0) {
      batch.addStatement(statements.anchor(entity));
    }
    pending.forEach(
        (table, _, row, value) -> {
          if (mayBeInChunk(table, row)) {
            batch.addStatement(statements.putOver(entity, table.name(), row, value));
          } else if (value == null) {
            batch.addStatement(statements.delete(entity, table.name(), row));
          } else if (table.lifetime().isEmpty()) {
            batch.addStatement(statements.put(entity, table.name(), row, value));
          } else {
            batch.addStatement(
                statements.putExpiring(
                    entity,
                    table.name(),
                    row,
                    Aging.young(value, lanes.access().clock()),
                    Aging.seconds(table)));
          }
        });
    marks.forEach(
        (row, value) ->
            batch.addStatement(
                statements.putExpiring(
                    entity, Statements.OWN, row, value, Schema.DELIVERY.toSeconds())));
    return batch.build();
  }

  private boolean mayBeInChunk(Table table, Key row) {
    return known.head().cold().covering(table.name(), row).isPresent();
  }

  private void remember(Table table, Key row, byte[] value) {
    if (table.lifetime().isEmpty()) {
      after.learn(table.name(), row, value);
    } else {
      after.forget(table.name(), row);
    }
  }

  /// Asks the nodes what became of a write, until one of them says.
  private boolean wasMade(long write) {
    long begun = System.nanoTime();
    while (true) {
      try {
        return lanes.access().decidedHead(entity).has(lanes.server(), write);
      } catch (StoreUnavailable e) {
        boolean over = System.nanoTime() - begun > READ_BACK.toNanos();
        if (over || !lanes.pause(READ_BACK_PAUSE_MILLIS)) {
          throw new StoreUnavailable("Cassandra: nobody can say whether it was written", e);
        }
      }
    }
  }

  /// What is known now; null: the entity is to be read anew.
  Known after() {
    return isEmpty() ? known : after;
  }

  /// It is durable: answers who waits.
  void settle() {
    lanes.times().advance(pending.lastMicros());
    settling.forEach(Runnable::run);
  }
}
