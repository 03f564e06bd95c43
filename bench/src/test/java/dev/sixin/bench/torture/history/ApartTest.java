package dev.sixin.bench.torture.history;

import static dev.sixin.bench.torture.history.Tape.ANN;
import static dev.sixin.bench.torture.history.Tape.ANN_BEN;
import static dev.sixin.bench.torture.history.Tape.BEN;
import static dev.sixin.bench.torture.history.Tape.GROUP;
import static dev.sixin.bench.torture.history.Tape.line;
import static dev.sixin.bench.torture.history.Tape.session;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sixin.bench.torture.history.Call.Act;
import dev.sixin.bench.torture.history.Call.Event;
import dev.sixin.bench.torture.history.Call.Fetch;
import dev.sixin.bench.torture.history.Call.News;
import dev.sixin.bench.torture.history.Call.Relate;
import dev.sixin.bench.torture.history.Call.Sessions;
import dev.sixin.bench.torture.history.Call.Watch;
import dev.sixin.bench.torture.history.Outcome.Done;
import dev.sixin.bench.torture.history.Outcome.Listed;
import dev.sixin.bench.torture.history.Outcome.Page;
import dev.sixin.bench.torture.history.Outcome.Sent;
import dev.sixin.bench.torture.history.Outcome.Told;
import dev.sixin.bench.torture.history.Outcome.Unknown;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/// Records of what changes in several places one after another: what may lag, what may not, and
/// that nothing may in the end.
class ApartTest {
  private static final Line FIRST = line(10, ANN, ANN_BEN, 1);
  private static final Line SECOND = line(20, ANN, ANN_BEN, 2);
  private static final Unknown LOST = new Unknown("-3");

  private final Tape tape = new Tape();

  private Tape apart() {
    return tape.call(new Event(Event.Kind.APART, "some things"), new Done());
  }

  /// Ben reads a message whose sender was not told that it is there; his list does not show it.
  private Tape lagging(Tape on) {
    return on.sent(ANN_BEN, FIRST)
        .sent(ANN_BEN, SECOND, LOST)
        .call(new Fetch(BEN, ANN_BEN, 0, false, false), new Page(List.of(SECOND, FIRST), false))
        .session(BEN, session(ANN_BEN, 0, 10, 1))
        .reads("client-2", BEN, ANN_BEN, FIRST, SECOND);
  }

  @Test
  void aListMayLagBehindItsConversation_whereTheyAreApart_only() {
    assertThat(lagging(apart()).end(ANN_BEN, FIRST, SECOND)).isEmpty();
    assertThat(lagging(new Tape()).end(ANN_BEN, FIRST, SECOND))
        .singleElement()
        .satisfies(anomaly -> assertThat(anomaly.what()).contains("ends at 10"));
  }

  @Test
  void aListShowsWhatWasAcknowledgedAtOnce_andNeverLessThanBefore() {
    apart()
        .sent(ANN_BEN, FIRST)
        .sent(ANN_BEN, SECOND)
        .session(BEN, session(ANN_BEN, 0, 10, 1))
        .reads("client-2", BEN, ANN_BEN, FIRST, SECOND);

    assertThat(tape.end(ANN_BEN, FIRST, SECOND))
        .singleElement()
        .satisfies(anomaly -> assertThat(anomaly.invariant()).isEqualTo(Anomaly.ONE_ORDER));
  }

  @Test
  void inTheEnd_aListLagsNoMore() {
    assertThat(lagging(apart()).end(ANN_BEN, FIRST, SECOND)).isEmpty();
    tape.call(new Sessions(BEN), new Listed(List.of(session(ANN_BEN, 0, 10, 1)), false));

    assertThat(tape.check())
        .singleElement()
        .satisfies(anomaly -> assertThat(anomaly.what()).contains("ends at 10"));
  }

  @Test
  void whoPolls_mayMissTheLastOfAGroup_butNothingPrivate_andWhoWatchesNothing() {
    Line inGroup = line(1, ANN, GROUP, 5);
    apart().joined(GROUP, ANN, BEN).sent(GROUP, inGroup).sent(ANN_BEN, FIRST);
    tape.call("poller", new News(BEN, 0), new Listed(List.of(), false))
        .call("watcher", new Watch(BEN, 1), new Told(1, GROUP, null))
        .reads("watcher", BEN, ANN_BEN, FIRST)
        .settled()
        .reads("last", BEN, GROUP, inGroup)
        .reads("last", BEN, ANN_BEN, FIRST)
        .reads("last-" + ANN, ANN, ANN_BEN, FIRST);

    assertThat(tape.check())
        .hasSize(2)
        .allSatisfy(anomaly -> assertThat(anomaly.invariant()).isEqualTo(Anomaly.NOTHING_MISSED))
        .anySatisfy(anomaly -> assertThat(anomaly.what()).contains("g101: watcher got 0 of 1"))
        .anySatisfy(anomaly -> assertThat(anomaly.what()).contains("1-2: poller got 0 of 1"));
  }

  @Test
  void aBlockIsInForce_onceItWasAcknowledgedAtOnce_exceptAfterTrouble() {
    Relate block = new Relate(BEN, ANN, Act.BLOCK);
    apart().call(block, new Done()).sent(ANN_BEN, FIRST, new Sent(FIRST.key()));
    assertThat(tape.end(ANN_BEN, FIRST)).isNotEmpty();

    Tape troubled = new Tape();
    troubled
        .call(new Event(Event.Kind.APART, ""), new Done())
        .call(block, LOST)
        .call(block, new Done())
        .sent(ANN_BEN, FIRST, new Sent(FIRST.key()));
    assertThat(troubled.end(ANN_BEN, FIRST)).isEmpty();
  }

  @Test
  void callsAreCounted_bySortOfFault_withThoseThatTookTooLong() {
    tape.sent(ANN_BEN, FIRST)
        .call(new Event(Event.Kind.FAULT, "kill" + Event.BEGINS), new Done())
        .sent(ANN_BEN, SECOND)
        .call(new News(BEN, 0), LOST)
        .call(new Event(Event.Kind.FAULT, "kill" + Event.IS_OVER), new Done())
        .call(new News(BEN, 0), LOST);

    assertThat(Wait.of(tape.entries(), Duration.ofMillis(1)))
        .containsExactly(new Wait("kill", 2, Map.of(), 4));
    assertThat(Wait.of(tape.entries(), Duration.ofNanos(3_000)))
        .containsExactly(new Wait("kill", 2, Map.of("news", 1, "send", 1), 4));
  }
}
