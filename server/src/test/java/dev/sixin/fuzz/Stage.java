package dev.sixin.fuzz;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.google.protobuf.Descriptors.MethodDescriptor;
import dev.sixin.StoreRows;
import dev.sixin.TestServer;
import dev.sixin.admin.v1.Emote;
import dev.sixin.admin.v1.KeywordRule;
import dev.sixin.admin.v1.PutEmotesRequest;
import dev.sixin.admin.v1.PutKeywordRulesRequest;
import dev.sixin.admin.v1.SetBanRequest;
import dev.sixin.api.Answer;
import dev.sixin.api.Http1Connection;
import dev.sixin.api.Rpcs;
import dev.sixin.api.Transport;
import dev.sixin.api.WireClient;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/// A server with people on it, connections to it, and what must be true whatever it is asked:
/// nothing goes wrong that only the server can do something about, and what is refused changes no
/// row.
final class Stage implements AutoCloseable {
  /// Who makes the users' calls, and their friend.
  static final long ME = Rpcs.ME;

  static final long FRIEND = 2;

  /// Inputs change who may do what; after so many everybody may everything again.
  private static final int PLAYS_BETWEEN_REPAIRS = 500;

  /// Work in the background writes too; it does not do so each time that an input is repeated.
  private static final int REPEATS = 4;

  static final List<MethodDescriptor> CALLS =
      Rpcs.methods().sorted(Comparator.comparing(MethodDescriptor::getFullName)).toList();
  private static final Emote DOGE =
      Emote.newBuilder()
          .setText("[tv_doge]")
          .setOldText("[doge]")
          .setUrl("https://img.example/doge.png")
          .build();

  private static final KeywordRule MONEY =
      KeywordRule.newBuilder().setRuleId(2).addWords("money").setToast("be careful").build();

  final List<Form> forms;
  final byte[] tokenKey;

  private final TestServer server =
      TestServer.start("--upload-burst=0", "--store-row-cache=8", "--node=1");
  private final Faults faults = new Faults();
  private final Map<Transport, WireClient> clients = new EnumMap<>(Transport.class);
  private Http1Connection connection = new Http1Connection(server.port());
  private String token;
  private int plays;

  /// A call of the web dialect, as it is described.
  record Form(String method, String path, List<String> names) {}

