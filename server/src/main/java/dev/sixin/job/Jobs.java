package dev.sixin.job;

import com.google.protobuf.ByteString;
import dev.sixin.entity.Entity;
import dev.sixin.entity.Stored;
import dev.sixin.entity.rows.JobRow;
import dev.sixin.store.Bulk;
import dev.sixin.store.Key;
import dev.sixin.store.Order;
import dev.sixin.store.Range;
import dev.sixin.store.Row;
import dev.sixin.store.Store;
import dev.sixin.store.StoreUnavailable;
import dev.sixin.store.Table;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The work that goes on in the background. A job belongs to a user, or to the whole site
/// ([#SITE]); of each kind a user has one at most. It is done step by step: after each step the
/// store remembers where it goes on, and a new start of the server goes on there.
///
/// Meters, by kind: `sixin.jobs.running` (jobs now), `sixin.jobs.done` (what the steps said they
/// did), `sixin.jobs.failures` (steps that failed; they are tried again).
public final class Jobs implements AutoCloseable {
  /// Rows of jobs.
  public static final Table TABLE = Table.of("jobs");

  /// Whose the jobs are that are nobody's: no user has this number.
  public static final long SITE = 0;

  /// Jobs that may be in a step at once. Few: a step keeps the store's writer busy.
  private static final int AT_ONCE = 2;

  private static final int CHUNK = 256;
  private static final Duration FIRST_PAUSE = Duration.ofSeconds(1);
  private static final Duration LONGEST_PAUSE = Duration.ofMinutes(1);
  private static final Duration LONGEST_REST = Duration.ofSeconds(1);
  private static final Logger log = LoggerFactory.getLogger(Jobs.class);

  private final Store store;
  private final MeterRegistry meters;
  private final Semaphore turns = new Semaphore(AT_ONCE, true);

  private final Map<Integer, Kind> kinds = new HashMap<>();

  /// Guarded by `this`, as is [#closed].
  private final Map<Key, Running> running = new HashMap<>();

  private volatile boolean closed;

  /// What [#takeOver] saw last; guarded by `this`.
  private Map<Key, JobRow> standing = Map.of();

  /// Jobs kept in a store.
  ///
  /// @param meters where their progress can be seen
  public Jobs(Store store, MeterRegistry meters) {
    this.store = store;
    this.meters = meters;
  }

  /// What is to be done for a user, in steps.
  @FunctionalInterface
  public interface Work {
    /// Does one step: some milliseconds of work. A step that was interrupted is done again, so
    /// doing it twice must do no harm.
    ///
    /// @param position where the step before ended
    Step step(long uid, ByteString position);
  }

  /// How long a kind of jobs rests between two steps.
  public enum Pace {
    /// Not at all: somebody waits.
    BRISK(0),
    /// Four times as long as the step took: nobody waits.
    GENTLE(4);

    private final int rests;

    Pace(int rests) {
      this.rests = rests;
    }

    private Duration restAfter(Duration step) {
      Duration rest = step.multipliedBy(rests);
      return rest.compareTo(LONGEST_REST) < 0 ? rest : LONGEST_REST;
    }
  }

  /// What a step did.
  ///
  /// @param done how much
  /// @param next where the work goes on; empty when it is done
  public record Step(long done, Optional<ByteString> next) {}

  /// A kind of jobs. Get one from [#kind].
  public static final class Kind {
    private static final String KIND = "kind";

    private final int code;
    private final String name;
    private final Pace pace;
    private final Work work;
    private final AtomicInteger running;
    private final Counter done;
    private final Counter failures;

    private Kind(int code, String name, Pace pace, Work work, MeterRegistry meters) {
      this.code = code;
      this.name = name;
      this.pace = pace;
      this.work = work;
      this.running = new AtomicInteger();
      Gauge.builder("sixin.jobs.running", running, AtomicInteger::get)
          .description("Background jobs under way, by kind")
          .tag(KIND, name)
          .register(meters);
      this.done = counter("sixin.jobs.done", "What background jobs did, by kind", meters);
      this.failures =
          counter("sixin.jobs.failures", "Steps of jobs that failed, to be tried again", meters);
    }

