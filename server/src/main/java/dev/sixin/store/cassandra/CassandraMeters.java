package dev.sixin.store.cassandra;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.composite.CompositeMeterRegistry;
import java.time.Duration;

/// What the Cassandra engine counts of itself.
final class CassandraMeters {
  private static final double[] BATCHES = {1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000};
  private static final Duration[] DECISIONS = {
    Duration.ofMillis(2),
    Duration.ofMillis(5),
    Duration.ofMillis(10),
    Duration.ofMillis(20),
    Duration.ofMillis(50),
    Duration.ofMillis(100),
    Duration.ofMillis(200),
    Duration.ofMillis(500),
    Duration.ofSeconds(1),
    Duration.ofSeconds(5)
  };

  /// Goes nowhere until somebody wants to know.
  private final CompositeMeterRegistry registry = new CompositeMeterRegistry();

  private final DistributionSummary batch =
      DistributionSummary.builder("sixin.store.batch.size")
          .description("Transactions, and deliveries of events, that shared a write")
          .serviceLevelObjectives(BATCHES)
          .register(registry);
  private final Timer commit =
      Timer.builder("sixin.store.commit")
          .description("How long a write took until it was durable")
          .serviceLevelObjectives(DECISIONS)
          .register(registry);
  private final Counter unknown =
      counter(
          "sixin.store.outcomes.unknown",
          "Writes of which the nodes did not say whether they were made; it was read back");
  private final Counter lost =
      counter(
          "sixin.store.contention", "Attempts that were begun anew, as another server came first");
  private final Counter compactions =
      counter(
          "sixin.store.compactions", "Times that rows of a large entity were brought into chunks");
  private final Counter recovered =
      counter("sixin.store.recovered", "Events that were delivered in place of who told them");
  private final Counter unappliable =
      counter("sixin.store.unappliable", "Events whose handler failed; they are kept");

  private Counter counter(String name, String description) {
    return Counter.builder(name).description(description).register(registry);
  }

  /// Has all of it in a registry from now on.
  void show(CassandraStore store, Lanes lanes, MeterRegistry wanted) {
    registry.add(wanted);
    Gauge.builder("sixin.store.writable", store, shown -> shown.writable() ? 1 : 0)
        .description("1: the store takes writes; 0: it is read-only or closed")
        .register(registry);
    Gauge.builder("sixin.store.queue", lanes, Lanes::waiting)
        .description("Transactions that wait to be run")
        .register(registry);
    Gauge.builder("sixin.store.lanes", lanes, Lanes::size)
        .description("Entities that were changed lately and are remembered")
        .register(registry);
  }

  /// A write ended.
  ///
  /// @param parts how many transactions and deliveries shared it
  void decided(Decision decision, int parts, long nanos) {
    switch (decision) {
      case MADE -> {
        batch.record(parts);
        commit.record(Duration.ofNanos(nanos));
      }
      case LOST -> {} // counted with the attempt
      case UNKNOWN -> unknown.increment();
    }
  }

  void compacted() {
    compactions.increment();
  }

  void lost() {
    lost.increment();
  }

  void recovered(int events) {
    recovered.increment(events);
  }

  void unappliable() {
    unappliable.increment();
  }
}
