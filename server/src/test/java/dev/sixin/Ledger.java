package dev.sixin;

import static org.assertj.core.api.Assertions.assertThat;

import com.linecorp.armeria.client.ClientFactory;
import dev.sixin.proto.im.ImInterfaceGrpc.ImInterfaceBlockingStub;
import dev.sixin.proto.im.ReqGetSessions;
import dev.sixin.proto.im.ReqNewSessions;
import dev.sixin.proto.im.ReqSendMsg;
import dev.sixin.proto.im.ReqSessionMsg;
import dev.sixin.proto.im.ReqSingleUnread;
import dev.sixin.proto.im.ReqUpdateAck;
import dev.sixin.proto.im.RspSessionMsg;
import dev.sixin.proto.im.RspSessions;
import dev.sixin.proto.im.RspSingleUnread;
import dev.sixin.proto.type.Msg;
import dev.sixin.proto.type.SessionInfo;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;

/// What the clients of a server sent and what they were told. It outlives the server, and says
/// whether the next one agrees.
final class Ledger {
  private static final int PAGE = 2_000;

  private final int textLength;
  private final AtomicLong numbers = new AtomicLong();

  /// The msg_key of each message that was acknowledged.
  private final Map<Letter, Long> acknowledged = new ConcurrentHashMap<>();

  /// What was sent and never answered: it may be there or not.
  private final Set<Letter> unanswered = ConcurrentHashMap.newKeySet();

  /// The furthest read position that was acknowledged.
  private final Map<Side, Long> read = new ConcurrentHashMap<>();

  /// The sessions of each user when the ledger was last compared.
  private final Map<Long, List<SessionInfo>> known = new HashMap<>();

  /// A message that was sent: its number is its cli_msg_id and its text.
  record Letter(long from, long to, long number) {}

  /// One side of a conversation.
  record Side(long uid, long talkerUid) {}

  /// A ledger of short messages.
  Ledger() {
    this(1);
  }

  /// @param textLength of each message at least, in characters
  Ledger(int textLength) {
    this.textLength = textLength;
  }

  int acknowledged() {
    return acknowledged.size();
  }

  Set<Letter> unanswered() {
    return Set.copyOf(unanswered);
  }

  /// A new message.
  Letter next(long from, long to) {
    return new Letter(from, to, numbers.incrementAndGet());
  }

  private Msg.Builder toMsg(Letter letter) {
    String number = Long.toString(letter.number());
    String text = number + ".".repeat(Math.max(0, textLength - number.length()));
    return TestServer.text(letter.to(), text).setCliMsgId(letter.number());
  }

  /// Sends a new message.
  void send(ImInterfaceBlockingStub client, long from, long to) {
    send(client, next(from, to));
  }

  /// Sends a message, for the first time or again.
  void send(ImInterfaceBlockingStub client, Letter letter) {
    unanswered.add(letter);
    long key = client.sendMsg(ReqSendMsg.newBuilder().setMsg(toMsg(letter)).build()).getMsgKey();
    acknowledged.put(letter, key);
    unanswered.remove(letter);
  }

  /// A message was refused, so it may not be there.
  void refused(Letter letter) {
    unanswered.remove(letter);
  }

  /// Reads a conversation up to its newest message.
  void read(ImInterfaceBlockingStub client, long uid, long talkerUid) {
    RspSessionMsg newest = client.syncFetchSessionMsgs(page(talkerUid).setSize(1).build());
    if (newest.getMessagesCount() > 0) {
      client.updateAck(
          ReqUpdateAck.newBuilder()
              .setTalkerId(talkerUid)
              .setSessionType(1)
              .setAckSeqno(newest.getMaxSeqno())
              .build());
      read.merge(new Side(uid, talkerUid), newest.getMaxSeqno(), Math::max);
    }
  }

  private static ReqSessionMsg.Builder page(long talkerUid) {
    return ReqSessionMsg.newBuilder().setTalkerId(talkerUid).setSessionType(1);
  }

  /// Compares everything that users can see with the ledger, and with each other.
  void compare(PackedServer server, Map<Long, String> tokens) {
    try (ClientFactory connections = ClientFactory.builder().build()) {
      Map<Long, ImInterfaceBlockingStub> clients =
          tokens.entrySet().stream()
              .collect(
                  Collectors.toMap(
                      Map.Entry::getKey, entry -> server.client(entry.getValue(), connections)));
      Map<Side, List<Msg>> logs = new HashMap<>();
      clients.forEach(
          (uid, client) ->
              clients.keySet().stream()
                  .filter(talker -> !talker.equals(uid))
                  .forEach(talker -> logs.put(new Side(uid, talker), history(client, talker))));
      compareMessages(logs);
      clients.forEach(
          (uid, client) -> {
            List<SessionInfo> sessions = sessions(client);
            compareSessions(uid, sessions, logs);
            compareUnread(client, sessions);
            compareNews(uid, client, sessions);
            known.put(uid, sessions);
          });
    }
  }

  private static List<Msg> history(ImInterfaceBlockingStub client, long talkerUid) {
    List<Msg> messages = new ArrayList<>();
    RspSessionMsg page;
    do {
      long last = messages.isEmpty() ? 0 : messages.getLast().getMsgSeqno();
      page =
          client.syncFetchSessionMsgs(
              page(talkerUid).setBeginSeqno(last).setOrder(1).setSize(PAGE).build());
      messages.addAll(page.getMessagesList());
    } while (page.getHasMore() == 1);
    messages.removeIf(msg -> msg.getMsgSeqno() == 0); // the tip about one message
    return messages;
  }

