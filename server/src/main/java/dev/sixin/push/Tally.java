package dev.sixin.push;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;

/// What becomes of notices. Those that are sent and those that are merged into one that waits are
/// all there are; where announcements were lost, each device is told that there was something.
final class Tally {
  private final Counter sent;
  private final Counter merged;
  private final Counter lost;

  Tally(MeterRegistry meters) {
    this.sent =
        Counter.builder("sixin.push.notices")
            .description("Notices that went to devices")
            .register(meters);
    this.merged =
        Counter.builder("sixin.push.merged")
            .description("Notices that were merged into one that waited for a busy line")
            .register(meters);
    this.lost =
        Counter.builder("sixin.push.lost")
            .description(
                "Announcements that came too fast to be passed on; devices are told to look")
            .register(meters);
  }

  void sent() {
    sent.increment();
  }

  void merged() {
    merged.increment();
  }

  void lost(int announcements) {
    lost.increment(announcements);
  }
}
