package dev.sixin.api;

import static dev.sixin.TestServer.text;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.util.concurrent.ListenableFuture;
import com.linecorp.armeria.client.grpc.GrpcClients;
import dev.sixin.Await;
import dev.sixin.Person;
import dev.sixin.TestServer;
import dev.sixin.proto.im.ImInterfaceGrpc.ImInterfaceFutureStub;
import dev.sixin.proto.im.ReqSendMsg;
import dev.sixin.proto.im.ReqSetTop;
import dev.sixin.proto.im.RspSendMsg;
import dev.sixin.proto.type.Msg;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Users who take more than their share: of answers that they do not read, of calls under way, of
/// messages. At length with `-Dsixin.abuse.sends=1000000`.
class GreedyTest {
  private static final int SENDS = Integer.getInteger("sixin.abuse.sends", 1_000);
  private static final int BURST = 20;
  private static final int PER_SECOND = 2;
  private static final int MESSAGES = 400;
  private static final String LONG_TEXT = "x".repeat(1_900);

  /// With pages of some 800 kB: of a quarter of it, 2 MiB, one connection and one user can owe two.
  private static final String UNREAD = "--max-unread-answers=8";

  private static TestServer server;
  private static Person ann;
  private static Person ben;

  @BeforeAll
  static void start() {
    server = TestServer.start(UNREAD, "--unread-timeout=2", "--calls-per-user=" + BURST);
    ann = Person.on(server);
    ben = someoneWithLongPages();
  }

  /// Somebody who talked with Ann at length, and is owed nothing.
  private static Person someoneWithLongPages() {
    Person someone = Person.on(server);
    someone.befriends(ann);
    for (int i = 0; i < MESSAGES; i++) {
      someone.says(ann, LONG_TEXT);
    }
    return someone;
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  private static String page(Person talker) {
    return "/svr_sync/v1/svr_sync/fetch_session_msgs?session_type=1&size=2000&talker_id="
        + talker.uid();
  }

  private static String token(Person person) {
    return "Bearer " + server.token(person.uid());
  }

  private static void assertOthersGetPages() {
    try (HttpConnection other = new Http2Connection(server.port())) {
      Answer whole =
          other.request("GET", page(ben), new byte[0], List.of("authorization", token(ann)));
      assertThat(whole.body().size()).isGreaterThan(MESSAGES * LONG_TEXT.length());
    }
  }

  @Test
  void whoDoesNotReadAnswers_isOwedAFew_andWhatIsNotTakenIsGivenUp() throws IOException {
    try (RawHttp2 connection = new RawHttp2(server.port(), 0)) {
      String token = token(ben);
      for (int i = 0; i < 10; i++) {
        connection.request(1 + 2 * i, true, "GET", page(ann), "authorization", token);
      }
      int large = largeAnswers(connection, 10);
      assertThat(large).isEqualTo(2);
      assertOthersGetPages();

      for (int i = 0; i < large; i++) {
        assertThat(connection.next(RawHttp2.RST_STREAM).type()).isEqualTo(RawHttp2.RST_STREAM);
      }
      Await.until(
          "there is room again",
          () -> {
            connection.request(nextStream += 2, true, "GET", page(ann), "authorization", token);
            RawHttp2.Frame answer = connection.next(RawHttp2.HEADERS);
            return connection.headers(answer).get("content-length").length() > 5;
          });
    }
  }

  private int nextStream = 101;

  private static int largeAnswers(RawHttp2 connection, int answers) throws IOException {
    int large = 0;
    for (int i = 0; i < answers; i++) {
      RawHttp2.Frame answer = connection.next(RawHttp2.HEADERS);
      String length = connection.headers(answer).get("content-length").toString();
      large += Integer.parseInt(length) > LONG_TEXT.length() ? 1 : 0;
    }
    return large;
  }

  @Test
  void whoDoesNotReadAnswers_isOwedNoMoreOnManyConnections() throws IOException {
    String token = token(someoneWithLongPages());
    List<RawHttp2> connections = new ArrayList<>();
    try {
      int large = 0;
      for (int i = 0; i < 5; i++) {
        RawHttp2 connection = new RawHttp2(server.port(), 0);
        connections.add(connection);
        connection.request(1, true, "GET", page(ann), "authorization", token);
        connection.request(3, true, "GET", page(ann), "authorization", token);
        large += largeAnswers(connection, 2);
      }
      assertThat(large).isEqualTo(2);
      assertOthersGetPages();
    } finally {
      for (RawHttp2 connection : connections) {
        connection.close();
      }
    }
  }

  @Test
  void whoAsksOnAndOnOverHttp1_andDoesNotRead_isCutOff() throws IOException {
    String token = token(someoneWithLongPages());
    try (Socket socket = new Socket()) {
      socket.setReceiveBufferSize(4_096);
      socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), server.port()));
      String request =
          "GET %s HTTP/1.1\r\nhost: a\r\nauthorization: %s\r\n\r\n".formatted(page(ann), token);
      byte[] requests = request.repeat(100).getBytes(US_ASCII);
      socket.getOutputStream().write(requests);
      assertOthersGetPages();

