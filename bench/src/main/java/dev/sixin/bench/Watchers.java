package dev.sixin.bench;

import com.google.protobuf.Empty;
import com.linecorp.armeria.common.util.EventLoopGroups;
import com.linecorp.armeria.common.util.TransportType;
import dev.sixin.Failure;
import dev.sixin.bench.Http2Connection.Owner;
import dev.sixin.proto.notify.NotifyGrpc;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;

/// Devices that watch, on one connection or on many, and how often they were told something.
final class Watchers implements AutoCloseable {
  private static final Method WATCH = Method.of(NotifyGrpc.getWatchNotifyMethod());

  /// Streams of a connection that begin at the same time.
  private static final int BEGINNING = 50;

  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final long LOOK_AGAIN_NANOS = TimeUnit.MICROSECONDS.toNanos(100);

  private final EventLoopGroup threads = EventLoopGroups.newEventLoopGroup(1, "bench", true);
  private final LongAdder told = new LongAdder();
  private volatile String failure;

  /// Opens a stream for each of these users and waits until each was told something.
  ///
  /// @param authorizations of users who have missed something
  Watchers(URI server, int connections, List<byte[]> authorizations) throws InterruptedException {
    Bootstrap bootstrap =
        new Bootstrap()
            .group(threads)
            .channel(TransportType.socketChannelType(threads))
            .option(ChannelOption.TCP_NODELAY, true);
    for (int i = 0; i < connections; i++) {
      List<byte[]> share = new ArrayList<>();
      for (int user = i; user < authorizations.size(); user += connections) {
        share.add(authorizations.get(user));
      }
      Connection connection = new Connection(server.getAuthority(), share);
      ChannelFuture connected =
          bootstrap
              .clone()
              .handler(connection.http2)
              .connect(server.getHost(), server.getPort())
              .await();
      if (!connected.isSuccess()) {
        throw new Failure("%s: %s".formatted(server, connected.cause().getMessage()));
      }
    }
    awaitTold(authorizations.size());
  }

  /// How often any of them was told something.
  long told() {
    return told.sum();
  }

  /// Waits until they were told something so often.
  ///
  /// @throws Failure when a stream ends, or when it takes too long
  void awaitTold(long count) {
    long begin = System.nanoTime();
    while (told() < count) {
      if (failure != null) {
        throw new Failure("a stream ended: " + failure);
      }
      if (System.nanoTime() - begin > PATIENCE.toNanos()) {
        throw new Failure("told %,d times (expected: %,d)".formatted(told(), count));
      }
      LockSupport.parkNanos(LOOK_AGAIN_NANOS);
    }
  }

  @Override
  public void close() {
    threads.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly();
  }

  private final class Connection implements Owner<Integer> {
    private final Http2Connection<Integer> http2;
    private final List<byte[]> authorizations;
    private int begun;

    Connection(String authority, List<byte[]> authorizations) {
      this.authorizations = authorizations;
      this.http2 = new Http2Connection<>(this, authority, authorizations.size());
    }

    @Override
    public void ready() {
      for (int i = 0; i < BEGINNING; i++) {
        beginNext();
      }
      http2.flush();
    }

    private void beginNext() {
      if (begun < authorizations.size()) {
        http2.call(WATCH.call(authorizations.get(begun), Empty.getDefaultInstance()), begun);
        begun++;
      }
    }

    /// A notice is short, so it comes in one piece.
    @Override
    public void received(Integer call) {
      told.increment();
      beginNext(); // the server takes only so many new ones at once
    }

    @Override
    public void ended(Integer call, String how) {
      failure = how == null ? "no error" : how;
    }

    @Override
    public void broken(String why) {
      failure = why;
    }
  }
}
