package dev.sixin.store.rocksdb;

import dev.sixin.store.Announcement;
import dev.sixin.store.Announcement.Announced;
import dev.sixin.store.Event;
import dev.sixin.store.Key;
import dev.sixin.store.Pending;
import dev.sixin.store.Rows;
import dev.sixin.store.StoreDamaged;
import dev.sixin.store.StoreOverloaded;
import dev.sixin.store.StoreUnavailable;
import dev.sixin.store.Transaction;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Changes the store. One thread runs transactions, one after another; another writes what a batch
/// of them changed, syncs it to the disk and completes them, while the first one runs the next
/// batch on top of it. What comes while a batch is written joins the next one: one sync less.
///
/// When a write fails, everything in its batch and in the one on top fails and the store is
/// read-only: the writer refuses what comes, tries the disk once a second, and opens the database
/// anew when it takes writes again. A batch that failed may have reached the disk or not; as after
/// any outage, a client learns which by asking again with the same `cli_msg_id`.
final class Writer implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(Writer.class);
  private static final long RETRY_MILLIS = 1_000;
  private static final long IDLE_MILLIS = 100;

  /// Room for a new log and a new manifest.
  private static final int PROBE_BYTES = 4 << 20;

  private final RocksStore store;
  private final int batchLimit;
  private final BlockingQueue<Waiting<?>> queue;
  private final Event.Handler handler;
  private final Announcement.Listener listener;
  private final InstantSource clock;
  private final long rowCacheBytes;
  private final StoreMeters meters;
  private final Thread thread;
  private final ExecutorService disk =
      Executors.newSingleThreadExecutor(Thread.ofPlatform().name("store-disk").daemon().factory());
  private final CountDownLatch closing = new CountDownLatch(1);
  private volatile boolean writable = true;

  /// Whether it stays read-only until a restart: what is damaged would be so again.
  private volatile boolean damaged;

  /// Of the thread that runs transactions.
  private RowCache cache;

  private long lastMicros;

  /// What is being written, or was and is not known to the cache yet; null: nothing.
  private Writing writing;

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

  private record Writing(Pending pending, Future<?> end) {}

  Writer(
      RocksStore store,
      RocksStore.Limits limits,
      Event.Handler handler,
      Announcement.Listener listener,
      InstantSource clock,
      long lastMicros) {
    this.store = store;
    this.meters = store.meters();
    this.batchLimit = limits.batch();
    this.queue = new ArrayBlockingQueue<>(limits.queue());
    this.handler = handler;
    this.listener = listener;
    this.clock = clock;
    this.rowCacheBytes = limits.rowCacheBytes();
    this.cache = new RowCache(rowCacheBytes);
    this.lastMicros = lastMicros;
    this.thread = Thread.ofPlatform().name("store-writer").daemon().start(this::run);
  }

  <T> CompletableFuture<T> submit(Key entity, Transaction<T> transaction) {
    if (!writable()) {
      return CompletableFuture.failedFuture(unavailable());
    }
    Waiting<T> waiting = new Waiting<>(entity, transaction, new CompletableFuture<>());
    if (!queue.offer(waiting)) {
      throw new StoreOverloaded(queue.size());
    }
    if (isClosing() && queue.remove(waiting)) { // the writer may have looked for the last time
      waiting.future().completeExceptionally(unavailable());
    }
    return waiting.future();
  }

  boolean writable() {
    return writable && !isClosing();
  }

  int waiting() {
    return queue.size();
  }

  private boolean isClosing() {
    return closing.getCount() == 0;
  }

  private StoreUnavailable unavailable() {
    return new StoreUnavailable(
        isClosing() ? "closed" : damaged ? "damaged, read-only" : "read-only after a failed write",
        null);
  }

  private void run() {
    List<Waiting<?>> batch = new ArrayList<>();
    try {
      while (!(isClosing() && queue.isEmpty())) {
        Waiting<?> first = queue.poll(IDLE_MILLIS, TimeUnit.MILLISECONDS);
        if (first != null) {
          batch.add(first);
          queue.drainTo(batch, batchLimit - 1);
        }
        if (!commit(batch)) {
          refuse(batch, unavailable());
          recover();
        }
        batch.clear();
      }
      awaitWriting();
    } catch (InterruptedException | RuntimeException | Error e) {
      log.error("the writer ended, the store is read-only until a restart", e);
    } finally {
      writable = false;
      refuse(batch, unavailable());
      refuseAllWaiting();
      disk.shutdown();
    }
  }

  /// Runs transactions while those before them are written, and has them written after those.
  ///
  /// @param batch grows by what comes meanwhile
  /// @return false if those before them could not be written
  private boolean commit(List<Waiting<?>> batch) throws InterruptedException {
    Pending pending = new Pending(this::rows, handler, clock, lastMicros);
    List<Done<?>> done = new ArrayList<>();
    runRest(batch, done, pending);
    if (!awaitWriting()) {
      return false;
    }
    if (!batch.isEmpty()) {
      queue.drainTo(batch, batchLimit - batch.size());
      runRest(batch, done, pending);
      writing = new Writing(pending, disk.submit(() -> write(pending, done)));
    }
    return true;
  }

  private void runRest(List<Waiting<?>> batch, List<Done<?>> done, Pending pending) {
    for (Waiting<?> waiting : batch.subList(done.size(), batch.size())) {
      done.add(waiting.runIn(pending));
    }
    lastMicros = pending.lastMicros();
    meters.looked(cache.takeHits(), cache.takeMisses());
  }

  /// What transactions see of an entity: what is committed or on its way there.
  private Rows rows(Key entity) {
    Rows committed = cache.over(entity, store.rows(entity));
    return writing == null ? committed : writing.pending().over(entity, committed);
  }

  /// @return false if it could not be written
  private boolean awaitWriting() throws InterruptedException {
    if (writing == null) {
      return true;
    }
    Writing ended = writing;
    try {
      ended.end().get();
    } catch (ExecutionException e) {
      return false; // write has said why
    } finally {
      writing = null;
    }
    ended.pending().forEach(cache::committed);
    return true;
  }

  private Void write(Pending pending, List<Done<?>> done) {
    try {
      if (!pending.isEmpty()) {
        startGenerations(pending.lastMicros());
        long begin = System.nanoTime();
        store.use(database -> database.commit(pending));
        meters.committed(done.size(), System.nanoTime() - begin);
      }
    } catch (RuntimeException | Error e) {
      writable = false;
      meters.failed();
      if (e instanceof StoreDamaged) {
        damaged = true;
        log.error("the store is damaged, it is read-only until a restart: {}", e.getMessage());
      } else if (e instanceof StoreUnavailable) {
        log.error("writing failed, the store is read-only now: {}", e.getMessage());
      } else {
        log.error("writing failed, the store is read-only now", e);
      }
      refuse(
          done.stream().map(Done::waiting).toList(), new StoreUnavailable("the write failed", e));
      throw e;
    }
    done.forEach(Done::complete);
    announce(pending.announced());
    return null;
  }

  private void announce(List<Announced> announced) {
    if (announced.isEmpty()) {
      return;
    }
    try {
      listener.hear(announced);
    } catch (RuntimeException | Error e) {
      log.error("what was committed could not be announced", e);
    }
  }

  private void startGenerations(long micros) {
    if (store.using(database -> database.generationsAreOver(micros))) {
      store.alone(database -> database.startGenerations(micros));
    }
  }

  private void recover() throws InterruptedException {
    String said = null;
    do {
      refuseAllWaiting();
      if (damaged) {
        continue;
      }
      try {
        probe(store.directory());
        store.reopen();
        lastMicros = Math.max(lastMicros, store.using(Database::lastMicros));
        cache = new RowCache(rowCacheBytes);
        Pending nothing = new Pending(this::rows, handler, clock, lastMicros);
        store.use(database -> database.commit(nothing));
        writable = true;
        log.warn("writing works again, the store is read-write");
        return;
      } catch (IOException | RuntimeException | Error e) {
        if (!Objects.equals(e.getMessage(), said)) {
          said = e.getMessage();
          log.warn("still read-only: {}", said);
        }
      }
    } while (!closing.await(RETRY_MILLIS, TimeUnit.MILLISECONDS));
  }

  private void refuseAllWaiting() {
    List<Waiting<?>> refused = new ArrayList<>();
    queue.drainTo(refused);
    refuse(refused, unavailable());
  }

  private static void refuse(List<? extends Waiting<?>> refused, StoreUnavailable reason) {
    refused.forEach(waiting -> waiting.future().completeExceptionally(reason));
  }

  /// Whether the disk takes writes and has room for what opening anew takes: reads go on from the
  /// old database until it does. What the logs hold becomes table files then.
  private static void probe(Path directory) throws IOException {
    long needed = PROBE_BYTES;
    try (DirectoryStream<Path> logs = Files.newDirectoryStream(directory, "*.log")) {
      for (Path file : logs) {
        needed += Files.size(file);
      }
    }
    long usable = Files.getFileStore(directory).getUsableSpace();
    if (usable < needed) {
      throw new IOException("%d bytes free (expected: %d)".formatted(usable, needed));
    }
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
    closing.countDown();
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    refuseAllWaiting();
  }
}
