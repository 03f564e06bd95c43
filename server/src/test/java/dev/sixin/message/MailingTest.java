package dev.sixin.message;

import static dev.sixin.TestServer.assertRefused;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sixin.TestServer;
import dev.sixin.admin.v1.PutUsersRequest;
import dev.sixin.admin.v1.RecallRequest;
import dev.sixin.admin.v1.Relation.Kind;
import dev.sixin.admin.v1.SendRequest;
import dev.sixin.admin.v1.SendResponse;
import dev.sixin.admin.v1.User;
import dev.sixin.proto.type.Msg;
import dev.sixin.proto.type.MsgType;
import dev.sixin.proto.type.RecverType;
import dev.sixin.proto.type.SessionInfo;
import dev.sixin.store.rocksdb.Disk;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class MailingTest {
  private static TestServer server;
  private static long uids;

  private final long shop = uids += 1_000;
  private final List<Long> customers =
      LongStream.rangeClosed(shop + 1, shop + 500).boxed().toList();
  private final long first = customers.getFirst();
  private final long last = customers.getLast();

  @BeforeAll
  static void start() {
    server = TestServer.start();
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  @BeforeEach
  void aShopAndItsCustomers() {
    PutUsersRequest.Builder people = PutUsersRequest.newBuilder();
    people.addUsers(User.newBuilder().setUid(shop).setName("shop").setBusiness(true));
    customers.forEach(uid -> people.addUsers(User.newBuilder().setUid(uid).setName("user")));
    server.admin().putUsers(people.build());
  }

  private Msg.Builder offer(Iterable<Long> receivers, String title) {
    return Msg.newBuilder()
        .setReceiverType(RecverType.EN_RECVER_TYPE_PEERS)
        .addAllRecverIds(receivers)
        .setMsgType(MsgType.EN_MSG_TYPE_NOTIFY_MSG)
        .setContent("{\"title\":\"%s\"}".formatted(title));
  }

  private long mail(Iterable<Long> receivers, String title) {
    return server.send(shop, offer(receivers, title)).getMsgKey();
  }

  private Msg onlyMessage(long uid) {
    List<Msg> history = server.history(uid, shop);
    assertThat(history).hasSize(1);
    return history.getFirst();
  }

  /// What a customer has from the shop; the tip to strangers is none of it.
  private List<Msg> written(long uid) {
    return server.history(uid, shop).stream().filter(msg -> msg.getMsgSeqno() != 0).toList();
  }

  @Test
  void aMailing_reachesAllFiveHundred_underOneKey() {
    long key = mail(customers, "sale");

    for (long uid : customers) {
      Msg msg = onlyMessage(uid);
      assertThat(msg.getMsgKey()).isEqualTo(key);
      assertThat(msg.getContent()).isEqualTo("{\"title\":\"sale\"}");
      assertThat(msg.getSenderUid()).isEqualTo(shop);
      assertThat(msg.getReceiverId()).isEqualTo(uid);
      assertThat(msg.getReceiverType()).isEqualTo(RecverType.EN_RECVER_TYPE_PEER);
      assertThat(msg.getRecverIdsList()).as("nobody sees the others").isEmpty();
    }
    SessionInfo session = server.session(last, shop);
    assertThat(session.getUnreadCount()).isEqualTo(1);
    assertThat(session.getBizMsgUnreadCount()).isEqualTo(1);
    assertThat(session.getLastMsg().getContent()).contains("sale");
    assertThat(server.session(shop, last).getUnreadCount()).isZero();
    assertThat(server.history(shop, last)).hasSize(1);
  }

  @Test
  void theContent_isStoredOnce() {
    try (TestServer mine = TestServer.start()) {
      mine.user(User.newBuilder().setUid(1).setName("shop").setBusiness(true));
      mine.people(LongStream.rangeClosed(2, 501).toArray());
      String text = "one-of-a-kind-5d02e6a1f3";
      var _ =
          mine.send(1, offer(LongStream.rangeClosed(2, 501).boxed().toList(), text)).getMsgKey();
      mine.restart(
          () -> {
            Path store = mine.data().resolve("store");
            Disk.compact(store);
            assertThat(occurrences(store, text)).isEqualTo(1);
          });
      assertThat(mine.history(501, 1).getFirst().getContent()).contains(text);
    }
  }

  private static int occurrences(Path directory, String text) {
    try (Stream<Path> files = Files.walk(directory)) {
      return files.filter(Files::isRegularFile).mapToInt(file -> count(file, text)).sum();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static int count(Path file, String text) {
    try {
      String bytes = Files.readString(file, java.nio.charset.StandardCharsets.ISO_8859_1);
      return bytes.split(text, -1).length - 1;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void aRetry_getsTheSameKey_andMailsNothing() {
    Msg.Builder msg = offer(customers, "sale").setCliMsgId(9);
    long key = server.send(shop, msg).getMsgKey();

    assertThat(server.send(shop, msg).getMsgKey()).isEqualTo(key);
    server.relate(first, shop, Kind.BLOCK);
    assertThat(server.send(shop, msg).getMsgKey()).isEqualTo(key);

    assertThat(onlyMessage(first).getMsgKey()).isEqualTo(key);
    assertThat(server.session(last, shop).getUnreadCount()).isEqualTo(1);
  }

  @Test
  void whoBlocksTheSender_isLeftOut() {
    server.relate(first, shop, Kind.BLOCK);
    mail(customers.subList(0, 2), "sale");
    assertThat(written(first)).isEmpty();
    assertThat(server.history(customers.get(1), shop)).hasSize(1);
  }

  @Test
  void whoIsNamedTwice_getsItOnce() {
    mail(List.of(first, first), "sale");
    assertThat(server.history(first, shop)).hasSize(1);
  }

  @Test
  void people_canNotMail() {
    assertRefused(-403, () -> server.send(first, offer(List.of(last), "spam")));
    assertThat(written(last)).isEmpty();
  }

  @Test
  void moreThanFiveHundred_areRefused() {
    List<Long> tooMany = new ArrayList<>(customers);
    tooMany.add(shop + 501);
    assertRefused(2, () -> mail(tooMany, "sale"));
    assertThat(written(first)).isEmpty();
  }

  @Test
  void aMailing_toSomebodyUnknown_reachesNobody() {
    assertRefused(-404, () -> mail(List.of(first, shop + 999), "sale"));
    assertRefused(21026, () -> mail(List.of(first, shop), "sale"));
    assertRefused(-400, () -> mail(List.of(), "sale"));
    assertRefused(-400, () -> server.send(shop, offer(List.of(first), "").setContent("sale")));
    assertThat(written(first)).isEmpty();
  }

  @Test
  void whatItSays_isLookedAtBeforeToWhomItGoes() {
    assertRefused(
        -400, () -> server.send(shop, offer(List.of(first, shop), "").setContent("sale")));
  }

  @Test
  void aRecallToMany_isRefused_forItWouldTakeNothingBack() {
    long key = mail(List.of(first, last), "sale");
    assertRefused(
        21035,
        () ->
            server.send(
                shop,
                offer(List.of(first, last), "")
                    .setMsgType(MsgType.EN_MSG_TYPE_DRAW_BACK)
                    .setContent(Long.toUnsignedString(key))));
    assertThat(onlyMessage(first).getMsgStatus()).isZero();
  }

  @Test
  void recallOfOneCopy_leavesTheOthers() {
    long key = mail(customers.subList(0, 3), "sale");
    var _ =
        server.send(
            shop,
            TestServer.text(first, "")
                .setMsgType(MsgType.EN_MSG_TYPE_DRAW_BACK)
                .setContent(Long.toUnsignedString(key)));

    Msg recalled = server.history(first, shop).getFirst();
    assertThat(recalled.getMsgStatus()).isEqualTo(1);
    assertThat(recalled.getContent()).doesNotContain("sale");
    assertThat(server.session(first, shop).getUnreadCount()).isZero();
    assertThat(server.session(first, shop).getBizMsgUnreadCount()).isZero();
    Msg other = onlyMessage(customers.get(1));
    assertThat(other.getMsgStatus()).isZero();
    assertThat(other.getContent()).contains("sale");
    assertThat(server.session(customers.get(1), shop).getUnreadCount()).isEqualTo(1);
  }

  @Test
  void theSiteRecallsOneCopy_andItVanishesThere() {
    long key = mail(customers.subList(0, 2), "sale");
    server.clock.move(Duration.ofDays(2));
    var _ =
        server
            .admin()
            .recall(
                RecallRequest.newBuilder()
                    .setMsgKey(key)
                    .setUid(shop)
                    .setTalkerId(first)
                    .setSessionType(1)
                    .build());
    assertThat(server.history(first, shop)).extracting(Msg::getMsgKey).doesNotContain(key);
    assertThat(onlyMessage(customers.get(1)).getContent()).contains("sale");
  }

  @Test
  void theSite_mailsOnAnAccountsBehalf() {
    Msg.Builder msg = offer(customers.subList(0, 2), "news").setSenderUid(shop);
    SendResponse sent = server.admin().send(SendRequest.newBuilder().setMsg(msg).build());
    assertThat(sent.getMsgSeqno()).isZero();
    assertThat(onlyMessage(first).getMsgKey()).isEqualTo(sent.getMsgKey());
  }

  @Test
  void aMailing_standsInOrderAmongOtherMessages() {
    server.say(shop, first, "before");
    mail(List.of(first), "sale");
    server.say(first, shop, "after");
    mail(List.of(first), "more");
    assertThat(server.history(first, shop))
        .extracting(Msg::getMsgKey)
        .isSortedAccordingTo(Long::compareUnsigned)
        .hasSize(4);
    assertThat(server.session(first, shop).getUnreadCount()).isEqualTo(1);
  }
}
