package dev.sixin.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

class DeadlineTest {
  private static final Duration MINUTE = Duration.ofMinutes(1);

  @Test
  void withoutADeadline_thereIsAsMuchTimeAsIsAskedFor() {
    assertThat(Deadline.left(MINUTE)).isEqualTo(MINUTE);
  }

  @Test
  void timeLeft_isThatOfTheWholeWork_andNoMoreThanIsAskedFor() throws Exception {
    Deadline.within(
        MINUTE,
        () -> {
          assertThat(Deadline.left(Duration.ofSeconds(1))).isEqualTo(Duration.ofSeconds(1));
          Duration before = Deadline.left(Duration.ofHours(1));
          assertThat(before).isLessThanOrEqualTo(MINUTE);
          assertThat(Deadline.left(Duration.ofHours(1))).isLessThan(before);
          return null;
        });

    assertThat(Deadline.left(MINUTE)).isEqualTo(MINUTE);
  }

  @Test
  void workThatIsHandedOn_hasTheDeadlineOfWhoHandsItOn_howeverLateItBegins() {
    Supplier<Duration> over =
        Deadline.within(Duration.ZERO, () -> Deadline.handedOn(() -> Deadline.left(MINUTE)));

    assertThat(CompletableFuture.supplyAsync(over).join()).isZero();
    assertThat(Deadline.handedOn(() -> Deadline.left(MINUTE)).get()).isEqualTo(MINUTE);
  }

  @Test
  void whatIsOver_hasNoTimeLeft() {
    assertThat(Deadline.<Duration>within(Duration.ZERO, () -> Deadline.left(MINUTE))).isZero();
  }
}
