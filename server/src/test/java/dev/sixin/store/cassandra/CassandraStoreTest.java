package dev.sixin.store.cassandra;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sixin.Await;
import dev.sixin.store.Bulk;
import dev.sixin.store.Deadline;
import dev.sixin.store.Event;
import dev.sixin.store.Key;
import dev.sixin.store.Order;
import dev.sixin.store.Partition;
import dev.sixin.store.Range;
import dev.sixin.store.Row;
import dev.sixin.store.Rows;
import dev.sixin.store.Store;
import dev.sixin.store.StoreContract;
import dev.sixin.store.StoreOverloaded;
import dev.sixin.store.StoreUnavailable;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.OptionalInt;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/// The engine on a real node, and what is different of it: events come later, and other servers are
/// there.
@Tag("cassandra")
@EnabledIfSystemProperty(named = CassandraNode.PROPERTY, matches = ".+")
class CassandraStoreTest extends StoreContract {
  private static final String KEYSPACE = CassandraNode.freshKeyspace();

  /// Small, so that rows go to chunks in most tests.
  private static final int CHUNK = 20;

  private static final CassandraStore.Limits LIMITS =
      new CassandraStore.Limits(20_000, 1_000, 16 << 20, Duration.ofMinutes(5), CHUNK);

  private final long firstSlot = Undelivered.slot(clock);
  private final List<CassandraStore> others = new ArrayList<>();
  private int nextNumber;

  /// Events are closures: what is stored is where they stand in this list.
  private static final List<Event> EVENTS = new CopyOnWriteArrayList<>();

  private static final Event.Codec CODEC =
      new Event.Codec() {
        @Override
        public byte[] bytes(Event event) {
          synchronized (EVENTS) {
            EVENTS.add(event);
            return ByteBuffer.allocate(Integer.BYTES).putInt(EVENTS.size() - 1).array();
          }
        }

        @Override
        public Event event(byte[] bytes) {
          return EVENTS.get(ByteBuffer.wrap(bytes).getInt());
        }
      };

  @Override
  protected Store open() {
    return open(CassandraNode.place(KEYSPACE), StoreContract::handle);
  }

  private CassandraStore open(CassandraStore.Place place, Event.Handler handler) {
    return CassandraStore.open(
        place,
        OptionalInt.of(nextNumber++),
        LIMITS,
        new CassandraStore.Ears(CODEC, handler, announced::addAll),
        clock);
  }

  /// Another server on the same keyspace.
  private CassandraStore another(Event.Handler handler) {
    CassandraStore other = open(CassandraNode.place(KEYSPACE), handler);
    others.add(other);
    return other;
  }

  private CassandraStore anotherThatDeliversAfter(CountDownLatch latch) {
    return another(
        (entity, event) -> {
          awaitQuietly(latch);
          StoreContract.handle(entity, event);
        });
  }

  @Override
  protected void discard() {
    others.forEach(CassandraStore::close);
    CassandraNode.empty(KEYSPACE, firstSlot);
  }

  @AfterAll
  static void dropKeyspace() {
    CassandraNode.drop(KEYSPACE);
  }

  private CassandraStore mine() {
    return (CassandraStore) store;
  }

  // --- several servers

  @Test
  void transactionsOfTwoServers_onOneEntity_areAllAppliedOnce() throws Exception {
    CassandraStore other = another(StoreContract::handle);
    int each = 50;
    try (ExecutorService threads = Executors.newFixedThreadPool(2)) {
      List<Future<?>> counting = new ArrayList<>();
      for (CassandraStore server : List.of(mine(), other)) {
        counting.add(threads.submit(() -> countAndTell(server, each)));
      }
      for (Future<?> one : counting) {
        one.get();
      }
    }

    assertThat(get(ANN, "counter")).isEqualTo(Integer.toString(2 * each));
    Await.until("all is told", () -> Integer.toString(2 * each).equals(get(CAL, "told")));
  }

