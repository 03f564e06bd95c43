package dev.sixin.bench;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.sixin.bench.Workload.Request;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.ByteToMessageDecoder;
import io.netty.handler.codec.http2.DefaultHttp2HeadersDecoder;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.util.collection.IntObjectHashMap;
import io.netty.util.collection.IntObjectMap;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;

/// A client's end of an HTTP/2 connection (prior knowledge, cleartext) for unary gRPC calls, and no
/// more than that: requests are written as finished bytes, answers are read no further than their
/// status. It costs a fraction of a general client, which would take the cores from the server
/// beside it. All methods are called on the connection's event loop.
///
/// @param <C> what the owner keeps of a call
final class Http2Connection<C> extends ByteToMessageDecoder {
  private static final String PREFACE = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
  private static final Pattern CODE = Pattern.compile("-?[0-9]+");
  private static final int FRAME_HEADER_BYTES = 9;
  private static final int MAX_FRAME_BYTES = 16_384;
  private static final int FIRST_WINDOW = 65_535;
  private static final int OUT_BYTES = 64 << 10;

  private static final int DATA = 0;
  private static final int HEADERS = 1;
  private static final int RST_STREAM = 3;
  private static final int SETTINGS = 4;
  private static final int PING = 6;
  private static final int GOAWAY = 7;
  private static final int WINDOW_UPDATE = 8;

  private static final int ACK = 1;
  private static final int END_STREAM = 1;
  private static final int END_HEADERS = 4;
  private static final int PADDED = 8;
  private static final int PRIORITY = 32;

  private static final int HEADER_TABLE_SIZE = 1;
  private static final int ENABLE_PUSH = 2;
  private static final int MAX_CONCURRENT_STREAMS = 3;
  private static final int INITIAL_WINDOW_SIZE = 4;

  /// What the owner of a connection is told.
  interface Owner<C> {
    /// Calls can be made now.
    void ready();

    /// A part of an answer has come.
    default void received(C call) {}

    /// A call has ended.
    ///
    /// @param failure null when it went well, else what it ended with
    void ended(C call, String failure);

    /// The connection is of no more use, and what was under way is lost.
    void broken(String why);
  }

  private record Parked<C>(Request request, C call) {}

  private final Owner<C> owner;
  private final int streams;
  private final HeaderBlocks headerBlocks;
  private final DefaultHttp2HeadersDecoder headersDecoder = new DefaultHttp2HeadersDecoder(false);
  private final IntObjectMap<C> underWay = new IntObjectHashMap<>();
  private final Queue<Parked<C>> parked = new ArrayDeque<>();

  private ChannelHandlerContext context;
  private ByteBuf out;
  private boolean ready;
  private boolean broken;
  private int nextStream = 1;
  private long sendWindow = FIRST_WINDOW;
  private int streamWindow = FIRST_WINDOW;
  private int receivedBytes;

  /// @param authority `host:port`
  /// @param streams how many calls are under way at most
  Http2Connection(Owner<C> owner, String authority, int streams) {
    this.owner = owner;
    this.streams = streams;
    this.headerBlocks = new HeaderBlocks(authority);
  }

  /// Makes a call. It leaves with the next [#flush].
  void call(Request request, C call) {
    int length = request.frame().length;
    if (length > Math.min(streamWindow, MAX_FRAME_BYTES)) {
      throw new IllegalArgumentException("a request of %d bytes".formatted(length));
    }
    if (length > sendWindow) {
      parked.add(new Parked<>(request, call));
      return;
    }
    sendWindow -= length;
    int stream = nextStream;
    nextStream += 2;
    underWay.put(stream, call);

    ByteBuf out = out();
    int start = out.writerIndex();
    out.writeZero(FRAME_HEADER_BYTES);
    headerBlocks.write(out, request.path(), request.authorization());
    int blockBytes = out.writerIndex() - start - FRAME_HEADER_BYTES;
    int end = out.writerIndex();
    out.writerIndex(start);
    frameHeader(blockBytes, HEADERS, END_HEADERS, stream);
    out.writerIndex(end);
    frameHeader(length, DATA, END_STREAM, stream);
    out.writeBytes(request.frame());
  }

  /// Sends what has been written.
  void flush() {
    if (out != null && !broken) {
      var _ = context.writeAndFlush(out, context.voidPromise()); // a failure is caught below
      out = null;
    }
  }

  /// Runs a task after a while.
  void later(Runnable task, long nanos) {
    var _ = context.executor().schedule(task, nanos, TimeUnit.NANOSECONDS); // never cancelled
  }

  private ByteBuf out() {
    if (out == null) {
      out = context.alloc().buffer(OUT_BYTES);
    }
    return out;
  }

  private void frameHeader(int length, int type, int flags, int stream) {
    out().writeMedium(length).writeByte(type).writeByte(flags).writeInt(stream);
  }

  @Override
  public void channelActive(ChannelHandlerContext context) {
    this.context = context;
    out().writeCharSequence(PREFACE, US_ASCII);
    frameHeader(12, SETTINGS, 0, 0);
    out().writeShort(ENABLE_PUSH).writeInt(0);
    out().writeShort(INITIAL_WINDOW_SIZE).writeInt(Integer.MAX_VALUE);
    windowUpdate(Integer.MAX_VALUE - FIRST_WINDOW);
    flush();
  }

