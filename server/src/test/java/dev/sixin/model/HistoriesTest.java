package dev.sixin.model;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import net.jqwik.api.AfterFailureMode;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.ShrinkingMode;
import net.jqwik.api.lifecycle.AddLifecycleHook;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.AroundPropertyHook;
import net.jqwik.api.lifecycle.BeforeContainer;
import net.jqwik.api.lifecycle.PropertyExecutionResult;
import net.jqwik.api.lifecycle.PropertyExecutor;
import net.jqwik.api.lifecycle.PropertyLifecycleContext;

/// Random histories, two at once on servers of their own: half of the time one waits for an answer.
/// `-Dsixin.histories=20000` tries more than the usual 100; `-Dsixin.seed=...` replays those of a
/// seed that a failure printed.
class HistoriesTest {
  private static ExecutorService executor;
  private static Lane lane;
  private static Lane otherLane;

  @BeforeContainer
  static void start() {
    executor = Executors.newVirtualThreadPerTaskExecutor();
    lane = new Lane(executor, Dialect.GRPC);
    otherLane = new Lane(executor, Dialect.GRPC);
  }

  @AfterContainer
  static void stop() {
    lane.close();
    otherLane.close();
    executor.close();
  }

  @Provide
  Arbitrary<List<Turn>> histories() {
    return Histories.all();
  }

  @Property(
      edgeCases = EdgeCasesMode.NONE,
      shrinking = ShrinkingMode.OFF,
      afterFailure = AfterFailureMode.PREVIOUS_SEED)
  @AddLifecycleHook(ByCommand.class)
  void everyAnswer_isWhatTheModelSays(
      @ForAll("histories") List<Turn> history, @ForAll("histories") List<Turn> other) {
    CompletableFuture<Optional<AssertionError>> otherFailure =
        CompletableFuture.supplyAsync(() -> otherLane.live(other), executor);
    Optional<AssertionError> failure = lane.live(history);
    otherFailure.join();
    if (failure.isPresent()) {
      throw lane.shorten(history, failure.get());
    }
    if (otherFailure.join().isPresent()) {
      throw otherLane.shorten(other, otherFailure.join().get());
    }
  }

  /// Takes the number of histories, and the seed, from the command line.
  static final class ByCommand implements AroundPropertyHook {
    private static final int USUAL = 100;

    @Override
    public PropertyExecutionResult aroundProperty(
        PropertyLifecycleContext context, PropertyExecutor property) {
      context.attributes().setTries(Math.ceilDiv(Integer.getInteger("sixin.histories", USUAL), 2));
      String seed = System.getProperty("sixin.seed");
      if (seed != null) {
        context.attributes().setSeed(seed);
      }
      return property.execute();
    }
  }
}
