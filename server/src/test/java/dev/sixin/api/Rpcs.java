package dev.sixin.api;

import static dev.sixin.TestServer.text;
import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.protobuf.Descriptors.MethodDescriptor;
import dev.sixin.TestServer;
import dev.sixin.admin.v1.AdminGrpc;
import dev.sixin.admin.v1.DropCheckpointRequest;
import dev.sixin.admin.v1.EraseUserRequest;
import dev.sixin.admin.v1.ExportUserRequest;
import dev.sixin.admin.v1.IssueTokenRequest;
import dev.sixin.admin.v1.MakeCheckpointRequest;
import dev.sixin.admin.v1.Member;
import dev.sixin.admin.v1.PutEmotesRequest;
import dev.sixin.admin.v1.PutGroupRequest;
import dev.sixin.admin.v1.PutKeywordRulesRequest;
import dev.sixin.admin.v1.PutUsersRequest;
import dev.sixin.admin.v1.RecallRequest;
import dev.sixin.admin.v1.Relation;
import dev.sixin.admin.v1.RevokeTokensRequest;
import dev.sixin.admin.v1.SendRequest;
import dev.sixin.admin.v1.SetBanRequest;
import dev.sixin.admin.v1.SetFeedUnreadRequest;
import dev.sixin.admin.v1.SetLiveRequest;
import dev.sixin.admin.v1.SetMembersRequest;
import dev.sixin.admin.v1.SetPreferencesRequest;
import dev.sixin.admin.v1.SetRelationsRequest;
import dev.sixin.admin.v1.SetSessionRequest;
import dev.sixin.admin.v1.SetSystemNoticeRequest;
import dev.sixin.admin.v1.User;
import dev.sixin.live.v1.LiveGrpc;
import dev.sixin.live.v1.ReadPositionRequest;
import dev.sixin.live.v1.TypingRequest;
import dev.sixin.proto.im.DummyReq;
import dev.sixin.proto.im.ImInterfaceGrpc;
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
import dev.sixin.proto.im.SimpleSession;
import dev.sixin.proto.notify.NotifyGrpc;
import dev.sixin.token.Tokens;
import io.grpc.protobuf.ProtoServiceDescriptorSupplier;
import java.util.List;
import java.util.stream.Stream;

/// Every call that is built, with the answers to what can be wrong with its request. Whoever builds
/// a call adds it here.
public final class Rpcs {
  /// Who makes the users' calls.
  public static final long ME = 1;

  private static final long FRIEND = 2;

  /// Somebody with whom nobody has spoken.
  private static final long OTHER = 3;

  private static final long NOBODY = 999;

  /// A group that `ME` is in, and one that `ME` is not.
  private static final long CLUB = 11;

  private static final long OTHER_CLUB = 12;

  private static final String IM = "/bilibili.im.interface.v1.ImInterface/";
  private static final String LIVE = "/sixin.live.v1.Live/";
  private static final String ADMIN = "/sixin.admin.v1.Admin/";

  private static final Object[] NO_TALKER_KIND = {3, 9, -1};
  private static final Object[] NO_UNREAD_TYPE = {4, 9, -1};
  private static final Object[] NOT_JSON = {
    "hello",
    "{\"content\":",
    "{\"content\":\"a\"}}",
    "[\"content\"]",
    "\"content\"",
    "1",
    "null",
    " "
  };

  public static final List<Rpc> ALL =
      Stream.of(messages(), sessions(), unread(), relations(), site(), groups(), live())
          .flatMap(List::stream)
          .toList();

  private Rpcs() {}

  /// The calls of all services, as their descriptors name them.
  public static Stream<MethodDescriptor> methods() {
    return Stream.of(
            ImInterfaceGrpc.getServiceDescriptor(),
            AdminGrpc.getServiceDescriptor(),
            NotifyGrpc.getServiceDescriptor(),
            LiveGrpc.getServiceDescriptor())
        .map(service -> (ProtoServiceDescriptorSupplier) service.getSchemaDescriptor())
        .flatMap(supplier -> supplier.getServiceDescriptor().getMethods().stream());
  }

  /// Where a call is made.
  public static String path(MethodDescriptor method) {
    return "/" + method.getService().getFullName() + "/" + method.getName();
  }

