package dev.sixin.model;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sixin.TestServer;
import dev.sixin.admin.v1.Member;
import dev.sixin.admin.v1.PutGroupRequest;
import dev.sixin.admin.v1.Relation;
import dev.sixin.admin.v1.SetMembersRequest;
import dev.sixin.admin.v1.SetSessionRequest;
import dev.sixin.proto.im.DummyReq;
import dev.sixin.proto.im.ReqGetSessions;
import dev.sixin.proto.im.ReqSessionDetail;
import dev.sixin.proto.im.ReqSessionMsg;
import dev.sixin.proto.im.ReqSetTop;
import dev.sixin.proto.im.ReqSingleUnread;
import dev.sixin.proto.im.ReqUpdateAck;
import dev.sixin.proto.im.RspSingleUnread;
import dev.sixin.proto.im.SimpleSession;
import dev.sixin.proto.type.Msg;
import dev.sixin.proto.type.RecverType;
import dev.sixin.proto.type.SessionInfo;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Many write while others poll: invariants 2 to 5 of the behaviour contract under concurrency.
class PollersTest {
  private static final int USERS = 6;
  private static final int WRITERS = 8;
  private static final int MESSAGES_EACH = 75;
  private static final Duration LIMIT = Duration.ofMinutes(1);

  /// Who talks with whom: each user with two or three others, and in one or two groups, one of
  /// which has the number of a user.
  private static final List<Pair> PAIRS =
      List.of(
          new Pair(1, 2),
          new Pair(2, 3),
          new Pair(3, 4),
          new Pair(4, 5),
          new Pair(5, 6),
          new Pair(6, 1),
          new Pair(1, 4));

  private static final List<Crowd> CROWDS =
      List.of(
          new Crowd(4, List.of(1L, 3L, 4L, 5L)),
          new Crowd(12, List.of(4L, 1L, 2L, 6L)),
          new Crowd(13, List.of(2L, 5L)));

  private static final List<Room> ROOMS =
      Stream.<Room>concat(PAIRS.stream(), CROWDS.stream()).toList();

  /// Where some users write to each other.
  private sealed interface Room {
    List<Long> users();

    /// What it is to one of them.
    SimpleSession seenBy(long uid);

    /// A message to all others.
    Msg.Builder text(long uid, String text);
  }

  private record Pair(long uid, long otherUid) implements Room {
    long other(long one) {
      return uid == one ? otherUid : uid;
    }

    @Override
    public List<Long> users() {
      return List.of(uid, otherUid);
    }

    @Override
    public SimpleSession seenBy(long one) {
      return session(1, other(one));
    }

    @Override
    public Msg.Builder text(long one, String text) {
      return TestServer.text(other(one), text);
    }
  }

  /// A group; the first of its users owns it.
  private record Crowd(long id, List<Long> users) implements Room {
    @Override
    public SimpleSession seenBy(long one) {
      return session(2, id);
    }

    @Override
    public Msg.Builder text(long one, String text) {
      return TestServer.text(id, text).setReceiverType(RecverType.EN_RECVER_TYPE_GROUP);
    }
  }

  private static SimpleSession session(int type, long talkerId) {
    return SimpleSession.newBuilder().setSessionType(type).setTalkerId(talkerId).build();
  }

  private static List<Room> roomsOf(long uid) {
    return ROOMS.stream().filter(room -> room.users().contains(uid)).toList();
  }

  /// What the server's clock does meanwhile.
  enum ClockThat {
    STANDS_STILL,
    RUNS,
    JUMPS
  }

  private final Map<Room, Set<Long>> acknowledged = new ConcurrentHashMap<>();
  private final AtomicLong cliMsgIds = new AtomicLong();
  private final AtomicBoolean writing = new AtomicBoolean(true);

