package dev.sixin.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.google.protobuf.Descriptors.MethodDescriptor;
import dev.sixin.Person;
import dev.sixin.TestServer;
import dev.sixin.admin.v1.AdminOuterClass;
import dev.sixin.image.Pictures;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// The description at /docs/openapi.json, and whether the server keeps to it.
class OpenApiTest {
  private static final TestServer server = TestServer.shared();
  private static final Web web = Web.of(server);
  private static final JsonNode api = web.get("/docs/openapi.json").json();

  @AfterAll
  static void stop() {
    web.close();
  }

  private static List<MethodDescriptor> calls() {
    return AdminOuterClass.getDescriptor().findServiceByName("Admin").getMethods();
  }

  private static JsonNode operation(MethodDescriptor call) {
    return api.get("paths").path(JsonApi.rule(call).getPost()).path("post");
  }

  /// What a schema is, when it is a reference.
  private static JsonNode resolved(JsonNode schema) {
    return schema.has("$ref") ? api.at(schema.get("$ref").textValue().substring(1)) : schema;
  }

  /// What is wrong with a value by its schema, with the place of each fault.
  private static List<String> faults(JsonNode value, JsonNode reference, String place) {
    JsonNode schema = resolved(reference);
    List<String> faults = new ArrayList<>();
    String type = schema.get("type").textValue();
    boolean fits =
        switch (type) {
          case "object" -> value.isObject();
          case "array" -> value.isArray();
          case "string" -> value.isTextual();
          case "integer" -> value.isIntegralNumber();
          case "number" -> value.isNumber();
          case "boolean" -> value.isBoolean();
          default -> throw new AssertionError(type);
        };
    if (!fits) {
      faults.add("%s: %s is no %s".formatted(place, value, type));
    }
    if (schema.has("enum") && !schema.get("enum").valueStream().toList().contains(value)) {
      faults.add("%s: %s is none of %s".formatted(place, value, schema.get("enum")));
    }
    for (Map.Entry<String, JsonNode> member : value.properties()) {
      JsonNode known = schema.path("properties").get(member.getKey());
      JsonNode other = schema.path("additionalProperties");
      String at = place + "." + member.getKey();
      if (known == null && !other.isObject()) {
        faults.add(at + ": not described");
      } else {
        faults.addAll(faults(member.getValue(), known == null ? other : known, at));
      }
    }
    if (value.isArray()) {
      value.forEach(element -> faults.addAll(faults(element, schema.get("items"), place + "[]")));
    }
    return faults;
  }

  private static void assertDescribed(String pointer, JsonNode value) {
    JsonNode schema = api.at(pointer + "/content/application~1json/schema");
    assertThat(schema.isObject()).as(pointer).isTrue();
    assertThat(faults(value, schema, "")).isEmpty();
  }

  private static String post(String path) {
    return "/paths/" + path.replace("/", "~1") + "/post";
  }

  @Test
  void description_isOpenApi31() {
    assertThat(web.get("/docs/openapi.json").header("content-type"))
        .isEqualTo("application/json; charset=utf-8");
    assertThat(api.get("openapi").textValue()).isEqualTo("3.1.0");
    assertThat(api.at("/info/title").textValue()).isEqualTo("Sixin");
    assertThat(api.at("/info/version").textValue()).isNotEmpty();
    assertThat(api.at("/components/securitySchemes/token/scheme").textValue()).isEqualTo("bearer");
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
    JsonNode body = operation.at("/requestBody/content/application~1json/schema");
    assertThat(resolved(body).get("properties").properties())
        .extracting(Map.Entry::getKey)
        .containsExactlyElementsOf(
            call.getInputType().getFields().stream().map(field -> field.getName()).toList());
  }

  @Test
  void everyField_isExplained() {
    for (Map.Entry<String, JsonNode> schema : api.at("/components/schemas").properties()) {
      if (schema.getKey().startsWith("sixin.")) {
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
  void answers_areAsDescribed() {
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
          String pointer = post("/admin/v1/" + name);
          Web.Reply reply = web.admin(name, json);

          assertThat(reply.status()).as("%s", reply).isEqualTo(200);
          assertDescribed(pointer + "/requestBody", Web.json(json));
          assertDescribed(pointer + "/responses/200", reply.json());
          JsonNode answer = api.at(pointer + "/responses/200/content/application~1json/schema");
          assertThat(reply.json().size()).isEqualTo(resolved(answer).get("properties").size());
        });
  }

  @Test
  void refusals_areAsDescribed() {
    Web.Reply reply = web.admin("issue_token", "{}");

    assertDescribed(post("/admin/v1/issue_token") + "/responses/default", reply.json());
  }

  @Test
  void uploads_areAsDescribed() {
    Web.Reply reply = ImageApiTest.upload(web, Pictures.drawn("png", 3, 3));

    assertThat(reply.code()).isZero();
    assertDescribed(post("/x/im/upload") + "/responses/200", reply.json());
    assertThat(reply.json().get("data").size()).isEqualTo(5);
  }

  @Test
  void withoutDocs_itIsNotThere() {
    try (TestServer quiet = TestServer.start("--docs=false");
        Web client = Web.of(quiet)) {
      assertThat(client.get("/docs/openapi.json").status()).isEqualTo(404);
    }
  }
}
