package dev.sixin;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class DataDirectoryTest {
  private final TempDirectory temporary = new TempDirectory();
  private final Path path = temporary.path().resolve("data");

  @AfterEach
  void remove() {
    temporary.close();
  }

  @Test
  void aNewDirectory_isForItsOwnerOnly() throws IOException {
    DataDirectory.open(path).close();

    assertThat(mode(path)).isEqualTo("rwx------");
    assertThat(mode(path.resolve("store"))).isEqualTo("rwx------");
    assertThat(mode(path.resolve("token.key"))).isEqualTo("rw-------");
    assertThat(mode(path.resolve("admin.token"))).isEqualTo("rw-------");
    assertThat(Files.readString(path.resolve("format"))).isEqualTo("sixin 1\n");
  }

  @Test
  void aDirectoryThatEverybodyMayRead_doesNotShowThemWhatIsPrivate() throws IOException {
    Files.createDirectory(path);
    Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rwxr-xr-x"));

    DataDirectory.open(path).close();

    assertThat(mode(path.resolve("store"))).isEqualTo("rwx------");
    assertThat(mode(path.resolve("token.key"))).isEqualTo("rw-------");
    assertThat(mode(path.resolve("admin.token"))).isEqualTo("rw-------");
  }

  private static String mode(Path file) throws IOException {
    return PosixFilePermissions.toString(Files.getPosixFilePermissions(file));
  }

  @Test
  void secrets_areRandom_andStay() throws IOException {
    DataDirectory.open(path).close();
    Path other = temporary.path().resolve("other");
    DataDirectory.open(other).close();
    String key = Files.readString(path.resolve("token.key"));
    String admin = Files.readString(path.resolve("admin.token"));

    assertThat(key).hasSize(65).matches("[0-9a-f]{64}\n").isNotEqualTo(admin);
    assertThat(admin).matches("[0-9a-f]{64}\n");
    assertThat(Files.readString(other.resolve("token.key"))).isNotEqualTo(key);
    try (DataDirectory again = DataDirectory.open(path)) {
      assertThat(again.adminToken()).isEqualTo(admin.strip());
      assertThat(again.tokenKey()).hasSize(32).isEqualTo(DataDirectory.tokenKey(path));
    }
    assertThat(Files.readString(path.resolve("token.key"))).isEqualTo(key);
  }

  @Test
  void dataOfAnUnknownFormat_isRefused_andNotTouched() throws IOException {
    DataDirectory.open(path).close();
    Files.delete(path.resolve("lock"));
    Files.writeString(path.resolve("format"), "sixin 2\n");

    assertRefusedUntouched("holds data of format 'sixin 2' (expected: 'sixin 1')");
  }

  @Test
  void somebodyElsesFiles_areRefused_andNotTouched() throws IOException {
    Files.createDirectories(path.resolve("photos"));
    Files.writeString(path.resolve("photos/list"), "one\n");

    assertRefusedUntouched("holds files that are not Sixin's");
  }

  @Test
  void anEmptyFormat_isRefused_andNotTouched() throws IOException {
    Files.createDirectories(path.resolve("store"));
    Files.createFile(path.resolve("format"));

    assertRefusedUntouched("holds data of format ''");
  }

  private void assertRefusedUntouched(String message) throws IOException {
    try (Stream<Path> files = Files.walk(temporary.path())) {
      for (Path file : files.toList()) {
        Files.setLastModifiedTime(file, FileTime.from(Instant.EPOCH));
      }
    }
    Map<Path, String> before = contents();

    assertThatThrownBy(() -> DataDirectory.open(path))
        .isInstanceOf(UsageException.class)
        .hasMessageContaining(path.toString())
        .hasMessageContaining(message);

    assertThat(contents()).isEqualTo(before);
  }

  private Map<Path, String> contents() throws IOException {
    Map<Path, String> contents = new TreeMap<>();
    try (Stream<Path> files = Files.walk(temporary.path())) {
      for (Path file : files.toList()) {
        String text = Files.isDirectory(file) ? "a directory" : Files.readString(file);
        contents.put(file, Files.getLastModifiedTime(file) + " " + mode(file) + " " + text);
      }
    }
    return contents;
  }

  @Test
  void aFirstStartThatWasCutOff_isStartedAgain() throws IOException {
    Files.createDirectory(path);
    Files.createFile(path.resolve("lock"));
    Files.writeString(path.resolve("format.tmp"), "six");

    DataDirectory.open(path).close();

    assertThat(Files.readString(path.resolve("format"))).isEqualTo("sixin 1\n");
    assertThat(path.resolve("format.tmp")).doesNotExist();
  }

  @Test
  void aSecretThatWasCutOff_isMadeAgain() throws IOException {
    DataDirectory.open(path).close();
    Files.delete(path.resolve("token.key"));
    Files.writeString(path.resolve("token.key.tmp"), "0123");

    DataDirectory.open(path).close();

    assertThat(Files.readString(path.resolve("token.key"))).hasSize(65);
    assertThat(mode(path.resolve("token.key"))).isEqualTo("rw-------");
  }

  @Test
  void aSecretThatIsTooShort_isRefused_andTheDirectoryLetGo() throws IOException {
    DataDirectory.open(path).close();
    String right = Files.readString(path.resolve("admin.token"));
    Files.writeString(path.resolve("admin.token"), "secret");

    assertThatThrownBy(() -> DataDirectory.open(path))
        .isInstanceOf(UsageException.class)
        .hasMessageContaining("admin.token: 6 characters (expected: at least 32)");

    Files.writeString(path.resolve("admin.token"), right);
    DataDirectory.open(path).close();
  }

  @Test
  void aFile_isNoDirectory() throws IOException {
    Files.createFile(path);

    assertThatThrownBy(() -> DataDirectory.open(path))
        .isInstanceOf(UsageException.class)
        .hasMessageContaining(path.toString())
        .hasMessageContaining("expected: a directory to write to");
  }

  @Test
  void aDirectoryInUse_isRefused_untilItIsLetGo() {
    try (DataDirectory _ = DataDirectory.open(path)) {
      assertThatThrownBy(() -> DataDirectory.open(path))
          .isInstanceOf(UsageException.class)
          .hasMessage(path + ": another Sixin process is using this data directory");
    }
    DataDirectory.open(path).close();
  }

  @Test
  void aSecondServerOnTheSameDirectory_exitsWithOneClearLine() throws Exception {
    try (TestServer server = TestServer.start()) {
      server.people(1, 2);
      Process second =
          new ProcessBuilder(
                  System.getProperty("java.home") + "/bin/java",
                  "-cp",
                  System.getProperty("java.class.path"),
                  "dev.sixin.Main",
                  "serve",
                  "--port=0",
                  "--data=" + server.data())
              .redirectErrorStream(true)
              .start();
      String said = new String(second.getInputStream().readAllBytes(), UTF_8);

      assertThat(second.waitFor(1, TimeUnit.MINUTES)).isTrue();
      assertThat(second.exitValue()).as(said).isEqualTo(2);
      assertThat(said.lines().toList())
          .containsExactly(
              "sixin: " + server.data() + ": another Sixin process is using this data directory");
      server.say(1, 2, "the first goes on");
    }
  }

  @Test
  void aTokenForADirectoryThatIsNone_isRefused() {
    assertThatThrownBy(() -> DataDirectory.tokenKey(path))
        .isInstanceOf(UsageException.class)
        .hasMessageContaining(path + ": no data directory");
    assertThat(Arrays.asList(temporary.path().toFile().list())).isEmpty();
  }
}
