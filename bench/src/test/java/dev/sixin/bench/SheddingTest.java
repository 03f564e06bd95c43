package dev.sixin.bench;

import static dev.sixin.bench.Samples.OVERLOADED;
import static dev.sixin.bench.Samples.histogram;
import static dev.sixin.bench.Samples.open;
import static dev.sixin.bench.Samples.tally;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sixin.bench.Load.Window;
import dev.sixin.bench.OverloadCommand.Recovery;
import dev.sixin.bench.Report.Verdict;
import dev.sixin.bench.Tally.Ending;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/// What is asked of an overloaded server, with results made up.
class SheddingTest {
  private static final double ENOUGH = 0.9;

  /// In two seconds 20 calls went well and 40 did not, of 30 a second.
  private static Tally shed() {
    Tally tally = tally(new long[20]);
    tally.add(OVERLOADED, histogram(new long[40]));
    tally.addDelays(histogram(new long[60]), 0);
    return tally;
  }

  private static List<Boolean> judge(Tally tally) {
    return judge(tally, ENOUGH, recovered(Duration.ZERO));
  }

  private static List<Boolean> judge(Tally tally, double kept, Recovery... recoveries) {
    return OverloadCommand.judge(open("send", tally, 30, 0), kept, List.of(recoveries)).stream()
        .map(Verdict::met)
        .toList();
  }

  private static Recovery recovered(Duration before) {
    Recovery recovery = new Recovery(before);
    for (int i = 0; i < 5; i++) {
      watch(recovery, i, tally(1_000));
    }
    return recovery;
  }

  private static void watch(Recovery recovery, int window, Tally tally) {
    recovery.accept(
        new Window(
            Duration.ofMillis(100L * window), Duration.ofMillis(100L * (window + 1)), tally));
  }

  private static Tally refused() {
    Tally tally = tally(1_000);
    tally.add(OVERLOADED, histogram(10));
    return tally;
  }

  @Test
  void serverThatShedsTheLoad_isWell() {
    assertThat(judge(shed())).containsExactly(true, true, true, true, true);
  }

  @Test
  void clientThatCanNotAskForSoMuch_provesNothing() {
    Tally tally = tally(new long[20]);
    tally.add(OVERLOADED, histogram(new long[40]));
    tally.addDelays(histogram(new long[50]), 0);

    assertThat(judge(tally)).containsExactly(false, true, true, true, true);
  }

  @Test
  void lessThanNineTenthsOfTheBestRate_isNotEnough() {
    assertThat(judge(shed(), 0.899, recovered(Duration.ZERO)))
        .containsExactly(true, false, true, true, true);
  }

  @Test
  void refusalsThatTakeLong_areNotWell() {
    Tally tally = shed();
    tally.add(OVERLOADED, histogram(60_000));

    assertThat(judge(tally)).containsExactly(true, true, false, true, true);
  }

  @Test
  void noRefusals_areNoOverload() {
    Tally tally = tally(new long[60]);
    tally.addDelays(histogram(new long[60]), 0);

    assertThat(judge(tally)).containsExactly(true, true, false, true, true);
  }

  @Test
  void otherFailures_areNotWell() {
    Tally tally = shed();
    tally.add(new Ending("/im/SendMsg", "grpc-status 14"), histogram(1));

    assertThat(judge(tally)).containsExactly(true, true, true, false, true);
  }

  @Test
  void recovery_isTheEndOfTheFirstGoodWindow_sinceTheEndOfTheOverload() {
    Recovery recovery = recovered(Duration.ofMillis(30));

    assertThat(recovery.isOver()).isTrue();
    assertThat(recovery.verdict())
        .isEqualTo(new Verdict("it had recovered after 130 ms (expected: 2,000 ms)", true));
  }

  @Test
  void recovery_isNotUndoneByWhatIsLeftOfAWindow() {
    Recovery recovery = recovered(Duration.ofMillis(30));
    watch(recovery, 5, new Tally());

    assertThat(recovery.verdict().what()).contains("after 130 ms");
  }

  @Test
  void recovery_beginsAnew_whenAWindowIsNotGood() {
    Recovery recovery = new Recovery(Duration.ZERO);
    List<Tally> windows =
        List.of(tally(1_000), refused(), tally(1_000), tally(60_000), tally(1_000), new Tally());
    for (int i = 0; i < windows.size(); i++) {
      watch(recovery, i, windows.get(i));
    }
    assertThat(recovery.isOver()).isFalse();

    for (int i = 6; i < 11; i++) {
      watch(recovery, i, tally(1_000));
    }
    assertThat(recovery.isOver()).isTrue();
    assertThat(recovery.verdict().what()).contains("after 700 ms");
  }

  @Test
  void recoveryThatTakesLong_isNotWell() {
    assertThat(recovered(Duration.ofMillis(1_900)).verdict().met()).isTrue();
    assertThat(recovered(Duration.ofMillis(1_901)).verdict().met()).isFalse();
  }

  @Test
  void slowestRecovery_isTheOneThatCounts() {
    Recovery quick = recovered(Duration.ZERO);
    Recovery slow = recovered(Duration.ofMillis(1_901));

    assertThat(judge(shed(), ENOUGH, quick, slow, quick))
        .containsExactly(true, true, true, true, false);
  }

  @Test
  void noRecovery_endsSomeTime() {
    Recovery recovery = new Recovery(Duration.ZERO);
    int window = 0;
    while (!recovery.isOver()) {
      watch(recovery, window++, refused());
    }

    assertThat(window).isEqualTo(151);
    assertThat(recovery.verdict())
        .isEqualTo(new Verdict("it had not recovered after 15,100 ms", false));
  }
}
