package dev.sixin.api.web;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sixin.Group;
import dev.sixin.Person;
import dev.sixin.TestServer;
import dev.sixin.admin.v1.User;
import dev.sixin.api.WebClient;
import java.net.http.HttpClient.Version;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/// The lists that only the web dialect has.
class ListsTest {
  private static final String SESSIONS = "/session_svr/v1/session_svr/";

  private final TestServer server = TestServer.shared();
  private final Person ann = Person.on(server);
  private final WebClient web = WebClient.browser(server, Version.HTTP_2, ann.uid());

  private final Person friend = Person.on(server);
  private final Person stranger = Person.on(server);
  private final Person system =
      Person.on(server, User.newBuilder().setOfficialType(-1).setSystemMsgType(5));
  private final Person organisation = Person.on(server, User.newBuilder().setOfficialType(1));
  private final Person business =
      Person.on(server, User.newBuilder().setOfficialType(-1).setBusiness(true));

  @Test
  void lists6To9_showWhatTheyAreNamedFor() {
    friend.befriends(ann);
    List.of(friend, stranger, system, organisation, business)
        .forEach(person -> person.says(ann, "hello"));

    assertThat(talkers(list(6))).isEmpty();
    assertThat(talkers(list(7))).containsExactly(system.uid());
    assertThat(talkers(list(8))).containsExactly(stranger.uid());
    assertThat(talkers(list(9))).containsExactly(system.uid(), friend.uid());
  }

  @Test
  void list8_findsPeopleAmongManyOfficialAccounts() {
    List<Long> people = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      Person person = Person.on(server);
      people.addFirst(person.uid());
      person.says(ann, "hello");
      for (int j = 0; j < 5; j++) {
        Person.on(server, User.newBuilder().setOfficialType(1)).says(ann, "news");
      }
    }

    JsonNode first = list(8, "size", 2);
    assertThat(talkers(first)).containsExactlyElementsOf(people.subList(0, 2));
    assertThat(first.get("has_more").intValue()).isOne();
    long end = first.get("session_list").get(1).get("session_ts").longValue();
    JsonNode second = list(8, "size", 2, "end_ts", end);
    assertThat(talkers(second)).containsExactly(people.getLast());
    assertThat(second.get("has_more").intValue()).isZero();
  }

  @Test
  void helperSessions_areThoseWithCollectedGroups_newestFirst_inPages() {
    List<Group> groups = List.of(group(), group(), group());
    Group open = Group.of(friend, ann);
    groups.reversed().forEach(group -> group.say(friend, "hello"));
    open.say(friend, "not collected");
    groups.forEach(group -> collect(group, 1));

    JsonNode first = helper("size", 2);
    assertThat(talkers(first)).containsExactly(groups.get(0).id(), groups.get(1).id());
    assertThat(first.get("has_more").intValue()).isOne();
    JsonNode last = first.get("session_list").get(1);
    assertThat(last.get("unread_count").intValue()).isEqualTo(2); // who joined, and what was said
    assertThat(last.get("last_msg").get("content").textValue()).contains("hello");
    JsonNode second = helper("size", 2, "end_ts", last.get("session_ts").longValue());
    assertThat(talkers(second)).containsExactly(groups.get(2).id());
    assertThat(second.get("has_more").intValue()).isZero();
    assertThat(talkers(list(3))).containsExactly(open.id());

    collect(groups.get(1), 0);
    groups.get(2).leave(ann);
    assertThat(talkers(helper())).containsExactly(groups.get(0).id());
    assertThat(talkers(list(3))).contains(groups.get(1).id());
  }

  @Test
  void helperSessions_ofWhoHasNone_areNone() {
    group();

    assertThat(helper().get("session_list").isNull()).isTrue();
    WebClient.of(server, Version.HTTP_2).get("/x/im/helper_sessions").assertRefused(-101);
  }

  private Group group() {
    return Group.of(friend, ann);
  }

  private void collect(Group group, int setting) {
    web.post(
            "/link_setting/v1/link_setting/set_group_helper",
            "group_id",
            group.id(),
            "setting",
            setting)
        .data();
  }

  private JsonNode helper(Object... parameters) {
    return web.get("/x/im/helper_sessions", parameters).data();
  }

  @Test
  void ackSessions_takesMicrosecondsAtBothEnds() {
    friend.says(ann, "hello");
    ann.acks(friend, 0);
    long read = ann.session(friend).getAckTs();

    assertThat(talkers(acked(read - 1, read + 1))).containsExactly(friend.uid());
    assertThat(talkers(acked(read, 0))).isEmpty();
    assertThat(talkers(acked(0, read))).isEmpty();
  }

  private JsonNode acked(long begin, long end) {
    return web.get(SESSIONS + "ack_sessions", "begin_ts", begin, "end_ts", end).data();
  }

  private JsonNode list(int number, Object... more) {
    List<Object> parameters = new ArrayList<>(List.of("session_type", number));
    parameters.addAll(List.of(more));
    return web.get(SESSIONS + "get_sessions", parameters.toArray()).data();
  }

  private static List<Long> talkers(JsonNode page) {
    JsonNode sessions = page.get("session_list");
    return LongStream.range(0, sessions.isNull() ? 0 : sessions.size())
        .mapToObj(i -> sessions.get((int) i).get("talker_id").longValue())
        .toList();
  }
}
