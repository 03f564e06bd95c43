package dev.sixin.api;

import com.linecorp.armeria.server.ServiceRequestContext;
import dev.sixin.admin.v1.SetLiveRequest;
import dev.sixin.admin.v1.User;
import dev.sixin.entity.Talker;
import dev.sixin.entity.rows.SessionRow;
import dev.sixin.group.FanGroups;
import dev.sixin.message.Messages;
import dev.sixin.message.Messages.History;
import dev.sixin.message.Messages.Stretch;
import dev.sixin.message.Types;
import dev.sixin.proto.im.DummyReq;
import dev.sixin.proto.im.DummyRsp;
import dev.sixin.proto.im.EmotionInfo;
import dev.sixin.proto.im.ImInterfaceGrpc.ImInterfaceImplBase;
import dev.sixin.proto.im.ReqAckAssisMsg;
import dev.sixin.proto.im.ReqAckSessions;
import dev.sixin.proto.im.ReqBatRmSess;
import dev.sixin.proto.im.ReqCloseClearUnreadUI;
import dev.sixin.proto.im.ReqGetSessions;
import dev.sixin.proto.im.ReqGetSpecificSessions;
import dev.sixin.proto.im.ReqGroupAssisMsg;
import dev.sixin.proto.im.ReqLiveInfo;
import dev.sixin.proto.im.ReqNewSessions;
import dev.sixin.proto.im.ReqRelationSync;
import dev.sixin.proto.im.ReqRemoveSession;
import dev.sixin.proto.im.ReqSendMsg;
import dev.sixin.proto.im.ReqSessionDetail;
import dev.sixin.proto.im.ReqSessionDetails;
import dev.sixin.proto.im.ReqSessionMsg;
import dev.sixin.proto.im.ReqSetTop;
import dev.sixin.proto.im.ReqShareList;
import dev.sixin.proto.im.ReqShowClearUnreadUI;
import dev.sixin.proto.im.ReqSingleUnread;
import dev.sixin.proto.im.ReqSpecificSingleUnread;
import dev.sixin.proto.im.ReqSyncAck;
import dev.sixin.proto.im.ReqTotalUnread;
import dev.sixin.proto.im.ReqUpdateAck;
import dev.sixin.proto.im.ReqUpdateTotalUnread;
import dev.sixin.proto.im.RspCloseClearUnreadUI;
import dev.sixin.proto.im.RspLiveInfo;
import dev.sixin.proto.im.RspMyGroupUnread;
import dev.sixin.proto.im.RspRelationSync;
import dev.sixin.proto.im.RspSendMsg;
import dev.sixin.proto.im.RspSessionDetails;
import dev.sixin.proto.im.RspSessionMsg;
import dev.sixin.proto.im.RspSessions;
import dev.sixin.proto.im.RspShareList;
import dev.sixin.proto.im.RspShowClearUnreadUI;
import dev.sixin.proto.im.RspSingleUnread;
import dev.sixin.proto.im.RspSpecificSingleUnread;
import dev.sixin.proto.im.RspSyncAck;
import dev.sixin.proto.im.RspTotalUnread;
import dev.sixin.proto.im.RspUpdateTotalUnread;
import dev.sixin.proto.im.ShareSessionInfo;
import dev.sixin.proto.im.SimpleSession;
import dev.sixin.proto.type.Msg;
import dev.sixin.proto.type.MsgSource;
import dev.sixin.proto.type.SessionInfo;
import dev.sixin.refusal.Code;
import dev.sixin.refusal.Refusal;
import dev.sixin.relation.Relations;
import dev.sixin.session.Clearing;
import dev.sixin.session.SessionList;
import dev.sixin.session.Sessions;
import dev.sixin.session.Sessions.Page;
import dev.sixin.session.Window;
import dev.sixin.site.SiteTables;
import dev.sixin.store.Order;
import dev.sixin.user.Users;
import io.grpc.stub.StreamObserver;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.ToLongFunction;

/// `bilibili.im.interface.v1.ImInterface`. Each call reads like its rule in the behaviour contract;
/// what it refuses is thrown.
public final class ImInterfaceService extends ImInterfaceImplBase {
  private static final int DEFAULT_PAGE = 20;
  private static final int MAX_SESSIONS = 100;
  private static final int MAX_SHARED = 20;
  private static final int MAX_DEVICE_BYTES = 128;
  private static final long MICROS_PER_SECOND = 1_000_000;

