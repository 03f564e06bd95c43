package dev.sixin.api;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.concurrent.Future;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/// Closes connections of HTTP/1.1 on which a request does not come to its end, also when it was
/// answered before that: Armeria reads the rest all the same, a byte now and then for ever.
final class BodyDeadline extends ChannelInboundHandlerAdapter {
  private final Duration patience;

  /// What comes first is the rest of a request, or one that begins.
  private boolean inside = true;

  private Future<?> deadline;

  /// @param patience how long a request may take to come
  BodyDeadline(Duration patience) {
    this.patience = patience;
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object message) {
    if (message instanceof HttpRequest) {
      inside = true;
    }
    if (message instanceof LastHttpContent) {
      inside = false;
      cancel();
    }
    context.fireChannelRead(message);
  }

  /// Most requests come whole, and need no deadline.
  @Override
  public void channelReadComplete(ChannelHandlerContext context) {
    if (inside && deadline == null) {
      deadline =
          context
              .executor()
              .schedule(() -> close(context), patience.toNanos(), TimeUnit.NANOSECONDS);
    }
    context.fireChannelReadComplete();
  }

  private static void close(ChannelHandlerContext context) {
    var _ = context.close();
  }

  @Override
  public void channelInactive(ChannelHandlerContext context) {
    cancel();
    context.fireChannelInactive();
  }

  private void cancel() {
    if (deadline != null) {
      deadline.cancel(false);
      deadline = null;
    }
  }
}
