package dev.sixin.store;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import dev.sixin.Await;
import dev.sixin.MovableClock;
import dev.sixin.store.Announcement.Announced;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import net.jqwik.api.lifecycle.AfterTry;
import net.jqwik.api.lifecycle.BeforeTry;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// What every engine must do. The test of an engine extends this, or [AtomicStoreContract] if a
/// transaction and its events are one, and says how to open it.
public abstract class StoreContract {
  /// A table whose rows stay.
  protected static final Table ROWS = Table.of("rows");

  /// Another one.
  protected static final Table OTHERS = Table.of("others");

  /// How long a row of [#MARKS] is kept at least.
  protected static final Duration LIFETIME = Duration.ofHours(24);

  /// A table whose rows are forgotten.
  protected static final Table MARKS = Table.expiring("marks", LIFETIME);

  /// All tables.
  protected static final List<Table> TABLES = List.of(ROWS, OTHERS, MARKS);

  /// Entities side by side: nothing lies between their keys.
  protected static final Key ANN = Key.of(1).u64(255);

  protected static final Key BEN = Key.of(1).u64(256);
  protected static final Key CAL = Key.of(1).u64(257);

  /// The entity with the greatest key of its length.
  protected static final Key LAST = Key.of(255).u64(-1);

  protected static final Range ALL = new Range(Key.EMPTY, null);
  private static final Duration AN_HOUR = Duration.ofHours(1);

  /// The store's clock.
  protected final MovableClock clock = new MovableClock(Instant.parse("2026-11-22T12:00:00Z"));

  /// What was announced.
  protected final List<Announced> announced = Collections.synchronizedList(new ArrayList<>());

  /// An open, empty store.
  protected Store store;

  /// Opens the engine's store with [#TABLES], [#handle], [#announced] and [#clock].
  protected abstract Store open();

  /// Removes what the engine left.
  protected abstract void discard();

  @BeforeEach
  @BeforeTry
  void openStore() {
    store = open();
  }

  @AfterEach
  @AfterTry
  void closeStore() {
    store.close();
    discard();
  }

  /// Something to do, told as an event.
  public record Told(Consumer<Partition> change) implements Event {}

  /// The handler of all events in these tests.
  protected static void handle(Partition entity, Event event) {
    ((Told) event).change().accept(entity);
  }

  /// An expected outcome that aborts a transaction.
  public static final class Refused extends RuntimeException {
    private static final long serialVersionUID = 1;
  }

  // --- announcing

  protected record News(String text) implements Announcement {}

  protected void awaitAnnounced(int count) {
    Await.until(count + " announcements", () -> announced.size() == count);
  }

  @Test
  void announcements_comeInTheOrderOfTheCommits_withTheirEntities() {
    for (int i = 0; i < 3; i++) {
      News news = new News("ann " + i);
      store
          .transact(
              ANN,
              ann -> {
                ann.announce(news);
                ann.tell(BEN, new Told(ben -> ben.announce(new News("ben, " + news.text()))));
                return null;
              })
          .join();
    }
    awaitAnnounced(6);

    assertThat(announced)
        .extracting(Announced::entity, one -> ((News) one.what()).text())
        .containsExactly(
            tuple(ANN, "ann 0"),
            tuple(BEN, "ben, ann 0"),
            tuple(ANN, "ann 1"),
            tuple(BEN, "ben, ann 1"),
            tuple(ANN, "ann 2"),
            tuple(BEN, "ben, ann 2"));
  }

  @Test
  void anAnnouncement_bearsTheTimeOfItsTransactionsLastChange() {
    List<Long> micros = new ArrayList<>();
    for (int i = 0; i < 2; i++) {
      store
          .transact(
              ANN,
              ann -> {
                ann.announce(new News("first"));
                ann.tell(BEN, new Told(ben -> micros.add(ben.micros())));
                return null;
              })
          .join();
    }
    awaitAnnounced(2);

    assertThat(announced).extracting(Announced::micros).isEqualTo(micros).isSorted();
  }

  @Test
  void whatIsAnnounced_canBeRead() {
    for (int i = 0; i < 20; i++) {
      byte[] value = {(byte) i};
      CompletableFuture<Void> _ =
          store.transact(
              ANN,
              ann -> {
                ann.put(ROWS, Key.of(1), value);
                ann.announce(new News(""));
                return null;
              });
      awaitAnnounced(i + 1);
      assertThat(store.rows(ANN).get(ROWS, Key.of(1))).isEqualTo(value);
    }
  }

  // --- getting and putting

  @Test
  void get_ofARowNeverWritten_isNull() {
    assertThat(get(ANN, "a")).isNull();
    assertThat(this.<String>transact(ANN, rows -> text(rows.get(ROWS, key("a"))))).isNull();
  }

  @Test
  void put_replacesTheRow() {
    put(ANN, "a", "1");
    put(ANN, "a", "2");

    assertThat(get(ANN, "a")).isEqualTo("2");
    assertThat(all(ANN)).containsExactly("a=2");
  }

