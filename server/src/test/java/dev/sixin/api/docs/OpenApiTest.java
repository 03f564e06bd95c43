package dev.sixin.api.docs;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.google.protobuf.Descriptors.MethodDescriptor;
import dev.sixin.MovableClock;
import dev.sixin.Person;
import dev.sixin.Server;
import dev.sixin.TestServer;
import dev.sixin.admin.v1.AdminOuterClass;
import dev.sixin.api.Answers;
import dev.sixin.api.ImInterfaceService.Features;
import dev.sixin.api.JsonApi;
import dev.sixin.api.WebAnswer;
import dev.sixin.api.WebClient;
import dev.sixin.api.web.ImageApi;
import dev.sixin.api.web.Parameter;
import dev.sixin.api.web.Route;
import dev.sixin.api.web.Routes;
import dev.sixin.store.memory.MemoryStore;
import dev.sixin.user.Users;
import java.net.http.HttpClient.Version;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// The description at /docs/openapi.json, and whether the server keeps to it.
class OpenApiTest {
  private static final TestServer server = TestServer.shared();
  private static final WebClient web = WebClient.site(server, Version.HTTP_1_1);
  private static final Description description = Description.of(server);
  private static final JsonNode api = description.root();

  private static List<MethodDescriptor> calls() {
    return AdminOuterClass.getDescriptor().findServiceByName("Admin").getMethods();
  }

  private static JsonNode operation(MethodDescriptor call) {
    return description.operation("POST", JsonApi.rule(call).getPost());
  }

  @Test
  void description_isOpenApi31() {
    assertThat(web.get("/docs/openapi.json").header("content-type"))
        .isEqualTo("application/json; charset=utf-8");
    assertThat(api.get("openapi").textValue()).isEqualTo("3.1.0");
    assertThat(api.at("/info/title").textValue()).isEqualTo("Sixin");
    assertThat(api.at("/info/version").textValue()).isNotEmpty();
    assertThat(api.at("/components/securitySchemes/token/scheme").textValue()).isEqualTo("bearer");
    assertThat(api.at("/components/securitySchemes/cookie/name").textValue()).isEqualTo("SESSDATA");
  }

  @Test
  void everyOperation_hasANameOfItsOwn() {
    assertThat(api.findValuesAsText("operationId")).doesNotHaveDuplicates();
  }

  static Stream<MethodDescriptor> everyCall() {
    return calls().stream();
  }

  @ParameterizedTest
  @MethodSource("everyCall")
  void call_isDescribed(MethodDescriptor call) {
    JsonNode operation = operation(call);

    assertThat(operation.path("operationId").asText()).isEqualTo(call.getName());
    assertThat(operation.path("description").asText()).isNotBlank();
    JsonNode body = Description.content(operation.path("requestBody"));
    assertThat(description.resolved(body).get("properties").properties())
        .extracting(Map.Entry::getKey)
        .containsExactlyElementsOf(
            call.getInputType().getFields().stream().map(field -> field.getName()).toList());
  }

  @Test
  void everyField_isExplained() {
    for (Map.Entry<String, JsonNode> schema : api.at("/components/schemas").properties()) {
      if (schema.getKey().contains("sixin.")) {
        assertThat(schema.getValue().path("description").asText()).as(schema.getKey()).isNotBlank();
        for (Map.Entry<String, JsonNode> field :
            schema.getValue().path("properties").properties()) {
          boolean isExplained = field.getValue().has("description");
          assertThat(isExplained).as(schema.getKey() + "." + field.getKey()).isTrue();
        }
      }
    }
    assertThat(api.at("/components/schemas/sixin.admin.v1.User/properties/uid").toString())
        .isEqualTo("{\"type\":\"string\",\"format\":\"uint64\",\"description\":\"Not 0.\"}");
  }

  @Test
  void everyReference_leadsSomewhere() {
    List<String> references = new ArrayList<>();
    for (JsonNode reference : api.findValues("$ref")) {
      references.add(reference.textValue());
      assertThat(api.at(reference.textValue().substring(1)).isObject())
          .as(reference.textValue())
          .isTrue();
    }
    assertThat(references).contains("#/components/schemas/bilibili.im.type.Msg");
  }