    private Counter counter(String meter, String description, MeterRegistry meters) {
      return Counter.builder(meter).description(description).tag(KIND, name).register(meters);
    }

    private Key row() {
      return Key.of(code);
    }

    private Step step(long uid, ByteString position) {
      Step step = work.step(uid, position);
      done.increment((double) step.done());
      return step;
    }
  }

  private record Running(Thread thread, CompletableFuture<Long> done) {}

  /// A new kind of jobs. All kinds are made before [#resume].
  ///
  /// @param code 0 to 255; stands in the store, so it never changes
  /// @param name what meters and logs call it
  public Kind kind(int code, String name, Pace pace, Work work) {
    Kind kind = new Kind(code, name, pace, work, meters);
    if (kinds.put(code, kind) != null) {
      throw new IllegalArgumentException("code: %d (expected: one of its own)".formatted(code));
    }
    return kind;
  }

  /// Goes on with what was under way when the server stopped.
  public void resume() {
    all().values().forEach(this::goOn);
  }

  /// Goes on with what another server began and has not moved since this was called last. For
  /// servers that share a store; a job that two of them do takes no harm.
  public synchronized void takeOver() {
    Map<Key, JobRow> now = all();
    now.forEach(
        (key, job) -> {
          if (job.equals(standing.get(key))) {
            goOn(job);
          }
        });
    standing = now;
  }

  /// All that is under way, by the whole keys of their rows.
  private Map<Key, JobRow> all() {
    Map<Key, JobRow> all = new HashMap<>();
    Key from = Key.EMPTY;
    List<Row> chunk;
    do {
      chunk = store.scan(TABLE, from, CHUNK);
      for (Row row : chunk) {
        all.put(row.key(), parse(row.value()));
        from = row.key().next();
      }
    } while (chunk.size() == CHUNK);
    return all;
  }

  private void goOn(JobRow job) {
    Kind kind = kinds.get(job.getKind());
    if (kind == null) {
      log.warn("a job of kind {} is left alone: this version knows no such work", job.getKind());
    } else {
      var _ = goOn(kind, job.getUid());
    }
  }

  /// Begins a job: does its first steps at once, and what is then left in the background. When a
  /// job of this kind is under way for the user, it begins anew.
  ///
  /// @param stepsNow how many steps are done before this returns
  /// @return how much was done, once all of it is. What is left when this returns is durable.
  public CompletableFuture<Long> begin(Kind kind, long uid, int stepsNow) {
    Step step = new Step(0, Optional.of(ByteString.EMPTY));
    long done = 0;
    for (int i = 0; i < stepsNow && step.next().isPresent(); i++) {
      step = kind.step(uid, step.next().get());
      done += step.done();
    }
    if (step.next().isEmpty()) {
      return CompletableFuture.completedFuture(done);
    }
    keep(kind, uid, done, step.next().get());
    return goOn(kind, uid);
  }

  /// Begins a job in the background unless one of this kind is under way for the user already.
  ///
  /// @return how much was done, once all of it is
  public CompletableFuture<Long> beginOrJoin(Kind kind, long uid) {
    return isUnderWay(uid, List.of(kind)) ? goOn(kind, uid) : begin(kind, uid, 0);
  }

  private void keep(Kind kind, long uid, long done, ByteString position) {
    Bulk.await(
        store.transact(
            Entity.jobs(uid),
            jobs -> {
              JobRow before = parse(jobs.get(TABLE, kind.row()));
              JobRow job =
                  JobRow.newBuilder()
                      .setKind(kind.code)
                      .setUid(uid)
                      .setPosition(position)
                      .setDone(before.getDone() + done)
                      .setBegunMicros(jobs.micros())
                      .build();
              jobs.put(TABLE, kind.row(), job.toByteArray());
              return null;
            }));
  }

