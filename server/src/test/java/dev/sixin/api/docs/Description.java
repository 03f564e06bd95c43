package dev.sixin.api.docs;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sixin.TestServer;
import dev.sixin.api.WebAnswer;
import dev.sixin.api.WebClient;
import java.net.http.HttpClient.Version;
import java.net.http.HttpRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/// What a server says of itself at /docs/openapi.json, and what is wrong with values by it.
public record Description(JsonNode root) {
  public static Description of(TestServer server) {
    return new Description(WebClient.of(server, Version.HTTP_1_1).get("/docs/openapi.json").json());
  }

  /// What is said of a call.
  JsonNode operation(String method, String path) {
    return root.path("paths").path(path).path(method.toLowerCase(Locale.ROOT));
  }

  /// What is wrong with an answer by what is said of its call.
  public List<String> faults(WebAnswer answer) {
    HttpRequest request = answer.response().request();
    JsonNode answers = operation(request.method(), request.uri().getPath()).path("responses");
    JsonNode described =
        answers.path(answers.has("" + answer.status()) ? "" + answer.status() : "default");
    return faults(answer.json(), content(described));
  }

  /// The schema of a body that is JSON.
  static JsonNode content(JsonNode body) {
    return body.path("content").path("application/json").path("schema");
  }

  /// What is wrong with a value by a schema, with the place of each fault.
  List<String> faults(JsonNode value, JsonNode schema) {
    return faults(value, schema, "");
  }

  /// What a schema is, when it is a reference.
  JsonNode resolved(JsonNode schema) {
    return schema.has("$ref") ? root.at(schema.get("$ref").textValue().substring(1)) : schema;
  }

  private List<String> faults(JsonNode value, JsonNode reference, String place) {
    JsonNode schema = resolved(reference);
    if (!schema.isObject()) {
      return List.of(place + ": no schema");
    }
    if (schema.has("anyOf")) {
      List<List<String>> each =
          schema.get("anyOf").valueStream().map(any -> faults(value, any, place)).toList();
      return each.stream().anyMatch(List::isEmpty) ? List.of() : each.getFirst();
    }
    if (!fits(value, schema.get("type").textValue())) {
      return List.of("%s: %s is no %s".formatted(place, value, schema.get("type")));
    }
    List<String> faults = new ArrayList<>();
    if (schema.has("enum") && !schema.get("enum").valueStream().toList().contains(value)) {
      faults.add("%s: %s is none of %s".formatted(place, value, schema.get("enum")));
    }
    if (value.isNumber() && schema.has("minimum") && value.doubleValue() < 0) {
      faults.add("%s: %s is less than 0".formatted(place, value));
    }
    if (value.isObject()) {
      faults.addAll(membersFaults(value, schema, place));
    }
    if (value.isArray()) {
      value.forEach(element -> faults.addAll(faults(element, schema.get("items"), place + "[]")));
    }
    return faults;
  }

  private static boolean fits(JsonNode value, String type) {
    return switch (type) {
      case "object" -> value.isObject();
      case "array" -> value.isArray();
      case "string" -> value.isTextual();
      case "integer" -> value.isIntegralNumber();
      case "number" -> value.isNumber();
      case "boolean" -> value.isBoolean();
      case "null" -> value.isNull();
      default -> throw new AssertionError(type);
    };
  }

  private List<String> membersFaults(JsonNode value, JsonNode schema, String place) {
    List<String> faults = new ArrayList<>();
    for (JsonNode required : schema.path("required")) {
      if (!value.has(required.textValue())) {
        faults.add("%s.%s: missing".formatted(place, required.textValue()));
      }
    }
    if (value.size() > schema.path("maxProperties").asInt(Integer.MAX_VALUE)) {
      faults.add("%s: %s has too many members".formatted(place, value));
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
    return faults;
  }
}
