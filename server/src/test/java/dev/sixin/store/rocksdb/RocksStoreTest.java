package dev.sixin.store.rocksdb;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sixin.Await;
import dev.sixin.TempDirectory;
import dev.sixin.store.AtomicStoreContract;
import dev.sixin.store.Bulk;
import dev.sixin.store.Key;
import dev.sixin.store.Order;
import dev.sixin.store.Rows;
import dev.sixin.store.StoreContract;
import dev.sixin.store.StoreDamaged;
import dev.sixin.store.StoreOverloaded;
import dev.sixin.store.StoreUnavailable;
import dev.sixin.store.Table;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.rocksdb.Options;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;
import org.rocksdb.TickerType;

class RocksStoreTest extends AtomicStoreContract {
  private static final int QUEUE = 2_500;
  private static final int BATCH = 500;

  /// Room for a few rows, so that rows come and go.
  private static final long ROW_CACHE_BYTES = 2_000;

  private static final long BLOCK_CACHE_BYTES = 8L << 20;

  private static final Table NEW = Table.of("new");

  private TempDirectory directory;

  @Override
  protected RocksStore open() {
    directory = new TempDirectory();
    return openAgain();
  }

  private RocksStore openAgain() {
    return RocksStore.open(
        directory.path(),
        TABLES,
        new RocksStore.Limits(QUEUE, BATCH, ROW_CACHE_BYTES, BLOCK_CACHE_BYTES, Duration.ZERO),
        StoreContract::handle,
        announced::addAll,
        clock);
  }

  @Override
  protected void discard() {
    directory.close();
  }

  private RocksStore rocks() {
    return (RocksStore) store;
  }

  private void reopen() {
    store.close();
    store = openAgain();
  }

  // --- what stays

  @Test
  void whatWasAcknowledged_isThereAfterReopening() {
    put(ANN, "a", "1");
    put(ANN, "b", "1");
    transact(
        ANN,
        rows -> {
          rows.delete(ROWS, key("a"));
          rows.put(OTHERS, key("a"), bytes("2"));
          rows.tell(BEN, new Told(ben -> put(ben, "told", "1")));
          return null;
        });

    reopen();

    assertThat(all(ANN)).containsExactly("b=1");
    assertThat(text(store.rows(ANN).get(OTHERS, key("a")))).isEqualTo("2");
    assertThat(all(BEN)).containsExactly("told=1");
  }

  @Test
  void closing_leavesNothingThatStandsInTheLogAlone() throws IOException {
    put(ANN, "a", "1");
    transact(ANN, rows -> mark(rows, "m", "1"));

    store.close();
    try (Stream<Path> files = Files.list(directory.path())) {
      for (Path log : files.filter(file -> file.toString().endsWith(".log")).toList()) {
        Files.write(log, new byte[0]);
      }
    }
    Disk.unseal(directory.path());

    store = openAgain();
    assertThat(all(ANN)).containsExactly("a=1");
    assertThat(mark("m")).isEqualTo("1");
  }

  @Test
  void micros_growOverReopening_thoughTheClockSteppedBack() {
    transact(ANN, rows -> put(rows, "a", "1"));
    long before =
        transact(
            ANN,
            rows -> {
              put(rows, "a", "2");
              return rows.micros();
            });
    clock.move(Duration.ofHours(-1));

    reopen();

    long after = transact(ANN, rows -> rows.micros());
    assertThat(after).isGreaterThan(before);
  }

  @Test
  void aRowWithALifetime_isKeptAndForgottenOverReopening() {
    transact(ANN, rows -> mark(rows, "a", "1"));
    clock.move(LIFETIME.minusSeconds(1));
    reopen();
    assertThat(mark("a")).isEqualTo("1");
    transact(ANN, rows -> mark(rows, "b", "1"));
    reopen();
    assertThat(mark("a")).isEqualTo("1");

    clock.move(LIFETIME.plusSeconds(2));
    reopen();

    assertThat(mark("a")).isNull();
    assertThat(mark("b")).isEqualTo("1");
  }

