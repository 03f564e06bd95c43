package dev.sixin.tls;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sixin.Pem;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.CertificateException;
import java.util.Optional;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TrustTest {
  private static final Pem SERVER = Pem.make();

  @TempDir private Path directory;

  private SSLContext trusting(Pem pem) throws IOException {
    Path file = directory.resolve("ca.pem");
    return Trust.context(Optional.of(Files.writeString(file, pem.certificate())));
  }

  /// Connects two machines, by sockets.
  private static void connect(SSLContext client, String name) throws IOException {
    try (ServerSocket listening =
            SERVER
                .server()
                .getServerSocketFactory()
                .createServerSocket(0, 1, InetAddress.getLoopbackAddress());
        Socket plain = new Socket(listening.getInetAddress(), listening.getLocalPort())) {
      Thread server =
          Thread.startVirtualThread(
              () -> {
                try (Socket accepted = listening.accept()) {
                  ((SSLSocket) accepted).startHandshake();
                } catch (IOException e) {
                  return; // the client says why
                }
              });
      try (SSLSocket socket =
          (SSLSocket)
              client.getSocketFactory().createSocket(plain, name, listening.getLocalPort(), true)) {
        socket.startHandshake();
      }
      server.interrupt();
    }
  }

  /// Connects two machines, by engines.
  private static void meet(SSLContext client, String name) throws SSLException {
    SSLEngine here = client.createSSLEngine(name, 1);
    here.setUseClientMode(true);
    SSLEngine there = SERVER.server().createSSLEngine();
    there.setUseClientMode(false);
    ByteBuffer out = ByteBuffer.allocate(64 << 10);
    ByteBuffer back = ByteBuffer.allocate(64 << 10);
    here.beginHandshake();
    there.beginHandshake();
    while (here.getHandshakeStatus() != HandshakeStatus.NOT_HANDSHAKING) {
      step(here, back, out);
      step(there, out, back);
    }
  }

  private static void step(SSLEngine engine, ByteBuffer in, ByteBuffer out) throws SSLException {
    for (Runnable task = engine.getDelegatedTask();
        task != null;
        task = engine.getDelegatedTask()) {
      task.run();
    }
    if (engine.getHandshakeStatus() == HandshakeStatus.NEED_WRAP) {
      engine.wrap(ByteBuffer.allocate(0), out);
    } else if (engine.getHandshakeStatus() == HandshakeStatus.NEED_UNWRAP) {
      in.flip();
      engine.unwrap(in, ByteBuffer.allocate(64 << 10));
      in.compact();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"localhost", "127.0.0.1"})
  void whoHasTheName_andLeadsToTheAuthority_isTrusted(String name) throws IOException {
    SSLContext client = trusting(SERVER);

    connect(client, name);
    meet(client, name);
  }

  @ParameterizedTest
  @ValueSource(strings = {"nodes.example", "127.0.0.2"})
  void whoHasAnotherName_isNot(String name) throws IOException {
    SSLContext client = trusting(SERVER);

    assertThatThrownBy(() -> connect(client, name))
        .isInstanceOf(SSLException.class)
        .hasRootCauseInstanceOf(CertificateException.class);
    assertThatThrownBy(() -> meet(client, name))
        .isInstanceOf(SSLException.class)
        .hasRootCauseInstanceOf(CertificateException.class);
  }

  @Test
  void whoLeadsToAnotherAuthority_isNot() throws IOException {
    SSLContext others = trusting(Pem.make());
    SSLContext usual = Trust.context(Optional.empty());

    assertThatThrownBy(() -> connect(others, "localhost")).isInstanceOf(SSLException.class);
    assertThatThrownBy(() -> meet(usual, "localhost")).isInstanceOf(SSLException.class);
  }

  @Test
  void aFileWithoutACertificate_isRefused() throws IOException {
    Path empty = Files.writeString(directory.resolve("empty.pem"), "");
    Path noise = Files.writeString(directory.resolve("noise.pem"), "not a certificate");

    for (Path file : new Path[] {empty, noise, directory.resolve("no-such.pem")}) {
      assertThatThrownBy(() -> Trust.context(Optional.of(file)))
          .isInstanceOf(IOException.class)
          .hasMessageContaining(file.getFileName().toString());
    }
  }
}