  /// Puts there whom the requests name.
  public static void prepare(TestServer server) {
    server.people(ME, FRIEND, OTHER);
    server.friends(ME, FRIEND);
    server.say(FRIEND, ME, "hello");
    server.admin().putGroup(club(CLUB, ME));
    server.admin().putGroup(club(OTHER_CLUB, OTHER));
  }

  private static PutGroupRequest club(long id, long owner) {
    return PutGroupRequest.newBuilder().setGroupId(id).setOwnerUid(owner).setName("club").build();
  }

  private static List<Rpc> messages() {
    return List.of(
        Rpc.write(IM + "SendMsg", ReqSendMsg.newBuilder().setMsg(text(FRIEND, "hi")).build())
            .requires("msg", "msg.receiver_type", "msg.receiver_id", "msg.msg_type", "msg.content")
            .namesCaller("msg.sender_uid", ME)
            .refuses("msg.receiver_type", 2, 4, 9, -1)
            .refuses("msg.receiver_type", -400, 3) // to many, and nobody named
            .refuses("msg.receiver_type", -404, 2) // no such group
            .refuses("msg.msg_type", 21035, 999, -1, 8, 10, 18, 51, 101, 306)
            .refuses("msg.msg_type", -400, 5) // no msg_key in it
            .refuses("msg.msg_type", 21037, 2, 6) // no picture in it
            .refuses("msg.content", -400, NOT_JSON)
            .refuses("msg.content", -400, "{}", "{\"content\":\"\"}", "{\"content\":1}")
            .accepts("msg.content", contentOf("a", 2_000), contentOf("私", 2_000))
            .refuses("msg.content", 21007, contentOf("a", 2_001), contentOf("私", 2_003))
            .refuses("msg.receiver_id", -404, NOBODY, -1L)
            .refuses("msg.receiver_id", 21026, ME),
        Rpc.read(
                IM + "SyncFetchSessionMsgs",
                ReqSessionMsg.newBuilder().setTalkerId(FRIEND).setSessionType(1).build())
            .requires("talker_id", "session_type")
            .refuses("session_type", 2, NO_TALKER_KIND)
            .refuses("session_type", -404, 2) // no such group
            .refuses("order", 2, 2, 9, -1)
            .accepts("order", 0, 1)
            .refuses("size", 2, -1, Integer.MIN_VALUE)
            .accepts("size", 0, 1, 2_000, 2_001, Integer.MAX_VALUE)
            .accepts("begin_seqno", -1L)
            .accepts("end_seqno", -1L),
        Rpc.read(IM + "GroupAssisMsg", ReqGroupAssisMsg.getDefaultInstance())
            .refuses("size", 2, -1, Integer.MIN_VALUE)
            .accepts("size", 0, 1, 2_000, 2_001)
            .accepts("client_seqno", -1L),
        Rpc.write(IM + "AckAssisMsg", ReqAckAssisMsg.newBuilder().setAckSeqno(1).build())
            .accepts("ack_seqno", 0L, 1L, -1L),
        Rpc.write(IM + "SyncAck", ReqSyncAck.newBuilder().setClientSeqno(1).build())
            .accepts("client_seqno", 0L, -1L));
  }

