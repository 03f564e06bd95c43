package dev.sixin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sixin.api.WebClient;
import dev.sixin.bus.BusSettings;
import dev.sixin.bus.NatsServer;
import java.net.http.HttpClient.Version;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// A server that is to be one of several.
class SharingTest {
  /// Nobody listens there.
  private static final String NOWHERE = "nats://127.0.0.1:1";

  @Test
  void withoutABus_aServerIsAlone() {
    assertThat(Config.of().sharing()).isEmpty();
  }

  @Test
  void whatIsSaidOfTheBus_isKnown() {
    Config config =
        Config.of(
            "--bus=nats://10.0.0.7:4222,tls://bus.example:4222",
            "--bus-subject=im.site-1",
            "--bus-credentials=bus.creds",
            "--bus-ca=ca.pem",
            "--fresh-within=3");
    BusSettings bus =
        new BusSettings(
            List.of("nats://10.0.0.7:4222", "tls://bus.example:4222"),
            "im.site-1",
            Optional.of(Path.of("bus.creds")),
            Optional.of(Path.of("ca.pem")));
    assertThat(config.sharing()).contains(new Sharing(Optional.of(bus), Duration.ofSeconds(3)));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "--bus=10.0.0.7:4222",
        "--bus=http://10.0.0.7:4222",
        "--bus=nats://",
        "--bus=nats://sixin:s3cret@10.0.0.7:4222",
        "--bus=nats://10.0.0.7:4222,x y",
        "--bus-credentials=bus.creds",
        "--bus-ca=ca.pem",
        "--fresh-within=0"
      })
  void whatIsOfNoUse_isSaid_withoutWhatMayBeSecret(String option) {
    assertThatThrownBy(() -> Config.of(option))
        .isInstanceOf(UsageException.class)
        .hasMessageStartingWith(option.substring(0, option.indexOf('=')))
        .hasMessageContaining("expected")
        .hasMessageNotContaining("s3cret");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "a..b", "a b", "a.*", "a.>"})
  void aSubject_isWordsWithDotsBetween(String subject) {
    assertThatThrownBy(() -> Config.of("--bus=" + NOWHERE, "--bus-subject=" + subject))
        .isInstanceOf(UsageException.class)
        .hasMessageContaining("--bus-subject");
  }

  @Test
  void aCredentialsFileThatIsNotThere_isSaidAtTheStart_andNothingIsLeftOpen() {
    assertThatThrownBy(() -> TestServer.start("--bus=" + NOWHERE, "--bus-credentials=/nowhere"))
        .isInstanceOf(UsageException.class)
        .hasMessageContaining("/nowhere");
  }

  @Test
  void aServerWhoseBusIsAway_goesOn_andSaysSo_untilItIsThere() {
    try (NatsServer nats = new NatsServer()) {
      nats.kill();
      try (TestServer server = TestServer.start("--bus=" + nats.url())) {
        WebClient anybody = WebClient.of(server, Version.HTTP_1_1);
        Person ann = Person.on(server);
        Person bob = Person.on(server);
        server.friends(ann.uid(), bob.uid());
        try (Watch watch = Watch.of(bob)) {
          long key = server.say(ann.uid(), bob.uid(), "hello");
          assertThat(watch.next().getInstantMsg().getMsgKey()).isEqualTo(key);
        }
        assertThat(anybody.get("/readyz")).hasToString("200 ready, but the bus is away\n");
        assertThat(anybody.get("/metrics").text()).contains("sixin_bus_connected 0.0\n");

        nats.start();
        Await.until(
            "the bus is there", () -> anybody.get("/readyz").toString().equals("200 ready\n"));
        assertThat(anybody.get("/metrics").text()).contains("sixin_bus_connected 1.0\n");
      }
    }
  }
}
