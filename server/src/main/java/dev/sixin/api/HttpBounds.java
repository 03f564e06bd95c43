package dev.sixin.api;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.CombinedChannelDuplexHandler;
import io.netty.handler.codec.http2.Http2ConnectionAdapter;
import io.netty.handler.codec.http2.Http2ConnectionHandler;
import io.netty.handler.codec.http2.Http2Error;
import java.net.SocketAddress;
import java.time.Duration;

/// Bounds what Armeria and Netty leave open, as soon as it is known which HTTP a connection speaks.
///
/// Of HTTP/2 the streams: Netty holds a client to the bound that it was told once the client says
/// that it knows it, and who means harm never does. Some dozens, that come with the very first
/// bytes, are let in. Of HTTP/1.1 the time in which a request comes: [BodyDeadline]. And of both,
/// how often those come back who were cut off for a flood: [Suspects].
final class HttpBounds extends ChannelInboundHandlerAdapter {
  private final int streams;
  private final Duration body;
  private final Suspects suspects;

  /// @param streams that a client may have at once
  /// @param body how long a request may take to come
  /// @param suspects are closed when they come too often, and who is cut off for a flood becomes
  ///   one
  HttpBounds(int streams, Duration body, Suspects suspects) {
    this.streams = streams;
    this.body = body;
    this.suspects = suspects;
  }

  @Override
  public void channelActive(ChannelHandlerContext context) {
    if (suspects.letIn(context.channel().remoteAddress())) {
      context.fireChannelActive();
    } else {
      var _ = context.close();
    }
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object bytes) {
    Http2ConnectionHandler http2 = context.pipeline().get(Http2ConnectionHandler.class);
    ChannelHandlerContext http1 = context.pipeline().context(CombinedChannelDuplexHandler.class);
    if (http2 != null) {
      http2.connection().remote().maxActiveStreams(streams);
      http2.connection().addListener(new Floods(context.channel().remoteAddress()));
      context.pipeline().remove(this);
    } else if (http1 != null) {
      context.pipeline().addAfter(http1.name(), null, new BodyDeadline(body));
      context.pipeline().remove(this);
    }
    context.fireChannelRead(bytes);
  }

  private final class Floods extends Http2ConnectionAdapter {
    private final SocketAddress from;

    Floods(SocketAddress from) {
      this.from = from;
    }

    @Override
    public void onGoAwaySent(int lastStream, long error, ByteBuf words) {
      if (error == Http2Error.ENHANCE_YOUR_CALM.code()) {
        suspects.add(from);
      }
    }
  }
}
