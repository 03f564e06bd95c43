package dev.sixin.store.cassandra;

import dev.sixin.store.Key;
import dev.sixin.store.StoreOverloaded;
import dev.sixin.store.StoreUnavailable;
import dev.sixin.store.cassandra.Undelivered.Entry;
import dev.sixin.store.cassandra.Work.Call;
import dev.sixin.store.cassandra.Work.Delivery;
import dev.sixin.store.cassandra.Work.Letter;
import dev.sixin.store.cassandra.Work.Look;
import dev.sixin.store.cassandra.Work.Recovery;
import dev.sixin.store.cassandra.rows.EventRow;
import dev.sixin.store.cassandra.rows.ToldRow;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;

/// What this server does to one entity, in order: all that waits is done by one conditional batch
/// ([Batch]), then all that came meanwhile by the next. Between them it remembers the state that
/// the last one left, and while nobody else changes the entity it is not read again.
final class Lane {
  /// How long somebody waits for a turn among others who change the same entity.
  private static final long PATIENCE_NANOS = 5_000_000_000L;

  /// What shares a write at most: nodes do not like to write, and keep as a proposal, megabytes.
  private static final int MOST_TOGETHER = 200;

  /// How many versions may wait for the delivery of what they told. They stand in the head.
  private static final int MOST_UNDELIVERED = 1_000;

  private static final int FIRST_PAUSE_MILLIS = 5;
  private static final int LONGEST_PAUSE_MILLIS = 250;
  private static final int STORE_PAUSE_MILLIS = 500;

  private final Lanes lanes;
  private final Key entity;

  /// Guarded by `this`, as are the next three.
  private final ArrayDeque<Work> queue = new ArrayDeque<>();

  private boolean running;
  private boolean gone;
  private long idleNanos = System.nanoTime();

  /// What it told and is not delivered yet, by version. Deliveries take from it.
  private final ConcurrentSkipListMap<Long, Outgoing> undelivered = new ConcurrentSkipListMap<>();

  /// Where the index has it, with the last version that told something then. Of the one who runs.
  private final TreeMap<Long, Long> slots = new TreeMap<>();

  /// The state that the last batch left; null: to be read. Of the one who runs.
  private Known known;

  /// @param left how many addressees have not taken it yet
  /// @param end completed when all have
  private record Outgoing(ToldRow row, AtomicInteger left, CompletableFuture<Void> end) {
    static Outgoing of(ToldRow row, List<Letter> letters) {
      long addressees = letters.stream().map(Letter::to).distinct().count();
      return new Outgoing(
          row, new AtomicInteger(Math.toIntExact(addressees)), new CompletableFuture<>());
    }
  }

  Lane(Lanes lanes, Key entity) {
    this.lanes = lanes;
    this.entity = entity;
  }

  Key entity() {
    return entity;
  }

  /// Takes work, to be done after what waits.
  ///
  /// @return false if this lane is gone; there is another one then
  synchronized boolean offer(Work work) {
    if (gone) {
      return false;
    }
    queue.add(work);
    if (!running) {
      running = true;
      lanes.start(this::run);
    }
    return true;
  }

  private synchronized List<Work> next() {
    List<Work> batch = new ArrayList<>();
    int most = Math.min(lanes.limits().batch(), MOST_TOGETHER);
    while (batch.size() < most && !queue.isEmpty()) {
      batch.add(queue.poll());
    }
    if (batch.isEmpty()) {
      running = false;
      idleNanos = System.nanoTime();
    }
    return batch;
  }

  /// Ends the lane if nothing was to be done for a while.
  boolean retire(long lingerNanos) {
    synchronized (this) {
      boolean idle = System.nanoTime() - idleNanos >= lingerNanos;
      if (running || !queue.isEmpty() || !undelivered.isEmpty() || !idle) {
        return false;
      }
      gone = true;
    }
    slots.keySet().forEach(slot -> lanes.undelivered().delivered(slot, entity));
    if (known != null) {
      known.forget();
    }
    return true;
  }

