package dev.sixin.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicContainer.dynamicContainer;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import com.google.common.primitives.Bytes;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Message;
import dev.sixin.StoreRows;
import dev.sixin.TestServer;
import dev.sixin.admin.v1.IssueTokenRequest;
import dev.sixin.refusal.Code;
import io.grpc.Status;
import java.time.Duration;
import java.util.Arrays;
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
  private static final int MAX_FRAME = 1 << 20;

  private static TestServer server;
  private static WireClient client;
  private static String token;
  private static String expired;

  @BeforeAll
  static void start() {
    server = TestServer.start();
    Rpcs.prepare(server);
    client = new WireClient(server, Transport.HTTP2);
    expired =
        server
            .admin()
            .issueToken(IssueTokenRequest.newBuilder().setUid(Rpcs.ME).setTtlSeconds(60).build())
            .getToken();
    server.clock.move(Duration.ofSeconds(60));
    token = server.token(Rpcs.ME);
  }

  @AfterAll
  static void stop() {
    client.close();
    server.close();
  }

  // --- the calls that are built

  @TestFactory
  Stream<DynamicContainer> everyBuiltCall() {
    return Rpcs.ALL.stream()
        .map(
            rpc ->
                dynamicContainer(
                    rpc.path,
                    Stream.of(legal(rpc), credentials(rpc), cases(rpc), frames(rpc))
                        .flatMap(tests -> tests)));
  }

  private static Stream<DynamicTest> legal(Rpc rpc) {
    return Stream.of(dynamicTest("legal", () -> assertLegal(rpc, () -> call(rpc, rpc.legal))));
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
        dynamicTest(
            "two frames, of which one counts",
            () -> assertLegal(rpc, () -> send(rpc, Bytes.concat(whole, whole)))),
        dynamicTest("a frame of the limit", () -> assertLegal(rpc, () -> send(rpc, longest))));
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

  private static void assertLegal(Rpc rpc, Supplier<Answer> call) {
    if (rpc.code == 0) {
      assertServed(rpc, call);
    } else {
      assertRefused(Status.Code.UNKNOWN, rpc.code, call);
    }
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

  /// A stream has no end to wait for: NotifyTest and LiveTest see what comes by it.
  @Test
  void everyCall_isInTheTable_butTheStream() {
    Set<String> built = Rpcs.ALL.stream().map(rpc -> rpc.path).collect(Collectors.toSet());
    assertThat(Rpcs.methods().map(Rpcs::path).filter(path -> !built.contains(path)))
        .containsExactly(
            "/bilibili.broadcast.message.im.Notify/WatchNotify", "/sixin.live.v1.Live/Watch");
  }

  @Test
  void theTable_holdsCallsThatExist_withTheirRequests() {
    Map<String, String> requests =
        Rpcs.methods().collect(Collectors.toMap(Rpcs::path, m -> m.getInputType().getFullName()));
    assertThat(Rpcs.ALL)
        .allSatisfy(
            rpc ->
                assertThat(rpc.legal.getDescriptorForType().getFullName())
                    .isEqualTo(requests.get(rpc.path)));
    assertThat(Rpcs.ALL).extracting(rpc -> rpc.path).doesNotHaveDuplicates();
  }

  @Test
  void everyUidOfTheCallerInABody_isInTheTable() {
    for (Rpc rpc : Rpcs.ALL) {
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
