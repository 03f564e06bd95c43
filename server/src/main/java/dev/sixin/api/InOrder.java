package dev.sixin.api;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;

/// Begins tasks in the order in which they came, on the threads of an executor that does not.
///
/// Virtual threads wait in several queues, and a busy scheduler may take from one of them as long
/// as it is never empty: calls of whole connections did not begin for as long as the load went on.
/// So a thread does not bring its own task along, it takes the oldest one when it runs.
final class InOrder implements Executor {
  private final Executor threads;
  private final Queue<Runnable> waiting = new ConcurrentLinkedQueue<>();

  /// @param threads runs each task that it is given once, some time
  InOrder(Executor threads) {
    this.threads = threads;
  }

  @Override
  public void execute(Runnable task) {
    waiting.add(task);
    threads.execute(() -> waiting.remove().run());
  }
}
