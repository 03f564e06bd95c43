package dev.sixin.model;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sixin.proto.im.ImInterfaceGrpc.ImInterfaceBlockingStub;
import dev.sixin.proto.im.ReqNewSessions;
import dev.sixin.proto.im.ReqSessionMsg;
import dev.sixin.proto.im.RspSessionMsg;
import dev.sixin.proto.im.RspSessions;
import dev.sixin.proto.im.SimpleSession;
import dev.sixin.proto.type.Msg;
import dev.sixin.proto.type.SessionInfo;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// A client that knows nothing but what polling tells it: NewSessions after the greatest session_ts
/// that it has seen, and of each session found the messages after the greatest msg_seqno it has.
final class Poller {
  private final ImInterfaceBlockingStub server;
  private final int sessions;
  private final int messages;
  private final Map<SimpleSession, List<Msg>> seen = new HashMap<>();
  private long greatestTs;
  private int fullPages;

  /// @param sessions the size of its pages of sessions
  /// @param messages the size of its pages of messages
  Poller(ImInterfaceBlockingStub server, int sessions, int messages) {
    this.server = server;
    this.sessions = sessions;
    this.messages = messages;
  }

  /// Asks for what is new; answers whether there was anything.
  boolean poll() {
    RspSessions page =
        server.newSessions(
            ReqNewSessions.newBuilder().setBeginTs(greatestTs).setSize(sessions).build());
    List<SessionInfo> found = page.getSessionListList();
    assertThat(found)
        .as("after %d, newest first", greatestTs)
        .allMatch(session -> session.getSessionTs() > greatestTs)
        .isSortedAccordingTo(Comparator.comparingLong(SessionInfo::getSessionTs).reversed());
    if (page.getHasMore() == 1) {
      assertThat(found).hasSize(sessions);
      fullPages++;
    }
    for (SessionInfo session : found) {
      catchUp(
          SimpleSession.newBuilder()
              .setTalkerId(session.getTalkerId())
              .setSessionType(session.getSessionType())
              .build());
      greatestTs = Math.max(greatestTs, session.getSessionTs());
    }
    return !found.isEmpty();
  }

  private void catchUp(SimpleSession session) {
    List<Msg> known = seen.computeIfAbsent(session, _ -> new ArrayList<>());
    RspSessionMsg page;
    do {
      page =
          server.syncFetchSessionMsgs(
              ReqSessionMsg.newBuilder()
                  .setTalkerId(session.getTalkerId())
                  .setSessionType(session.getSessionType())
                  .setBeginSeqno(known.isEmpty() ? 0 : known.getLast().getMsgSeqno())
                  .setOrder(1)
                  .setSize(messages)
                  .build());
      known.addAll(page.getMessagesList());
    } while (page.getHasMore() == 1);
  }

  /// All that it saw, by session, in the order in which it came.
  Map<SimpleSession, List<Msg>> seen() {
    return seen;
  }

  /// How often there was more than a page.
  int fullPages() {
    return fullPages;
  }
}
