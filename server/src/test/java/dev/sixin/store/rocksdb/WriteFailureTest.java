package dev.sixin.store.rocksdb;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sixin.Await;
import dev.sixin.TempDirectory;
import dev.sixin.store.Announcement;
import dev.sixin.store.Bulk;
import dev.sixin.store.Key;
import dev.sixin.store.Order;
import dev.sixin.store.Range;
import dev.sixin.store.Store;
import dev.sixin.store.StoreDamaged;
import dev.sixin.store.StoreUnavailable;
import dev.sixin.store.Table;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Writes that fail because a file can not be made: a directory stands where RocksDB wants to put
/// it, which no permission helps against.
class WriteFailureTest {
  private static final Table ROWS = Table.of("rows");
  private static final Key ANN = Key.of(1);
  private static final Range ALL = new Range(Key.EMPTY, null);

  /// More than a table's buffer in memory holds, so that files are written.
  private static final int MANY = 100;

  private static final byte[] LARGE = new byte[1 << 20];

  private final List<Announcement> announced = Collections.synchronizedList(new ArrayList<>());
  private TempDirectory directory;
  private RocksStore store;

  private record Written(int number) implements Announcement {}

  @BeforeEach
  void open() {
    directory = new TempDirectory();
    store = openAgain();
  }

  private RocksStore openAgain() {
    return RocksStore.open(
        directory.path(),
        List.of(ROWS),
        RocksStore.Limits.DEFAULT,
        (_, _) -> {},
        some -> some.forEach(one -> announced.add(one.what())),
        Clock.systemUTC());
  }

  @AfterEach
  void close() {
    store.close();
    directory.close();
  }

  @Test
  void whenNoNewLogCanBeMade_theStoreTurnsReadOnly_andRecovers() throws IOException {
    failsAndRecovers("%06d.log");
  }

  @Test
  void whenABackgroundFlushFails_theStoreTurnsReadOnly_andRecovers() throws IOException {
    failsAndRecovers("%06d.sst");
  }

  private void failsAndRecovers(String obstructed) throws IOException {
    preventReopening();
    List<Path> obstacles = obstruct(obstructed);
    List<Integer> acknowledged = new ArrayList<>();
    Throwable failure = null;
    long micros = 0;
    for (int i = 0; i < MANY && failure == null; i++) {
      try {
        micros = Bulk.await(put(i));
        acknowledged.add(i);
      } catch (StoreUnavailable e) {
        failure = e;
      }
    }
    assertThat(failure).hasMessageContaining("the write failed");

    assertThat(store.writable()).isFalse();
    assertThatThrownBy(() -> Bulk.await(put(MANY)))
        .isInstanceOf(StoreUnavailable.class)
        .hasMessageContaining("read-only");
    assertThat(rows(store)).isEqualTo(acknowledged);

    for (Path obstacle : obstacles) {
      Files.delete(obstacle);
    }
    Await.until("the database was opened again", this::isOpenedAgain);
    assertThat(store.writable()).isFalse();
    assertThat(rows(store)).isEqualTo(acknowledged);
    assertThat(store.<Integer>read(ANN, rows -> rows.scan(ROWS, ALL, Order.ASCENDING, MANY).size()))
        .isEqualTo(acknowledged.size());

    permitReopening();
    Await.until("the store is read-write again", store::writable);
    for (int i = acknowledged.size(); i < MANY; i++) {
      assertThat(Bulk.await(put(i))).isGreaterThan(micros);
      acknowledged.add(i);
    }
    assertThat(rows(store)).isEqualTo(acknowledged);

    store.close();
    assertThat(announced).isEqualTo(acknowledged.stream().map(Written::new).toList());
    store = openAgain();
    assertThat(rows(store)).isEqualTo(acknowledged);
  }

  /// What is damaged would be so again after the next try.
  @Test
  void whenACompactionMeetsDamage_theStoreStaysReadOnly_andSaysWhere() throws IOException {
    for (int table = 0; table < 3; table++) {
      Bulk.await(put(0));
      Bulk.await(put(MANY));
      store.close();
      store = openAgain();
    }
    store.close();
    damageTables();
    store = openAgain();

    StoreUnavailable failure = null;
    for (int i = 1; i < MANY && failure == null; i++) {
      try {
        Bulk.await(put(i));
      } catch (StoreUnavailable e) {
        failure = e;
      }
    }

    assertThat(failure).hasMessageContaining("the write failed");
    assertThat(failure.getCause())
        .isInstanceOf(StoreDamaged.class)
        .hasMessageContaining(directory.path().toString())
        .hasMessageContaining(".sst");
    assertThat(store.writable()).isFalse();
    assertThatThrownBy(() -> Bulk.await(put(MANY)))
        .isInstanceOf(StoreUnavailable.class)
        .hasMessageContaining("damaged, read-only");
    assertThat(store.rows(ANN).get(ROWS, Key.EMPTY.u64(1))).isEqualTo(LARGE);
    assertThatThrownBy(() -> rows(store)).isInstanceOf(StoreDamaged.class);
  }

