package dev.sixin;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sixin.admin.v1.EraseUserRequest;
import dev.sixin.admin.v1.Member;
import dev.sixin.admin.v1.RecallRequest;
import dev.sixin.admin.v1.Relation.Kind;
import dev.sixin.admin.v1.SetMembersRequest;
import dev.sixin.admin.v1.SetSessionRequest;
import dev.sixin.admin.v1.User;
import dev.sixin.entity.Entity;
import dev.sixin.entity.Talker;
import dev.sixin.entity.rows.AutomaticRow;
import dev.sixin.entity.rows.ConversationHead;
import dev.sixin.entity.rows.GroupRow;
import dev.sixin.entity.rows.InboxHead;
import dev.sixin.entity.rows.MessageRow;
import dev.sixin.entity.rows.RelationRow;
import dev.sixin.entity.rows.RelationsHead;
import dev.sixin.entity.rows.SessionRow;
import dev.sixin.entity.rows.StanceRow;
import dev.sixin.proto.im.DummyReq;
import dev.sixin.proto.im.ReqBatRmSess;
import dev.sixin.proto.im.ReqRemoveSession;
import dev.sixin.proto.im.ReqSetTop;
import dev.sixin.proto.im.ReqUpdateAck;
import dev.sixin.proto.im.ReqUpdateTotalUnread;
import dev.sixin.proto.type.Msg;
import dev.sixin.proto.type.MsgType;
import dev.sixin.proto.type.RecverType;
import dev.sixin.store.Key;
import dev.sixin.store.Order;
import dev.sixin.store.Partition;
import dev.sixin.store.Range;
import dev.sixin.store.Table;
import dev.sixin.store.rocksdb.RocksStore;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class VerifyTest {
  private static final Table INBOX = Table.of("inbox");
  private static final Table CONVERSATIONS = Table.of("conversations");
  private static final Table RELATIONS = Table.of("relations");
  private static final Table GROUPS = Table.of("groups");
  private static final Table MAILINGS = Table.of("mailings");
  private static final Key HEAD = Key.of(0);

  private static final long ALICE = 1;
  private static final long BOB = 2;
  private static final long SHOP = 3;
  private static final long GROUP = 9;

  @TempDir private static Path temporary;
  private static TestServer server;

  /// What the server had kept when it was stopped.
  private static Path data;

  private static int copies;

  private static Ran verify(Path data) {
    return Ran.run("verify", "--data", data.toString());
  }

  /// A little of everything; each test damages a copy of it.
  @BeforeAll
  static void start() {
    server = TestServer.start();
    server.people(ALICE, BOB);
    server.user(User.newBuilder().setUid(SHOP).setName("shop").setBusiness(true));
    server.friends(ALICE, BOB);
    putGroup(server, GROUP, ALICE);
    join(server, GROUP, BOB);
    server.say(ALICE, BOB, "one");
    long key = server.say(ALICE, BOB, "two");
    server.say(ALICE, BOB, "three");
    recall(server, ALICE, BOB, key);
    say(server, ALICE, GROUP, "to all");
    ack(server, ALICE, new Talker(2, GROUP), 0);
    mail(server);
    ack(server, BOB, Talker.user(SHOP), 0);
    pin(server, BOB, ALICE);
    server.restart(() -> data = copyTo(server.data(), "data"));
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  private static void putGroup(TestServer server, long group, long owner) {
    server.group(group, owner);
  }

  private static void join(TestServer server, long group, long uid) {
    var _ =
        server
            .admin()
            .setMembers(
                SetMembersRequest.newBuilder()
                    .setGroupId(group)
                    .addPut(Member.newBuilder().setUid(uid))
                    .build());
  }

  private static void recall(TestServer server, long from, long to, long key) {
    var _ =
        server.send(
            from,
            TestServer.text(to, "")
                .setMsgType(MsgType.EN_MSG_TYPE_DRAW_BACK)
                .setContent(Long.toUnsignedString(key)));
  }

  private static long say(TestServer server, long from, long group, String text) {
    Msg.Builder msg = TestServer.groupText(group, text);
    return server.send(from, msg).getMsgKey();
  }

  private static void mail(TestServer server) {
    var _ =
        server.send(
            SHOP,
            Msg.newBuilder()
                .setReceiverType(RecverType.EN_RECVER_TYPE_PEERS)
                .addRecverIds(ALICE)
                .addRecverIds(BOB)
                .setMsgType(MsgType.EN_MSG_TYPE_NOTIFY_MSG)
                .setContent("{\"title\":\"sale\"}"));
  }

  private static void ack(TestServer server, long uid, Talker talker, long seqno) {
    var _ =
        server
            .as(uid)
            .updateAck(
                ReqUpdateAck.newBuilder()
                    .setTalkerId(talker.id())
                    .setSessionType(talker.type())
                    .setAckSeqno(seqno)
                    .build());
  }

  private static void pin(TestServer server, long uid, long talker) {
    var _ =
        server.as(uid).setTop(ReqSetTop.newBuilder().setTalkerId(talker).setSessionType(1).build());
  }

  private static <T> T change(Path directory, Key entity, Function<Partition, T> change) {
    try (RocksStore store =
        RocksStore.open(
            directory.resolve("store"),
            Server.TABLES,
            RocksStore.Limits.DEFAULT,
            Server::apply,
            Clock.systemUTC())) {
      return store.transact(entity, change::apply).join();
    }
  }

  /// Asserts that verify finds what a change of one row does.
  private static void finds(
      Table table, Key entity, Key row, UnaryOperator<byte[]> damage, String... expected) {
    Path copy = copyTo(data, "copy-" + copies++);
    change(
        copy,
        entity,
        rows -> {
          write(rows, table, row, damage.apply(rows.get(table, row)));
          return null;
        });
    Ran found = verify(copy);
    assertThat(found.exitCode()).as(found.out() + found.err()).isEqualTo(1);
    assertThat(found.out()).contains(expected);
  }

  private static Path copyTo(Path from, String name) {
    Path copy = temporary.resolve(name);
    try (Stream<Path> files = Files.walk(from)) {
      for (Path file : files.toList()) {
        Files.copy(file, copy.resolve(from.relativize(file).toString()));
      }
      return copy;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void write(Partition rows, Table table, Key row, byte[] value) {
    if (value == null) {
      rows.delete(table, row);
    } else {
      rows.put(table, row, value);
    }
  }

  /// The first row of an entity whose key begins so.
  private static Key first(Table table, Key entity, Key prefix) {
    return change(
        data,
        entity,
        rows -> rows.scan(table, Range.prefix(prefix), Order.ASCENDING, 1).getFirst().key());
  }

  @FunctionalInterface
  private interface Parsing<M> {
    M parse(byte[] value) throws com.google.protobuf.InvalidProtocolBufferException;
  }

  private static <M extends com.google.protobuf.MessageLite> UnaryOperator<byte[]> edit(
      Parsing<M> parser, UnaryOperator<M> edit) {
    return value -> {
      try {
        return edit.apply(parser.parse(value)).toByteArray();
      } catch (com.google.protobuf.InvalidProtocolBufferException e) {
        throw new AssertionError(e);
      }
    };
  }

  private static UnaryOperator<byte[]> session(Consumer<SessionRow.Builder> change) {
    return edit(
        SessionRow::parseFrom,
        row -> {
          SessionRow.Builder after = row.toBuilder();
          change.accept(after);
          return after.build();
        });
  }

  private static final Key BOBS_INBOX = Entity.inbox(BOB);
  private static final Key WITH_ALICE = Key.of(1).append(Talker.user(ALICE).key());
  private static final Key IN_GROUP = Key.of(1).append(Talker.group(GROUP).key());
  private static final Key TALK = Entity.conversation(ALICE, BOB);

  @Test
  void aWrongCounter_isFound() {
    finds(
        INBOX,
        BOBS_INBOX,
        HEAD,
        edit(
            InboxHead::parseFrom,
            head -> {
              InboxHead.Builder after = head.toBuilder();
              after.getFollowedBuilder().setMessages(7);
              return after.build();
            }),
        "inbox 2: unread, followed: 7 messages, 0 of business, in 1 sessions (expected: 2 messages",
        "1 differences");
  }

  @Test
  void aWrongNumberOfUnreadSessions_isFound() {
    finds(
        INBOX,
        BOBS_INBOX,
        HEAD,
        edit(
            InboxHead::parseFrom,
            head -> {
              InboxHead.Builder after = head.toBuilder();
              after.getUnfollowedBuilder().setSessions(5);
              return after.build();
            }),
        "inbox 2: unread, unfollowed: 0 messages, 0 of business, in 5 sessions");
  }

  @Test
  void aWrongNumberOfPins_andAFallenBackSeqno_areFound() {
    finds(
        INBOX,
        BOBS_INBOX,
        HEAD,
        edit(InboxHead::parseFrom, head -> head.toBuilder().setPins(0).setLatestSeqno(1).build()),
        "inbox 2: pins: 0 (expected: 1)",
        "lastest_seqno lies behind");
  }

  @Test
  void aMissingOrderRow_isFound() {
    for (int order = 2; order <= 4; order++) {
      Key row = first(INBOX, BOBS_INBOX, Key.of(order));
      finds(INBOX, BOBS_INBOX, row, _ -> null, "does not stand in the order of");
    }
  }

  @Test
  void anOrderRowTooMany_isFound() {
    Key row = first(INBOX, BOBS_INBOX, Key.of(2));
    Key wrongFolder = Key.of(2).u8(3).append(row.after(2));
    finds(
        INBOX,
        BOBS_INBOX,
        wrongFolder,
        _ -> new byte[0],
        "stands in the order of lists where it does not belong");
    Key nobody = Key.of(3).u64Descending(5).append(Talker.user(77).key());
    finds(
        INBOX,
        BOBS_INBOX,
        nobody,
        _ -> new byte[0],
        "inbox 2, session with user 77: stands in the order of reading");
  }

  @Test
  void aWrongUnread_isFound_againstTheMessages() {
    finds(
        INBOX,
        BOBS_INBOX,
        WITH_ALICE,
        session(row -> row.getInfoBuilder().setUnreadCount(3)),
        "inbox 2, session with user 1: unread: Totals[countable=3, business=0]"
            + " (expected: Totals[countable=2, business=0])");
  }

  @Test
  void aWrongSession_isFound() {
    finds(
        INBOX,
        BOBS_INBOX,
        WITH_ALICE,
        session(row -> row.getInfoBuilder().setIsFollow(0)),
        "is_follow: 0 (expected: 1)");
    finds(
        INBOX,
        BOBS_INBOX,
        WITH_ALICE,
        session(row -> row.getInfoBuilder().setMaxSeqno(5)),
        "session with user 1: last message: 5");
    finds(
        INBOX,
        BOBS_INBOX,
        WITH_ALICE,
        session(row -> row.getOthersBuilder().setCountable(9)),
        "session with user 1: total of the other");
    finds(
        INBOX, BOBS_INBOX, WITH_ALICE, _ -> null, "inbox 2, session with user 1: last message: 0");
  }

  @Test
  void aWrongTotalInAMessage_isFound() {
    Key message = first(CONVERSATIONS, TALK, Key.of(1));
    finds(
        CONVERSATIONS,
        TALK,
        message,
        edit(
            MessageRow::parseFrom,
            row -> {
              MessageRow.Builder after = row.toBuilder();
              after.getLowerBuilder().setCountable(2);
              return after.build();
            }),
        "total of its sender, grown by: 2 (expected: 1)",
        "total of its sender, grown by: 0 (expected: 1)");
  }

  @Test
  void aWrongHorizon_isFound() {
    Key first = first(CONVERSATIONS, TALK, Key.of(1));
    finds(
        CONVERSATIONS,
        TALK,
        HEAD,
        head(head -> head.getHorizonBuilder().setSeqno(first.u64At(1))),
        "lies below the horizon of what is kept");
    finds(
        CONVERSATIONS,
        TALK,
        HEAD,
        head(head -> head.getHorizonBuilder().setMsgKey(-1)),
        "msg_key does not grow");
    finds(
        CONVERSATIONS,
        TALK,
        HEAD,
        head(head -> head.getHorizonBuilder().getLowerBuilder().setCountable(1)),
        "total of its sender, grown by: 0 (expected: 1)");
    finds(
        INBOX,
        BOBS_INBOX,
        IN_GROUP,
        session(row -> row.getOthersBuilder().setCountable(9)),
        "total at ack_seqno");
  }

  private static UnaryOperator<byte[]> head(Consumer<ConversationHead.Builder> change) {
    return edit(
        ConversationHead::parseFrom,
        row -> {
          ConversationHead.Builder after = row.toBuilder();
          change.accept(after);
          return after.build();
        });
  }

  @Test
  void aMissingMessage_isFound() {
    Key message = first(CONVERSATIONS, TALK, Key.of(1));
    finds(CONVERSATIONS, TALK, message, _ -> null, "total of its sender, grown by: 2", "unread");
    Key inGroup = Key.of(1).u64(2);
    finds(
        CONVERSATIONS,
        Entity.group(GROUP),
        inGroup,
        _ -> null,
        "conversation of group 9, message 3: number in the group: 3 (expected: 2)");
  }

  @Test
  void aWrongHead_isFound() {
    finds(
        CONVERSATIONS,
        TALK,
        HEAD,
        edit(ConversationHead::parseFrom, head -> head.toBuilder().setLastSeqno(1).build()),
        "conversation of users 1 and 2: last message in the head: 1");
    finds(
        CONVERSATIONS,
        TALK,
        HEAD,
        edit(ConversationHead::parseFrom, head -> head.toBuilder().clearLower().build()),
        "total in the head, lower");
    finds(
        CONVERSATIONS,
        TALK,
        HEAD,
        edit(
            ConversationHead::parseFrom,
            head ->
                head.toBuilder()
                    .setLowerAutomatic(AutomaticRow.newBuilder().setCountable(1))
                    .setHigherAutomatic(AutomaticRow.newBuilder().putLastDay(9, 1))
                    .build()),
        "automatic, lower",
        "automatic, higher");
    finds(CONVERSATIONS, TALK, HEAD, _ -> null, "last message in the head: 0");
  }

  @Test
  void aConversationThatKnowsTheRelationsWrongly_isFound() {
    finds(
        CONVERSATIONS,
        TALK,
        HEAD,
        edit(
            ConversationHead::parseFrom,
            head ->
                head.toBuilder()
                    .clearLowerStance()
                    .setHigherStance(StanceRow.newBuilder().setFollows(true).setBlocks(true))
                    .build()),
        "conversation of users 1 and 2: user 1 follows: false (expected: true)",
        "conversation of users 1 and 2: user 2 blocks: true (expected: false)",
        "relations of user 1, user 2: follows, as the conversation says: false (expected: true)",
        "relations of user 2, user 1: blocks, as the conversation says: true (expected: false)");
  }

  @Test
  void aRecallThatIsNotKnown_isFound() {
    Key recalled = first(CONVERSATIONS, TALK, Key.of(2));
    finds(
        CONVERSATIONS, TALK, recalled, _ -> null, "msg_status 1, and no row that it was recalled");
    finds(
        CONVERSATIONS,
        TALK,
        Key.of(2).u64(5),
        _ -> new byte[0],
        "a row that message 5 was recalled, and no such message");
  }

  @Test
  void aMailingWithoutContent_isFound() {
    Key content = first(MAILINGS, Entity.mailings(SHOP), Key.of(0));
    finds(
        MAILINGS,
        Entity.mailings(SHOP),
        content,
        _ -> null,
        "the content that it refers to is missing");
  }

  @Test
  void relationsThatTheTwoSidesSeeDifferently_areFound() {
    finds(
        RELATIONS,
        Entity.relations(ALICE),
        Key.of(1).u64(BOB),
        edit(RelationRow::parseFrom, row -> row.toBuilder().setBlocks(true).build()),
        "relations of user 1, user 2: blocks, as the other side says: false (expected: true)",
        "relations of user 2, user 1: blocked by: false (expected: true)");
    finds(
        RELATIONS,
        Entity.relations(ALICE),
        Key.of(1).u64(BOB),
        _ -> null,
        "user 2, user 1: follows, as the other side says: false",
        "relations of user 1: user 2 stands among friends",
        "follows in the head: 1 (expected: 0)");
  }

  @Test
  void aWrongRelationsHead_isFound() {
    finds(
        RELATIONS,
        Entity.relations(ALICE),
        HEAD,
        edit(
            RelationsHead::parseFrom,
            head -> head.toBuilder().setFollows(4).setGroups(5).setLastLog(9).build()),
        "follows in the head: 4 (expected: 1)",
        "groups in the head: 5 (expected: 1)",
        "last log row in the head: 9 (expected: 2)");
    Key log = first(RELATIONS, Entity.relations(ALICE), Key.of(4));
    finds(RELATIONS, Entity.relations(ALICE), log, _ -> null, "log rows: 1 (expected: 2)");
  }

  @Test
  void aWrongNumberOfMembers_isFound() {
    finds(
        GROUPS,
        Entity.group(GROUP),
        HEAD,
        edit(GroupRow::parseFrom, row -> row.toBuilder().setMembers(5).build()),
        "group 9: members: 5 (expected: 2)");
  }

  @Test
  void aMembershipThatNotAllKnow_isFound() {
    finds(
        GROUPS,
        Entity.group(GROUP),
        Key.of(1).u64(BOB),
        _ -> null,
        "inbox 2, session with group 9: member: true (expected: false)",
        "relations of user 2: in group 9, which does not know it",
        "group 9: members: 2 (expected: 1)");
    finds(
        RELATIONS,
        Entity.relations(BOB),
        Key.of(2).u64(GROUP),
        _ -> null,
        "group 9, member 2: member, as the relations say: false (expected: true)");
  }

  @Test
  void aWrongReadPositionInAGroup_isFound() {
    finds(
        INBOX,
        BOBS_INBOX,
        IN_GROUP,
        session(row -> row.getOthersBuilder().setCountable(9)),
        "inbox 2, session with group 9: total at ack_seqno");
  }

  @Test
  void verify_showsItsProgress_andWhatItLookedAt() {
    Ran well = verify(data);
    assertThat(well.exitCode()).isZero();
    assertThat(well.out())
        .startsWith("verified 4 conversations, ")
        .contains(" 3 inboxes, ", " 1 groups, 2 members", "all is well");
    assertThat(well.err()).contains("100%", "rows");
  }

  @Test
  void verify_refuses_whileAServerRuns() {
    Ran refused = verify(server.data());
    assertThat(refused.exitCode()).isEqualTo(2);
    assertThat(refused.err()).contains("another Sixin process");
  }

  @Test
  void verify_refuses_whatIsNoDataDirectory(@TempDir Path directory) {
    Path nothing = directory.resolve("nothing");
    Ran refused = verify(nothing);
    assertThat(refused.exitCode()).isEqualTo(2);
    assertThat(refused.err()).contains("no data directory");
    assertThat(Files.exists(nothing)).isFalse();
  }

  @Test
  void aStoreInRandomUse_isWell() {
    for (long seed = 1; seed <= 3; seed++) {
      try (TestServer used = TestServer.start()) {
        new Use(used, new Random(seed)).steps(500);
        long thisSeed = seed;
        used.restart(
            () -> {
              Ran verified = verify(used.data());
              assertThat(verified.out()).as("seed %d", thisSeed).contains("all is well");
              assertThat(verified.exitCode()).isZero();
            });
      }
    }
  }

  /// Users who do this and that; what is refused is refused.
  private record Use(TestServer server, Random random) {
    private static final int PEOPLE = 6;

    void steps(int count) {
      for (long uid = 1; uid <= PEOPLE; uid++) {
        server.people(uid);
      }
      server.user(User.newBuilder().setUid(SHOP).setName("shop").setBusiness(true));
      List<Long> keys = new ArrayList<>();
      for (int i = 0; i < count; i++) {
        try {
          step(keys);
        } catch (StatusRuntimeException e) {
          assertThat(e.getStatus().getCode()).isEqualTo(io.grpc.Status.Code.UNKNOWN);
        }
        server.clock.move(Duration.ofMillis(random.nextInt(3_000)));
      }
      var _ = server.admin().eraseUser(EraseUserRequest.newBuilder().setUid(PEOPLE).build());
    }

    private long somebody() {
      return 1L + random.nextInt(PEOPLE);
    }

    private long some(List<Long> keys) {
      return keys.isEmpty()
          ? 1
          : keys.get(keys.size() - 1 - random.nextInt(Math.min(8, keys.size())));
    }

    private void step(List<Long> keys) {
      long uid = somebody();
      long other = somebody();
      long group = 100L + random.nextInt(2);
      switch (random.nextInt(22)) {
        case 0, 1, 2, 3 -> keys.add(server.say(uid, other, "hi"));
        case 4, 5 -> keys.add(say(server, uid, group, "hi"));
        case 6 -> recall(server, uid, other, some(keys));
        case 7 -> recallInGroup(uid, group, some(keys));
        case 8 -> recallBySite(uid, other, 1, some(keys));
        case 9 -> recallBySite(uid, group, 2, some(keys));
        case 10 -> ack(server, uid, Talker.user(other), seqno(uid, other));
        case 11 -> ack(server, uid, Talker.group(group), random.nextInt(12));
        case 12 -> remove(uid, Talker.user(other));
        case 13 -> remove(uid, Talker.group(group));
        case 14 -> pin(server, uid, other);
        case 15 -> relate(uid, other);
        case 16 -> putGroup(server, group, uid);
        case 17 -> join(server, group, uid);
        case 18 -> leave(group, uid);
        case 19 -> mail(server);
        case 20 -> choose(uid, other);
        default -> clear(uid);
      }
    }

    private long seqno(long uid, long other) {
      List<Msg> history = server.history(uid, other);
      return history.isEmpty() ? 0 : history.get(random.nextInt(history.size())).getMsgSeqno();
    }

    private void recallInGroup(long uid, long group, long key) {
      var _ =
          server.send(
              uid,
              TestServer.groupText(group, "")
                  .setMsgType(MsgType.EN_MSG_TYPE_DRAW_BACK)
                  .setContent(Long.toUnsignedString(key)));
    }

    private void recallBySite(long uid, long talker, int type, long key) {
      var _ =
          server
              .admin()
              .recall(
                  RecallRequest.newBuilder()
                      .setMsgKey(key)
                      .setUid(uid)
                      .setTalkerId(talker)
                      .setSessionType(type)
                      .build());
    }

    private void remove(long uid, Talker talker) {
      var _ =
          server
              .as(uid)
              .removeSession(
                  ReqRemoveSession.newBuilder()
                      .setTalkerId(talker.id())
                      .setSessionType(talker.type())
                      .build());
    }

    private void relate(long uid, long other) {
      Kind[] kinds = {Kind.FOLLOW, Kind.FOLLOW, Kind.UNFOLLOW, Kind.BLOCK, Kind.UNBLOCK};
      server.relate(uid, other, kinds[random.nextInt(kinds.length)]);
    }

    private void leave(long group, long uid) {
      var _ =
          server
              .admin()
              .setMembers(SetMembersRequest.newBuilder().setGroupId(group).addKicked(uid).build());
    }

    private void choose(long uid, long other) {
      var _ =
          server
              .admin()
              .setSession(
                  SetSessionRequest.newBuilder()
                      .setUid(uid)
                      .setTalkerId(other)
                      .setSessionType(1)
                      .setDnd(random.nextBoolean())
                      .setIntercepted(random.nextBoolean())
                      .build());
    }

    private void clear(long uid) {
      var _ =
          switch (random.nextInt(3)) {
            case 0 -> server.as(uid).updateUnflwRead(DummyReq.getDefaultInstance());
            case 1 -> server.as(uid).batchRmSessions(ReqBatRmSess.getDefaultInstance());
            default -> server.as(uid).updateTotalUnread(ReqUpdateTotalUnread.getDefaultInstance());
          };
    }
  }
}
