package dev.sixin.api.web;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.sixin.Await;
import dev.sixin.Group;
import dev.sixin.Person;
import dev.sixin.TestServer;
import dev.sixin.admin.v1.IssueTokenRequest;
import dev.sixin.admin.v1.RevokeTokensRequest;
import dev.sixin.api.WebAnswer;
import dev.sixin.api.WebClient;
import dev.sixin.proto.im.ReqSyncAck;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.http.HttpClient.Version;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Live push as Server-Sent Events.
class PushTest {
  private static final TestServer SERVER = TestServer.shared();
  private static final int READ_LIMIT_MILLIS = 60_000;

  private final Person ann = Person.on(SERVER);
  private final Person bob = Person.on(SERVER);

  @BeforeEach
  void friends() {
    ann.befriends(bob);
    bob.pins(Person.on(SERVER)); // so that there is something that was missed
  }

  /// An event as it stands on the line.
  private record Event(String id, String name, JsonNode data) {
    boolean isMessage() {
      return !data.get("instant_msg").isNull();
    }
  }

  /// A browser's end of a stream.
  private static final class Stream implements AutoCloseable {
    private final Socket socket;
    private final BufferedReader in;
    private final List<String> head = new ArrayList<>();
    private boolean chunks;

    Stream(String... headers) {
      try {
        socket = new Socket(InetAddress.getLoopbackAddress(), SERVER.port());
        socket.setSoTimeout(READ_LIMIT_MILLIS);
        in =
            new BufferedReader(
                new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8));
        String request =
            "GET /x/im/sse HTTP/1.1\r\nhost: localhost\r\n%s\r\n\r\n"
                .formatted(String.join("\r\n", headers));
        socket.getOutputStream().write(request.getBytes(StandardCharsets.UTF_8));
        for (String line = in.readLine(); !line.isEmpty(); line = in.readLine()) {
          head.add(line.toLowerCase(Locale.ROOT));
        }
        chunks = head.contains("transfer-encoding: chunked");
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    List<String> head() {
      return head;
    }

    /// The next event; null at the end of the stream.
    Event next() {
      String id = "";
      String name = "message";
      try {
        for (String line = in.readLine(); line != null; line = in.readLine()) {
          if (line.startsWith("id: ")) {
            id = line.substring(4);
          } else if (line.startsWith("event: ")) {
            name = line.substring(7);
          } else if (line.startsWith("data: ")) {
            return new Event(id, name, new JsonMapper().readTree(line.substring(6)));
          } else if (chunks && line.equals("0")) {
            return null;
          }
        }
        return null;
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    @Override
    public void close() {
      try {
        socket.close();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  private static String cookie(Person person) {
    return "cookie: SESSDATA=" + SERVER.token(person.uid());
  }

  @Test
  void aMessage_isAnEvent_withItsNumberAsId() {
    try (Stream stream = new Stream(cookie(bob))) {
      assertThat(stream.head()).contains("content-type: text/event-stream");
      assertThat(stream.head()).contains("cache-control: no-store");
      Event missed = stream.next();
      assertThat(missed.isMessage()).isFalse();
      long key = ann.says(bob, "hello");

      Event event = stream.next();
      assertThat(event.name()).isEqualTo("message");
      assertThat(event.data().get("lastest_seqno").asText()).isEqualTo(event.id());
      assertThat(event.data().get("lastest_seqno").isNumber()).isTrue();
      assertThat(event.data().get("notify_info").get("talker_id").asLong()).isEqualTo(ann.uid());
      assertThat(event.data().get("notify_info").get("session_type").asInt()).isEqualTo(1);
      JsonNode msg = event.data().get("instant_msg");
      assertThat(msg.get("msg_key").asLong()).isEqualTo(key);
      assertThat(msg.get("content").asText()).isEqualTo("{\"content\":\"hello\"}");
      assertThat(msg.get("withdraw_seqno").asLong()).isZero();
      assertThat(Long.parseUnsignedLong(event.id()))
          .isGreaterThan(Long.parseUnsignedLong(missed.id()));
    }
  }

  @Test
  void aMessageInAGroup_andAChangeOfASession_areEvents() {
    Group club = Group.of(ann, bob);
    try (Stream stream = new Stream(cookie(bob))) {
      stream.next();
      club.say(ann, "hello");
      Event said = stream.next();
      assertThat(said.data().get("instant_msg").get("is_multi_chat").asInt()).isEqualTo(1);
      assertThat(said.data().get("notify_info").get("talker_id").asLong()).isEqualTo(club.id());

      bob.pins(ann);
      Event pinned = stream.next();
      assertThat(pinned.isMessage()).isFalse();
      assertThat(pinned.data().get("notify_info").get("talker_id").asLong()).isEqualTo(ann.uid());
    }
  }

  @Test
  void whoSaysTheLastEvent_isToldWhatCameSince_andNothingElse() {
    Event last;
    try (Stream stream = new Stream(cookie(bob))) {
      stream.next();
      ann.says(bob, "hello");
      last = stream.next();
    }
    try (Stream again = new Stream(cookie(bob), "last-event-id: " + last.id())) {
      ann.says(bob, "now");
      assertThat(again.next().data().get("instant_msg").get("content").asText()).contains("now");
    }
    try (Stream again = new Stream(cookie(bob), "last-event-id: " + last.id())) {
      assertThat(again.next().isMessage()).isFalse();
    }
    try (Stream again = new Stream(cookie(bob), "last-event-id: nonsense")) {
      assertThat(again.next().isMessage()).isFalse();
    }
  }

  @Test
  void nobodyIsToldAnythingAtOnce_whenThereIsNothing() {
    Person newcomer = Person.on(SERVER);
    try (Stream stream = new Stream(cookie(newcomer))) {
      ann.says(newcomer, "hello");
      assertThat(stream.next().isMessage()).isTrue();
    }
  }

  @Test
  void aDeviceThatProcessedEverything_isToldNothingAtOnce_andAnotherIs() {
    Group club = Group.of(ann, bob);
    Person cat = Person.on(SERVER);
    String phone = token(bob, "phone");
    List<Runnable> events =
        List.of(
            () -> ann.says(bob, "hello"),
            () -> club.say(ann, "hello"),
            () -> bob.acks(ann, 0),
            () -> bob.follows(cat),
            () -> cat.follows(bob),
            () -> club.leave(bob));
    for (Runnable event : events) {
      String processed;
      try (Stream stream = new Stream(bearer(phone), "last-event-id: 0")) {
        stream.next();
        event.run();
        processed = stream.next().id();
      }
      ReqSyncAck ack =
          ReqSyncAck.newBuilder().setClientSeqno(Long.parseUnsignedLong(processed)).build();
      var _ = SERVER.withToken(phone).syncAck(ack);
      try (Stream again = new Stream(bearer(phone));
          Stream laptop = new Stream(bearer(token(bob, "laptop")))) {
        assertThat(laptop.next().isMessage()).isFalse();
        ann.says(bob, "now");
        assertThat(again.next().isMessage()).as("nothing before that").isTrue();
      }
    }
  }

  private static String bearer(String token) {
    return "authorization: Bearer " + token;
  }

  private static String token(Person person, String device) {
    return SERVER
        .admin()
        .issueToken(IssueTokenRequest.newBuilder().setUid(person.uid()).setDevice(device).build())
        .getToken();
  }

  @Test
  void whoseTokensAreRevoked_isKickedOut() {
    String cookie = cookie(bob);
    try (Stream stream = new Stream(cookie)) {
      stream.next();
      var _ =
          SERVER.admin().revokeTokens(RevokeTokensRequest.newBuilder().setUid(bob.uid()).build());
      assertThat(stream.next().name()).isEqualTo("kick_out");
      assertThat(stream.next()).isNull();
    }
    try (Stream again = new Stream(cookie)) {
      assertThat(again.head()).contains("content-type: application/json; charset=utf-8");
    }
  }

  @Test
  void whoIsNotSignedIn_getsTheEnvelope() {
    WebAnswer answer = WebClient.of(SERVER, Version.HTTP_1_1).get("/x/im/sse");
    answer.assertRefused(-101);
  }

  @Test
  void aBrowserThatGoesAway_isForgotten() {
    int before = SERVER.watchers();
    try (Stream stream = new Stream(cookie(bob))) {
      stream.next();
    }
    Await.until("the stream is gone", () -> SERVER.watchers() <= before);
  }

  @Test
  void typing_andReading_areEventsOfTheirOwn_withoutAnId() {
    WebClient web = WebClient.browser(SERVER, Version.HTTP_1_1, ann.uid());
    try (Stream stream = new Stream(cookie(bob))) {
      stream.next();
      assertThat(web.post("/x/im/typing", "talker_id", bob.uid()).data()).isEmpty();
      assertThat(stream.next())
          .isEqualTo(new Event("", "typing", json("{\"uid\":%d}".formatted(ann.uid()))));

      bob.says(ann, "hello");
      Event said = stream.next();
      assertThat(said.name()).isEqualTo("message");
      long seqno = said.data().get("instant_msg").get("msg_seqno").asLong();
      ann.acks(bob, 0);
      assertThat(stream.next())
          .isEqualTo(
              new Event("", "read", json("{\"uid\":%d,\"seqno\":%d}".formatted(ann.uid(), seqno))));
      WebClient bobs = WebClient.browser(SERVER, Version.HTTP_1_1, bob.uid());
      assertThat(bobs.get("/x/im/read_position", "talker_id", ann.uid()).data().toString())
          .isEqualTo("{\"seqno\":%d}".formatted(seqno));
    }
  }

  @Test
  void typing_withoutCsrf_isRefused_andNobodySeesIt() {
    WebClient web = WebClient.browser(SERVER, Version.HTTP_1_1, ann.uid());
    try (Stream stream = new Stream(cookie(bob))) {
      stream.next();
      web.withoutFields().post("/x/im/typing", "talker_id", bob.uid()).assertRefused(-111);
      ann.says(bob, "hello");
      assertThat(stream.next().isMessage()).isTrue();
    }
  }

  private static JsonNode json(String text) {
    try {
      return new JsonMapper().readTree(text);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
