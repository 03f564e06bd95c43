package dev.sixin.store;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sixin.MovableClock;
import dev.sixin.TempDirectory;
import dev.sixin.store.Copy.Done;
import dev.sixin.store.memory.MemoryStore;
import dev.sixin.store.rocksdb.RocksStore;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// Bringing everything from one store into another, here from one in memory into an embedded one.
class CopyTest {
  private static final Table ROWS = Table.of("rows");
  private static final Duration LIFETIME = Duration.ofHours(24);
  private static final Table MARKS = Table.expiring("marks", LIFETIME);
  private static final int ENTITY_BYTES = 1 + Long.BYTES;
  private static final int ENTITIES = 400;
  private static final int LARGE = 1_500;

  private final MovableClock clock = new MovableClock(Instant.parse("2026-11-22T12:00:00Z"));
  private final TempDirectory directory = new TempDirectory();
  private final Store source = new MemoryStore((_, _) -> {}, clock);
  private final Store target =
      RocksStore.open(
          directory.path(), List.of(ROWS, MARKS), RocksStore.Limits.DEFAULT, (_, _) -> {}, clock);
  private final AtomicLong readRows = new AtomicLong();
  private final AtomicLong readEntities = new AtomicLong();

  @AfterEach
  void close() {
    source.close();
    target.close();
    directory.close();
  }

  private Copy copy(Store to) {
    return new Copy(
        source,
        to,
        key -> key.first(ENTITY_BYTES),
        (rows, entities) -> {
          readRows.addAndGet(rows);
          readEntities.addAndGet(entities);
        },
        Duration.ofSeconds(5));
  }

  private static Key entity(int number) {
    return Key.of(1).u64(number);
  }

  private static void put(Store store, Table table, Key entity, String row, String value) {
    Void _ =
        Bulk.await(
            store.transact(
                entity,
                rows -> {
                  rows.put(table, Key.EMPTY.text(row), value.getBytes(UTF_8));
                  return null;
                }));
  }

  private static void delete(Store store, Key entity, String row) {
    Void _ =
        Bulk.await(
            store.transact(
                entity,
                rows -> {
                  rows.delete(ROWS, Key.EMPTY.text(row));
                  return null;
                }));
  }

  /// Many small entities, one of many rows in their middle, and rows without a value.
  private void fill() {
    for (int i = 0; i < ENTITIES; i++) {
      put(source, ROWS, entity(i), "a", "value " + i);
      put(source, ROWS, entity(i), "b", "");
      put(source, MARKS, entity(i), "m", "1");
    }
    for (int i = 0; i < LARGE; i++) {
      put(source, ROWS, entity(ENTITIES / 2), "row " + i, "x".repeat(500));
    }
  }

  private static List<String> shown(Store store, Table table) {
    return store.scan(table, Key.EMPTY, 1_000_000).stream()
        .map(row -> row.key() + "=" + new String(row.value(), UTF_8))
        .toList();
  }

  private List<String> differences() {
    List<String> differences = Collections.synchronizedList(new ArrayList<>());
    for (Table table : List.of(ROWS, MARKS)) {
      copy(target).compare(table, differences::add);
    }
    return differences;
  }

  @Test
  void everything_isBroughtThere_andOnlyOnce() {
    fill();
    int rows = 2 * ENTITIES + LARGE;

    assertThat(copy(target).run(ROWS)).isEqualTo(new Done(rows, rows, 0));
    assertThat(readRows).hasValue(rows);
    assertThat(readEntities).hasValue(ENTITIES);
    assertThat(copy(target).run(MARKS)).isEqualTo(new Done(ENTITIES, ENTITIES, 0));

    assertThat(shown(target, ROWS)).isEqualTo(shown(source, ROWS));
    assertThat(shown(target, MARKS)).isEqualTo(shown(source, MARKS));
    assertThat(differences()).isEmpty();
    assertThat(copy(target).run(ROWS)).isEqualTo(new Done(rows, 0, 0));
    assertThat(copy(target).run(MARKS)).isEqualTo(new Done(ENTITIES, 0, 0));
  }

  @Test
  void whatWasPutChangedAndRemovedSince_isBroughtByTheNextRun() {
    fill();
    Done _ = copy(target).run(ROWS);
    put(source, ROWS, entity(0), "0", "new, first of all");
    put(source, ROWS, entity(ENTITIES), "z", "new, last of all");
    put(source, ROWS, entity(7), "a", "changed");
    delete(source, entity(9), "a");
    delete(source, entity(9), "b");
    delete(source, entity(ENTITIES - 1), "b");

    assertThat(differences()).hasSize(6 + ENTITIES); // marks were not brought
    assertThat(copy(target).run(ROWS)).isEqualTo(new Done(2 * ENTITIES + LARGE - 1, 3, 3));

    assertThat(shown(target, ROWS)).isEqualTo(shown(source, ROWS));
  }

