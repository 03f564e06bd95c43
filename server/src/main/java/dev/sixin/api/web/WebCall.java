package dev.sixin.api.web;

import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Message;
import com.linecorp.armeria.common.RequestHeaders;
import dev.sixin.api.Errors;
import dev.sixin.api.WebCredentials;
import dev.sixin.refusal.Code;
import dev.sixin.refusal.Refusal;
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

  /// The request that the parameters of a route make.
  @SuppressWarnings("unchecked") // a message's builder builds what it is
  <Q extends Message> Q request(Route<Q, ?> route) {
    Message.Builder request = route.emptyRequest().newBuilderForType();
    for (Parameter parameter : route.parameters()) {
      if (parameters.get(parameter.name()) != null) {
        parameter.in(request).setField(parameter.field(), value(parameter));
      }
    }
    return (Q) request.build();
  }

  private Object value(Parameter parameter) {
    FieldDescriptor field = parameter.field();
    String name = parameter.name();
    String text = text(name);
    if (field.isRepeated()) {
      return Stream.of(text.split(",", -1)).map(part -> number(name, part, Long.SIZE)).toList();
    }
    return switch (field.getType()) {
      case UINT64, INT64 -> number(name, text, Long.SIZE); // uids, whatever their type
      case UINT32 -> (int) number(name, text, Integer.SIZE);
      case INT32 -> (int) number(name, text, Integer.SIZE - 1);
      case ENUM ->
          field
              .getEnumType()
              .findValueByNumberCreatingIfUnknown((int) number(name, text, Integer.SIZE - 1));
      default -> text;
    };
  }

  /// A number of at most so many bits; nothing that calls take is negative.
  private static long number(String name, String text, int bits) {
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
