package dev.sixin.api;

import static dev.sixin.TestServer.text;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.sixin.StoreRows;
import dev.sixin.TestServer;
import dev.sixin.proto.im.ReqSendMsg;
import dev.sixin.proto.im.ReqSessionMsg;
import dev.sixin.proto.im.RspSendMsg;
import dev.sixin.proto.im.RspSessionMsg;
import io.grpc.Status;
import io.grpc.reflection.v1.ServerReflectionRequest;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// How calls travel, beside what they say.
class TransportTest {
  private static final String SEND = "/bilibili.im.interface.v1.ImInterface/SendMsg";
  private static final String FETCH = "/bilibili.im.interface.v1.ImInterface/SyncFetchSessionMsgs";
  private static final ReqSendMsg HELLO =
      ReqSendMsg.newBuilder().setMsg(text(2, "hello ".repeat(40))).build();
  private static final ReqSessionMsg LATEST =
      ReqSessionMsg.newBuilder().setTalkerId(2).setSessionType(1).build();
  private static final int MIB = 1 << 20;
  private static final int COMPRESS_ABOVE = 1_024;

  private static ServerSocket silentSite;
  private static TestServer server;
  private static String token;

  private WireClient client;

  @BeforeAll
  static void start() throws IOException {
    silentSite = new ServerSocket(0, 10, InetAddress.getLoopbackAddress());
    server =
        TestServer.start(
            "--jwt-issuer=site", "--jwt-jwks=http://127.0.0.1:" + silentSite.getLocalPort());
    server.people(1, 2);
    server.friends(1, 2);
    for (int i = 0; i < 20; i++) {
      server.say(1, 2, "some text that is worth compressing ".repeat(10) + i);
    }
    token = "identify_v1 " + server.token(1);
  }

  @AfterAll
  static void stop() throws IOException {
    server.close();
    silentSite.close();
  }

  @AfterEach
  void disconnect() {
    if (client != null) {
      client.close();
    }
  }

  private void connect(Transport transport) {
    client = new WireClient(server, transport);
  }

  private Answer call(String path, byte[] frame, String... headers) {
    String[] all = Arrays.copyOf(headers, headers.length + 2);
    all[headers.length] = "authorization";
    all[headers.length + 1] = token;
    return client.call(path, frame, all);
  }

  /// What goes wrong must not cost the connection.
  private void assertConnectionGoesOn() {
    assertThat(call(SEND, Frames.frame(HELLO)).message(RspSendMsg.parser()).getMsgKey())
        .isNotZero();
    assertThat(client.connections()).as("connections").isEqualTo(1);
  }

  // --- calls and errors

  @ParameterizedTest
  @EnumSource
  void call_isAnsweredWithOneFrameAndStatusOk(Transport transport) {
    connect(transport);

    Answer answer = call(SEND, Frames.frame(HELLO));

    assertThat(answer.grpcStatus()).isEqualTo(Status.Code.OK);
    assertThat(answer.message(RspSendMsg.parser()).getMsgContent())
        .isEqualTo(HELLO.getMsg().getContent());
    assertThat(answer.header("content-type")).startsWith("application/grpc");
  }

  @ParameterizedTest
  @EnumSource
  void businessError_hasStatusMessageAndDetails(Transport transport) {
    connect(transport);

    Answer answer = call(SEND, Frames.frame(ReqSendMsg.getDefaultInstance()));

    answer.assertRefused(-400);
    assertConnectionGoesOn();
  }

  @ParameterizedTest
  @EnumSource
  void callWithoutToken_isUnauthenticated(Transport transport) {
    connect(transport);

    Answer answer = client.call(SEND, Frames.frame(HELLO));

    answer.assertRefused(Status.Code.UNAUTHENTICATED, -101);
    assertConnectionGoesOn();
  }

  @Test
  void overHttp2_theStatusOfASuccessStandsInTheTrailers() {
    connect(Transport.HTTP2);

    Answer answer = call(SEND, Frames.frame(HELLO));

    assertThat(answer.headers()).doesNotContainKey("grpc-status");
    assertThat(answer.trailers()).containsEntry("grpc-status", "0");
  }

  @Test
  void overHttp1_theStatusOfASuccessStandsInTheHeaders() {
    connect(Transport.HTTP1);

    Answer answer = call(SEND, Frames.frame(HELLO));

    assertThat(answer.header("grpc-status")).isEqualTo("0");
    assertThat(answer.header("content-length")).isEqualTo("" + answer.body().size());
    assertThat(answer.headers()).doesNotContainKeys("transfer-encoding", "trailer");
    assertThat(answer.trailers()).isEmpty();
    assertThat(Frames.isOneFrame(answer.body().toByteArray())).isTrue();
  }