  @Test
  void rowsWithALifetime_leaveTheDiskOnceForgotten() throws RocksDBException {
    for (int lifetime = 0; lifetime < 5; lifetime++) {
      transact(ANN, rows -> mark(rows, "a", "1"));
      clock.move(LIFETIME);
    }
    store.close();

    List<String> names = new ArrayList<>();
    try (Options options = new Options()) {
      for (byte[] name : RocksDB.listColumnFamilies(options, directory.path().toString())) {
        names.add(new String(name, UTF_8));
      }
    }
    long day = clock.instant().toEpochMilli() / LIFETIME.toMillis();
    assertThat(names)
        .containsExactlyInAnyOrder(
            "default", "rows", "others", "marks." + (day - 1), "marks." + (day - 2));
  }

  @Test
  void aTableThatIsNew_isAddedToAStoreThatIsThere() {
    store.close();
    store =
        RocksStore.open(
            directory.path(),
            Stream.concat(TABLES.stream(), Stream.of(NEW)).toList(),
            RocksStore.Limits.DEFAULT,
            StoreContract::handle,
            clock);

    transact(
        ANN,
        rows -> {
          rows.put(NEW, key("a"), bytes("1"));
          return null;
        });

    assertThat(text(store.rows(ANN).get(NEW, key("a")))).isEqualTo("1");
  }

  @Test
  void blocksInMemory_takeAsMuchAsTheirCacheMay() {
    byte[] value = new byte[16 << 10];
    List<String> names = IntStream.range(0, 2_000).mapToObj(i -> "row" + i).toList();
    transact(
        ANN,
        rows -> {
          names.forEach(name -> rows.put(ROWS, key(name), value));
          return null;
        });
    reopen();

    names.forEach(name -> store.rows(ANN).get(ROWS, key(name)));
    store.rows(ANN).get(ROWS, key(names.getLast()));

    long taken = rocks().using(database -> database.bytes(Part.BLOCK_CACHE));
    assertThat(taken).isBetween(BLOCK_CACHE_BYTES / 2, BLOCK_CACHE_BYTES);
    assertThat(rocks().count(TickerType.BLOCK_CACHE_DATA_MISS))
        .isGreaterThanOrEqualTo(names.size());
    assertThat(rocks().count(TickerType.BLOCK_CACHE_DATA_HIT)).isPositive();
  }

  /// The clock is written with each batch, but never enough of it to leave the log by itself.
  @Test
  void theLog_doesNotGrowWithoutEnd() throws IOException {
    byte[] large = new byte[1 << 20];
    for (int i = 0; i < 200; i++) {
      Key row = Key.EMPTY.u64(i);
      transact(
          ANN,
          rows -> {
            rows.put(ROWS, row, large);
            return null;
          });
    }

    Await.until("the oldest logs are gone", () -> logBytes() < 160L << 20);
  }

  private long logBytes() throws IOException {
    long bytes = 0;
    try (Stream<Path> files = Files.list(directory.path())) {
      for (Path log : files.filter(file -> file.toString().endsWith(".log")).toList()) {
        bytes += Files.exists(log) ? Files.size(log) : 0;
      }
    }
    return bytes;
  }

  // --- syncing

  @Test
  void aTransaction_isSyncedBeforeItIsAcknowledged() {
    for (int i = 0; i < 10; i++) {
      long before = rocks().syncs();
      CompletableFuture<Long> atAcknowledgement =
          store.transact(ANN, rows -> put(rows, "a", "1")).thenApply(_ -> rocks().syncs());
      assertThat(Bulk.await(atAcknowledgement)).isEqualTo(before + 1);
    }
  }

