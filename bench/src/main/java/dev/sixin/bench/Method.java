package dev.sixin.bench;

import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.MessageLite;
import dev.sixin.bench.Workload.Request;
import io.grpc.MethodDescriptor;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;

/// A method that is called.
///
/// @param path `/package.Service/Method`
record Method(String path) {
  /// Before each message: whether it is compressed, and its length.
  static final int GRPC_PREFIX_BYTES = 5;

  static Method of(MethodDescriptor<?, ?> descriptor) {
    return new Method("/" + descriptor.getFullMethodName());
  }

  /// A call.
  ///
  /// @param authorization the header's value in ASCII
  Request call(byte[] authorization, MessageLite message) {
    byte[] frame = frame(message.getSerializedSize());
    try {
      message.writeTo(
          CodedOutputStream.newInstance(
              frame, GRPC_PREFIX_BYTES, frame.length - GRPC_PREFIX_BYTES));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return new Request(path, authorization, frame);
  }

  /// A frame for a message of so many bytes, the prefix filled in.
  static byte[] frame(int messageBytes) {
    byte[] frame = new byte[GRPC_PREFIX_BYTES + messageBytes];
    ByteBuffer.wrap(frame).put((byte) 0).putInt(messageBytes);
    return frame;
  }

  /// The last part of a path.
  static String name(String path) {
    return path.substring(path.lastIndexOf('/') + 1);
  }
}
