package dev.sixin.api;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sixin.TestServer;
import java.net.http.HttpClient.Version;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What requests are called. That the log calls them the same is shown by `CallLogTest`.
class RequestIdsTest {
  private static final String ID = "x-request-id";

  private final WebClient client = WebClient.of(TestServer.shared(), Version.HTTP_2);

  private String answered(String id) {
    return client.with(ID, id).get("/readyz").header(ID);
  }

  @ParameterizedTest
  @ValueSource(strings = {"1", "Abc-1.2:3_4", "0123456789abcdef0123456789abcdef"})
  void aRequestThatNamesItself_isAnsweredByThatName(String id) {
    assertThat(answered(id)).isEqualTo(id);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "two words", "<b>", "é", "\"", "x;y", "{}"})
  void aNameThatIsNotSane_isNotTaken(String id) {
    assertThat(answered(id)).isEmpty();
  }

  @Test
  void aNameIsNoLongerThan64() {
    assertThat(answered("a".repeat(64))).hasSize(64);
    assertThat(answered("a".repeat(65))).isEmpty();
  }
}
