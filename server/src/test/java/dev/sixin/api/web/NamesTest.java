package dev.sixin.api.web;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sixin.TestServer;
import dev.sixin.api.WebAnswer;
import dev.sixin.api.WebClient;
import java.net.http.HttpClient.Version;
import java.util.Collections;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/// What a page needs to show people: their names and faces, and whom it mentions.
class NamesTest {
  private static final String USERS = "/x/im/users";

  private static TestServer server;
  private static WebClient ann;

  @BeforeAll
  static void start() {
    server = Town.start();
    ann = WebClient.script(server, Version.HTTP_1_1, Town.ANN);
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  @Test
  void users_areNamed_unknownOnesLeftOut() {
    String eve = Long.toUnsignedString(Town.EVE);
    WebAnswer answer = ann.get(USERS, "uids", "%d,4711,%s".formatted(Town.BEN, eve));
    assertThat(answer.data())
        .hasToString(
            "{\"users\":{\"102\":{\"name\":\"Ben\",\"face\":\"https://img.example/Ben.png\"},"
                + "\"%s\":{\"name\":\"Eve\",\"face\":\"https://img.example/Eve.png\"}}}"
                    .formatted(eve));
  }

  @Test
  void users_moreThanAHundredOrNone_areRefused() {
    String hundred = String.join(",", Collections.nCopies(100, "102"));
    assertThat(ann.get(USERS, "uids", hundred).data().get("users")).hasSize(1);
    ann.get(USERS, "uids", hundred + ",102").assertRefused(2);
    ann.get(USERS).assertRefused(2);
  }

  @Test
  void users_whatIsNoNumber_isRefused() {
    Stream.of("102,", "a", "1,,2", "-1", "1 2", "18446744073709551616")
        .forEach(uids -> ann.get(USERS, "uids", uids).assertRefused(-400));
  }

  @Test
  void users_areNotToldToWhoIsNotSignedIn() {
    WebClient.of(server, Version.HTTP_1_1).get(USERS, "uids", "102").assertRefused(-101);
  }

  @Test
  void emotes_areAllThatThereAre() {
    assertThat(ann.get("/x/im/emotes").data())
        .hasToString(
            "{\"emotes\":[{\"text\":\"[tv_doge]\",\"uri\":\"https://img.example/doge.png\","
                + "\"size\":1,\"gif_url\":\"https://img.example/doge.gif\"}]}");
  }

  @Test
  void send_mentionsWhomTheFormNames() {
    ann.post(
            "/web_im/v1/web_im/send_msg",
            "msg[receiver_id]",
            Town.FANS,
            "msg[receiver_type]",
            2,
            "msg[msg_type]",
            1,
            "msg[content]",
            "{\"content\":\"look\"}",
            "msg[at_uids]",
            Town.BEN)
        .data();
    WebAnswer detail =
        WebClient.script(server, Version.HTTP_1_1, Town.BEN)
            .get(
                "/session_svr/v1/session_svr/session_detail",
                "talker_id",
                Town.FANS,
                "session_type",
                2);
    assertThat(detail.data().get("at_seqno")).isEqualTo(detail.data().get("max_seqno"));
  }
}
