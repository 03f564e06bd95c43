package dev.sixin.api;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Empty;
import dev.sixin.Await;
import dev.sixin.TestServer;
import dev.sixin.proto.im.ReqSessionMsg;
import dev.sixin.proto.im.RspSessionMsg;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Headers;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Clients that mean harm: they are cut off or bounded as documented, and others are answered while
/// it goes on. At length with `-Dsixin.abuse.connections=10000`.
class AbuseTest {
  private static final int CONNECTIONS = Integer.getInteger("sixin.abuse.connections", 300);

  private static final String IM = "/bilibili.im.interface.v1.ImInterface/";
  private static final String SEND_MSG = "/bilibili.im.interface.v1.ImInterface/SendMsg";
  private static final String SET_TOP = "/session_svr/v1/session_svr/set_top";
  private static final String FORM = "application/x-www-form-urlencoded";
  private static final int STREAMS = 100;
  private static final int RESETS = 200;
  private static final int WINDOW = 65_535;

  private static final long GOOD = 1;
  private static final long FRIEND = 2;
  private static final long BAD = 3;

  private static TestServer server;
  private static String bad;
  private static String good;

  @BeforeAll
  static void start() {
    server =
        TestServer.start(
            "--idle-timeout=1",
            "--request-timeout=2",
            "--upload-timeout=3",
            "--max-streams=" + STREAMS,
            "--max-resets=" + RESETS,
            "--rate-burst=0");
    server.people(GOOD, FRIEND, BAD);
    server.friends(GOOD, FRIEND);
    server.friends(GOOD, BAD);
    bad = server.token(BAD);
    good = server.token(GOOD);
    server.say(GOOD, FRIEND, "hi");
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  @AfterEach
  void othersAreAnswered() {
    assertOthersAreAnswered();
  }

  /// Each time on a new connection: one that idles may be closed just when it is used.
  private static void assertOthersAreAnswered() {
    try (HttpConnection connection = new Http2Connection(server.port())) {
      Answer answer =
          connection.request(
              "POST",
              IM + "SyncFetchSessionMsgs",
              Frames.frame(
                  ReqSessionMsg.newBuilder().setTalkerId(FRIEND).setSessionType(1).build()),
              List.of("content-type", "application/grpc", "authorization", "identify_v1 " + good));

      assertThat(answer.message(RspSessionMsg.parser()).getMessagesCount()).isOne();
    }
  }

  private static Socket connect() throws IOException {
    return connect(server);
  }

  private static Socket connect(TestServer server) throws IOException {
    Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port());
    socket.setSoTimeout(30_000);
    return socket;
  }

  private static void write(Socket socket, String text) throws IOException {
    socket.getOutputStream().write(text.getBytes(ISO_8859_1));
  }

  /// Everything until the server closes the connection.
  private static String readAll(Socket socket) throws IOException {
    StringBuilder read = new StringBuilder();
    try {
      InputStream in = socket.getInputStream();
      for (int next = in.read(); next >= 0; next = in.read()) {
        read.append((char) next);
      }
    } catch (SocketException e) {
      // it was reset: closed all the same
    }
    return read.toString();
  }

