package dev.sixin.api;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.EnumDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import java.util.stream.Collectors;

/// What messages look like in JSON by the rules of proto3, as JSON Schemas that refer to each other
/// by the messages' full names.
final class JsonSchemas {
  private static final String PLACE = "#/components/schemas/";

  private final Comments comments;
  private final ObjectNode all = JsonNodeFactory.instance.objectNode();

  JsonSchemas(Comments comments) {
    this.comments = comments;
  }

  /// Every schema that was referred to, by name.
  ObjectNode all() {
    return all;
  }

  /// Adds a schema that is made from no message.
  ///
  /// @return a reference to it
  ObjectNode add(String name, ObjectNode schema) {
    all.set(name, schema);
    return reference(name);
  }

  /// A reference to the schema of a message, which is there from now on.
  ObjectNode of(Descriptor message) {
    String name = message.getFullName();
    if (!all.has(name)) {
      ObjectNode schema = all.putObject(name).put("type", "object");
      describe(schema, comments.of(message));
      ObjectNode properties = schema.putObject("properties");
      for (FieldDescriptor field : message.getFields()) {
        properties.set(field.getName(), describe(of(field), comments.of(field)));
      }
      schema.put("additionalProperties", false);
    }
    return reference(name);
  }

  private ObjectNode of(FieldDescriptor field) {
    if (field.isMapField()) {
      ObjectNode map = type("object");
      map.set("additionalProperties", one(field.getMessageType().findFieldByName("value")));
      return map;
    }
    if (field.isRepeated()) {
      ObjectNode array = type("array");
      array.set("items", one(field));
      return array;
    }
    return one(field);
  }

  private ObjectNode one(FieldDescriptor field) {
    return switch (field.getType()) {
      case BOOL -> type("boolean");
      case STRING -> type("string");
      case BYTES -> type("string").put("contentEncoding", "base64");
      case DOUBLE, FLOAT -> type("number");
      case INT32, SINT32, SFIXED32 -> type("integer").put("format", "int32");
      case UINT32, FIXED32 -> type("integer").put("format", "uint32").put("minimum", 0);
      case INT64, SINT64, SFIXED64 -> type("string").put("format", "int64");
      case UINT64, FIXED64 -> type("string").put("format", "uint64");
      case ENUM -> of(field.getEnumType());
      case MESSAGE, GROUP -> of(field.getMessageType());
    };
  }

  private ObjectNode of(EnumDescriptor type) {
    String name = type.getFullName();
    if (!all.has(name)) {
      ObjectNode schema = all.putObject(name).put("type", "string");
      ArrayNode names = schema.putArray("enum");
      type.getValues().forEach(value -> names.add(value.getName()));
      String values =
          type.getValues().stream()
              .map(value -> "%s: %s".formatted(value.getName(), comments.of(value)))
              .collect(Collectors.joining(" "));
      schema.put("description", comments.of(type) + " " + values);
    }
    return reference(name);
  }

  /// A schema of a simple type.
  static ObjectNode type(String name) {
    return JsonNodeFactory.instance.objectNode().put("type", name);
  }

  private static ObjectNode reference(String name) {
    return JsonNodeFactory.instance.objectNode().put("$ref", PLACE + name);
  }

  private static ObjectNode describe(ObjectNode schema, String text) {
    return text.isEmpty() ? schema : schema.put("description", text);
  }
}
