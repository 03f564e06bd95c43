package dev.sixin.message;

import static dev.sixin.TestServer.assertRefused;
import static dev.sixin.TestServer.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sixin.MovableClock;
import dev.sixin.Person;
import dev.sixin.TestServer;
import dev.sixin.admin.v1.SendRequest;
import dev.sixin.proto.im.RspSendMsg;
import dev.sixin.proto.type.Msg;
import dev.sixin.refusal.Code;
import dev.sixin.refusal.Refusal;
import io.grpc.StatusRuntimeException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/// How much a sender may send. The bucket for bursts fills by real time, so most tests use up the
/// day, which ends when the server's clock says so.
class RatesTest {
  private static final int BURST = 3;
  private static final int PER_DAY = 2;

  private static TestServer server;

  @BeforeAll
  static void start() {
    server = TestServer.start("--rate-burst=1000", "--rate-per-day=" + PER_DAY);
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  private record Pair(Person ann, Person bob) {
    static Pair ofFriends() {
      Pair pair = new Pair(Person.on(server), Person.on(server));
      pair.ann().befriends(pair.bob());
      return pair;
    }

    void say(int times) {
      for (int i = 0; i < times; i++) {
        ann.says(bob, "hello");
      }
    }
  }

  @Test
  void moreThanTheDaysWorth_isRefusedWith21046() {
    Pair friends = Pair.ofFriends();
    friends.say(PER_DAY);

    assertRefused(21046, () -> friends.say(1));
    assertThat(friends.bob().history(friends.ann())).hasSize(PER_DAY);
  }

  @Test
  void moreAtOnceThanTheBurst_isRefusedWith21020() {
    try (TestServer own = TestServer.start("--rate-burst=" + BURST, "--rate-per-second=1")) {
      Person ann = Person.on(own);
      Person bob = Person.on(own);
      ann.befriends(bob);
      int sent = 0;
      try {
        // One a second comes back meanwhile; a server slower than that would be no server.
        while (sent < 100) {
          ann.says(bob, "hello");
          sent++;
        }
      } catch (StatusRuntimeException e) {
        assertThat(TestServer.details(e).getCode()).isEqualTo(21020);
      }

      assertThat(sent).isBetween(BURST, 99);
      assertThat(bob.history(ann)).hasSize(sent);
    }
  }

  @Test
  void aMessageSentTooFast_costsNothingOfTheDaysWorth() {
    try (TestServer own =
        TestServer.start("--rate-burst=1", "--rate-per-second=1", "--rate-per-day=" + PER_DAY)) {
      Person ann = Person.on(own);
      Person bob = Person.on(own);
      ann.befriends(bob);
      int sent = 0;
      for (int tries = 0; sent < PER_DAY && tries < 1_000_000; tries++) {
        try {
          ann.says(bob, "hello");
          sent++;
        } catch (StatusRuntimeException e) {
          assertThat(TestServer.details(e).getCode()).isEqualTo(21020);
        }
      }

      assertThat(sent).isEqualTo(PER_DAY);
      assertRefused(21046, () -> ann.says(bob, "hello"));
    }
  }

  @Test
  void eachSender_hasRatesOfTheirOwn() {
    Pair friends = Pair.ofFriends();
    friends.say(PER_DAY);
    assertRefused(21046, () -> friends.say(1));

    friends.bob().says(friends.ann(), "hello");
    Pair.ofFriends().say(PER_DAY);
  }

  @Test
  void theRates_holdOverAllConversationsOfASender() {
    Pair friends = Pair.ofFriends();
    friends.say(PER_DAY);

    assertRefused(21046, () -> friends.ann().says(Person.on(server), "hello"));
  }

  @Test
  void aRefusedMessage_costsNothing() {
    Pair friends = Pair.ofFriends();
    Person ann = friends.ann();
    Person eve = Person.on(server);
    eve.blocks(ann);
    for (int i = 0; i < PER_DAY; i++) {
      assertRefused(21026, () -> ann.says(ann, "hello"));
      assertRefused(25003, () -> ann.says(eve, "hello"));
      assertRefused(-404, () -> ann.says(Person.unregistered(server), "hello"));
      assertRefused(-400, () -> ann.sends(text(friends.bob().uid(), "").setContent("hello")));
    }

    friends.say(PER_DAY);
    assertRefused(21046, () -> friends.say(1));
  }

  @Test
  void aMessageRefusedByTheStrangerRule_costsNothing() {
    Pair friends = Pair.ofFriends();
    Person stranger = Person.on(server);
    friends.ann().says(stranger, "hello");
    for (int i = 0; i < PER_DAY; i++) {
      assertRefused(21047, () -> friends.ann().says(stranger, "hello"));
    }

    friends.say(PER_DAY - 1);
    assertRefused(21046, () -> friends.say(1));
  }

  @Test
  void aRepeatedMessage_costsNothing() {
    Pair friends = Pair.ofFriends();
    for (int i = 0; i < PER_DAY + 2; i++) {
      friends.ann().sends(text(friends.bob().uid(), "hello").setCliMsgId(7));
    }

    friends.say(PER_DAY - 1);
    assertRefused(21046, () -> friends.say(1));
  }

  @Test
  void aRetry_isNotCheckedAgain() {
    Pair friends = Pair.ofFriends();
    Msg.Builder msg = text(friends.bob().uid(), "hello").setCliMsgId(7);
    RspSendMsg first = friends.ann().sends(msg);
    friends.say(PER_DAY - 1);
    assertRefused(21046, () -> friends.say(1));

    assertThat(friends.ann().sends(msg)).isEqualTo(first);
  }

  @Test
  void theStrangerRule_isCheckedBeforeTheRates() {
    Pair friends = Pair.ofFriends();
    Person stranger = Person.on(server);
    friends.ann().says(stranger, "hello");
    friends.say(PER_DAY - 1);

    assertRefused(21047, () -> friends.ann().says(stranger, "hello"));
    assertRefused(21046, () -> friends.say(1));
  }

  @Test
  void theSite_isNotHeldToTheRates() {
    Pair friends = Pair.ofFriends();
    for (int i = 0; i < PER_DAY + 1; i++) {
      server
          .admin()
          .send(
              SendRequest.newBuilder()
                  .setMsg(text(friends.bob().uid(), "hello").setSenderUid(friends.ann().uid()))
                  .build());
    }

    assertThat(friends.bob().history(friends.ann())).hasSize(PER_DAY + 1);
    friends.say(PER_DAY);
  }

  @Test
  void whatWasSentByWayOfAnotherServer_countsWithinAMinute() {
    MovableClock clock = new MovableClock(TestServer.START);
    AtomicLong stored = new AtomicLong();
    Rates.Limits limits = new Rates.Limits(10, 1, 5);
    Rates alone = new Rates(limits, clock, (_, _) -> stored.get());
    Rates shared = Rates.shared(limits, clock, (_, _) -> stored.get());
    alone.take(1).require();
    shared.take(1).require();
    stored.set(5); // on other servers
    clock.move(Duration.ofSeconds(61));

    alone.take(1).require();
    assertThatThrownBy(() -> shared.take(1).require())
        .isInstanceOfSatisfying(
            Refusal.class, refused -> assertThat(refused.code()).isEqualTo(Code.FAR_TOO_MUCH));
  }
}
