package dev.sixin.bus;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sixin.Await;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.ProcessBuilder.Redirect;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;

/// A real bus on a free port. Where there is no such program, tests that need one are left out.
public final class NatsServer implements AutoCloseable {
  private final int port = freePort();
  private final List<String> more;
  private Process process;

  /// A bus that runs.
  ///
  /// @param more options of its own
  public NatsServer(String... more) {
    this.more = List.of(more);
    start();
  }

  private static int freePort() {
    try (ServerSocket socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Path program() {
    Optional<Path> program =
        Stream.of((System.getenv("PATH") + ":/usr/sbin:/usr/local/sbin").split(":", -1))
            .map(folder -> Path.of(folder, "nats-server"))
            .filter(Files::isExecutable)
            .findFirst();
    Assumptions.assumeTrue(program.isPresent(), "nats-server is not installed");
    return program.get();
  }

  /// Starts it, also after it was stopped, where it was.
  public void start() {
    List<String> command =
        new ArrayList<>(
            List.of(program().toString(), "-a", "127.0.0.1", "-p", Integer.toString(port)));
    command.addAll(more);
    try {
      process =
          new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectOutput(Redirect.DISCARD)
              .start();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    Await.until("the bus answers", () -> answers() || !process.isAlive());
    assertThat(process.isAlive()).as("the bus runs").isTrue();
  }

  private boolean answers() {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      return socket.getInputStream().read() == 'I';
    } catch (IOException e) {
      return false;
    }
  }

  /// Ends it at once.
  public void kill() {
    process.destroyForcibly().onExit().join();
  }

  /// Where it is.
  public String url() {
    return "nats://127.0.0.1:" + port;
  }

  /// Where it is if its options have it speak TLS.
  String tlsUrl() {
    return "tls://127.0.0.1:" + port;
  }

  @Override
  public void close() {
    kill();
  }
}
