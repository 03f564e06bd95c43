package dev.sixin.store.rocksdb;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sixin.TempDirectory;
import dev.sixin.store.Bulk;
import dev.sixin.store.Key;
import dev.sixin.store.Order;
import dev.sixin.store.Range;
import dev.sixin.store.Row;
import dev.sixin.store.Store;
import dev.sixin.store.StoreDamaged;
import dev.sixin.store.StoreUnavailable;
import dev.sixin.store.Table;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/// What becomes of a store that was closed when something is done to its files: an error, or the
/// right rows. `-Dsixin.flips=1000` tries that many places of each file; 0: every byte.
class DamageTest {
  private static final int FLIPS = Integer.getInteger("sixin.flips", 4);
  private static final Table ROWS = Table.of("rows");
  private static final Key ANN = Key.of(1);
  private static final int MANY = 300;
  private static final Range ALL = new Range(Key.EMPTY, null);

  private static final TempDirectory temporary = new TempDirectory();
  private static final Path whole = temporary.path().resolve("whole");
  private static final Path copy = temporary.path().resolve("copy");
  private static List<String> right;

  /// Two tables of several blocks each, of which the newer one hides rows of the older.
  @BeforeAll
  static void fill() throws IOException {
    Files.createDirectory(whole);
    Random random = new Random(1);
    for (int round = 0; round < 2; round++) {
      try (RocksStore store = open(whole)) {
        for (int i = round; i < MANY; i += round + 1) {
          byte[] value = new byte[100];
          random.nextBytes(value);
          Key row = Key.EMPTY.u64(i);
          Bulk.await(
              store.transact(
                  ANN,
                  rows -> {
                    rows.put(ROWS, row, value);
                    return null;
                  }));
        }
        right = rows(store);
      }
    }
    assertThat(right).hasSize(MANY);
    assertThat(files(".sst")).hasSizeGreaterThanOrEqualTo(3);
  }

  @AfterAll
  static void remove() {
    temporary.close();
  }

  private static RocksStore open(Path directory) {
    return RocksStore.open(
        directory, List.of(ROWS), RocksStore.Limits.DEFAULT, (_, _) -> {}, Clock.systemUTC());
  }

  /// All rows, by each way to read them.
  private static List<String> rows(Store store) {
    List<Row> scanned = store.rows(ANN).scan(ROWS, ALL, Order.ASCENDING, MANY + 1);
    List<Row> backwards = store.rows(ANN).scan(ROWS, ALL, Order.DESCENDING, MANY + 1);
    List<String> texts = texts(scanned);
    assertThat(texts(backwards.reversed())).isEqualTo(texts);
    for (Row row : scanned) {
      assertThat(store.rows(ANN).get(ROWS, row.key())).isEqualTo(row.value());
    }
    for (int i = 0; i <= MANY; i++) {
      Key row = Key.EMPTY.u64(i);
      assertThat(store.rows(ANN).get(ROWS, row) != null)
          .isEqualTo(scanned.stream().anyMatch(found -> found.key().equals(row)));
    }
    return texts;
  }

  private static List<String> texts(List<Row> rows) {
    return rows.stream()
        .map(row -> row.key().u64At(0) + "=" + HexFormat.of().formatHex(row.value()))
        .toList();
  }

  private static List<Path> files(String kind) throws IOException {
    try (Stream<Path> files = Files.list(whole)) {
      return files.filter(file -> file.getFileName().toString().contains(kind)).sorted().toList();
    }
  }

