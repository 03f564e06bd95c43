package dev.sixin.model;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import net.jqwik.api.AfterFailureMode;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.ShrinkingMode;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;

/// Random histories of users who talk to the server in the web dialect.
class WebHistoriesTest {
  private static ExecutorService executor;
  private static Lane lane;

  @BeforeContainer
  static void start() {
    executor = Executors.newVirtualThreadPerTaskExecutor();
    lane = new Lane(executor, Dialect.WEB);
  }

  @AfterContainer
  static void stop() {
    lane.close();
    executor.close();
  }

  @Provide
  Arbitrary<List<Turn>> histories() {
    return Histories.all();
  }

  @Property(
      tries = 20,
      edgeCases = EdgeCasesMode.NONE,
      shrinking = ShrinkingMode.OFF,
      afterFailure = AfterFailureMode.PREVIOUS_SEED)
  void everyAnswer_isWhatTheModelSays(@ForAll("histories") List<Turn> history) {
    Optional<AssertionError> failure = lane.live(history);
    if (failure.isPresent()) {
      throw lane.shorten(history, failure.get());
    }
  }
}
