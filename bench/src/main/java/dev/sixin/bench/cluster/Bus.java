package dev.sixin.bench.cluster;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.sixin.Failure;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/// The bus: a NATS server.
public final class Bus implements Part {
  private static final String COMMAND = "nats-server";
  private static final String HOST = "127.0.0.1";
  private static final int PORT = 4222;
  private static final int ASK_MILLIS = 2_000;

  /// What a NATS server says first.
  private static final String GREETING = "INFO ";

  private final Daemon daemon;

  Bus(Path folder) {
    this.daemon = new Daemon("bus", folder);
  }

  /// As `--bus` takes it.
  static String url() {
    return "nats://%s:%d".formatted(HOST, PORT);
  }

  /// Whether there is such a program.
  static void requireProgram() {
    var _ = program();
  }

  private static Path program() {
    return Programs.find(COMMAND)
        .orElseThrow(
            () ->
                new Failure(
                    "the bus needs nats-server (Debian: apt install nats-server; macOS: brew"
                        + " install nats-server)"));
  }

  @Override
  public Daemon daemon() {
    return daemon;
  }

  @Override
  public void start() {
    daemon.start(List.of(program().toString(), "-a", HOST, "-p", Integer.toString(PORT)));
  }

  @Override
  public Optional<String> answer() {
    if (!daemon.isAlive()) {
      return Optional.empty();
    }
    try (Socket socket = new Socket()) {
      socket.setSoTimeout(ASK_MILLIS);
      socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), PORT), ASK_MILLIS);
      byte[] said = socket.getInputStream().readNBytes(GREETING.length());
      return new String(said, US_ASCII).equals(GREETING) ? Optional.of(url()) : Optional.empty();
    } catch (IOException e) {
      return Optional.empty(); // nobody there, or not yet
    }
  }
}
