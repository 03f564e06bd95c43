package dev.sixin.bench;

import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.TypeConversionException;

/// Durations as a person writes them: `500ms`, `20s`, `2m`.
final class Durations {
  private static final Pattern FORMAT = Pattern.compile("([0-9]{1,6})(ms|s|m)");

  private Durations() {}

  static Duration parse(String text) {
    Matcher matcher = FORMAT.matcher(text);
    if (!matcher.matches()) {
      throw new TypeConversionException("'%s' (expected: like 500ms, 20s, 2m)".formatted(text));
    }
    long count = Long.parseLong(matcher.group(1));
    return switch (matcher.group(2)) {
      case "ms" -> Duration.ofMillis(count);
      case "s" -> Duration.ofSeconds(count);
      default -> Duration.ofMinutes(count);
    };
  }
}
