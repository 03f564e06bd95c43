package dev.sixin.api.web;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sixin.TestServer;
import dev.sixin.api.WebAnswer;
import dev.sixin.api.WebClient;
import dev.sixin.api.docs.Description;
import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpClient.Version;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.assertj.core.api.SoftAssertions;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Every answer of the web dialect, letter for letter, and as it is described. What a file in
/// `src/test/resources/web` says is what clients get. An answer that is not the file's is left in
/// `target/web`.
class GoldenTest {
  private static final String SESSIONS = "/session_svr/v1/session_svr/";
  private static final String FETCH = "/svr_sync/v1/svr_sync/fetch_session_msgs";
  private static final String SEND = "/web_im/v1/web_im/send_msg";

  private static final String LINK = "/link_setting/v1/link_setting/";
  private static final String AUTO_REPLIES = "/x/im/auto_replies";

  private static final String REPLIES =
      """
      {"followed": "welcome!",
       "keywords": [{"exact": ["hours"], "contained": ["open"], "text": "9 to 5"}]}
      """;

  private final SoftAssertions all = new SoftAssertions();
  private Description description;

  @ParameterizedTest
  @EnumSource
  void everyCall_answersAsItsFileSays(Version version) throws IOException {
    try (TestServer server = Town.start()) {
      WebClient ann = WebClient.browser(server, version, Town.ANN).with("accept-language", "en");
      description = Description.of(server);
      reading(ann);
      writing(ann);
      clearing(ann);
      choosing(ann);
      all.assertAll();
    }
  }

  private void reading(WebClient ann) throws IOException {
    check("nav", ann.get("/x/web-interface/nav"));
    check("msgfeed_unread", ann.get("/x/msgfeed/unread", "build", 0, "mobi_app", "web"));
    check("im_msgfeed_unread", ann.get("/x/im/web/msgfeed/unread"));
    check(
        "single_unread",
        ann.get(
            SESSIONS + "single_unread",
            "unread_type",
            0,
            "show_unfollow_list",
            1,
            "show_dustbin",
            1));
    check("my_group_unread", ann.get(SESSIONS + "my_group_unread"));
    check(
        "get_sessions",
        ann.get(
            SESSIONS + "get_sessions",
            "session_type",
            1,
            "group_fold",
            0,
            "unfollow_fold",
            0,
            "sort_rule",
            2,
            "size",
            20));
    check("get_sessions_of_nobody", ann.get(SESSIONS + "get_sessions", "session_type", 6));
    check("new_sessions", ann.get(SESSIONS + "new_sessions", "begin_ts", 0, "size", 2));
    check(
        "session_detail",
        ann.get(SESSIONS + "session_detail", "talker_id", Town.NOTICES, "session_type", 1));
    check("session_detail_of_nobody", ann.get(SESSIONS + "session_detail", who(Town.ZOE)));
    check(
        "fetch_session_msgs", ann.get(FETCH, "talker_id", Town.BEN, "session_type", 1, "size", 20));
    check("fetch_session_msgs_tip", ann.get(FETCH, who(Town.ZOE)));
    check("fetch_session_msgs_none", ann.get(FETCH, who(Town.BEN)));
    check(
        "fetch_session_msgs_group",
        ann.get(FETCH, "talker_id", Town.FANS, "session_type", 2, "size", 1));
  }

  private void writing(WebClient ann) throws IOException {
    check("update_ack", ann.post(SESSIONS + "update_ack", who(Town.BEN)));
    check("ack_sessions", ann.get(SESSIONS + "ack_sessions", "begin_ts", 0));
    check(
        "set_top",
        ann.post(SESSIONS + "set_top", "talker_id", Town.BEN, "session_type", 1, "op_type", 0));
    check("remove_session", ann.post(SESSIONS + "remove_session", who(Town.SERVICE)));
    WebAnswer sent =
        ann.post(
            SEND,
            "msg[sender_uid]",
            Town.ANN,
            "msg[receiver_id]",
            Town.BEN,
            "msg[receiver_type]",
            1,
            "msg[msg_type]",
            1,
            "msg[msg_status]",
            0,
            "msg[dev_id]",
            "372778FD-E359-461D-86A3-EA2BCC6FF52A",
            "msg[timestamp]",
            1_795_348_800,
            "msg[new_face_version]",
            0,
            "msg[content]",
            "{\"content\":\"send money [doge]\"}");
    check("send_msg", sent);
    JsonNode key = sent.data().get("msg_key");
    check(
        "send_msg_recall",
        ann.post(
            SEND,
            "msg[receiver_id]",
            Town.BEN,
            "msg[receiver_type]",
            1,
            "msg[msg_type]",
            5,
            "msg[content]",
            key));
    check(
        "fetch_session_msgs_recalled",
        ann.get(FETCH, "talker_id", Town.BEN, "session_type", 1, "size", 20));
  }

