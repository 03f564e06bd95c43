package dev.sixin.entity;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.MessageLite;

/// Reading the protobuf values of rows.
public final class Stored {
  private Stored() {}

  /// The message in a row's value.
  ///
  /// @param value the row's bytes, null when there is no such row
  /// @param absent the answer in that case
  public static <M extends MessageLite> M parse(byte[] value, M absent) {
    if (value == null) {
      return absent;
    }
    try {
      @SuppressWarnings("unchecked") // a message's own parser
      M message = (M) absent.getParserForType().parseFrom(value);
      return message;
    } catch (InvalidProtocolBufferException e) {
      throw new IllegalStateException("a stored " + absent.getClass().getSimpleName(), e);
    }
  }
}
