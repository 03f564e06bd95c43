package dev.sixin.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.SessionProtocol;
import com.linecorp.armeria.server.Server;
import io.grpc.Status;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Calls that are refused before a request is made of them, in front of a server that counts what
/// reaches it.
class EarlyRefusalTest {
  private static final byte[] BODY = new byte[100_000];
  private static final String[] GRPC = {"content-type", "application/grpc+proto"};

  private final AtomicInteger served = new AtomicInteger();
  private final AtomicInteger refused = new AtomicInteger();
  private volatile boolean room = true;
  private Server server;
  private Http2Connection connection;

  @BeforeEach
  void start() {
    server =
        Server.builder()
            .port(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), SessionProtocol.HTTP)
            .childChannelPipelineCustomizer(
                pipeline ->
                    pipeline.addFirst(new EarlyRefusal(() -> room, refused::incrementAndGet)))
            .serviceUnder(
                "/",
                (context, request) ->
                    HttpResponse.of(
                        request
                            .aggregate()
                            .thenApply(
                                whole -> {
                                  served.incrementAndGet();
                                  return HttpResponse.of("%d", whole.content().length());
                                })))
            .build();
    server.start().join();
    connection = new Http2Connection(server.activeLocalPort());
    assertServed("POST", GRPC); // from now on it is known that this is HTTP/2
  }

  @AfterEach
  void stop() {
    assertThat(connection.opened()).as("connections").isOne();
    connection.close();
    server.stop().join();
  }

  private void assertServed(String method, String... headers) {
    int before = served.get();
    byte[] body = method.equals("GET") ? new byte[0] : BODY;
    Answer answer = connection.request(method, "/any", body, List.of(headers));
    assertThat(answer.body().toStringUtf8()).isEqualTo(Integer.toString(body.length));
    assertThat(served).hasValue(before + 1);
  }

  @ParameterizedTest
  @CsvSource({"zh, 繁忙", "en, Overloaded"})
  void callsForWhichThereIsNoRoom_areRefusedWith509_inTheCallersLanguage(
      String language, String word) {
    room = false;
    for (int i = 0; i < 3; i++) {
      Answer answer =
          connection.request(
              "POST",
              "/any",
              BODY,
              List.of("content-type", "application/grpc", "accept-language", language));

      answer.assertRefused(Status.Code.RESOURCE_EXHAUSTED, -509);
      assertThat(answer.header("content-type")).isEqualTo("application/grpc");
      assertThat(answer.error().getMessage()).contains(word);
    }
    assertThat(served).hasValue(1);
    assertThat(refused).hasValue(3);
  }

  @Test
  void theBodyOfARefusedCall_isDropped_andTheConnectionGoesOn() {
    for (int i = 0; i < 5; i++) {
      room = false;
      connection
          .request("POST", "/any", BODY, List.of(GRPC))
          .assertRefused(Status.Code.RESOURCE_EXHAUSTED, -509);
      room = true;
      assertServed("POST", GRPC);
    }
  }

  @Test
  void whatIsNoGrpcCall_isServed() {
    room = false;

    assertServed("GET");
    assertServed("POST");
    assertServed("POST", "content-type", "application/json");
    assertServed("POST", "content-type", "application/grpc-web");
    assertThat(refused).hasValue(0);
  }

  @Test
  void overHttp1_callsAreServed() {
    room = false;
    try (Http1Connection http1 = new Http1Connection(server.activeLocalPort())) {
      for (int i = 0; i < 2; i++) {
        assertThat(http1.request("POST", "/any", BODY, List.of(GRPC)).body().toStringUtf8())
            .isEqualTo("100000");
      }
    }
  }
}
