package dev.sixin.api.docs;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.EnumDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Descriptors.GenericDescriptor;

/// What messages look like in JSON, as JSON Schemas that refer to each other by name.
abstract class JsonSchemas {
  private static final String PLACE = "#/components/schemas/";

  /// All schemas that there are, by name.
  final ObjectNode all;

  private final Comments comments;

  /// @param all where the schemas stand
  JsonSchemas(ObjectNode all, Comments comments) {
    this.all = all;
    this.comments = comments;
  }

  /// A reference to the schema of a message, which is there from now on.
  final ObjectNode of(Descriptor message) {
    String name = name(message);
    if (!all.has(name)) {
      ObjectNode schema = all.putObject(name).put("type", "object");
      describe(schema, message);
      addMembers(message, schema.putObject("properties"), schema);
      schema.put("additionalProperties", false);
    }
    return reference(name);
  }

  /// What the schema of a message or an enum is called.
  String name(GenericDescriptor type) {
    return type.getFullName();
  }

  /// Adds what a message has.
  abstract void addMembers(Descriptor message, ObjectNode properties, ObjectNode schema);

  /// The schema of a field's value.
  final ObjectNode of(FieldDescriptor field) {
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
      case INT64, SINT64, SFIXED64 -> number64("int64");
      case UINT64, FIXED64 -> number64("uint64");
      case ENUM -> of(field.getEnumType());
      case MESSAGE, GROUP -> of(field.getMessageType());
    };
  }

  /// The schema of a number of 64 bits.
  abstract ObjectNode number64(String format);

  /// The schema of an enum's values.
  abstract ObjectNode of(EnumDescriptor type);

  /// Says of a schema what the .proto file says.
  final ObjectNode describe(ObjectNode schema, GenericDescriptor what) {
    String text = comments.of(what);
    return text.isEmpty() ? schema : schema.put("description", text);
  }

  /// What the .proto file says.
  final String text(GenericDescriptor what) {
    return comments.of(what);
  }

  /// A schema of a simple type.
  static ObjectNode type(String name) {
    return JsonNodeFactory.instance.objectNode().put("type", name);
  }

  /// A reference to a schema.
  static ObjectNode reference(String name) {
    return JsonNodeFactory.instance.objectNode().put("$ref", PLACE + name);
  }
}
