package dev.sixin.api.web;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sixin.Person;
import dev.sixin.TestServer;
import dev.sixin.admin.v1.SetBanRequest;
import dev.sixin.admin.v1.User;
import dev.sixin.api.WebAnswer;
import dev.sixin.api.WebClient;
import java.net.http.HttpClient.Version;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// What people choose in the web dialect, and what they can not choose.
class LinkSettingsTest {
  private static final String LINK = "/link_setting/v1/link_setting/";
  private static final String SESSIONS = "/session_svr/v1/session_svr/";
  private static final String AUTO_REPLIES = "/x/im/auto_replies";

  private final TestServer server = TestServer.shared();
  private final Person ann = Person.on(server, User.newBuilder().setAutoReplyAllowed(true));
  private final Person ben = Person.on(server);
  private final WebClient web = WebClient.browser(server, Version.HTTP_1_1, ann.uid());

  private static void assertDone(WebAnswer answer) {
    assertThat(answer.data()).as("%s", answer).isEmpty();
  }

  private JsonNode preferences() {
    return web.get(LINK + "get", "msg_notify", 1, "show_unfollowed_msg", 1).data();
  }

  @Test
  void whatIsChosen_isAnswered_andTheRestStays() {
    JsonNode before = preferences();

    assertDone(web.post(LINK + "set", "msg_notify", 3, "set_comment", 2, "build", 0));

    JsonNode after = preferences();
    assertThat(after.get("msg_notify").intValue()).isEqualTo(3);
    assertThat(after.get("set_comment").intValue()).isEqualTo(2);
    assertThat(after.get("should_receive_group")).isEqualTo(before.get("should_receive_group"));
  }

  @Test
  void threePreferences_areShownWhenTheyAreAskedFor() {
    assertThat(web.get(LINK + "get").data().has("msg_notify")).isFalse();
    assertThat(web.get(LINK + "get", "msg_notify", 0).data().has("msg_notify")).isTrue();
    assertThat(web.get(LINK + "get", "msg_notify", 0).data().has("show_unfollowed_msg")).isFalse();
    assertThat(preferences().has("read_receipts")).isFalse();
    assertThat(web.get(LINK + "get", "read_receipts", 1).data().get("read_receipts").asInt())
        .isEqualTo(1);
    assertDone(web.post(LINK + "set", "read_receipts", 0));
    assertThat(web.get(LINK + "get", "read_receipts", 1).data().get("read_receipts").asInt())
        .isZero();
  }

  @ParameterizedTest
  @CsvSource({
    "set_like, 1, 2",
    "msg_notify, 0, 2",
    "anti_harassment, 0, 2",
    "set_at, x, -400",
    "set_at, -1, -400"
  })
  void whatIsNoChoice_isRefused(String preference, String value, int code) {
    JsonNode before = preferences();

    web.post(LINK + "set", preference, value, "is_group_fold", 1, "x", 1).assertRefused(code);
    assertThat(preferences()).isEqualTo(before);
  }

  @Test
  void nothing_isNoChoice() {
    web.post(LINK + "set").assertRefused(-400);
    web.post(LINK + "set", "no_such_preference", 1).assertRefused(-400);
  }

  @Test
  void autoReplies_needThePermission() {
    WebClient other = WebClient.browser(server, Version.HTTP_1_1, ben.uid());

    other.post(LINK + "set", "followed_reply", 1).assertRefused(700009);
    other.post(AUTO_REPLIES, "replies", "{\"followed\":\"hi\"}").assertRefused(700009);
    assertDone(web.post(LINK + "set", "followed_reply", 1));
  }

