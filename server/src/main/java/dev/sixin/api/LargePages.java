package dev.sixin.api;

import dev.sixin.refusal.Code;
import dev.sixin.refusal.Refusal;
import dev.sixin.store.Deadline;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.ArrayDeque;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongConsumer;
import java.util.function.Supplier;

/// Pages of so many messages that reading and writing them down keeps a core busy for long. A
/// virtual thread that computes is not taken off its core, so a few of these would hold up all
/// other calls. They are made one after another on a thread of the machine, which gets its share of
/// the cores like any other, and half of the time rests. Users take turns there.
final class LargePages {
  /// Messages of the largest page that is made at once.
  private static final int SMALL = 200;

  private static final int MOST_WAITING = 1_000;
  private static final int IDLE_SECONDS = 10;

  private static final ThreadMXBean CPU = ManagementFactory.getThreadMXBean();

  private final LongConsumer requireRoom;

  private final ThreadPoolExecutor thread =
      new ThreadPoolExecutor(
          1,
          1,
          IDLE_SECONDS,
          TimeUnit.SECONDS,
          new LinkedBlockingQueue<>(),
          Thread.ofPlatform().name("large-pages").daemon().factory());

  /// What waits, by user; the one whose turn it is comes first.
  private final LinkedHashMap<Long, Queue<Runnable>> waiting = new LinkedHashMap<>();

  private int count;

  /// @param requireRoom refuses users who have not taken other large answers
  LargePages(LongConsumer requireRoom) {
    this.requireRoom = requireRoom;
    thread.allowCoreThreadTimeOut(true);
  }

  /// Has a page made, on this thread if it is small. What is done with a large one once it is made
  /// is done on its thread, too.
  ///
  /// @param uid who wants it
  /// @param size messages at most
  /// @throws Refusal when too many large ones wait (-509)
  <T> CompletionStage<T> make(long uid, int size, Supplier<T> page) {
    if (size <= SMALL) {
      return CompletableFuture.completedFuture(page.get());
    }
    Supplier<T> made =
        () -> {
          requireRoom.accept(uid);
          return page.get();
        };
    return CompletableFuture.supplyAsync(Deadline.handedOn(made), task -> add(uid, task));
  }

  private synchronized void add(long uid, Runnable task) {
    if (count == MOST_WAITING) {
      throw Refusal.of(Code.OVERLOADED, "pages: too many large ones are under way");
    }
    count++;
    waiting.computeIfAbsent(uid, _ -> new ArrayDeque<>()).add(task);
    thread.execute(this::makeNext);
  }

  private void makeNext() {
    long begun = CPU.getCurrentThreadCpuTime();
    next().run();
    LockSupport.parkNanos(CPU.getCurrentThreadCpuTime() - begun);
  }

  private synchronized Runnable next() {
    Map.Entry<Long, Queue<Runnable>> turn = waiting.pollFirstEntry();
    Queue<Runnable> tasks = turn.getValue();
    Runnable task = tasks.remove();
    if (!tasks.isEmpty()) {
      waiting.putLast(turn.getKey(), tasks);
    }
    count--;
    return task;
  }
}