  /// Whether a job of one of these kinds is under way for a user.
  public boolean isUnderWay(long uid, List<Kind> some) {
    return store
        .rows(Entity.jobs(uid))
        .scan(TABLE, Range.prefix(Key.EMPTY), Order.ASCENDING, CHUNK)
        .stream()
        .anyMatch(row -> some.contains(kinds.get(row.key().u8At(0))));
  }

  private synchronized CompletableFuture<Long> goOn(Kind kind, long uid) {
    Key key = Entity.jobs(uid).append(kind.row());
    if (closed) {
      return CompletableFuture.failedFuture(stopped());
    }
    Running known = running.get(key);
    if (known != null) {
      return known.done();
    }
    CompletableFuture<Long> done = new CompletableFuture<>();
    Thread thread =
        Thread.ofVirtual().name("job-" + kind.name).unstarted(() -> run(key, kind, uid, done));
    running.put(key, new Running(thread, done));
    kind.running.incrementAndGet();
    thread.start();
    return done;
  }

  private void run(Key key, Kind kind, long uid, CompletableFuture<Long> finished) {
    long done = 0;
    Duration pause = FIRST_PAUSE;
    while (!closed) {
      try {
        Optional<JobRow> job = find(kind, uid);
        if (job.isEmpty()) {
          if (isOver(key, kind, uid)) {
            finished.complete(done);
            return;
          }
          continue;
        }
        long begun = System.nanoTime();
        done = step(kind, job.get());
        pause = FIRST_PAUSE;
        Thread.sleep(kind.pace.restAfter(Duration.ofNanos(System.nanoTime() - begun)));
      } catch (InterruptedException e) {
        return; // the server stops; the next one goes on
      } catch (RuntimeException e) {
        kind.failures.increment();
        log.warn("a step of {} failed, to be tried again in {}", kind.name, pause, e);
        if (!slept(pause)) {
          return;
        }
        Duration longer = pause.multipliedBy(2);
        pause = longer.compareTo(LONGEST_PAUSE) < 0 ? longer : LONGEST_PAUSE;
      }
    }
  }

  private static boolean slept(Duration pause) {
    try {
      Thread.sleep(pause);
      return true;
    } catch (InterruptedException e) {
      return false;
    }
  }

  private long step(Kind kind, JobRow job) throws InterruptedException {
    turns.acquire();
    try {
      Step step = kind.step(job.getUid(), job.getPosition());
      return Bulk.await(
          store.transact(
              Entity.jobs(job.getUid()),
              jobs -> {
                JobRow now = parse(jobs.get(TABLE, kind.row()));
                long done = now.getDone() + step.done();
                boolean begunAnew = now.getBegunMicros() != job.getBegunMicros();
                if (step.next().isEmpty() && !begunAnew) {
                  jobs.delete(TABLE, kind.row());
                  return done;
                }
                JobRow.Builder after = now.toBuilder().setDone(done);
                if (!begunAnew) {
                  after.setPosition(step.next().get());
                }
                jobs.put(TABLE, kind.row(), after.build().toByteArray());
                return done;
              }));
    } finally {
      turns.release();
    }
  }

  /// Ends a job of which the store knows nothing any more; not if it was begun again meanwhile.
  private synchronized boolean isOver(Key key, Kind kind, long uid) {
    if (find(kind, uid).isPresent()) {
      return false;
    }
    running.remove(key);
    kind.running.decrementAndGet();
    return true;
  }

  private Optional<JobRow> find(Kind kind, long uid) {
    return Optional.ofNullable(store.rows(Entity.jobs(uid)).get(TABLE, kind.row()))
        .map(Jobs::parse);
  }

  private static JobRow parse(byte[] value) {
    return Stored.parse(value, JobRow.getDefaultInstance());
  }

  /// Stops after the steps that are under way. A later start goes on.
  @Override
  public void close() {
    List<Running> left;
    synchronized (this) {
      closed = true;
      left = List.copyOf(running.values());
    }
    left.forEach(job -> job.thread().interrupt());
    for (Running job : left) {
      try {
        job.thread().join();
        job.done().completeExceptionally(stopped());
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return;
      }
    }
  }

  private static StoreUnavailable stopped() {
    return new StoreUnavailable("closed", null);
  }
}