  @Test
  void anEmptyValue_isARow() {
    put(ANN, "a", "");

    assertThat(get(ANN, "a")).isEmpty();
    assertThat(all(ANN)).containsExactly("a=");
  }

  @Test
  void anEmptyKey_isARow() {
    put(ANN, "", "1");

    assertThat(get(ANN, "")).isEqualTo("1");
    assertThat(all(ANN)).containsExactly("=1");
  }

  @Test
  void delete_removesTheRow_andDoesNotMindThatThereIsNone() {
    put(ANN, "a", "1");

    delete(ANN, "a");
    delete(ANN, "a");
    delete(ANN, "never there");

    assertThat(get(ANN, "a")).isNull();
    assertThat(all(ANN)).isEmpty();
  }

  @Test
  void aRow_isInOneTableOnly() {
    put(ANN, "a", "1");

    assertThat(store.rows(ANN).get(OTHERS, key("a"))).isNull();
    assertThat(scan(store.rows(ANN), OTHERS, ALL, Order.ASCENDING, 10)).isEmpty();
  }

  // --- scanning

  @Test
  void scan_beginsAtEitherEnd() {
    putAll(ANN, "a", "b", "c");

    assertThat(scan(ANN, ALL, Order.ASCENDING, 10)).containsExactly("a=1", "b=1", "c=1");
    assertThat(scan(ANN, ALL, Order.DESCENDING, 10)).containsExactly("c=1", "b=1", "a=1");
  }

  @Test
  void scan_takesTheFirstKeyOfARangeAndLeavesOutTheLast() {
    putAll(ANN, "a", "b", "c", "d");
    Range range = new Range(key("b"), key("d"));

    assertThat(scan(ANN, range, Order.ASCENDING, 10)).containsExactly("b=1", "c=1");
    assertThat(scan(ANN, range, Order.DESCENDING, 10)).containsExactly("c=1", "b=1");
  }

  @Test
  void scan_doesNotNeedTheEndsOfARangeToBeThere() {
    putAll(ANN, "b", "d");
    Range range = new Range(key("a"), key("e"));

    assertThat(scan(ANN, range, Order.ASCENDING, 10)).containsExactly("b=1", "d=1");
    assertThat(scan(ANN, range, Order.DESCENDING, 10)).containsExactly("d=1", "b=1");
  }

  @Test
  void scan_endsAtItsLimit() {
    putAll(ANN, "a", "b", "c");

    assertThat(scan(ANN, ALL, Order.ASCENDING, 0)).isEmpty();
    assertThat(scan(ANN, ALL, Order.ASCENDING, 2)).containsExactly("a=1", "b=1");
    assertThat(scan(ANN, ALL, Order.DESCENDING, 1)).containsExactly("c=1");
    assertThat(scan(ANN, ALL, Order.ASCENDING, Integer.MAX_VALUE)).hasSize(3);
  }

  @Test
  void scan_ofARangeWithNothingInIt_isEmpty() {
    putAll(ANN, "a", "b", "c");

    for (Order order : Order.values()) {
      assertThat(scan(ANN, new Range(key("b"), key("b")), order, 10)).isEmpty();
      assertThat(scan(ANN, new Range(key("aa"), key("ab")), order, 10)).isEmpty();
      assertThat(scan(ANN, new Range(key("x"), null), order, 10)).isEmpty();
      assertThat(scan(BEN, ALL, order, 10)).isEmpty();
    }
  }

  @Test
  void scan_ofARangeThatEndsBeforeItBegins_isEmpty_alsoAmongUncommittedRows() {
    putAll(ANN, "a", "b", "c");
    Range backwards = new Range(key("c"), key("a"));

    for (Order order : Order.values()) {
      assertThat(scan(ANN, backwards, order, 10)).isEmpty();
      List<String> seen =
          transact(
              ANN,
              rows -> {
                rows.put(ROWS, key("b"), bytes("2"));
                return scan(rows, ROWS, backwards, order, 10);
              });
      assertThat(seen).isEmpty();
    }
  }

  @Test
  void scan_ofAPrefix_findsTheKeysThatBeginWithIt() {
    putAll(ANN, "", "a", "ab", "ab\u0000", "abc", "ac", "b");
    Range prefix = Range.prefix(key("ab"));

    assertThat(scan(ANN, prefix, Order.ASCENDING, 10))
        .containsExactly("ab=1", "ab\u0000=1", "abc=1");
    assertThat(scan(ANN, prefix, Order.DESCENDING, 10))
        .containsExactly("abc=1", "ab\u0000=1", "ab=1");
  }

  @Test
  void scan_ofAPrefixOfGreatestBytes_endsWithTheEntity() {
    Key greatest = Key.of(255).u8(255);
    put(ANN, greatest.u8(7), "1");
    put(ANN, Key.of(254), "1");
    put(BEN, Key.EMPTY, "1");

    for (Order order : Order.values()) {
      assertThat(store.rows(ANN).scan(ROWS, Range.prefix(greatest), order, 10))
          .extracting(Row::key)
          .containsExactly(greatest.u8(7));
    }
  }