  private static List<Rpc> sessions() {
    return List.of(
        Rpc.read(IM + "GetSessions", ReqGetSessions.getDefaultInstance())
            .refuses("session_type", 2, 6, 7, 9, 99, -1)
            .accepts("session_type", 0, 1, 2, 3, 4, 5)
            .accepts("size", 0, 1, 100, 101, -1)
            .accepts("sort_rule", 0, 3, 99)
            .accepts("begin_ts", -1L)
            .accepts("end_ts", -1L),
        Rpc.read(IM + "NewSessions", ReqNewSessions.getDefaultInstance())
            .accepts("size", 0, 1, 100, 101, -1)
            .accepts("begin_ts", -1L),
        Rpc.read(IM + "AckSessions", ReqAckSessions.getDefaultInstance())
            .accepts("size", 0, 1, 100, 101, -1)
            .accepts("begin_ts", -1L)
            .accepts("end_ts", -1),
        Rpc.write(
                IM + "UpdateAck",
                ReqUpdateAck.newBuilder().setTalkerId(FRIEND).setSessionType(1).build())
            .requires("talker_id", "session_type")
            .refuses("session_type", 2, NO_TALKER_KIND)
            .refuses("session_type", -404, 2)
            .accepts("ack_seqno", 0L, 1L, -1L),
        Rpc.write(
                IM + "SetTop", ReqSetTop.newBuilder().setTalkerId(FRIEND).setSessionType(1).build())
            .requires("talker_id", "session_type")
            .refuses("session_type", 2, NO_TALKER_KIND)
            .refuses("session_type", 700014, 2)
            .refuses("op_type", 2, 2, 9, -1)
            .refuses("talker_id", -404, NOBODY)
            .accepts("op_type", 0, 1),
        Rpc.write(
                IM + "RemoveSession",
                ReqRemoveSession.newBuilder().setTalkerId(FRIEND).setSessionType(1).build())
            .requires("talker_id", "session_type")
            .refuses("session_type", 2, NO_TALKER_KIND),
        Rpc.write(IM + "BatchRmSessions", ReqBatRmSess.getDefaultInstance()),
        Rpc.read(IM + "SessionDetail", session(FRIEND))
            .requires("talker_id", "session_type")
            .namesCaller("uid", ME)
            .refuses("session_type", 2, NO_TALKER_KIND)
            .refuses("session_type", 1000004, 2)
            .refuses("talker_id", 1000004, OTHER, NOBODY, -1L),
        Rpc.read(
                IM + "BatchSessDetail",
                ReqSessionDetails.newBuilder().addSessIds(session(FRIEND)).build())
            .requires("sess_ids.talker_id", "sess_ids.session_type")
            .namesCaller("sess_ids.uid", ME)
            .refuses("sess_ids.session_type", 2, NO_TALKER_KIND)
            .elements("sess_ids", 0, 0, 100)
            .elements("sess_ids", 2, 101),
        Rpc.read(
                IM + "GetSpecificSessions",
                ReqGetSpecificSessions.newBuilder().addTalkerSessions(simple(FRIEND)).build())
            .requires("talker_sessions.talker_id", "talker_sessions.session_type")
            .refuses("talker_sessions.session_type", 2, NO_TALKER_KIND)
            .elements("talker_sessions", 0, 0, 100)
            .elements("talker_sessions", 2, 101),
        Rpc.read(IM + "ShareList", ReqShareList.getDefaultInstance())
            .refuses("size", 2, -1)
            .accepts("size", 0, 1, 20, 21));
  }

  private static List<Rpc> unread() {
    return List.of(
        Rpc.read(IM + "SingleUnread", ReqSingleUnread.getDefaultInstance())
            .namesCaller("uid", ME)
            .refuses("unread_type", 2, NO_UNREAD_TYPE)
            .accepts("unread_type", 0, 1, 2, 3),
        Rpc.read(
                IM + "SpecificSingleUnread",
                ReqSpecificSingleUnread.newBuilder().addTalkerSessions(simple(FRIEND)).build())
            .requires("talker_sessions.talker_id", "talker_sessions.session_type")
            .refuses("talker_sessions.session_type", 2, NO_TALKER_KIND)
            .elements("talker_sessions", 0, 0, 100)
            .elements("talker_sessions", 2, 101),
        Rpc.read(IM + "MyGroupUnread", DummyReq.getDefaultInstance()).accepts("idl", -1),
        Rpc.read(
                IM + "GetTotalUnread",
                ReqTotalUnread.newBuilder()
                    .setSingleunreadOn(1)
                    .setMsgfeedOn(1)
                    .setSysupOn(1)
                    .build())
            .namesCaller("uid", ME)
            .refuses("unread_type", 2, NO_UNREAD_TYPE)
            .accepts("unread_type", 0, 1, 2, 3),
        Rpc.write(IM + "UpdateUnflwRead", DummyReq.getDefaultInstance()).accepts("idl", -1),
        Rpc.read(IM + "ShowClearUnreadUI", ReqShowClearUnreadUI.getDefaultInstance())
            .refuses("unread_type", 2, NO_UNREAD_TYPE)
            .accepts("unread_type", 0, 1, 2, 3),
        Rpc.write(IM + "CloseClearUnreadUI", ReqCloseClearUnreadUI.getDefaultInstance()),
        Rpc.write(IM + "UpdateTotalUnread", ReqUpdateTotalUnread.getDefaultInstance()));
  }

  private static List<Rpc> relations() {
    return List.of(
        Rpc.read(IM + "SyncRelation", ReqRelationSync.getDefaultInstance())
            .accepts("client_relation_oplog_seqno", 0L, 1L, -1L),
        Rpc.read(IM + "GetLiveInfo", ReqLiveInfo.newBuilder().setTalkerId(FRIEND).build())
            .requires("talker_id")
            .namesCaller("uid", ME));
  }