  private static void copy() throws IOException {
    Files.createDirectories(copy);
    try (Stream<Path> old = Files.list(copy)) {
      for (Path file : old.toList()) {
        Files.delete(file);
      }
    }
    try (Stream<Path> files = Files.list(whole)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        Files.copy(file, copy.resolve(file.getFileName()));
      }
    }
  }

  private static Path inCopy(Path file) {
    return copy.resolve(file.getFileName());
  }

  /// Asserts that the copy answers rightly or not at all.
  ///
  /// @return whether it did answer
  private static boolean answersRightly(String what) {
    try (RocksStore store = open(copy)) {
      assertThat(rows(store)).as(what).isEqualTo(right);
      return true;
    } catch (StoreDamaged | StoreUnavailable e) {
      assertThat(e).as(what).hasMessageContaining(copy.toString());
      return false;
    }
  }

  private static int[] places(long size) {
    if (FLIPS == 0 || size <= FLIPS) {
      return IntStream.range(0, (int) size).toArray();
    }
    // the last bytes are the footer
    return IntStream.range(0, FLIPS)
        .map(i -> (int) (i % 4 == 3 ? size - 1 - i : size * i / FLIPS))
        .toArray();
  }

  private static byte[] flipped(Path file, int place) throws IOException {
    byte[] bytes = Files.readAllBytes(file);
    bytes[place] ^= (byte) (1 << place % 8);
    return bytes;
  }

  // --- flipped bits

  @Test
  void aFlippedBitInATable_isAnError_orHarmless() throws IOException {
    int errors = 0;
    for (Path file : files(".sst")) {
      for (int place : places(Files.size(file))) {
        copy();
        Files.write(inCopy(file), flipped(file, place));
        errors += answersRightly(file.getFileName() + " at " + place) ? 0 : 1;
      }
    }
    assertThat(errors).isPositive();
  }

  /// A start does not read all of each table, and reads do not, so this is what has to.
  @Test
  void aFlippedBitInATable_isFoundByReadingIt() throws IOException {
    List<String> missed = new ArrayList<>();
    for (Path file : files(".sst")) {
      Path damaged = Files.createDirectories(temporary.path().resolve("table")).resolve("1.sst");
      for (int place = 0; place < Files.size(file); place += FLIPS == 0 ? 1 : 7) {
        Files.write(damaged, flipped(file, place));
        try {
          TableFile.verify(damaged);
          missed.add(file.getFileName() + " at " + place);
        } catch (StoreDamaged e) {
          assertThat(e).hasMessageContaining(damaged.toString());
        }
      }
      Files.copy(file, damaged, StandardCopyOption.REPLACE_EXISTING);
      TableFile.verify(damaged);
    }
    assertThat(missed).isEmpty();
  }

  @Test
  void aFlippedBitInAnyOtherFile_isAnError() throws IOException {
    for (String kind : List.of("CURRENT", "MANIFEST", ".log", "SEAL")) {
      for (Path file : files(kind)) {
        for (int place : places(Files.size(file))) {
          copy();
          Files.write(inCopy(file), flipped(file, place));
          assertRefused(inCopy(file));
        }
      }
    }
  }

  private static void assertRefused(Path named) {
    assertThatThrownBy(() -> open(copy).close())
        .isInstanceOf(StoreDamaged.class)
        .hasMessageContaining(named.toString());
  }

  // --- missing and short files

  @Test
  void aMissingFile_isAnError_andNothingElseIsTouched() throws IOException {
    for (String kind : List.of("CURRENT", "MANIFEST", ".log", ".sst")) {
      for (Path file : files(kind)) {
        copy();
        Files.delete(inCopy(file));

        assertRefused(inCopy(file));

        Files.copy(file, inCopy(file));
        assertThat(answersRightly("with " + file.getFileName() + " again")).isTrue();
      }
    }
  }

  @Test
  void aFileThatEndsTooEarly_isAnError() throws IOException {
    for (String kind : List.of("CURRENT", "MANIFEST", ".sst", "SEAL")) {
      for (Path file : files(kind)) {
        byte[] bytes = Files.readAllBytes(file);
        for (int length : places(bytes.length)) {
          copy();
          Files.write(inCopy(file), Arrays.copyOf(bytes, length));
          assertRefused(inCopy(file));
        }
      }
    }
  }

  // --- the same after a crash, which leaves no seal

  @Test
  void afterACrash_aMissingCurrentFile_isAnError_andNoNewStoreIsMade() throws IOException {
    copy();
    Files.delete(copy.resolve("SEAL"));
    Files.delete(copy.resolve("CURRENT"));

    assertRefused(copy.resolve("CURRENT"));
    assertRefused(copy.resolve("CURRENT"));
  }

  @Test
  void afterACrash_missingLogs_areAnError() throws IOException {
    copy();
    Files.delete(copy.resolve("SEAL"));
    for (Path log : files(".log")) {
      Files.delete(inCopy(log));
    }

    assertRefused(copy);
  }

  @Test
  void afterACrash_aMissingTable_isAnError() throws IOException {
    for (Path file : files(".sst")) {
      copy();
      Files.delete(copy.resolve("SEAL"));
      Files.delete(inCopy(file));

      assertThat(answersRightly("without " + file.getFileName())).isFalse();
    }
  }

  @Test
  void afterACrash_aFlippedBitInTheManifest_isAnError_orHarmless() throws IOException {
    for (Path file : files("MANIFEST")) {
      for (int place : places(Files.size(file))) {
        copy();
        Files.delete(copy.resolve("SEAL"));
        Files.write(inCopy(file), flipped(file, place));
        boolean _ = answersRightly(file.getFileName() + " at " + place);
      }
    }
  }

  @Test
  void theSeal_namesEveryFileThatHoldsRows() throws IOException {
    String seal = Files.readString(whole.resolve("SEAL"), StandardCharsets.UTF_8);
    for (String kind : List.of("CURRENT", "MANIFEST", ".log", ".sst")) {
      assertThat(files(kind))
          .isNotEmpty()
          .allSatisfy(file -> assertThat(seal).contains(file.getFileName() + " "));
    }
  }
}
