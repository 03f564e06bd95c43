package dev.sixin.api;

import static dev.sixin.TestServer.text;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicContainer.dynamicContainer;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Descriptors.MethodDescriptor;
import com.google.protobuf.Message;
import dev.sixin.TestServer;
import dev.sixin.admin.v1.AdminGrpc;
import dev.sixin.admin.v1.IssueTokenRequest;
import dev.sixin.admin.v1.PutUsersRequest;
import dev.sixin.admin.v1.Relation;
import dev.sixin.admin.v1.RevokeTokensRequest;
import dev.sixin.admin.v1.SendRequest;
import dev.sixin.admin.v1.SetRelationsRequest;
import dev.sixin.admin.v1.SetSessionRequest;
import dev.sixin.admin.v1.User;
import dev.sixin.proto.im.ImInterfaceGrpc;
import dev.sixin.proto.im.ReqAckSessions;
import dev.sixin.proto.im.ReqGetSessions;
import dev.sixin.proto.im.ReqGetSpecificSessions;
import dev.sixin.proto.im.ReqNewSessions;
import dev.sixin.proto.im.ReqRemoveSession;
import dev.sixin.proto.im.ReqSendMsg;
import dev.sixin.proto.im.ReqSessionDetail;
import dev.sixin.proto.im.ReqSessionDetails;
import dev.sixin.proto.im.ReqSessionMsg;
import dev.sixin.proto.im.ReqSetTop;
import dev.sixin.proto.im.ReqSingleUnread;
import dev.sixin.proto.im.ReqSpecificSingleUnread;
import dev.sixin.proto.im.ReqSyncAck;
import dev.sixin.proto.im.ReqUpdateAck;
import dev.sixin.proto.im.SimpleSession;
import dev.sixin.proto.notify.NotifyGrpc;
import dev.sixin.refusal.Code;
import dev.sixin.token.Tokens;
import io.grpc.Status;
import io.grpc.protobuf.ProtoServiceDescriptorSupplier;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicContainer;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/// Every call with everything that can be wrong with it: the documented answer, and nothing changed
/// in the store. A call that is not in the table is not built and must say so.
class ErrorMatrixTest {
  private static final long ME = 1;
  private static final long FRIEND = 2;
  private static final long OTHER = 3;
  private static final int MAX_FRAME = 1 << 20;
  private static final String IM = "/bilibili.im.interface.v1.ImInterface/";
  private static final String ADMIN = "/sixin.admin.v1.Admin/";

  private static final Object[] NO_TALKER_KIND = {3, 9, -1};
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