  private static List<Rpc> site() {
    return List.of(
        Rpc.write(
                ADMIN + "PutUsers",
                PutUsersRequest.newBuilder().addUsers(User.newBuilder().setUid(4)).build())
            .requires("users.uid")
            .refuses("users.vip_level", 2, 3, -1)
            .refuses("users.official_type", 2, 2, -2)
            .refuses("users.system_msg_type", 2, -1)
            .accepts("users.name", "a".repeat(256))
            .refuses("users.name", 2, "a".repeat(257), "私".repeat(86))
            .accepts("users.face", "a".repeat(2_048))
            .refuses("users.face", 2, "a".repeat(2_049))
            .elements("users", 0, 0, 10_000)
            .elements("users", 2, 10_001),
        Rpc.write(
                ADMIN + "SetRelations",
                SetRelationsRequest.newBuilder()
                    .addRelations(
                        Relation.newBuilder()
                            .setFromUid(ME)
                            .setToUid(OTHER)
                            .setKind(Relation.Kind.FOLLOW))
                    .build())
            .requires("relations.from_uid", "relations.to_uid", "relations.kind")
            .refuses("relations.kind", 2, 5, 9, -1)
            .refuses("relations.to_uid", 2, ME)
            .elements("relations", 0, 0, 10_000)
            .elements("relations", 2, 10_001),
        Rpc.read(ADMIN + "IssueToken", IssueTokenRequest.newBuilder().setUid(ME).build())
            .requires("uid")
            .accepts("ttl_seconds", 0L, 1L, Tokens.MAX_TTL.toSeconds())
            .refuses("ttl_seconds", 2, Tokens.MAX_TTL.toSeconds() + 1, -1L)
            .accepts("device", "a".repeat(128))
            .refuses("device", 2, "a".repeat(129)),
        Rpc.write(ADMIN + "RevokeTokens", RevokeTokensRequest.newBuilder().setUid(4).build())
            .requires("uid"),
        Rpc.write(
                ADMIN + "Send",
                SendRequest.newBuilder().setMsg(text(ME, "hi").setSenderUid(FRIEND)).build())
            .requires("msg", "msg.sender_uid", "msg.receiver_type", "msg.receiver_id")
            .requires("msg.msg_type", "msg.content")
            .refuses("msg.receiver_type", 2, 4, 9, -1)
            .refuses("msg.receiver_type", -404, 2)
            .refuses("msg.msg_type", -400, 5)
            .refuses("msg.content", -400, NOT_JSON)
            .accepts("msg.content", contentOf("a", 2_000))
            .refuses("msg.content", 21007, contentOf("a", 2_001))
            .refuses("msg.receiver_id", -404, NOBODY)
            .refuses("msg.receiver_id", 21026, FRIEND),
        Rpc.write(
                ADMIN + "Recall",
                RecallRequest.newBuilder()
                    .setMsgKey(1)
                    .setUid(ME)
                    .setTalkerId(FRIEND)
                    .setSessionType(1)
                    .build())
            .refusesLegal(10005) // nothing has this key
            .requires("msg_key", "uid", "talker_id", "session_type")
            .refuses("session_type", 2, 3, 9, -1)
            .refuses("session_type", -404, 2),
        Rpc.write(
                ADMIN + "SetSession",
                SetSessionRequest.newBuilder()
                    .setUid(ME)
                    .setTalkerId(FRIEND)
                    .setSessionType(1)
                    .setDnd(true)
                    .build())
            .requires("uid", "talker_id", "session_type")
            .refuses("session_type", 2, 3, 9, -1)
            .refuses("session_type", 700014, 2)
            .refuses("helper", 2, true),
        Rpc.write(
                ADMIN + "SetPreferences",
                SetPreferencesRequest.newBuilder()
                    .setUid(ME)
                    .putChosen("receive_unfollow_msg", 0)
                    .build())
            .requires("uid")
            .accepts("chosen.value", 0, 1)
            .refuses("chosen.value", 2, 2, -1)
            .accepts("chosen.key", "recv_reply") // off
            .refuses("chosen.key", 2, "", "nonsense"),
        Rpc.write(ADMIN + "SetLive", SetLiveRequest.newBuilder().setUid(ME).build())
            .requires("uid")
            .refuses("live_status", 2, 2L, -1L)
            .accepts("live_status", 0L, 1L)
            .accepts("jump_url", "a".repeat(2_048))
            .refuses("jump_url", 2, "a".repeat(2_049)),
        Rpc.write(
                ADMIN + "SetFeedUnread",
                SetFeedUnreadRequest.newBuilder().setUid(ME).putUnread("at", 1).build())
            .requires("uid")
            .accepts("unread.value", 0L, Long.MAX_VALUE)
            .refuses("unread.value", 2, -1L)
            .refuses("unread.key", 2, "", "nonsense"),
        Rpc.write(ADMIN + "SetSystemNotice", SetSystemNoticeRequest.newBuilder().setUid(ME).build())
            .requires("uid")
            .accepts("unread", 0, Integer.MAX_VALUE)
            .refuses("unread", 2, -1),
        Rpc.write(ADMIN + "SetBan", SetBanRequest.newBuilder().setUid(ME).build()).requires("uid"),
        Rpc.write(ADMIN + "PutEmotes", PutEmotesRequest.getDefaultInstance()),
        Rpc.write(ADMIN + "PutKeywordRules", PutKeywordRulesRequest.getDefaultInstance()),
        Rpc.read(ADMIN + "ExportUser", ExportUserRequest.newBuilder().setUid(ME).build())
            .requires("uid"),
        Rpc.write(ADMIN + "EraseUser", EraseUserRequest.newBuilder().setUid(NOBODY).build())
            .requires("uid"),
        Rpc.read(ADMIN + "MakeCheckpoint", MakeCheckpointRequest.getDefaultInstance()),
        Rpc.read(
                ADMIN + "DropCheckpoint",
                DropCheckpointRequest.newBuilder().setName("none").build())
            .requires("name")
            .accepts("name", "../store", "/", "a".repeat(10_000)));
  }

