package dev.sixin.api;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.DefaultHttp2HeadersDecoder;
import io.netty.handler.codec.http2.DefaultHttp2HeadersEncoder;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2HeadersEncoder;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.Map;

/// HTTP/2 over a plain socket, frame by frame, for what no client library would do.
final class RawHttp2 implements AutoCloseable {
  static final int DATA = 0;
  static final int HEADERS = 1;
  static final int RST_STREAM = 3;
  static final int SETTINGS = 4;
  static final int PING = 6;
  static final int GOAWAY = 7;
  static final int WINDOW_UPDATE = 8;
  static final int CONTINUATION = 9;

  static final int ACK = 1;
  static final int END_STREAM = 1;
  static final int END_HEADERS = 4;

  static final String PREFACE = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
  private static final int MAX_CONCURRENT_STREAMS = 3;
  private static final int INITIAL_WINDOW_SIZE = 4;
  private static final int TIMEOUT_MILLIS = 20_000;

  private final Socket socket;
  private final DataInputStream in;
  private final OutputStream out;
  private final Http2HeadersEncoder encoder =
      new DefaultHttp2HeadersEncoder(Http2HeadersEncoder.NEVER_SENSITIVE, true);
  private final DefaultHttp2HeadersDecoder decoder = new DefaultHttp2HeadersDecoder(false, 1 << 20);

  private final Map<Integer, Http2Headers> headers = new HashMap<>();

  /// What came: a frame, or the end of the connection (type -1).
  @SuppressWarnings("ArrayRecordComponent") // never compared
  record Frame(int type, int flags, int stream, byte[] payload) {
    static final Frame END = new Frame(-1, 0, 0, new byte[0]);

    boolean isLast() {
      return type == RST_STREAM || ((type == HEADERS || type == DATA) && (flags & END_STREAM) != 0);
    }

    /// The number in a frame that has one: why a stream was reset, or the connection closed.
    int error() {
      return ByteBuffer.wrap(payload).getInt(type == GOAWAY ? 4 : 0);
    }
  }

  /// Opens a connection.
  ///
  /// @param window how much the server may send on a stream before it is told to go on
  RawHttp2(int port, int window) throws IOException {
    socket = new Socket(InetAddress.getLoopbackAddress(), port);
    socket.setTcpNoDelay(true);
    socket.setSoTimeout(TIMEOUT_MILLIS);
    in = new DataInputStream(socket.getInputStream());
    out = socket.getOutputStream();
    out.write(PREFACE.getBytes(US_ASCII));
    frame(
        SETTINGS,
        0,
        0,
        ByteBuffer.allocate(6).putShort((short) INITIAL_WINDOW_SIZE).putInt(window).array());
  }

  void frame(int type, int flags, int stream, byte[] payload) throws IOException {
    ByteBuffer frame = ByteBuffer.allocate(9 + payload.length);
    frame.put((byte) (payload.length >> 16)).putShort((short) payload.length);
    frame.put((byte) type).put((byte) flags).putInt(stream).put(payload);
    out.write(frame.array());
  }

  /// Headers as they stand on the wire.
  byte[] block(String method, String path, String... headers) {
    Http2Headers all =
        new DefaultHttp2Headers().method(method).path(path).scheme("http").authority("localhost");
    for (int i = 0; i < headers.length; i += 2) {
      all.add(headers[i], headers[i + 1]);
    }
    ByteBuf block = Unpooled.buffer();
    try {
      encoder.encodeHeaders(1, all, block);
      return ByteBufUtil.getBytes(block);
    } catch (Http2Exception e) {
      throw new IllegalArgumentException(e);
    }
  }

  /// Begins a request.
  void request(int stream, boolean isWhole, String method, String path, String... headers)
      throws IOException {
    frame(HEADERS, END_HEADERS | (isWhole ? END_STREAM : 0), stream, block(method, path, headers));
  }

  /// What comes next. Settings are acknowledged by the way.
  Frame next() throws IOException {
    try {
      int length = in.readUnsignedShort() << 8 | in.readUnsignedByte();
      Frame frame =
          new Frame(in.readUnsignedByte(), in.readUnsignedByte(), in.readInt(), new byte[length]);
      in.readFully(frame.payload());
      if (frame.type() == HEADERS) {
        decode(frame);
      }
      if (frame.type() == SETTINGS && frame.flags() == 0) {
        frame(SETTINGS, ACK, 0, new byte[0]);
      }
      return frame;
    } catch (EOFException | SocketException e) {
      return Frame.END;
    }
  }

  /// The next frame of a kind, or the end of the connection.
  Frame next(int type) throws IOException {
    Frame frame = next();
    while (frame.type() != type && frame.type() != Frame.END.type()) {
      frame = next();
    }
    return frame;
  }

  /// How many streams the server allows, from its first settings.
  long allowedStreams() throws IOException {
    ByteBuffer settings = ByteBuffer.wrap(next(SETTINGS).payload());
    while (settings.hasRemaining()) {
      int name = settings.getShort();
      int value = settings.getInt();
      if (name == MAX_CONCURRENT_STREAMS) {
        return Integer.toUnsignedLong(value);
      }
    }
    return Long.MAX_VALUE;
  }

  /// The headers in a frame that came.
  Http2Headers headers(Frame frame) {
    return headers.get(frame.stream());
  }

  /// Each block changes what the next one means, so none is passed over.
  private void decode(Frame frame) {
    try {
      headers.put(
          frame.stream(),
          decoder.decodeHeaders(frame.stream(), Unpooled.wrappedBuffer(frame.payload())));
    } catch (Http2Exception e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
