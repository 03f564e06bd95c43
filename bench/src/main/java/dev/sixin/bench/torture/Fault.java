package dev.sixin.bench.torture;

import dev.sixin.UsageException;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;

/// What can befall what is tortured.
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
  CLOCK,

  /// SIGKILL to a node of the database; it is started again some seconds later.
  NODE_KILL,
  /// SIGSTOP to a node of the database, and SIGCONT some seconds later.
  NODE_STOP,
  /// Nothing reaches a node of the database, for some seconds.
  NODE_CUT,
  /// SIGKILL to one of the servers; it is started again.
  SERVER_KILL,
  /// SIGSTOP to one of the servers, and SIGCONT some seconds later.
  SERVER_STOP,
  /// SIGKILL to the bus between the servers; it is started again some seconds later.
  BUS_KILL,
  /// The clock of one of the servers goes five seconds ahead of, or behind, that of all others.
  SKEW;

  /// What can befall one server with a store of its own.
  static final Set<Fault> OF_ONE_SERVER = EnumSet.range(KILL, CLOCK);

  /// What can befall servers on a cluster.
  static final Set<Fault> OF_A_CLUSTER = EnumSet.range(NODE_KILL, SKEW);

  String word() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /// Those of one server that need the layer under its files.
  boolean needsLayer() {
    return this == WRITE || this == SYNC || this == POWER || this == CLOCK;
  }

  /// Reads a list of them.
  ///
  /// @param possible which ones there can be
  /// @throws UsageException when one is not known
  static Set<Fault> named(List<String> words, Set<Fault> possible) {
    Set<Fault> faults = EnumSet.noneOf(Fault.class);
    for (String word : words) {
      faults.add(
          possible.stream()
              .filter(fault -> fault.word().equals(word))
              .findFirst()
              .orElseThrow(
                  () ->
                      new UsageException(
                          "--faults: %s (expected: some of %s)".formatted(word, words(possible)))));
    }
    return faults;
  }

  /// Their words, with commas between.
  static String words(Set<Fault> faults) {
    return faults.stream().map(Fault::word).collect(Collectors.joining(", "));
  }
}