  private final Calls calls;
  private final Features features;
  private final SessionInfos sessionInfos;
  private final RelationSync relationSync;
  private final Unread unread;
  private final InstantSource clock;

  /// What the calls are made of.
  public record Features(
      Messages messages,
      Sessions sessions,
      Clearing clearing,
      Relations relations,
      FanGroups groups,
      Users users,
      SiteTables site) {}

  /// The service over these features.
  public ImInterfaceService(Calls calls, Features features, InstantSource clock) {
    this.calls = calls;
    this.features = features;
    this.sessionInfos = new SessionInfos(features);
    this.relationSync = new RelationSync(features);
    this.unread = new Unread(features);
    this.clock = clock;
  }

  @Override
  public void sendMsg(ReqSendMsg request, StreamObserver<RspSendMsg> out) {
    calls.userLater(
        out,
        caller -> {
          if (!request.hasMsg()) {
            throw Refusal.of(Code.BAD_REQUEST, "msg: required");
          }
          Msg msg = request.getMsg();
          caller.mustBe("msg.sender_uid", msg.getSenderUid());
          return features.messages().send(draft(caller, msg), false).thenApply(this::sent);
        });
  }

  /// What of a client's message counts; the rest is the server's to set.
  private static Msg draft(Caller caller, Msg msg) {
    return Msg.newBuilder()
        .setSenderUid(caller.uid())
        .setReceiverTypeValue(msg.getReceiverTypeValue())
        .setReceiverId(msg.getReceiverId())
        .setCliMsgId(msg.getCliMsgId())
        .setMsgTypeValue(msg.getMsgTypeValue())
        .setContent(msg.getContent())
        .setMsgSource(isClient(msg.getMsgSource()) ? msg.getMsgSource() : caller.source())
        .setNewFaceVersion(msg.getNewFaceVersion())
        .addAllAtUids(msg.getAtUidsList().stream().filter(uid -> uid != 0).distinct().toList())
        .addAllRecverIds(msg.getRecverIdsList())
        .build();
  }

  /// Whether a client may say that it is this; the other sources are the server's own.
  private static boolean isClient(MsgSource source) {
    return switch (source) {
      case EN_MSG_SOURCE_IOS,
          EN_MSG_SOURCE_ANDRIOD,
          EN_MSG_SOURCE_H5,
          EN_MSG_SOURCE_PC,
          EN_MSG_SOURCE_WEB ->
          true;
      default -> false;
    };
  }

  private RspSendMsg sent(Msg msg) {
    RspSendMsg.Builder answer = RspSendMsg.newBuilder().setMsgKey(msg.getMsgKey());
    if (msg.getMsgTypeValue() == Types.TEXT) {
      answer.setMsgContent(msg.getContent()).addAllEInfos(emotionsIn(List.of(msg)));
    }
    if (msg.hasKeyHitInfos()) {
      answer.setKeyHitInfos(msg.getKeyHitInfos());
    }
    return answer.build();
  }

  @Override
  public void syncFetchSessionMsgs(ReqSessionMsg request, StreamObserver<RspSessionMsg> out) {
    boolean english = Errors.speaksEnglish(ServiceRequestContext.current().request().headers());
    calls.user(
        out,
        caller -> {
          Talker talker = talker(request.getSessionType(), request.getTalkerId());
          Refusal.require("order", request.getOrder(), 0, 1);
          int size = pageSize(request.getSize());
          Order order = request.getOrder() == 0 ? Order.DESCENDING : Order.ASCENDING;
          History history =
              features
                  .messages()
                  .history(
                      caller.uid(),
                      talker,
                      new Stretch(request.getBeginSeqno(), request.getEndSeqno()),
                      order,
                      size);
          RspSessionMsg.Builder answer = page(history, Msg::getMsgSeqno);
          if (history.oneMessageTip()) {
            long now = clock.instant().getEpochSecond();
            answer.addMessages(Tip.oneMessage(caller.uid(), talker.id(), english, now));
          }
          return answer.build();
        });
  }

  private List<EmotionInfo> emotionsIn(List<Msg> messages) {
    return Emotions.in(messages, features.site().emotes());
  }

