package dev.sixin.api;

import com.linecorp.armeria.common.HttpHeaderNames;
import com.linecorp.armeria.common.ResponseHeaders;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.Http2ConnectionEncoder;
import io.netty.handler.codec.http2.Http2ConnectionHandler;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2FrameListener;
import io.netty.handler.codec.http2.Http2FrameListenerDecorator;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.util.AsciiString;
import java.util.function.BooleanSupplier;

/// Refuses gRPC calls over HTTP/2 for which there is no room as soon as their headers are read. No
/// request is made of them and the answer is a prepared one, so a refusal costs a fraction of what
/// a bare echo would: a server that is asked for several times what it can do still has the time to
/// do it.
///
/// Stands in front of a connection until that turns out to speak HTTP/2, then in front of whoever
/// reads its frames. Requests that come before are refused where they are served.
final class EarlyRefusal extends ChannelInboundHandlerAdapter {
  private static final AsciiString POST = AsciiString.cached("POST");
  private static final AsciiString GRPC = AsciiString.cached("application/grpc");
  private static final AsciiString GRPC_WEB = AsciiString.cached("application/grpc-web");

  private static final Http2Headers CHINESE = prepare(false);
  private static final Http2Headers ENGLISH = prepare(true);

  private final BooleanSupplier hasRoom;
  private final Runnable refused;

  /// @param hasRoom whether a call that comes now would be let in
  /// @param refused is told of each call that was refused
  EarlyRefusal(BooleanSupplier hasRoom, Runnable refused) {
    this.hasRoom = hasRoom;
    this.refused = refused;
  }

  private static Http2Headers prepare(boolean english) {
    ResponseHeaders refusal = Errors.headers(GRPC.toString(), Errors.overloaded(english));
    Http2Headers headers = new DefaultHttp2Headers();
    refusal.forEach((name, value) -> headers.add(name, value));
    return headers;
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext context) {
    Http2ConnectionHandler http2 = context.pipeline().get(Http2ConnectionHandler.class);
    if (http2 != null) {
      Http2FrameListener reader = http2.decoder().frameListener();
      http2.decoder().frameListener(new Refusing(reader, http2.encoder()));
      context.pipeline().remove(this);
    }
    context.fireChannelReadComplete();
  }

  private final class Refusing extends Http2FrameListenerDecorator {
    private final Http2ConnectionEncoder encoder;

    private Refusing(Http2FrameListener reader, Http2ConnectionEncoder encoder) {
      super(reader);
      this.encoder = encoder;
    }

    @Override
    public void onHeadersRead(
        ChannelHandlerContext context,
        int stream,
        Http2Headers headers,
        int padding,
        boolean endOfStream)
        throws Http2Exception {
      if (hasRoom.getAsBoolean() || !isCall(stream, headers)) {
        super.onHeadersRead(context, stream, headers, padding, endOfStream);
      } else {
        refuse(context, stream, headers);
      }
    }

    @Override
    public void onHeadersRead(
        ChannelHandlerContext context,
        int stream,
        Http2Headers headers,
        int dependency,
        short weight,
        boolean exclusive,
        int padding,
        boolean endOfStream)
        throws Http2Exception {
      onHeadersRead(context, stream, headers, padding, endOfStream);
    }

    /// Whether a gRPC call begins with these headers. Of gRPC-Web the status stands in the body.
    private boolean isCall(int stream, Http2Headers headers) {
      CharSequence type = headers.get(HttpHeaderNames.CONTENT_TYPE);
      return type != null
          && POST.contentEquals(headers.method())
          && begins(type, GRPC)
          && !begins(type, GRPC_WEB)
          && !encoder.connection().stream(stream).isTrailersReceived();
    }

    private static boolean begins(CharSequence text, CharSequence with) {
      return AsciiString.regionMatches(text, true, 0, with, 0, with.length());
    }

    private void refuse(ChannelHandlerContext context, int stream, Http2Headers headers) {
      refused.run();
      CharSequence languages = headers.get(HttpHeaderNames.ACCEPT_LANGUAGE);
      Http2Headers refusal = Errors.speaksEnglish(languages) ? ENGLISH : CHINESE;
      var _ = encoder.writeHeaders(context, stream, refusal, 0, true, context.newPromise());
    }
  }
}
