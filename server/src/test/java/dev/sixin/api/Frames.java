package dev.sixin.api;

import com.google.protobuf.ByteString;
import com.google.protobuf.Message;
import com.google.protobuf.MessageLite;
import com.google.protobuf.UnknownFieldSet;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;

/// gRPC frames, made and taken apart by hand: a flag byte, a length of four bytes, the message.
public final class Frames {
  private static final int HEAD_BYTES = 5;
  private static final int COMPRESSED = 1;
  private static final int UNKNOWN_FIELD = 15_000;

  private Frames() {}

  public static byte[] frame(MessageLite message) {
    return frame(0, message.toByteArray());
  }

  public static byte[] frame(int flag, byte[] content) {
    return ByteBuffer.allocate(HEAD_BYTES + content.length)
        .put((byte) flag)
        .putInt(content.length)
        .put(content)
        .array();
  }

  public static byte[] gzipFrame(MessageLite message) {
    return frame(COMPRESSED, gzip(message.toByteArray()));
  }

  public static byte[] gzip(byte[] content) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (GZIPOutputStream gzip = new GZIPOutputStream(bytes)) {
      gzip.write(content);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }

  /// Whether a body is one whole frame and nothing else.
  public static boolean isOneFrame(byte[] body) {
    return body.length >= HEAD_BYTES && ByteBuffer.wrap(body).getInt(1) == body.length - HEAD_BYTES;
  }

  public static boolean isCompressed(byte[] body) {
    return body[0] == COMPRESSED;
  }

  /// The message in a body that begins with a frame.
  public static byte[] content(byte[] body) {
    ByteBuffer buffer = ByteBuffer.wrap(body);
    boolean compressed = buffer.get() == COMPRESSED;
    byte[] content = new byte[buffer.getInt()];
    buffer.get(content);
    if (!compressed) {
      return content;
    }
    try (GZIPInputStream gzip = new GZIPInputStream(new ByteArrayInputStream(content))) {
      return gzip.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// A message of exactly so many bytes that means the same: it has a field that nobody knows.
  static MessageLite padded(Message message, int bytes) {
    for (int padding = bytes - message.getSerializedSize(); ; padding--) {
      Message padded =
          message.toBuilder()
              .setUnknownFields(
                  UnknownFieldSet.newBuilder()
                      .addField(
                          UNKNOWN_FIELD,
                          UnknownFieldSet.Field.newBuilder()
                              .addLengthDelimited(ByteString.copyFrom(new byte[padding]))
                              .build())
                      .build())
              .build();
      if (padded.getSerializedSize() == bytes) {
        return padded;
      }
    }
  }
}
