package dev.sixin.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.linecorp.armeria.client.ClientFactory;
import dev.sixin.Await;
import dev.sixin.Person;
import dev.sixin.TestServer;
import dev.sixin.Watch;
import dev.sixin.admin.v1.IssueTokenRequest;
import dev.sixin.proto.notify.ReqServerNotify;
import io.grpc.Status;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Streams of live push: how many there may be, when they end, and what they cost the others.
class WatchersTest {
  private static final int MOST = 4;

  private static TestServer server;

  private Person ann;
  private Person bob;

  @BeforeAll
  static void start() {
    server = TestServer.start("--max-watchers=" + MOST, "--max-calls=" + MOST / 2);
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  @BeforeEach
  void people() {
    ann = Person.on(server);
    bob = Person.on(server);
    ann.befriends(bob);
  }

  @AfterEach
  void nobodyWatches() {
    Await.until("nobody watches", () -> server.watchers() == 0);
  }

  @Test
  void aSlowDevice_isToldOfManyEventsAtOnce_andHoldsUpNobody() {
    int many = 300;
    try (ClientFactory narrow =
            ClientFactory.builder()
                .http2InitialStreamWindowSize(65_535)
                .http2InitialConnectionWindowSize(65_535)
                .build();
        Watch slow = Watch.slow(bob, narrow)) {
      Await.until("watching", () -> server.watchers() == 1);
      String longText = "x".repeat(1_900);
      for (int i = 1; i < many; i++) {
        ann.says(bob, longText);
      }
      server.clock.move(Duration.ofSeconds(1)); // so that the last number is above all others
      ann.says(bob, longText);
      long last = bob.history(ann).getLast().getMsgSeqno();
      slow.request(many);
      List<ReqServerNotify> told = slow.until(notify -> notify.getLastestSeqno() >= last);
      assertThat(told).hasSizeLessThan(many / 2);
      assertThat(told.getLast().hasInstantMsg()).isFalse();
      assertThat(told.getLast().getNotifyInfo().getTalkerId()).isEqualTo(ann.uid());
      assertThat(told).extracting(ReqServerNotify::getLastestSeqno).isSorted();
    }
  }

  @Test
  void whoGoesAway_isForgotten() {
    try (Watch watch = Watch.of(bob)) {
      assertThat(server.watchers()).isEqualTo(1);
      assertThat(watch.end()).isNull();
    }
    Await.until("nobody watches", () -> server.watchers() == 0);
  }

  @Test
  void moreThanThereMayBe_areRefusedWith509_andTakeNoPlaceAmongCalls() {
    List<Watch> all = new ArrayList<>();
    try {
      for (int i = 0; i < MOST; i++) {
        all.add(Watch.of(bob));
      }
      try (Watch more = Watch.with(server, ann.uid(), server.token(ann.uid()))) {
        Status end = more.awaitEnd();
        assertThat(end.getCode()).isEqualTo(Status.Code.RESOURCE_EXHAUSTED);
        assertThat(end.getDescription()).isEqualTo("-509");
      }
      // There are more streams than calls there may be under way.
      ann.says(bob, "hello");
      assertThat(all).allSatisfy(watch -> watch.until(ReqServerNotify::hasInstantMsg));
    } finally {
      all.forEach(Watch::close);
    }
  }

  @Test
  void whoseTokenExpires_isKickedOut() {
    String token =
        server
            .admin()
            .issueToken(IssueTokenRequest.newBuilder().setUid(bob.uid()).setTtlSeconds(60).build())
            .getToken();
    try (Watch brief = Watch.of(bob, token);
        Watch longer = Watch.of(bob)) {
      server.clock.move(Duration.ofSeconds(60));
      assertThat(brief.awaitEnd()).isEqualTo(Status.OK);
      assertThat(brief.wasKickedOut()).isTrue();
      assertThat(longer.end()).isNull();
    }
  }

  @Test
  void whenTheServerStops_streamsEndAsUnavailable_atOnce() {
    try (Watch watch = Watch.of(bob)) {
      long begin = System.nanoTime();
      server.restart();
      assertThat(watch.awaitEnd().getCode()).isEqualTo(Status.Code.UNAVAILABLE);
      assertThat(watch.wasKickedOut()).isFalse();
      assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofSeconds(8));
    }
  }
}
