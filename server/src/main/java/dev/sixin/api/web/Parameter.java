package dev.sixin.api.web;

import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor.JavaType;
import com.google.protobuf.Message;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/// What can be said in a query or a form: a field of a call's request by its name, or a field of a
/// message in it as `msg[content]`. Lists are numbers of 64 bits with commas between; what lies deeper
/// can not be given.
///
/// @param within the message that the field is of; none: the request itself
public record Parameter(String name, Optional<FieldDescriptor> within, FieldDescriptor field) {
  /// All parameters of a call.
  static List<Parameter> of(Descriptor request) {
    return request.getFields().stream().flatMap(Parameter::of).toList();
  }

  private static Stream<Parameter> of(FieldDescriptor field) {
    if (field.getJavaType() != JavaType.MESSAGE) {
      return Stream.of(new Parameter(field.getName(), Optional.empty(), field))
          .filter(Parameter::canBeGiven);
    }
    return field.getMessageType().getFields().stream()
        .map(
            inner ->
                new Parameter(
                    "%s[%s]".formatted(field.getName(), inner.getName()),
                    Optional.of(field),
                    inner))
        .filter(Parameter::canBeGiven);
  }

  private boolean canBeGiven() {
    return (!field.isRepeated() || field.getType() == FieldDescriptor.Type.UINT64)
        && within.stream().noneMatch(FieldDescriptor::isRepeated)
        && switch (field.getJavaType()) {
          case INT, LONG, ENUM, STRING -> true;
          default -> false;
        };
  }

  /// The message in a request that it is a field of.
  Message.Builder in(Message.Builder request) {
    return within.map(request::getFieldBuilder).orElse(request);
  }
}
