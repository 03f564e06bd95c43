package dev.sixin.bench;

import java.time.Duration;

/// What a load measured.
///
/// @param name of the workload
/// @param length of the measurement, warm-up not included
/// @param serverCpu that the server used meanwhile; zero if not known
record Result(String name, Tally tally, Duration length, Duration serverCpu) {
  private static final double NANOS_PER_SECOND = 1e9;

  /// Calls a second that went well.
  double rate() {
    return tally.succeeded() * NANOS_PER_SECOND / length.toNanos();
  }

  /// The server's CPU time for one call in microseconds; zero if not known.
  double cpuMicros() {
    long calls = tally.succeeded() + tally.failed();
    return calls == 0 ? 0 : serverCpu.toNanos() / 1e3 / calls;
  }
}
