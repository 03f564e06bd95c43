package dev.sixin.api;

import com.linecorp.armeria.server.ServerBuilder;
import com.linecorp.armeria.server.ServiceRequestContext;
import io.micrometer.core.instrument.MeterRegistry;
import io.netty.channel.AdaptiveRecvByteBufAllocator;
import io.netty.channel.ChannelOption;
import io.netty.channel.RecvByteBufAllocator;
import java.time.Duration;

/// What connections may do, so that none takes from the others what it does not use.
///
/// @param most how many may be open; more are closed at once
/// @param idle how long one stays open on which nothing is asked and nothing is under way
/// @param request how long a request may take from its first header until it is answered; streams
///   of live push and the site's bulk work may take longer
/// @param upload how long a request may take to come that brings a picture; over HTTP/1.1 also one
///   that was answered before it had come
/// @param streams requests under way at once on one connection of HTTP/2; more are refused
/// @param resets requests that may be given up on one connection in a minute; more close it, and
///   for a while hardly another one is let in from there
/// @param headerBytes the longest headers of a request, all together
public record Connections(
    int most,
    Duration idle,
    Duration request,
    Duration upload,
    int streams,
    int resets,
    int headerBytes) {
  /// How soon a connection whose other end is gone is known to be of no use.
  private static final Duration PING = Duration.ofSeconds(10);

  private static final int RESETS_SECONDS = 60;

  /// How much of one connection is read before it is the turn of others on its event loop. A flood
  /// comes in large pieces, and all that is in one is dealt with at once.
  private static final int MOST_READ_BYTES = 4_096;

  private static final int LEAST_READ_BYTES = 512;
  private static final int FIRST_READ_BYTES = 2_048;

  /// Bounds the connections of a server.
  public void addTo(ServerBuilder server, MeterRegistry meters) {
    Suspects suspects = new Suspects(System::nanoTime, meters);
    server
        .childChannelPipelineCustomizer(
            connection -> connection.addFirst(new HttpBounds(streams, upload, suspects)))
        .childChannelOption(ChannelOption.RECVBUF_ALLOCATOR, inTurns())
        .maxNumConnections(most)
        .idleTimeout(idle)
        .pingInterval(PING)
        .requestTimeout(request)
        .http2MaxStreamsPerConnection(streams)
        .http2MaxResetFramesPerWindow(resets, RESETS_SECONDS)
        .http2MaxHeaderListSize(headerBytes)
        .http1MaxHeaderSize(headerBytes)
        .http1MaxInitialLineLength(headerBytes)
        .maxRequestLength(GrpcApi.MAX_REQUEST_BYTES);
  }

  private static RecvByteBufAllocator inTurns() {
    return new AdaptiveRecvByteBufAllocator(LEAST_READ_BYTES, FIRST_READ_BYTES, MOST_READ_BYTES)
        .maxMessagesPerRead(1);
  }

  /// Says what becomes of a connection on which a request took too long. Over HTTP/1.1 nothing else
  /// can be asked before the rest of it has come, and who sends a byte now and then would hold it
  /// for ever: so it ends with the answer, unless the request was there.
  public static void tookTooLong(ServiceRequestContext context) {
    if (!context.sessionProtocol().isMultiplex() && !context.request().isComplete()) {
      var _ = context.initiateConnectionShutdown();
    }
  }
}
