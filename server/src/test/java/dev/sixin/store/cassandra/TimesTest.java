package dev.sixin.store.cassandra;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sixin.MovableClock;
import dev.sixin.store.StoreUnavailable;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/// Two servers that are told the same number, one after the other or at once.
@Tag("cassandra")
@EnabledIfSystemProperty(named = CassandraNode.PROPERTY, matches = ".+")
class TimesTest {
  private static final int NUMBER = 7;
  private static final long HOUR_MICROS = 3_600_000_000L;

  private final String keyspace = CassandraNode.freshKeyspace();
  private final MovableClock clock = new MovableClock(Instant.parse("2026-11-22T12:00:00Z"));
  private Nodes nodes;

  @BeforeEach
  void open() {
    CassandraStore.Place place = CassandraNode.place(keyspace);
    nodes = Nodes.connect(place);
    new Schema(nodes, place).open(0);
  }

  @AfterEach
  void close() {
    nodes.close();
    CassandraNode.drop(keyspace);
  }

  private Times.Numbered server(long server) {
    return new Times.Numbered(nodes, keyspace, NUMBER, server, clock);
  }

  private long now() {
    return clock.instant().toEpochMilli() * 1_000;
  }

  @Test
  void times_areGivenOnce_andAreNotBeforeWhatIsAsked() {
    try (Times.Numbered times = server(1)) {
      long first = times.free(now());
      long second = times.free(now());
      long later = times.free(now() + HOUR_MICROS);

      assertThat(first).isGreaterThanOrEqualTo(now());
      assertThat(second).isGreaterThan(first);
      assertThat(later).isEqualTo(now() + HOUR_MICROS);
      assertThat(times.free(now())).isGreaterThan(later);
    }
  }

  @Test
  void whatAServerGave_beforeItWasKilled_isNotGivenAgain_thoughTheClockIsBehind() {
    Times.Numbered killed = server(1);
    long last = killed.free(now() + HOUR_MICROS);
    clock.move(Duration.ofHours(-1));

    try (Times.Numbered next = server(2)) {
      assertThat(next.free(now())).isGreaterThan(last);
    }
  }

  @Test
  void aServerThatStoppedInGoodOrder_isFollowedAtOnce_fromItsLastTimeOn() {
    long last;
    try (Times.Numbered first = server(1)) {
      last = first.free(now() + HOUR_MICROS);
    }

    long begun = System.nanoTime();
    try (Times.Numbered next = server(2)) {
      assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(Duration.ofSeconds(4));
      assertThat(next.free(0)).isEqualTo(last + 1);
    }
  }

  @Test
  void aServerThatGaveNone_isFollowed() {
    server(1).close();

    try (Times.Numbered next = server(2)) {
      assertThat(next.free(5)).isEqualTo(5);
    }
  }

  @Test
  void aNumberThatARunningServerHas_isRefused_whetherThatWritesOrNot() throws Exception {
    try (Times.Numbered running = server(1)) {
      AtomicBoolean enough = new AtomicBoolean();
      Thread keeper =
          Thread.startVirtualThread(
              () -> {
                while (!enough.get()) {
                  clock.move(Duration.ofSeconds(1));
                  running.prepare();
                  sleep();
                }
              });

      assertThatThrownBy(() -> server(2))
          .isInstanceOf(StoreUnavailable.class)
          .hasMessageContaining("--node 7: another server has this number");

      enough.set(true);
      keeper.join();
      assertThat(running.isOver()).isFalse();
      assertThat(running.free(now())).isGreaterThanOrEqualTo(now());
    }
  }

  @Test
  void aServerThatStoodStill_andWhoseNumberWasTaken_givesNoMoreTimes() {
    Times.Numbered still = server(1);
    long last = still.free(now());

    try (Times.Numbered next = server(2)) {
      assertThat(next.free(now())).isGreaterThan(last);
      clock.move(Duration.ofMinutes(1));

      assertThatThrownBy(() -> still.free(now())).isInstanceOf(StoreUnavailable.class);
      assertThat(still.isOver()).isTrue();
      still.close();
      assertThat(next.free(now())).isGreaterThanOrEqualTo(now());
    }
  }

  private static void sleep() {
    try {
      Thread.sleep(Duration.ofSeconds(1));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
