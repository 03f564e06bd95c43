package dev.sixin;

import static dev.sixin.UsageException.requireBetween;

import dev.sixin.api.Connections;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import picocli.CommandLine.Option;

/// The options of a server that say where it listens and what connections may do.
final class WireOptions {
  @Option(names = "--host", defaultValue = "127.0.0.1", description = "the address to listen on")
  private String host;

  @Option(names = "--port", defaultValue = "8080", description = "the port; 0: any free one")
  private int port;

  @Option(
      names = "--tls-cert",
      description = "the certificate, then those that lead to its authority, in PEM")
  private Path tlsCertificate;

  @Option(names = "--tls-key", description = "the key of the certificate, in PEM, not encrypted")
  private Path tlsKey;

  @Option(
      names = "--plain-port",
      description = "a second port, for cleartext beside TLS; none given: none")
  private Integer plainPort;

  @Option(
      names = "--admin-host",
      description = "the address that admin calls come to; none given: the same as --host")
  private String adminHost;

  @Option(
      names = "--admin-port",
      description = "the port for admin calls, which no other then takes; none given: --port")
  private Integer adminPort;

  @Option(
      names = "--max-connections",
      defaultValue = "20000",
      description = "open connections; more are closed at once")
  private int connections;

  @Option(
      names = "--idle-timeout",
      defaultValue = "60",
      description = "seconds that a connection stays open on which nothing is asked")
  private int idleSeconds;

  @Option(
      names = "--request-timeout",
      defaultValue = "10",
      description = "seconds that a request and its answer may take, live push left aside")
  private int requestSeconds;

  @Option(
      names = "--upload-timeout",
      defaultValue = "120",
      description = "seconds that the upload of a picture may take")
  private int uploadSeconds;

  @Option(
      names = "--max-streams",
      defaultValue = "250",
      description = "requests under way on one connection of HTTP/2; more are refused")
  private int streams;

  @Option(
      names = "--max-resets",
      defaultValue = "400",
      description =
          "requests given up on one connection in a minute; more close it, and its address has one"
              + " new connection a second for a while")
  private int resets;

  @Option(
      names = "--max-header-bytes",
      defaultValue = "8192",
      description = "of the headers of a request; longer ones are refused")
  private int headerBytes;

  /// Where the server listens.
  ///
  /// @throws UsageException when a value is out of bounds or options do not fit together
  Addresses addresses() {
    requireBetween("--port", port, 0, 65_535);
    if ((tlsCertificate == null) != (tlsKey == null)) {
      throw new UsageException("--tls-cert and --tls-key: only one is given (expected: both)");
    }
    if (plainPort != null && tlsKey == null) {
      throw new UsageException("--plain-port: is beside TLS, and there is no --tls-cert");
    }
    if (adminHost != null && adminPort == null) {
      throw new UsageException("--admin-host: needs --admin-port");
    }
    return new Addresses(
        new InetSocketAddress(host, port),
        address("--plain-port", host, plainPort),
        address("--admin-port", adminHost == null ? host : adminHost, adminPort),
        tlsKey == null
            ? Optional.empty()
            : Optional.of(new Certificate.Location(tlsCertificate, tlsKey)));
  }

  private static Optional<InetSocketAddress> address(String option, String host, Integer port) {
    if (port == null) {
      return Optional.empty();
    }
    requireBetween(option, port, 0, 65_535);
    return Optional.of(new InetSocketAddress(host, port));
  }

  /// What connections may do.
  ///
  /// @throws UsageException when a value is out of bounds
  Connections connections() {
    requireBetween("--max-connections", connections, 1, Integer.MAX_VALUE);
    requireBetween("--idle-timeout", idleSeconds, 1, 86_400);
    requireBetween("--request-timeout", requestSeconds, 1, 86_400);
    requireBetween("--upload-timeout", uploadSeconds, 1, 86_400);
    requireBetween("--max-streams", streams, 1, Integer.MAX_VALUE);
    requireBetween("--max-resets", resets, 1, 1_000_000);
    requireBetween("--max-header-bytes", headerBytes, 1_024, 1 << 20);
    return new Connections(
        connections,
        Duration.ofSeconds(idleSeconds),
        Duration.ofSeconds(requestSeconds),
        Duration.ofSeconds(uploadSeconds),
        streams,
        resets,
        headerBytes);
  }
}