  @ParameterizedTest
  @EnumSource
  void whoeverPolls_seesEveryAcknowledgedMessage_onceAndInTheSameOrder(ClockThat clock)
      throws Exception {
    try (TestServer server = TestServer.start();
        ScheduledExecutorService ticker = Executors.newSingleThreadScheduledExecutor();
        ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor()) {
      server.people(1, 2, 3, 4, 5, 6);
      for (Pair pair : PAIRS) {
        server.friends(pair.uid(), pair.otherUid());
        say(server, pair, pair.uid()); // both have written: no stranger rule from here on
        say(server, pair, pair.otherUid());
      }
      for (Crowd crowd : CROWDS) {
        open(server, crowd);
      }
      Future<?> ticking = start(ticker, server, clock);

      List<Poller> pollers =
          List.of(
              new Poller(server.as(1), 1, 3),
              new Poller(server.as(1), 2, 5), // another device of the same user
              new Poller(server.as(4), 1, 1),
              new Poller(server.as(5), 20, 2));
      List<Future<?>> readers = new ArrayList<>();
      pollers.forEach(poller -> readers.add(executor.submit(() -> pollUntilQuiet(poller))));
      List<Future<?>> writers = new ArrayList<>();
      for (int i = 0; i < WRITERS; i++) {
        Random random = new Random(i);
        writers.add(
            executor.submit(
                () -> {
                  for (int count = 0; count < MESSAGES_EACH; count++) {
                    write(server, executor, random);
                  }
                  return null;
                }));
      }
      readers.add(executor.submit(() -> meddle(server)));

      finish(writers);
      writing.set(false);
      finish(readers);
      assertThat(ticking).as("the clock").isNotDone();
      ticking.cancel(false);

      assertThat(pollers).anyMatch(poller -> poller.fullPages() > 0);
      long[] uids = {1, 1, 4, 5};
      for (int i = 0; i < uids.length; i++) {
        check(server, pollers.get(i), uids[i]);
      }
      for (long uid = 1; uid <= USERS; uid++) {
        checkCounts(server, uid);
      }
    }
  }

  private static Future<?> start(
      ScheduledExecutorService ticker, TestServer server, ClockThat clock) {
    Random random = new Random(1);
    long began = System.nanoTime();
    Runnable tick =
        switch (clock) {
          case STANDS_STILL -> () -> {};
          case RUNS ->
              () -> {
                Duration ran = Duration.ofNanos(System.nanoTime() - began);
                Duration shown = Duration.between(TestServer.START, server.clock.instant());
                server.clock.move(ran.minus(shown));
              };
          case JUMPS ->
              () -> {
                Duration target = Duration.ofMillis(random.nextLong(-3_600_000, 3_600_000));
                Duration shown = Duration.between(TestServer.START, server.clock.instant());
                server.clock.move(target.minus(shown));
              };
        };
    return ticker.scheduleAtFixedRate(tick, 0, 1, TimeUnit.MILLISECONDS);
  }

  private static void finish(List<Future<?>> tasks) throws Exception {
    for (Future<?> task : tasks) {
      task.get(LIMIT.toSeconds(), TimeUnit.SECONDS);
    }
  }

  private void pollUntilQuiet(Poller poller) {
    boolean last;
    do {
      last = !writing.get();
      while (poller.poll()) {
        // there may be more
      }
    } while (!last);
  }

  private void say(TestServer server, Room room, long fromUid) {
    long key = server.send(fromUid, room.text(fromUid, "first")).getMsgKey();
    acknowledged.computeIfAbsent(room, _ -> ConcurrentHashMap.newKeySet()).add(key);
  }

  private void open(TestServer server, Crowd crowd) {
    long owner = crowd.users().getFirst();
    PutGroupRequest.Builder group =
        PutGroupRequest.newBuilder().setGroupId(crowd.id()).setOwnerUid(owner).setName("crowd");
    server.admin().putGroup(group.build());
    SetMembersRequest.Builder members = SetMembersRequest.newBuilder().setGroupId(crowd.id());
    crowd.users().stream()
        .filter(uid -> uid != owner)
        .forEach(uid -> members.addPut(Member.newBuilder().setUid(uid)));
    server.admin().setMembers(members.build());
    say(server, crowd, owner);
  }