  @Test
  void scan_ordersNumbersAsUnsigned() {
    put(ANN, Key.of(1).u64(-1), "greatest");
    put(ANN, Key.of(1).u64(Long.MIN_VALUE), "middle");
    put(ANN, Key.of(1).u64(Long.MAX_VALUE), "below the middle");
    put(ANN, Key.of(1).u64(0), "least");
    put(ANN, Key.of(2).u64Descending(0), "least");
    put(ANN, Key.of(2).u64Descending(-1), "greatest");

    assertThat(store.rows(ANN).scan(ROWS, Range.prefix(Key.of(1)), Order.ASCENDING, 10))
        .extracting(row -> text(row.value()))
        .containsExactly("least", "below the middle", "middle", "greatest");
    assertThat(store.rows(ANN).scan(ROWS, Range.prefix(Key.of(2)), Order.ASCENDING, 10))
        .extracting(row -> text(row.value()))
        .containsExactly("greatest", "least");
  }

  @Test
  void neighbours_areNeverSeen() {
    putAll(ANN, "a", "z");
    put(ANN, Key.of(255).u64(-1), "1");
    putAll(BEN, "m");
    putAll(CAL, "a", "z");
    put(CAL, Key.EMPTY, "1");
    putAll(LAST, "a");

    for (Order order : Order.values()) {
      assertThat(scan(BEN, ALL, order, 10)).containsExactly("m=1");
      assertThat(scan(LAST, ALL, order, 10)).containsExactly("a=1");
      List<String> seenWhileChanging =
          transact(
              BEN,
              rows -> {
                rows.put(ROWS, key("m"), bytes("2"));
                return scan(rows, ROWS, ALL, order, 10);
              });
      assertThat(seenWhileChanging).containsExactly("m=2");
      transact(BEN, rows -> put(rows, "m", "1"));
    }
    assertThat(get(BEN, "a")).isNull();
  }

  // --- reading one state

  @Test
  void read_answersWhatItsQueryAnswers() {
    put(ANN, "a", "1");

    assertThat(store.<String>read(ANN, rows -> text(rows.get(ROWS, key("a"))))).isEqualTo("1");
    assertThat(frozen(ANN, Order.ASCENDING))
        .extracting(row -> text(row.value()))
        .containsExactly("1");
    assertThat(store.<String>read(BEN, rows -> text(rows.get(ROWS, key("a"))))).isNull();
    assertThatThrownBy(
            () ->
                store.read(
                    ANN,
                    _ -> {
                      throw new Refused();
                    }))
        .isInstanceOf(Refused.class);
  }

  @Test
  void read_seesOneState_whileWritesGoOn() throws Exception {
    int states = 20;
    put(ANN, "a", "0");
    put(ANN, "z", "0");
    List<String> torn = new ArrayList<>();
    int different = 0;
    AtomicInteger written = new AtomicInteger();
    AtomicBoolean seenEnough = new AtomicBoolean();
    try (ExecutorService threads = Executors.newSingleThreadExecutor()) {
      Future<?> writing =
          threads.submit(
              () -> {
                while (!seenEnough.get()) {
                  String number = Integer.toString(written.incrementAndGet());
                  Bulk.await(
                      store.transact(
                          ANN,
                          rows -> {
                            put(rows, "a", number);
                            return put(rows, "z", number);
                          }));
                }
              });
      String last = "";
      long end = System.nanoTime() + Duration.ofSeconds(20).toNanos();
      while (different < states && System.nanoTime() < end) {
        List<String> seen =
            store.read(
                ANN,
                rows -> {
                  String first = text(rows.get(ROWS, key("a")));
                  List<String> both = scan(rows, ROWS, ALL, Order.DESCENDING, 2);
                  return List.of("z=" + first, "a=" + first).equals(both)
                      ? List.of(first)
                      : List.of(first, both.toString());
                });
        different += seen.getFirst().equals(last) ? 0 : 1;
        last = seen.getFirst();
        if (seen.size() > 1) {
          torn.add(seen.toString());
        }
      }
      seenEnough.set(true);
      writing.get();
    }
    assertThat(torn).isEmpty();
    assertThat(different).as("states seen while writing").isEqualTo(states);
    assertThat(all(ANN)).containsExactly("a=" + written, "z=" + written);
  }