  @Test
  void answersToTheSite_areAsDescribed() {
    Person sender = Person.on(server);
    Person receiver = Person.on(server);
    Map<String, String> requests =
        Map.of(
            "put_users", "{\"users\":[{\"uid\":\"%d\"}]}".formatted(sender.uid()),
            "issue_token", "{\"uid\":\"%d\"}".formatted(sender.uid()),
            "put_group",
                "{\"group_id\":\"%d\",\"owner_uid\":\"%d\",\"name\":\"x\",\"status\":\"FROZEN\"}"
                    .formatted(receiver.uid(), sender.uid()),
            "set_feed_unread", "{\"uid\":\"%d\",\"unread\":{\"at\":\"3\"}}".formatted(sender.uid()),
            "erase_user", "{\"uid\":\"%d\"}".formatted(receiver.uid()));

    requests.forEach(
        (name, json) -> {
          JsonNode operation = description.operation("POST", "/admin/v1/" + name);
          WebAnswer answer = web.admin(name, json);

          assertThat(answer.status()).as("%s", answer).isEqualTo(200);
          JsonNode request = Description.content(operation.path("requestBody"));
          assertThat(description.faults(WebAnswer.json(json), request)).isEmpty();
          assertThat(description.faults(answer)).isEmpty();
          JsonNode schema = Description.content(operation.at("/responses/200"));
          assertThat(answer.json().size())
              .isEqualTo(description.resolved(schema).get("properties").size());
        });
  }

  @Test
  void refusals_areAsDescribed() {
    WebAnswer answer = web.admin("issue_token", "{}");

    assertThat(answer.status()).isEqualTo(400);
    assertThat(description.faults(answer)).isEmpty();
  }

  // --- the web dialect; whether its answers are as described says GoldenTest

  static Stream<Route<?, ?>> routes() {
    MovableClock clock = new MovableClock(TestServer.START);
    MemoryStore store = new MemoryStore(Server::apply, clock);
    Users users = new Users(store);
    Features features = new Features(null, null, null, null, null, users, null);
    return Routes.of(Answers.of(features, null, _ -> {}, false, clock), users, clock).stream();
  }

  @ParameterizedTest
  @MethodSource("routes")
  void route_isDescribed(Route<?, ?> route) {
    JsonNode operation = description.operation(route.method().name(), route.path());

    assertThat(operation.path("description").asText()).as(route.path()).isNotBlank();
    assertThat(Description.content(operation.at("/responses/200")).isObject()).isTrue();
    List<String> taken = route.parameters().stream().map(Parameter::name).toList();
    if (route.writes()) {
      JsonNode form =
          operation.at("/requestBody/content/application~1x-www-form-urlencoded/schema");
      assertThat(form.get("properties").propertyStream().map(Map.Entry::getKey))
          .containsAll(taken)
          .contains("csrf")
          .hasSize(taken.size() + 1);
    } else {
      assertThat(operation.path("parameters").findValuesAsText("name"))
          .containsExactlyElementsOf(taken);
    }
  }

  @Test
  void nothingElse_isDescribed() {
    Set<String> answered = new TreeSet<>(Set.of(ImageApi.UPLOAD));
    routes().map(Route::path).forEach(answered::add);
    calls().forEach(call -> answered.add(JsonApi.rule(call).getPost()));

    assertThat(api.get("paths").propertyStream().map(Map.Entry::getKey))
        .containsExactlyInAnyOrderElementsOf(answered);
  }

  @Test
  void numbersOf64Bits_areNumbersInTheWebDialect() {
    assertThat(api.at("/components/schemas/web.sixin.web.v1.NavResponse/properties/mid").toString())
        .isEqualTo(
            "{\"type\":\"integer\",\"format\":\"uint64\",\"minimum\":0,"
                + "\"description\":\"The user.\"}");
    JsonNode emote = api.at("/components/schemas/web.bilibili.im.interface.v1.EmotionInfo");
    assertThat(emote.get("properties").propertyStream().map(Map.Entry::getKey))
        .contains("uri")
        .doesNotContain("url");
  }

  @Test
  void withoutDocs_itIsNotThere() {
    try (TestServer quiet = TestServer.start("--docs=false")) {
      assertThat(WebClient.site(quiet, Version.HTTP_1_1).get("/docs/openapi.json").status())
          .isEqualTo(404);
    }
  }
}
