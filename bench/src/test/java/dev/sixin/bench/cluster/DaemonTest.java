package dev.sixin.bench.cluster;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sixin.Failure;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Processes that outlive the one that started them.
class DaemonTest {
  private static final List<String> SLEEPER = List.of("sleep", "100");

  private static final Duration LIMIT = Duration.ofSeconds(60);
  private static final Duration PAUSE = Duration.ofMillis(2);

  @TempDir private Path folder;

  private Daemon daemon() {
    return new Daemon("sleeper", folder.resolve("sleeper"));
  }

  @AfterEach
  void end() {
    daemon().kill();
  }

  @Test
  void aDaemon_isFoundAgain_byItsFolderAlone() {
    daemon().start(SLEEPER);
    assertThat(daemon().isAlive()).isTrue();
    assertThatThrownBy(() -> daemon().start(SLEEPER))
        .isInstanceOf(Failure.class)
        .hasMessage("sleeper: runs already");

    assertThat(daemon().kill()).isTrue();
    assertThat(daemon().isAlive()).isFalse();
    assertThat(daemon().kill()).as("killed once more").isFalse();
    daemon().start(SLEEPER);
    assertThat(daemon().isAlive()).as("once more").isTrue();
  }

  @Test
  void aDaemon_hasTheVariablesThatItIsGiven() throws IOException {
    Daemon daemon = daemon();
    daemon.start(List.of("sh", "-c", "echo $SIXIN_GIVEN"), Map.of("SIXIN_GIVEN", "something"));
    await(() -> !daemon.isAlive());

    assertThat(Files.readString(daemon.log(), UTF_8)).contains("something");
  }

  @Test
  void aDaemon_usesCpu_whileItRuns() {
    Daemon daemon = daemon();
    assertThat(daemon.cpu()).isZero();
    daemon.start(List.of("sh", "-c", "while :; do :; done"));
    await(() -> daemon.cpu().isPositive());

    daemon.kill();
    assertThat(daemon.cpu()).isZero();
  }

  @Test
  void aDaemon_isStopped_andGoesOn_ifItRuns() {
    Daemon daemon = daemon();
    assertThatThrownBy(() -> daemon.signal("STOP"))
        .isInstanceOf(Failure.class)
        .hasMessage("sleeper: does not run");

    daemon.start(List.of("sh", "-c", "kill -STOP $$; echo went on; exec sleep 100"));
    await(
        () -> {
          daemon.signal("CONT"); // in vain until it has stopped itself
          return daemon.lastLines().contains("went on");
        });
  }

  @Test
  void aNumberThatCameBack_isSomebodyElse() throws IOException {
    Daemon daemon = daemon();
    daemon.start(SLEEPER);
    Path pid = daemon.folder().resolve("pid");
    String noted = Files.readString(pid, UTF_8);
    String[] numbers = noted.strip().split(" ", -1);

    Files.writeString(pid, numbers[0] + " " + (Long.parseLong(numbers[1]) - 60_000) + "\n", UTF_8);
    assertThat(daemon.isAlive()).isFalse();
    assertThat(daemon.kill()).isFalse();
    Files.writeString(pid, noted, UTF_8);
    assertThat(daemon.isAlive()).as("it was not touched").isTrue();
  }

  @Test
  void whatItPrints_isKept_alsoOfAnEarlierLife() {
    Daemon daemon = daemon();
    for (String word : List.of("one", "two")) {
      daemon.start(List.of("sh", "-c", "echo " + word + "; exec sleep 100"));
      await(() -> daemon.lastLines().contains(word));
      daemon.kill();
    }
    assertThat(daemon.lastLines()).contains("one").endsWith("two");
  }

  private static void await(BooleanSupplier condition) {
    long end = System.nanoTime() + LIMIT.toNanos();
    while (!condition.getAsBoolean()) {
      assertThat(System.nanoTime()).as("in time").isLessThan(end);
      LockSupport.parkNanos(PAUSE.toNanos());
    }
  }
}
