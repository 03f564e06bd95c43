package dev.sixin.api.web;

import static org.assertj.core.api.Assertions.assertThat;

import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.server.Server;
import com.linecorp.armeria.server.ServerBuilder;
import dev.sixin.Logged;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class OtherErrorsTest {
  private final Server server = server();
  @AutoClose private final HttpClient client = HttpClient.newHttpClient();
  @AutoClose private final Logged logged = new Logged();

  private static Server server() {
    ServerBuilder builder = Server.builder().http(0).errorHandler(new OtherErrors());
    builder.service(
        "/thrown",
        (_, _) -> {
          throw new IllegalStateException("a bug");
        });
    builder.service(
        "/failed", (_, _) -> HttpResponse.ofFailure(new IllegalStateException("another")));
    builder.service("/refused", (_, _) -> HttpResponse.of(HttpStatus.BAD_REQUEST));
    return builder.build();
  }

  @BeforeEach
  void start() {
    server.start().join();
  }

  @AfterEach
  void stop() {
    server.stop().join();
  }

  @Test
  void faults_areAnsweredInTheEnvelope_andLogged() throws IOException, InterruptedException {
    assertThat(ask("/thrown")).startsWith("500 {\"code\":-500,");
    assertThat(ask("/failed")).startsWith("500 {\"code\":-500,");

    assertThat(logged.has("a bug")).isTrue();
    assertThat(logged.has("another")).isTrue();
  }

  @Test
  void whatIsNoFault_isNotLogged() throws IOException, InterruptedException {
    assertThat(ask("/refused")).startsWith("400 ");
    assertThat(ask("/nowhere")).startsWith("404 {\"code\":-404,");

    assertThat(logged.lines().filter(line -> line.startsWith("dev.sixin"))).isEmpty();
  }

  private String ask(String path) throws IOException, InterruptedException {
    URI uri = URI.create("http://127.0.0.1:" + server.activeLocalPort() + path);
    var answer = client.send(HttpRequest.newBuilder(uri).build(), BodyHandlers.ofString());
    return answer.statusCode() + " " + answer.body();
  }
}