  @Test
  void manyReads_areAllDone_andWhatOneThrows_isThrown() {
    List<Key> places = IntStream.range(0, 20).mapToObj(i -> ANN.u64(i)).toList();
    places.forEach(place -> put(place, "a", place.toString()));

    List<String> expected = places.stream().map(Key::toString).toList();
    assertThat(store.readAll(places, place -> text(store.rows(place).get(ROWS, key("a")))))
        .isEqualTo(expected);
    assertThat(
            store.<List<String>>read(
                view -> view.readAll(places, place -> text(view.rows(place).get(ROWS, key("a"))))))
        .isEqualTo(expected);
    Function<Key, String> refuseTheLast =
        place -> {
          if (place.equals(places.getLast())) {
            throw new Refused();
          }
          return "read";
        };
    assertThatThrownBy(() -> store.readAll(places, refuseTheLast)).isInstanceOf(Refused.class);
    assertThatThrownBy(() -> store.read(view -> view.readAll(places, refuseTheLast)))
        .isInstanceOf(Refused.class);
  }

  @Test
  void scan_ofATable_goesThroughAllEntities_withWholeKeys() {
    putAll(BEN, "a", "b");
    putAll(ANN, "z");
    putAll(LAST, "");
    transact(CAL, rows -> mark(rows, "a", "1"));

    assertThat(wholeKeys(Key.EMPTY, 10))
        .containsExactly(ANN.append(key("z")), BEN.append(key("a")), BEN.append(key("b")), LAST);
    assertThat(wholeKeys(BEN.append(key("b")), 1)).containsExactly(BEN.append(key("b")));
    assertThat(wholeKeys(LAST.next(), 10)).isEmpty();
  }

  @Test
  void scan_ofATable_goesThroughMoreEntitiesThanRowsAreAskedFor() {
    List<Key> entities = IntStream.range(0, 300).mapToObj(i -> Key.of(1).u64(i)).toList();
    Bulk.run(entities, entity -> store.transact(entity, rows -> put(rows, "a", "1")));
    List<Key> expected = entities.stream().map(entity -> entity.append(key("a"))).toList();

    List<Key> found = new ArrayList<>();
    List<Key> some = wholeKeys(Key.EMPTY, 7);
    while (!some.isEmpty()) {
      found.addAll(some);
      some = wholeKeys(some.getLast().next(), 7);
    }
    assertThat(found).isEqualTo(expected);
    assertThat(wholeKeys(Key.EMPTY, 1_000)).isEqualTo(expected);
  }

  @Test
  void scan_ofATable_findsRowsWithALifetime_too() {
    transact(BEN, rows -> mark(rows, "a", "1"));
    transact(ANN, rows -> mark(rows, "c", "1"));
    clock.move(LIFETIME.minusSeconds(1));
    transact(ANN, rows -> mark(rows, "b", "1"));
    transact(BEN, rows -> mark(rows, "a", "2"));

    assertThat(marks(Key.EMPTY, 10))
        .containsExactly(
            ANN.append(key("b")) + "=1", ANN.append(key("c")) + "=1", BEN.append(key("a")) + "=2");
    assertThat(marks(ANN.append(key("c")), 1)).containsExactly(ANN.append(key("c")) + "=1");
    assertThat(marks(BEN.append(key("b")), 10)).isEmpty();
  }

  private List<String> marks(Key from, int limit) {
    return store.scan(MARKS, from, limit).stream()
        .map(row -> row.key() + "=" + text(row.value()))
        .toList();
  }

  @Test
  void aQuery_scansEntitiesAndTablesInTurn_andMixesNone() {
    transact(
        ANN,
        rows -> {
          put(rows, "a", "1");
          rows.put(OTHERS, key("o"), bytes("2"));
          return null;
        });
    put(BEN, "b", "3");

    List<String> seen =
        store.read(
            view -> {
              Rows ann = view.rows(ANN);
              Rows ben = view.rows(BEN);
              List<String> all = new ArrayList<>(scan(ann, ROWS, ALL, Order.ASCENDING, 10));
              all.addAll(scan(ben, ROWS, ALL, Order.DESCENDING, 10));
              all.addAll(scan(ann, OTHERS, ALL, Order.ASCENDING, 10));
              all.addAll(scan(ann, ROWS, ALL, Order.DESCENDING, 10));
              return all;
            });

    assertThat(seen).containsExactly("a=1", "b=3", "o=2", "a=1");
  }

  @Test
  void tally_saysWhetherAnythingWasChanged_andTheLastTime() {
    Tally none = store.tally();
    assertThat(store.tally()).isEqualTo(none);

    long micros =
        transact(
            ANN,
            rows -> {
              put(rows, "a", "1");
              return rows.micros();
            });
    Tally one = store.tally();
    assertThat(one.lastMicros()).isEqualTo(micros);
    assertThat(one.changes()).isGreaterThan(none.changes());
    assertThat(store.tally()).isEqualTo(one);

    clock.move(AN_HOUR.negated());
    transact(BEN, rows -> put(rows, "a", "1"));
    assertThat(store.tally().changes()).isGreaterThan(one.changes());
  }

  private List<Key> wholeKeys(Key from, int limit) {
    return store.scan(ROWS, from, limit).stream().map(Row::key).toList();
  }

  // --- transactions

