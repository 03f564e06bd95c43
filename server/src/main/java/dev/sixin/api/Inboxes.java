package dev.sixin.api;

import dev.sixin.admin.v1.SetLiveRequest;
import dev.sixin.admin.v1.User;
import dev.sixin.api.ImInterfaceService.Features;
import dev.sixin.entity.Talker;
import dev.sixin.entity.rows.SessionRow;
import dev.sixin.proto.im.DummyRsp;
import dev.sixin.proto.im.ReqAckSessions;
import dev.sixin.proto.im.ReqGetSessions;
import dev.sixin.proto.im.ReqGetSpecificSessions;
import dev.sixin.proto.im.ReqLiveInfo;
import dev.sixin.proto.im.ReqNewSessions;
import dev.sixin.proto.im.ReqSessionDetail;
import dev.sixin.proto.im.ReqSessionDetails;
import dev.sixin.proto.im.ReqSetTop;
import dev.sixin.proto.im.ReqShareList;
import dev.sixin.proto.im.ReqSpecificSingleUnread;
import dev.sixin.proto.im.ReqSyncAck;
import dev.sixin.proto.im.RspLiveInfo;
import dev.sixin.proto.im.RspSessionDetails;
import dev.sixin.proto.im.RspSessions;
import dev.sixin.proto.im.RspShareList;
import dev.sixin.proto.im.RspSpecificSingleUnread;
import dev.sixin.proto.im.RspSyncAck;
import dev.sixin.proto.im.ShareSessionInfo;
import dev.sixin.proto.im.SimpleSession;
import dev.sixin.proto.type.SessionInfo;
import dev.sixin.refusal.Code;
import dev.sixin.refusal.Refusal;
import dev.sixin.session.SessionList;
import dev.sixin.session.Sessions.Page;
import dev.sixin.session.Window;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// The answers of the calls that list, show and pin the caller's sessions.
public final class Inboxes {
  private static final int DEFAULT_PAGE = 20;
  private static final int MAX_SESSIONS = 100;
  private static final int MAX_SHARED = 20;
  private static final int MAX_DEVICE_BYTES = 128;

  /// How many sessions are read at most to find those with people.
  private static final int MAX_READ = 10_000;

  /// The official_type of organisations.
  private static final int ORGANISATION = 1;

  private static final long MICROS_PER_SECOND = 1_000_000;

  private final Features features;
  private final SessionInfos sessionInfos;

  Inboxes(Features features) {
    this.features = features;
    this.sessionInfos = new SessionInfos(features);
  }

  /// A page of one of the lists 0 to 5.
  RspSessions list(Caller caller, ReqGetSessions request) {
    return list(caller, request, SessionList.MOST);
  }

  /// A page of one of the lists of the web dialect, 0 to 9.
  public RspSessions webList(Caller caller, ReqGetSessions request) {
    return list(caller, request, SessionList.MOST_ON_WEB);
  }

  private RspSessions list(Caller caller, ReqGetSessions request, int most) {
    long uid = caller.uid();
    int number = (int) Refusal.require("session_type", request.getSessionType(), 0, most);
    SessionList list =
        SessionList.numbered(
            number,
            request.getUnfollowFold() == 1,
            request.getGroupFold() == 1,
            request.getSortRule());
    if (request.getTeenagerMode() == 1 || request.getLessonsMode() == 1) {
      list = list.followedOnly();
    }
    Window window = new Window(request.getBeginTs(), request.getEndTs());
    int size = size(request.getSize());
    Page page =
        number == SessionList.UNOFFICIAL_STRANGERS
            ? unofficial(uid, list, window, size)
            : features.sessions().list(uid, list, window, size);
    RspSessions.Builder answer = sessions(uid, page).setShowLevel(true);
    answer.putAllSystemMsg(features.sessions().systemAccounts(uid));
    return answer.setIsAddressListEmpty(isAlone(caller, page) ? 1 : 0).build();
  }

  /// A page without the accounts of organisations and businesses. Only their profiles tell which
  /// these are, so more and more sessions are read until there are enough.
  private Page unofficial(long uid, SessionList list, Window window, int size) {
    for (int read = size; ; read *= 2) {
      Page page = features.sessions().list(uid, list, window, read);
      List<SessionRow> people = page.sessions().stream().filter(this::isWithPerson).toList();
      if (people.size() > size) {
        return new Page(people.subList(0, size), true);
      }
      if (!page.hasMore() || read > MAX_READ) {
        return new Page(people, page.hasMore());
      }
    }
  }