  private void windowUpdate(int bytes) {
    frameHeader(4, WINDOW_UPDATE, 0, 0);
    out().writeInt(bytes);
  }

  @Override
  protected void decode(ChannelHandlerContext context, ByteBuf in, List<Object> decoded)
      throws Http2Exception {
    while (!broken && in.readableBytes() >= FRAME_HEADER_BYTES) {
      int length = in.getUnsignedMedium(in.readerIndex());
      if (in.readableBytes() < FRAME_HEADER_BYTES + length) {
        return;
      }
      int type = in.getUnsignedByte(in.readerIndex() + 3);
      int flags = in.getUnsignedByte(in.readerIndex() + 4);
      int stream = in.getInt(in.readerIndex() + 5);
      in.skipBytes(FRAME_HEADER_BYTES);
      frame(type, flags, stream, in.readSlice(length));
    }
    in.skipBytes(broken ? in.readableBytes() : 0);
  }

  private void frame(int type, int flags, int stream, ByteBuf payload) throws Http2Exception {
    switch (type) {
      case DATA -> {
        received(payload.readableBytes());
        C call = underWay.get(stream);
        if (call != null && payload.isReadable()) {
          owner.received(call);
        }
        if ((flags & END_STREAM) != 0) {
          end(stream, "no grpc-status");
        }
      }
      case HEADERS -> {
        if ((flags & END_HEADERS) == 0 || (flags & (PADDED | PRIORITY)) != 0) {
          breakUp("headers in a form that this client does not know");
          return;
        }
        Http2Headers headers = headersDecoder.decodeHeaders(stream, payload);
        if ((flags & END_STREAM) != 0) {
          end(stream, failure(headers));
        }
      }
      case RST_STREAM -> end(stream, "reset " + payload.readInt());
      case SETTINGS -> {
        if ((flags & ACK) == 0) {
          settings(payload);
        }
      }
      case PING -> {
        if ((flags & ACK) == 0) {
          frameHeader(payload.readableBytes(), PING, ACK, 0);
          out().writeBytes(payload);
        }
      }
      case GOAWAY -> breakUp("the server says goodbye (" + payload.getInt(4) + ")");
      case WINDOW_UPDATE -> {
        if (stream == 0) {
          sendWindow += payload.readInt();
          unpark();
        }
      }
      default -> {} // as the protocol says: what is not known is passed over
    }
  }

  /// Lets the server go on sending long before it has to wait.
  private void received(int bytes) {
    receivedBytes += bytes;
    if (receivedBytes > Integer.MAX_VALUE / 2) {
      windowUpdate(receivedBytes);
      receivedBytes = 0;
    }
  }

  private void settings(ByteBuf payload) {
    while (payload.isReadable()) {
      int name = payload.readUnsignedShort();
      long value = payload.readUnsignedInt();
      switch (name) {
        case HEADER_TABLE_SIZE -> {
          if (value < HeaderBlocks.TABLE_BYTES) {
            breakUp("a header table of " + value + " bytes");
          }
        }
        case MAX_CONCURRENT_STREAMS -> {
          if (value < streams) {
            breakUp("%d streams at most (expected: %d)".formatted(value, streams));
          }
        }
        case INITIAL_WINDOW_SIZE -> streamWindow = (int) value;
        default -> {} // limits that requests of this client do not reach
      }
    }
    frameHeader(0, SETTINGS, ACK, 0);
    if (!ready && !broken) {
      ready = true;
      owner.ready();
    }
  }

  private void unpark() {
    while (!parked.isEmpty() && parked.peek().request().frame().length <= sendWindow) {
      Parked<C> next = parked.poll();
      call(next.request(), next.call());
    }
  }

  private void end(int stream, String failure) {
    C call = underWay.remove(stream);
    if (call != null) {
      owner.ended(call, failure);
    }
  }

  /// What a call ended with, from its last headers; null when it went well. Our own errors have a
  /// code for a message.
  private static String failure(Http2Headers headers) {
    CharSequence status = headers.get("grpc-status");
    if (status == null) {
      return headers.status() == null ? "no grpc-status" : "http " + headers.status();
    }
    if ("0".contentEquals(status)) {
      return null;
    }
    CharSequence message = headers.get("grpc-message");
    boolean isCode = message != null && CODE.matcher(message).matches();
    return isCode ? message.toString() : "grpc-status " + status;
  }

  private void breakUp(String why) {
    if (!broken) {
      broken = true;
      owner.broken(why);
      var _ = context.close();
    }
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext context) throws Exception {
    super.channelReadComplete(context);
    flush();
  }

  @Override
  public void channelInactive(ChannelHandlerContext context) throws Exception {
    super.channelInactive(context);
    breakUp("the server closed the connection");
  }

  @Override
  protected void handlerRemoved0(ChannelHandlerContext context) {
    if (out != null) {
      out.release();
      out = null;
    }
  }

  @Override
  @SuppressWarnings("deprecation") // of one inherited method, not of this one
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    breakUp(cause.toString());
  }
}
