package dev.sixin.api.web;

import com.google.protobuf.Message;
import com.linecorp.armeria.common.HttpMethod;
import dev.sixin.admin.v1.User;
import dev.sixin.api.Answers;
import dev.sixin.api.Caller;
import dev.sixin.api.Conversations;
import dev.sixin.api.Inboxes;
import dev.sixin.api.Peers;
import dev.sixin.api.Unread;
import dev.sixin.live.v1.LiveGrpc;
import dev.sixin.message.Types;
import dev.sixin.proto.im.ImInterfaceGrpc;
import dev.sixin.proto.im.ReqSendMsg;
import dev.sixin.proto.im.ReqSessionMsg;
import dev.sixin.proto.im.ReqSingleUnread;
import dev.sixin.proto.im.RspSendMsg;
import dev.sixin.proto.im.RspSessionMsg;
import dev.sixin.proto.im.RspSessions;
import dev.sixin.proto.im.RspSingleUnread;
import dev.sixin.refusal.Code;
import dev.sixin.refusal.Refusal;
import dev.sixin.session.Window;
import dev.sixin.user.Users;
import dev.sixin.web.v1.AckSessionsRequest;
import dev.sixin.web.v1.FeedUnreadResponse;
import dev.sixin.web.v1.HelperSessionsRequest;
import dev.sixin.web.v1.NavResponse;
import dev.sixin.web.v1.Person;
import dev.sixin.web.v1.SigningImages;
import dev.sixin.web.v1.SingleUnreadResponse;
import dev.sixin.web.v1.UsersRequest;
import dev.sixin.web.v1.UsersResponse;
import dev.sixin.web.v1.WebGrpc;
import io.grpc.MethodDescriptor;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.BiFunction;
import java.util.function.Function;

/// All calls of the web dialect: those that gRPC has too, those of `sixin.web.v1.Web` and of
/// `sixin.live.v1.Live`. Parameters have the names of the fields of the request.
public final class Routes {
  private static final String SESSIONS = "/session_svr/v1/session_svr/";
  private static final String LINK = "/link_setting/v1/link_setting/";
  private static final String AUTO_REPLIES = "/x/im/auto_replies";

  /// What can be sent by forms.
  private static final Set<Integer> SENDABLE = Set.of(Types.TEXT, Types.PICTURE, Types.DRAW_BACK);

  private static final int MOST_USERS = 100;

  // Libraries sign their calls with a key that they make of these file names. Any signature is
  // accepted, so it is only important that they stay.
  private static final SigningImages SIGNING =
      SigningImages.newBuilder()
          .setImgUrl("https://sixin.invalid/wbi/5f3c6a0e9d7b48c1a2e4f60718395bcd.png")
          .setSubUrl("https://sixin.invalid/wbi/c81d04e7f6a95b3280c7d1e96f42a3b5.png")
          .build();

  private final List<Route<?, ?>> routes = new ArrayList<>();
  private final Conversations conversations;
  private final Inboxes inboxes;
  private final Peers peers;
  private final LinkSettings settings;
  private final Unread unread;
  private final Users users;

  private Routes(Answers answers, Users users, InstantSource clock) {
    this.conversations = answers.conversations();
    this.inboxes = answers.inboxes();
    this.peers = answers.peers();
    this.settings = new LinkSettings(answers.settings(), clock);
    this.unread = answers.unread();
    this.users = users;
  }

  /// All routes, with what answers them.
  public static List<Route<?, ?>> of(Answers answers, Users users, InstantSource clock) {
    Routes all = new Routes(answers, users, clock);
    all.addSessions();
    all.addDustbin();
    all.addMessages();
    all.addSettings();
    all.addOthers();
    return all.routes;
  }

