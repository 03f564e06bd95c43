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
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// The people of a demo whom no visitor plays. They answer whoever writes to them, talk in the fan
/// group, and one of them is live every other minute.
final class DemoBots implements Runnable {
  private static final Duration TURN = Duration.ofSeconds(1);

  // In turns. The group is lively at first and then calms down, so that a demo that is forgotten
  // does not fill the disk.
  private static final int LIVELY_UNTIL = 300;
  private static final int LIVELY = 5;
  private static final int CALM = 60;
  private static final int LIVE = 60;

  private static final List<String> ANSWERS =
      List.of("在的在的", "哈哈哈哈", "好呀", "真的吗？", "等我一下，马上回你", "收到！", "晚上细说");
  private static final List<String> GROUP_LINES =
      List.of("今天有直播吗", "刚到家，前排", "周末有人一起吗", "新封面我先存了", "哈哈哈哈笑死", "求一个链接", "晚上好各位");

  private final AdminBlockingStub admin;
  private final Demo demo;

  /// What each of them can call, and up to when they have seen what is new.
  private final Map<Long, ImInterfaceBlockingStub> bots = new LinkedHashMap<>();

  private final Map<Long, Long> seen = new LinkedHashMap<>();

  /// @param tokens of those whom no visitor plays
  DemoBots(Demo demo, AdminBlockingStub admin, String address, Map<Long, String> tokens) {
    this.demo = demo;
    this.admin = admin;
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
      for (int turn = 1; ; turn++) {
        Thread.sleep(TURN);
        take(turn);
      }
    } catch (InterruptedException | StatusRuntimeException e) {
      // the demo is over
    }
  }

  private void take(int turn) {
    List<Long> uids = List.copyOf(bots.keySet());
    for (long uid : uids) {
      answer(uid, turn);
    }
    if (turn % (turn < LIVELY_UNTIL ? LIVELY : CALM) == 0) {
      demo.sayInGroup(uids.get(turn % uids.size()), pick(GROUP_LINES, turn / LIVELY));
    }
    if (turn % LIVE == LIVELY) {
      admin.setLive(
          SetLiveRequest.newBuilder()
              .setUid(uids.getFirst())
              .setLiveStatus(turn / LIVE % 2 == 0 ? 1 : 0)
              .build());
    }
  }

  private void answer(long uid, int turn) {
    ImInterfaceBlockingStub im = bots.get(uid);
    ReqNewSessions since =
        ReqNewSessions.newBuilder().setBeginTs(seen.getOrDefault(uid, 0L)).setSize(100).build();
    for (SessionInfo session : im.newSessions(since).getSessionListList()) {
      seen.merge(uid, session.getSessionTs(), Math::max);
      boolean isAsked = session.getSessionType() == 1 && session.getUnreadCount() > 0;
      if (isAsked && session.getSystemMsgType() == 0 && !bots.containsKey(session.getTalkerId())) {
        im.updateAck(
            ReqUpdateAck.newBuilder()
                .setTalkerId(session.getTalkerId())
                .setSessionType(session.getSessionType())
                .build());
        if (turn > 1) {
          demo.say(uid, session.getTalkerId(), pick(ANSWERS, turn));
        }
      }
    }
  }

  private static String pick(List<String> lines, int turn) {
    return lines.get(turn % lines.size());
  }
}