  @Test
  void aTransaction_seesItsOwnWrites() {
    putAll(ANN, "b", "d");

    List<List<String>> seen =
        transact(
            ANN,
            rows -> {
              put(rows, "a", "new");
              put(rows, "c", "new");
              put(rows, "d", "changed");
              rows.delete(ROWS, key("b"));
              return List.of(
                  scan(rows, ROWS, ALL, Order.ASCENDING, 10),
                  scan(rows, ROWS, ALL, Order.DESCENDING, 2),
                  scan(rows, ROWS, new Range(key("b"), key("d")), Order.ASCENDING, 10),
                  scan(rows, ROWS, new Range(key("d"), null), Order.DESCENDING, 10),
                  Stream.of("a", "b", "c", "d")
                      .map(name -> String.valueOf(text(rows.get(ROWS, key(name)))))
                      .toList());
            });

    assertThat(seen)
        .containsExactly(
            List.of("a=new", "c=new", "d=changed"),
            List.of("d=changed", "c=new"),
            List.of("c=new"),
            List.of("d=changed"),
            List.of("new", "null", "new", "changed"));
    assertThat(all(ANN)).containsExactly("a=new", "c=new", "d=changed");
  }

  @Test
  void scan_inATransaction_fillsItsLimit_thoughRowsWereDeleted() {
    putAll(ANN, "a", "b", "c", "d", "e");

    List<List<String>> seen =
        transact(
            ANN,
            rows -> {
              rows.delete(ROWS, key("a"));
              rows.delete(ROWS, key("b"));
              rows.delete(ROWS, key("e"));
              return List.of(
                  scan(rows, ROWS, ALL, Order.ASCENDING, 2),
                  scan(rows, ROWS, ALL, Order.DESCENDING, 2),
                  scan(rows, ROWS, ALL, Order.ASCENDING, Integer.MAX_VALUE));
            });

    assertThat(seen)
        .containsExactly(List.of("c=1", "d=1"), List.of("d=1", "c=1"), List.of("c=1", "d=1"));
  }

  @Test
  void aRow_deletedAndPutAgainInOneTransaction_isThere() {
    put(ANN, "a", "1");

    transact(
        ANN,
        rows -> {
          rows.delete(ROWS, key("a"));
          return put(rows, "a", "2");
        });

    assertThat(all(ANN)).containsExactly("a=2");
  }

  @Test
  void aTransaction_seesTheOnesSubmittedBefore() {
    List<CompletableFuture<String>> counted = new ArrayList<>();
    for (int i = 0; i < 500; i++) {
      counted.add(store.transact(ANN, rows -> count(rows, "counter")));
    }

    assertThat(counted.stream().map(Bulk::await))
        .containsExactlyElementsOf(
            IntStream.rangeClosed(1, 500).mapToObj(String::valueOf).toList());
    assertThat(get(ANN, "counter")).isEqualTo("500");
  }

  @Test
  void transactionsOfManyThreads_areAllAppliedOnce() throws Exception {
    int threads = 8;
    int each = 100;
    try (ExecutorService submitters = Executors.newFixedThreadPool(threads)) {
      List<Future<?>> submitting = new ArrayList<>();
      for (int thread = 0; thread < threads; thread++) {
        Key entity = thread % 2 == 0 ? ANN : BEN;
        String name = "thread " + thread + " ";
        submitting.add(
            submitters.submit(
                () ->
                    Bulk.run(
                        IntStream.range(0, each).boxed().toList(),
                        number ->
                            store.transact(
                                entity,
                                rows -> {
                                  count(rows, name + number);
                                  rows.tell(CAL, new Told(cal -> count(cal, "told")));
                                  return count(rows, "counter");
                                }))));
      }
      for (Future<?> future : submitting) {
        future.get();
      }
    }
    for (Key entity : List.of(ANN, BEN)) {
      assertThat(get(entity, "counter")).isEqualTo(Integer.toString(threads / 2 * each));
      assertThat(all(entity))
          .filteredOn(row -> row.startsWith("thread"))
          .hasSize(threads / 2 * each)
          .allMatch(row -> row.endsWith("=1"));
    }
    assertThat(get(CAL, "told")).isEqualTo(Integer.toString(threads * each));
  }

  // --- refusals

  @Test
  void aRefusal_comesBackAsItIs_andLeavesNoRowBehind() {
    putAll(ANN, "a", "b");
    Refused refusal = new Refused();

    CompletableFuture<String> future =
        store.transact(
            ANN,
            rows -> {
              put(rows, "a", "2");
              rows.delete(ROWS, key("b"));
              put(rows, "c", "2");
              put(rows, "c", "3");
              rows.put(OTHERS, key("a"), bytes("2"));
              throw refusal;
            });

    assertThatThrownBy(() -> Bulk.await(future)).isSameAs(refusal);
    assertThat(all(ANN)).containsExactly("a=1", "b=1");
    assertThat(store.rows(ANN).get(OTHERS, key("a"))).isNull();
  }

