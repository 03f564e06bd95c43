package dev.sixin.store.rocksdb;

import dev.sixin.store.Event;
import dev.sixin.store.Key;
import dev.sixin.store.Pending;
import dev.sixin.store.StoreOverloaded;
import dev.sixin.store.StoreUnavailable;
import dev.sixin.store.Transaction;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The one thread that changes the store.
///
/// When a write fails, everything in its batch fails and the store is read-only: the writer refuses
/// what comes, tries the disk once a second, and opens the database anew when it takes writes
/// again. A batch that failed may have reached the disk or not; as after any outage, a client
/// learns which by asking again with the same `cli_msg_id`.
final class Writer implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(Writer.class);
  private static final Duration RETRY = Duration.ofSeconds(1);

  /// Room that must be there before writes are tried again: what a flush and a new manifest need.
  private static final int PROBE_BYTES = 4 << 20;

  private final RocksStore store;
  private final int batchLimit;
  private final BlockingQueue<Waiting<?>> queue;
  private final Event.Handler handler;
  private final InstantSource clock;
  private final Thread thread;
  private Pending pending;
  private volatile boolean writable = true;
  private volatile boolean closing;

  private record Waiting<T>(Key entity, Transaction<T> transaction, CompletableFuture<T> future) {
    Done<T> runIn(Pending pending) {
      try {
        return new Done<>(this, pending.run(entity, transaction), null);
      } catch (Throwable e) {
        return new Done<>(this, null, e);
      }
    }
  }

  private record Done<T>(Waiting<T> waiting, T answer, Throwable refusal) {
    void complete() {
      if (refusal != null) {
        waiting.future().completeExceptionally(refusal);
      } else {
        waiting.future().complete(answer);
      }
    }
  }

  Writer(
      RocksStore store,
      RocksStore.Limits limits,
      Event.Handler handler,
      InstantSource clock,
      long lastMicros) {
    this.store = store;
    this.batchLimit = limits.batch();
    this.queue = new ArrayBlockingQueue<>(limits.queue());
    this.handler = handler;
    this.clock = clock;
    this.pending = new Pending(store::rows, handler, clock, lastMicros);
    this.thread = Thread.ofPlatform().name("store-writer").daemon().start(this::run);
  }

  <T> CompletableFuture<T> submit(Key entity, Transaction<T> transaction) {
    if (closing || !writable) {
      return CompletableFuture.failedFuture(
          new StoreUnavailable(closing ? "closed" : "read-only after a failed write", null));
    }
    Waiting<T> waiting = new Waiting<>(entity, transaction, new CompletableFuture<>());
    if (!queue.offer(waiting)) {
      throw new StoreOverloaded(queue.size());
    }
    if (closing && queue.remove(waiting)) {
      waiting.future().completeExceptionally(new StoreUnavailable("closed", null));
    }
    return waiting.future();
  }

  boolean writable() {
    return writable && !closing;
  }

  int waiting() {
    return queue.size();
  }

  private void run() {
    List<Waiting<?>> batch = new ArrayList<>(batchLimit);
    while (true) {
      try {
        Waiting<?> first = queue.poll(100, TimeUnit.MILLISECONDS);
        if (first == null) {
          if (closing) {
            return;
          }
          continue;
        }
        batch.add(first);
        queue.drainTo(batch, batchLimit - 1);
        commit(batch);
      } catch (InterruptedException e) {
        return;
      } finally {
        batch.clear();
      }
    }
  }

  private void commit(List<Waiting<?>> batch) throws InterruptedException {
    List<Done<?>> done = new ArrayList<>(batch.size());
    try {
      for (Waiting<?> waiting : batch) {
        done.add(waiting.runIn(pending));
      }
      if (!pending.isEmpty()) {
        startGenerations();
        store.use(database -> database.commit(pending));
      }
      pending.clear();
      done.forEach(Done::complete);
    } catch (RuntimeException | Error e) {
      pending.clear();
      writable = false;
      log.error("writing failed, the store is read-only now: {}", e.getMessage());
      StoreUnavailable failure = new StoreUnavailable("the write failed", e);
      batch.forEach(waiting -> waiting.future().completeExceptionally(failure));
      recover();
    }
  }

  private void startGenerations() {
    long micros = pending.lastMicros();
    if (store.using(database -> database.generationsAreOver(micros))) {
      store.alone(database -> database.startGenerations(micros));
    }
  }

  private void recover() throws InterruptedException {
    while (!writable && !closing) {
      refuseAllWaiting();
      Thread.sleep(RETRY);
      try {
        probe(store.directory());
        store.reopen();
        long lastMicros = Math.max(pending.lastMicros(), store.using(Database::clock));
        pending = new Pending(store::rows, handler, clock, lastMicros);
        store.use(database -> database.commit(pending));
        writable = true;
        log.warn("writing works again, the store is read-write");
      } catch (IOException | RuntimeException e) {
        log.warn("still read-only: {}", e.getMessage());
      }
    }
    refuseAllWaiting();
  }

  private void refuseAllWaiting() {
    List<Waiting<?>> refused = new ArrayList<>();
    queue.drainTo(refused);
    StoreUnavailable reason = new StoreUnavailable("read-only after a failed write", null);
    refused.forEach(waiting -> waiting.future().completeExceptionally(reason));
  }

  /// Whether the disk takes writes at all: reads go on from the old database until it does.
  private static void probe(Path directory) throws IOException {
    Path file = directory.resolve("probe.tmp");
    try (FileChannel channel =
        FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
      ByteBuffer block = ByteBuffer.allocate(64 << 10);
      for (int written = 0; written < PROBE_BYTES; ) {
        written += channel.write(block.clear());
      }
      channel.force(true);
    } finally {
      Files.deleteIfExists(file);
    }
  }

  /// Completes what waits, then ends the thread.
  @Override
  public void close() {
    closing = true;
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    refuseAllWaiting();
  }
}
