package dev.sixin.message;

import static dev.sixin.TestServer.assertRefused;
import static dev.sixin.TestServer.text;

import dev.sixin.TestServer;
import dev.sixin.admin.v1.SendRequest;
import dev.sixin.admin.v1.User;
import dev.sixin.proto.type.Msg;
import dev.sixin.proto.type.MsgType;
import dev.sixin.proto.type.RecverType;
import java.time.Duration;
import java.time.LocalTime;
import java.time.ZoneOffset;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// How much a sender may send on a day of UTC, also when the server stops meanwhile.
class DailyLimitTest {
  private static final int PER_DAY = 3;

  private static TestServer server;
  private static int uids = 100;

  /// Three new friends in each test.
  private int ann;

  private int bob;
  private int shop;

  @BeforeAll
  static void start() {
    server = TestServer.start("--rate-burst=1000", "--rate-per-day=" + PER_DAY);
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  @BeforeEach
  void meet() {
    ann = uids++;
    bob = uids++;
    shop = uids++;
    server.people(ann, bob);
    server.user(User.newBuilder().setUid(shop).setName("shop").setBusiness(true));
    server.friends(ann, bob);
  }

  private void annSays(int times) {
    for (int i = 0; i < times; i++) {
      server.say(ann, bob, "hello");
    }
  }

  private void assertUsedUp() {
    assertRefused(21046, () -> annSays(1));
  }

  private static Duration toMidnight() {
    LocalTime now = LocalTime.ofInstant(server.clock.instant(), ZoneOffset.UTC);
    return Duration.ofDays(1).minusSeconds(now.toSecondOfDay());
  }

  @Test
  void whatWasSentBeforeARestart_counts() {
    annSays(2);
    server.restart();

    annSays(1);
    assertUsedUp();
    server.restart();
    assertUsedUp();
    server.say(bob, ann, "my own day is fresh");
  }

  @Test
  void eachDay_beginsAnew() {
    annSays(PER_DAY);
    server.clock.move(toMidnight().minusSeconds(1));
    assertUsedUp();

    server.clock.move(Duration.ofSeconds(1));
    annSays(PER_DAY);
    assertUsedUp();
  }

  @Test
  void aNewDayAfterARestart_beginsAnew() {
    annSays(PER_DAY);
    server.restart();
    server.clock.move(toMidnight());
    annSays(1);
    server.restart();

    annSays(PER_DAY - 1);
    assertUsedUp();
  }

  @Test
  void whatWasRefusedOrRepeated_doesNotCount() {
    Msg.Builder msg = text(bob, "hello").setCliMsgId(7);
    for (int i = 0; i < PER_DAY; i++) {
      server.send(ann, msg);
      assertRefused(21026, () -> server.say(ann, ann, "hello"));
    }
    server.restart();

    annSays(PER_DAY - 1);
    assertUsedUp();
  }

  @Test
  void whatOthersSend_andTheSite_doesNotCount() {
    server.say(bob, ann, "hello");
    for (int i = 0; i < PER_DAY; i++) {
      Msg.Builder msg = text(bob, "hello").setSenderUid(ann);
      server.admin().send(SendRequest.newBuilder().setMsg(msg).build());
    }
    server.restart();

    annSays(PER_DAY);
    assertUsedUp();
  }

  @Test
  void messagesInGroups_andTakingBack_count() {
    int group = ann;
    server.group(group, ann);
    server.send(ann, TestServer.groupText(group, "hello"));
    long key = server.say(ann, bob, "hello");
    server.send(
        ann,
        text(bob, "")
            .setMsgType(MsgType.EN_MSG_TYPE_DRAW_BACK)
            .setContent(Long.toUnsignedString(key)));
    server.restart();

    assertUsedUp();
  }

  @Test
  void aMailing_countsOnce() {
    server.send(
        shop,
        text(0, "hello")
            .setReceiverType(RecverType.EN_RECVER_TYPE_PEERS)
            .addRecverIds(ann)
            .addRecverIds(bob));
    server.restart();

    for (int i = 0; i < PER_DAY - 1; i++) {
      server.say(shop, ann, "hello");
    }
    assertRefused(21046, () -> server.say(shop, ann, "hello"));
  }
}