  @Test
  void aRefusal_leavesNothingOfWhatItTold() {
    CompletableFuture<String> future =
        store.transact(
            ANN,
            rows -> {
              rows.tell(BEN, new Told(ben -> put(ben, "a", "told")));
              throw new Refused();
            });

    assertThatThrownBy(() -> Bulk.await(future)).isInstanceOf(Refused.class);
    put(CAL, "a", "1"); // what is left to be told would be told now
    assertThat(all(BEN)).isEmpty();
  }

  @Test
  void aRefusal_undoesOnlyItself_notTheTransactionsAroundIt() {
    put(ANN, "a", "0");

    List<CompletableFuture<String>> futures =
        List.of(
            store.transact(ANN, rows -> put(rows, "a", "before")),
            store.transact(
                ANN,
                rows -> {
                  put(rows, "a", "refused");
                  put(rows, "b", "refused");
                  rows.delete(ROWS, key("a"));
                  throw new Refused();
                }),
            store.transact(ANN, rows -> put(rows, "c", text(rows.get(ROWS, key("a"))))));

    Bulk.await(futures.get(0));
    assertThatThrownBy(() -> Bulk.await(futures.get(1))).isInstanceOf(Refused.class);
    Bulk.await(futures.get(2));
    assertThat(all(ANN)).containsExactly("a=before", "c=before");
  }

  @Test
  void aBugInATransaction_failsThatTransactionOnly() {
    CompletableFuture<String> future =
        store.transact(
            ANN,
            rows -> {
              put(rows, "a", "1");
              throw new StackOverflowError();
            });

    assertThatThrownBy(() -> Bulk.await(future)).hasRootCauseInstanceOf(StackOverflowError.class);
    assertThat(store.writable()).isTrue();
    put(ANN, "b", "1");
    assertThat(all(ANN)).containsExactly("b=1");
  }

  // --- events

  @Test
  void anEvent_seesWhatItsTransactionWrote_alsoInTheSameEntity() {
    transact(
        ANN,
        rows -> {
          rows.tell(ANN, new Told(ann -> put(ann, "copy", text(ann.get(ROWS, key("a"))))));
          return put(rows, "a", "1");
        });

    assertThat(all(ANN)).containsExactly("a=1", "copy=1");
  }

  // --- time

  @Test
  void micros_areTheClocks_andTheSameThroughoutAChange() {
    List<Long> seen =
        transact(
            ANN,
            rows -> {
              long first = rows.micros();
              clock.move(AN_HOUR);
              return List.of(first, rows.micros());
            });

    long start = clock.instant().minus(AN_HOUR).toEpochMilli() * 1_000;
    assertThat(seen).containsExactly(start, start);
  }

  @Test
  void micros_growWithEachTransactionAndEvent_thoughTheClockStandsStillOrStepsBack() {
    List<Long> micros = new ArrayList<>();
    Transaction<Long> change =
        rows -> {
          micros.add(rows.micros());
          rows.tell(
              BEN,
              new Told(
                  ben -> {
                    micros.add(ben.micros());
                    ben.tell(CAL, new Told(cal -> micros.add(cal.micros())));
                  }));
          return rows.micros();
        };
    List<Duration> moves =
        List.of(
            Duration.ZERO,
            Duration.ZERO,
            AN_HOUR.negated(),
            Duration.ofSeconds(1),
            Duration.ofNanos(1_000),
            AN_HOUR.multipliedBy(2),
            Duration.ofMillis(1).negated());
    for (Duration move : moves) {
      clock.move(move);
      transact(ANN, change);
    }

    assertThat(micros).hasSize(3 * moves.size());
    assertStrictlyIncreasing(micros);
    long furthest = clock.instant().plusMillis(1).toEpochMilli() * 1_000;
    assertThat(micros.getLast()).isBetween(furthest, furthest + 10);
  }

  @Test
  void micros_growPastARefusedTransaction() {
    List<Long> micros = new ArrayList<>();
    micros.add(transact(ANN, Partition::micros));
    assertThatThrownBy(
            () ->
                transact(
                    ANN,
                    rows -> {
                      micros.add(rows.micros());
                      throw new Refused();
                    }))
        .isInstanceOf(Refused.class);
    micros.add(transact(ANN, Partition::micros));

    assertStrictlyIncreasing(micros);
  }

  @Test
  void seconds_areTheClocks_alsoWhenItStepsBack() {
    long start = clock.instant().getEpochSecond();

    assertThat(transact(ANN, Partition::seconds)).isEqualTo(start);
    clock.move(AN_HOUR.negated());
    assertThat(transact(ANN, Partition::seconds)).isEqualTo(start - 3_600);
    clock.move(AN_HOUR.plusSeconds(1));
    assertThat(transact(ANN, Partition::seconds)).isEqualTo(start + 1);
  }

  // --- tables with a lifetime

