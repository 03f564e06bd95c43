package dev.sixin.api.web;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sixin.Person;
import dev.sixin.TestServer;
import dev.sixin.api.WebAnswer;
import dev.sixin.api.WebClient;
import dev.sixin.proto.type.Msg;
import dev.sixin.proto.type.MsgSource;
import java.net.http.HttpClient.Version;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// SendMsg by a form.
class SendTest {
  private static final String SEND = "/web_im/v1/web_im/send_msg";
  private static final String HELLO = "{\"content\":\"hello\"}";

  private final TestServer server = TestServer.shared();
  private final Person ann = Person.on(server);
  private final Person ben = Person.on(server);
  private final WebClient web = WebClient.browser(server, Version.HTTP_2, ann.uid());

  @BeforeEach
  void befriend() {
    ann.befriends(ben);
  }

  @Test
  void aForm_sendsAMessage() {
    long key = send(1, HELLO).data().get("msg_key").longValue();

    Msg msg = ben.history(ann).getFirst();
    assertThat(msg.getMsgKey()).isEqualTo(key);
    assertThat(msg.getContent()).isEqualTo(HELLO);
    assertThat(msg.getMsgSource()).isEqualTo(MsgSource.EN_MSG_SOURCE_WEB);
  }

  @ParameterizedTest
  @CsvSource({"web, 7", "android, 2", "iphone, 1", "pc_electron, 4"})
  void theSource_isWhatMobiAppSays(String app, int source) {
    send(1, HELLO, "mobi_app", app);

    assertThat(ben.history(ann).getFirst().getMsgSourceValue()).isEqualTo(source);
  }

  @Test
  void aRetryWithTheSameNumber_isOneMessage() {
    WebAnswer first = send(1, HELLO, "msg[cli_msg_id]", 77);

    assertThat(send(1, HELLO, "msg[cli_msg_id]", 77).data()).isEqualTo(first.data());
    assertThat(ben.history(ann)).hasSize(1);
  }

  @ParameterizedTest
  @ValueSource(ints = {3, 4, 6, 7, 9, 10, 14, 18, 51, 306})
  void whatIsNeitherTextNorPictureNorRecall_isRefusedWith21035(int type) {
    send(type, HELLO).assertRefused(21035);
    assertThat(ben.history(ann)).isEmpty();
  }

  @Test
  void theRules_areThoseOfGrpc() {
    send(1, "not JSON").assertRefused(-400);
    send(0, HELLO).assertRefused(-400);
    send(1, "{\"content\":\"%s\"}".formatted("x".repeat(2_000))).assertRefused(21007);
    send(2, "{\"url\":\"ftp://x/y\"}").assertRefused(21037);
    send(5, "12").assertRefused(10005);
    send(1, HELLO, "msg[sender_uid]", ben.uid()).assertRefused(-403);
    web.post(SEND).assertRefused(-400);
    assertThat(ben.history(ann)).isEmpty();
  }

  @Test
  void whatTheQueryOfAFormSays_isIgnored() {
    WebAnswer answer =
        web.post(
            SEND + "?w_sender_uid=1&w_receiver_id=2&w_dev_id=x&w_rid=y&wts=z&csrf=no",
            form(1, HELLO));

    assertThat(answer.code()).isZero();
    assertThat(ben.history(ann)).hasSize(1);
  }

  private WebAnswer send(int type, String content, Object... more) {
    return web.post(SEND, form(type, content, more));
  }

  private Object[] form(int type, String content, Object... more) {
    List<Object> form =
        new ArrayList<>(
            List.of(
                "msg[receiver_type]",
                1,
                "msg[receiver_id]",
                ben.uid(),
                "msg[msg_type]",
                type,
                "msg[content]",
                content));
    form.addAll(List.of(more));
    return form.toArray();
  }
}
