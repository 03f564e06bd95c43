package dev.sixin.store;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Function;
import java.util.function.LongSupplier;

/// Many small transactions one after another, a bounded number of them under way, so that a long
/// list neither fills the store's queue nor holds up everybody else. The more slowly they end, the
/// fewer: a store gives up on what waits too long.
public final class Bulk {
  static final int MOST_UNDER_WAY = 64;
  private static final int FIRST_UNDER_WAY = 8;
  private static final Duration SLOW = Duration.ofSeconds(1);

  private Bulk() {}

  /// Runs a transaction for each item and waits for all of them. Transactions begin in the order of
  /// the items. The first failure is thrown once what was begun has ended; later items are then
  /// left out.
  public static <I, T> List<T> run(List<I> items, Function<I, CompletableFuture<T>> transaction) {
    return run(items, transaction, System::nanoTime);
  }

  /// As above.
  ///
  /// @param nanos a clock
  static <I, T> List<T> run(
      List<I> items, Function<I, CompletableFuture<T>> transaction, LongSupplier nanos) {
    Pace pace = new Pace(nanos.getAsLong());
    ArrayDeque<Begun<T>> begun = new ArrayDeque<>();
    List<T> answers = new ArrayList<>(items.size());
    try {
      for (I item : items) {
        begun.add(new Begun<>(nanos.getAsLong(), transaction.apply(item)));
        while (begun.size() >= pace.underWay) {
          Begun<T> first = begun.poll();
          answers.add(await(first.transaction()));
          pace.ended(first.nanos(), nanos.getAsLong());
        }
      }
      while (!begun.isEmpty()) {
        answers.add(await(begun.poll().transaction()));
      }
      return answers;
    } finally {
      CompletableFuture.allOf(
              begun.stream().map(Begun::transaction).toArray(CompletableFuture<?>[]::new))
          .exceptionally(_ -> null)
          .join();
    }
  }

  private record Begun<T>(long nanos, CompletableFuture<T> transaction) {}

  /// How many may be under way: a quarter more while transactions end soon, half as many when one
  /// does not. What began before that changed says nothing about it.
  private static final class Pace {
    private int underWay = FIRST_UNDER_WAY;
    private long changedNanos;

    Pace(long nanos) {
      this.changedNanos = nanos;
    }

    void ended(long begunNanos, long nanos) {
      if (begunNanos - changedNanos < 0) {
        return;
      }
      boolean soon = nanos - begunNanos <= SLOW.toNanos();
      underWay =
          soon ? Math.min(underWay + underWay / 4 + 1, MOST_UNDER_WAY) : Math.max(underWay / 2, 1);
      changedNanos = nanos;
    }
  }

  /// Waits for one transaction and answers what it answered, or throws what it threw.
  public static <T> T await(CompletableFuture<T> transaction) {
    try {
      return transaction.join();
    } catch (CompletionException e) {
      throw e.getCause() instanceof RuntimeException cause ? cause : e;
    }
  }
}