  // --- connections that say nothing, or not enough

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "GET /x/web-int",
        "GET / HTTP/1.1\r\nhost: a\r\ncookie: b",
        "PRI * HTTP/2.0\r\n",
        RawHttp2.PREFACE
      })
  void manyConnectionsThatSayNothing_areClosed_andOthersAnswered(String beginning)
      throws IOException {
    List<Socket> silent = new ArrayList<>();
    try {
      for (int i = 0; i < CONNECTIONS; i++) {
        Socket socket = connect();
        silent.add(socket);
        write(socket, beginning);
      }
      assertOthersAreAnswered();

      for (Socket socket : silent) {
        readAll(socket);
      }
    } finally {
      for (Socket socket : silent) {
        socket.close();
      }
    }
  }

  @Test
  @SuppressWarnings("try") // one of them is closed before the others
  void moreConnectionsThanAllowed_areClosedAtOnce_andTheOpenOnesGoOn() throws IOException {
    try (TestServer small = TestServer.start("--max-connections=2");
        Socket first = connect(small);
        Socket second = connect(small)) {
      assertThat(isAnswered(first)).isTrue();
      assertThat(isAnswered(second)).isTrue();
      try (Socket third = connect(small)) {
        assertThat(readAll(third)).isEmpty();
      }
      assertThat(isAnswered(first)).isTrue();

      second.close();
      Await.until("there is room again", () -> isNewOneAnswered(small));
    }
  }

  private static boolean isAnswered(Socket connection) throws IOException {
    write(connection, "GET /healthz HTTP/1.1\r\nhost: a\r\n\r\n");
    return readUntil(connection, "200 OK");
  }

  private static boolean isNewOneAnswered(TestServer server) throws IOException {
    try (Socket next = connect(server)) {
      return isAnswered(next);
    } catch (SocketException e) {
      return false; // closed at once
    }
  }

  @Test
  void livePush_isIdleByNature_andGoesOn() throws IOException {
    try (Socket events = connect();
        RawHttp2 notices = new RawHttp2(server.port(), WINDOW)) {
      write(
          events,
          "GET /x/im/sse HTTP/1.1\r\nhost: a\r\nauthorization: Bearer %s\r\n\r\n".formatted(bad));
      notices.request(
          1,
          false,
          "POST",
          "/bilibili.broadcast.message.im.Notify/WatchNotify",
          "content-type",
          "application/grpc",
          "te",
          "trailers",
          "authorization",
          "identify_v1 " + bad);
      byte[] empty = Frames.frame(Empty.getDefaultInstance());
      notices.frame(RawHttp2.DATA, RawHttp2.END_STREAM, 1, empty);
      Await.until("both watch", () -> server.watchers() == 2);

      for (int i = 0; i < 3; i++) { // longer than a connection may idle, or a request take
        try (Socket silent = connect()) {
          readAll(silent);
        }
      }
      server.say(GOOD, BAD, "still there?");

      assertThat(readUntil(events, "still there?")).isTrue();
      assertThat(notices.next(RawHttp2.DATA).stream()).isOne();
    }
  }

  private static boolean readUntil(Socket socket, String text) throws IOException {
    StringBuilder read = new StringBuilder();
    InputStream in = socket.getInputStream();
    for (int next = in.read(); next >= 0; next = in.read()) {
      read.append((char) next);
      if (read.indexOf(text) >= 0) {
        return true;
      }
    }
    return false;
  }

  // --- slow writers

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "GET /",
        "GET / HTTP/1.1\r\nhost: a\r\ncookie: ",
        "POST " + SET_TOP + " HTTP/1.1\r\nhost: a\r\ncontent-length: 1500\r\n\r\n",
        "POST "
            + SET_TOP
            + " HTTP/1.1\r\nhost: a\r\ncontent-length: 1500\r\ncontent-type: "
            + FORM
            + "\r\n\r\n",
        "POST /nothing/there HTTP/1.1\r\nhost: a\r\ncontent-length: 1500\r\n\r\n",
        "POST /x/im/upload HTTP/1.1\r\nhost: a\r\ncontent-length: 1500\r\n\r\n",
        "POST /admin/v1/put_users HTTP/1.1\r\nhost: a\r\ncontent-length: 1500\r\n\r\n",
        "POST "
            + SEND_MSG
            + " HTTP/1.1\r\n"
            + "host: a\r\n"
            + "content-length: 1500\r\n"
            + "content-type: application/grpc\r\n\r\n"
      })
  void whoSendsAByteNowAndThen_isCutOff(String beginning) throws IOException {
    try (Socket socket = connect()) {
      write(socket, beginning);
      assertThat(trickle(socket)).as("bytes that were sent").isLessThan(1_500);
    }
  }

  /// Sends a byte, waits a little for the end, and so on.
  ///
  /// @return how many bytes were sent when the server closed the connection
  private static int trickle(Socket socket) throws IOException {
    socket.setSoTimeout(20);
    OutputStream out = socket.getOutputStream();
    InputStream in = socket.getInputStream();
    for (int sent = 0; sent < 1_500; sent++) {
      try {
        while (in.read() >= 0) {
          // what it is told
        }
        return sent;
      } catch (SocketTimeoutException e) {
        // not yet
      } catch (SocketException e) {
        return sent;
      }
      try {
        out.write('a');
      } catch (SocketException e) {
        return sent;
      }
    }
    return 1_500;
  }

  @ParameterizedTest
  @ValueSource(strings = {"application/grpc", FORM})
  void aStreamWhoseRequestDoesNotCome_ends_andTheConnectionGoesOn(String type) throws IOException {
    try (RawHttp2 connection = new RawHttp2(server.port(), WINDOW)) {
      String path = type.equals(FORM) ? SET_TOP : IM + "SendMsg";
      connection.request(1, false, "POST", path, "content-type", type, "te", "trailers");
      connection.frame(RawHttp2.DATA, 0, 1, new byte[3]);
      RawHttp2.Frame end = connection.next();
      while (!end.isLast()) {
        assertThat(end).isNotEqualTo(RawHttp2.Frame.END);
        end = connection.next();
      }

      connection.request(3, true, "GET", "/readyz");
      RawHttp2.Frame answer = connection.next(RawHttp2.HEADERS);
      while (answer.stream() != 3) {
        answer = connection.next(RawHttp2.HEADERS);
      }
    }
  }

  // --- too long

  @ParameterizedTest
  @ValueSource(ints = {10_000, 1_000_000})
  void hugeHeaders_areRefused(int bytes) throws IOException {
    try (Socket socket = connect()) {
      write(socket, "GET / HTTP/1.1\r\nhost: a\r\ncookie: ");
      try {
        write(socket, "a".repeat(bytes) + "\r\n\r\n");
      } catch (SocketException e) {
        return; // cut off while it was still talking
      }
      assertThat(readAll(socket)).startsWith("HTTP/1.1 431").doesNotContain("HTTP/1.1 200");
    }
    try (Socket socket = connect()) {
      try {
        write(socket, "GET /" + "a".repeat(bytes) + " HTTP/1.1\r\nhost: a\r\n\r\n");
      } catch (SocketException e) {
        return;
      }
      assertThat(readAll(socket)).startsWith("HTTP/1.1 414");
    }
  }

  @Test
  void hugeHeadersOfAStream_areRefused() throws IOException {
    try (RawHttp2 connection = new RawHttp2(server.port(), WINDOW)) {
      connection.request(1, true, "GET", "/", "cookie", "a".repeat(10_000));
      Http2Headers answer = connection.headers(connection.next(RawHttp2.HEADERS));

      assertThat(answer.status()).hasToString("431");
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void headersThatNeverEnd_closeTheConnection(boolean empty) throws IOException {
    try (RawHttp2 connection = new RawHttp2(server.port(), WINDOW)) {
      byte[] block = connection.block("GET", "/");
      connection.frame(RawHttp2.HEADERS, 0, 1, block);
      byte[] more = empty ? new byte[0] : connection.block("GET", "/");
      boolean closed = false;
      for (int i = 0; i < 1_000_000 && !closed; i++) {
        try {
          connection.frame(RawHttp2.CONTINUATION, 0, 1, more);
        } catch (SocketException e) {
          closed = true;
        }
      }
      assertThat(closed || connection.next(RawHttp2.GOAWAY).type() != 0).isTrue();
      assertThat(connection.next(-1)).isEqualTo(RawHttp2.Frame.END);
    }
  }

  // --- too many

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void moreStreamsThanAllowed_areRefused(boolean acknowledges) throws IOException {
    int asked = STREAMS + 150; // the first bytes of a connection may hold some dozens
    try (RawHttp2 connection = new RawHttp2(server.port(), WINDOW)) {
      if (acknowledges) {
        assertThat(connection.allowedStreams()).isEqualTo(STREAMS);
      }
      for (int i = 0; i < asked; i++) {
        connection.request(
            1 + 2 * i, false, "POST", IM + "SendMsg", "content-type", "application/grpc");
      }
      int refused = 0;
      for (RawHttp2.Frame frame = connection.next(RawHttp2.RST_STREAM);
          frame.type() >= 0 && frame.error() == Http2Error.REFUSED_STREAM.code();
          frame = connection.next(RawHttp2.RST_STREAM)) {
        refused++;
        assertOthersAreAnswered();
      }
      assertThat(refused).isBetween(1, asked - STREAMS);
    }
  }

  @Test
  void rapidResets_closeTheConnection_andHardlyAnotherOneIsLetIn_butWhatIsOpenGoesOn()
      throws IOException {
    try (TestServer own = TestServer.start("--max-resets=" + RESETS);
        Socket open = connect(own)) {
      assertThat(isAnswered(open)).isTrue();

      resetUntilClosed(own);

      long begin = System.nanoTime();
      long letIn = 0;
      while (letIn < 2) {
        letIn += isNewOneAnswered(own) ? 1 : 0;
      }
      assertThat(Duration.ofNanos(System.nanoTime() - begin)).isGreaterThan(Duration.ofSeconds(1));
      assertThat(isAnswered(open)).isTrue();
    }
  }

  private static void resetUntilClosed(TestServer server) throws IOException {
    try (RawHttp2 connection = new RawHttp2(server.port(), WINDOW)) {
      byte[] cancel = {0, 0, 0, (byte) Http2Error.CANCEL.code()};
      boolean closed = false;
      for (int i = 0; i < 100_000 && !closed; i++) {
        try {
          connection.request(
              1 + 2 * i,
              false,
              "POST",
              IM + "SendMsg",
              "content-type",
              "application/grpc",
              "authorization",
              "identify_v1 " + bad);
          connection.frame(RawHttp2.RST_STREAM, 0, 1 + 2 * i, cancel);
        } catch (SocketException e) {
          closed = true;
        }
      }
      assertThat(connection.next(-1)).isEqualTo(RawHttp2.Frame.END);
    }
  }

  @Test
  void aFewResets_doNotCloseTheConnection() throws IOException {
    try (RawHttp2 connection = new RawHttp2(server.port(), WINDOW)) {
      byte[] cancel = {0, 0, 0, (byte) Http2Error.CANCEL.code()};
      for (int i = 0; i < RESETS / 2; i++) {
        connection.request(1 + 2 * i, false, "POST", IM + "SendMsg", "content-type", FORM);
        connection.frame(RawHttp2.RST_STREAM, 0, 1 + 2 * i, cancel);
      }
      connection.request(RESETS + 1, true, "GET", "/readyz");

      RawHttp2.Frame answer = connection.next();
      while (answer.type() != RawHttp2.HEADERS || answer.stream() != RESETS + 1) {
        assertThat(answer).isNotEqualTo(RawHttp2.Frame.END);
        answer = connection.next();
      }
      assertThat(connection.headers(answer).status()).hasToString("200");
    }
  }
}