  @Test
  void overHttp1_theStatusMessageAndDetailsOfAnErrorStandInTheHeaders() {
    connect(Transport.HTTP1);

    Answer answer = call(SEND, Frames.frame(ReqSendMsg.getDefaultInstance()));

    assertThat(answer.headers())
        .containsEntry("grpc-status", "2")
        .containsEntry("grpc-message", "-400")
        .containsEntry("content-length", "0")
        .containsKey("grpc-status-details-bin")
        .doesNotContainKeys("transfer-encoding", "trailer");
    assertThat(answer.trailers()).isEmpty();
  }

  @Test
  void overHttp1_anAnswerWithoutFieldsIsAFrameOfItsOwn() {
    connect(Transport.HTTP1);

    Answer answer =
        call("/bilibili.im.interface.v1.ImInterface/SyncAck", Frames.frame(0, new byte[0]));

    assertThat(answer.header("grpc-status")).isEqualTo("0");
    assertThat(answer.body()).isEqualTo(ByteString.copyFrom(new byte[5]));
  }

  @Test
  void overHttp1_aStreamIsNotHeldBackForItsStatus() {
    connect(Transport.HTTP1);

    Answer answer =
        client.call(
            "/grpc.reflection.v1.ServerReflection/ServerReflectionInfo",
            Frames.frame(ServerReflectionRequest.newBuilder().setListServices("").build()));

    assertThat(answer.header("transfer-encoding")).isEqualTo("chunked");
    assertThat(answer.trailers()).containsEntry("grpc-status", "0");
  }

  @Test
  void overHttp1_whatIsNotGrpcKeepsItsOwnHeaders() {
    connect(Transport.HTTP1);

    Answer answer = client.request("GET", "/readyz", new byte[0]);

    assertThat(answer.httpStatus()).isEqualTo(200);
    assertThat(answer.headers()).doesNotContainKey("grpc-status");
  }

  // --- gzip

  @ParameterizedTest
  @EnumSource
  void compressedRequest_isRead(Transport transport) {
    connect(transport);

    Answer answer = call(SEND, Frames.gzipFrame(HELLO), "grpc-encoding", "gzip");

    assertThat(answer.message(RspSendMsg.parser()).getMsgContent())
        .isEqualTo(HELLO.getMsg().getContent());
  }

  @Test
  void overHttp1_aCompressedRequestThatDoesNotNameItsEncodingIsRead() {
    connect(Transport.HTTP1);

    Answer answer = call(SEND, Frames.gzipFrame(HELLO));

    assertThat(answer.message(RspSendMsg.parser()).getMsgContent())
        .isEqualTo(HELLO.getMsg().getContent());
  }

  @ParameterizedTest
  @EnumSource
  void plainFrameInACallThatNamesGzip_isRead(Transport transport) {
    connect(transport);

    Answer answer = call(SEND, Frames.frame(HELLO), "grpc-encoding", "gzip");

    assertThat(answer.isOk()).isTrue();
  }

  @ParameterizedTest
  @EnumSource
  void largeAnswer_isCompressedForAClientThatAcceptsIt(Transport transport) {
    connect(transport);

    Answer answer = call(FETCH, Frames.frame(LATEST), "grpc-accept-encoding", "identity,gzip");

    assertThat(Frames.isCompressed(answer.body().toByteArray())).isTrue();
    assertThat(answer.header("grpc-encoding")).isEqualTo("gzip");
    RspSessionMsg page = answer.message(RspSessionMsg.parser());
    assertThat(page.getMessagesCount()).isEqualTo(20);
    assertThat(answer.body().size()).isLessThan(page.getSerializedSize());
  }

  @ParameterizedTest
  @EnumSource
  void largeAnswer_isPlainForAClientThatAcceptsNoGzip(Transport transport) {
    connect(transport);

    for (Answer answer :
        List.of(
            call(FETCH, Frames.frame(LATEST)),
            call(FETCH, Frames.frame(LATEST), "grpc-accept-encoding", "identity,deflate"))) {
      assertThat(answer.message(RspSessionMsg.parser()).getMessagesCount()).isEqualTo(20);
      assertThat(Frames.isCompressed(answer.body().toByteArray())).isFalse();
      assertThat(answer.header("grpc-encoding")).isIn("identity", null);
    }
  }

