package dev.sixin.api;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http2.Http2ConnectionHandler;

/// Bounds the streams of a connection from its beginning. By itself Netty holds a client to the
/// bound that it was told once the client says that it knows it, and who means harm never does.
///
/// Stands in front of a connection until that turns out to speak HTTP/2. What comes with the very
/// first bytes, some dozens of streams, is let in.
final class StreamBound extends ChannelInboundHandlerAdapter {
  private final int most;

  StreamBound(int most) {
    this.most = most;
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object bytes) {
    Http2ConnectionHandler http2 = context.pipeline().get(Http2ConnectionHandler.class);
    if (http2 != null) {
      http2.connection().remote().maxActiveStreams(most);
      context.pipeline().remove(this);
    }
    context.fireChannelRead(bytes);
  }
}