  private void clearing(WebClient ann) throws IOException {
    check("update_unflw_read", ann.post(SESSIONS + "update_unflw_read"));
    check("batch_rm_sessions", ann.post(SESSIONS + "batch_rm_sessions"));
    check("get_sessions_cleared", ann.get(SESSIONS + "get_sessions", "session_type", 2));
    check(
        "refused_chinese",
        ann.with("accept-language", "").withoutFields().post(SESSIONS + "update_ack"));
  }

  private void choosing(WebClient ann) throws IOException {
    check("settings_get", ann.get(LINK + "get", "msg_notify", 1, "show_unfollowed_msg", 1));
    check("settings_set", ann.post(LINK + "set", "set_like", 5, "recv_reply", 1));
    check("settings_get_changed", ann.get(LINK + "get"));
    check("is_limit", ann.get(LINK + "is_limit", "uid", Town.BEN, "type", 1));
    check("set_msg_dnd", ann.post(LINK + "set_msg_dnd", "setting", 1, "dnd_group_id", Town.FANS));
    check(
        "get_msg_dnd",
        ann.get(
            LINK + "get_msg_dnd", "own_uid", Town.ANN, "uids", Town.BEN, "group_ids", Town.FANS));
    check(
        "get_msg_dnd_user", ann.get(LINK + "get_msg_dnd", "uids", Long.toUnsignedString(Town.EVE)));
    check("set_push_ss", ann.post(LINK + "set_push_ss", "setting", 1, "talker_uid", Town.BEN));
    check("get_session_ss", ann.get(LINK + "get_session_ss", "talker_uid", Town.BEN));
    check(
        "set_group_helper",
        ann.post(LINK + "set_group_helper", "setting", 1, "group_id", Town.FANS));
    check("helper_sessions", ann.get("/x/im/helper_sessions"));
    check("auto_replies_none", ann.get(AUTO_REPLIES));
    check("auto_replies_set", ann.post(AUTO_REPLIES, "replies", REPLIES));
    check("auto_replies", ann.get(AUTO_REPLIES));
    check(
        "update_intercept",
        ann.post(SESSIONS + "update_intercept", "talker_id", Town.BEN, "status", 1));
    check("batch_update_dustbin_ack", ann.post(SESSIONS + "batch_update_dustbin_ack"));
    check("get_sessions_dustbin", ann.get(SESSIONS + "get_sessions", "session_type", 5));
    check("batch_rm_dustbin", ann.post(SESSIONS + "batch_rm_dustbin"));
  }

  private static Object[] who(long uid) {
    return new Object[] {"talker_id", Long.toUnsignedString(uid), "session_type", 1};
  }

  private void check(String name, WebAnswer answer) throws IOException {
    String actual = answer.json().toPrettyString() + "\n";
    try (InputStream file = GoldenTest.class.getResourceAsStream("/web/%s.json".formatted(name))) {
      String expected =
          file == null ? "no such file" : new String(file.readAllBytes(), StandardCharsets.UTF_8);
      if (!actual.equals(expected)) {
        Path directory = Files.createDirectories(Path.of("target", "web"));
        Files.writeString(directory.resolve(name + ".json"), actual);
      }
      all.assertThat(actual).as(name).isEqualTo(expected);
      all.assertThat(description.faults(answer)).as(name + " by its description").isEmpty();
    }
  }
}
