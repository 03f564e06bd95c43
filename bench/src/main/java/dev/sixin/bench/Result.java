package dev.sixin.bench;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/// What a load measured.
///
/// @param name of the load
/// @param tally of the calls that ended in this time
/// @param length of the measurement, warm-up not included
/// @param serverCpu that the server used meanwhile; zero if not known
/// @param offered calls that were to begin each second; 0: in a closed loop
/// @param unanswered calls that had begun and not ended at the end
/// @param seconds how it went, second by second
record Result(
    String name,
    Tally tally,
    Duration length,
    Duration serverCpu,
    double offered,
    long unanswered,
    List<Second> seconds) {
  private static final double NANOS_PER_SECOND = 1e9;

  /// A part of the measurement.
  ///
  /// @param end since the begin of the measurement
  /// @param rate calls a second that went well
  /// @param failed calls a second that did not
  record Second(Duration end, double rate, double failed) {}

  /// What it was made of: one result for each method that was called. How they share the server's
  /// time is not known, nor how each went second by second.
  List<Result> byMethod() {
    return tally.paths().stream()
        .map(
            path ->
                new Result(
                    Method.name(path),
                    tally.of(path),
                    length,
                    Duration.ZERO,
                    offered,
                    0,
                    List.of()))
        .toList();
  }

  /// One result of parts that were measured one after another; what was offered is their mean.
  ///
  /// @param parts at least one
  static Result of(String name, List<Result> parts) {
    Tally tally = new Tally();
    Duration length = Duration.ZERO;
    Duration serverCpu = Duration.ZERO;
    double offered = 0;
    List<Second> seconds = new ArrayList<>();
    for (Result part : parts) {
      offered += part.offered() * part.length().toNanos();
      tally.add(part.tally());
      for (Second second : part.seconds()) {
        seconds.add(new Second(length.plus(second.end()), second.rate(), second.failed()));
      }
      length = length.plus(part.length());
      serverCpu = serverCpu.plus(part.serverCpu());
    }
    return new Result(
        name,
        tally,
        length,
        serverCpu,
        offered / length.toNanos(),
        parts.getLast().unanswered(),
        seconds);
  }

  boolean isOpen() {
    return offered > 0;
  }

  /// Calls a second that went well.
  double rate() {
    return perSecond(tally.succeeded());
  }

  /// Calls a second, when there were so many in the whole measurement.
  double perSecond(long calls) {
    return calls * NANOS_PER_SECOND / length.toNanos();
  }

  /// The server's CPU time for one call in microseconds; zero if not known.
  double cpuMicros() {
    long calls = tally.succeeded() + tally.failed();
    return calls == 0 ? 0 : serverCpu.toNanos() / 1e3 / calls;
  }
}
