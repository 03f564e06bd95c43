package dev.sixin;

import com.linecorp.armeria.client.grpc.GrpcClients;
import dev.sixin.admin.v1.AdminGrpc.AdminBlockingStub;
import dev.sixin.admin.v1.SetLiveRequest;
import dev.sixin.proto.im.ImInterfaceGrpc.ImInterfaceBlockingStub;
import dev.sixin.proto.im.ReqNewSessions;
import dev.sixin.proto.im.ReqUpdateAck;
import dev.sixin.proto.type.SessionInfo;
import io.grpc.StatusRuntimeException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The people of a demo whom no visitor plays. They answer whoever writes to them, talk in the fan
/// group, and two of them go live every other minute and say so. Whoever opens the page sees all of
/// that within ten seconds, whenever they come.
final class DemoBots implements Runnable {
  private static final Logger log = LoggerFactory.getLogger(DemoBots.class);
  private static final Duration TURN = Duration.ofSeconds(1);

  // In turns since the start, or since somebody came. All are lively at first and then calm down,
  // so that a demo that is forgotten does not fill the disk.
  private static final int LIVELY_UNTIL = 360;
  private static final int LIVELY = 5;
  private static final int CALM = 60;
  private static final int LIVE_FROM = 3;
  private static final int LIVE_FOR = 60;
  private static final int LIVE_EVERY = 120;

  /// So many that each of the people who are played has one of them as a friend.
  private static final int LIVE_AT_ONCE = 2;

  private static final String GOES_LIVE = "开播啦，快来看";

  private static final List<String> ANSWERS =
      List.of("在的在的", "哈哈哈哈", "好呀", "真的吗？", "等我一下，马上回你", "收到！", "晚上细说");
  private static final List<String> GROUP_LINES =
      List.of("今天有直播吗", "刚到家，前排", "周末有人一起吗", "新封面我先存了", "哈哈哈哈笑死", "求一个链接", "晚上好各位");

  private final AdminBlockingStub admin;
  private final Demo demo;

  /// What each of them can call, and up to when they have seen what is new.
  private final Map<Long, ImInterfaceBlockingStub> bots = new LinkedHashMap<>();

  private final Map<Long, Long> seen = new LinkedHashMap<>();

  private final IntSupplier visitors;
  private int visitorsBefore;
  private int turn;
  private int came;

  /// @param tokens of those whom no visitor plays
  /// @param visitors how many look on now
  DemoBots(
      Demo demo,
      AdminBlockingStub admin,
      String address,
      Map<Long, String> tokens,
      IntSupplier visitors) {
    this.demo = demo;
    this.admin = admin;
    this.visitors = visitors;
    tokens.forEach(
        (uid, token) ->
            bots.put(
                uid,
                GrpcClients.builder("gproto+http://" + address + "/")
                    .setHeader("authorization", "identify_v1 " + token)
                    .build(ImInterfaceBlockingStub.class)));
  }

  /// Lives until the server stops.
  @Override
  public void run() {
    try {
      while (true) {
        Thread.sleep(TURN);
        take();
      }
    } catch (InterruptedException | StatusRuntimeException e) {
      log.debug("the demo is over", e);
    }
  }

  /// Takes a turn: a second of their lives.
  void take() {
    turn++;
    int visitorsNow = visitors.getAsInt();
    if (visitorsNow > visitorsBefore) {
      came = turn;
    }
    visitorsBefore = visitorsNow;
    int since = turn - came;
    List<Long> uids = List.copyOf(bots.keySet());
    for (long uid : uids) {
      answer(uid);
    }
    boolean lively = since < LIVELY_UNTIL;
    if (since % (lively ? LIVELY : CALM) == 0) {
      demo.sayInGroup(uids.get(turn % uids.size()), pick(GROUP_LINES, turn / LIVELY));
    }
    if (lively) {
      for (long uid : uids.subList(0, LIVE_AT_ONCE)) {
        goLive(uid, since % LIVE_EVERY);
      }
    }
  }

  /// A live status by itself is no news: lists show it with the next message.
  private void goLive(long uid, int since) {
    if (since == LIVE_FROM) {
      setLive(uid, 1);
      demo.sayToFriends(uid, GOES_LIVE);
    } else if (since == LIVE_FROM + LIVE_FOR) {
      setLive(uid, 0);
    }
  }

  private void setLive(long uid, int status) {
    admin.setLive(SetLiveRequest.newBuilder().setUid(uid).setLiveStatus(status).build());
  }

  /// Reads what was written before anybody could wait for an answer.
  void catchUp() {
    bots.keySet().forEach(this::readNews);
  }

  private void answer(long uid) {
    readNews(uid).forEach(asker -> demo.say(uid, asker, pick(ANSWERS, turn)));
  }

  /// Reads what is new for one of them.
  ///
  /// @return who wrote and is to be answered
  private List<Long> readNews(long uid) {
    ImInterfaceBlockingStub im = bots.get(uid);
    ReqNewSessions since =
        ReqNewSessions.newBuilder().setBeginTs(seen.getOrDefault(uid, 0L)).setSize(100).build();
    List<Long> askers = new ArrayList<>();
    for (SessionInfo session : im.newSessions(since).getSessionListList()) {
      seen.merge(uid, session.getSessionTs(), Math::max);
      boolean isAsked = session.getSessionType() == 1 && session.getUnreadCount() > 0;
      if (isAsked && session.getSystemMsgType() == 0 && !bots.containsKey(session.getTalkerId())) {
        im.updateAck(
            ReqUpdateAck.newBuilder()
                .setTalkerId(session.getTalkerId())
                .setSessionType(session.getSessionType())
                .build());
        askers.add(session.getTalkerId());
      }
    }
    return askers;
  }

  private static String pick(List<String> lines, int turn) {
    return lines.get(turn % lines.size());
  }
}
