package dev.sixin.store;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Function;

/// Many small transactions one after another, a bounded number of them under way, so that a long
/// list neither fills the store's queue nor holds up everybody else.
public final class Bulk {
  private static final int UNDER_WAY = 64;

  private Bulk() {}

  /// Runs a transaction for each item and waits for all of them. Transactions begin in the order of
  /// the items. The first failure is thrown once what was begun has ended; later items are then
  /// left out.
  public static <I, T> List<T> run(List<I> items, Function<I, CompletableFuture<T>> transaction) {
    ArrayDeque<CompletableFuture<T>> begun = new ArrayDeque<>();
    List<T> answers = new ArrayList<>(items.size());
    try {
      for (I item : items) {
        begun.add(transaction.apply(item));
        if (begun.size() == UNDER_WAY) {
          answers.add(await(begun.poll()));
        }
      }
      while (!begun.isEmpty()) {
        answers.add(await(begun.poll()));
      }
      return answers;
    } finally {
      CompletableFuture.allOf(begun.toArray(CompletableFuture<?>[]::new))
          .exceptionally(_ -> null)
          .join();
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
