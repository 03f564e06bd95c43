package dev.sixin.api.web;

import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Message;
import com.linecorp.armeria.common.RequestHeaders;
import dev.sixin.api.Errors;
import dev.sixin.api.WebCredentials;
import dev.sixin.refusal.Code;
import dev.sixin.refusal.Refusal;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/// A call of the web dialect: its headers, and the parameters of its query or its form. What is not
/// legal is refused with -400.
record WebCall(RequestHeaders headers, Parameters parameters) {
  private static final Pattern NUMBER = Pattern.compile("[0-9]{1,20}");

  WebCredentials credentials(boolean writes) {
    String csrf = text("csrf");
    return new WebCredentials(
        headers, writes, csrf.isEmpty() ? text("csrf_token") : csrf, text("mobi_app"));
  }

  /// Whether the person wants English.
  boolean english() {
    return Errors.speaksEnglish(headers);
  }

  /// A text; empty if it is not given.
  String text(String name) {
    String value = parameters.get(name);
    return value == null ? "" : value;
  }

  /// An unsigned number of 64 bits; 0 if it is not given.
  long uint64(String name) {
    return number(name, Long.SIZE);
  }

  /// An unsigned number of 32 bits; 0 if it is not given.
  int uint32(String name) {
    return (int) number(name, Integer.SIZE);
  }

  /// Numbers of 64 bits with commas between; none if they are not given.
  List<Long> uint64s(String name) {
    String listed = text(name);
    if (listed.isEmpty()) {
      return List.of();
    }
    return Stream.of(listed.split(",", -1)).map(number -> parse(name, number, Long.SIZE)).toList();
  }

  /// A request whose fields are given by their names.
  <T extends Message> T message(T empty) {
    return message(empty, "%s");
  }

  /// A message whose fields are given by their names, set into a pattern such as `msg[%s]`. Lists
  /// and what is a message itself can not be given.
  @SuppressWarnings("unchecked")
  <T extends Message> T message(T empty, String pattern) {
    Message.Builder message = empty.newBuilderForType();
    for (FieldDescriptor field : empty.getDescriptorForType().getFields()) {
      String name = pattern.formatted(field.getName());
      if (!field.isRepeated() && parameters.get(name) != null) {
        set(message, field, name);
      }
    }
    return (T) message.build();
  }

  private void set(Message.Builder message, FieldDescriptor field, String name) {
    switch (field.getType()) {
      case UINT64, INT64 -> message.setField(field, uint64(name)); // uids, whatever their type
      case UINT32 -> message.setField(field, uint32(name));
      case INT32 -> message.setField(field, (int) number(name, Integer.SIZE - 1));
      case ENUM -> {
        int number = (int) number(name, Integer.SIZE - 1);
        message.setField(field, field.getEnumType().findValueByNumberCreatingIfUnknown(number));
      }
      case STRING -> message.setField(field, text(name));
      default -> {}
    }
  }

  /// A number of at most so many bits; nothing that calls take is negative.
  private long number(String name, int bits) {
    String text = parameters.get(name);
    return text == null ? 0 : parse(name, text, bits);
  }

  private static long parse(String name, String text, int bits) {
    try {
      if (NUMBER.matcher(text).matches()) {
        long number = Long.parseUnsignedLong(text);
        if (bits == Long.SIZE || number >>> bits == 0) {
          return number;
        }
      }
    } catch (NumberFormatException e) {
      // too large: as below
    }
    throw Refusal.of(
        Code.BAD_REQUEST, "%s: not a number (expected: digits, %d bits)".formatted(name, bits));
  }
}
