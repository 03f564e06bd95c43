package dev.sixin.api;

import com.linecorp.armeria.server.ServiceRequestContext;
import dev.sixin.group.FanGroups;
import dev.sixin.message.Messages;
import dev.sixin.proto.im.DummyReq;
import dev.sixin.proto.im.DummyRsp;
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
import dev.sixin.proto.type.SessionInfo;
import dev.sixin.relation.Relations;
import dev.sixin.session.Clearing;
import dev.sixin.session.Sessions;
import dev.sixin.site.SiteTables;
import dev.sixin.user.Users;
import io.grpc.stub.StreamObserver;

/// `bilibili.im.interface.v1.ImInterface`: who may make each call, and what answers it. Each answer
/// reads like its rule in the behaviour contract; what it refuses is thrown.
public final class ImInterfaceService extends ImInterfaceImplBase {
  private final GrpcCalls calls;
  private final Conversations conversations;
  private final Inboxes inboxes;
  private final RelationSync relationSync;
  private final Unread unread;

  /// What the calls are made of.
  public record Features(
      Messages messages,
      Sessions sessions,
      Clearing clearing,
      Relations relations,
      FanGroups groups,
      Users users,
      SiteTables site) {}

  /// The service that gives these answers.
  public ImInterfaceService(Calls calls, Answers answers) {
    this.calls = new GrpcCalls(calls);
    this.conversations = answers.conversations();
    this.inboxes = answers.inboxes();
    this.relationSync = answers.relationSync();
    this.unread = answers.unread();
  }

  @Override
  public void sendMsg(ReqSendMsg request, StreamObserver<RspSendMsg> out) {
    calls.userLater(out, caller -> conversations.send(caller, request));
  }

  @Override
  public void syncFetchSessionMsgs(ReqSessionMsg request, StreamObserver<RspSessionMsg> out) {
    boolean english = Errors.speaksEnglish(ServiceRequestContext.current().request().headers());
    calls.userLater(out, caller -> conversations.history(caller, request, english));
  }

  @Override
  public void groupAssisMsg(ReqGroupAssisMsg request, StreamObserver<RspSessionMsg> out) {
    calls.userLater(out, caller -> conversations.collected(caller, request));
  }

  @Override
  public void ackAssisMsg(ReqAckAssisMsg request, StreamObserver<DummyRsp> out) {
    calls.user(out, caller -> conversations.readCollected(caller, request));
  }

  @Override
  public void getSessions(ReqGetSessions request, StreamObserver<RspSessions> out) {
    calls.user(out, caller -> inboxes.list(caller, request));
  }

  @Override
  public void newSessions(ReqNewSessions request, StreamObserver<RspSessions> out) {
    calls.user(out, caller -> inboxes.newer(caller, request));
  }

  @Override
  public void ackSessions(ReqAckSessions request, StreamObserver<RspSessions> out) {
    calls.user(out, caller -> inboxes.acked(caller, request));
  }

  @Override
  public void updateAck(ReqUpdateAck request, StreamObserver<DummyRsp> out) {
    calls.user(out, caller -> conversations.read(caller, request));
  }

  @Override
  public void setTop(ReqSetTop request, StreamObserver<DummyRsp> out) {
    calls.user(out, caller -> inboxes.setTop(caller, request));
  }

  @Override
  public void removeSession(ReqRemoveSession request, StreamObserver<DummyRsp> out) {
    calls.user(out, caller -> conversations.remove(caller, request));
  }

  @Override
  public void batchRmSessions(ReqBatRmSess request, StreamObserver<DummyRsp> out) {
    calls.user(out, inboxes::removeUnfollowed);
  }

  @Override
  public void updateUnflwRead(DummyReq request, StreamObserver<DummyRsp> out) {
    calls.user(out, inboxes::readUnfollowed);
  }

  @Override
  public void updateTotalUnread(
      ReqUpdateTotalUnread request, StreamObserver<RspUpdateTotalUnread> out) {
    calls.user(out, unread::clear);
  }

  @Override
  public void showClearUnreadUI(
      ReqShowClearUnreadUI request, StreamObserver<RspShowClearUnreadUI> out) {
    boolean english = Errors.speaksEnglish(ServiceRequestContext.current().request().headers());
    calls.user(out, caller -> unread.clearPrompt(caller, request, english));
  }

  @Override
  public void closeClearUnreadUI(
      ReqCloseClearUnreadUI request, StreamObserver<RspCloseClearUnreadUI> out) {
    calls.user(out, unread::closePrompt);
  }

  @Override
  public void sessionDetail(ReqSessionDetail request, StreamObserver<SessionInfo> out) {
    calls.user(out, caller -> inboxes.detail(caller, request));
  }

  @Override
  public void batchSessDetail(ReqSessionDetails request, StreamObserver<RspSessionDetails> out) {
    calls.user(out, caller -> inboxes.details(caller, request));
  }

  @Override
  public void getSpecificSessions(ReqGetSpecificSessions request, StreamObserver<RspSessions> out) {
    calls.user(out, caller -> inboxes.named(caller, request));
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
    calls.user(out, caller -> inboxes.unreadOf(caller, request));
  }

  @Override
  public void syncRelation(ReqRelationSync request, StreamObserver<RspRelationSync> out) {
    calls.user(
        out, caller -> relationSync.since(caller.uid(), request.getClientRelationOplogSeqno()));
  }

  @Override
  public void shareList(ReqShareList request, StreamObserver<RspShareList> out) {
    calls.user(out, caller -> inboxes.shareList(caller, request));
  }

  @Override
  public void getLiveInfo(ReqLiveInfo request, StreamObserver<RspLiveInfo> out) {
    calls.user(out, caller -> inboxes.live(caller, request));
  }

  @Override
  public void syncAck(ReqSyncAck request, StreamObserver<RspSyncAck> out) {
    calls.user(out, caller -> inboxes.processed(caller, request));
  }
}
