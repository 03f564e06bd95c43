package dev.sixin;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sixin.entity.Talker;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/// The people who live in a demo. A turn of theirs is a second.
class DemoTest {
  private static final List<Long> PLAYED = List.of(1001L, 1002L, 1003L);
  private static final List<Long> GO_LIVE = List.of(1004L, 1005L);
  private static final long FRIEND = 1006;
  private static final Talker FANS = Talker.group(5001);

  private final TestServer server = TestServer.start();

  private boolean seesSomebodyLive(long uid) {
    return GO_LIVE.stream()
        .map(friend -> server.session(uid, friend))
        .anyMatch(it -> it.getLiveStatus() == 1 && it.getLastMsg().getContent().contains("开播"));
  }

  private long saidInGroup() {
    return server.session(PLAYED.getFirst(), FANS).getMaxSeqno();
  }

  @Test
  void whoeverWritesAtOnce_isAnsweredInTheFirstTurn() {
    try (server) {
      DemoBots bots = server.demoBots();
      server.say(PLAYED.getFirst(), FRIEND, "在吗？");
      bots.take();
      assertThat(server.history(PLAYED.getFirst(), FRIEND).getLast().getSenderUid())
          .isEqualTo(FRIEND);
    }
  }

  @Test
  void whoeverComes_howeverLate_seesWithinTenTurnsThatPeopleTalk_goLive_andAnswer() {
    try (server) {
      DemoBots bots = server.demoBots();
      IntStream.range(0, 400).forEach(_ -> bots.take());
      long before = saidInGroup();
      IntStream.range(0, 59).forEach(_ -> bots.take());
      assertThat(saidInGroup() - before).as("calm while nobody looks").isLessThanOrEqualTo(1);
      assertThat(PLAYED).noneMatch(this::seesSomebodyLive);

      List<Watch> watches =
          PLAYED.stream().map(uid -> Watch.with(server, uid, server.token(uid))).toList();
      Await.until("all watch", () -> server.watchers() == PLAYED.size());
      before = saidInGroup();
      server.say(PLAYED.getFirst(), FRIEND, "在吗？");
      IntStream.range(0, 10).forEach(_ -> bots.take());
      assertThat(saidInGroup()).isGreaterThan(before);
      assertThat(PLAYED).allMatch(this::seesSomebodyLive);
      assertThat(server.history(PLAYED.getFirst(), FRIEND).getLast().getSenderUid())
          .isEqualTo(FRIEND);
      watches.forEach(Watch::close);
    }
  }
}