  private static final List<Rpc> RPCS =
      List.of(
          Rpc.write(IM + "SendMsg", ReqSendMsg.newBuilder().setMsg(text(FRIEND, "hi")).build())
              .requires(
                  "msg", "msg.receiver_type", "msg.receiver_id", "msg.msg_type", "msg.content")
              .namesCaller("msg.sender_uid", ME)
              .refuses("msg.receiver_type", 2, 4, 9, -1)
              .refuses("msg.msg_type", 21035, 999, -1, 5, 10, 18, 51, 101, 306)
              .refuses("msg.content", -400, NOT_JSON)
              .refuses("msg.content", -400, "{}", "{\"content\":\"\"}", "{\"content\":1}")
              .accepts("msg.content", contentOf("a", 2_000), contentOf("私", 2_000))
              .refuses("msg.content", 21007, contentOf("a", 2_001), contentOf("私", 2_003))
              .refuses("msg.receiver_id", -404, 999L, -1L)
              .refuses("msg.receiver_id", 21026, ME),
          Rpc.write(IM + "SyncAck", ReqSyncAck.newBuilder().setClientSeqno(1).build())
              .accepts("client_seqno", 0L, -1L),
          Rpc.read(
                  IM + "SyncFetchSessionMsgs",
                  ReqSessionMsg.newBuilder().setTalkerId(FRIEND).setSessionType(1).build())
              .requires("talker_id", "session_type")
              .refuses("session_type", 2, NO_TALKER_KIND)
              .refuses("order", 2, 2, 9, -1)
              .accepts("order", 0, 1)
              .refuses("size", 2, -1, Integer.MIN_VALUE)
              .accepts("size", 0, 1, 2_000, 2_001, Integer.MAX_VALUE)
              .accepts("begin_seqno", -1L)
              .accepts("end_seqno", -1L),
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
              .accepts("ack_seqno", 0L, 1L, -1L),
          Rpc.write(
                  IM + "SetTop",
                  ReqSetTop.newBuilder().setTalkerId(FRIEND).setSessionType(1).build())
              .requires("talker_id", "session_type")
              .refuses("session_type", 2, NO_TALKER_KIND)
              .refuses("op_type", 2, 2, 9, -1)
              .refuses("talker_id", -404, 999L)
              .accepts("op_type", 0, 1),
          Rpc.write(
                  IM + "RemoveSession",
                  ReqRemoveSession.newBuilder().setTalkerId(FRIEND).setSessionType(1).build())
              .requires("talker_id", "session_type")
              .refuses("session_type", 2, NO_TALKER_KIND),
          Rpc.read(IM + "SingleUnread", ReqSingleUnread.getDefaultInstance())
              .namesCaller("uid", ME)
              .refuses("unread_type", 2, 4, 9, -1)
              .accepts("unread_type", 0, 1, 2, 3),
          Rpc.read(IM + "SessionDetail", session(FRIEND))
              .requires("talker_id", "session_type")
              .namesCaller("uid", ME)
              .refuses("session_type", 2, NO_TALKER_KIND)
              .refuses("talker_id", 1000004, OTHER, 999L, -1L),
          Rpc.read(
                  IM + "BatchSessDetail",
                  ReqSessionDetails.newBuilder().addSessIds(session(FRIEND)).build())
              .requires("sess_ids.talker_id", "sess_ids.session_type")
              .namesCaller("sess_ids.uid", ME)
              .refuses("sess_ids.session_type", 2, NO_TALKER_KIND)
              .elements("sess_ids", 0, 0, 100)
              .elements("sess_ids", 2, 101),
          Rpc.read(
                  IM + "SpecificSingleUnread",
                  ReqSpecificSingleUnread.newBuilder().addTalkerSessions(simple(FRIEND)).build())
              .requires("talker_sessions.talker_id", "talker_sessions.session_type")
              .refuses("talker_sessions.session_type", 2, NO_TALKER_KIND)
              .elements("talker_sessions", 0, 0, 100)
              .elements("talker_sessions", 2, 101),
          Rpc.read(
                  IM + "GetSpecificSessions",
                  ReqGetSpecificSessions.newBuilder().addTalkerSessions(simple(FRIEND)).build())
              .requires("talker_sessions.talker_id", "talker_sessions.session_type")
              .refuses("talker_sessions.session_type", 2, NO_TALKER_KIND)
              .elements("talker_sessions", 0, 0, 100)
              .elements("talker_sessions", 2, 101),
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
              .refuses("msg.msg_type", 21035, 5)
              .refuses("msg.content", -400, NOT_JSON)
              .accepts("msg.content", contentOf("a", 2_000))
              .refuses("msg.content", 21007, contentOf("a", 2_001))
              .refuses("msg.receiver_id", -404, 999L)
              .refuses("msg.receiver_id", 21026, FRIEND),
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
              .refuses("session_type", -404, 2)
              .refuses("helper", 2, true));

  private static TestServer server;
  private static WireClient client;
  private static String token;
  private static String expired;

  @BeforeAll
  static void start() {
    server = TestServer.start();
    server.people(ME, FRIEND, OTHER);
    server.friends(ME, FRIEND);
    server.say(FRIEND, ME, "hello");
    client = new WireClient(server, Transport.HTTP2);
    expired =
        server
            .admin()
            .issueToken(IssueTokenRequest.newBuilder().setUid(ME).setTtlSeconds(60).build())
            .getToken();
    server.clock.move(Duration.ofSeconds(60));
    token = server.token(ME);
  }

  @AfterAll
  static void stop() {
    client.close();
    server.close();
  }

  private static ReqSessionDetail session(long talker) {
    return ReqSessionDetail.newBuilder().setTalkerId(talker).setSessionType(1).build();
  }

  private static SimpleSession simple(long talker) {
    return SimpleSession.newBuilder().setTalkerId(talker).setSessionType(1).build();
  }

