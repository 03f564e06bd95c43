package dev.sixin.store.rocksdb;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sixin.Await;
import dev.sixin.MovableClock;
import dev.sixin.TempDirectory;
import dev.sixin.store.Bulk;
import dev.sixin.store.Key;
import dev.sixin.store.StoreDamaged;
import dev.sixin.store.Table;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// What was replaced leaves the files in the next pass, whoever was reading it meanwhile.
class CompactorTest {
  private static final Table ROWS = Table.of("rows");
  private static final Table OTHERS = Table.of("others");
  private static final Key ENTITY = Key.of(1);
  private static final Key ROW = Key.of(7);
  private static final String OLD = "qZ8vR2mLw0XtB5nK";
  private static final String NEW = "hJ3cY7dPs9FgU1aE";
  private static final Compaction.Piece ALL = new Compaction.Piece(ROWS, null, null);
  private static final Duration WITHIN = Duration.ofDays(2);

  private final TempDirectory directory = new TempDirectory();
  private final Path files = directory.path().resolve("store");
  private final MovableClock clock = new MovableClock(Instant.parse("2026-11-22T12:00:00Z"));
  private RocksStore store;

  @BeforeEach
  void open() {
    store =
        RocksStore.open(
            files,
            List.of(ROWS, OTHERS),
            new RocksStore.Limits(100, 100, 10_000, 8L << 20, WITHIN),
            (_, _) -> {},
            clock);
  }

  @AfterEach
  void close() {
    store.close();
    directory.close();
  }

  private void put(String value) {
    put(ROWS, value);
  }

  private void put(Table table, String value) {
    Bulk.await(
        store.transact(
            ENTITY,
            entity -> {
              entity.put(table, ROW, value.getBytes(UTF_8));
              return null;
            }));
  }

  private boolean isInAFile(String word) {
    try (Stream<Path> all = Files.list(files)) {
      return all.filter(Files::isRegularFile).anyMatch(file -> holds(file, word));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static boolean holds(Path file, String word) {
    try {
      return new String(Files.readAllBytes(file), ISO_8859_1).contains(word);
    } catch (IOException e) {
      return false; // removed meanwhile; one that stays is found the next time
    }
  }

  /// Runs something while a query reads the old row.
  private void whileRead(Runnable action) throws InterruptedException {
    CountDownLatch reading = new CountDownLatch(1);
    CountDownLatch enough = new CountDownLatch(1);
    Thread reader = Thread.ofVirtual().start(() -> store.read(_ -> readUntil(reading, enough)));
    reading.await();
    try {
      action.run();
    } finally {
      enough.countDown();
      reader.join();
    }
  }

  private static boolean readUntil(CountDownLatch reading, CountDownLatch enough) {
    reading.countDown();
    try {
      enough.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    return true;
  }

  private void assertOnlyTheNewRowIsLeft() {
    Await.until("the old row is in no file", () -> !isInAFile(OLD));
    assertThat(isInAFile(NEW)).isTrue();
    assertThat(store.rows(ENTITY).get(ROWS, ROW)).isEqualTo(NEW.getBytes(UTF_8));
  }

  @Test
  void aPassWaits_asLongAsAQueryReadsWhatWasBeforeIt() throws InterruptedException {
    put(OLD);
    whileRead(
        () -> {
          assertThat(isReadAsOfBeforeNow()).isFalse();
          put(NEW);
          assertThat(isReadAsOfBeforeNow()).isTrue();
        });
    assertThat(isReadAsOfBeforeNow()).isFalse();
  }

  private boolean isReadAsOfBeforeNow() {
    return store.using(
        database -> {
          Compaction compaction = database.compaction();
          return compaction.isReadAsOfBefore(compaction.sequence());
        });
  }

  @Test
  void whatAQueryRead_whenItCameIntoTheLowestLevel_leavesTheFiles() throws InterruptedException {
    put(OLD);
    whileRead(
        () -> {
          put(NEW);
          store.use(Database::settle);
          compact();
        });
    assertThat(isInAFile(OLD)).isTrue();
    clock.move(WITHIN);
    put(OTHERS, NEW); // a pass is due, and finds nothing new in the table

    assertOnlyTheNewRowIsLeft();
  }

  @Test
  void aPieceThatWasCompacted_needsNoMore_untilItIsWrittenAgain() {
    put(OLD);
    put(NEW);
    store.use(Database::settle);
    assertThat(mayHoldOldRows()).isTrue();
    compact();
    assertThat(mayHoldOldRows()).isFalse();
    put(OLD);
    store.use(Database::settle);
    assertThat(mayHoldOldRows()).isTrue();
  }

  @Test
  void aTableThatWasReplaced_isNoDamage_andOneThatIsMissingIs() throws IOException {
    put(OLD);
    store.use(Database::settle);
    List<TableFile> replaced = new ArrayList<>(store.tableFiles());
    put(NEW);
    store.use(Database::settle);
    compact();
    replaced.removeAll(store.tableFiles());
    assertThat(replaced).isNotEmpty();
    Await.until(
        "they are gone", () -> replaced.stream().noneMatch(table -> Files.exists(table.path())));
    replaced.forEach(store::verify);

    TableFile missing = store.tableFiles().getFirst();
    Files.delete(missing.path());
    assertThatThrownBy(() -> store.verify(missing)).isInstanceOf(StoreDamaged.class);
  }

  private boolean mayHoldOldRows() {
    return store.using(database -> database.compaction().mayHoldOldRows(ALL));
  }

  private void compact() {
    store.use(
        database -> {
          Compaction compaction = database.compaction().enter();
          try {
            compaction.run(ALL);
          } finally {
            compaction.leave();
          }
        });
  }
}