  private static <T> T oneOf(List<T> some, Random random) {
    return some.get(random.nextInt(some.size()));
  }

  /// Sends a message, now and then twice at once, as a client does on a bad line.
  private void write(TestServer server, ExecutorService executor, Random random) throws Exception {
    Room room = oneOf(ROOMS, random);
    long from = oneOf(room.users(), random);
    long id = cliMsgIds.incrementAndGet();
    Msg.Builder msg = room.text(from, "message " + id).setCliMsgId(id).setSenderUid(from);
    if (random.nextInt(4) == 0) {
      msg.addAtUids(oneOf(room.users(), random));
    }
    Callable<Long> send = () -> server.send(from, msg).getMsgKey();
    Future<Long> again = random.nextInt(8) == 0 ? executor.submit(send) : null;
    long key = send.call();
    if (again != null) {
      assertThat(again.get(LIMIT.toSeconds(), TimeUnit.SECONDS)).as("the retry's").isEqualTo(key);
    }
    acknowledged.get(room).add(key);
  }

  /// Everything else that may go on in the same sessions.
  private void meddle(TestServer server) {
    Random random = new Random(-1);
    while (writing.get()) {
      Room room = oneOf(ROOMS, random);
      long uid = oneOf(room.users(), random);
      SimpleSession session = room.seenBy(uid);
      Pair pair = oneOf(PAIRS, random);
      switch (random.nextInt(5)) {
        case 0 -> server.relate(pair.uid(), pair.otherUid(), Relation.Kind.UNFOLLOW);
        case 1 -> server.relate(pair.uid(), pair.otherUid(), Relation.Kind.FOLLOW);
        case 2 ->
            server
                .as(uid)
                .setTop(
                    ReqSetTop.newBuilder()
                        .setTalkerId(session.getTalkerId())
                        .setSessionType(session.getSessionType())
                        .setOpType(random.nextInt(2))
                        .build());
        case 3 -> {
          long seqno = oneOf(fetch(server, uid, session, 20), random).getMsgSeqno();
          server
              .as(uid)
              .updateAck(
                  ReqUpdateAck.newBuilder()
                      .setTalkerId(session.getTalkerId())
                      .setSessionType(session.getSessionType())
                      .setAckSeqno(random.nextInt(8) == 0 ? 0 : seqno)
                      .build());
        }
        default ->
            server
                .admin()
                .setSession(
                    SetSessionRequest.newBuilder()
                        .setUid(uid)
                        .setTalkerId(session.getTalkerId())
                        .setSessionType(session.getSessionType())
                        .setDnd(random.nextBoolean())
                        .build());
      }
    }
  }

  private static List<Msg> fetch(TestServer server, long uid, SimpleSession session, int size) {
    return server
        .as(uid)
        .syncFetchSessionMsgs(
            ReqSessionMsg.newBuilder()
                .setTalkerId(session.getTalkerId())
                .setSessionType(session.getSessionType())
                .setSize(size)
                .build())
        .getMessagesList();
  }

  /// Everything that a user can read there, oldest first.
  private static List<Msg> history(TestServer server, long uid, Room room) {
    return fetch(server, uid, room.seenBy(uid), 2_000).reversed();
  }

  private void check(TestServer server, Poller poller, long uid) {
    List<Room> own = roomsOf(uid);
    assertThat(poller.seen()).hasSameSizeAs(own);
    for (Room room : own) {
      List<Msg> seen = poller.seen().get(room.seenBy(uid));
      assertThat(seen.stream().map(Msg::getMsgSeqno).toList()).isSorted();
      List<Long> keys = keys(seen);
      assertThat(keys).isSorted().doesNotHaveDuplicates();
      assertThat(keys(history(server, uid, room))).isEqualTo(keys);
      List<Long> written = written(seen);
      assertThat(new HashSet<>(written)).isEqualTo(acknowledged.get(room));
      for (long other : room.users()) {
        assertThat(written(history(server, other, room))).isEqualTo(written);
      }
    }
  }