  /// Legal text content made of one letter, of the greatest size that is not above `bytes`.
  private static String contentOf(String letter, int bytes) {
    int letterBytes = letter.getBytes(UTF_8).length;
    return "{\"content\":\"%s\"}".formatted(letter.repeat((bytes - 14) / letterBytes));
  }

  // --- the calls that are built

  @TestFactory
  Stream<DynamicContainer> everyBuiltCall() {
    return RPCS.stream()
        .map(
            rpc ->
                dynamicContainer(
                    rpc.path,
                    Stream.of(legal(rpc), credentials(rpc), cases(rpc), frames(rpc))
                        .flatMap(tests -> tests)));
  }

  private static Stream<DynamicTest> legal(Rpc rpc) {
    return Stream.of(dynamicTest("legal", () -> assertServed(rpc, () -> call(rpc, rpc.legal))));
  }

  private static Stream<DynamicTest> credentials(Rpc rpc) {
    byte[] frame = Frames.frame(rpc.legal);
    Map<String, String[]> all = new TreeMap<>();
    all.put("no token", new String[] {});
    all.put("an empty token", new String[] {"authorization", "identify_v1 "});
    all.put("a bad token", new String[] {"authorization", "identify_v1 nonsense"});
    all.put("a bad bearer token", new String[] {"authorization", "Bearer nonsense"});
    all.put("an expired token", new String[] {"authorization", "identify_v1 " + expired});
    all.put(
        "a token for others",
        new String[] {"authorization", "Bearer " + (rpc.isAdmin() ? token : server.adminToken())});
    return all.entrySet().stream()
        .map(
            entry ->
                dynamicTest(
                    entry.getKey(),
                    () ->
                        assertRefused(
                            Status.Code.UNAUTHENTICATED,
                            -101,
                            () -> client.call(rpc.path, frame, entry.getValue()))));
  }

  private static Stream<DynamicTest> cases(Rpc rpc) {
    return rpc.cases.stream()
        .map(
            one ->
                dynamicTest(
                    one.what() + ": " + one.code(),
                    () -> {
                      if (one.code() == 0) {
                        assertServed(rpc, () -> call(rpc, one.request()));
                      } else {
                        assertRefused(
                            Status.Code.UNKNOWN, one.code(), () -> call(rpc, one.request()));
                      }
                    }));
  }

  private static Stream<DynamicTest> frames(Rpc rpc) {
    byte[] whole = Frames.frame(Frames.padded(rpc.legal, rpc.legal.getSerializedSize() + 20));
    byte[] notProtobuf = Frames.frame(0, new byte[] {(byte) 0xff, 1, 2});
    byte[] notGzip = Frames.frame(1, rpc.legal.toByteArray());
    byte[] tooLong = Frames.frame(Frames.padded(rpc.legal, MAX_FRAME + 1));
    byte[] longest = Frames.frame(Frames.padded(rpc.legal, MAX_FRAME));
    return Stream.of(
        refusedFrame(rpc, "no frame", new byte[0]),
        refusedFrame(rpc, "half of a frame's head", Arrays.copyOf(whole, 3)),
        refusedFrame(rpc, "a frame's head only", Arrays.copyOf(whole, 5)),
        refusedFrame(rpc, "a frame less its last byte", Arrays.copyOf(whole, whole.length - 1)),
        refusedFrame(rpc, "a frame that holds no message", notProtobuf),
        refusedFrame(rpc, "a frame that says it is gzip and is not", notGzip),
        dynamicTest(
            "a frame above the limit",
            () -> assertRefused(Status.Code.RESOURCE_EXHAUSTED, -400, () -> send(rpc, tooLong))),
        dynamicTest("a frame of the limit", () -> assertServed(rpc, () -> send(rpc, longest))));
  }

  private static DynamicTest refusedFrame(Rpc rpc, String what, byte[] frame) {
    return dynamicTest(
        what, () -> assertRefused(Status.Code.UNKNOWN, -400, () -> send(rpc, frame)));
  }

  private static Answer call(Rpc rpc, Message request) {
    return send(rpc, Frames.frame(request));
  }

