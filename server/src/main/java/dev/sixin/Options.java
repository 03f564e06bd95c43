package dev.sixin;

import static dev.sixin.UsageException.requireBetween;

import dev.sixin.api.Calls;
import dev.sixin.api.web.WebApi;
import dev.sixin.image.Images;
import dev.sixin.message.Rates;
import dev.sixin.message.Retention;
import dev.sixin.push.Push;
import dev.sixin.token.SiteTokens;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;

/// The options of a server. Each can be given on the command line, as an environment variable
/// (`--rate-burst` is `SIXIN_RATE_BURST`) or in the configuration file (`rate-burst: 20`), in this
/// order of precedence.
final class Options {
  /// As browsers send it: no path, not even a slash.
  private static final Pattern ORIGIN = Pattern.compile("https?://[^/\\s]+");

  @Option(names = "--config", description = "the configuration file; if there is one: sixin.yaml")
  Path config;

  @Mixin private final WireOptions wire = new WireOptions();

  @Mixin private final StoreOptions store = new StoreOptions();

  @Mixin private final SharingOptions sharing = new SharingOptions();

  @Option(names = "--data", defaultValue = "data", description = "the data directory")
  Path data;

  @Option(
      names = "--docs",
      defaultValue = "true",
      arity = "1",
      description = "true: the interface's pages at /docs")
  boolean docs;

  @Option(
      names = "--page",
      defaultValue = "true",
      arity = "1",
      description = "true: the page where people chat, at /")
  boolean page;

  @Option(
      names = "--node",
      defaultValue = "0",
      description = "this server's number in message keys, 0 to 1023")
  int node;

  @Option(
      names = "--maintenance",
      defaultValue = "false",
      arity = "1",
      description = "true: users can not send; reading goes on, and so does the site's sending")
  boolean maintenance;

  @Option(
      names = "--read-only",
      defaultValue = "false",
      arity = "1",
      description = "true: nothing can be changed; reading goes on, for as long as data are moved")
  boolean readOnly;

  @Option(
      names = "--rate-burst",
      defaultValue = "20",
      description = "messages that a sender may send at once; 0: no limits at all")
  int rateBurst;

  @Option(
      names = "--rate-per-second",
      defaultValue = "2",
      description = "messages a second in the long run")
  int ratePerSecond;

  @Option(
      names = "--rate-per-day",
      defaultValue = "3000",
      description = "messages on a day of UTC, also across restarts")
  int ratePerDay;

  @Option(
      names = "--image-hosts",
      split = ",",
      description = "hosts that pictures may come from; none given: any")
  List<String> imageHosts;

  @Option(
      names = "--public-url",
      description = "where clients reach the server; none given: where each request says")
  String publicUrl;

  @Option(
      names = "--upload-burst",
      defaultValue = "10",
      description = "pictures that a user may upload at once; 0: no limits but the space")
  int uploadBurst;

  @Option(
      names = "--upload-per-hour",
      defaultValue = "60",
      description = "pictures of a user in an hour in the long run")
  int uploadPerHour;

  @Option(
      names = "--upload-space",
      defaultValue = "10240",
      description = "MiB of disk for all pictures; 0: none can be uploaded")
  int uploadSpace;

  @Option(
      names = "--clear-prompt-at",
      defaultValue = "30",
      description = "unread sessions that are enough to offer to clear them")
  int clearPromptAt;

  @Option(
      names = "--cors-origin",
      split = ",",
      description = "sites whose pages may call over HTTP, such as https://www.example.org")
  List<String> corsOrigins;

  @Option(
      names = "--http-status",
      defaultValue = "false",
      arity = "1",
      description = "true: over HTTP some errors are 401, 403, 413, 429 or 503; else all are 200")
  boolean httpStatus;

  @Option(names = "--jwt-issuer", description = "'iss' of tokens that the site signs itself")
  String jwtIssuer;

  @Option(names = "--jwt-jwks", description = "the site's public keys: a JWKS file or URL")
  String jwtJwks;

  @Option(
      names = "--jwt-uid-claim",
      defaultValue = "sub",
      description = "the claim that holds the uid")
  String jwtUidClaim;

  @Option(names = "--jwt-audience", description = "'aud' that the site's tokens must have")
  String jwtAudience;

  @Option(
      names = "--max-calls",
      defaultValue = "20000",
      description = "calls under way; more are answered -509")
  int concurrentCalls;

  @Option(
      names = "--calls-per-user",
      defaultValue = "100",
      description = "calls of one user under way; more are answered -509")
  int callsPerUser;

  @Option(
      names = "--max-unread-answers",
      defaultValue = "64",
      description =
          "MiB of answers that clients have not taken yet, a quarter of it on one connection and of"
              + " one user; more are answered -509")
  int unreadAnswers;

  @Option(
      names = "--unread-timeout",
      defaultValue = "30",
      description = "seconds that a client may take to read an answer")
  int unreadSeconds;

  @Option(
      names = "--max-watchers",
      defaultValue = "20000",
      description = "streams of live push; more are answered -509")
  int watchers;

  @Option(
      names = "--watchers-per-user",
      defaultValue = "16",
      description = "streams of one user; the oldest ends when there are more")
  int watchersPerUser;

