package dev.sixin.bench;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;

/// Connections that mean harm, for a time or until this is closed: each does its worst, and when
/// the server cuts it off another takes its place.
final class Attack implements AutoCloseable {
  /// What a connection may be cut off after, so that an attack is not one of its client on itself.
  private static final long PAUSE_MILLIS = 20;

  /// In which they come: a thousand in the same moment are a stop of the client's own machine.
  private static final long ALL_COME_MILLIS = 1_000;

  private static final int FEW_BYTES = 4_096;

  private final URI server;
  private final Worst worst;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final Set<Socket> open = ConcurrentHashMap.newKeySet();
  private final LongAdder cutOff = new LongAdder();
  private volatile boolean over;

  /// What a connection does; it ends when the server cuts it off.
  @FunctionalInterface
  interface Worst {
    /// Goes on until it is cut off.
    ///
    /// @throws IOException when the connection is cut off
    void on(Socket connection) throws IOException, InterruptedException;
  }

  /// Begins with so many connections, one after another within a second.
  ///
  /// @param length after which all of them are closed
  Attack(URI server, int connections, Duration length, Worst worst) {
    this.server = server;
    this.worst = worst;
    threads.execute(() -> endAfter(length));
    for (int i = 0; i < connections; i++) {
      long comesAfter = i * ALL_COME_MILLIS / connections;
      threads.execute(() -> attack(comesAfter));
    }
  }

  private void attack(long afterMillis) {
    try {
      TimeUnit.MILLISECONDS.sleep(afterMillis);
      while (!over) {
        try (Socket socket = new Socket()) {
          open.add(socket);
          socket.setReceiveBufferSize(FEW_BYTES);
          socket.setTcpNoDelay(true);
          socket.connect(
              new InetSocketAddress(InetAddress.getByName(server.getHost()), server.getPort()));
          try {
            worst.on(socket);
          } finally {
            open.remove(socket);
          }
        } catch (IOException e) {
          // cut off, which is what is to be
        }
        if (!over) {
          cutOff.increment();
        }
        TimeUnit.MILLISECONDS.sleep(PAUSE_MILLIS);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt(); // it is over
    }
  }

  /// How many connections the server has ended so far.
  long cutOff() {
    return cutOff.sum();
  }

  private void endAfter(Duration length) {
    try {
      TimeUnit.NANOSECONDS.sleep(length.toNanos());
      end();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt(); // it was ended before
    }
  }

  private void end() {
    over = true;
    for (Socket socket : open) {
      try {
        socket.close();
      } catch (IOException e) {
        // closed already
      }
    }
    threads.shutdownNow();
  }

  @Override
  public void close() {
    end();
    threads.close();
  }
}
