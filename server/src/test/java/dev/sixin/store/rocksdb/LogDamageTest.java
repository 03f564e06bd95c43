package dev.sixin.store.rocksdb;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sixin.TempDirectory;
import dev.sixin.store.Bulk;
import dev.sixin.store.Key;
import dev.sixin.store.Order;
import dev.sixin.store.Range;
import dev.sixin.store.StoreDamaged;
import dev.sixin.store.Table;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// What becomes of a store after a crash when its log is not as it was written. The files of an
/// open store are what a crash leaves: each write is synced before it is acknowledged.
class LogDamageTest {
  private static final Table ROWS = Table.of("rows");
  private static final Key ANN = Key.of(1);
  private static final int BLOCK_BYTES = 32 << 10;

  private final TempDirectory temporary = new TempDirectory();
  private final Path directory = temporary.path().resolve("store");
  private final Path crashed = temporary.path().resolve("crashed");
  private RocksStore store;

  /// Where in the log the writes end, the first at 0.
  private final List<Integer> ends = new ArrayList<>();

  private byte[] log;

  @BeforeEach
  void open() throws IOException {
    Files.createDirectory(directory);
    store = open(directory);
  }

  private static RocksStore open(Path directory) {
    return RocksStore.open(
        directory, List.of(ROWS), RocksStore.Limits.DEFAULT, (_, _) -> {}, Clock.systemUTC());
  }

  @AfterEach
  void remove() {
    store.close();
    temporary.close();
  }

  private void write(int... sizes) throws IOException {
    for (int i = 0; i < sizes.length; i++) {
      byte[] value = new byte[sizes[i]];
      Arrays.fill(value, (byte) (i + 1));
      Key row = Key.EMPTY.u64(i);
      Bulk.await(
          store.transact(
              ANN,
              rows -> {
                rows.put(ROWS, row, value);
                return null;
              }));
      log = Files.readAllBytes(newestLog(directory));
      ends.add(log.length);
    }
  }