  private void run() {
    for (List<Work> batch = next(); !batch.isEmpty(); batch = next()) {
      List<Work> left = lanes.inTurn(batch, this::workAndCompact);
      if (!left.isEmpty()) {
        putBack(left);
        if (!lanes.pause(STORE_PAUSE_MILLIS)) {
          end();
          return;
        }
      }
    }
  }

  /// The store is closing. What is still to be delivered stands in the outboxes of those who told
  /// it.
  private void end() {
    List<Work> left;
    synchronized (this) {
      gone = true;
      left = List.copyOf(queue);
      queue.clear();
    }
    lanes.remove(this);
    var _ = up(left, new StoreUnavailable("closed", null));
  }

  private synchronized void putBack(List<Work> left) {
    left.reversed().forEach(queue::addFirst);
  }

  private List<Work> workAndCompact(List<Work> batch) {
    List<Work> left = work(batch);
    compact();
    return left;
  }

  /// Does all of it.
  ///
  /// @return what can not be done now and must be later: deliveries. Calls are never left.
  private List<Work> work(List<Work> batch) {
    long begun = System.nanoTime();
    try {
      for (int attempt = 0; ; attempt++) {
        if (once(batch)) {
          return List.of();
        }
        lanes.meters().lost();
        if (System.nanoTime() - begun > PATIENCE_NANOS) {
          giveUp();
          return up(batch, new StoreOverloaded("others change the same entity too often"));
        }
        lanes.pause(jitter(attempt));
      }
    } catch (StoreUnavailable e) {
      giveUp();
      return up(batch, e);
    } catch (RuntimeException | Error e) {
      giveUp();
      lanes.failed(e);
      return up(batch, new StoreUnavailable("the write failed", e));
    }
  }

  /// Brings rows into chunks if there are too many. When that fails it is tried after a later
  /// batch.
  private void compact() {
    if (known == null) {
      return;
    }
    int most = lanes.limits().chunk();
    for (Map.Entry<String, Integer> table : known.head().row().getPutMap().entrySet()) {
      if (table.getValue() > most) {
        try {
          Head after = new Compaction(lanes, entity, known.head(), table.getKey()).run();
          if (after == null) {
            forget();
          } else {
            known = known.at(after);
          }
        } catch (Moved | StoreUnavailable e) {
          forget();
        } catch (RuntimeException | Error e) {
          forget();
          lanes.failed(e);
        }
        return; // one table after each batch
      }
    }
  }

  /// Leaves it to the sweeper to see whether something was told after all.
  private void giveUp() {
    forget();
    slots.clear();
  }

  private static int jitter(int attempt) {
    int most = Math.min(LONGEST_PAUSE_MILLIS, FIRST_PAUSE_MILLIS << Math.min(attempt, 10));
    return ThreadLocalRandom.current().nextInt(1, most + 1);
  }

  private static List<Work> up(List<Work> batch, RuntimeException reason) {
    List<Work> left = new ArrayList<>();
    for (Work work : batch) {
      switch (work) {
        case Call<?> call -> call.future().completeExceptionally(reason);
        case Recovery recovery -> recovery.done().completeExceptionally(reason);
        case Look look -> look.done().completeExceptionally(reason);
        case Delivery delivery -> left.add(delivery);
      }
    }
    return left;
  }

  /// One attempt.
  ///
  /// @return false if another server came first
  private boolean once(List<Work> batch) {
    try {
      boolean recovers = batch.stream().anyMatch(Recovery.class::isInstance);
      if (recovers) {
        forget();
      }
      if (known == null) {
        Head head = recovers ? lanes.access().decidedHead(entity) : lanes.access().head(entity);
        known = new Known(head, lanes.room());
        recover(head);
      }
      Batch changes = new Batch(lanes, entity, known, allDelivered());
      for (Work work : batch) {
        switch (work) {
          case Call<?> call -> changes.run(call);
          case Delivery delivery -> changes.run(delivery);
          case Recovery _ -> changes.fence();
          case Look _ -> {}
        }
      }
      if (!made(changes)) {
        forget();
        return false;
      }
      changes.settle();
      post(changes.version(), changes.told());
      CompletableFuture<Void> sent = allDelivered();
      for (Work work : batch) {
        if (work instanceof Look look) {
          look.look().run();
          look.done().complete(null);
        }
        if (work instanceof Recovery recovery) {
          var _ = sent.thenRun(() -> recovery.done().complete(null));
        }
      }
      return true;
    } catch (Moved e) {
      forget();
      return false;
    }
  }