  private static Answer send(Rpc rpc, byte[] frame) {
    String right = rpc.isAdmin() ? server.adminToken() : token;
    return client.call(
        rpc.path, frame, "authorization", "Bearer " + right, "grpc-encoding", "gzip");
  }

  private static void assertServed(Rpc rpc, Supplier<Answer> call) {
    Map<String, String> before = StoreRows.of(server);
    Answer answer = call.get();
    assertThat(answer.isOk()).as("%s", answer).isTrue();
    if (rpc.isRead) {
      assertThat(StoreRows.of(server)).as("rows").isEqualTo(before);
    }
  }

  private static void assertRefused(Status.Code status, int code, Supplier<Answer> call) {
    Map<String, String> before = StoreRows.of(server);
    call.get().assertRefused(status, code);
    assertThat(StoreRows.of(server)).as("rows").isEqualTo(before);
  }

  // --- that nothing is forgotten

  @TestFactory
  Stream<DynamicTest> everyOtherCall() {
    Set<String> built = RPCS.stream().map(rpc -> rpc.path).collect(Collectors.toSet());
    return methods()
        .filter(method -> !built.contains(path(method)))
        .map(
            method ->
                dynamicTest(
                    path(method) + " is not built and says so",
                    () -> {
                      for (String bearer : List.of(token, server.adminToken())) {
                        Answer answer =
                            client.call(
                                path(method),
                                Frames.frame(0, new byte[0]),
                                "authorization",
                                "Bearer " + bearer);
                        assertThat(answer.grpcStatus()).isEqualTo(Status.Code.UNIMPLEMENTED);
                      }
                    }));
  }

  @Test
  void theTable_holdsCallsThatExist_withTheirRequests() {
    Map<String, String> requests =
        methods().collect(Collectors.toMap(m -> path(m), m -> m.getInputType().getFullName()));
    assertThat(RPCS)
        .allSatisfy(
            rpc ->
                assertThat(rpc.legal.getDescriptorForType().getFullName())
                    .isEqualTo(requests.get(rpc.path)));
    assertThat(RPCS).extracting(rpc -> rpc.path).doesNotHaveDuplicates();
  }

  @Test
  void everyUidOfTheCallerInABody_isInTheTable() {
    for (Rpc rpc : RPCS) {
      if (!rpc.isAdmin()) {
        assertThat(rpc.callersUids)
            .as(rpc.path)
            .isEqualTo(uids(rpc.legal.getDescriptorForType(), ""));
      }
    }
  }

  private static Set<String> uids(Descriptor message, String prefix) {
    Set<String> paths = new TreeSet<>();
    for (FieldDescriptor field : message.getFields()) {
      String path = prefix + field.getName();
      if (field.getName().equals("uid") || field.getName().equals("sender_uid")) {
        paths.add(path);
      } else if (field.getJavaType() == FieldDescriptor.JavaType.MESSAGE) {
        paths.addAll(uids(field.getMessageType(), path + "."));
      }
    }
    return paths;
  }

  private static Stream<MethodDescriptor> methods() {
    return Stream.of(
            ImInterfaceGrpc.getServiceDescriptor(),
            AdminGrpc.getServiceDescriptor(),
            NotifyGrpc.getServiceDescriptor())
        .map(service -> (ProtoServiceDescriptorSupplier) service.getSchemaDescriptor())
        .flatMap(supplier -> supplier.getServiceDescriptor().getMethods().stream());
  }

  private static String path(MethodDescriptor method) {
    return "/" + method.getService().getFullName() + "/" + method.getName();
  }

  @Test
  void codes_areThoseOfTheContract() {
    assertThat(Arrays.stream(Code.values()).map(Code::number))
        .containsExactlyInAnyOrder(
            2, -3, -101, -111, -400, -403, -404, -500, -509, 10005, 21007, 21020, 21026, 21028,
            21035, 21037, 21041, 21042, 21046, 21047, 25003, 25005, 700009, 700013, 700014,
            1000004);
  }

  @Test
  void everyCode_hasATextInChineseAndInEnglish() {
    assertThat(Code.values())
        .allSatisfy(
            code -> {
              assertThat(code.chinese()).matches(".*\\p{IsHan}.*");
              assertThat(code.english()).matches("[\\p{ASCII}]+");
            });
  }
}