  Stage() {
    repair();
    forms = describedForms();
    try {
      String key = Files.readString(server.data().resolve("token.key")).strip();
      tokenKey = HexFormat.of().parseHex(key);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private List<Form> describedForms() {
    List<Form> described = new ArrayList<>();
    JsonNode root = Judge.json(ask("GET", "/docs/openapi.json", new byte[0]));
    for (Map.Entry<String, JsonNode> path : root.get("paths").properties()) {
      for (Map.Entry<String, JsonNode> operation : path.getValue().properties()) {
        JsonNode call = operation.getValue();
        if (call.at("/tags/0").asText().equals("Web")
            && !path.getKey().startsWith("/x/im/image/")
            && !path.getKey().endsWith("/upload")) {
          List<String> names = new ArrayList<>();
          call.at("/requestBody/content/application~1x-www-form-urlencoded/schema/properties")
              .fieldNames()
              .forEachRemaining(names::add);
          call.path("parameters").forEach(known -> names.add(known.get("name").textValue()));
          boolean writes = operation.getKey().equals("post");
          described.add(new Form(writes ? "POST" : "GET", path.getKey(), names));
        }
      }
    }
    return described;
  }

  /// Makes the request that an input stands for, and fails unless the answer is one that the server
  /// may give.
  void play(byte[] input) {
    if (plays++ % PLAYS_BETWEEN_REPAIRS == 0) {
      repair();
    }
    Map<Path, Long> before = files();
    boolean refused = enter(input);
    if (refused && !files().equals(before)) {
      requireUntouched(input);
    }
  }

  private Map<Path, Long> files() {
    try {
      return StoreRows.files(server);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private boolean enter(byte[] input) {
    boolean refused;
    try {
      refused = Entrance.enter(this, input);
    } catch (UncheckedIOException e) {
      close(connection);
      throw new AssertionError("no answer", e);
    }
    String fault = faults.next();
    if (fault != null) {
      throw new AssertionError(fault);
    }
    return refused;
  }

  private void requireUntouched(byte[] input) {
    long changes = 0;
    for (int i = 0; i < REPEATS; i++) {
      Map<String, String> before = StoreRows.of(server);
      boolean refused = enter(input);
      changes = StoreRows.changes(before, StoreRows.of(server));
      if (!refused || changes == 0) {
        return;
      }
    }
    throw new AssertionError("refused, and yet %d rows changed".formatted(changes));
  }

  /// Lets everybody do everything again.
  void repair() {
    leniently(
        () -> {
          var _ = server.admin().setBan(SetBanRequest.newBuilder().setUid(ME).build());
        });
    token = server.token(ME);
    leniently(() -> Rpcs.prepare(server));
    server.admin().putEmotes(PutEmotesRequest.newBuilder().addEmotes(DOGE).build());
    server.admin().putKeywordRules(PutKeywordRulesRequest.newBuilder().addRules(MONEY).build());
  }

  /// What an input has done may stand in the way of some of it.
  private static void leniently(Runnable step) {
    try {
      step.run();
    } catch (StatusRuntimeException e) {
      assertThat(TestServer.details(e).getCode()).as("%s", e).isNotIn(-500, -3);
    }
  }

  String token() {
    return token;
  }

  String adminToken() {
    return server.adminToken();
  }

  /// Whether a call is the site's.
  static boolean isAdmin(MethodDescriptor method) {
    return method.getService().getName().equals("Admin");
  }

  /// The headers that let a call in.
  String authorization(MethodDescriptor method) {
    return isAdmin(method) ? "Bearer " + adminToken() : "identify_v1 " + token;
  }

  /// Makes a request over HTTP/1.1.
  ///
  /// @param headers names and values in turn
  Answer ask(String method, String path, byte[] body, String... headers) {
    return onFreshLineIfIdle(() -> connection.request(method, path, body, List.of(headers)));
  }

  /// Makes a request over HTTP/1.1 whose answer need not end; takes the head of it.
  Answer begin(String method, String path, byte[] body, String... headers) {
    return onFreshLineIfIdle(() -> connection.begin(method, path, body, List.of(headers)));
  }

  /// Makes a gRPC call over HTTP/1.1 and goes away before there is an answer.
  void abandon(String path, byte[] body, String... headers) {
    connection.close();
    connection.abandon("POST", path, body, List.of(headers));
  }

  /// A server closes connections on which nothing happens, and a client learns that late.
  private Answer onFreshLineIfIdle(Supplier<Answer> request) {
    try {
      return request.get();
    } catch (UncheckedIOException _) {
      connection.close();
      connection = new Http1Connection(server.port());
      return request.get();
    }
  }

  /// Makes a gRPC call in any way.
  ///
  /// @param body the frames
  Answer call(Transport transport, String path, byte[] body, String... headers) {
    try {
      return client(transport).call(path, body, headers);
    } catch (UncheckedIOException _) {
      close(clients.remove(transport));
      return client(transport).call(path, body, headers);
    }
  }

  private WireClient client(Transport transport) {
    return clients.computeIfAbsent(transport, way -> new WireClient(server, way));
  }

  private static void close(AutoCloseable line) {
    try {
      line.close();
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  static byte[] ascii(String text) {
    return text.getBytes(ISO_8859_1);
  }

  static byte[] utf8(String text) {
    return text.getBytes(UTF_8);
  }

  @Override
  public void close() {
    clients.values().forEach(Stage::close);
    connection.close();
    faults.close();
    server.close();
  }
}
