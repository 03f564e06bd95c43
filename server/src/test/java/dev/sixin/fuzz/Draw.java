package dev.sixin.fuzz;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.protobuf.ByteString;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.DynamicMessage;
import com.google.protobuf.Message;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;

/// Reads an input as choices and values, from its beginning. Where it has ended, every choice is
/// the first one, every number 0 and every text empty; so a change at one place of an input changes
/// one thing.
final class Draw {
  private static final int MOST_DEEP = 4;
  private static final int MOST_COPIES = 64;
  private static final long[] NUMBERS = {
    0,
    1,
    2,
    3,
    4,
    5,
    11,
    12,
    999,
    1_000,
    -1,
    Integer.MAX_VALUE,
    Integer.MIN_VALUE,
    1L << 32,
    Long.MAX_VALUE,
    Long.MIN_VALUE
  };
  private static final String[] TEXTS = {
    "", "{\"content\":\"hello\"}", "{}", "[]", "null", "0", "\0", "\ud83d\ude00", "at", "recv_reply"
  };

  private final byte[] input;
  private int at;

  Draw(byte[] input) {
    this.input = input;
  }

  boolean isEmpty() {
    return at >= input.length;
  }

  /// From 0 to 255.
  int octet() {
    return isEmpty() ? 0 : input[at++] & 0xff;
  }

  /// From 0 to `bound` - 1; `bound` is 256 at most.
  int below(int bound) {
    return octet() % bound;
  }

  boolean yes() {
    return below(2) == 1;
  }

  <T> T oneOf(List<T> some) {
    return some.get(below(some.size()));
  }

  /// All that is left.
  byte[] rest() {
    byte[] rest = Arrays.copyOfRange(input, Math.min(at, input.length), input.length);
    at = input.length;
    return rest;
  }

  /// As many bytes as the first one says, if they are there.
  byte[] piece() {
    int length = Math.min(octet(), input.length - Math.min(at, input.length));
    byte[] piece = Arrays.copyOfRange(input, at, at + length);
    at += length;
    return piece;
  }

  /// A piece, sometimes many times over, so that short inputs can be long requests.
  byte[] longPiece() {
    int copies = yes() ? 1 + below(MOST_COPIES) : 1;
    byte[] piece = piece();
    ByteBuffer bytes = ByteBuffer.allocate(piece.length * copies);
    for (int i = 0; i < copies; i++) {
      bytes.put(piece);
    }
    return bytes.array();
  }

  /// What may stand in a header: anything but control characters, and no space at its ends.
  String header() {
    return new String(piece(), ISO_8859_1).replaceAll("[\\x00-\\x1f\\x7f]", "").strip();
  }

  /// What may stand in the first line of a request: other bytes as they are escaped there.
  static String inUri(byte[] bytes) {
    StringBuilder text = new StringBuilder();
    for (byte octet : bytes) {
      if (octet > ' ' && octet < 0x7f && octet != '#') {
        text.append((char) octet);
      } else {
        text.append("%%%02x".formatted(octet & 0xff));
      }
    }
    return text.toString();
  }

  long number() {
    int kind = octet();
    if (kind < 128) {
      return NUMBERS[kind % NUMBERS.length];
    }
    long number = 0;
    for (int i = 0; i <= kind % Long.BYTES; i++) {
      number = (number << 8) | octet();
    }
    return number;
  }

  String text() {
    int kind = octet();
    return kind < 128 ? TEXTS[kind % TEXTS.length] : new String(longPiece(), UTF_8);
  }

  /// A message of this type, with some of its fields.
  Message message(Descriptor type) {
    return message(type, 0);
  }

  private Message message(Descriptor type, int depth) {
    DynamicMessage.Builder message = DynamicMessage.newBuilder(type);
    while (!isEmpty() && !type.getFields().isEmpty()) {
      int choice = octet();
      if (choice == 0) {
        return message.build();
      }
      FieldDescriptor field = type.getFields().get(choice % type.getFields().size());
      if (field.getJavaType() == FieldDescriptor.JavaType.MESSAGE && depth == MOST_DEEP) {
        return message.build();
      }
      if (field.isRepeated()) {
        message.addRepeatedField(field, value(field, depth));
      } else {
        message.setField(field, value(field, depth));
      }
    }
    return message.build();
  }

  private Object value(FieldDescriptor field, int depth) {
    return switch (field.getJavaType()) {
      case INT -> (int) number();
      case LONG -> number();
      case FLOAT -> Float.intBitsToFloat((int) number());
      case DOUBLE -> Double.longBitsToDouble(number());
      case BOOLEAN -> yes();
      case STRING -> text();
      case BYTE_STRING -> ByteString.copyFrom(piece());
      case ENUM -> field.getEnumType().findValueByNumberCreatingIfUnknown((int) number());
      case MESSAGE -> message(field.getMessageType(), depth + 1);
    };
  }
}
