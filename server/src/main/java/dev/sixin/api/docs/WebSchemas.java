package dev.sixin.api.docs;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.EnumDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Descriptors.GenericDescriptor;
import dev.sixin.api.web.Json;
import java.util.stream.Collectors;

/// The JSON of the web dialect, as [Json] writes it.
final class WebSchemas extends JsonSchemas {
  WebSchemas(ObjectNode all, Comments comments) {
    super(all, comments);
  }

  @Override
  String name(GenericDescriptor type) {
    return "web." + super.name(type);
  }

  @Override
  void addMembers(Descriptor message, ObjectNode properties, ObjectNode schema) {
    ArrayNode required = JsonNodeFactory.instance.arrayNode();
    for (FieldDescriptor field : message.getFields()) {
      String name = Json.name(field);
      ObjectNode value = of(field);
      if (Json.mayBeNull(field)) {
        value = either(value, type("null"));
      } else if (Json.mayBeEmpty(field)) {
        value = either(value, type("object").put("maxProperties", 0));
      }
      properties.set(name, describe(value, field));
      if (Json.isAlwaysShown(field)) {
        required.add(name);
      }
    }
    if (!required.isEmpty()) {
      schema.set("required", required);
    }
  }

  private static ObjectNode either(ObjectNode schema, ObjectNode other) {
    ObjectNode either = JsonNodeFactory.instance.objectNode();
    either.putArray("anyOf").add(schema).add(other);
    return either;
  }

  @Override
  ObjectNode number64(String format) {
    ObjectNode number = type("integer").put("format", format);
    return format.startsWith("u") ? number.put("minimum", 0) : number;
  }

  @Override
  ObjectNode of(EnumDescriptor type) {
    String values =
        type.getValues().stream()
            .map(value -> "%d: %s".formatted(value.getNumber(), text(value)))
            .collect(Collectors.joining(" "));
    return type("integer").put("description", values);
  }
}
