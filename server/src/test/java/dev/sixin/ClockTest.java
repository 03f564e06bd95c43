package dev.sixin;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sixin.proto.im.ReqNewSessions;
import dev.sixin.proto.im.ReqSessionMsg;
import dev.sixin.proto.im.RspSessionMsg;
import dev.sixin.proto.im.RspSessions;
import dev.sixin.proto.type.Msg;
import dev.sixin.proto.type.SessionInfo;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.function.ToLongFunction;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.lifecycle.AfterProperty;
import net.jqwik.api.lifecycle.BeforeProperty;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Orders and keys while the machine's clock does what it likes.
class ClockTest {
  private static final long ANN = 1;
  private static final long BEN = 2;
  private static final long CAL = 3;
  private static final long EPOCH = 1_635_696_000;

  private TestServer server;

  /// The greatest session_ts that each user has seen.
  private final Map<Long, Long> seen = new HashMap<>();

  private final Set<Long> keys = new HashSet<>();

  @BeforeEach
  @BeforeProperty
  void start() {
    server = TestServer.start();
    server.people(ANN, BEN, CAL);
    server.friends(ANN, BEN);
    server.friends(ANN, CAL);
    server.friends(BEN, CAL);
  }

  @AfterEach
  @AfterProperty
  void stop() {
    server.close();
  }

  @Test
  void whenTheClockStepsBackAnHour_everyOrderGoesOn() {
    say(ANN, BEN);
    say(CAL, BEN);

    server.clock.move(Duration.ofHours(-1));
    say(ANN, BEN);
    say(BEN, ANN);
    say(CAL, BEN);
    server.clock.move(Duration.ofSeconds(1));
    say(BEN, CAL);
    say(ANN, BEN);
    server.clock.move(Duration.ofHours(2));
    say(BEN, ANN);

    long now = server.clock.instant().getEpochSecond();
    List<Msg> history = server.history(BEN, ANN);
    assertThat(history)
        .extracting(msg -> msg.getTimestamp() - now)
        .as("times are what the clock said")
        .containsExactly(-3_601L, -7_201L, -7_201L, -7_200L, 0L);
    long first = history.getFirst().getMsgSeqno();
    assertThat(history)
        .extracting(Msg::getMsgSeqno)
        .containsExactly(first, first + 1, first + 2, first + 3, (now - EPOCH) << 24);
    assertStrictlyIncreasing(history, Msg::getMsgKey);
    assertThat(keys).hasSize(8);
  }

  @Test
  void afterARestartWithAClockThatSteppedBack_everyOrderGoesOn() {
    say(ANN, BEN);
    say(CAL, BEN);
    server.clock.move(Duration.ofHours(-1));
    server.restart();

    say(ANN, BEN);
    say(CAL, BEN);

    assertStrictlyIncreasing(server.history(BEN, ANN), Msg::getMsgSeqno);
    assertStrictlyIncreasing(server.history(BEN, ANN), Msg::getMsgKey);
  }

  /// A conversation whose last seqno lies beyond the second's numbers: so it is after 2^24 messages
  /// in one second, and so it is one second before its last message. `SeqnoTest` counts them all.
  @Test
  void whenTheNumbersOfASecondAreUsedUp_theNextSecondLendsItsOwn() {
    say(ANN, BEN);
    long firstOfNext = server.history(BEN, ANN).getFirst().getMsgSeqno();
    server.clock.move(Duration.ofSeconds(-1));
    long usedUp = server.clock.instant().getEpochSecond() - EPOCH;
    assertThat(firstOfNext).isEqualTo((usedUp << 24) + (1 << 24));

    say(BEN, ANN);
    say(ANN, BEN);
    server.clock.move(Duration.ofSeconds(1));
    say(BEN, ANN);
    server.clock.move(Duration.ofSeconds(1));
    say(ANN, BEN);

    assertThat(server.history(BEN, ANN))
        .extracting(msg -> msg.getMsgSeqno() - firstOfNext)
        .containsExactly(0L, 1L, 2L, 3L, 1L << 24);
    assertThat(keys).hasSize(5);
  }

  /// Time goes on, stands still and steps back between messages of three people, one of whom polls.
  @Property(tries = 5)
  void whateverTheClockDoes_ordersAreStrict_andPollingMissesNothing(@ForAll long seed) {
    Random random = new Random(seed);
    List<Duration> moves =
        List.of(
            Duration.ZERO,
            Duration.ofNanos(1_000),
            Duration.ofMillis(1),
            Duration.ofSeconds(1),
            Duration.ofSeconds(-1),
            Duration.ofMillis(-1),
            Duration.ofHours(1),
            Duration.ofHours(-1));
    List<Long> people = List.of(ANN, BEN, CAL);
    Map<Long, List<Msg>> polled = new HashMap<>();
    for (long talker : List.of(ANN, CAL)) {
      polled.put(talker, new ArrayList<>(server.history(BEN, talker)));
    }
    long position = seen.getOrDefault(BEN, 0L);
    for (int i = 0; i < 40; i++) {
      server.clock.move(moves.get(random.nextInt(moves.size())));
      long from = people.get(random.nextInt(3));
      long to = people.get((int) (from + random.nextInt(2)) % 3);
      say(from, to);
      if (random.nextInt(4) == 0) {
        position = poll(position, polled);
      }
    }
    poll(position, polled);

    polled.forEach(
        (talker, messages) -> {
          assertThat(messages).isEqualTo(server.history(BEN, talker));
          assertStrictlyIncreasing(messages, Msg::getMsgSeqno);
          assertStrictlyIncreasing(messages, Msg::getMsgKey);
        });
  }

  /// What a client does: asks for sessions with news since the last that it knows, then for the
  /// messages above the last that it has.
  ///
  /// @return the greatest session_ts that it knows now
  private long poll(long position, Map<Long, List<Msg>> polled) {
    RspSessions news =
        server
            .as(BEN)
            .newSessions(ReqNewSessions.newBuilder().setBeginTs(position).setSize(100).build());
    long newest = position;
    for (SessionInfo session : news.getSessionListList()) {
      newest = Math.max(newest, session.getSessionTs());
      List<Msg> known = polled.get(session.getTalkerId());
      RspSessionMsg page =
          server
              .as(BEN)
              .syncFetchSessionMsgs(
                  ReqSessionMsg.newBuilder()
                      .setTalkerId(session.getTalkerId())
                      .setSessionType(1)
                      .setBeginSeqno(known.isEmpty() ? 0 : known.getLast().getMsgSeqno())
                      .setOrder(1)
                      .setSize(2_000)
                      .build());
      known.addAll(page.getMessagesList());
    }
    return newest;
  }

  /// Sends a message; its key is new, and both sides' session_ts are greater than all before.
  private void say(long from, long to) {
    assertThat(keys.add(server.say(from, to, "hello"))).as("a new key").isTrue();
    for (long[] side : new long[][] {{from, to}, {to, from}}) {
      long sessionTs = server.session(side[0], side[1]).getSessionTs();
      assertThat(sessionTs).isGreaterThan(seen.getOrDefault(side[0], 0L));
      seen.put(side[0], sessionTs);
    }
  }

  private static void assertStrictlyIncreasing(List<Msg> messages, ToLongFunction<Msg> number) {
    for (int i = 1; i < messages.size(); i++) {
      assertThat(number.applyAsLong(messages.get(i)))
          .isGreaterThan(number.applyAsLong(messages.get(i - 1)));
    }
  }
}
