package dev.sixin;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Clock;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// `sixin rehearse`, which fails by itself when an answer is not what it expects.
class RehearseTest {
  @TempDir private Path directory;

  private String data() {
    return "--data=" + directory.resolve("data");
  }

  private Server serve() {
    return Server.start(Config.of("--port=0", data()), Clock.systemUTC());
  }

  @Test
  void everyCallOfIt_goesWell_andWhatWasSentInThem_isThere() {
    Ran rehearsal = Ran.run("rehearse", data());
    assertThat(rehearsal.exitCode()).as(rehearsal.err()).isZero();

    try (Server server = serve()) {
      String bob = Ran.run("token", "--uid=" + Demo.BOB, data()).out().strip();
      Ran sessions =
          Ran.run("sessions", "--server=http://127.0.0.1:" + server.port(), "--token=" + bob);
      assertThat(sessions.out()).contains(RehearseCommand.WORDS);
    }
  }

  @Test
  void aDataDirectoryOfAServer_isRefused_andLeftAlone() {
    serve().close();
    Path tables = directory.resolve("data").resolve("store");
    String[] before = tables.toFile().list();

    Ran rehearsal = Ran.run("rehearse", data());
    assertThat(rehearsal.exitCode()).isEqualTo(2);
    assertThat(rehearsal.err()).contains("--data: ", " is not empty");
    assertThat(tables.toFile().list()).isNotEmpty().containsExactlyInAnyOrder(before);
  }
}
