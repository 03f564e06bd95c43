package dev.sixin.bench;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.HistogramIterationValue;

/// A report for programs. Names of numbers say their units.
final class Json {
  /// Points of a distribution for each halving of what is left to 100 %.
  private static final int POINTS_PER_HALF = 5;

  private Json() {}

  static String of(Report report) {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("command", report.command());
    json.put("begin", report.begin().toString());
    json.put("setting", report.setting());
    ObjectNode options = json.putObject("options");
    report.options().forEach(options::put);
    putMachine(json.putObject("machine"));
    ArrayNode results = json.putArray("results");
    report.results().forEach(result -> put(result, results.addObject()));
    ArrayNode ratios = json.putArray("ratios");
    report
        .ratios()
        .forEach(ratio -> ratios.addObject().put("name", ratio.name()).put("value", ratio.value()));
    ArrayNode verdicts = json.putArray("verdicts");
    report
        .verdicts()
        .forEach(
            verdict -> verdicts.addObject().put("what", verdict.what()).put("met", verdict.met()));
    return json.toPrettyString() + "\n";
  }

  private static void putMachine(ObjectNode json) {
    json.put("cores", Runtime.getRuntime().availableProcessors());
    json.put("os", System.getProperty("os.name") + " " + System.getProperty("os.version"));
    json.put("arch", System.getProperty("os.arch"));
    json.put("java", Runtime.version().toString());
  }

  private static void put(Result result, ObjectNode json) {
    json.put("name", result.name());
    json.put("loop", result.isOpen() ? "open" : "closed");
    if (result.isOpen()) {
      json.put("offered_per_second", result.offered());
      json.put("unanswered", result.unanswered());
      json.put("started_late_without_stream", result.tally().starved());
      put(result.tally().delays(), json.putObject("start_delay"));
    }
    json.put("seconds", seconds(result.length()));
    json.put("rate_per_second", result.rate());
    json.put("server_cpu_micros_per_call", result.cpuMicros());
    put(result.tally().micros(), json.putObject("succeeded"));
    ObjectNode failed = json.putObject("failed");
    result.tally().failures().forEach((ending, micros) -> put(micros, failed.putObject(ending)));
    ArrayNode overTime = json.putArray("over_time");
    result
        .seconds()
        .forEach(
            second ->
                overTime
                    .addObject()
                    .put("second", seconds(second.end()))
                    .put("rate_per_second", second.rate())
                    .put("failed_per_second", second.failed()));
  }

  private static double seconds(Duration duration) {
    return (double) duration.toNanos() / TimeUnit.SECONDS.toNanos(1);
  }

  private static void put(Histogram micros, ObjectNode json) {
    json.put("calls", micros.getTotalCount());
    json.put("max_micros", micros.getMaxValue());
    ArrayNode points = json.putArray("percentiles");
    for (HistogramIterationValue point : micros.percentiles(POINTS_PER_HALF)) {
      points
          .addObject()
          .put("percentile", point.getPercentileLevelIteratedTo())
          .put("micros", point.getValueIteratedTo());
    }
  }
}