  private void addSessions() {
    get(SESSIONS + "get_sessions", ImInterfaceGrpc.getGetSessionsMethod(), inboxes::webList);
    get(SESSIONS + "new_sessions", ImInterfaceGrpc.getNewSessionsMethod(), inboxes::newer);
    get(SESSIONS + "ack_sessions", WebGrpc.getAckSessionsMethod(), this::ackSessions);
    get(SESSIONS + "session_detail", ImInterfaceGrpc.getSessionDetailMethod(), inboxes::detail);
    get(SESSIONS + "single_unread", WebGrpc.getSingleUnreadMethod(), this::singleUnread);
    get(SESSIONS + "my_group_unread", ImInterfaceGrpc.getMyGroupUnreadMethod(), unread::ownGroups);
    post(SESSIONS + "update_ack", ImInterfaceGrpc.getUpdateAckMethod(), conversations::read);
    post(
        SESSIONS + "remove_session",
        ImInterfaceGrpc.getRemoveSessionMethod(),
        conversations::remove);
    post(SESSIONS + "set_top", ImInterfaceGrpc.getSetTopMethod(), inboxes::setTop);
    post(
        SESSIONS + "update_unflw_read",
        ImInterfaceGrpc.getUpdateUnflwReadMethod(),
        inboxes::readUnfollowed);
    post(
        SESSIONS + "batch_rm_sessions",
        ImInterfaceGrpc.getBatchRmSessionsMethod(),
        inboxes::removeUnfollowed);
  }

  private void addDustbin() {
    post(SESSIONS + "update_intercept", WebGrpc.getUpdateInterceptMethod(), settings::intercept);
    post(
        SESSIONS + "batch_update_dustbin_ack",
        WebGrpc.getBatchUpdateDustbinAckMethod(),
        inboxes::readIntercepted);
    post(
        SESSIONS + "batch_rm_dustbin",
        WebGrpc.getBatchRmDustbinMethod(),
        inboxes::removeIntercepted);
  }

  private void addMessages() {
    add(
        HttpMethod.GET,
        "/svr_sync/v1/svr_sync/fetch_session_msgs",
        ImInterfaceGrpc.getSyncFetchSessionMsgsMethod(),
        this::history);
    add(
        HttpMethod.POST,
        "/web_im/v1/web_im/send_msg",
        ImInterfaceGrpc.getSendMsgMethod(),
        (caller, request, _) -> send(caller, request));
  }

  private void addSettings() {
    get(LINK + "get", WebGrpc.getGetPreferencesMethod(), settings::preferences);
    post(LINK + "set", WebGrpc.getSetPreferencesMethod(), settings::prefer);
    get(LINK + "is_limit", WebGrpc.getIsLimitMethod(), settings::limits);
    get(LINK + "get_msg_dnd", WebGrpc.getGetMsgDndMethod(), settings::dnd);
    post(LINK + "set_msg_dnd", WebGrpc.getSetMsgDndMethod(), settings::setDnd);
    get(LINK + "get_session_ss", WebGrpc.getGetSessionSsMethod(), settings::push);
    post(LINK + "set_push_ss", WebGrpc.getSetPushSsMethod(), settings::setPush);
    post(LINK + "set_group_helper", WebGrpc.getSetGroupHelperMethod(), settings::setHelper);
    get(AUTO_REPLIES, WebGrpc.getGetAutoRepliesMethod(), settings::replies);
    post(AUTO_REPLIES, WebGrpc.getSetAutoRepliesMethod(), settings::setReplies);
  }

  private void addOthers() {
    get("/x/msgfeed/unread", WebGrpc.getFeedUnreadMethod(), this::feedAndChat);
    get("/x/im/web/msgfeed/unread", WebGrpc.getImFeedUnreadMethod(), this::feedAndStyle);
    get("/x/web-interface/nav", WebGrpc.getNavMethod(), this::nav);
    post("/x/im/typing", LiveGrpc.getTypingMethod(), peers::type);
    get("/x/im/read_position", LiveGrpc.getReadPositionMethod(), peers::readPosition);
    get("/x/im/users", WebGrpc.getUsersMethod(), this::persons);
    get("/x/im/helper_sessions", WebGrpc.getHelperSessionsMethod(), this::helperSessions);
    get("/x/im/emotes", WebGrpc.getEmotesMethod(), _ -> conversations.emotes());
  }

  private <Q extends Message, A extends Message> void get(
      String path, MethodDescriptor<Q, A> call, BiFunction<Caller, Q, A> rule) {
    add(HttpMethod.GET, path, call, now(rule));
  }

  private <Q extends Message, A extends Message> void get(
      String path, MethodDescriptor<Q, A> call, Function<Caller, A> rule) {
    routes.add(Route.ofNothing(HttpMethod.GET, path, call, now((caller, _) -> rule.apply(caller))));
  }

