package dev.sixin.model;

import dev.sixin.TestServer;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
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

/// Random histories. `-Dsixin.histories=20000` tries more than the usual 1,000; `-Dsixin.seed=...`
/// replays those of a seed that a failure printed.
class HistoriesTest {
  private static final int HISTORIES_PER_SERVER = 2_000;
  private static final Duration SHORTEN_FOR = Duration.ofMinutes(1);

  private static TestServer server;
  private static ExecutorService executor;
  private static long histories;

  @BeforeContainer
  static void start() {
    server = World.server();
    executor = Executors.newVirtualThreadPerTaskExecutor();
  }

  @AfterContainer
  static void stop() {
    server.close();
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
  void everyAnswer_isWhatTheModelSays(@ForAll("histories") List<Turn> history) {
    Optional<AssertionError> failure = live(history);
    if (failure.isPresent()) {
      throw shorten(history, failure.get());
    }
  }

  /// Leaves out steps as long as what is left fails too; answers how that fails. Each step means
  /// the same without those before it, so this takes fewer tries than general shrinking.
  private static AssertionError shorten(List<Turn> history, AssertionError failure) {
    Instant end = Instant.now().plus(SHORTEN_FOR);
    List<Turn> left = new ArrayList<>(history);
    AssertionError shortest = failure;
    for (int i = left.size() - 1; i >= 0 && Instant.now().isBefore(end); i--) {
      Turn without = left.remove(i);
      Optional<AssertionError> still = live(left);
      if (still.isPresent()) {
        shortest = still.get();
      } else {
        left.add(i, without);
      }
    }
    return shortest;
  }

  private static Optional<AssertionError> live(List<Turn> history) {
    World world = freshWorld();
    StringBuilder story = new StringBuilder();
    try {
      for (Turn turn : history) {
        story.append("\n  ").append(turn.step());
        world.take(turn);
      }
      story.append("\n  a look at everything");
      world.compareAll();
      return Optional.empty();
    } catch (AssertionError | RuntimeException e) {
      return Optional.of(
          new AssertionError("%s%nafter these steps:%s".formatted(e.getMessage(), story), e));
    } finally {
      // Later than ever before, so that no history depends on those before it.
      Duration behind = Duration.between(server.clock.instant(), world.model().time().highest());
      server.clock.move(behind.plusHours(1));
    }
  }

  private static World freshWorld() {
    if (histories > 0 && histories % HISTORIES_PER_SERVER == 0) {
      server.close();
      server = World.server();
    }
    histories++;
    return new World(server, histories * Who.NUMBERS, executor);
  }

  /// Takes the number of histories, and the seed, from the command line.
  static final class ByCommand implements AroundPropertyHook {
    private static final int USUAL = 1_000;

    @Override
    public PropertyExecutionResult aroundProperty(
        PropertyLifecycleContext context, PropertyExecutor property) {
      context.attributes().setTries(Integer.getInteger("sixin.histories", USUAL));
      String seed = System.getProperty("sixin.seed");
      if (seed != null) {
        context.attributes().setSeed(seed);
      }
      return property.execute();
    }
  }
}
