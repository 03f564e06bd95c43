package dev.sixin.api.web;

import dev.sixin.refusal.Code;
import dev.sixin.refusal.Refusal;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// What a query or a form says: names and their values.
final class Parameters {
  private final Map<String, List<String>> values;

  private Parameters(Map<String, List<String>> values) {
    this.values = values;
  }

  /// Reads `application/x-www-form-urlencoded`; -400 unless it is that, in UTF-8.
  static Parameters parse(byte[] encoded) {
    Map<String, List<String>> values = new HashMap<>();
    int begin = 0;
    for (int at = 0; at <= encoded.length; at++) {
      if (at == encoded.length || encoded[at] == '&') {
        put(values, encoded, begin, at);
        begin = at + 1;
      }
    }
    return new Parameters(values);
  }

  private static void put(Map<String, List<String>> values, byte[] encoded, int begin, int end) {
    if (begin == end) {
      return;
    }
    int equals = begin;
    while (equals < end && encoded[equals] != '=') {
      equals++;
    }
    String name = decode(encoded, begin, equals);
    String value = equals == end ? "" : decode(encoded, equals + 1, end);
    values.merge(name, List.of(value), Parameters::concat);
  }

  private static List<String> concat(List<String> some, List<String> more) {
    return List.of(some.getFirst(), more.getFirst()); // more than one: how many does not matter
  }

  private static String decode(byte[] encoded, int begin, int end) {
    ByteBuffer bytes = ByteBuffer.allocate(end - begin);
    for (int at = begin; at < end; at++) {
      switch (encoded[at]) {
        case '+' -> bytes.put((byte) ' ');
        case '%' -> {
          bytes.put((byte) (hex(encoded, at + 1, end) << 4 | hex(encoded, at + 2, end)));
          at += 2;
        }
        default -> bytes.put(encoded[at]);
      }
    }
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(bytes.flip()).toString();
    } catch (CharacterCodingException e) {
      throw Refusal.of(Code.BAD_REQUEST, "the parameters: not UTF-8");
    }
  }

  private static int hex(byte[] encoded, int at, int end) {
    int digit = at < end ? Character.digit(encoded[at], 16) : -1;
    if (digit < 0) {
      throw Refusal.of(Code.BAD_REQUEST, "the parameters: % without two hexadecimal digits");
    }
    return digit;
  }

  /// The value of a name; null when it is not there, -400 when it is there twice.
  String get(String name) {
    List<String> found = values.getOrDefault(name, List.of());
    if (found.size() > 1) {
      throw Refusal.of(Code.BAD_REQUEST, name + ": given more than once");
    }
    return found.isEmpty() ? null : found.getFirst();
  }
}
