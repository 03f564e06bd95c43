package dev.sixin;

import dev.sixin.entity.News.Said;
import dev.sixin.proto.type.RecverType;
import dev.sixin.store.Announcement;
import io.micrometer.core.instrument.Clock;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.config.MeterFilter;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.prometheus.metrics.instrumentation.jvm.JvmBufferPoolMetrics;
import io.prometheus.metrics.instrumentation.jvm.JvmGarbageCollectorMetrics;
import io.prometheus.metrics.instrumentation.jvm.JvmMemoryMetrics;
import io.prometheus.metrics.instrumentation.jvm.JvmThreadsMetrics;
import io.prometheus.metrics.instrumentation.jvm.ProcessMetrics;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.util.List;

/// What a server counts of itself: `sixin_...` is registered beside what it is about; the JVM and
/// the process have the names that all Java programs give them.
final class Meters {
  private static final String OURS = "sixin.";

  private final PrometheusMeterRegistry registry;

  Meters() {
    PrometheusRegistry all = new PrometheusRegistry();
    registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT, all, Clock.SYSTEM);
    registry.config().meterFilter(MeterFilter.denyUnless(id -> id.getName().startsWith(OURS)));
    ProcessMetrics.builder().register(all);
    JvmMemoryMetrics.builder().register(all);
    JvmBufferPoolMetrics.builder().register(all);
    JvmGarbageCollectorMetrics.builder().register(all);
    JvmThreadsMetrics.builder().register(all);
    Gauge.builder("sixin.info", () -> 1)
        .description("Always 1; the version is its label")
        .tag("version", Main.version())
        .register(registry);
  }

  /// Where meters are registered.
  MeterRegistry registry() {
    return registry;
  }

  /// All of them, in the format that Prometheus reads.
  String text() {
    return registry.scrape();
  }

  /// Counts the messages that are announced, and passes everything on.
  Announcement.Listener countMessages(Announcement.Listener next) {
    Counter toOne = messages("private");
    Counter toGroups = messages("group");
    return announced -> {
      count(announced, toOne, toGroups);
      next.hear(announced);
    };
  }

  private Counter messages(String kind) {
    return Counter.builder("sixin.messages")
        .description("Messages that were stored, by kind; lines of the server's own too")
        .tag("kind", kind)
        .register(registry);
  }

  private static void count(
      List<Announcement.Announced> announced, Counter toOne, Counter toGroups) {
    int one = 0;
    int groups = 0;
    for (Announcement.Announced what : announced) {
      if (what.what() instanceof Said said) {
        if (said.msg().getReceiverType() == RecverType.EN_RECVER_TYPE_GROUP) {
          groups++;
        } else {
          one++;
        }
      }
    }
    toOne.increment(one);
    toGroups.increment(groups);
  }
}
