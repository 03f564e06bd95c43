package dev.sixin;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class FirstMessageTest {
  @Test
  void aMessage_isReadBackByTheReceiver_alsoAfterARestart() {
    try (TestServer server = TestServer.start()) {
      server.people(1, 2);
      long key = server.say(1, 2, "hello");

      assertThat(server.history(2, 1))
          .singleElement()
          .satisfies(
              msg -> {
                assertThat(msg.getMsgKey()).isEqualTo(key);
                assertThat(msg.getContent()).isEqualTo("{\"content\":\"hello\"}");
                assertThat(msg.getSenderUid()).isEqualTo(1);
              });
      assertThat(server.session(2, 1).getUnreadCount()).isEqualTo(1);

      server.restart();
      assertThat(server.history(2, 1)).hasSize(1);
    }
  }
}
