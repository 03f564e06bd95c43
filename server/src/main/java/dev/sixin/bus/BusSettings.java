package dev.sixin.bus;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.sixin.tls.Trust;
import io.nats.client.Nats;
import io.nats.client.Options;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/// Where the bus is, and how a server shows who it is.
///
/// @param servers such as `nats://h1:4222`; `tls://` for TLS, also in clear text for what follows
/// @param subject what all subjects begin with
/// @param credentials a file: NATS credentials, or a user and a password with a colon between
/// @param authority a file: the certificates in PEM that the bus's own has to lead to; empty: those
///   that the JVM trusts
public record BusSettings(
    List<String> servers, String subject, Optional<Path> credentials, Optional<Path> authority) {
  private static final String TLS = "tls:";
  private static final String NATS_CREDENTIALS = "-----BEGIN";

  /// The servers, for a log.
  String where() {
    return String.join(",", servers);
  }

  /// What the files say.
  ///
  /// @throws IOException when one can not be read or says nothing of use
  Options.Builder read() throws IOException {
    Options.Builder options =
        Options.builder().servers(servers.toArray(String[]::new)).connectionName("sixin");
    if (credentials.isPresent()) {
      String text = Files.readString(credentials.get(), UTF_8).strip();
      int colon = text.indexOf(':');
      if (text.startsWith(NATS_CREDENTIALS)) {
        options.authHandler(Nats.credentials(credentials.get().toString()));
      } else if (colon > 0 && text.lines().count() == 1) {
        options.userInfo(
            text.substring(0, colon).toCharArray(), text.substring(colon + 1).toCharArray());
      } else {
        throw new IOException(
            credentials.get() + ": neither NATS credentials nor a user and a password");
      }
    }
    if (authority.isPresent() || servers.stream().anyMatch(server -> server.startsWith(TLS))) {
      options.sslContext(Trust.context(authority));
    }
    return options;
  }
}
