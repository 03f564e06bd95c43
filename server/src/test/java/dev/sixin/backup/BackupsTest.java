package dev.sixin.backup;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sixin.TempDirectory;
import dev.sixin.backup.Backups.Source;
import dev.sixin.backup.Backups.Taken;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.function.LongConsumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class BackupsTest {
  private static final Instant NOW = Instant.parse("2026-11-22T12:00:00Z");

  private final TempDirectory temporary = new TempDirectory();
  private final Path data = temporary.path().resolve("data");
  private final Path place = temporary.path().resolve("place");
  private final Path restored = temporary.path().resolve("restored");

  @AfterEach
  void remove() {
    temporary.close();
  }

  private void write(String path, String text) throws IOException {
    Files.createDirectories(data.resolve(path).getParent());
    Files.writeString(data.resolve(path), text);
  }

  private Taken take() throws IOException {
    return take(_ -> {}, BackupsTest::fast);
  }

  private Taken take(Backups.Check check, LongConsumer moved) throws IOException {
    return Backups.in(place).take(sources(), NOW, check, moved);
  }

  private List<Source> sources() throws IOException {
    try (Stream<Path> files = Files.walk(data)) {
      return files
          .filter(Files::isRegularFile)
          .sorted()
          .map(file -> new Source(data.relativize(file).toString(), file))
          .toList();
    }
  }

  private Backups backups() throws IOException {
    return Backups.at(place);
  }

  private void twoFiles() throws IOException {
    write("format", "sixin 1\n");
    write("store/000012.sst", "rows");
  }

  /// The one content that a text has in the place.
  private Path kept(String text) throws IOException {
    try (Stream<Path> files = Files.walk(place.resolve("files"))) {
      return files
          .filter(Files::isRegularFile)
          .filter(file -> read(file).equals(text))
          .findAny()
          .orElseThrow();
    }
  }

  private static String read(Path file) {
    try {
      return new String(Files.readAllBytes(file), UTF_8);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private long contents() throws IOException {
    try (Stream<Path> files = Files.walk(place.resolve("files"))) {
      return files.filter(Files::isRegularFile).count();
    }
  }

  @Test
  void whatWasTaken_isRestored_forItsOwnerOnly() throws IOException {
    twoFiles();
    take();

    backups().restore(1, restored, BackupsTest::fast);

    assertThat(read(restored.resolve("format"))).isEqualTo("sixin 1\n");
    assertThat(read(restored.resolve("store/000012.sst"))).isEqualTo("rows");
    for (Path directory : List.of(place, place.resolve("files"), restored)) {
      assertThat(mode(directory)).isEqualTo("rwx------");
    }
    assertThat(mode(restored.resolve("format"))).isEqualTo("rw-------");
    assertThat(mode(kept("rows"))).isEqualTo("rw-------");
  }

  private static String mode(Path file) throws IOException {
    return PosixFilePermissions.toString(Files.getPosixFilePermissions(file));
  }

  @Test
  void theNextBackup_readsOnlyWhatIsNew_andTheOldOneStaysAsItWas() throws IOException {
    twoFiles();
    take();
    write("store/000013.sst", "more rows");
    Files.delete(data.resolve("store/000012.sst"));
    assertThat(backups().unknownBytes(sources())).isEqualTo("more rows".length());
    long[] read = new long[1];

    Taken second = take(_ -> {}, bytes -> read[0] += bytes);

    assertThat(second.copiedFiles()).isEqualTo(1);
    assertThat(second.copiedBytes()).isEqualTo("more rows".length());
    assertThat(read[0]).isEqualTo("more rows".length());
    assertThat(backups().all()).extracting(Backups.Backup::number).containsExactly(1, 2);
    backups().restore(1, restored, BackupsTest::fast);
    assertThat(read(restored.resolve("store/000012.sst"))).isEqualTo("rows");
    assertThat(restored.resolve("store/000013.sst")).doesNotExist();
  }

  @Test
  void aFileOfTheSameNameAndSize_isReadAgainWhenItChanged() throws IOException {
    twoFiles();
    take();
    Path file = data.resolve("store/000012.sst");
    var before = Files.getLastModifiedTime(file);
    write("store/000012.sst", "swor");
    Files.setLastModifiedTime(file, FileTime.from(before.toInstant().plusNanos(1_000_000)));

    take();

    backups().restore(2, restored, BackupsTest::fast);
    assertThat(read(restored.resolve("store/000012.sst"))).isEqualTo("swor");
  }

  @Test
  void aBackupThatEndsInTheMiddle_isNone_andTheOneBeforeIsGood() throws IOException {
    twoFiles();
    take();
    write("store/000013.sst", "more rows");
    write("store/000014.sst", "and more");

    assertThatThrownBy(
            () ->
                take(
                    _ -> {},
                    bytes -> {
                      if (bytes == "and more".length()) {
                        throw new CancellationException();
                      }
                    }))
        .isInstanceOf(CancellationException.class);

    assertThat(backups().all()).extracting(Backups.Backup::number).containsExactly(1);
    assertThat(backups().verify(BackupsTest::fast)).isEmpty();
    Taken second = take();
    assertThat(second.backup().number()).isEqualTo(2);
    assertThat(second.copiedFiles()).as("the first of the two was here").isEqualTo(1);
  }

  @Test
  void aFileThatIsNotWorthKeeping_endsTheBackup() throws IOException {
    twoFiles();

    assertThatThrownBy(
            () ->
                take(
                    file -> {
                      throw new IOException(file + " is rotten");
                    },
                    BackupsTest::fast))
        .hasMessageContaining("is rotten");

    assertThat(backups().all()).isEmpty();
  }

  @Test
  void oldBackups_goWithWhatOnlyTheyNeeded() throws IOException {
    twoFiles();
    take();
    Files.delete(data.resolve("store/000012.sst"));
    write("store/000013.sst", "more rows");
    take();
    Files.delete(data.resolve("store/000013.sst"));
    write("store/000014.sst", "other rows");
    take();

    assertThat(backups().keepNewest(2)).isEqualTo(1);

    assertThat(backups().all()).extracting(Backups.Backup::number).containsExactly(2, 3);
    assertThat(contents()).isEqualTo(3);
    assertThat(backups().verify(BackupsTest::fast)).isEmpty();
    assertThat(take().backup().number()).isEqualTo(4);
  }

  @Test
  void aDamagedFile_isFound_andNotRestored_andTakenAnewOnceItIsAway() throws IOException {
    twoFiles();
    take();
    Path kept = kept("rows");
    Files.writeString(kept, "rowS");

    assertThat(backups().verify(BackupsTest::fast))
        .containsExactly(kept + " (store/000012.sst) is damaged");
    assertThatThrownBy(() -> backups().restore(1, restored, BackupsTest::fast))
        .hasMessage(kept + " (store/000012.sst) is damaged");
    assertThat(restored.toFile().list()).isEmpty();

    Files.delete(kept);
    assertThat(backups().verify(BackupsTest::fast))
        .containsExactly(kept + " (store/000012.sst) is missing");
    take();
    assertThat(backups().verify(BackupsTest::fast)).isEmpty();
  }

  @Test
  void aListWithOneWrongByte_isDamaged() throws IOException {
    twoFiles();
    take();
    Path list = place.resolve("lists/000001");
    byte[] right = Files.readAllBytes(list);
    for (int at = 0; at < right.length; at++) {
      byte[] wrong = right.clone();
      wrong[at] ^= (byte) (1 << at % 7);
      Files.write(list, wrong);
      assertThatThrownBy(() -> backups().restore(1, restored, BackupsTest::fast))
          .as("byte %d", at)
          .hasMessage("the list of backup 1 is damaged");
    }
    Files.write(list, Arrays.copyOf(right, right.length / 2));
    assertThat(backups().verify(BackupsTest::fast))
        .containsExactly("the list of backup 1 is damaged");
    assertThatThrownBy(() -> backups().keepNewest(1)).hasMessageContaining("damaged");
    assertThat(contents()).as("what it may need").isEqualTo(2);
  }

  @Test
  void aPathThatLeadsOutOfTheDirectory_isNoPath() throws IOException {
    twoFiles();
    take();
    Path list = place.resolve("lists/000001");
    for (String path : List.of("../elsewhere", "/etc/passwd", "store/../../x", "store/.hidden")) {
      String lines = read(list).replaceFirst("store/000012.sst\n(?s).*", path + "\n");
      Files.writeString(list, lines + "end " + Hashes.of(lines) + "\n");
      assertThatThrownBy(() -> backups().restore(1, restored, BackupsTest::fast))
          .as(path)
          .hasMessage("the list of backup 1 is damaged");
    }
  }

  @Test
  void aDirectoryWithSomethingElse_isRefused_andNotTouched() throws IOException {
    write("photos/one", "1");

    assertThatThrownBy(() -> Backups.in(data)).hasMessageContaining("not empty");
    assertThatThrownBy(() -> Backups.at(data)).hasMessageContaining("no backups");
    assertThat(data.toFile().list()).containsExactly("photos");

    twoFiles();
    take();
    assertThatThrownBy(() -> backups().restore(1, data, BackupsTest::fast))
        .hasMessageContaining("not empty");
    assertThat(read(data.resolve("photos/one"))).isEqualTo("1");
    assertThatThrownBy(() -> backups().restore(7, restored, BackupsTest::fast))
        .hasMessage(place + ": no backup 7 (expected: one of [1])");
  }

  @Test
  void twoAtOnce_areRefused() throws IOException {
    twoFiles();
    take();
    try (FileChannel channel = FileChannel.open(place.resolve("lock"), StandardOpenOption.WRITE)) {
      assertThat(channel.tryLock()).isNotNull();
      assertThatThrownBy(this::take).hasMessage(place + ": another process is adding a backup");
    }
    take();
  }

  /// Waits for nothing.
  private static void fast(long bytes) {}
}