  @Test
  void aRowWithALifetime_isKeptForOne_andForgottenAfterTwo_whereverItsLifeBegan() {
    for (int tenths = 0; tenths < 10; tenths++) {
      String name = "mark " + tenths;
      transact(ANN, rows -> mark(rows, name, "1"));
      clock.move(LIFETIME.minusSeconds(1));
      assertThat(mark(name)).as("%s at the age of one lifetime", name).isEqualTo("1");
      assertThat(this.<String>transact(ANN, rows -> mark(rows, name))).isEqualTo("1");
      clock.move(LIFETIME.plusSeconds(2));
      assertThat(mark(name)).as("%s at the age of two lifetimes", name).isNull();
      assertThat(this.<String>transact(ANN, rows -> mark(rows, name))).isNull();

      clock.move(LIFETIME.dividedBy(10));
    }
  }

  @Test
  void aRowWithALifetime_isForgotten_whileOthersAreWritten() {
    transact(ANN, rows -> mark(rows, "first", "1"));
    for (int quarters = 1; quarters <= 4; quarters++) {
      clock.move(LIFETIME.dividedBy(4).minusSeconds(1));
      String name = "quarter " + quarters;
      transact(ANN, rows -> mark(rows, name, "1"));
      assertThat(mark("first")).isEqualTo("1");
    }
    for (int quarters = 5; quarters <= 8; quarters++) {
      clock.move(LIFETIME.dividedBy(4).plusSeconds(1));
      String name = "quarter " + quarters;
      transact(ANN, rows -> mark(rows, name, "1"));
    }
    clock.move(Duration.ofSeconds(1));

    assertThat(mark("first")).isNull();
    assertThat(mark("quarter 8")).isEqualTo("1");
  }

  @Test
  void aRowWithALifetime_writtenAgain_livesOnWithItsNewValue() {
    transact(ANN, rows -> mark(rows, "a", "1"));
    clock.move(LIFETIME.minusSeconds(1));
    transact(ANN, rows -> mark(rows, "a", "2"));
    assertThat(mark("a")).isEqualTo("2");

    clock.move(LIFETIME.minusSeconds(1));

    assertThat(mark("a")).isEqualTo("2");
  }

  @Test
  void aRowWithALifetime_isKept_whenTheClockStepsBack() {
    transact(ANN, rows -> mark(rows, "a", "1"));
    clock.move(LIFETIME.negated());
    assertThat(mark("a")).isEqualTo("1");
    transact(ANN, rows -> mark(rows, "b", "1"));

    clock.move(LIFETIME.multipliedBy(2).minusSeconds(1));

    assertThat(mark("a")).isEqualTo("1");
    assertThat(mark("b")).isEqualTo("1");
  }