  private static Path newestLog(Path directory) throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      return files
          .filter(file -> file.toString().endsWith(".log"))
          .max(Comparator.comparing(file -> file.getFileName().toString()))
          .orElseThrow();
    }
  }

  /// What a crash leaves, but with another log.
  private Path crash(byte[] itsLog) throws IOException {
    Files.createDirectories(crashed);
    try (Stream<Path> old = Files.list(crashed)) {
      for (Path file : old.toList()) {
        Files.delete(file);
      }
    }
    try (Stream<Path> files = Files.list(directory)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        Files.copy(file, crashed.resolve(file.getFileName()));
      }
    }
    Files.write(newestLog(crashed), itsLog);
    return crashed;
  }

  /// How many of the rows are there, which are the first ones.
  private int rows(byte[] itsLog) throws IOException {
    try (RocksStore again = open(crash(itsLog))) {
      List<Long> rows =
          again.rows(ANN).scan(ROWS, new Range(Key.EMPTY, null), Order.ASCENDING, 100).stream()
              .map(row -> row.key().u64At(0))
              .toList();
      for (int i = 0; i < rows.size(); i++) {
        assertThat(rows.get(i)).isEqualTo(i);
      }
      return rows.size();
    }
  }

  private byte[] flipped(int place) {
    byte[] damaged = log.clone();
    damaged[place] ^= (byte) (1 << place % 8);
    return damaged;
  }

  private void assertRefused(byte[] itsLog, String... said) throws IOException {
    crash(itsLog);
    assertThatThrownBy(() -> LogCheck.check(crashed))
        .isInstanceOf(StoreDamaged.class)
        .hasMessageContaining(newestLog(crashed).toString())
        .hasMessageContainingAll(said);
  }

  @Test
  void cutAtEveryByteOfTheLastWrite_allBeforeItIsThere() throws IOException {
    write(10, 10, 10);

    for (int length = ends.get(1); length < ends.get(2); length++) {
      assertThat(rows(Arrays.copyOf(log, length))).as("cut at %d", length).isEqualTo(2);
    }
    assertThat(rows(log)).isEqualTo(3);
  }

  @Test
  void aStoreThatForgotTheEndOfAWrite_goesOn_alsoTimeAndAgain() throws IOException {
    write(10, 10);
    Path again = crash(Arrays.copyOf(log, ends.get(1) - 3));
    for (int round = 0; round < 3; round++) {
      RocksStore first = open(again);
      Key row = Key.EMPTY.u64(round + 1);
      for (Key one : List.of(row, Key.of(9))) {
        Bulk.await(
            first.transact(
                ANN,
                rows -> {
                  rows.put(ROWS, one, new byte[10]);
                  return null;
                }));
      }
      Path next = temporary.path().resolve("round-" + round);
      Files.createDirectory(next);
      try (Stream<Path> files = Files.list(again)) {
        for (Path file : files.filter(Files::isRegularFile).toList()) {
          Files.copy(file, next.resolve(file.getFileName()));
        }
      }
      first.close();
      Path newest = newestLog(next);
      Files.write(newest, Arrays.copyOf(Files.readAllBytes(newest), (int) Files.size(newest) - 3));
      again = next;
    }
    try (RocksStore last = open(again)) {
      assertThat(
              last.rows(ANN).scan(ROWS, new Range(Key.EMPTY, null), Order.ASCENDING, 9).stream()
                  .filter(row -> row.key().length() == Long.BYTES))
          .hasSize(4);
    }
  }

  @Test
  void garbledInTheLastWrite_allBeforeItIsThere() throws IOException {
    write(10, 10, 10);

    for (int place = ends.get(1); place < ends.get(2); place += 5) {
      assertThat(rows(flipped(place))).as("flipped at %d", place).isEqualTo(2);
    }
  }

  @Test
  void aFlippedBitInAnyWriteButTheLast_isAnError() throws IOException {
    write(10, 10, 10);

    for (int place = 0; place < ends.get(1); place++) {
      assertRefused(flipped(place), "there are writes after it");
    }
    crash(flipped(ends.get(0) + 20));
    assertThatThrownBy(() -> open(crashed))
        .isInstanceOf(StoreDamaged.class)
        .hasMessageContaining(newestLog(crashed).toString());
  }

  @Test
  void aFlippedBitInALargeWrite_isAnError_ifThereIsAnotherAfterIt() throws IOException {
    write(100_000, 10);

    for (int place = 0; place < ends.get(0); place += 997) {
      assertRefused(flipped(place), "there are writes after it");
    }
  }

  @Test
  void aLargeLastWrite_ofWhichSomePagesNeverCameToTheDisk_isForgotten() throws IOException {
    write(10, 100_000);

    for (int page = 0; page < log.length / 4096; page++) {
      byte[] torn = log.clone();
      int from = Math.max(ends.get(0), page * 4096);
      Arrays.fill(torn, from, (page + 1) * 4096, (byte) 0);
      assertThat(rows(torn)).as("without page %d", page).isEqualTo(1);
    }
    assertThat(rows(Arrays.copyOf(log, BLOCK_BYTES))).isEqualTo(1);
    assertThat(rows(log)).isEqualTo(2);
  }

  @Test
  void aBlockThatIsGone_isAnError_ifThereIsAWriteAfterIt() throws IOException {
    write(100_000, 10);
    byte[] zeros = log.clone();
    Arrays.fill(zeros, BLOCK_BYTES, 2 * BLOCK_BYTES, (byte) 0);

    assertRefused(zeros, "there are writes after it");
  }

  @Test
  void aWriteThatIsMissing_isAnError() throws IOException {
    write(10, 10, 10);
    byte[] without = new byte[log.length - (ends.get(1) - ends.get(0))];
    System.arraycopy(log, 0, without, 0, ends.get(0));
    System.arraycopy(log, ends.get(1), without, ends.get(0), log.length - ends.get(1));

    assertRefused(without, "writes are missing");
  }

  @Test
  void anOlderLogThatEndsTooEarly_isAnError() throws IOException {
    write(10, 10, 10);
    Path newest = newestLog(crash(Arrays.copyOfRange(log, ends.get(1), ends.get(2))));
    Path older = newest.resolveSibling("000001.log");
    Files.write(older, Arrays.copyOf(log, ends.get(1)));
    LogCheck.check(crashed);

    for (int length = ends.get(0) + 1; length < ends.get(1); length++) {
      Files.write(older, Arrays.copyOf(log, length));
      assertThatThrownBy(() -> LogCheck.check(crashed))
          .as("cut at %d", length)
          .isInstanceOf(StoreDamaged.class);
    }
    Files.write(older, Arrays.copyOf(log, ends.get(0)));
    assertThatThrownBy(() -> LogCheck.check(crashed))
        .isInstanceOf(StoreDamaged.class)
        .hasMessageContaining("writes are missing");
  }

  @Test
  void aLogThatIsAsItWas_isRight_alsoWhereWritesEndAtTheEndOfABlock() throws IOException {
    int overhead = 80;
    for (int size = BLOCK_BYTES - 2 * overhead; size < BLOCK_BYTES; size += 16) {
      write(size);
      LogCheck.check(crash(log));
    }
  }
}
