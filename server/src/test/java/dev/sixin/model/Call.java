package dev.sixin.model;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Message;
import com.google.protobuf.TextFormat;
import dev.sixin.proto.im.DummyReq;
import dev.sixin.proto.im.ImInterfaceGrpc.ImInterfaceBlockingStub;
import dev.sixin.proto.im.ReqAckSessions;
import dev.sixin.proto.im.ReqGetSessions;
import dev.sixin.proto.im.ReqGetSpecificSessions;
import dev.sixin.proto.im.ReqGroupAssisMsg;
import dev.sixin.proto.im.ReqLiveInfo;
import dev.sixin.proto.im.ReqNewSessions;
import dev.sixin.proto.im.ReqRelationSync;
import dev.sixin.proto.im.ReqSessionDetail;
import dev.sixin.proto.im.ReqSessionDetails;
import dev.sixin.proto.im.ReqSessionMsg;
import dev.sixin.proto.im.ReqShareList;
import dev.sixin.proto.im.ReqShowClearUnreadUI;
import dev.sixin.proto.im.ReqSingleUnread;
import dev.sixin.proto.im.ReqSpecificSingleUnread;
import dev.sixin.proto.im.ReqTotalUnread;
import dev.sixin.proto.im.RspLiveInfo;
import dev.sixin.proto.im.RspMyGroupUnread;
import dev.sixin.proto.im.RspRelationSync;
import dev.sixin.proto.im.RspSessionDetails;
import dev.sixin.proto.im.RspSessionMsg;
import dev.sixin.proto.im.RspSessions;
import dev.sixin.proto.im.RspShareList;
import dev.sixin.proto.im.RspShowClearUnreadUI;
import dev.sixin.proto.im.RspSingleUnread;
import dev.sixin.proto.im.RspSpecificSingleUnread;
import dev.sixin.proto.im.RspTotalUnread;
import dev.sixin.proto.type.Msg;
import dev.sixin.proto.type.SessionInfo;
import java.util.function.BiFunction;

