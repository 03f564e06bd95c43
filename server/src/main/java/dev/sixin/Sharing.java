package dev.sixin;

import dev.sixin.bus.Bus;
import dev.sixin.bus.BusSettings;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;

/// That other servers work on the same store.
///
/// @param bus how they tell each other what happens; empty: they do not
/// @param freshWithin how long what another server did may stay unseen where the bus did not tell
///   it: to those who watch, and in what is remembered of users and the site's tables
public record Sharing(Optional<BusSettings> bus, Duration freshWithin) {
  /// The bus, which is not connected yet.
  ///
  /// @throws UsageException when a file that it needs is of no use
  Optional<Bus> openBus(MeterRegistry meters) {
    return bus.map(
        settings -> {
          try {
            return new Bus(settings, meters);
          } catch (IOException e) {
            throw new UsageException("--bus: " + e.getMessage());
          }
        });
  }
}
