package dev.sixin.api;

import dev.sixin.api.ImInterfaceService.Features;
import dev.sixin.entity.Talker;
import dev.sixin.message.Messages;
import dev.sixin.message.Messages.History;
import dev.sixin.message.Messages.Stretch;
import dev.sixin.message.Types;
import dev.sixin.proto.im.DummyRsp;
import dev.sixin.proto.im.EmotionInfo;
import dev.sixin.proto.im.ReqAckAssisMsg;
import dev.sixin.proto.im.ReqGroupAssisMsg;
import dev.sixin.proto.im.ReqRemoveSession;
import dev.sixin.proto.im.ReqSendMsg;
import dev.sixin.proto.im.ReqSessionMsg;
import dev.sixin.proto.im.ReqUpdateAck;
import dev.sixin.proto.im.RspSendMsg;
import dev.sixin.proto.im.RspSessionMsg;
import dev.sixin.proto.type.Msg;
import dev.sixin.proto.type.MsgSource;
import dev.sixin.refusal.Code;
import dev.sixin.refusal.Refusal;
import dev.sixin.store.Order;
import dev.sixin.web.v1.EmotesResponse;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.function.ToLongFunction;

/// The answers of the calls that write and read messages.
public final class Conversations {
  private static final int DEFAULT_PAGE = 20;

  private final Features features;
  private final LargePages largePages;
  private final InstantSource clock;

  Conversations(Features features, LargePages largePages, InstantSource clock) {
    this.features = features;
    this.largePages = largePages;
    this.clock = clock;
  }

  /// All emotes that texts can have.
  public EmotesResponse emotes() {
    return EmotesResponse.newBuilder().addAllEmotes(Emotions.all(features.site().emotes())).build();
  }

  /// Sends one message.
  public CompletionStage<RspSendMsg> send(Caller caller, ReqSendMsg request) {
    if (!request.hasMsg()) {
      throw Refusal.of(Code.BAD_REQUEST, "msg: required");
    }
    Msg msg = request.getMsg();
    caller.mustBe("msg.sender_uid", msg.getSenderUid());
    return features.messages().send(draft(caller, msg), false).thenApply(this::sent);
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

  /// A page of a conversation; of size 0: the usual one.
  ///
  /// @param english the language of the tip about one message
  CompletionStage<RspSessionMsg> history(Caller caller, ReqSessionMsg request, boolean english) {
    return history(caller, request, DEFAULT_PAGE, english);
  }

  /// A page of a conversation as the web dialect asks for it; of size 0: nothing but the tip.
  ///
  /// @param english the language of the tip about one message
  public CompletionStage<RspSessionMsg> webHistory(
      Caller caller, ReqSessionMsg request, boolean english) {
    return history(caller, request, 0, english);
  }

  private CompletionStage<RspSessionMsg> history(
      Caller caller, ReqSessionMsg request, int usual, boolean english) {
    Talker talker = Calls.talker(request.getSessionType(), request.getTalkerId());
    Refusal.require("order", request.getOrder(), 0, 1);
    int size = pageSize(request.getSize(), usual);
    Order order = request.getOrder() == 0 ? Order.DESCENDING : Order.ASCENDING;
    Stretch stretch = new Stretch(request.getBeginSeqno(), request.getEndSeqno());
    return largePages.make(
        caller.uid(),
        size,
        () -> {
          History history = features.messages().history(caller.uid(), talker, stretch, order, size);
          RspSessionMsg.Builder answer = page(history, Msg::getMsgSeqno);
          if (history.oneMessageTip()) {
            long now = clock.instant().getEpochSecond();
            answer.addMessages(Tip.oneMessage(caller.uid(), talker.id(), english, now));
          }
          return answer.build();
        });
  }

  /// Moves a read position forward.
  public DummyRsp read(Caller caller, ReqUpdateAck request) {
    Talker talker = Calls.talker(request.getSessionType(), request.getTalkerId());
    features.messages().read(caller.uid(), talker, request.getAckSeqno());
    return DummyRsp.getDefaultInstance();
  }

  /// Takes a session off the lists.
  public DummyRsp remove(Caller caller, ReqRemoveSession request) {
    Talker talker = Calls.talker(request.getSessionType(), request.getTalkerId());
    features.messages().remove(caller.uid(), talker);
    return DummyRsp.getDefaultInstance();
  }

  /// The messages of the groups that the helper collects.
  CompletionStage<RspSessionMsg> collected(Caller caller, ReqGroupAssisMsg request) {
    int size = pageSize(request.getSize(), DEFAULT_PAGE);
    long uid = caller.uid();
    List<Long> groups = features.sessions().collectedGroups(uid);
    return largePages.make(
        uid,
        size,
        () ->
            page(
                    features.messages().collected(uid, groups, request.getClientSeqno(), size),
                    Msg::getMsgKey)
                .build());
  }

  DummyRsp readCollected(Caller caller, ReqAckAssisMsg request) {
    List<Long> groups = features.sessions().collectedGroups(caller.uid());
    long newest = features.messages().newestKey(groups);
    long read = request.getAckSeqno();
    features
        .sessions()
        .readHelper(caller.uid(), Long.compareUnsigned(read, newest) < 0 ? read : newest);
    return DummyRsp.getDefaultInstance();
  }

  private static int pageSize(int requested, int usual) {
    Refusal.require("size", requested, 0, Integer.MAX_VALUE);
    return Calls.size(requested, usual, Messages.MAX_PAGE);
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

  private List<EmotionInfo> emotionsIn(List<Msg> messages) {
    return Emotions.in(messages, features.site().emotes());
  }
}
