package dev.sixin.api.web;

import com.google.protobuf.Message;
import com.linecorp.armeria.common.HttpMethod;
import dev.sixin.admin.v1.User;
import dev.sixin.api.Answers;
import dev.sixin.api.Caller;
import dev.sixin.api.Conversations;
import dev.sixin.api.Inboxes;
import dev.sixin.api.Unread;
import dev.sixin.message.Types;
import dev.sixin.proto.im.ReqGetSessions;
import dev.sixin.proto.im.ReqNewSessions;
import dev.sixin.proto.im.ReqRemoveSession;
import dev.sixin.proto.im.ReqSendMsg;
import dev.sixin.proto.im.ReqSessionDetail;
import dev.sixin.proto.im.ReqSessionMsg;
import dev.sixin.proto.im.ReqSetTop;
import dev.sixin.proto.im.ReqSingleUnread;
import dev.sixin.proto.im.ReqUpdateAck;
import dev.sixin.proto.im.RspSendMsg;
import dev.sixin.proto.im.RspSessions;
import dev.sixin.proto.type.Msg;
import dev.sixin.refusal.Code;
import dev.sixin.refusal.Refusal;
import dev.sixin.session.Window;
import dev.sixin.user.Users;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.BiFunction;
import java.util.function.Function;

/// All calls of the web dialect. Parameters have the names of the fields of the request that a
/// route names.
final class Routes {
  private static final String SESSIONS = "/session_svr/v1/session_svr/";

  /// What can be sent by forms.
  private static final Set<Integer> SENDABLE = Set.of(Types.TEXT, Types.PICTURE, Types.DRAW_BACK);

  /// The counters of the interaction feed, as clients know them.
  private static final List<String> FEED =
      List.of(
          "at",
          "coin",
          "danmu",
          "favorite",
          "like",
          "recv_like",
          "recv_reply",
          "reply",
          "sys_msg",
          "up");

  private static final int MOST_USERS = 100;

  // Libraries sign their calls with a key that they make of these file names. Any signature is
  // accepted, so it is only important that they stay.
  private static final String SIGNING_IMG =
      "https://sixin.invalid/wbi/5f3c6a0e9d7b48c1a2e4f60718395bcd.png";
  private static final String SIGNING_SUB =
      "https://sixin.invalid/wbi/c81d04e7f6a95b3280c7d1e96f42a3b5.png";

  private final List<Route<?>> routes = new ArrayList<>();
  private final Conversations conversations;
  private final Inboxes inboxes;
  private final Unread unread;
  private final Users users;

  private Routes(Answers answers, Users users) {
    this.conversations = answers.conversations();
    this.inboxes = answers.inboxes();
    this.unread = answers.unread();
    this.users = users;
  }

  /// All routes, with what answers them.
  static List<Route<?>> of(Answers answers, Users users) {
    Routes all = new Routes(answers, users);
    all.addSessions();
    all.addMessages();
    all.addOthers();
    return all.routes;
  }

  private void addSessions() {
    get(SESSIONS + "get_sessions", ReqGetSessions.getDefaultInstance(), inboxes::webList);
    get(SESSIONS + "new_sessions", ReqNewSessions.getDefaultInstance(), inboxes::newer);
    get(SESSIONS + "ack_sessions", this::ackSessions);
    get(SESSIONS + "session_detail", ReqSessionDetail.getDefaultInstance(), inboxes::detail);
    get(SESSIONS + "single_unread", this::singleUnread);
    get(SESSIONS + "my_group_unread", unread::ownGroups);
    post(SESSIONS + "update_ack", ReqUpdateAck.getDefaultInstance(), conversations::read);
    post(SESSIONS + "remove_session", ReqRemoveSession.getDefaultInstance(), conversations::remove);
    post(SESSIONS + "set_top", ReqSetTop.getDefaultInstance(), inboxes::setTop);
    post(SESSIONS + "update_unflw_read", inboxes::readUnfollowed);
    post(SESSIONS + "batch_rm_sessions", inboxes::removeUnfollowed);
  }

  private void addMessages() {
    get("/svr_sync/v1/svr_sync/fetch_session_msgs", this::history);
    add(HttpMethod.POST, "/web_im/v1/web_im/send_msg", this::send);
  }

  private void addOthers() {
    get("/x/msgfeed/unread", this::feedAndChat);
    get("/x/im/web/msgfeed/unread", this::feedAndStyle);
    get("/x/web-interface/nav", this::nav);
    get("/x/im/users", this::names);
    get("/x/im/emotes", (caller, call) -> Map.of("emotes", conversations.emotes()));
  }