      Await.until(
          "the connection is closed",
          () -> {
            try {
              socket.getOutputStream().write(requests);
              return false;
            } catch (SocketException e) {
              return true;
            }
          });
      assertOthersGetPages();
    }
  }

  @Test
  void whoHasTooManyCallsUnderWay_isRefusedWith509_andOthersAreNot() throws Exception {
    Person cat = Person.on(server);
    cat.befriends(ann);
    ImInterfaceFutureStub stub =
        GrpcClients.builder("gproto+http://127.0.0.1:" + server.port())
            .setHeader("authorization", "identify_v1 " + server.token(cat.uid()))
            .build(ImInterfaceFutureStub.class);
    List<ListenableFuture<RspSendMsg>> calls = new ArrayList<>();
    for (int i = 0; i < 20 * BURST; i++) {
      calls.add(stub.sendMsg(ReqSendMsg.newBuilder().setMsg(text(ann.uid(), "again")).build()));
    }
    ben.says(ann, "hello");
    Map<String, Integer> endings = new TreeMap<>();
    for (ListenableFuture<RspSendMsg> call : calls) {
      endings.merge(ending(call), 1, Integer::sum);
    }

    assertThat(endings).containsOnlyKeys("-509", "sent");
    assertThat(endings.get("sent")).isGreaterThanOrEqualTo(BURST);
    cat.says(ann, "once more");
  }

  private static String ending(ListenableFuture<RspSendMsg> call) throws InterruptedException {
    try {
      var _ = call.get();
      return "sent";
    } catch (ExecutionException e) {
      return ((StatusRuntimeException) e.getCause()).getStatus().getDescription();
    }
  }

  @Test
  void callsThatWereRefused_areNotUnderWay() {
    Person dan = Person.on(server);
    Msg.Builder toNobody = text(0, "hello");
    for (int i = 0; i < 2 * BURST; i++) {
      TestServer.assertRefused(-400, () -> dan.sends(toNobody));
      TestServer.assertRefused(-400, () -> dan.calls().setTop(ReqSetTop.getDefaultInstance()));
    }
    dan.befriends(ann);
    dan.says(ann, "hello");
  }

  @Test
  void aMillionSendsOfOneUser_areRefused_butForWhatEverybodyMaySend() throws Exception {
    try (TestServer limited =
        TestServer.start("--rate-burst=" + BURST, "--rate-per-second=" + PER_SECOND)) {
      limited.people(1, 2, 3);
      limited.friends(1, 2);
      limited.friends(1, 3);
      ImInterfaceFutureStub stub =
          GrpcClients.builder("gproto+http://127.0.0.1:" + limited.port())
              .setHeader("authorization", "identify_v1 " + limited.token(1))
              .build(ImInterfaceFutureStub.class);
      Map<String, Integer> endings = new TreeMap<>();
      long begin = System.nanoTime();
      for (int sent = 0; sent < SENDS; sent += 50) {
        List<ListenableFuture<RspSendMsg>> calls = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
          calls.add(stub.sendMsg(ReqSendMsg.newBuilder().setMsg(text(2, "again")).build()));
        }
        for (ListenableFuture<RspSendMsg> call : calls) {
          endings.merge(ending(call), 1, Integer::sum);
        }
      }
      limited.say(3, 1, "hello");

      int seconds = (int) Duration.ofNanos(System.nanoTime() - begin).toSeconds() + 1;
      assertThat(endings).containsOnlyKeys("sent", "21020");
      assertThat(endings.get("sent")).isBetween(BURST, BURST + seconds * PER_SECOND);
      assertThat(limited.history(2, 1)).hasSize(endings.get("sent"));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"[", "{\"users\":[", "{\"users\":{\"users\":"})
  void deepJson_isRefused(String piece) {
    byte[] deep = piece.repeat((1 << 20) / piece.length()).getBytes(US_ASCII);
    try (HttpConnection connection = new Http1Connection(server.port())) {
      for (int i = 0; i < 3; i++) {
        Answer answer =
            connection.request(
                "POST",
                "/admin/v1/put_users",
                deep,
                List.of("authorization", "Bearer " + server.adminToken()));

        assertThat(answer.httpStatus()).isEqualTo(400);
        assertThat(answer.body().toStringUtf8()).startsWith("{\"code\":-400,");
      }
      assertThat(connection.opened()).isOne();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"[", "{\"content\":"})
  void deepContent_isRefused(String piece) {
    String deep = piece.repeat(1_900 / piece.length());

    TestServer.assertRefused(
        -400, () -> server.send(ben.uid(), text(ann.uid(), "").setContent(deep)));
  }
}
