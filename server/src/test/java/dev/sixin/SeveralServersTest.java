package dev.sixin;

import static dev.sixin.TestServer.assertRefused;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sixin.admin.v1.RevokeTokensRequest;
import dev.sixin.admin.v1.SetBanRequest;
import dev.sixin.bus.NatsServer;
import dev.sixin.entity.Talker;
import dev.sixin.store.cassandra.CassandraNode;
import io.grpc.StatusRuntimeException;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/// Two servers on one store, with a bus between them that may die.
@Tag("cassandra")
@EnabledIfSystemProperty(named = CassandraNode.PROPERTY, matches = ".+")
class SeveralServersTest {
  private static final String RARELY = "--fresh-within=3600";
  private static final String OFTEN = "--fresh-within=1";

  @AutoClose private final NatsServer nats = new NatsServer();
  private TestServer here;
  private TestServer there;

  /// Two people, each of whom has a server.
  private Person ann;

  private Person bob;

  private void start(String fresh) {
    here = TestServer.start("--bus=" + nats.url(), fresh, "--node=1");
    there = here.startAnother("--bus=" + nats.url(), fresh, "--node=2");
    awaitBus();
    ann = Person.on(here);
    bob = Person.on(there);
    here.friends(ann.uid(), bob.uid());
  }

  private void awaitBus() {
    for (TestServer server : new TestServer[] {here, there}) {
      Await.until(
          "the bus is there",
          () -> server.meters().get("sixin.bus.connected").gauge().value() == 1);
    }
  }

  @AfterEach
  void stop() {
    if (there != null) {
      there.close();
    }
    if (here != null) {
      here.close();
    }
  }

  private void tick() {
    here.clock.move(Duration.ofSeconds(1));
    there.clock.move(Duration.ofSeconds(1));
  }

  @Test
  void whatHappensOnOneServer_isToldOnTheOther_byTheBusAlone() {
    start(RARELY);
    try (Watch annsWatch = Watch.of(ann);
        Watch bobsWatch = Watch.of(bob);
        LiveWatch live = LiveWatch.of(bob)) {
      tick();
      long key = here.say(ann.uid(), bob.uid(), "hello");
      assertThat(bobsWatch.next(Talker.user(ann.uid())).getInstantMsg().getMsgKey()).isEqualTo(key);
      long answer = there.say(bob.uid(), ann.uid(), "hello to you");
      annsWatch.next(Talker.user(bob.uid())); // her own
      assertThat(annsWatch.next(Talker.user(bob.uid())).getInstantMsg().getMsgKey())
          .isEqualTo(answer);
      assertThat(ann.history(bob)).isEqualTo(bob.history(ann)).hasSize(2);

      LiveWatch.type(ann, new Person(here, bob.uid()));
      while (!live.next().hasTyping()) {
        // read marks come before
      }
      Group group = Group.of(ann, new Person(here, bob.uid()));
      Await.until(
          "Bob is told what is said in the group",
          () -> {
            tick(); // what is said in the moment of joining is left to the rounds
            ann.sends(TestServer.groupText(group.id(), "all"));
            return bobsWatch.takeAll().stream()
                .anyMatch(notify -> notify.getInstantMsg().getContent().contains("all"));
          });
    }
  }

  @Test
  void aRevokedToken_andABan_countOnAllServers_byTheBus_atOnce() {
    start(RARELY);
    bob.says(new Person(there, ann.uid()), "the other server knows Bob now");
    try (Watch watch = Watch.of(bob)) {
      tick();
      var _ =
          here.admin()
              .setBan(
                  SetBanRequest.newBuilder().setUid(bob.uid()).setUntil(Long.MAX_VALUE).build());
      Await.until("banned there", () -> isRefused(() -> bob.says(ann, "hello")));
      tick();
      var _ = here.admin().revokeTokens(RevokeTokensRequest.newBuilder().setUid(bob.uid()).build());
      watch.awaitEnd();
      assertThat(watch.wasKickedOut()).isTrue();
      Await.until("unknown there", () -> isRefused(() -> bob.history(ann)));
    }
  }

  private static boolean isRefused(Runnable call) {
    try {
      call.run();
      return false;
    } catch (StatusRuntimeException e) {
      return true;
    }
  }

  @Test
  void withTheBusDead_nothingIsLost_butTime() {
    start(OFTEN);
    try (Watch watch = Watch.of(bob)) {
      nats.kill();
      tick();
      here.say(ann.uid(), bob.uid(), "without a bus");
      assertThat(watch.next().hasInstantMsg()).as("it is only told to look").isFalse();
      assertThat(bob.history(ann)).hasSize(1);

      Group group = Group.of(ann, new Person(here, bob.uid()));
      assertThat(watch.next().hasInstantMsg()).isFalse();
      tick();
      ann.sends(TestServer.groupText(group.id(), "all"));
      assertThat(watch.next().hasInstantMsg()).isFalse();

      tick();
      var _ = here.admin().revokeTokens(RevokeTokensRequest.newBuilder().setUid(bob.uid()).build());
      watch.awaitEnd();
      assertThat(watch.wasKickedOut()).isTrue();
      Await.until("unknown there", () -> isRefused(() -> bob.history(ann)));
    }
    nats.start();
    awaitBus();
    assertRefused(-101, () -> bob.history(ann));
  }
}
