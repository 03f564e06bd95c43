package dev.sixin.bench.torture.disk;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.sixin.bench.torture.disk.FaultyDisk.Impossible;
import dev.sixin.bench.torture.disk.FaultyDisk.Loss;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.rocksdb.Options;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;

/// What a process wrote and did not sync is gone after a power loss, and nothing else.
class FaultyDiskTest {
  /// A disk that keeps nothing that was not synced.
  private static final RandomGenerator WORST =
      new Random(0) {
        private static final long serialVersionUID = 1;

        @Override
        public boolean nextBoolean() {
          return true;
        }
      };

  @TempDir private Path directory;
  private Path root;
  private FaultyDisk disk;

  @BeforeEach
  void make() throws Exception {
    root = Files.createDirectory(directory.toRealPath().resolve("data"));
    try {
      disk = FaultyDisk.below(Files.createDirectory(directory.resolve("layer")), root);
    } catch (Impossible e) {
      assumeThat(e).as("a fault layer can be had").isNull();
    }
  }

  @Test
  void whenThePowerFails_whatWasNotSyncedIsGone_ofFilesAndNames() throws Exception {
    try (Running scribe = new Running("files")) {
      assertThat(scribe.says()).isEqualTo("done");
    }
    assertThat(root.resolve("synced")).hasContent("first second");
    assertThat(root.resolve("replaced")).hasContent("new");

    Loss loss = disk.losePower(WORST);

    assertThat(loss).isEqualTo(new Loss(" second".length(), 1, 4));
    assertThat(root).isDirectoryNotContaining("glob:**/{new,replacing}");
    assertThat(root.resolve("synced")).hasContent("first");
    assertThat(root.resolve("replaced")).hasContent("old");
    assertThat(root.resolve("removed")).hasContent("old");
  }

  @Test
  void whenThePowerFails_aDiskMayHaveWrittenMore_butNotLess() throws Exception {
    try (Running scribe = new Running("files")) {
      assertThat(scribe.says()).isEqualTo("done");
    }

    disk.losePower(new Random(3));

    String left = Files.readString(root.resolve("synced"));
    assertThat("first second").startsWith(left);
    assertThat(left).startsWith("first");
    assertThat(Files.readString(root.resolve("replaced"))).isIn("old", "new");
  }

  @Test
  void aRowThatWasWrittenWithoutASync_survivesAKill_andIsGoneAfterAPowerLoss() throws Exception {
    try (Running scribe = new Running("rows")) {
      assertThat(scribe.says()).isEqualTo("done");
    }
    Path killedOnly = directory.resolve("killed");
    copy(root, killedOnly);

    Loss loss = disk.losePower(WORST);

    assertThat(loss.bytes()).isPositive();
    assertThat(has(killedOnly, "unsynced")).isTrue();
    assertThat(has(root, "synced")).isTrue();
    assertThat(has(root, "unsynced")).isFalse();
  }

  private static void copy(Path from, Path to) throws IOException {
    Files.createDirectory(to);
    try (var files = Files.newDirectoryStream(from)) {
      for (Path file : files) {
        Files.copy(file, to.resolve(file.getFileName()));
      }
    }
  }

  private static boolean has(Path database, String row) throws RocksDBException {
    RocksDB.loadLibrary();
    try (Options options = new Options();
        RocksDB db = RocksDB.openReadOnly(options, database.toString())) {
      return db.get(row.getBytes(UTF_8)) != null;
    }
  }

  @Test
  void writesFail_halfway() throws Exception {
    try (Running scribe = new Running("errors")) {
      assertThat(scribe.says()).isEqualTo("ready");
      disk.failWrites(FaultyDisk.ENOSPC);
      scribe.goOn();
      assertThat(scribe.says()).isEqualTo("No space left on device");
    }
    assertThat(root.resolve("file")).hasContent("te");
    assertThat(disk.failed()).isEqualTo(1);
  }

  @Test
  void whenASyncFailed_whatItWasToSyncIsGoneAfterAPowerLoss() throws Exception {
    try (Running scribe = new Running("errors")) {
      assertThat(scribe.says()).isEqualTo("ready");
      disk.failSyncs(FaultyDisk.EIO);
      scribe.goOn();
      assertThat(scribe.says()).isEqualTo("Input/output error");
    }
    assertThat(root.resolve("file")).hasContent("text");

    disk.losePower(WORST);

    assertThat(root.resolve("file")).doesNotExist();
  }

  @Test
  void aProcessCanBeKilledInThePlaceOfASync() throws Exception {
    try (Running scribe = new Running("errors")) {
      assertThat(scribe.says()).isEqualTo("ready");
      disk.killInsteadOfSync(1);
      scribe.goOn();
      assertThat(scribe.process.waitFor(30, TimeUnit.SECONDS)).isTrue();
      assertThat(scribe.process.exitValue()).isEqualTo(128 + 9);
    }
  }

  @Test
  void theClockIsMoved() throws Exception {
    try (Running scribe = new Running("clock")) {
      assertThat(scribe.says()).isEqualTo("ready");
      disk.moveClock(Duration.ofHours(-3));
      scribe.goOn();
      long behind = System.currentTimeMillis() - Long.parseLong(scribe.says());
      assertThat(Duration.ofMillis(behind))
          .isBetween(Duration.ofHours(3).minusMinutes(1), Duration.ofHours(3).plusMinutes(1));
    }
  }

  private final class Running implements AutoCloseable {
    private final Process process;
    private final BufferedReader out;

    Running(String part) throws IOException {
      ProcessBuilder builder =
          new ProcessBuilder(
              Path.of(System.getProperty("java.home"), "bin", "java").toString(),
              "--enable-native-access=ALL-UNNAMED",
              "-XX:TieredStopAtLevel=1",
              "-Xmx64m",
              "-cp",
              System.getProperty("java.class.path"),
              Scribe.class.getName(),
              part,
              root.toString());
      builder.redirectError(ProcessBuilder.Redirect.INHERIT);
      builder.environment().putAll(disk.environment());
      process = builder.start();
      out = process.inputReader(UTF_8);
    }

    String says() throws IOException {
      return out.readLine();
    }

    void goOn() throws IOException {
      process.getOutputStream().write('\n');
      process.getOutputStream().flush();
    }

    @Override
    public void close() {
      process.destroyForcibly().onExit().join();
    }
  }
}