  @Test
  void rowsWithALifetime_areNeitherScannedNorDeleted() {
    assertThatThrownBy(() -> store.rows(ANN).scan(MARKS, ALL, Order.ASCENDING, 1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("marks");
    assertThatThrownBy(() -> transact(ANN, rows -> rows.scan(MARKS, ALL, Order.ASCENDING, 1)))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(
            () ->
                transact(
                    ANN,
                    rows -> {
                      rows.delete(MARKS, key("a"));
                      return null;
                    }))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("marks");
    assertThat(store.writable()).isTrue();
  }

  // --- the end

  @Test
  void afterClose_everythingIsUnavailable() {
    put(ANN, "a", "1");
    assertThat(store.writable()).isTrue();

    store.close();
    store.close();

    assertThat(store.writable()).isFalse();
    CompletableFuture<String> future = store.transact(ANN, rows -> put(rows, "a", "2"));
    assertThatThrownBy(() -> Bulk.await(future)).isInstanceOf(StoreUnavailable.class);
    assertThatThrownBy(() -> get(ANN, "a")).isInstanceOf(StoreUnavailable.class);
    assertThatThrownBy(() -> scan(ANN, ALL, Order.ASCENDING, 1))
        .isInstanceOf(StoreUnavailable.class);
    assertThatThrownBy(() -> store.read(ANN, _ -> "")).isInstanceOf(StoreUnavailable.class);
  }

  @Test
  void transactionsUnderWayWhenTheStoreCloses_areAppliedOrUnavailable() throws Exception {
    List<CompletableFuture<String>> futures = new ArrayList<>();
    try (ExecutorService threads = Executors.newSingleThreadExecutor()) {
      Future<?> submitting =
          threads.submit(
              () -> {
                while (futures.isEmpty() || !futures.getLast().isCompletedExceptionally()) {
                  try {
                    futures.add(store.transact(ANN, rows -> count(rows, "counter")));
                  } catch (StoreOverloaded e) {
                    Thread.onSpinWait();
                  }
                }
              });
      while (store.rows(ANN).get(ROWS, key("counter")) == null) {
        Thread.onSpinWait();
      }
      store.close();
      submitting.get();
    }

    for (CompletableFuture<String> future : futures) {
      assertThat(future).isDone();
      if (future.isCompletedExceptionally()) {
        assertThatThrownBy(() -> Bulk.await(future)).isInstanceOf(StoreUnavailable.class);
      }
    }
  }

  // --- at random

  /// Random transactions of random steps, none of which tells anything, submitted without waiting:
  /// what each step saw, and what there is at the end.
  @Test
  void randomTransactions_ofOneEntityEach_seeAndLeaveWhatASimpleModelSays() {
    long seed = new Random().nextLong();
    Random random = new Random(seed);
    Model model = new Model();
    List<List<String>> expected = new ArrayList<>();
    List<CompletableFuture<List<String>>> answers = new ArrayList<>();
    for (int i = 0; i < 300; i++) {
      Key entity = Steps.ENTITIES.get(random.nextInt(Steps.ENTITIES.size()));
      Steps steps = Steps.random(random, Steps.MAX_DEPTH);
      expected.add(model.transact(entity, steps));
      answers.add(store.transact(entity, steps::runIn));
      if (random.nextInt(20) == 0) {
        answers.getLast().exceptionally(_ -> List.of()).join(); // a new batch
      }
    }
    for (int i = 0; i < answers.size(); i++) {
      CompletableFuture<List<String>> answer = answers.get(i);
      if (expected.get(i) == null) {
        assertThatThrownBy(() -> Bulk.await(answer)).isInstanceOf(Refused.class);
      } else {
        assertThat(Bulk.await(answer))
            .as("transaction %d, seed %d", i, seed)
            .isEqualTo(expected.get(i));
      }
    }
    for (Key entity : Steps.ENTITIES) {
      for (Order order : Order.values()) {
        List<String> rows = model.rows(entity).stream().toList();
        List<String> ordered = order == Order.ASCENDING ? rows : rows.reversed();
        assertThat(Steps.show(store.rows(entity).scan(ROWS, ALL, order, 1_000)))
            .as("seed %d", seed)
            .isEqualTo(ordered);
        assertThat(Steps.show(frozen(entity, order))).as("seed %d", seed).isEqualTo(ordered);
      }
    }
  }

  // --- shorthand

  protected static Key key(String name) {
    return Key.EMPTY.text(name);
  }

  protected static byte[] bytes(String text) {
    return text.getBytes(UTF_8);
  }

  protected static String text(byte[] value) {
    return value == null ? null : new String(value, UTF_8);
  }

  protected <T> T transact(Key entity, Transaction<T> transaction) {
    return Bulk.await(store.transact(entity, transaction));
  }

  protected static String put(Partition rows, String name, String value) {
    rows.put(ROWS, key(name), bytes(value));
    return value;
  }

  protected void put(Key entity, String name, String value) {
    transact(entity, rows -> put(rows, name, value));
  }

  private void put(Key entity, Key row, String value) {
    transact(
        entity,
        rows -> {
          rows.put(ROWS, row, bytes(value));
          return null;
        });
  }

  private void putAll(Key entity, String... names) {
    for (String name : names) {
      put(entity, name, "1");
    }
  }

  private void delete(Key entity, String name) {
    transact(
        entity,
        rows -> {
          rows.delete(ROWS, key(name));
          return null;
        });
  }

  /// Adds one to a number in a row; answers the sum.
  protected static String count(Partition rows, String name) {
    String before = text(rows.get(ROWS, key(name)));
    return put(rows, name, before == null ? "1" : Integer.toString(Integer.parseInt(before) + 1));
  }

  protected static String mark(Partition rows, String name, String value) {
    rows.put(MARKS, key(name), bytes(value));
    return value;
  }

  protected static String mark(Rows rows, String name) {
    return text(rows.get(MARKS, key(name)));
  }

  protected String mark(String name) {
    return mark(store.rows(ANN), name);
  }

  protected String get(Key entity, String name) {
    return text(store.rows(entity).get(ROWS, key(name)));
  }

  /// An entity's rows as `name=value`.
  protected List<String> all(Key entity) {
    return scan(entity, ALL, Order.ASCENDING, 10_000);
  }

  /// An entity's rows, read as one state.
  protected List<Row> frozen(Key entity, Order order) {
    return store.read(entity, rows -> rows.scan(ROWS, ALL, order, 1_000));
  }

  private List<String> scan(Key entity, Range range, Order order, int limit) {
    return scan(store.rows(entity), ROWS, range, order, limit);
  }

  private static List<String> scan(Rows rows, Table table, Range range, Order order, int limit) {
    return rows.scan(table, range, order, limit).stream()
        .map(row -> row.key().textAt(0) + "=" + text(row.value()))
        .toList();
  }

  private static void assertStrictlyIncreasing(List<Long> numbers) {
    for (int i = 1; i < numbers.size(); i++) {
      assertThat(numbers.get(i))
          .as("number %d of %s", i, numbers)
          .isGreaterThan(numbers.get(i - 1));
    }
  }
}