  /// A page of messages.
  ///
  /// @param number what clients continue from
  private RspSessionMsg.Builder page(History history, ToLongFunction<Msg> number) {
    long min = -1; // the greatest unsigned number
    long max = 0;
    for (Msg msg : history.messages()) {
      long at = number.applyAsLong(msg);
      min = Long.compareUnsigned(at, min) < 0 ? at : min;
      max = Long.compareUnsigned(at, max) > 0 ? at : max;
    }
    return RspSessionMsg.newBuilder()
        .addAllMessages(history.messages())
        .setHasMore(history.hasMore() ? 1 : 0)
        .setMinSeqno(min)
        .setMaxSeqno(max)
        .addAllEInfos(emotionsIn(history.messages()));
  }

  @Override
  public void groupAssisMsg(ReqGroupAssisMsg request, StreamObserver<RspSessionMsg> out) {
    calls.user(
        out,
        caller -> {
          int size = pageSize(request.getSize());
          List<Long> groups = features.sessions().collectedGroups(caller.uid());
          History history =
              features.messages().collected(caller.uid(), groups, request.getClientSeqno(), size);
          return page(history, Msg::getMsgKey).build();
        });
  }

  @Override
  public void ackAssisMsg(ReqAckAssisMsg request, StreamObserver<DummyRsp> out) {
    calls.user(
        out,
        caller -> {
          List<Long> groups = features.sessions().collectedGroups(caller.uid());
          long newest = features.messages().newestKey(groups);
          long read = request.getAckSeqno();
          features
              .sessions()
              .readHelper(caller.uid(), Long.compareUnsigned(read, newest) < 0 ? read : newest);
          return DummyRsp.getDefaultInstance();
        });
  }

  private static int pageSize(int requested) {
    Refusal.require("size", requested, 0, Integer.MAX_VALUE);
    return Calls.size(requested, DEFAULT_PAGE, Messages.MAX_PAGE);
  }

  @Override
  public void getSessions(ReqGetSessions request, StreamObserver<RspSessions> out) {
    calls.user(
        out,
        caller -> {
          long uid = caller.uid();
          SessionList list =
              SessionList.numbered(
                  request.getSessionType(),
                  request.getUnfollowFold() == 1,
                  request.getGroupFold() == 1,
                  request.getSortRule());
          if (list == null) {
            throw Refusal.of(
                Code.BAD_PARAMETER,
                "session_type: %d (expected: 0 to 5)".formatted(request.getSessionType()));
          }
          if (request.getTeenagerMode() == 1 || request.getLessonsMode() == 1) {
            list = list.followedOnly();
          }
          Window window = new Window(request.getBeginTs(), request.getEndTs());
          Page page = features.sessions().list(uid, list, window, size(request.getSize()));
          RspSessions.Builder answer = sessions(uid, page).setShowLevel(true);
          answer.putAllSystemMsg(features.sessions().systemAccounts(uid));
          return answer.setIsAddressListEmpty(isAlone(caller, page) ? 1 : 0).build();
        });
  }

  /// Whether there is nobody whom the caller could write to: not on this page, nor elsewhere.
  private boolean isAlone(Caller caller, Page page) {
    return page.sessions().isEmpty() && features.relations().isAlone(caller.uid());
  }

  @Override
  public void newSessions(ReqNewSessions request, StreamObserver<RspSessions> out) {
    calls.user(
        out,
        caller -> {
          boolean followedOnly = request.getTeenagerMode() == 1 || request.getLessonsMode() == 1;
          Page page =
              features
                  .sessions()
                  .newer(caller.uid(), request.getBeginTs(), size(request.getSize()), followedOnly);
          return sessions(caller.uid(), page).build();
        });
  }