  @Option(
      names = "--keep-days",
      defaultValue = "0",
      description = "days that messages are kept; 0: for ever")
  int keepDays;

  @Option(
      names = "--keep-messages",
      defaultValue = "0",
      description = "messages that are kept of each conversation, and those of a day; 0: all")
  int keepMessages;

  @Option(
      names = "--slow-call",
      defaultValue = "1000",
      description = "milliseconds that a call takes at least that is logged; 0: none is")
  int slowCall;

  @Option(
      names = "--log-format",
      defaultValue = "text",
      description = "text, or json: a JSON object a line")
  LogFormat logFormat;

  /// Whether there is an option of this name.
  static boolean isName(String name) {
    return CommandSpec.forAnnotatedObject(new Options()).findOption(name) != null;
  }

  /// The configuration that the options say.
  ///
  /// @throws UsageException when a value is out of bounds
  Config config() {
    requireBetween("--node", node, 0, 1_023);
    requireBetween("--rate-burst", rateBurst, 0, 1_000_000);
    requireBetween("--rate-per-second", ratePerSecond, 1, 1_000_000);
    requireBetween("--rate-per-day", ratePerDay, 1, Integer.MAX_VALUE);
    requireBetween("--upload-burst", uploadBurst, 0, 1_000_000);
    requireBetween("--upload-per-hour", uploadPerHour, 1, 1_000_000);
    requireBetween("--upload-space", uploadSpace, 0, Integer.MAX_VALUE);
    requireBetween("--clear-prompt-at", clearPromptAt, 1, Integer.MAX_VALUE);
    requireBetween("--max-calls", concurrentCalls, 1, Integer.MAX_VALUE);
    requireBetween("--calls-per-user", callsPerUser, 1, Integer.MAX_VALUE);
    requireBetween("--max-unread-answers", unreadAnswers, 1, 65_536);
    requireBetween("--unread-timeout", unreadSeconds, 1, 86_400);
    requireBetween("--max-watchers", watchers, 0, Integer.MAX_VALUE);
    requireBetween("--watchers-per-user", watchersPerUser, 1, 1_000);
    requireBetween("--keep-days", keepDays, 0, 100_000);
    requireBetween("--keep-messages", keepMessages, 0, Integer.MAX_VALUE);
    requireBetween("--slow-call", slowCall, 0, 3_600_000);
    return new Config(
        wire.addresses(),
        data,
        docs,
        page,
        node,
        maintenance,
        readOnly,
        rateBurst == 0 ? Rates.Limits.NONE : new Rates.Limits(rateBurst, ratePerSecond, ratePerDay),
        hosts(),
        publicUrl(),
        new Images.Limits(uploadBurst, uploadPerHour, uploadSpace * (1L << 20)),
        clearPromptAt,
        siteTokens(),
        new WebApi.Settings(origins(), httpStatus),
        wire.connections(),
        new Calls.Limits(
            concurrentCalls,
            callsPerUser,
            unreadAnswers * (1L << 20),
            Duration.ofSeconds(unreadSeconds)),
        new Push.Limits(watchersPerUser, watchers),
        store.limits(),
        store.cassandra(),
        sharing.sharing(store.cassandra().isPresent()),
        new Retention.Limits(keepDays, keepMessages),
        Duration.ofMillis(slowCall));
  }

  /// The hosts that pictures may come from; where there is such a list, what is uploaded here is
  /// permitted too.
  private Set<String> hosts() {
    Set<String> hosts = new HashSet<>();
    if (imageHosts != null) {
      imageHosts.forEach(name -> hosts.add(name.strip().toLowerCase(Locale.ROOT)));
      publicUrl().ifPresent(url -> hosts.add(URI.create(url).getHost().toLowerCase(Locale.ROOT)));
    }
    return Set.copyOf(hosts);
  }

  private List<String> origins() {
    List<String> origins = corsOrigins == null ? List.of() : corsOrigins;
    for (String origin : origins) {
      if (!ORIGIN.matcher(origin).matches()) {
        throw new UsageException(
            "--cors-origin: %s (expected: https:// or http:// and a host)".formatted(origin));
      }
    }
    return List.copyOf(origins);
  }

  private Optional<String> publicUrl() {
    if (publicUrl == null) {
      return Optional.empty();
    }
    String url = publicUrl.replaceFirst("/+$", "");
    if (isWebUrl(url)) {
      return Optional.of(url);
    }
    throw new UsageException(
        "--public-url: %s (expected: such as https://im.example.com)".formatted(publicUrl));
  }

  private static boolean isWebUrl(String url) {
    try {
      URI uri = new URI(url);
      return uri.getHost() != null
          && Set.of("http", "https").contains(String.valueOf(uri.getScheme()))
          && uri.getQuery() == null
          && uri.getFragment() == null;
    } catch (URISyntaxException e) {
      return false;
    }
  }

  private Optional<SiteTokens.Settings> siteTokens() {
    if (jwtIssuer == null && jwtJwks == null) {
      return Optional.empty();
    }
    if (jwtIssuer == null || jwtJwks == null) {
      throw new UsageException("--jwt-issuer and --jwt-jwks: only one is given (expected: both)");
    }
    return Optional.of(
        new SiteTokens.Settings(jwtIssuer, jwtJwks, jwtUidClaim, Optional.ofNullable(jwtAudience)));
  }
}
