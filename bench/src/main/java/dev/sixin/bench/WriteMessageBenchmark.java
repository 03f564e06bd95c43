package dev.sixin.bench;

import dev.sixin.bench.Fixture.Letter;
import dev.sixin.message.Messages;
import dev.sixin.store.Bulk;
import dev.sixin.store.Key;
import dev.sixin.store.Rows;
import dev.sixin.store.Store;
import dev.sixin.store.Tally;
import dev.sixin.store.Transaction;
import dev.sixin.store.View;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/// What one message costs in the store's writer: its transaction and both inboxes' events, the rows
/// encoded, and, on the embedded engine, written with one fsync for a batch. What happens before a
/// transaction (the checks of content and relations) is not measured, nor is the transport.
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(1)
@Warmup(iterations = 5, time = 2)
@Measurement(iterations = 5, time = 2)
public class WriteMessageBenchmark {
  private static final int BATCH = 250;
  private static final int CONTACTS = 16;

  /// The engine; `memory` has no disk and no fsync, so what remains are the rules and the rows.
  @Param({"memory", "rocksdb"})
  String engine;

  /// How many users there are; with 100,000 most sessions are in no cache.
  @Param("10000")
  int users;

  private Population population;
  private final SplittableRandom random = new SplittableRandom(1);
  private final List<Captured<?>> batch = new ArrayList<>(BATCH);
  private Fixture fixture;
  private Messages messages;
  private long cliMsgId;

  /// A transaction that is ready to be run.
  private record Captured<T>(Key entity, Transaction<T> transaction) {
    CompletableFuture<T> run(Store store) {
      return store.transact(entity, transaction);
    }
  }

  /// Fills a new store with users who follow each other.
  @Setup
  public void open() throws IOException {
    population = new Population(users, CONTACTS);
    fixture = Fixture.open(engine);
    fixture.populate(population);
    messages = fixture.messagesOver(new Capturing(fixture.store()));
  }

  /// Makes the transactions of the next batch.
  @Setup(Level.Invocation)
  public void prepare() {
    batch.clear();
    for (int i = 0; i < BATCH; i++) {
      int sender = random.nextInt(users);
      int receiver = population.contact(sender, random.nextInt(CONTACTS));
      var _ =
          messages.send( // never completes: its transaction is kept for later
              Fixture.text(new Letter(population.uid(sender), population.uid(receiver)))
                  .setCliMsgId(++cliMsgId)
                  .build(),
              false);
    }
  }

  /// One message, as a share of a batch of 250.
  @Benchmark
  @OperationsPerInvocation(BATCH)
  public List<?> write() {
    return Bulk.run(batch, captured -> captured.run(fixture.store()).thenApply(Object.class::cast));
  }

  /// Removes the store.
  @TearDown
  public void close() throws IOException {
    fixture.close();
  }

  /// Reads from the store, and keeps transactions for later instead of running them.
  private final class Capturing implements Store {
    private final Store store;

    Capturing(Store store) {
      this.store = store;
    }

    @Override
    public Rows rows(Key entity) {
      return store.rows(entity);
    }

    @Override
    public <T> T read(Function<View, T> query) {
      return store.read(query);
    }

    @Override
    public <T> CompletableFuture<T> transact(Key entity, Transaction<T> transaction) {
      batch.add(new Captured<>(entity, transaction));
      return new CompletableFuture<>();
    }

    @Override
    public Tally tally() {
      return store.tally();
    }

    @Override
    public boolean writable() {
      return store.writable();
    }

    @Override
    public void close() {}
  }
}