  private void compareMessages(Map<Side, List<Msg>> logs) {
    Map<Letter, Long> stored = new HashMap<>();
    Set<Long> keys = new HashSet<>();
    logs.forEach(
        (side, log) -> {
          assertThat(log).isEqualTo(logs.get(new Side(side.talkerUid(), side.uid())));
          assertStrictlyIncreasing(log);
          for (Msg msg : log) {
            if (msg.getSenderUid() != side.uid()) {
              continue; // counted when it is that side's turn
            }
            Letter letter = new Letter(msg.getSenderUid(), msg.getReceiverId(), msg.getCliMsgId());
            assertThat(letter.to()).isEqualTo(side.talkerUid());
            assertThat(stored.put(letter, msg.getMsgKey())).as("%s is there once", letter).isNull();
            assertThat(keys.add(msg.getMsgKey()))
                .as("the msg_key of %s is its own", letter)
                .isTrue();
            assertThat(msg.getContent()).isEqualTo(toMsg(letter).getContent());
          }
        });
    acknowledged.forEach(
        (letter, key) ->
            assertThat(stored.get(letter)).as("%s was acknowledged", letter).isEqualTo(key));
    stored.keySet().removeAll(acknowledged.keySet());
    assertThat(unanswered).as("what nobody sent").containsAll(stored.keySet());
  }

  private static void assertStrictlyIncreasing(List<Msg> log) {
    for (int i = 1; i < log.size(); i++) {
      assertThat(log.get(i).getMsgSeqno()).isGreaterThan(log.get(i - 1).getMsgSeqno());
      assertThat(log.get(i).getMsgKey()).isGreaterThan(log.get(i - 1).getMsgKey());
    }
  }

  private static List<SessionInfo> sessions(ImInterfaceBlockingStub client) {
    RspSessions answer =
        client.getSessions(ReqGetSessions.newBuilder().setSessionType(4).setSize(100).build());
    assertThat(answer.getHasMore()).isZero();
    return answer.getSessionListList();
  }

  private void compareSessions(long uid, List<SessionInfo> sessions, Map<Side, List<Msg>> logs) {
    List<Long> talkersByNews =
        logs.entrySet().stream()
            .filter(log -> log.getKey().uid() == uid && !log.getValue().isEmpty())
            .sorted((a, b) -> Long.compare(lastKey(b.getValue()), lastKey(a.getValue())))
            .map(log -> log.getKey().talkerUid())
            .toList();
    assertThat(sessions).extracting(SessionInfo::getTalkerId).isEqualTo(talkersByNews);
    long lastTs = Long.MAX_VALUE;
    for (SessionInfo session : sessions) {
      Side side = new Side(uid, session.getTalkerId());
      List<Msg> log = logs.get(side);
      assertThat(session.getSessionTs()).as("session_ts of %s", side).isLessThan(lastTs);
      lastTs = session.getSessionTs();
      assertThat(session.getMaxSeqno()).as("%s", side).isEqualTo(log.getLast().getMsgSeqno());
      assertThat(session.getLastMsg()).as("%s", side).isEqualTo(log.getLast());
      assertThat(session.getAckSeqno())
          .as("read position of %s", side)
          .isBetween(
              Math.max(lastOwn(uid, log), read.getOrDefault(side, 0L)), session.getMaxSeqno());
      assertThat(session.getUnreadCount())
          .as("unread of %s", side)
          .isEqualTo(
              (int)
                  log.stream()
                      .filter(msg -> msg.getSenderUid() != uid)
                      .filter(msg -> msg.getMsgSeqno() > session.getAckSeqno())
                      .count());
    }
  }

  private static long lastKey(List<Msg> log) {
    return log.getLast().getMsgKey();
  }

  private static long lastOwn(long uid, List<Msg> log) {
    return log.stream()
        .filter(msg -> msg.getSenderUid() == uid)
        .mapToLong(Msg::getMsgSeqno)
        .max()
        .orElse(0);
  }

  private static void compareUnread(ImInterfaceBlockingStub client, List<SessionInfo> sessions) {
    RspSingleUnread totals = client.singleUnread(ReqSingleUnread.getDefaultInstance());
    assertThat(totals.getFollowUnread()).isEqualTo(unread(sessions, 1));
    assertThat(totals.getUnfollowUnread()).isEqualTo(unread(sessions, 0));
  }

  private static long unread(List<SessionInfo> sessions, int isFollow) {
    return sessions.stream()
        .filter(session -> session.getIsFollow() == isFollow)
        .mapToLong(SessionInfo::getUnreadCount)
        .sum();
  }

  /// A client that knows the sessions of the last comparison asks what is new.
  private void compareNews(long uid, ImInterfaceBlockingStub client, List<SessionInfo> sessions) {
    Map<Long, Long> before =
        known.getOrDefault(uid, List.of()).stream()
            .collect(Collectors.toMap(SessionInfo::getTalkerId, SessionInfo::getMaxSeqno));
    long position =
        known.getOrDefault(uid, List.of()).stream()
            .mapToLong(SessionInfo::getSessionTs)
            .max()
            .orElse(0);
    RspSessions news =
        client.newSessions(ReqNewSessions.newBuilder().setBeginTs(position).setSize(100).build());
    assertThat(news.getSessionListList())
        .as("news of %d", uid)
        .extracting(SessionInfo::getTalkerId)
        .isEqualTo(
            sessions.stream()
                .filter(s -> s.getMaxSeqno() > before.getOrDefault(s.getTalkerId(), 0L))
                .map(SessionInfo::getTalkerId)
                .toList());
  }
}