  @ParameterizedTest
  @EnumSource
  void answer_isCompressedFromOneByteAboveOneKibibyte(Transport transport) {
    connect(transport);
    int empty =
        RspSendMsg.newBuilder().setMsgContent("{\"content\":\"\"}").build().getSerializedSize();
    int longer =
        call(SEND, Frames.frame(hello(900))).message(RspSendMsg.parser()).getSerializedSize();
    assertThat(longer).isGreaterThan(empty + 900); // it has a msg_key too
    int exactly = 900 + COMPRESS_ABOVE - longer;

    Answer small = call(SEND, Frames.frame(hello(exactly)), "grpc-accept-encoding", "gzip");
    Answer large = call(SEND, Frames.frame(hello(exactly + 1)), "grpc-accept-encoding", "gzip");

    assertThat(small.message(RspSendMsg.parser()).getSerializedSize()).isEqualTo(COMPRESS_ABOVE);
    assertThat(Frames.isCompressed(small.body().toByteArray())).isFalse();
    assertThat(large.message(RspSendMsg.parser()).getSerializedSize())
        .isEqualTo(COMPRESS_ABOVE + 1);
    assertThat(Frames.isCompressed(large.body().toByteArray())).isTrue();
  }

  private static ReqSendMsg hello(int letters) {
    return ReqSendMsg.newBuilder().setMsg(text(2, "a".repeat(letters))).build();
  }

  @Test
  void overHttp1_aCompressedAnswerHasItsStatusInTheHeadersToo() {
    connect(Transport.HTTP1);

    Answer answer = call(FETCH, Frames.frame(LATEST), "grpc-accept-encoding", "gzip");

    assertThat(answer.headers())
        .containsEntry("grpc-status", "0")
        .containsEntry("grpc-encoding", "gzip")
        .containsEntry("content-length", "" + answer.body().size());
  }

  // --- what is refused; the connection goes on

  @ParameterizedTest
  @EnumSource
  void unknownPathsAndMethods_areNotFound(Transport transport) {
    connect(transport);

    for (String path :
        List.of(
            "/nothing",
            "/nothing/here",
            "/bilibili.im.interface.v1.ImInterface",
            "/bilibili.im.interface.v1.ImInterface/",
            "/bilibili.im.interface.v1.ImInterface/SendMsgs",
            "/bilibili.im.interface.v2.ImInterface/SendMsg",
            "/ImInterface/SendMsg")) {
      assertThat(call(path, Frames.frame(HELLO)).httpStatus()).as(path).isEqualTo(404);
      assertConnectionGoesOn();
    }
  }

  @ParameterizedTest
  @EnumSource
  void otherHttpMethods_areNotAllowed(Transport transport) {
    connect(transport);

    for (String method : List.of("GET", "PUT", "DELETE", "PATCH")) {
      byte[] body = method.equals("GET") ? new byte[0] : Frames.frame(HELLO);
      Answer answer =
          client.request(
              method, SEND, body, "content-type", transport.contentType, "authorization", token);
      assertThat(answer.httpStatus()).as(method).isEqualTo(405);
      assertConnectionGoesOn();
    }
  }

  @ParameterizedTest
  @EnumSource
  void otherContentTypes_areNotSupported(Transport transport) {
    connect(transport);

    for (String type : List.of("text/plain", "application/json", "application/grpcx", "nonsense")) {
      Answer answer =
          client.request(
              "POST", SEND, Frames.frame(HELLO), "content-type", type, "authorization", token);
      assertThat(answer.httpStatus()).as(type).isEqualTo(415);
      assertConnectionGoesOn();
    }
    Answer answer = client.request("POST", SEND, Frames.frame(HELLO), "authorization", token);
    assertThat(answer.httpStatus()).as("none").isEqualTo(415);
    assertConnectionGoesOn();
  }

