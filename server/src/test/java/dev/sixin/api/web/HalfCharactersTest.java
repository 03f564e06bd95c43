package dev.sixin.api.web;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.sixin.TestServer;
import dev.sixin.api.WebAnswer;
import dev.sixin.api.WebClient;
import java.net.http.HttpClient.Version;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/// JSON can name half of a character that takes two in UTF-16. No bytes of UTF-8 stand for that.
class HalfCharactersTest {
  private static final String HALF = "\\ud83d";

  private static TestServer server;

  @BeforeAll
  static void start() {
    server = Town.start();
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  @Test
  void inWhatSomebodySays_staysWhatItWas() throws JsonProcessingException {
    WebAnswer answer =
        WebClient.script(server, Version.HTTP_1_1, Town.ANN)
            .post(
                "/web_im/v1/web_im/send_msg",
                "msg[receiver_type]",
                1,
                "msg[receiver_id]",
                Town.BEN,
                "msg[msg_type]",
                1,
                "msg[content]",
                "{\"content\":\"%s [doge] 好\"}".formatted(HALF));

    String said = answer.data().get("msg_content").textValue();
    assertThat(new JsonMapper().readTree(said).get("content").textValue())
        .isEqualTo("\ud83d [tv_doge] 好");
    assertThat(server.history(Town.BEN, Town.ANN).getLast().getContent()).isEqualTo(said);
  }

  @Test
  void inAutoReplies_isRefusedWith400() {
    WebClient ann = WebClient.script(server, Version.HTTP_1_1, Town.ANN);
    for (String replies : new String[] {"{\"%s\":1}", "{\"followed\":\"%s\"}", "\"%s"}) {
      ann.post("/x/im/auto_replies", "replies", replies.formatted(HALF)).assertRefused(-400);
    }
  }

  @Test
  void inTheSitesJson_isRefusedWith400() {
    WebClient site = WebClient.site(server, Version.HTTP_1_1);
    for (String body : new String[] {"{\"%s\":1}", "{\"users\":[{\"uid\":1,\"name\":\"%s\"}]}"}) {
      WebAnswer answer = site.admin("put_users", body.formatted(HALF));
      assertThat(answer.status()).as("%s", answer).isEqualTo(400);
      answer.assertIsError(-400);
    }
  }
}
