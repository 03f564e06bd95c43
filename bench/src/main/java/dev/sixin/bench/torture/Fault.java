package dev.sixin.bench.torture;

import dev.sixin.UsageException;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;

/// What can befall a server.
enum Fault {
  /// SIGKILL; then it is started again.
  KILL,
  /// SIGSTOP, and SIGCONT five seconds later.
  STOP,
  /// SIGTERM: it answers what it has begun and ends with exit code 0.
  TERM,
  /// Its disk has no room left, for some seconds.
  FULL,
  /// Writes end with an I/O error, for some seconds.
  WRITE,
  /// Syncs end with an I/O error, for some seconds, and what they should have written is lost.
  SYNC,
  /// The power fails: it is killed, and what it had not synced is gone.
  POWER,
  /// The wall clock jumps, ahead or back, and goes on from there.
  CLOCK;

  String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  /// Those that need the layer under the server's files.
  boolean needsLayer() {
    return this == WRITE || this == SYNC || this == POWER || this == CLOCK;
  }

  /// Reads a list of them.
  ///
  /// @throws UsageException when one is not known
  static Set<Fault> named(List<String> words) {
    Set<Fault> faults = EnumSet.noneOf(Fault.class);
    for (String word : words) {
      faults.add(
          Arrays.stream(values())
              .filter(fault -> fault.word().equals(word))
              .findFirst()
              .orElseThrow(
                  () ->
                      new UsageException(
                          "--faults: %s (expected: some of %s)".formatted(word, words()))));
    }
    return faults;
  }

  private static String words() {
    return Arrays.stream(values()).map(Fault::word).collect(Collectors.joining(", "));
  }
}