  /// Counts one by one, each of them again when others were in the way.
  private static void countAndTell(CassandraStore server, int times) {
    for (int i = 0; i < times; ) {
      try {
        String _ =
            Bulk.await(
                server.transact(
                    ANN,
                    rows -> {
                      rows.tell(CAL, new Told(cal -> count(cal, "told")));
                      return count(rows, "counter");
                    }));
        i++;
      } catch (StoreOverloaded e) {
        Thread.onSpinWait();
      }
    }
  }

  @Test
  void micros_growOnAnEntity_whicheverServerChangesIt_thoughClocksDiffer() {
    CassandraStore other = another(StoreContract::handle);
    List<Long> micros = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      clock.move(Duration.ofSeconds(5));
      micros.add(changed(mine()));
      clock.move(Duration.ofSeconds(-5));
      micros.add(changed(other));
    }

    assertThat(micros).isSorted().doesNotHaveDuplicates();
  }

  private static long changed(CassandraStore server) {
    return Bulk.await(
        server.transact(
            ANN,
            rows -> {
              String _ = count(rows, "changes");
              return rows.micros();
            }));
  }

  @Test
  void aServer_seesWhatAnotherOneChanged_thoughItRemembersTheEntity() {
    CassandraStore other = another(StoreContract::handle);
    put(ANN, "a", "1");
    assertThat(this.<String>transact(ANN, rows -> text(rows.get(ROWS, key("a"))))).isEqualTo("1");

    String _ = Bulk.await(other.transact(ANN, rows -> put(rows, "a", "2")));

    assertThat(this.<String>transact(ANN, rows -> text(rows.get(ROWS, key("a"))))).isEqualTo("2");
    CompletableFuture<String> refused =
        store.transact(
            ANN,
            rows -> {
              throw new IllegalStateException(text(rows.get(ROWS, key("a"))));
            });
    assertThatThrownBy(() -> Bulk.await(refused)).hasMessage("2");
  }

  @Test
  void micros_areNeverTheSame_onEntitiesThatAreChangedAtOnce() {
    List<CompletableFuture<Long>> given = new ArrayList<>();
    for (int i = 0; i < 200; i++) {
      given.add(store.transact(Key.of(9).u64(i), Partition::micros));
    }

    assertThat(given.stream().map(Bulk::await).toList()).doesNotHaveDuplicates();
  }

  // --- events

  @Test
  void whatAServerTold_thatDidNotDeliver_isDeliveredByAnotherOne_once() throws Exception {
    CountDownLatch stuck = new CountDownLatch(1);
    CassandraStore slow = anotherThatDeliversAfter(stuck);
    String answer =
        Bulk.await(
            slow.transact(
                ANN,
                rows -> {
                  rows.tell(BEN, new Told(ben -> count(ben, "told")));
                  return put(rows, "a", "1");
                }));
    assertThat(answer).isEqualTo("1");
    assertThat(get(BEN, "told")).isNull();

    assertThat(mine().sweep()).as("while it is young").isZero();
    assertThat(mine().tally().undelivered()).isOne();
    clock.move(Duration.ofMinutes(5));
    assertThat(mine().sweep()).isOne();

    assertThat(get(BEN, "told")).isEqualTo("1");
    assertThat(mine().tally().undelivered()).isZero();
    assertThat(mine().sweep()).as("what is delivered").isZero();
    stuck.countDown();
    slow.close();
    assertThat(get(BEN, "told")).isEqualTo("1");
  }

  @Test
  void anotherServersChange_bringsWhatTheFirstOneDidNotDeliver_inOrder() {
    CountDownLatch stuck = new CountDownLatch(1);
    CassandraStore slow = anotherThatDeliversAfter(stuck);
    tellNote(slow, "first");

    tellNote(mine(), "second");

    assertThat(get(BEN, "notes")).isEqualTo("first second ");
    stuck.countDown();
    slow.close();
    assertThat(get(BEN, "notes")).isEqualTo("first second ");
  }

  @Test
  void whatTellsNothing_isAnswered_onceWhatWasToldBeforeHasArrived() {
    CountDownLatch stuck = new CountDownLatch(1);
    CassandraStore slow = anotherThatDeliversAfter(stuck);
    tellNote(slow, "first"); // answered after two seconds, for it does not arrive

    CompletableFuture<String> again = slow.transact(ANN, rows -> text(rows.get(ROWS, key("told"))));
    assertThatThrownBy(() -> again.get(500, TimeUnit.MILLISECONDS))
        .isInstanceOf(TimeoutException.class);
    stuck.countDown();

    assertThat(Bulk.await(again)).isEqualTo("1");
    assertThat(get(BEN, "notes")).isEqualTo("first ");
  }

  private static void tellNote(CassandraStore server, String note) {
    String _ =
        Bulk.await(
            server.transact(
                ANN,
                rows -> {
                  rows.tell(
                      BEN,
                      new Told(
                          ben -> {
                            String before = text(ben.get(ROWS, key("notes")));
                            put(ben, "notes", (before == null ? "" : before) + note + " ");
                          }));
                  return count(rows, "told");
                }));
  }

  @Test
  void aServerThatStoodStill_whileAnotherLookedAfterWhatItTold_beginsAnew() throws Exception {
    put(ANN, "a", "1");
    CassandraStore slow = another(StoreContract::handle);
    CountDownLatch reading = new CountDownLatch(1);
    CountDownLatch goesOn = new CountDownLatch(1);
    AtomicInteger runs = new AtomicInteger();
    CompletableFuture<String> late =
        slow.transact(
            ANN,
            rows -> {
              runs.incrementAndGet();
              String before = text(rows.get(ROWS, key("a")));
              reading.countDown();
              awaitQuietly(goesOn);
              return put(rows, "b", before);
            });
    reading.await();
    var _ =
        CassandraNode.ask(
            "INSERT INTO %s.undelivered (slot, bucket, entity, server) VALUES (?, ?, ?, 0)"
                .formatted(KEYSPACE),
            firstSlot,
            Undelivered.bucket(ANN),
            Statements.bytes(ANN));
    clock.move(Duration.ofMinutes(5));
    assertThat(mine().sweep()).isOne();
    goesOn.countDown();

    assertThat(Bulk.<String>await(late)).isEqualTo("1");
    assertThat(runs).hasValue(2);
  }

  private static void awaitQuietly(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void anEventThatFails_isKept_andNothingElseIsHeldUp() {
    AtomicInteger failures = new AtomicInteger();
    String answer =
        transact(
            ANN,
            rows -> {
              rows.tell(
                  BEN,
                  new Told(
                      ben -> {
                        put(ben, "half", "done");
                        failures.incrementAndGet();
                        throw new Refused();
                      }));
              rows.tell(BEN, new Told(ben -> put(ben, "a", "told")));
              return put(rows, "a", "1");
            });

    assertThat(answer).isEqualTo("1");
    assertThat(all(ANN)).containsExactly("a=1");
    assertThat(all(BEN)).containsExactly("a=told");
    assertThat(failures).hasValue(1);
    assertThat(
            CassandraNode.ask(
                "SELECT row FROM %s.rows WHERE entity = ? AND tbl = '' AND row >= ?"
                    .formatted(KEYSPACE),
                Statements.bytes(BEN),
                ByteBuffer.wrap(new byte[] {2})))
        .as("events that are kept")
        .hasSize(1);
  }

  @Test
  void events_ofOneTransaction_areAppliedInTheirOrder_thenWhatTheyTell() {
    transact(
        ANN,
        rows -> {
          rows.tell(BEN, new Told(ben -> note(ben, "1", "4")));
          rows.tell(BEN, new Told(ben -> note(ben, "2", "5")));
          rows.tell(BEN, new Told(ben -> note(ben, "3")));
          return null;
        });

    assertThat(get(BEN, "notes")).isEqualTo("123");
    assertThat(get(CAL, "notes")).isEqualTo("45");
  }

  private static void note(Partition rows, String text, String... toCal) {
    String before = text(rows.get(ROWS, key("notes")));
    put(rows, "notes", (before == null ? "" : before) + text);
    for (String next : toCal) {
      rows.tell(CAL, new Told(cal -> note(cal, next)));
    }
  }

  @Test
  void aClosedStore_leavesNothingToSweep() throws Exception {
    CassandraStore other = another(StoreContract::handle);
    tellNote(other, "told");
    other.close();
    clock.move(Duration.ofMinutes(5));

    Await.until("what was delivered is out of the index", () -> undelivered() == 0);
    assertThat(mine().sweep()).isZero();
  }

  private static int undelivered() {
    return CassandraNode.ask("SELECT entity FROM %s.undelivered".formatted(KEYSPACE)).size();
  }

  // --- large entities

  @Test
  void aLargeEntity_isCutIntoChunks_andReadsAsOne() {
    Random random = new Random(7);
    NavigableMap<Key, String> model = new TreeMap<>();
    CassandraStore other = another(StoreContract::handle);
    for (int i = 0; i < 60; i++) {
      CassandraStore server = i % 10 < 7 ? mine() : other;
      Map<Key, String> changes = new HashMap<>();
      for (int j = 0; j < 15; j++) {
        long number = random.nextInt(4) == 0 ? random.nextInt(600) : 10L * i + j;
        changes.put(Key.of(1).u64(number), random.nextInt(4) == 0 ? null : i + "." + j);
      }
      var _ =
          Bulk.await(
              server.transact(
                  ANN,
                  rows -> {
                    changes.forEach(
                        (key, value) -> {
                          if (value == null) {
                            rows.delete(ROWS, key);
                          } else {
                            rows.put(ROWS, key, bytes(value));
                          }
                        });
                    return null;
                  }));
      changes.forEach(
          (key, value) -> {
            if (value == null) {
              model.remove(key);
            } else {
              model.put(key, value);
            }
          });
      if (i % 12 == 11) {
        assertReads(random, model);
      }
    }

    assertThat(rowsIn("rows WHERE entity = ? AND tbl = 'rows'")).isLessThan(5L * CHUNK);
    assertThat(model).hasSizeGreaterThan(10 * CHUNK);
    assertThat(
            CassandraNode.ask("SELECT DISTINCT entity, chunk FROM %s.chunks".formatted(KEYSPACE)))
        .hasSizeBetween(5, 200);
  }

  private long rowsIn(String where) {
    return CassandraNode.ask(
            "SELECT count(*) FROM %s.%s".formatted(KEYSPACE, where), Statements.bytes(ANN))
        .getFirst()
        .getLong(0);
  }

  private void assertReads(Random random, NavigableMap<Key, String> model) {
    for (int i = 0; i < 8; i++) {
      Key from = Key.of(1).u64(random.nextInt(600));
      Key to = random.nextInt(3) == 0 ? null : Key.of(1).u64(random.nextInt(700));
      Range range = new Range(from, to);
      Order order = random.nextBoolean() ? Order.ASCENDING : Order.DESCENDING;
      int limit = random.nextBoolean() ? 10 : 10_000;
      NavigableMap<Key, String> upward = model.tailMap(from, true);
      NavigableMap<Key, String> within =
          range.to() == null ? upward : upward.headMap(range.to(), false);
      List<String> expected =
          (order == Order.ASCENDING ? within : within.descendingMap())
              .entrySet().stream()
                  .limit(limit)
                  .map(row -> row.getKey() + "=" + row.getValue())
                  .toList();
      for (Rows rows : List.of(store.rows(ANN), others.getLast().rows(ANN))) {
        assertThat(shown(rows.scan(ROWS, range, order, limit))).isEqualTo(expected);
      }
      assertThat(store.<List<String>>read(ANN, rows -> shown(rows.scan(ROWS, range, order, limit))))
          .isEqualTo(expected);
      assertThat(
              this.<List<String>>transact(ANN, rows -> shown(rows.scan(ROWS, range, order, limit))))
          .isEqualTo(expected);
      assertThat(text(store.rows(ANN).get(ROWS, from))).isEqualTo(model.get(from));
      assertThat(this.<String>transact(ANN, rows -> text(rows.get(ROWS, from))))
          .isEqualTo(model.get(from));
    }
  }

  private static List<String> shown(List<Row> rows) {
    return rows.stream().map(row -> row.key() + "=" + text(row.value())).toList();
  }

  // --- unknown outcomes

  @Test
  void aWriteWhoseAnswerIsLost_isReadBack_neverMadeTwice() throws Exception {
    try (CutOff line = new CutOff(CassandraNode.onlyAddress())) {
      CassandraStore cut =
          open(CassandraNode.place(line.address(), KEYSPACE), StoreContract::handle);
      others.add(cut);
      String _ = Bulk.await(cut.transact(ANN, rows -> count(rows, "counter")));
      int made = 1;
      int unknown = 0;
      for (int i = 0; i < 12; i++) {
        line.swallowAnswers();
        try {
          String _ = Bulk.await(cut.transact(ANN, rows -> count(rows, "counter")));
          made++;
        } catch (StoreUnavailable e) {
          unknown++;
        }
        line.mend();
        Await.until("connected again", cut::writable);
      }

      assertThat(made).isGreaterThan(8);
      assertThat(Integer.parseInt(get(ANN, "counter"))).isBetween(made, made + unknown);
      assertThat(line.swallowed()).isGreaterThan(6);
    }
  }

  @Test
  void aStoreThatLosesItsNodes_saysSo_andGoesOnByItself() throws Exception {
    try (CutOff line = new CutOff(CassandraNode.onlyAddress())) {
      CassandraStore cut =
          open(CassandraNode.place(line.address(), KEYSPACE), StoreContract::handle);
      others.add(cut);
      String _ = Bulk.await(cut.transact(ANN, rows -> put(rows, "a", "1")));
      assertThat(cut.writable()).isTrue();

      line.cut();
      CompletableFuture<String> lost = cut.transact(ANN, rows -> put(rows, "a", "2"));
      assertThatThrownBy(() -> Bulk.await(lost))
          .isInstanceOf(StoreUnavailable.class)
          .hasMessageContaining("Cassandra");
      assertThatThrownBy(() -> cut.rows(ANN).get(ROWS, key("a")))
          .isInstanceOf(StoreUnavailable.class);
      Await.until("it knows", () -> !cut.writable());

      line.mend();
      Await.until("it knows", cut::writable);
      String _ = Bulk.await(cut.transact(ANN, rows -> put(rows, "a", "3")));
      assertThat(text(cut.rows(ANN).get(ROWS, key("a")))).isEqualTo("3");
    }
  }

  @Test
  void nodesThatAreLost_betweenTwoPagesOfAScan_areSaidAsAnyOthers() throws Exception {
    int rows = 1_200; // a page is 1,000
    String text = "x".repeat(4_000);
    try (CutOff line = new CutOff(CassandraNode.onlyAddress())) {
      CassandraStore cut =
          CassandraStore.open(
              CassandraNode.place(line.address(), KEYSPACE),
              OptionalInt.empty(),
              new CassandraStore.Limits(100, 100, 0, Duration.ofMinutes(5)),
              new CassandraStore.Ears(CODEC, StoreContract::handle, announced::addAll),
              clock);
      others.add(cut);
      for (int from = 0; from < rows; from += 10) {
        int first = from;
        String _ =
            Bulk.await(
                cut.transact(
                    ANN,
                    all -> {
                      for (int i = first; i < first + 10; i++) {
                        all.put(ROWS, Key.of(1).u64(i), bytes(text));
                      }
                      return null;
                    }));
      }
      assertThat(cut.rows(ANN).scan(ROWS, ALL, Order.ASCENDING, rows)).hasSize(rows);

      line.cutAfter(1_050 * text.length());
      assertThatThrownBy(() -> cut.rows(ANN).scan(ROWS, ALL, Order.ASCENDING, rows))
          .isInstanceOf(StoreUnavailable.class)
          .hasMessageContaining("Cassandra");
    }
  }

  @Test
  void whoWaitsTooLong_isToldSo_andWhatWasAskedIsDoneLater() {
    CassandraStore impatient =
        CassandraStore.open(
            CassandraNode.place(KEYSPACE),
            OptionalInt.empty(),
            new CassandraStore.Limits(100, 100, 0, Duration.ofMillis(200)),
            new CassandraStore.Ears(CODEC, StoreContract::handle, announced::addAll),
            clock);
    others.add(impatient);
    CountDownLatch waiting = new CountDownLatch(1);

    CompletableFuture<String> slow =
        impatient.transact(
            ANN,
            rows -> {
              awaitQuietly(waiting);
              return put(rows, "a", "late");
            });
    assertThatThrownBy(() -> Bulk.await(slow))
        .isInstanceOf(StoreUnavailable.class)
        .hasMessageContaining("no answer within PT0.2S");

    waiting.countDown();
    Await.until("it is done", () -> "late".equals(text(store.rows(ANN).get(ROWS, key("a")))));
  }

  @Test
  void whoHasNoTimeLeft_isToldSo_whetherItReadsOrWrites() {
    Supplier<?> read = () -> store.rows(ANN).get(ROWS, key("a"));
    Supplier<?> write = () -> Bulk.await(store.transact(ANN, rows -> put(rows, "a", "b")));

    for (Supplier<?> work : List.of(read, write)) {
      assertThatThrownBy(() -> Deadline.within(Duration.ZERO, work))
          .isInstanceOf(StoreUnavailable.class)
          .hasMessageContaining("no answer");
    }
  }

  // --- queries of what changes

  @Test
  void aQueryOfManyQuestions_isAnswered_thoughTheEntityChangesAllTheTime() throws Exception {
    AtomicBoolean enough = new AtomicBoolean();
    put(ANN, "counter", "0");
    try (ExecutorService threads = Executors.newSingleThreadExecutor()) {
      Future<?> writing =
          threads.submit(
              () -> {
                while (!enough.get()) {
                  String _ = Bulk.await(store.transact(ANN, rows -> count(rows, "counter")));
                }
              });
      try {
        for (int i = 0; i < 5; i++) {
          List<String> seen =
              store.read(
                  ANN,
                  rows ->
                      IntStream.range(0, 100)
                          .mapToObj(_ -> text(rows.get(ROWS, key("counter"))))
                          .toList());
          assertThat(seen).hasSize(100).containsOnly(seen.getFirst());
        }
      } finally {
        enough.set(true);
      }
      writing.get();
    }
  }

  // --- the keyspace

  @Test
  void aKeyspaceOfAnotherVersion_isRefused() {
    String keyspace = CassandraNode.freshKeyspace();
    try {
      open(CassandraNode.place(keyspace), StoreContract::handle).close();
      var _ =
          CassandraNode.ask("UPDATE %s.format SET version = 2 WHERE id = 0".formatted(keyspace));

      assertThatThrownBy(() -> open(CassandraNode.place(keyspace), StoreContract::handle))
          .isInstanceOf(StoreUnavailable.class)
          .hasMessageContaining("its format is 2 (expected: 1)");
    } finally {
      CassandraNode.drop(keyspace);
    }
  }

  @Test
  void somebodyElsesKeyspace_isRefused_andLeftAlone() {
    String keyspace = CassandraNode.freshKeyspace();
    try {
      var _ =
          CassandraNode.ask(
              "CREATE KEYSPACE %s WITH replication = {'class': 'SimpleStrategy', 'replication_factor': 1}"
                  .formatted(keyspace));
      var _ = CassandraNode.ask("CREATE TABLE %s.theirs (id int PRIMARY KEY)".formatted(keyspace));

      assertThatThrownBy(() -> open(CassandraNode.place(keyspace), StoreContract::handle))
          .isInstanceOf(StoreUnavailable.class)
          .hasMessageContaining("theirs");
      assertThat(
              CassandraNode.ask(
                  "SELECT table_name FROM system_schema.tables WHERE keyspace_name = ?", keyspace))
          .hasSize(1);
    } finally {
      CassandraNode.drop(keyspace);
    }
  }

  @Test
  void nodesThatDoNotAnswer_areSaid() throws Exception {
    CassandraStore.Place nowhere;
    try (ServerSocket free = new ServerSocket(0)) {
      nowhere =
          CassandraNode.place(
              new InetSocketAddress(InetAddress.getLoopbackAddress(), free.getLocalPort()),
              KEYSPACE);
    }

    assertThatThrownBy(() -> open(nowhere, StoreContract::handle))
        .isInstanceOf(StoreUnavailable.class)
        .hasMessageContaining("Cassandra at");
  }
}
