package dev.sixin.model;

import dev.sixin.TestServer;
import dev.sixin.admin.v1.PutGroupRequest.Status;
import dev.sixin.admin.v1.Relation;
import dev.sixin.model.GroupSteps.Put;
import dev.sixin.model.SiteSteps.Relate;
import dev.sixin.model.Step.Mail;
import dev.sixin.model.Step.MoveClock;
import dev.sixin.model.Step.OddSend;
import dev.sixin.model.Step.Oddity;
import dev.sixin.model.Step.Pin;
import dev.sixin.model.Step.Revoke;
import dev.sixin.model.Step.Send;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/// Short histories that random ones found to be answered wrongly once.
class KnownHistoriesTest {
  private static TestServer server;
  private static ExecutorService executor;
  private static long histories;

  @BeforeAll
  static void start() {
    server = World.server(Keep.ALL);
    executor = Executors.newVirtualThreadPerTaskExecutor();
  }

  @AfterAll
  static void stop() {
    server.close();
    executor.close();
  }

  @Test
  void aSystemAccountThatIsPinnedBeforeItHasWritten_isOne() {
    live(new Pin(Who.ANN, Who.NOTICES, 0));
  }

  @Test
  void aGroupWhoseNumberNeedsAll64Bits_saysItInItsLines() {
    live(new Put(Club.CHOIR, Who.ANN, Status.NORMAL, 1));
  }

  @Test
  void aMailing_isRefusedForWhatItSays_beforeItIsForBeingToOneself() {
    live(new Mail(Who.SHOP, List.of(Who.SHOP), Kind.NOT_JSON, 0, false));
  }

  @Test
  void aRecallToMany_isNone() {
    live(new Mail(Who.SHOP, List.of(Who.ANN), Kind.RECALL, 0, false));
  }

  @Test
  void aMessageToAGroup_isNoRetryOfOneToTheUserOfThatNumber() {
    live(
        new Send(Who.ANN, Who.BEN, Kind.TEXT, 1),
        new OddSend(Who.ANN, Who.BEN, 1, Oddity.TO_A_GROUP));
  }

  @Test
  void followingSomeoneWhomOneBlocks_leavesTheirFollowAlone() {
    live(
        new Relate(Who.ANN, Who.BEN, Relation.Kind.BLOCK, false),
        new Relate(Who.BEN, Who.ANN, Relation.Kind.FOLLOW, false),
        new Relate(Who.ANN, Who.BEN, Relation.Kind.FOLLOW, false));
  }

  @Test
  void aTokenIssuedAfterARevocation_isGoodWhileTheClockStandsStill() {
    live(new Revoke(Who.ANN));
  }

  @Test
  void aRetryAfterADay_isAnother_alsoWhenTheClockThenWentBack() {
    live(
        new Send(Who.ANN, Who.BEN, Kind.TEXT, 2),
        new MoveClock(Duration.ofHours(25)),
        new MoveClock(Duration.ofHours(-2)),
        new Send(Who.ANN, Who.BEN, Kind.TEXT, 2));
  }

  private static void live(Step... steps) {
    World world = new World(server, Keep.ALL, ++histories * Who.NUMBERS, executor, Dialect.GRPC);
    for (Step step : steps) {
      world.take(new Turn(step, 0));
    }
    world.compareAll();
    server.clock.move(Duration.between(server.clock.instant(), world.model().time().highest()));
  }
}
