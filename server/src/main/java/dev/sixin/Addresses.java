package dev.sixin;

import com.linecorp.armeria.common.SessionProtocol;
import com.linecorp.armeria.server.ServerBuilder;
import com.linecorp.armeria.server.ServerTlsConfig;
import java.net.InetSocketAddress;
import java.util.Optional;

/// Where a server listens, and what it speaks there.
///
/// @param main what everybody calls: TLS where there is a certificate, else cleartext
/// @param plain cleartext beside TLS, if any
/// @param admin what the site calls, if it is an address of its own; as the main one
/// @param certificate where certificate and key are, if there is TLS
record Addresses(
    InetSocketAddress main,
    Optional<InetSocketAddress> plain,
    Optional<InetSocketAddress> admin,
    Optional<Certificate.Location> certificate) {
  private static final String[] TLS_VERSIONS = {"TLSv1.3", "TLSv1.2"};

  /// What the main address speaks.
  SessionProtocol protocol() {
    return certificate.isPresent() ? SessionProtocol.HTTPS : SessionProtocol.HTTP;
  }

  /// Has a server listen: at the main address first, at the admin one last.
  ///
  /// @param shown the certificate, if there is TLS
  void addTo(ServerBuilder server, Optional<Certificate> shown) {
    server.port(main, protocol());
    plain.ifPresent(address -> server.port(address, SessionProtocol.HTTP));
    admin.ifPresent(address -> server.port(address, protocol()));
    shown.ifPresent(
        pair ->
            server.tlsProvider(
                pair,
                ServerTlsConfig.builder()
                    .tlsCustomizer(tls -> tls.protocols(TLS_VERSIONS))
                    .build()));
  }
}