  @ParameterizedTest
  @EnumSource
  void otherEncodings_areUnimplementedAndTheKnownOnesNamed(Transport transport) {
    connect(transport);

    for (String encoding : List.of("deflate", "snappy", "br", "gzip,gzip")) {
      for (byte[] frame : List.of(Frames.frame(HELLO), Frames.gzipFrame(HELLO))) {
        Answer answer = call(SEND, frame, "grpc-encoding", encoding);
        assertThat(answer.grpcStatus()).as(encoding).isEqualTo(Status.Code.UNIMPLEMENTED);
        assertThat(answer.header("grpc-accept-encoding")).contains("gzip");
        assertConnectionGoesOn();
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void framesThatAreNotWhole_areRefused(Transport transport) {
    connect(transport);
    byte[] whole = Frames.frame(HELLO);

    for (int length : new int[] {0, 1, 4, 5, 6, whole.length - 1}) {
      call(SEND, Arrays.copyOf(whole, length)).assertRefused(-400);
      assertConnectionGoesOn();
    }
  }

  @ParameterizedTest
  @EnumSource
  void framesThatHoldNoMessage_areRefused(Transport transport) {
    connect(transport);
    byte[] noMessage = {10, 99, 1};

    call(SEND, Frames.frame(0, noMessage)).assertRefused(-400);
    call(SEND, Frames.frame(1, noMessage), "grpc-encoding", "gzip").assertRefused(-400);
    call(SEND, Frames.frame(1, Frames.gzip(noMessage)), "grpc-encoding", "gzip")
        .assertRefused(-400);
    call(SEND, Frames.frame(2, HELLO.toByteArray())).assertRefused(-400); // no such flag
    assertConnectionGoesOn();
  }

  @ParameterizedTest
  @EnumSource
  void frameOfExactlyTheLimit_isRead(Transport transport) {
    connect(transport);

    assertThat(call(SEND, Frames.frame(Frames.padded(HELLO, MIB))).isOk()).isTrue();
  }

  @ParameterizedTest
  @EnumSource
  void framesAboveTheLimit_areRefused(Transport transport) {
    connect(transport);

    for (int size : new int[] {MIB + 1, 2 * MIB, 5 * MIB}) {
      call(SEND, Frames.frame(Frames.padded(HELLO, size)))
          .assertRefused(Status.Code.RESOURCE_EXHAUSTED, -400);
      assertConnectionGoesOn();
    }
  }

  @ParameterizedTest
  @EnumSource
  void compressedFrameThatIsAboveTheLimitOnceOpened_isRefused(Transport transport) {
    connect(transport);
    byte[] bomb = Frames.gzipFrame(Frames.padded(HELLO, 20 * MIB));
    assertThat(bomb.length).isLessThan(MIB / 10);

    call(SEND, bomb, "grpc-encoding", "gzip").assertRefused(Status.Code.RESOURCE_EXHAUSTED, -400);
    assertConnectionGoesOn();
  }

  @Test
  void overHttp2_aRequestBeyondAllBoundsIsRefusedAndTheConnectionGoesOn() {
    connect(Transport.HTTP2);

    for (int i = 0; i < 3; i++) {
      Answer answer = call(SEND, Frames.frame(0, new byte[9 * MIB]));
      assertThat(answer.httpStatus()).isEqualTo(413);
      assertConnectionGoesOn();
    }
  }

  @Test
  void overHttp1_aRequestBeyondAllBoundsEndsTheConnection() {
    connect(Transport.HTTP1);

    Answer answer = call(SEND, Frames.frame(0, new byte[9 * MIB]));

    assertThat(answer.httpStatus()).isEqualTo(413);
    assertThat(answer.header("connection")).isEqualTo("close");
  }

  // --- time and faults

  /// Each of the two calls has to wait for the keys of a site that never answers; there is no third
  /// one, for the server would not ask the site again so soon.
  @ParameterizedTest
  @EnumSource(names = {"HTTP2", "HTTP1"})
  void callThatIsNotAnsweredInItsTime_isEndedWithDeadlineExceeded(Transport transport) {
    connect(transport);
    String siteToken = "eyJhbGciOiJSUzI1NiJ9.e30.AA"; // {"alg":"RS256"}

    Answer answer =
        client.call(
            SEND,
            Frames.frame(HELLO),
            "authorization",
            "Bearer " + siteToken,
            "grpc-timeout",
            "50m");

    assertThat(answer.grpcStatus()).isEqualTo(Status.Code.DEADLINE_EXCEEDED);
    assertConnectionGoesOn();
  }

  @ParameterizedTest
  @EnumSource
  void timeoutThatIsNone_isRefused(Transport transport) {
    connect(transport);

    call(SEND, Frames.frame(HELLO), "grpc-timeout", "soon").assertRefused(-400);
    assertConnectionGoesOn();
  }

  @Test
  void faultOfTheServer_isInternalAndTellsNothing() {
    try (TestServer broken = TestServer.start()) {
      broken.people(1, 2);
      String ours = "identify_v1 " + broken.token(1);
      broken.restart(() -> StoreRows.spoil(broken, "users"));
      for (Transport transport : Transport.values()) {
        try (WireClient wire = new WireClient(broken, transport)) {
          Answer answer = wire.call(SEND, Frames.frame(HELLO), "authorization", ours);

          answer.assertRefused(Status.Code.INTERNAL, -500);
          assertThat(answer.error().getDetailsList()).isEmpty();
          assertThat(answer.toString() + answer.error())
              .doesNotContainIgnoringCase("exception")
              .doesNotContain("dev.sixin", ".java", "at ", broken.data().toString(), "stor");
        }
      }
    }
  }
}