  /// Flips a bit at the beginning of each table but the small one with the clock.
  private void damageTables() throws IOException {
    try (Stream<Path> files = Files.list(directory.path())) {
      for (Path file : files.filter(file -> file.toString().endsWith(".sst")).toList()) {
        byte[] bytes = Files.readAllBytes(file);
        if (bytes.length > 3_000) {
          bytes[5] ^= 1;
          Files.write(file, bytes);
        }
      }
    }
  }

  @Test
  void allOfABatchThatFails_isUnavailable_alsoWhatWouldHaveRefused() throws IOException {
    preventReopening();
    obstruct("%06d.sst");
    List<CompletableFuture<Long>> futures = new ArrayList<>();
    while (store.writable()) {
      for (int i = 0; i < 10; i++) {
        futures.add(put(futures.size() / 2));
        futures.add(refuse());
      }
      CompletableFuture.allOf(futures.toArray(CompletableFuture<?>[]::new))
          .exceptionally(_ -> null)
          .join();
    }

    int answered = 0;
    while (!isUnavailable(futures.get(answered))) {
      answered++;
    }
    assertThat(futures.subList(answered, futures.size())).allMatch(WriteFailureTest::isUnavailable);
    assertThat(rows(store)).hasSize((answered + 1) / 2);
    permitReopening();
  }

  private static boolean isUnavailable(CompletableFuture<?> future) {
    return future.isCompletedExceptionally() && future.exceptionNow() instanceof StoreUnavailable;
  }

  @Test
  void aReadOnlyStore_canBeClosed() throws IOException {
    preventReopening();
    obstruct("%06d.sst");
    while (store.writable()) {
      put(0).exceptionally(_ -> 0L).join();
    }

    store.close();

    assertThatThrownBy(() -> rows(store))
        .isInstanceOf(StoreUnavailable.class)
        .hasMessageContaining("closed");
    assertThatThrownBy(() -> Bulk.await(put(0)))
        .isInstanceOf(StoreUnavailable.class)
        .hasMessageContaining("closed");
  }

  /// Answers the transaction's microsecond.
  private CompletableFuture<Long> put(int number) {
    return store.transact(
        ANN,
        rows -> {
          rows.put(ROWS, Key.EMPTY.u64(number), LARGE);
          rows.announce(new Written(number));
          return rows.micros();
        });
  }

  private CompletableFuture<Long> refuse() {
    return store.transact(
        ANN,
        _ -> {
          throw new IllegalStateException("refused");
        });
  }

  private static List<Integer> rows(Store store) {
    return store.rows(ANN).scan(ROWS, ALL, Order.ASCENDING, MANY + 1).stream()
        .map(row -> (int) row.key().u64At(0))
        .toList();
  }

  /// Puts directories where the next files of a kind would be.
  private List<Path> obstruct(String pattern) throws IOException {
    long last;
    try (Stream<Path> files = Files.list(directory.path())) {
      last =
          files
              .map(file -> file.getFileName().toString().replaceAll("[^0-9]", ""))
              .filter(digits -> !digits.isEmpty() && digits.length() < 18)
              .mapToLong(Long::parseLong)
              .max()
              .orElseThrow();
    }
    List<Path> obstacles = new ArrayList<>();
    for (long number = last + 1; number < last + 50; number++) {
      Path obstacle = directory.path().resolve(pattern.formatted(number));
      if (Files.notExists(obstacle)) {
        obstacles.add(Files.createDirectory(obstacle));
      }
    }
    return obstacles;
  }

  /// From now on the database can be opened to read only: that needs no lock file.
  private void preventReopening() throws IOException {
    Path lock = directory.path().resolve("LOCK");
    Files.delete(lock);
    Files.createDirectory(lock);
  }

  private void permitReopening() throws IOException {
    Files.delete(directory.path().resolve("LOCK"));
  }

  /// Each time that RocksDB opens it puts its old notes aside.
  private boolean isOpenedAgain() throws IOException {
    try (Stream<Path> files = Files.list(directory.path())) {
      return files.anyMatch(file -> file.getFileName().toString().startsWith("LOG.old."));
    }
  }
}
