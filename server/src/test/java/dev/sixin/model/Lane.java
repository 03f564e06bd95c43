package dev.sixin.model;

import dev.sixin.TestServer;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executor;

/// A server on which histories are lived one after another.
final class Lane implements AutoCloseable {
  private static final int HISTORIES_PER_SERVER = 2_000;
  private static final Duration SHORTEN_FOR = Duration.ofMinutes(1);

  private final Executor executor;
  private final Dialect dialect;
  private final Keep keep;
  private TestServer server;
  private long histories;

  /// @param executor runs reads that may go on at once
  /// @param dialect how users talk to the server
  Lane(Executor executor, Dialect dialect) {
    this(executor, dialect, Keep.ALL);
  }

  /// @param keep what its server keeps
  Lane(Executor executor, Dialect dialect, Keep keep) {
    this.executor = executor;
    this.dialect = dialect;
    this.keep = keep;
    this.server = World.server(keep);
  }

  /// Takes the steps of a history; answers how it fails, if it does.
  Optional<AssertionError> live(List<Turn> history) {
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

  private World freshWorld() {
    if (histories > 0 && histories % HISTORIES_PER_SERVER == 0) {
      close();
      server = World.server(keep);
    }
    histories++;
    return new World(server, keep, histories * Who.NUMBERS, executor, dialect);
  }

  /// Leaves out steps as long as what is left fails too; answers how that fails. Each step means
  /// the same without those before it, so this takes fewer tries than general shrinking.
  AssertionError shorten(List<Turn> history, AssertionError failure) {
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

  /// Has everything recounted that the histories left behind, then stops the server.
  @Override
  public void close() {
    server.verify();
    server.close();
  }
}
