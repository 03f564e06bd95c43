package dev.sixin.api;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sixin.TestServer;
import java.net.http.HttpClient.Version;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Health, and who may read the metrics. That a server that can not write says so is shown where
/// writes fail: `WriteFailureIT`.
class OperatorPagesTest {
  private final TestServer server = TestServer.shared();
  private final WebClient anybody = WebClient.of(server, Version.HTTP_1_1);

  @Test
  void aServer_saysThatItLives_andThatItTakesWrites() {
    assertThat(anybody.get("/healthz")).hasToString("200 live\n");
    assertThat(anybody.get("/readyz")).hasToString("200 ready\n");
    assertThat(anybody.send("POST", "/healthz", new byte[0]).status()).isEqualTo(405);
  }

  @Test
  void whoAsksFromTheSameMachine_readsTheMetrics() {
    WebAnswer answer = anybody.get("/metrics");
    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.header("content-type")).startsWith("text/plain; version=0.0.4");
    assertThat(answer.text()).contains("sixin_store_writable 1.0\n");
  }

  @ParameterizedTest
  @ValueSource(strings = {"x-forwarded-for", "forwarded", "via", "x-real-ip"})
  void whoComesThroughAProxy_readsThemWithTheAdminTokenOnly(String mark) {
    WebClient outside = anybody.with(mark, "198.51.100.7");
    WebAnswer refused = outside.get("/metrics");
    assertThat(refused.status()).isEqualTo(401);
    refused.assertIsError(-101);
    assertThat(outside.with("authorization", "Bearer " + server.token(1)).get("/metrics").status())
        .isEqualTo(401);

    assertThat(WebClient.site(server, Version.HTTP_2).with(mark, "x").get("/metrics").status())
        .isEqualTo(200);
  }
}