  private static List<Rpc> groups() {
    return List.of(
        Rpc.write(ADMIN + "PutGroup", club(CLUB, ME))
            .requires("group_id", "owner_uid")
            .refuses("name", 2, "")
            .refuses("status", 2, 3, 9, -1)
            .accepts("status", 1, 0),
        Rpc.write(
                ADMIN + "SetMembers",
                SetMembersRequest.newBuilder()
                    .setGroupId(CLUB)
                    .addPut(Member.newBuilder().setUid(FRIEND))
                    .addLeft(OTHER)
                    .addKicked(OTHER)
                    .build())
            .requires("group_id", "put.uid")
            .refuses("put.role", 2, 3, -1)
            .refuses("left", -400, 0L)
            .refuses("kicked", -400, 0L)
            .refuses("group_id", -404, NOBODY)
            .elements("put", 0, 0, 9_998)
            .elements("put", 2, 9_999));
  }

  private static List<Rpc> live() {
    return List.of(
        Rpc.read(
                LIVE + "Typing",
                TypingRequest.newBuilder().setTalkerId(FRIEND).setSessionType(1).build())
            .requires("talker_id")
            .refuses("talker_id", -404, NOBODY, CLUB, -1L)
            .refuses("talker_id", 2, ME)
            .refuses("session_type", 2, 2, 3, 9, -1)
            .accepts("session_type", 0, 1),
        Rpc.read(
                LIVE + "ReadPosition",
                ReadPositionRequest.newBuilder().setTalkerId(FRIEND).setSessionType(1).build())
            .requires("talker_id")
            .refuses("talker_id", -404, NOBODY, CLUB, -1L)
            .refuses("talker_id", 2, ME)
            .refuses("session_type", 2, 2, 3, 9, -1)
            .accepts("session_type", 0, 1));
  }

  private static ReqSessionDetail session(long talker) {
    return ReqSessionDetail.newBuilder().setTalkerId(talker).setSessionType(1).build();
  }

  private static SimpleSession simple(long talker) {
    return SimpleSession.newBuilder().setTalkerId(talker).setSessionType(1).build();
  }

  /// Legal text content made of one letter, of the greatest size that is not above `bytes`.
  private static String contentOf(String letter, int bytes) {
    String around = "{\"content\":\"%s\"}";
    int room = bytes - around.formatted("").length();
    return around.formatted(letter.repeat(room / letter.getBytes(UTF_8).length));
  }
}