  private <Q extends Message, A> void get(String path, Q request, BiFunction<Caller, Q, A> rule) {
    get(path, (caller, call) -> rule.apply(caller, call.message(request)));
  }

  private <A> void get(String path, Function<Caller, A> rule) {
    get(path, (caller, _) -> rule.apply(caller));
  }

  private <A> void get(String path, BiFunction<Caller, WebCall, A> rule) {
    add(HttpMethod.GET, path, now(rule));
  }

  private <Q extends Message, A> void post(String path, Q request, BiFunction<Caller, Q, A> rule) {
    add(HttpMethod.POST, path, now((caller, call) -> rule.apply(caller, call.message(request))));
  }

  private <A> void post(String path, Function<Caller, A> rule) {
    add(HttpMethod.POST, path, now((caller, _) -> rule.apply(caller)));
  }

  private static <A> Route.Rule<A> now(BiFunction<Caller, WebCall, A> rule) {
    return (caller, call) -> CompletableFuture.completedFuture(rule.apply(caller, call));
  }

  private <A> void add(HttpMethod method, String path, Route.Rule<A> rule) {
    routes.add(new Route<>(method, path, rule));
  }

  /// Unlike the field of the gRPC call, end_ts has room for microseconds.
  private RspSessions ackSessions(Caller caller, WebCall call) {
    Window window = new Window(call.uint64("begin_ts"), call.uint64("end_ts"));
    return inboxes.acked(caller, window, call.uint32("size"));
  }

  private Json.With singleUnread(Caller caller, WebCall call) {
    Message counts = unread.single(caller, call.message(ReqSingleUnread.getDefaultInstance()));
    return new Json.With(counts, Map.of("custom_unread", unread.customerService(caller)));
  }

  private Message history(Caller caller, WebCall call) {
    ReqSessionMsg request = call.message(ReqSessionMsg.getDefaultInstance());
    return conversations.webHistory(caller, request, call.english());
  }

  private CompletionStage<RspSendMsg> send(Caller caller, WebCall call) {
    Msg msg = call.message(Msg.getDefaultInstance(), "msg[%s]");
    if (msg.getMsgTypeValue() != 0 && !SENDABLE.contains(msg.getMsgTypeValue())) {
      throw Refusal.of(
          Code.TYPE_NOT_ALLOWED,
          "msg[msg_type]: %d (expected: one of %s)".formatted(msg.getMsgTypeValue(), SENDABLE));
    }
    Msg.Builder whole = msg.toBuilder().addAllAtUids(call.uint64s("msg[at_uids]"));
    return conversations.send(caller, ReqSendMsg.newBuilder().setMsg(whole).build());
  }

  private Map<String, Object> feedAndChat(Caller caller, WebCall call) {
    Map<String, Object> data = feed(caller);
    data.put("chat", 0); // what is unread of it tells single_unread
    return data;
  }

  private Map<String, Object> feedAndStyle(Caller caller, WebCall call) {
    Map<String, Object> data = feed(caller);
    data.put("sys_msg_style", 1);
    return data;
  }

  private Map<String, Object> feed(Caller caller) {
    Map<String, Long> counters = users.feedUnread(caller.uid());
    Map<String, Object> data = new LinkedHashMap<>();
    FEED.forEach(name -> data.put(name, counters.getOrDefault(name, 0L)));
    return data;
  }

  /// Names and faces, by uid: what lists of sessions and groups do not tell of people. Whoever the
  /// site has not told us of is left out.
  private Map<String, Object> names(Caller caller, WebCall call) {
    List<Long> uids = call.uint64s("uids");
    Refusal.require("uids", uids.size(), 1, MOST_USERS);
    Map<String, Object> found = new LinkedHashMap<>();
    for (long uid : uids) {
      users
          .find(uid)
          .ifPresent(
              user ->
                  found.put(
                      Long.toUnsignedString(uid),
                      new TreeMap<>(Map.of("name", user.getName(), "face", user.getFace()))));
    }
    return found;
  }

  private Map<String, Object> nav(Caller caller, WebCall call) {
    User profile = users.get(caller.uid());
    Map<String, Object> data = new LinkedHashMap<>();
    data.put("isLogin", true);
    data.put("mid", caller.uid());
    data.put("uname", profile.getName());
    data.put("face", profile.getFace());
    data.put("vipType", profile.getVipLevel());
    data.put("wbi_img", new TreeMap<>(Map.of("img_url", SIGNING_IMG, "sub_url", SIGNING_SUB)));
    return data;
  }
}