  private boolean made(Batch changes) {
    if (changes.isIdle()) {
      return true;
    }
    if (changes.isEmpty()) {
      return known.head().version() == lanes.access().head(entity).version();
    }
    long slot = 0;
    if (!changes.told().isEmpty()) {
      if (undelivered.size() >= MOST_UNDELIVERED) {
        throw new StoreUnavailable("Cassandra: what was told before can not be delivered", null);
      }
      slot = intend();
    }
    if (!changes.write(undelivered.values().stream().map(Outgoing::row).toList(), slot)) {
      return false;
    }
    if (!changes.told().isEmpty()) {
      slots.put(slot, changes.version());
      undelivered.put(changes.version(), Outgoing.of(changes.toldRow(slot), changes.told()));
    }
    Known after = changes.after();
    if (after == null) {
      forget();
    }
    known = after;
    return true;
  }

  /// Has the entity in the index of what is undelivered, and no longer where it was before if all
  /// of that is delivered.
  private long intend() {
    long slot = lanes.undelivered().slot();
    if (!slots.containsKey(slot)) {
      slot = lanes.undelivered().intend(entity);
      slots.put(slot, Long.MAX_VALUE); // until it is known which version tells something
      long current = slot;
      long first = undelivered.isEmpty() ? Long.MAX_VALUE : undelivered.firstKey();
      slots
          .entrySet()
          .removeIf(
              old -> {
                boolean over = old.getKey() < current && old.getValue() < first;
                if (over) {
                  lanes.undelivered().delivered(old.getKey(), entity);
                }
                return over;
              });
    }
    return slot;
  }

  /// Sends what a version told.
  private void post(long version, List<Letter> letters) {
    Map<Key, List<Letter>> byAddressee = new LinkedHashMap<>();
    letters.forEach(
        letter -> byAddressee.computeIfAbsent(letter.to(), _ -> new ArrayList<>()).add(letter));
    byAddressee.forEach(
        (to, some) ->
            lanes.deliver(to, new Delivery(entity, version, some, () -> delivered(version))));
  }

  /// Completed when all that was told so far has arrived.
  private CompletableFuture<Void> allDelivered() {
    return CompletableFuture.allOf(
        undelivered.values().stream().map(Outgoing::end).toArray(CompletableFuture<?>[]::new));
  }

  private void delivered(long version) {
    Outgoing outgoing = undelivered.get(version);
    if (outgoing != null && outgoing.left().decrementAndGet() == 0) {
      undelivered.remove(version);
      outgoing.end().complete(null);
    }
  }

  /// Sends what the entity told and this lane knows nothing of, unless it is delivered.
  private void recover(Head head) {
    for (ToldRow told : head.row().getToldList()) {
      long version = told.getVersion();
      Entry entry = new Entry(told.getSlot(), entity, told.getServer());
      if (undelivered.containsKey(version) || !lanes.undelivered().has(entry)) {
        continue;
      }
      List<Letter> letters = told.getEventsList().stream().map(this::letter).toList();
      undelivered.put(version, Outgoing.of(told, letters));
      lanes.meters().recovered(letters.size());
      post(version, letters);
    }
  }

  private Letter letter(EventRow row) {
    byte[] bytes = row.getEvent().toByteArray();
    return new Letter(
        Key.of(row.getEntity().toByteArray()),
        lanes.codec().event(bytes),
        bytes,
        new Aftermath(lanes::announce));
  }

  /// The next attempt reads the entity anew.
  private void forget() {
    if (known != null) {
      known.forget();
      known = null;
    }
  }
}