/// A call that reads: how the server is asked, and what the model answers.
record Call<Q extends Message, A extends Message>(
    String name, BiFunction<ImInterfaceBlockingStub, Q, A> server, Rule<Q, A> model) {
  /// What the model answers to a user's request.
  @FunctionalInterface
  interface Rule<Q, A> {
    A answer(Model model, long uid, Q request);
  }

  static final Call<ReqGetSessions, RspSessions> GET_SESSIONS =
      new Call<>("GetSessions", ImInterfaceBlockingStub::getSessions, SessionAnswers::getSessions);
  static final Call<ReqNewSessions, RspSessions> NEW_SESSIONS =
      new Call<>("NewSessions", ImInterfaceBlockingStub::newSessions, SessionAnswers::newSessions);
  static final Call<ReqAckSessions, RspSessions> ACK_SESSIONS =
      new Call<>("AckSessions", ImInterfaceBlockingStub::ackSessions, SessionAnswers::ackSessions);
  static final Call<ReqSessionDetail, SessionInfo> SESSION_DETAIL =
      new Call<>(
          "SessionDetail", ImInterfaceBlockingStub::sessionDetail, SessionAnswers::sessionDetail);
  static final Call<ReqSessionDetails, RspSessionDetails> BATCH_SESS_DETAIL =
      new Call<>(
          "BatchSessDetail",
          ImInterfaceBlockingStub::batchSessDetail,
          SessionAnswers::batchSessDetail);
  static final Call<ReqGetSpecificSessions, RspSessions> GET_SPECIFIC_SESSIONS =
      new Call<>(
          "GetSpecificSessions",
          ImInterfaceBlockingStub::getSpecificSessions,
          SessionAnswers::getSpecificSessions);
  static final Call<ReqSingleUnread, RspSingleUnread> SINGLE_UNREAD =
      new Call<>(
          "SingleUnread", ImInterfaceBlockingStub::singleUnread, UnreadAnswers::singleUnread);
  static final Call<ReqSpecificSingleUnread, RspSpecificSingleUnread> SPECIFIC_SINGLE_UNREAD =
      new Call<>(
          "SpecificSingleUnread",
          ImInterfaceBlockingStub::specificSingleUnread,
          UnreadAnswers::specificSingleUnread);

  static final Call<ReqTotalUnread, RspTotalUnread> GET_TOTAL_UNREAD =
      new Call<>(
          "GetTotalUnread", ImInterfaceBlockingStub::getTotalUnread, UnreadAnswers::getTotalUnread);
  static final Call<DummyReq, RspMyGroupUnread> MY_GROUP_UNREAD =
      new Call<>(
          "MyGroupUnread", ImInterfaceBlockingStub::myGroupUnread, UnreadAnswers::myGroupUnread);
  static final Call<ReqShareList, RspShareList> SHARE_LIST =
      new Call<>("ShareList", ImInterfaceBlockingStub::shareList, SessionAnswers::shareList);
  static final Call<ReqLiveInfo, RspLiveInfo> GET_LIVE_INFO =
      new Call<>("GetLiveInfo", ImInterfaceBlockingStub::getLiveInfo, RelationAnswers::getLiveInfo);
  static final Call<ReqRelationSync, RspRelationSync> SYNC_RELATION =
      new Call<>(
          "SyncRelation", ImInterfaceBlockingStub::syncRelation, RelationAnswers::syncRelation);

  /// Of the words of the prompt only the number in them is the contract's.
  static final Call<ReqShowClearUnreadUI, RspShowClearUnreadUI> SHOW_CLEAR_UNREAD_UI =
      new Call<>(
          "ShowClearUnreadUI",
          (stub, request) -> numberAlone(stub.showClearUnreadUI(request)),
          UnreadAnswers::showClearUnreadUI);

  private static RspShowClearUnreadUI numberAlone(RspShowClearUnreadUI answer) {
    return answer.toBuilder().setText(answer.getText().replaceAll("\\D", "")).build();
  }

  /// The words of the tip are the server's own: they are checked and left out.
  static final Call<ReqSessionMsg, RspSessionMsg> SYNC_FETCH_SESSION_MSGS =
      new Call<>(
          "SyncFetchSessionMsgs",
          (stub, request) -> withoutWords(stub.syncFetchSessionMsgs(request)),
          MessageAnswers::syncFetchSessionMsgs);

  static final Call<ReqGroupAssisMsg, RspSessionMsg> GROUP_ASSIS_MSG =
      new Call<>(
          "GroupAssisMsg", ImInterfaceBlockingStub::groupAssisMsg, MessageAnswers::groupAssisMsg);

  private static RspSessionMsg withoutWords(RspSessionMsg answer) {
    RspSessionMsg.Builder mute = answer.toBuilder();
    for (Msg.Builder msg : mute.getMessagesBuilderList()) {
      if (msg.getMsgSeqno() == 0) {
        assertThat(msg.getContent()).startsWith("{\"content\":\"[{").endsWith("}]\"}");
        msg.clearContent();
      }
    }
    return mute.build();
  }

  /// One call by one user.
  record Read<Q extends Message, A extends Message>(Call<Q, A> call, long uid, Q request) {
    Outcome<A> expected(Model model, Dialect dialect) {
      return Outcome.of(() -> dialect.shown(call.model().answer(model, uid, request)));
    }

    Outcome<A> actual(ImInterfaceBlockingStub stub, Dialect dialect) {
      return Outcome.of(() -> dialect.shown(call.server().apply(stub, request)));
    }

    @Override
    public String toString() {
      return "%s {%s} by %s"
          .formatted(
              call.name(),
              TextFormat.printer().shortDebugString(request),
              Long.toUnsignedString(uid));
    }
  }
}
