package dev.sixin.api;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sixin.Await;
import dev.sixin.TestServer;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.http.HttpClient.Version;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/// A server that stops while somebody still sends a form. What comes over HTTP/2 and under load:
/// `GracefulStopIT`.
class GracefulStopTest {
  /// A server that waits for nothing stops within a third of this.
  private static final Duration UNTIL_IT_WOULD_HAVE_STOPPED = Duration.ofSeconds(1);

  private static final String FORM =
      """
      --b\r
      content-disposition: form-data; name="file"; filename="a.txt"\r
      \r
      no picture\r
      --b--\r
      """;

  @Test
  void aCallThatWasLetIn_isAnswered_whileTheServerSaysThatItStops() throws Exception {
    TestServer server = TestServer.start();
    int port = server.port();
    String token = server.token(1);
    Thread stop = Thread.ofVirtual().unstarted(server::close);
    try (Socket upload = new Socket(InetAddress.getLoopbackAddress(), port);
        Http1Connection known = new Http1Connection(port)) {
      known.request("GET", "/readyz", new byte[0], List.of());
      write(
          upload,
          """
          POST /x/im/upload HTTP/1.1\r
          host: localhost\r
          authorization: Bearer %s\r
          content-type: multipart/form-data; boundary=b\r
          content-length: %d\r
          \r
          """
              .formatted(token, FORM.length()));
      WebClient probe = WebClient.of(server, Version.HTTP_1_1);
      Await.until(
          "the upload is under way",
          () -> probe.get("/metrics").text().contains("sixin_calls_under_way 1.0\n"));

      stop.start();
      Await.until("no new connection is made", () -> isRefused(port));
      Answer answer = known.request("GET", "/readyz", new byte[0], List.of());
      assertThat(answer.httpStatus()).isEqualTo(503);
      assertThat(answer.body().toStringUtf8()).isEqualTo("stopping\n");
      assertThat(answer.headers()).containsEntry("connection", "close");
      assertThat(stop.join(UNTIL_IT_WOULD_HAVE_STOPPED)).as("stopped before it answered").isFalse();

      write(upload, FORM);
      String told = new String(upload.getInputStream().readAllBytes(), ISO_8859_1);
      assertThat(told).startsWith("HTTP/1.1 200 OK").contains("\"code\":21037");
    } finally {
      stop.join();
    }
  }

  private static boolean isRefused(int port) throws IOException {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      return !socket.isConnected();
    } catch (ConnectException e) {
      return true;
    }
  }

  private static void write(Socket socket, String text) throws IOException {
    socket.getOutputStream().write(text.getBytes(ISO_8859_1));
    socket.getOutputStream().flush();
  }
}
