package dev.sixin.store.cassandra;

import com.datastax.oss.driver.api.core.cql.BatchStatement;
import dev.sixin.store.Announcement;
import dev.sixin.store.Announcement.Announced;
import dev.sixin.store.Deadline;
import dev.sixin.store.Event;
import dev.sixin.store.Key;
import dev.sixin.store.StoreOverloaded;
import dev.sixin.store.StoreUnavailable;
import dev.sixin.store.Transaction;
import dev.sixin.store.cassandra.Work.Call;
import dev.sixin.store.cassandra.Work.Delivery;
import dev.sixin.store.cassandra.Work.Look;
import dev.sixin.store.cassandra.Work.Recovery;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.UnaryOperator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// All entities that this server is changing, and what changing them takes.
final class Lanes implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(Lanes.class);

  /// Conditional writes under way at once. More of them would wait in the nodes.
  private static final int TURNS = 256;

  /// How long an entity that nothing is done to is remembered.
  private static final Duration LINGER = Duration.ofSeconds(5);

  /// How long somebody waits for the events of a transaction that is durable itself.
  private static final Duration EVENTS = Duration.ofSeconds(2);

  private static final Duration DRAIN = Duration.ofSeconds(15);

  private final Tools tools;
  private final Map<Key, Lane> lanes = new ConcurrentHashMap<>();
  private final Semaphore turns = new Semaphore(TURNS, true);
  private final AtomicInteger waiting = new AtomicInteger();
  private final AtomicInteger running = new AtomicInteger();
  private final AtomicLong writes = new AtomicLong();
  private final CountDownLatch closing = new CountDownLatch(1);
  private final Known.Room room;

  /// What changing entities takes.
  ///
  /// @param server this server's number, new at each start
  record Tools(
      long server,
      Reading.Access access,
      Undelivered undelivered,
      Entities entities,
      Times times,
      Event.Codec codec,
      Event.Handler handler,
      Announcement.Listener listener,
      CassandraStore.Limits limits,
      CassandraMeters meters) {}

  Lanes(Tools tools) {
    this.tools = tools;
    this.room = new Known.Room(tools.limits().rowCacheBytes());
  }

  /// Runs a transaction. Who waits too long is told so; it may be done later.
  ///
  /// @throws StoreOverloaded when too many wait
  <T> CompletableFuture<T> call(Key entity, Transaction<T> transaction) {
    CompletableFuture<T> future = new CompletableFuture<>();
    if (waiting.incrementAndGet() > tools.limits().queue()) {
      waiting.decrementAndGet();
      throw new StoreOverloaded(tools.limits().queue());
    }
    var _ = future.whenComplete((_, _) -> waiting.decrementAndGet());
    if (isClosing()) {
      future.completeExceptionally(new StoreUnavailable("closed", null));
    } else {
      submit(entity, new Call<>(transaction, future));
    }
    return inTime(future);
  }

  private <T> CompletableFuture<T> inTime(CompletableFuture<T> future) {
    Duration within = Deadline.left(tools.limits().answerWithin());
    return future
        .copy()
        .orTimeout(within.toMillis(), TimeUnit.MILLISECONDS)
        .exceptionallyCompose(
            e ->
                CompletableFuture.failedFuture(
                    e instanceof TimeoutException
                        ? new StoreUnavailable("Cassandra: no answer within " + within, e)
                        : e));
  }

  void deliver(Key entity, Delivery delivery) {
    submit(entity, delivery);
  }

  /// Delivers what an entity told and may not have been delivered.
  CompletableFuture<Void> recover(Key entity) {
    CompletableFuture<Void> done = new CompletableFuture<>();
    submit(entity, new Recovery(done));
    return done;
  }

  /// Runs something while this server does not change an entity. It ends normally and waits for
  /// nothing.
  CompletableFuture<Void> look(Key entity, Runnable look) {
    CompletableFuture<Void> done = new CompletableFuture<>();
    submit(entity, new Look(look, done));
    return inTime(done);
  }

  private void submit(Key entity, Work work) {
    while (!lanes.computeIfAbsent(entity, key -> new Lane(this, key)).offer(work)) {
      Thread.onSpinWait(); // the one that is gone is being removed
    }
  }

  /// Whether this server has to do with an entity now.
  boolean has(Key entity) {
    return lanes.containsKey(entity);
  }

  /// Lets go of the entities that nothing is done to any more.
  void retire() {
    retire(LINGER);
  }

  private void retire(Duration linger) {
    for (Lane lane : lanes.values()) {
      if (lane.retire(linger.toNanos())) {
        remove(lane);
      }
    }
  }

  void remove(Lane lane) {
    lanes.remove(lane.entity(), lane);
  }

  // For lanes

  void start(Runnable lane) {
    running.incrementAndGet();
    var _ =
        Thread.ofVirtual()
            .name("store-lane")
            .start(
                () -> {
                  try {
                    lane.run();
                  } finally {
                    running.decrementAndGet();
                  }
                });
  }

  /// Has work done while not too much else is.
  List<Work> inTurn(List<Work> batch, UnaryOperator<List<Work>> work) {
    turns.acquireUninterruptibly();
    try {
      return work.apply(batch);
    } finally {
      turns.release();
    }
  }

  /// Waits a little.
  ///
  /// @return false if the store is closing, then or before
  boolean pause(int millis) {
    try {
      return !closing.await(millis, TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  /// The answer is given even if the events are not applied in a while: they will be.
  <T> void waitNoLonger(CompletableFuture<T> future, T answer) {
    if (!future.isDone()) {
      var _ = future.completeOnTimeout(answer, EVENTS.toMillis(), TimeUnit.MILLISECONDS);
    }
  }

  Decision decide(BatchStatement statement, int parts) {
    long begun = System.nanoTime();
    Decision decision = tools.access().nodes().decide(statement);
    tools.meters().decided(decision, parts, System.nanoTime() - begun);
    return decision;
  }

  long nextWrite() {
    return writes.incrementAndGet();
  }

  void announce(List<Announced> announced) {
    if (announced.isEmpty()) {
      return;
    }
    try {
      synchronized (tools.listener()) {
        tools.listener().hear(announced);
      }
    } catch (RuntimeException | Error e) {
      log.error("what was committed could not be announced", e);
    }
  }

  void failed(Throwable e) {
    log.error("a write failed", e);
  }

  void unappliable(Key entity, Throwable e) {
    tools.meters().unappliable();
    log.error("an event that {} was told could not be applied, it is kept there", entity, e);
  }

  long server() {
    return tools.server();
  }

  Reading.Access access() {
    return tools.access();
  }

  Undelivered undelivered() {
    return tools.undelivered();
  }

  Entities entities() {
    return tools.entities();
  }

  Times times() {
    return tools.times();
  }

  Event.Codec codec() {
    return tools.codec();
  }

  Event.Handler handler() {
    return tools.handler();
  }

  CassandraStore.Limits limits() {
    return tools.limits();
  }

  CassandraMeters meters() {
    return tools.meters();
  }

  Known.Room room() {
    return room;
  }

  /// How many transactions are not answered yet.
  int waiting() {
    return waiting.get();
  }

  /// How many entities are remembered.
  int size() {
    return lanes.size();
  }

  boolean isClosing() {
    return closing.getCount() == 0;
  }

  /// Ends what is under way. What is told by then and not delivered waits for another server, or
  /// the next start.
  @Override
  public void close() {
    closing.countDown();
    long begun = System.nanoTime();
    try {
      while (running.get() > 0 && System.nanoTime() - begun < DRAIN.toNanos()) {
        Thread.sleep(1);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    retire(Duration.ZERO);
  }
}
