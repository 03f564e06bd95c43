package dev.sixin.api.docs;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.EnumDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import java.util.stream.Collectors;

/// The JSON that [dev.sixin.api.JsonApi] takes and gives: that of proto3.
final class SiteSchemas extends JsonSchemas {
  SiteSchemas(ObjectNode all, Comments comments) {
    super(all, comments);
  }

  @Override
  void addMembers(Descriptor message, ObjectNode properties, ObjectNode schema) {
    for (FieldDescriptor field : message.getFields()) {
      properties.set(field.getName(), describe(of(field), field));
    }
  }

  @Override
  ObjectNode number64(String format) {
    return type("string").put("format", format);
  }

  @Override
  ObjectNode of(EnumDescriptor type) {
    String name = name(type);
    if (!all.has(name)) {
      ObjectNode schema = all.putObject(name).put("type", "string");
      ArrayNode names = schema.putArray("enum");
      type.getValues().forEach(value -> names.add(value.getName()));
      String values =
          type.getValues().stream()
              .map(value -> "%s: %s".formatted(value.getName(), text(value)))
              .collect(Collectors.joining(" "));
      schema.put("description", text(type) + " " + values);
    }
    return reference(name);
  }
}