  private <Q extends Message, A extends Message> void post(
      String path, MethodDescriptor<Q, A> call, BiFunction<Caller, Q, A> rule) {
    add(HttpMethod.POST, path, call, now(rule));
  }

  private <Q extends Message, A extends Message> void post(
      String path, MethodDescriptor<Q, A> call, Function<Caller, A> rule) {
    routes.add(
        Route.ofNothing(HttpMethod.POST, path, call, now((caller, _) -> rule.apply(caller))));
  }

  private static <Q, A> Route.Rule<Q, A> now(BiFunction<Caller, Q, A> rule) {
    return (caller, request, _) -> CompletableFuture.completedFuture(rule.apply(caller, request));
  }

  private <Q extends Message, A extends Message> void add(
      HttpMethod method, String path, MethodDescriptor<Q, A> call, Route.Rule<Q, A> rule) {
    routes.add(Route.of(method, path, call, rule));
  }

  /// Unlike the field of the gRPC call, end_ts has room for microseconds.
  private RspSessions ackSessions(Caller caller, AckSessionsRequest request) {
    Window window = new Window(request.getBeginTs(), request.getEndTs());
    return inboxes.acked(caller, window, request.getSize());
  }

  private RspSessions helperSessions(Caller caller, HelperSessionsRequest request) {
    Window window = new Window(request.getBeginTs(), request.getEndTs());
    return inboxes.collected(caller, window, request.getSize());
  }

  private SingleUnreadResponse singleUnread(Caller caller, ReqSingleUnread request) {
    RspSingleUnread counts = unread.single(caller, request);
    return SingleUnreadResponse.newBuilder()
        .setUnfollowUnread(counts.getUnfollowUnread())
        .setFollowUnread(counts.getFollowUnread())
        .setUnfollowPushMsg(counts.getUnfollowPushMsg())
        .setDustbinPushMsg(counts.getDustbinPushMsg())
        .setDustbinUnread(counts.getDustbinUnread())
        .setBizMsgUnfollowUnread(counts.getBizMsgUnfollowUnread())
        .setBizMsgFollowUnread(counts.getBizMsgFollowUnread())
        .setCustomUnread(unread.customerService(caller))
        .build();
  }

  private CompletionStage<RspSessionMsg> history(
      Caller caller, ReqSessionMsg request, WebCall call) {
    return conversations.webHistory(caller, request, call.english());
  }

  private CompletionStage<RspSendMsg> send(Caller caller, ReqSendMsg request) {
    int type = request.getMsg().getMsgTypeValue();
    if (type != 0 && !SENDABLE.contains(type)) {
      throw Refusal.of(
          Code.TYPE_NOT_ALLOWED,
          "msg[msg_type]: %d (expected: one of %s)".formatted(type, SENDABLE));
    }
    return conversations.send(caller, request);
  }

  private FeedUnreadResponse feedAndChat(Caller caller) {
    return feed(caller).setChat(0).build();
  }

  private FeedUnreadResponse feedAndStyle(Caller caller) {
    return feed(caller).setSysMsgStyle(1).build();
  }

  private FeedUnreadResponse.Builder feed(Caller caller) {
    Map<String, Long> counters = users.feedUnread(caller.uid());
    FeedUnreadResponse.Builder feed = FeedUnreadResponse.newBuilder();
    FeedUnreadResponse.getDescriptor().getFields().stream()
        .filter(field -> counters.containsKey(field.getName()))
        .forEach(field -> feed.setField(field, counters.get(field.getName())));
    return feed;
  }

  private UsersResponse persons(Caller caller, UsersRequest request) {
    Refusal.require("uids", request.getUidsCount(), 1, MOST_USERS);
    UsersResponse.Builder answer = UsersResponse.newBuilder();
    for (long uid : request.getUidsList()) {
      users.find(uid).ifPresent(user -> answer.putUsers(uid, person(user)));
    }
    return answer.build();
  }

  private static Person person(User user) {
    return Person.newBuilder().setName(user.getName()).setFace(user.getFace()).build();
  }

  private NavResponse nav(Caller caller) {
    User profile = users.get(caller.uid());
    return NavResponse.newBuilder()
        .setIsLogin(true)
        .setMid(caller.uid())
        .setUname(profile.getName())
        .setFace(profile.getFace())
        .setVipType(profile.getVipLevel())
        .setWbiImg(SIGNING)
        .build();
  }
}
