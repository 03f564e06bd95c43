package dev.sixin.store.cassandra;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ServerSocketFactory;

/// A line to a server that loses answers: what is asked arrives, what is answered does not, and the
/// connection breaks.
public final class CutOff implements AutoCloseable {
  private static final int SMALL = 140;

  private final InetSocketAddress server;
  private final ServerSocket listening;
  private final Set<Socket> open = ConcurrentHashMap.newKeySet();
  private final AtomicInteger swallowed = new AtomicInteger();
  private final AtomicInteger left = new AtomicInteger(Integer.MAX_VALUE);
  private volatile boolean swallowing;
  private volatile boolean cut;
  private volatile Duration delay = Duration.ZERO;

  /// A line to it.
  public CutOff(InetSocketAddress server) throws IOException {
    this(server, ServerSocketFactory.getDefault());
  }

  /// A line to it that begins as the factory says.
  public CutOff(InetSocketAddress server, ServerSocketFactory factory) throws IOException {
    this.server = server;
    this.listening = factory.createServerSocket(0, 50, InetAddress.getLoopbackAddress());
    Thread.startVirtualThread(this::accept);
  }

  /// Where it begins.
  public InetSocketAddress address() {
    return new InetSocketAddress(InetAddress.getLoopbackAddress(), listening.getLocalPort());
  }

  /// From now on, the first answer to each large question is lost, with its connection.
  void swallowAnswers() {
    swallowing = true;
  }

  /// Breaks all connections, and lets none through.
  public void cut() throws IOException {
    cut = true;
    for (Socket socket : open) {
      socket.close();
    }
  }

  /// Cuts it once so many bytes more were answered.
  void cutAfter(int bytes) {
    left.set(bytes);
  }

  /// From now on, each answer of every connection takes so much longer.
  public void slow(Duration longer) {
    delay = longer;
  }

  /// Lets everything through again.
  public void mend() {
    delay = Duration.ZERO;
    left.set(Integer.MAX_VALUE);
    swallowing = false;
    cut = false;
  }

  /// How many were lost.
  int swallowed() {
    return swallowed.get();
  }

  private void accept() {
    try {
      while (true) {
        Socket client = listening.accept();
        if (cut) {
          client.close();
          continue;
        }
        Socket behind = new Socket(server.getAddress(), server.getPort());
        open.add(client);
        open.add(behind);
        boolean[] asked = new boolean[1];
        Thread.startVirtualThread(() -> pass(client, behind, asked, true));
        Thread.startVirtualThread(() -> pass(behind, client, asked, false));
      }
    } catch (IOException e) {
      return; // closed
    }
  }

  /// A conditional batch is the only large thing that is asked.
  private void pass(Socket from, Socket to, boolean[] asked, boolean questions) {
    byte[] buffer = new byte[64 << 10];
    try (from;
        to) {
      InputStream in = from.getInputStream();
      OutputStream out = to.getOutputStream();
      for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
        if (questions && read > SMALL) {
          asked[0] = true;
        }
        if (!questions && swallowing && asked[0]) {
          swallowing = false; // one for each that is broken: the way back must be open
          swallowed.incrementAndGet();
          return;
        }
        if (!questions) {
          Thread.sleep(delay);
          asked[0] = false;
          if (left.get() < Integer.MAX_VALUE && left.addAndGet(-read) < 0) {
            cut();
            return;
          }
        }
        out.write(buffer, 0, read);
        out.flush();
      }
    } catch (IOException | InterruptedException e) {
      return; // one of the two has closed it
    }
  }

  @Override
  public void close() throws IOException {
    listening.close();
    for (Socket socket : open) {
      socket.close();
    }
  }
}