  @Test
  void aTransactionThatWritesNothing_isNotSynced() {
    put(ANN, "a", "1");
    long before = rocks().syncs();

    assertThat(this.<String>transact(ANN, rows -> text(rows.get(ROWS, key("a"))))).isEqualTo("1");
    assertThatThrownBy(
            () ->
                transact(
                    ANN,
                    rows -> {
                      put(rows, "a", "2");
                      throw new Refused();
                    }))
        .isInstanceOf(Refused.class);

    assertThat(rocks().syncs()).isEqualTo(before);
  }

  @Test
  void whatComesWhileABatchIsRun_sharesItsSync_asMuchAsABatchHolds() {
    long before = rocks().syncs();
    List<CompletableFuture<String>> futures = new ArrayList<>();
    int others = BATCH - 1;
    try (Gate _ = new Gate()) {
      for (int i = 0; i < others; i++) {
        futures.add(store.transact(ANN, rows -> count(rows, "counter")));
      }
      assertThat(futures).noneMatch(CompletableFuture::isDone);
    }
    assertThat(futures.stream().map(Bulk::await))
        .containsExactlyElementsOf(
            IntStream.rangeClosed(1, others).mapToObj(String::valueOf).toList());
    assertThat(rocks().syncs()).isEqualTo(before + 1);

    futures.clear();
    try (Gate _ = new Gate()) {
      for (int i = 0; i < others + 1; i++) {
        futures.add(store.transact(ANN, rows -> count(rows, "counter")));
      }
    }
    futures.forEach(Bulk::await);
    assertThat(rocks().syncs()).isEqualTo(before + 3);
  }

  @Test
  void aRefusalInABatch_leavesTheOthersAsTheyAre() {
    put(ANN, "a", "0");
    List<CompletableFuture<String>> futures = new ArrayList<>();
    try (Gate _ = new Gate()) {
      futures.add(store.transact(ANN, rows -> put(rows, "a", "before")));
      futures.add(
          store.transact(
              ANN,
              rows -> {
                rows.delete(ROWS, key("a"));
                put(rows, "b", "refused");
                throw new Refused();
              }));
      futures.add(store.transact(ANN, rows -> put(rows, "c", text(rows.get(ROWS, key("a"))))));
    }

    assertThat(Bulk.await(futures.get(0))).isEqualTo("before");
    assertThatThrownBy(() -> Bulk.await(futures.get(1))).isInstanceOf(Refused.class);
    assertThat(Bulk.await(futures.get(2))).isEqualTo("before");
    assertThat(all(ANN)).containsExactly("a=before", "c=before");
  }

  // --- the queue

  @Test
  void aTransactionBeyondTheQueue_isRefusedAtOnce_andTheOthersAreApplied() {
    List<CompletableFuture<String>> futures = new ArrayList<>();
    try (Gate _ = new Gate()) {
      for (int i = 0; i < QUEUE; i++) {
        futures.add(store.transact(ANN, rows -> count(rows, "counter")));
      }
      assertThat(rocks().waiting()).isEqualTo(QUEUE);
      assertThatThrownBy(() -> store.transact(ANN, rows -> count(rows, "counter")))
          .isInstanceOf(StoreOverloaded.class)
          .hasMessageContaining(Integer.toString(QUEUE));
    }
    futures.forEach(Bulk::await);

    assertThat(get(ANN, "counter")).isEqualTo(Integer.toString(QUEUE));
    assertThat(this.<String>transact(ANN, rows -> count(rows, "counter")))
        .isEqualTo(Integer.toString(QUEUE + 1));
  }

  @Test
  void close_completesWhatWaits() {
    List<CompletableFuture<String>> futures = new ArrayList<>();
    Gate gate = new Gate();
    for (int i = 0; i < QUEUE; i++) {
      futures.add(store.transact(ANN, rows -> count(rows, "counter")));
    }
    try (ExecutorService threads = Executors.newSingleThreadExecutor()) {
      Future<?> closing = threads.submit(store::close);
      Await.until("closing began", () -> !store.writable());
      assertThat(closing).isNotDone();
      gate.close();
    }

    assertThat(futures).allMatch(CompletableFuture::isDone);
    futures.forEach(Bulk::await);
    store = openAgain();
    assertThat(get(ANN, "counter")).isEqualTo(Integer.toString(QUEUE));
  }