  private boolean isWithPerson(SessionRow session) {
    User profile = features.users().get(session.getInfo().getTalkerId());
    return profile.getOfficialType() != ORGANISATION && !profile.getBusiness();
  }

  /// Whether there is nobody whom the caller could write to: not on this page, nor elsewhere.
  private boolean isAlone(Caller caller, Page page) {
    return page.sessions().isEmpty() && features.relations().isAlone(caller.uid());
  }

  /// Sessions that had a message since a moment.
  public RspSessions newer(Caller caller, ReqNewSessions request) {
    boolean followedOnly = request.getTeenagerMode() == 1 || request.getLessonsMode() == 1;
    Page page =
        features
            .sessions()
            .newer(caller.uid(), request.getBeginTs(), size(request.getSize()), followedOnly);
    return sessions(caller.uid(), page).build();
  }

  RspSessions acked(Caller caller, ReqAckSessions request) {
    // The field has 32 bits, too few for microseconds: it is read as seconds.
    long end = Integer.toUnsignedLong(request.getEndTs()) * MICROS_PER_SECOND;
    return acked(caller, new Window(request.getBeginTs(), end), request.getSize());
  }

  /// Sessions that were read in a stretch of time.
  ///
  /// @param size how many at most; 0: the usual number
  public RspSessions acked(Caller caller, Window window, int size) {
    return sessions(caller.uid(), features.sessions().acked(caller.uid(), window, size(size)))
        .build();
  }

  /// Sessions with the groups that the fan-group helper collects, newest first. No other list has
  /// them.
  ///
  /// @param size how many at most; 0: the usual number
  public RspSessions collected(Caller caller, Window window, int size) {
    return sessions(caller.uid(), features.sessions().collected(caller.uid(), window, size(size)))
        .build();
  }

  private static int size(int requested) {
    return Calls.size(requested, DEFAULT_PAGE, MAX_SESSIONS);
  }

  private RspSessions.Builder sessions(long uid, Page page) {
    return RspSessions.newBuilder()
        .addAllSessionList(sessionInfos.of(uid, page.sessions()))
        .setAntiDisturbCleaning(features.clearing().isUnderWay(uid))
        .setHasMore(page.hasMore() ? 1 : 0);
  }

  /// One session; 1000004 when the two never spoke.
  public SessionInfo detail(Caller caller, ReqSessionDetail request) {
    return find(caller, request).orElseThrow(() -> Refusal.of(Code.NEVER_SPOKEN));
  }

  private Optional<SessionInfo> find(Caller caller, ReqSessionDetail request) {
    caller.mustBe("uid", request.getUid());
    Talker talker = Calls.talker(request.getSessionType(), request.getTalkerId());
    return features
        .sessions()
        .find(caller.uid(), talker)
        .map(session -> sessionInfos.of(caller.uid(), session));
  }

  RspSessionDetails details(Caller caller, ReqSessionDetails request) {
    Refusal.require("sess_ids", request.getSessIdsCount(), 0, MAX_SESSIONS);
    RspSessionDetails.Builder answer = RspSessionDetails.newBuilder();
    for (ReqSessionDetail one : request.getSessIdsList()) {
      find(caller, one).ifPresent(answer::addSessInfos);
    }
    return answer.build();
  }

  RspSessions named(Caller caller, ReqGetSpecificSessions request) {
    List<SessionRow> sessions = find(caller, request.getTalkerSessionsList());
    return sessions(caller.uid(), new Page(sessions, false)).build();
  }

  private List<SessionRow> find(Caller caller, List<SimpleSession> named) {
    Refusal.require("talker_sessions", named.size(), 0, MAX_SESSIONS);
    List<SessionRow> found = new ArrayList<>(named.size());
    for (SimpleSession one : named) {
      Talker talker = Calls.talker(one.getSessionType(), one.getTalkerId());
      features.sessions().find(caller.uid(), talker).ifPresent(found::add);
    }
    return found;
  }