  @Test
  void autoReplies_areAnsweredAsTheyWereGiven_andGo() {
    assertDone(web.post(AUTO_REPLIES, "replies", "{\"received\":\"我不在\"}"));
    assertDone(web.post(LINK + "set", "recv_reply", 1));

    assertThat(web.get(AUTO_REPLIES).data().get("received").textValue()).isEqualTo("我不在");
    ben.says(ann, "are you there?");
    assertThat(ben.history(ann)).last().extracting("content").asString().contains("我不在");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "''                                                      | -400",
        "hello                                                   | -400",
        "{\"received\":\"a\"} x                                  | -400",
        "{\"received\":\"a\",\"received\":\"b\"}                 | -400",
        "{\"recieved\":\"a\"}                                    | -400",
        "{\"received\":{}}                                       | -400",
        "{\"keywords\":[{\"text\":\"a\"}]}                       | -400",
        "{\"keywords\":[{\"text\":\"a\",\"exact\":[\" \"]}]}     | 2"
      })
  void repliesThatAreNone_areRefused(String replies, int code) {
    web.post(AUTO_REPLIES, "replies", replies).assertRefused(code);
    assertThat(web.get(AUTO_REPLIES).data().get("received").textValue()).isEmpty();
  }

  @Test
  void repliesThatAreTooLong_areRefused() {
    String replies = "{\"received\":\"%s\"}";

    web.post(AUTO_REPLIES, "replies", replies.formatted("x".repeat(501))).assertRefused(2);
    assertDone(web.post(AUTO_REPLIES, "replies", replies.formatted("x".repeat(500))));
  }

  @Test
  void aPathWithTwoMethods_hasNoThird() {
    WebAnswer answer = web.send("DELETE", AUTO_REPLIES, new byte[0]);

    assertThat(answer.status()).isEqualTo(405);
    assertThat(answer.header("allow")).isEqualTo("GET, POST");
    answer.assertIsError(-400);
  }

  @Test
  void limits_areThoseOfTheTalker_andReportingOnesOwn() {
    Person nobody = Person.unregistered(server);
    ban(ben);

    assertLimits(ben, 1, 0);
    assertLimits(nobody, 0, 0);
    ban(ann);
    assertLimits(nobody, 0, 1);
    assertThat(web.get(LINK + "is_limit", "type", 1).data().get("is_limit").intValue()).isOne();
  }

  private void ban(Person person) {
    long until = TestServer.START.getEpochSecond() + 1_000_000;
    server.admin().setBan(SetBanRequest.newBuilder().setUid(person.uid()).setUntil(until).build());
  }

  private void assertLimits(Person of, int limit, int reportLimit) {
    JsonNode data = web.get(LINK + "is_limit", "uid", of.uid(), "type", 1).data();
    assertThat(data.get("is_limit").intValue()).isEqualTo(limit);
    assertThat(data.get("report_limit").intValue()).isEqualTo(reportLimit);
  }

  @Test
  void theDustbin_takesASession_isReadAndEmptied() {
    ben.says(ann, "buy this");
    assertDone(web.post(SESSIONS + "update_intercept", "talker_id", ben.uid(), "status", 1));
    assertThat(ann.session(ben).getIsIntercept()).isOne();

    assertDone(web.post(SESSIONS + "batch_update_dustbin_ack"));
    assertThat(ann.session(ben).getUnreadCount()).isZero();
    assertDone(web.post(SESSIONS + "update_intercept", "talker_id", ben.uid(), "status", 0));
    assertThat(ann.session(ben).getIsTrust()).isOne();
    assertDone(web.post(SESSIONS + "update_intercept", "talker_id", ben.uid(), "status", 1));
    assertDone(web.post(SESSIONS + "batch_rm_dustbin"));
    assertThat(web.get(SESSIONS + "get_sessions", "session_type", 5).data().get("session_list"))
        .isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "LINK/set_msg_dnd, setting=1, -400",
    "LINK/set_msg_dnd, dnd_uid=BEN, -400",
    "LINK/set_msg_dnd, setting=1&dnd_uid=BEN&dnd_group_id=7, -400",
    "LINK/set_msg_dnd, setting=2&dnd_uid=BEN, 2",
    "LINK/set_msg_dnd, setting=1&dnd_uid=BEN&uid=BEN, -403",
    "LINK/set_msg_dnd, setting=1&dnd_uid=NOBODY, -404",
    "LINK/set_msg_dnd, setting=1&dnd_group_id=NOBODY, 700014",
    "LINK/set_push_ss, setting=1, -400",
    "LINK/set_push_ss, talker_uid=BEN, -400",
    "LINK/set_push_ss, setting=3&talker_uid=BEN, 2",
    "LINK/set_push_ss, setting=1&talker_uid=NOBODY, -404",
    "LINK/set_group_helper, setting=1, -400",
    "LINK/set_group_helper, group_id=NOBODY, -400",
    "LINK/set_group_helper, setting=1&group_id=NOBODY, 700014",
    "SESSIONS/update_intercept, status=1, -400",
    "SESSIONS/update_intercept, talker_id=BEN, -400",
    "SESSIONS/update_intercept, talker_id=BEN&status=2, 2",
    "SESSIONS/update_intercept, talker_id=NOBODY&status=1, -404"
  })
  void aChoiceThatIsNotWhole_orOfNobody_isRefused(String call, String form, int code) {
    String path = call.replace("LINK/", LINK).replace("SESSIONS/", SESSIONS);

    web.post(path, (Object[]) fields(form)).assertRefused(code);
    assertThat(
            web.get(LINK + "get_msg_dnd", "uids", ben.uid()).data().at("/uid_settings/0/setting"))
        .hasToString("0");
  }

  private String[] fields(String form) {
    return form.replace("BEN", "" + ben.uid())
        .replace("NOBODY", "" + Person.unregistered(server).uid())
        .split("[=&]");
  }

  @ParameterizedTest
  @ValueSource(strings = {"is_limit?type=2", "is_limit?type=0", "is_limit"})
  void anotherKindOfLimit_isRefused(String query) {
    web.send("GET", LINK + query, new byte[0]).assertRefused(2);
  }

  @Test
  void aQuestionAboutNobody_isRefused() {
    web.get(LINK + "get_msg_dnd", "own_uid", ann.uid()).assertRefused(-400);
    web.get(LINK + "get_msg_dnd", "own_uid", ben.uid(), "uids", ben.uid()).assertRefused(-403);
    web.get(LINK + "get_session_ss").assertRefused(-400);
  }
}
