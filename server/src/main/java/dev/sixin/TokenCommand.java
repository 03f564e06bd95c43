package dev.sixin;

import dev.sixin.token.Tokens;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// `sixin token`: an access token for a user, without asking the server.
@Command(name = "token", description = "Prints an access token.", mixinStandardHelpOptions = true)
final class TokenCommand implements Callable<Integer> {
  private static final Pattern TTL = Pattern.compile("([1-9][0-9]{0,8})([smhd])");

  @Option(names = "--uid", required = true, description = "whose token")
  private String uid;

  @Option(names = "--ttl", defaultValue = "30d", description = "how long: 90s, 15m, 12h, 30d")
  private String ttl;

  @Option(names = "--device", defaultValue = "", description = "the device that it is for")
  private String device;

  @Option(names = "--data", defaultValue = "data", description = "the server's data directory")
  private Path data;

  @Override
  public Integer call() {
    Tokens tokens = new Tokens(DataDirectory.tokenKey(data), Clock.systemUTC());
    System.out.println(tokens.issue(uid(), ttl(), device, 0).token());
    return 0;
  }

  private long uid() {
    try {
      long number = Long.parseUnsignedLong(uid);
      if (number != 0) {
        return number;
      }
    } catch (NumberFormatException e) {
      // said below
    }
    throw new UsageException("--uid: %s (expected: a user's number)".formatted(uid));
  }

  private Duration ttl() {
    Matcher matcher = TTL.matcher(ttl);
    if (!matcher.matches()) {
      throw new UsageException("--ttl: %s (expected: like 90s, 15m, 12h, 30d)".formatted(ttl));
    }
    long count = Long.parseLong(matcher.group(1));
    Duration duration =
        switch (matcher.group(2)) {
          case "s" -> Duration.ofSeconds(count);
          case "m" -> Duration.ofMinutes(count);
          case "h" -> Duration.ofHours(count);
          default -> Duration.ofDays(count);
        };
    if (duration.compareTo(Tokens.MAX_TTL) > 0) {
      throw new UsageException(
          "--ttl: %s (expected: at most %dd)".formatted(ttl, Tokens.MAX_TTL.toDays()));
    }
    return duration;
  }
}