  RspSpecificSingleUnread unreadOf(Caller caller, ReqSpecificSingleUnread request) {
    RspSpecificSingleUnread.Builder answer = RspSpecificSingleUnread.newBuilder();
    for (SessionRow session : find(caller, request.getTalkerSessionsList())) {
      SessionInfo info = session.getInfo();
      answer.putTalkerUnreadCnt(info.getTalkerId(), Integer.toUnsignedLong(info.getUnreadCount()));
    }
    long sum = answer.getTalkerUnreadCntMap().values().stream().mapToLong(Long::longValue).sum();
    return answer.setAllUnreadCnt(sum).build();
  }

  RspShareList shareList(Caller caller, ReqShareList request) {
    Refusal.require("size", request.getSize(), 0, Integer.MAX_VALUE);
    int size = Calls.size(request.getSize(), MAX_SHARED, MAX_SHARED);
    Page page = features.sessions().list(caller.uid(), SessionList.people(), Window.OPEN, size);
    RspShareList.Builder answer = RspShareList.newBuilder();
    page.sessions().forEach(session -> answer.addSessionList(shared(session)));
    return answer.setIsAddressListEmpty(isAlone(caller, page) ? 1 : 0).build();
  }

  private ShareSessionInfo shared(SessionRow session) {
    User profile = features.users().get(session.getInfo().getTalkerId());
    return ShareSessionInfo.newBuilder()
        .setTalkerId(session.getInfo().getTalkerId())
        .setTalkerUname(profile.getName())
        .setTalkerIcon(profile.getFace())
        .setOfficialType(profile.getOfficialType())
        .build();
  }

  /// Pins a session or unpins it.
  public DummyRsp setTop(Caller caller, ReqSetTop request) {
    Talker talker = Calls.talker(request.getSessionType(), request.getTalkerId());
    boolean pin = Refusal.require("op_type", request.getOpType(), 0, 1) == 0;
    if (pin) {
      requireExisting(caller, talker);
      int kind = talker.isUser() ? features.users().get(talker.id()).getSystemMsgType() : 0;
      features.sessions().pin(caller.uid(), talker, kind);
    } else {
      features.sessions().unpin(caller.uid(), talker);
    }
    return DummyRsp.getDefaultInstance();
  }

  private void requireExisting(Caller caller, Talker talker) {
    if (talker.isUser() && features.users().find(talker.id()).isEmpty()) {
      throw Refusal.of(Code.NOT_FOUND, "talker_id: nobody has this number");
    }
    if (!talker.isUser() && features.groups().member(talker.id(), caller.uid()).isEmpty()) {
      throw Refusal.of(Code.NOT_IN_GROUP);
    }
  }

  /// Removes the sessions with people whom the caller does not follow.
  public DummyRsp removeUnfollowed(Caller caller) {
    features.clearing().removeUnfollowed(caller.uid());
    return DummyRsp.getDefaultInstance();
  }

  /// Reads the sessions with people whom the caller does not follow.
  public DummyRsp readUnfollowed(Caller caller) {
    features.clearing().readUnfollowed(caller.uid());
    return DummyRsp.getDefaultInstance();
  }

  /// Reads the sessions that the caller intercepts.
  public DummyRsp readIntercepted(Caller caller) {
    features.clearing().readIntercepted(caller.uid());
    return DummyRsp.getDefaultInstance();
  }

  /// Removes the sessions that the caller intercepts.
  public DummyRsp removeIntercepted(Caller caller) {
    features.clearing().removeIntercepted(caller.uid());
    return DummyRsp.getDefaultInstance();
  }

  RspLiveInfo live(Caller caller, ReqLiveInfo request) {
    caller.mustBe("uid", request.getUid());
    SetLiveRequest live = features.users().live(Calls.required("talker_id", request.getTalkerId()));
    return RspLiveInfo.newBuilder()
        .setLiveStatus(live.getLiveStatus())
        .setJumpUrl(live.getJumpUrl())
        .build();
  }

  RspSyncAck processed(Caller caller, ReqSyncAck request) {
    Refusal.require("device length", caller.device().length(), 0, MAX_DEVICE_BYTES);
    features.sessions().processed(caller.uid(), caller.device(), request.getClientSeqno());
    return RspSyncAck.getDefaultInstance();
  }
}
