package dev.sixin;

import static dev.sixin.UsageException.requireBetween;

import dev.sixin.bus.BusSettings;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import picocli.CommandLine.Option;

/// The options of a server that is one of several.
final class SharingOptions {
  private static final Pattern SUBJECT = Pattern.compile("[A-Za-z0-9_-]+(\\.[A-Za-z0-9_-]+)*");

  @Option(
      names = "--bus",
      split = ",",
      description =
          "the NATS servers by which the servers of a site tell each other what happens, such as"
              + " nats://10.0.0.7:4222, or tls://; none given: there is one server")
  private List<String> bus;

  @Option(
      names = "--bus-subject",
      defaultValue = "sixin",
      description = "what the site's subjects on the bus begin with")
  private String busSubject;

  @Option(
      names = "--bus-credentials",
      description = "a file: NATS credentials, or a user and a password with a colon between")
  private Path busCredentials;

  @Option(
      names = "--bus-ca",
      description = "the authority that the bus's certificate leads to, in PEM")
  private Path busAuthority;

  @Option(
      names = "--fresh-within",
      defaultValue = "8",
      description =
          "seconds that what another server did may stay unseen when the bus did not tell it")
  private int freshSeconds;

  /// With whom the server shares its store.
  ///
  /// @param shared whether the store is one that others may work on
  /// @throws UsageException when a value is of no use
  Optional<Sharing> sharing(boolean shared) {
    requireBetween("--fresh-within", freshSeconds, 1, 3_600);
    if (bus == null) {
      requireNone("--bus-credentials", busCredentials);
      requireNone("--bus-ca", busAuthority);
      return shared
          ? Optional.of(new Sharing(Optional.empty(), Duration.ofSeconds(freshSeconds)))
          : Optional.empty();
    }
    bus.forEach(SharingOptions::check);
    if (!SUBJECT.matcher(busSubject).matches()) {
      throw new UsageException(
          "--bus-subject: %s (expected: words of letters, digits, _ and -, with dots between)"
              .formatted(busSubject));
    }
    BusSettings settings =
        new BusSettings(
            List.copyOf(bus),
            busSubject,
            Optional.ofNullable(busCredentials),
            Optional.ofNullable(busAuthority));
    return Optional.of(new Sharing(Optional.of(settings), Duration.ofSeconds(freshSeconds)));
  }

  private static void requireNone(String option, Path value) {
    if (value != null) {
      throw new UsageException(
          "%s: %s, and there is no --bus (expected: both)".formatted(option, value));
    }
  }

  private static void check(String server) {
    try {
      URI uri = new URI(server);
      boolean isBus = Set.of("nats", "tls").contains(String.valueOf(uri.getScheme()));
      if (isBus && uri.getHost() != null && uri.getUserInfo() == null) {
        return;
      }
    } catch (URISyntaxException e) {
      // said below
    }
    // not what was given: it may hold a password
    throw new UsageException(
        "--bus: not a bus (expected: such as nats://10.0.0.7:4222; who may use it stands in the"
            + " file of --bus-credentials)");
  }
}