  @Test
  void whatTheSourceNeverHad_isRemoved_alsoWhenThereIsALotOfIt() {
    for (int i = 0; i < LARGE; i++) {
      put(target, ROWS, entity(1), "row " + i, "1");
      put(target, ROWS, entity(i), "a", "1");
    }
    put(source, ROWS, entity(3), "a", "1");

    assertThat(copy(target).run(ROWS)).isEqualTo(new Done(1, 0, 2 * LARGE - 1));

    assertThat(shown(target, ROWS)).containsExactly(entity(3).append(Key.EMPTY.text("a")) + "=1");
  }

  @Test
  void aRunThatWasCutOff_goesOnWhereItStopped() {
    fill();
    AtomicInteger left = new AtomicInteger(100);
    Store cutOff =
        new Failing(
            target,
            () -> {
              if (left.getAndDecrement() <= 0) {
                throw new IllegalStateException("the process is gone");
              }
            });
    assertThatThrownBy(() -> copy(cutOff).run(ROWS)).hasMessageContaining("the process is gone");
    int there = shown(target, ROWS).size();
    assertThat(there).isBetween(1, 100 * 200);
    int rows = 2 * ENTITIES + LARGE;

    assertThat(copy(target).run(ROWS)).isEqualTo(new Done(rows, rows - there, 0));
    assertThat(shown(target, ROWS)).isEqualTo(shown(source, ROWS));
  }

  @Test
  void whenTheTargetIsAwayForAWhile_itIsTriedAgain() {
    fill();
    AtomicInteger times = new AtomicInteger();
    Store shaky =
        new Failing(
            target,
            () -> {
              if (times.incrementAndGet() == 20) {
                throw new StoreUnavailable("away", null);
              }
              if (times.get() == 25) {
                throw new StoreOverloaded("too much");
              }
            });

    Done _ = copy(shaky).run(ROWS);

    assertThat(times.get()).isGreaterThan(25);
    assertThat(shown(target, ROWS)).isEqualTo(shown(source, ROWS));
  }

  @Test
  void rowsWithALifetime_areKeptForOneMore_andNotMissedInTheSourceOnceTheyAreForgotten() {
    put(source, MARKS, entity(1), "m", "1");
    clock.move(LIFETIME);
    Done _ = copy(target).run(MARKS);
    clock.move(LIFETIME.minusSeconds(1));
    assertThat(target.rows(entity(1)).get(MARKS, Key.EMPTY.text("m"))).isNotNull();
    clock.move(Duration.ofSeconds(2));
    assertThat(shown(source, MARKS)).isEmpty();

    assertThat(differences()).isEmpty();
    assertThat(copy(target).run(MARKS)).isEqualTo(Done.NOTHING);
  }

  @Test
  void eachDifference_isTold() {
    fill();
    Done _ = copy(target).run(ROWS);
    Done _ = copy(target).run(MARKS);
    put(target, ROWS, entity(5), "a", "other");
    delete(target, entity(6), "b");
    put(target, ROWS, entity(7), "c", "too many");
    put(target, MARKS, entity(8), "m", "2");

    assertThat(differences())
        .containsExactlyInAnyOrder(
            "rows " + entity(5).append(Key.EMPTY.text("a")) + ": differs",
            "rows " + entity(6).append(Key.EMPTY.text("b")) + ": missing",
            "rows " + entity(7).append(Key.EMPTY.text("c")) + ": not in the source",
            "marks " + entity(8).append(Key.EMPTY.text("m")) + ": differs");
  }

  @Test
  void randomStores_becomeTheSame() {
    Random random = new Random(8);
    for (int round = 0; round < 5; round++) {
      for (int i = 0; i < 300; i++) {
        Store one = random.nextBoolean() ? source : target;
        Key entity = entity(random.nextInt(40));
        String row = Integer.toString(random.nextInt(30));
        if (random.nextInt(3) == 0) {
          delete(one, entity, row);
        } else {
          put(one, ROWS, entity, row, Integer.toString(random.nextInt(3)));
        }
      }
      Done _ = copy(target).run(ROWS);
      assertThat(shown(target, ROWS)).as("round %d", round).isEqualTo(shown(source, ROWS));
    }
  }

  /// A store that something happens to before each transaction.
  private record Failing(Store store, Runnable before) implements Store {
    @Override
    public Rows rows(Key entity) {
      return store.rows(entity);
    }

    @Override
    public <T> T read(Function<View, T> query) {
      return store.read(query);
    }

    @Override
    public List<Row> scan(Table table, Key from, int limit) {
      return store.scan(table, from, limit);
    }

    @Override
    public <T> CompletableFuture<T> transact(Key entity, Transaction<T> transaction) {
      before.run();
      return store.transact(entity, transaction);
    }

    @Override
    public Tally tally() {
      return store.tally();
    }

    @Override
    public boolean writable() {
      return store.writable();
    }

    @Override
    public void close() {
      store.close();
    }
  }
}