  private static List<Long> keys(List<Msg> messages) {
    return messages.stream().map(Msg::getMsgKey).toList();
  }

  /// The keys of all but the lines that a group writes itself.
  private static List<Long> written(List<Msg> messages) {
    return keys(messages.stream().filter(msg -> msg.getSenderUid() != 0).toList());
  }

  /// Unread counts are what the log says, and totals are their sums.
  private static void checkCounts(TestServer server, long uid) {
    List<SessionInfo> pairs = new ArrayList<>();
    List<SessionInfo> crowds = new ArrayList<>();
    for (Room room : roomsOf(uid)) {
      SessionInfo session = detail(server, uid, room.seenBy(uid));
      checkCounts(session, uid, history(server, uid, room));
      (room instanceof Pair ? pairs : crowds).add(session);
    }
    assertThat(list(server, uid, 2))
        .isEqualTo(newestFirst(pairs.stream().filter(session -> session.getIsFollow() == 0)));
    assertThat(list(server, uid, 3)).isEqualTo(newestFirst(crowds.stream()));
    assertThat(server.as(uid).singleUnread(ReqSingleUnread.getDefaultInstance()))
        .isEqualTo(
            RspSingleUnread.newBuilder()
                .setFollowUnread(unread(pairs.stream().filter(pair -> pair.getIsFollow() == 1)))
                .setUnfollowUnread(unread(pairs.stream().filter(pair -> pair.getIsFollow() == 0)))
                .build());
    List<Long> owned =
        CROWDS.stream()
            .filter(crowd -> crowd.users().getFirst() == uid)
            .map(crowd -> crowd.id())
            .toList();
    assertThat((long) server.as(uid).myGroupUnread(DummyReq.getDefaultInstance()).getUnreadCount())
        .isEqualTo(
            unread(crowds.stream().filter(session -> owned.contains(session.getTalkerId()))));
  }

  private static void checkCounts(SessionInfo session, long uid, List<Msg> history) {
    assertThat(session.getLastMsg()).isEqualTo(history.getLast());
    assertThat(session.getMaxSeqno()).isEqualTo(history.getLast().getMsgSeqno());
    List<Msg> unread =
        history.stream()
            .filter(msg -> msg.getSenderUid() != uid)
            .filter(msg -> msg.getMsgSeqno() > session.getAckSeqno())
            .toList();
    assertThat(session.getUnreadCount()).isEqualTo(unread.size());
    long mentioned =
        unread.stream()
            .filter(msg -> session.getSessionType() == 2 && msg.getAtUidsList().contains(uid))
            .mapToLong(Msg::getMsgSeqno)
            .max()
            .orElse(0);
    assertThat(session.getAtSeqno()).isEqualTo(mentioned);
  }

  private static SessionInfo detail(TestServer server, long uid, SimpleSession session) {
    return server
        .as(uid)
        .sessionDetail(
            ReqSessionDetail.newBuilder()
                .setTalkerId(session.getTalkerId())
                .setSessionType(session.getSessionType())
                .build());
  }

  /// A list, newest first.
  private static List<SessionInfo> list(TestServer server, long uid, int number) {
    return server
        .as(uid)
        .getSessions(
            ReqGetSessions.newBuilder().setSessionType(number).setSortRule(1).setSize(100).build())
        .getSessionListList();
  }

  private static List<SessionInfo> newestFirst(Stream<SessionInfo> sessions) {
    return sessions.sorted(Comparator.comparingLong(SessionInfo::getSessionTs).reversed()).toList();
  }

  private static long unread(Stream<SessionInfo> sessions) {
    return sessions
        .filter(session -> session.getIsDnd() == 0)
        .mapToLong(SessionInfo::getUnreadCount)
        .sum();
  }
}
