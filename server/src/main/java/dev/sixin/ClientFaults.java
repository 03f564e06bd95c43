package dev.sixin;

import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.ThrowableProxy;
import ch.qos.logback.core.filter.Filter;
import ch.qos.logback.core.spi.FilterReply;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;

/// Keeps out of the log that a client broke the rules of HTTP/2, of which the HTTP server makes a
/// line with its address and a stack trace: who means harm would fill the disk with them. That the
/// server failed at something stays.
public final class ClientFaults extends Filter<ILoggingEvent> {
  @Override
  public FilterReply decide(ILoggingEvent event) {
    boolean clients =
        event.getThrowableProxy() instanceof ThrowableProxy proxy
            && proxy.getThrowable() instanceof Http2Exception fault
            && fault.error() != Http2Error.INTERNAL_ERROR;
    return clients ? FilterReply.DENY : FilterReply.NEUTRAL;
  }
}
