package dev.sixin.model;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sixin.TestServer;
import dev.sixin.admin.v1.Relation;
import dev.sixin.admin.v1.SetSessionRequest;
import dev.sixin.proto.im.ReqGetSessions;
import dev.sixin.proto.im.ReqSessionMsg;
import dev.sixin.proto.im.ReqSetTop;
import dev.sixin.proto.im.ReqSingleUnread;
import dev.sixin.proto.im.ReqUpdateAck;
import dev.sixin.proto.im.RspSingleUnread;
import dev.sixin.proto.type.Msg;
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
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Many write while others poll: invariants 2 to 5 of the behaviour contract under concurrency.
class PollersTest {
  private static final int USERS = 6;
  private static final int WRITERS = 8;
  private static final int MESSAGES_EACH = 75;
  private static final Duration LIMIT = Duration.ofMinutes(1);

  /// Who talks with whom: each user with two or three others.
  private static final List<Pair> PAIRS =
      List.of(
          new Pair(1, 2),
          new Pair(2, 3),
          new Pair(3, 4),
          new Pair(4, 5),
          new Pair(5, 6),
          new Pair(6, 1),
          new Pair(1, 4));

  private record Pair(long uid, long otherUid) {
    boolean has(long one) {
      return uid == one || otherUid == one;
    }

    long other(long one) {
      return uid == one ? otherUid : uid;
    }
  }

  /// What the server's clock does meanwhile.
  enum ClockThat {
    STANDS_STILL,
    RUNS,
    JUMPS
  }

  private final Map<Pair, Set<Long>> acknowledged = new ConcurrentHashMap<>();
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

  private void say(TestServer server, Pair pair, long fromUid) {
    long key = server.say(fromUid, pair.other(fromUid), "first");
    acknowledged.computeIfAbsent(pair, _ -> ConcurrentHashMap.newKeySet()).add(key);
  }

  /// Sends a message, now and then twice at once, as a client does on a bad line.
  private void write(TestServer server, ExecutorService executor, Random random) throws Exception {
    Pair pair = PAIRS.get(random.nextInt(PAIRS.size()));
    long from = random.nextBoolean() ? pair.uid() : pair.otherUid();
    long id = cliMsgIds.incrementAndGet();
    Msg.Builder msg =
        TestServer.text(pair.other(from), "message " + id).setCliMsgId(id).setSenderUid(from);
    Callable<Long> send = () -> server.send(from, msg).getMsgKey();
    Future<Long> again = random.nextInt(8) == 0 ? executor.submit(send) : null;
    long key = send.call();
    if (again != null) {
      assertThat(again.get(LIMIT.toSeconds(), TimeUnit.SECONDS)).as("the retry's").isEqualTo(key);
    }
    acknowledged.get(pair).add(key);
  }

  /// Everything else that may go on in the same sessions.
  private void meddle(TestServer server) {
    Random random = new Random(-1);
    while (writing.get()) {
      Pair pair = PAIRS.get(random.nextInt(PAIRS.size()));
      long uid = random.nextBoolean() ? pair.uid() : pair.otherUid();
      long talker = pair.other(uid);
      switch (random.nextInt(5)) {
        case 0 -> server.relate(uid, talker, Relation.Kind.UNFOLLOW);
        case 1 -> server.relate(uid, talker, Relation.Kind.FOLLOW);
        case 2 ->
            server
                .as(uid)
                .setTop(
                    ReqSetTop.newBuilder()
                        .setTalkerId(talker)
                        .setSessionType(1)
                        .setOpType(random.nextInt(2))
                        .build());
        case 3 -> {
          List<Msg> page = newest(server, uid, talker);
          long seqno = page.get(random.nextInt(page.size())).getMsgSeqno();
          server
              .as(uid)
              .updateAck(
                  ReqUpdateAck.newBuilder()
                      .setTalkerId(talker)
                      .setSessionType(1)
                      .setAckSeqno(random.nextInt(8) == 0 ? 0 : seqno)
                      .build());
        }
        default ->
            server
                .admin()
                .setSession(
                    SetSessionRequest.newBuilder()
                        .setUid(uid)
                        .setTalkerId(talker)
                        .setSessionType(1)
                        .setDnd(random.nextBoolean())
                        .build());
      }
    }
  }

  private static List<Msg> newest(TestServer server, long uid, long talkerUid) {
    return server
        .as(uid)
        .syncFetchSessionMsgs(
            ReqSessionMsg.newBuilder().setTalkerId(talkerUid).setSessionType(1).build())
        .getMessagesList();
  }

  private void check(TestServer server, Poller poller, long uid) {
    List<Pair> own = PAIRS.stream().filter(pair -> pair.has(uid)).toList();
    assertThat(poller.seen()).hasSameSizeAs(own);
    for (Pair pair : own) {
      List<Msg> seen = poller.seen().get(pair.other(uid));
      assertThat(seen.stream().map(Msg::getMsgSeqno).toList()).isSorted();
      List<Long> keys = keys(seen);
      assertThat(keys).isSorted().doesNotHaveDuplicates();
      assertThat(new HashSet<>(keys)).isEqualTo(acknowledged.get(pair));
      assertThat(keys(server.history(pair.uid(), pair.otherUid()))).isEqualTo(keys);
      assertThat(keys(server.history(pair.otherUid(), pair.uid()))).isEqualTo(keys);
    }
  }

  private static List<Long> keys(List<Msg> messages) {
    return messages.stream().map(Msg::getMsgKey).toList();
  }

  /// Unread counts are what the log says, and totals are their sums.
  private static void checkCounts(TestServer server, long uid) {
    List<SessionInfo> sessions =
        server
            .as(uid)
            .getSessions(ReqGetSessions.newBuilder().setSessionType(2).setSize(100).build())
            .getSessionListList();
    List<SessionInfo> all = new ArrayList<>();
    for (Pair pair : PAIRS) {
      if (pair.has(uid)) {
        all.add(server.session(uid, pair.other(uid)));
      }
    }
    assertThat(sessions)
        .isEqualTo(
            all.stream()
                .filter(session -> session.getIsFollow() == 0)
                .sorted(Comparator.comparingLong(SessionInfo::getSessionTs).reversed())
                .toList());
    for (SessionInfo session : all) {
      List<Msg> history = server.history(uid, session.getTalkerId());
      assertThat(session.getLastMsg()).isEqualTo(history.getLast());
      assertThat(session.getMaxSeqno()).isEqualTo(history.getLast().getMsgSeqno());
      assertThat((long) session.getUnreadCount())
          .isEqualTo(
              history.stream()
                  .filter(msg -> msg.getSenderUid() != uid)
                  .filter(msg -> msg.getMsgSeqno() > session.getAckSeqno())
                  .count());
    }
    assertThat(server.as(uid).singleUnread(ReqSingleUnread.getDefaultInstance()))
        .isEqualTo(
            RspSingleUnread.newBuilder()
                .setFollowUnread(unread(all, 1))
                .setUnfollowUnread(unread(all, 0))
                .build());
  }

  private static long unread(List<SessionInfo> sessions, int isFollow) {
    return sessions.stream()
        .filter(session -> session.getIsDnd() == 0 && session.getIsFollow() == isFollow)
        .mapToLong(SessionInfo::getUnreadCount)
        .sum();
  }
}
