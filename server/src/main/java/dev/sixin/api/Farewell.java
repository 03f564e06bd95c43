package dev.sixin.api;

import com.linecorp.armeria.server.ServerBuilder;
import com.linecorp.armeria.server.ServiceRequestContext;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.netty.channel.Channel;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.handler.codec.http2.Http2ConnectionHandler;
import io.netty.util.concurrent.GlobalEventExecutor;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/// How a server that stops takes leave of its connections, so that no call that it has let in goes
/// without an answer.
///
/// An HTTP/2 connection is told that the server goes away (GOAWAY) while its calls are still
/// answered; a moment later, when everybody has heard it, which call was the last; and it is closed
/// when that is answered. An HTTP/1.1 connection is closed after its next answer. The ports are
/// closed before: to a client that connects and is cut off, a call is lost that was never taken.
public final class Farewell {
  /// How long the news that the server goes away may take. A call that a client begins later is not
  /// taken, and the client learns that it was not.
  private static final Duration HEARD = Duration.ofMillis(300);

  private static final Duration LOOK = Duration.ofMillis(5);

  private final ChannelGroup open = new DefaultChannelGroup(GlobalEventExecutor.INSTANCE);

  /// The ports that they came by.
  private final Set<Channel> ports = ConcurrentHashMap.newKeySet();

  private volatile boolean begun;

  /// A server's connections, none yet.
  public Farewell(MeterRegistry meters) {
    Gauge.builder("sixin.connections", open, ChannelGroup::size)
        .description("Open connections")
        .register(meters);
  }

  /// Whether the server stops.
  public boolean begun() {
    return begun;
  }

  /// Has a server's connections closed so.
  public void addTo(ServerBuilder server) {
    server.connectionDrainDuration(HEARD).childChannelPipelineCustomizer(this::add);
  }

  /// A request came: if the server stops, it is the last of its connection.
  void tell(ServiceRequestContext context) {
    if (begun) {
      var _ = context.initiateConnectionShutdown();
    }
  }

  private void add(ChannelPipeline connection) {
    open.add(connection.channel());
    ports.add(connection.channel().parent());
  }

  /// Begins to take leave: no new connection is made from now on.
  public void begin() {
    begun = true;
    ports.forEach(port -> port.close().awaitUninterruptibly());
  }

  /// Takes leave of all connections. Returns when the calls of all that speak HTTP/2 were answered,
  /// and at the limit.
  public void take(Duration limit) {
    long begin = System.nanoTime();
    long left = limit.toNanos();
    while (left > 0 && open.stream().anyMatch(Farewell::speaksHttp2)) {
      open.close(Farewell::speaksHttp2).awaitUninterruptibly(left, TimeUnit.NANOSECONDS);
      left = limit.toNanos() - (System.nanoTime() - begin);
    }
  }

  /// Waits until a server that is being stopped has closed all connections. What Armeria does last
  /// is to give the threads of its ports, which are closed, two seconds more; nobody needs to wait
  /// for that.
  public void end(CompletableFuture<Void> stopping) {
    while (!stopping.isDone() && !portsEnd()) {
      LockSupport.parkNanos(LOOK.toNanos());
    }
    if (stopping.isDone()) {
      stopping.join();
    }
  }

  private boolean portsEnd() {
    return !ports.isEmpty() && ports.stream().allMatch(port -> port.eventLoop().isShuttingDown());
  }

  private static boolean speaksHttp2(Channel connection) {
    return connection.pipeline().get(Http2ConnectionHandler.class) != null;
  }
}
