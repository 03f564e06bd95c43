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
import net.jqwik.api.lifecycle.AddLifecycleHook;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.AroundPropertyHook;
import net.jqwik.api.lifecycle.BeforeContainer;
import net.jqwik.api.lifecycle.PropertyExecutionResult;
import net.jqwik.api.lifecycle.PropertyExecutor;
import net.jqwik.api.lifecycle.PropertyLifecycleContext;

/// Random histories on servers that do not keep everything. `-Dsixin.forgetful=2000` tries more
/// than the usual 5 of each; `-Dsixin.seed=...` replays.
class ForgetfulHistoriesTest {
  private static ExecutorService executor;
  private static Lane byAge;
  private static Lane byNumber;
  private static Lane byBoth;

  @BeforeContainer
  static void start() {
    executor = Executors.newVirtualThreadPerTaskExecutor();
    byAge = new Lane(executor, Dialect.GRPC, new Keep(1, 0));
    byNumber = new Lane(executor, Dialect.GRPC, new Keep(0, 2));
    byBoth = new Lane(executor, Dialect.GRPC, new Keep(2, 1));
  }

  @AfterContainer
  static void stop() {
    byAge.close();
    byNumber.close();
    byBoth.close();
    executor.close();
  }

  @Provide
  Arbitrary<List<Turn>> histories() {
    return Histories.forgetful();
  }

  @Property(
      edgeCases = EdgeCasesMode.NONE,
      shrinking = ShrinkingMode.OFF,
      afterFailure = AfterFailureMode.PREVIOUS_SEED)
  @AddLifecycleHook(ByCommand.class)
  void everyAnswer_isWhatTheModelSays(@ForAll("histories") List<Turn> history) {
    for (Lane lane : List.of(byAge, byNumber, byBoth)) {
      Optional<AssertionError> failure = lane.live(history);
      if (failure.isPresent()) {
        throw lane.shorten(history, failure.get());
      }
    }
  }

  /// Takes the number of histories, and the seed, from the command line.
  static final class ByCommand implements AroundPropertyHook {
    private static final int USUAL = 5;

    @Override
    public PropertyExecutionResult aroundProperty(
        PropertyLifecycleContext context, PropertyExecutor property) {
      context.attributes().setTries(Integer.getInteger("sixin.forgetful", USUAL));
      String seed = System.getProperty("sixin.seed");
      if (seed != null) {
        context.attributes().setSeed(seed);
      }
      return property.execute();
    }
  }
}
