package dev.sixin.api;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.sixin.Person;
import dev.sixin.TestServer;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// The web dialect on the wire: what is refused costs no connection, and both sides may compress.
class WebConnectionsTest {
  private static final String NAV = "/x/web-interface/nav";
  private static final String SET_TOP = "/session_svr/v1/session_svr/set_top";
  private static final String[] FORM = {"content-type", "application/x-www-form-urlencoded"};

  private final TestServer server = TestServer.shared();
  private final Person ann = Person.on(server);
  private final String token = "Bearer " + server.token(ann.uid());
  private HttpConnection connection;

  private void connect(boolean http2) {
    connection = http2 ? new Http2Connection(server.port()) : new Http1Connection(server.port());
  }

  @AfterEach
  void close() {
    connection.close();
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void afterARefusal_theConnectionGoesOn(boolean http2) {
    connect(http2);

    assertRefused(200, -400, request("POST", SET_TOP, bytes("x".repeat(1 << 20)), FORM));
    assertRefused(200, -400, request("POST", SET_TOP, bytes("x=%zz"), FORM));
    assertRefused(
        200,
        -400,
        request("POST", SET_TOP, bytes("no gzip"), FORM[0], FORM[1], "content-encoding", "gzip"));
    assertRefused(405, -400, request("POST", NAV, bytes("x=1"), FORM));
    assertRefused(404, -404, request("POST", "/nothing/here", bytes("x=1"), FORM));
    assertRefused(200, -400, request("GET", NAV + "?mobi_app=%ff", new byte[0]));
  }

  private void assertRefused(int status, int code, Answer answer) {
    assertThat(answer.httpStatus()).as("%s", answer).isEqualTo(status);
    assertThat(answer.body().toStringUtf8()).startsWith("{\"code\":" + code + ",");
    assertThat(request("GET", NAV, new byte[0]).body().toStringUtf8()).startsWith("{\"code\":0,");
    assertThat(connection.opened()).isOne();
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void aLongAnswer_isCompressedForWhoAcceptsIt(boolean http2) throws IOException {
    connect(http2);
    Person ben = Person.on(server);
    ben.befriends(ann);
    ben.says(ann, "hello ".repeat(200));
    String path =
        "/svr_sync/v1/svr_sync/fetch_session_msgs?session_type=1&size=5&talker_id=" + ben.uid();

    Answer plain = request("GET", path, new byte[0]);
    Answer small = request("GET", path, new byte[0], "accept-encoding", "gzip");

    assertThat(plain.headers()).doesNotContainKey("content-encoding");
    assertThat(small.header("content-encoding")).isEqualTo("gzip");
    assertThat(unzipped(small.body())).isEqualTo(plain.body());
    assertThat(request("GET", NAV, new byte[0], "accept-encoding", "gzip").headers())
        .as("a short one is not")
        .doesNotContainKey("content-encoding");
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void aForm_mayBeCompressed(boolean http2) throws IOException {
    connect(http2);
    Person ben = Person.on(server);
    byte[] form =
        zipped("talker_id=%d&session_type=1&op_type=0".formatted(ben.uid()).getBytes(UTF_8));

    Answer answer = request("POST", SET_TOP, form, FORM[0], FORM[1], "content-encoding", "gzip");

    assertThat(answer.body().toStringUtf8()).startsWith("{\"code\":0,");
    assertThat(ann.session(ben).getTopTs()).isPositive();
  }

  private Answer request(String method, String path, byte[] body, String... headers) {
    List<String> all = new ArrayList<>(List.of("authorization", token));
    all.addAll(List.of(headers));
    return connection.request(method, path, body, all);
  }

  private static byte[] bytes(String text) {
    return text.getBytes(UTF_8);
  }

  private static byte[] zipped(byte[] bytes) throws IOException {
    ByteArrayOutputStream zipped = new ByteArrayOutputStream();
    try (GZIPOutputStream out = new GZIPOutputStream(zipped)) {
      out.write(bytes);
    }
    return zipped.toByteArray();
  }

  private static ByteString unzipped(ByteString bytes) throws IOException {
    try (GZIPInputStream in = new GZIPInputStream(new ByteArrayInputStream(bytes.toByteArray()))) {
      return ByteString.readFrom(in);
    }
  }
}