  // --- native memory

  @Test
  void rows_endWithTheirQuery() {
    put(ANN, "a", "1");
    List<Rows> kept = new ArrayList<>();
    store.read(ANN, rows -> kept.add(rows));

    assertThatThrownBy(() -> kept.getFirst().get(ROWS, key("a")))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("after their query ended");
    assertThatThrownBy(() -> kept.getFirst().scan(ROWS, ALL, Order.ASCENDING, 1))
        .isInstanceOf(IllegalStateException.class);
  }

  @Test
  void readers_seeNoGapWhileGenerationsChange_andAnEndWhenTheStoreCloses() throws Exception {
    int readers = 3;
    transact(ANN, rows -> mark(rows, "a", "1"));
    put(ANN, "a", "1");
    CountDownLatch reading = new CountDownLatch(readers);
    try (ExecutorService threads = Executors.newFixedThreadPool(readers)) {
      List<Future<Integer>> seen = new ArrayList<>();
      for (int i = 0; i < readers; i++) {
        seen.add(
            threads.submit(
                () -> {
                  for (int reads = 0; ; reads++) {
                    try {
                      int rows =
                          store.read(
                              ANN,
                              frozen -> {
                                mark(frozen, "a");
                                return frozen.scan(ROWS, ALL, Order.ASCENDING, 10).size();
                              });
                      assertThat(rows).isEqualTo(1);
                      assertThat(mark("a")).isEqualTo("1");
                    } catch (StoreUnavailable e) {
                      return reads;
                    }
                    reading.countDown();
                  }
                }));
      }
      reading.await();
      for (int lifetime = 0; lifetime < 10; lifetime++) {
        clock.move(LIFETIME.minusSeconds(1));
        transact(ANN, rows -> mark(rows, "a", "1"));
      }
      store.close();
      for (Future<Integer> reads : seen) {
        assertThat(reads.get()).isPositive();
      }
    }
  }

  // --- opening

  @Test
  void aStoreThatIsOpen_isNotOpenedTwice() {
    assertThatThrownBy(this::openAgain)
        .isInstanceOf(StoreUnavailable.class)
        .hasMessageContaining(directory.path().toString())
        .hasMessageContaining("lock");
    put(ANN, "a", "1");
  }

  @Test
  void aStoreThatCouldNotBeOpened_canBeOpenedOnceItIsInOrder() throws IOException {
    put(ANN, "a", "1");
    store.close();
    Path current = directory.path().resolve("CURRENT");
    String right = Files.readString(current);
    Files.writeString(current, "MANIFEST-999999\n");

    assertThatThrownBy(this::openAgain)
        .isInstanceOf(StoreDamaged.class)
        .hasMessageContaining(current.toString());
    Disk.unseal(directory.path());
    assertThatThrownBy(this::openAgain).hasMessageContaining(directory.path().toString());
    Files.writeString(current, right);
    store = openAgain();

    assertThat(get(ANN, "a")).isEqualTo("1");
  }

  /// Keeps the writer busy until it is closed.
  private final class Gate implements AutoCloseable {
    private final CountDownLatch shut = new CountDownLatch(1);
    private final CompletableFuture<String> passing;

    Gate() {
      CountDownLatch busy = new CountDownLatch(1);
      passing =
          store.transact(
              CAL,
              rows -> {
                busy.countDown();
                await(shut);
                return put(rows, "gate", "passed");
              });
      await(busy);
    }

    private static void await(CountDownLatch latch) {
      try {
        latch.await();
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
    }

    @Override
    public void close() {
      shut.countDown();
      Bulk.await(passing);
    }
  }
}