  @Override
  public void ackSessions(ReqAckSessions request, StreamObserver<RspSessions> out) {
    calls.user(
        out,
        caller -> {
          // The field has 32 bits, too few for microseconds: it is read as seconds.
          long end = Integer.toUnsignedLong(request.getEndTs()) * MICROS_PER_SECOND;
          Window window = new Window(request.getBeginTs(), end);
          Page page = features.sessions().acked(caller.uid(), window, size(request.getSize()));
          return sessions(caller.uid(), page).build();
        });
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

  @Override
  public void updateAck(ReqUpdateAck request, StreamObserver<DummyRsp> out) {
    calls.user(
        out,
        caller -> {
          Talker talker = talker(request.getSessionType(), request.getTalkerId());
          features.messages().read(caller.uid(), talker, request.getAckSeqno());
          return DummyRsp.getDefaultInstance();
        });
  }

  @Override
  public void setTop(ReqSetTop request, StreamObserver<DummyRsp> out) {
    calls.user(
        out,
        caller -> {
          Talker talker = talker(request.getSessionType(), request.getTalkerId());
          boolean pin = Refusal.require("op_type", request.getOpType(), 0, 1) == 0;
          if (pin) {
            requireExisting(caller, talker);
            int kind = talker.isUser() ? features.users().get(talker.id()).getSystemMsgType() : 0;
            features.sessions().pin(caller.uid(), talker, kind);
          } else {
            features.sessions().unpin(caller.uid(), talker);
          }
          return DummyRsp.getDefaultInstance();
        });
  }

  @Override
  public void removeSession(ReqRemoveSession request, StreamObserver<DummyRsp> out) {
    calls.user(
        out,
        caller -> {
          Talker talker = talker(request.getSessionType(), request.getTalkerId());
          features.messages().remove(caller.uid(), talker);
          return DummyRsp.getDefaultInstance();
        });
  }

  @Override
  public void batchRmSessions(ReqBatRmSess request, StreamObserver<DummyRsp> out) {
    calls.user(
        out,
        caller -> {
          features.clearing().removeUnfollowed(caller.uid());
          return DummyRsp.getDefaultInstance();
        });
  }

  @Override
  public void updateUnflwRead(DummyReq request, StreamObserver<DummyRsp> out) {
    calls.user(
        out,
        caller -> {
          features.clearing().readUnfollowed(caller.uid());
          return DummyRsp.getDefaultInstance();
        });
  }

  @Override
  public void updateTotalUnread(
      ReqUpdateTotalUnread request, StreamObserver<RspUpdateTotalUnread> out) {
    calls.user(
        out,
        caller -> {
          features.messages().readGroups(caller.uid(), features.sessions().groups(caller.uid()));
          features.clearing().readAll(caller.uid());
          features.users().clearFeed(caller.uid());
          return RspUpdateTotalUnread.getDefaultInstance();
        });
  }

  @Override
  public void showClearUnreadUI(
      ReqShowClearUnreadUI request, StreamObserver<RspShowClearUnreadUI> out) {
    boolean english = Errors.speaksEnglish(ServiceRequestContext.current().request().headers());
    calls.user(out, caller -> unread.clearPrompt(caller, request, english, clock.instant()));
  }

  @Override
  public void closeClearUnreadUI(
      ReqCloseClearUnreadUI request, StreamObserver<RspCloseClearUnreadUI> out) {
    calls.user(
        out,
        caller -> {
          features.clearing().closeOffer(caller.uid());
          return RspCloseClearUnreadUI.getDefaultInstance();
        });
  }

  @Override
  public void sessionDetail(ReqSessionDetail request, StreamObserver<SessionInfo> out) {
    calls.user(
        out, caller -> detail(caller, request).orElseThrow(() -> Refusal.of(Code.NEVER_SPOKEN)));
  }

  @Override
  public void batchSessDetail(ReqSessionDetails request, StreamObserver<RspSessionDetails> out) {
    calls.user(
        out,
        caller -> {
          Refusal.require("sess_ids", request.getSessIdsCount(), 0, MAX_SESSIONS);
          RspSessionDetails.Builder answer = RspSessionDetails.newBuilder();
          for (ReqSessionDetail one : request.getSessIdsList()) {
            detail(caller, one).ifPresent(answer::addSessInfos);
          }
          return answer.build();
        });
  }

  private Optional<SessionInfo> detail(Caller caller, ReqSessionDetail request) {
    caller.mustBe("uid", request.getUid());
    Talker talker = talker(request.getSessionType(), request.getTalkerId());
    return features
        .sessions()
        .find(caller.uid(), talker)
        .map(session -> sessionInfos.of(caller.uid(), session));
  }

  @Override
  public void getSpecificSessions(ReqGetSpecificSessions request, StreamObserver<RspSessions> out) {
    calls.user(
        out,
        caller -> {
          List<SessionRow> sessions = find(caller, request.getTalkerSessionsList());
          return sessions(caller.uid(), new Page(sessions, false)).build();
        });
  }

  private List<SessionRow> find(Caller caller, List<SimpleSession> named) {
    Refusal.require("talker_sessions", named.size(), 0, MAX_SESSIONS);
    List<SessionRow> found = new ArrayList<>(named.size());
    for (SimpleSession one : named) {
      Talker talker = talker(one.getSessionType(), one.getTalkerId());
      features.sessions().find(caller.uid(), talker).ifPresent(found::add);
    }
    return found;
  }

  @Override
  public void singleUnread(ReqSingleUnread request, StreamObserver<RspSingleUnread> out) {
    calls.user(out, caller -> unread.single(caller, request));
  }

  @Override
  public void getTotalUnread(ReqTotalUnread request, StreamObserver<RspTotalUnread> out) {
    calls.user(out, caller -> unread.total(caller, request));
  }

  @Override
  public void myGroupUnread(DummyReq request, StreamObserver<RspMyGroupUnread> out) {
    calls.user(out, unread::ownGroups);
  }

  @Override
  public void specificSingleUnread(
      ReqSpecificSingleUnread request, StreamObserver<RspSpecificSingleUnread> out) {
    calls.user(
        out,
        caller -> {
          RspSpecificSingleUnread.Builder answer = RspSpecificSingleUnread.newBuilder();
          for (SessionRow session : find(caller, request.getTalkerSessionsList())) {
            SessionInfo info = session.getInfo();
            answer.putTalkerUnreadCnt(
                info.getTalkerId(), Integer.toUnsignedLong(info.getUnreadCount()));
          }
          long sum =
              answer.getTalkerUnreadCntMap().values().stream().mapToLong(Long::longValue).sum();
          return answer.setAllUnreadCnt(sum).build();
        });
  }

  @Override
  public void syncRelation(ReqRelationSync request, StreamObserver<RspRelationSync> out) {
    calls.user(
        out, caller -> relationSync.since(caller.uid(), request.getClientRelationOplogSeqno()));
  }

  @Override
  public void shareList(ReqShareList request, StreamObserver<RspShareList> out) {
    calls.user(
        out,
        caller -> {
          Refusal.require("size", request.getSize(), 0, Integer.MAX_VALUE);
          int size = Calls.size(request.getSize(), MAX_SHARED, MAX_SHARED);
          Page page =
              features.sessions().list(caller.uid(), SessionList.people(), Window.OPEN, size);
          RspShareList.Builder answer = RspShareList.newBuilder();
          page.sessions().forEach(session -> answer.addSessionList(shared(session)));
          return answer.setIsAddressListEmpty(isAlone(caller, page) ? 1 : 0).build();
        });
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

  @Override
  public void getLiveInfo(ReqLiveInfo request, StreamObserver<RspLiveInfo> out) {
    calls.user(
        out,
        caller -> {
          caller.mustBe("uid", request.getUid());
          SetLiveRequest live =
              features.users().live(Calls.required("talker_id", request.getTalkerId()));
          return RspLiveInfo.newBuilder()
              .setLiveStatus(live.getLiveStatus())
              .setJumpUrl(live.getJumpUrl())
              .build();
        });
  }

  @Override
  public void syncAck(ReqSyncAck request, StreamObserver<RspSyncAck> out) {
    calls.user(
        out,
        caller -> {
          Refusal.require("device length", caller.device().length(), 0, MAX_DEVICE_BYTES);
          features.sessions().processed(caller.uid(), caller.device(), request.getClientSeqno());
          return RspSyncAck.getDefaultInstance();
        });
  }

  /// The talker that a request names: -400 when something is missing, 2 for another kind.
  private static Talker talker(int sessionType, long talkerId) {
    Calls.required("session_type", sessionType);
    Calls.required("talker_id", talkerId);
    Refusal.require("session_type", sessionType, Talker.PRIVATE, Talker.GROUP);
    return new Talker(sessionType, talkerId);
  }

  private void requireExisting(Caller caller, Talker talker) {
    if (talker.isUser() && features.users().find(talker.id()).isEmpty()) {
      throw Refusal.of(Code.NOT_FOUND, "talker_id: nobody has this number");
    }
    if (!talker.isUser() && features.groups().member(talker.id(), caller.uid()).isEmpty()) {
      throw Refusal.of(Code.NOT_IN_GROUP);
    }
  }
}
