package dev.sixin.bench;

import com.datastax.oss.driver.api.core.ConsistencyLevel;
import com.datastax.oss.driver.api.core.CqlSession;
import com.datastax.oss.driver.api.core.DriverException;
import com.datastax.oss.driver.api.core.cql.BatchStatement;
import com.datastax.oss.driver.api.core.cql.BatchStatementBuilder;
import com.datastax.oss.driver.api.core.cql.DefaultBatchType;
import com.datastax.oss.driver.api.core.cql.PreparedStatement;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicLong;
import org.HdrHistogram.ConcurrentHistogram;
import org.HdrHistogram.Histogram;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// What a cluster of Cassandra can do at best: the bare statements of a message, to compare a
/// server with that keeps everything there. One conditional batch of a conversation, then those of
/// two inboxes at once; each entity has one writer, which knows its version.
@Command(
    name = "cassandra",
    description =
        "Sends the bare statements of messages to a cluster of Cassandra, to compare with.",
    mixinStandardHelpOptions = true)
final class CassandraCommand implements Callable<Integer> {
  private static final int HEAD_BYTES = 150;
  private static final int ROW_BYTES = 100;
  private static final int CONVERSATION_ROWS = 3;
  private static final int INBOX_ROWS = 5;

  @Option(
      names = "--contact-points",
      required = true,
      split = ",",
      description = "HOST:PORT of some nodes")
  private List<String> contactPoints;

  @Option(names = "--datacenter", required = true, description = "theirs")
  private String datacenter;

  @Option(names = "--replication", defaultValue = "3", description = "replicas")
  private int replication;

  @Option(names = "--writers", defaultValue = "64", description = "messages under way")
  private int writers;

  @Option(names = "--duration", defaultValue = "20s", description = "how long")
  private Duration duration;

  @Option(names = "--warmup", defaultValue = "5s", description = "how long before that")
  private Duration warmup;

  private final AtomicLong unanswered = new AtomicLong();
  private CqlSession session;
  private PreparedStatement decide;
  private PreparedStatement put;
  private PreparedStatement delete;

  @Override
  public Integer call() throws InterruptedException, ExecutionException {
    String keyspace = "sixin_bare_" + ProcessHandle.current().pid();
    try (CqlSession opened =
        CqlSession.builder()
            .addContactPoints(contactPoints.stream().map(CassandraCommand::address).toList())
            .withLocalDatacenter(datacenter)
            .build()) {
      session = opened;
      define(keyspace);
      try {
        Histogram _ = run(warmup);
        unanswered.set(0);
        Histogram micros = run(duration);
        System.out.printf(
            "bare statements, %d writers, %d replicas: %.0f messages/s, p50 %.1f ms, p99 %.1f ms,"
                + " %d without an answer%n",
            writers,
            replication,
            micros.getTotalCount() * 1e9 / duration.toNanos(),
            micros.getValueAtPercentile(50) / 1e3,
            micros.getValueAtPercentile(99) / 1e3,
            unanswered.get());
      } finally {
        schema("DROP KEYSPACE " + keyspace);
      }
    }
    return 0;
  }

  private static InetSocketAddress address(String text) {
    int colon = text.lastIndexOf(':');
    return new InetSocketAddress(
        text.substring(0, colon), Integer.parseInt(text.substring(colon + 1)));
  }

  private void schema(String cql) {
    var _ =
        session.execute(
            com.datastax.oss.driver.api.core.cql.SimpleStatement.newInstance(cql)
                .setTimeout(Duration.ofSeconds(30)));
  }

  private void define(String keyspace) {
    schema(
        "CREATE KEYSPACE %s WITH replication = {'class': 'NetworkTopologyStrategy', '%s': %d}"
            .formatted(keyspace, datacenter, replication));
    schema(
        """
        CREATE TABLE %s.rows (entity blob, tbl text, row blob, value blob, version bigint STATIC,
        head blob STATIC, PRIMARY KEY (entity, tbl, row))\
        """
            .formatted(keyspace));
    decide =
        session.prepare(
            "UPDATE %s.rows SET version = ?, head = ? WHERE entity = ? IF version = ?"
                .formatted(keyspace));
    put =
        session.prepare(
            "INSERT INTO %s.rows (entity, tbl, row, value) VALUES (?, ?, ?, ?)"
                .formatted(keyspace));
    delete =
        session.prepare(
            "DELETE FROM %s.rows WHERE entity = ? AND tbl = ? AND row = ?".formatted(keyspace));
  }

  private Histogram run(Duration time) throws InterruptedException, ExecutionException {
    Histogram micros = new ConcurrentHistogram(Tally.DIGITS);
    long end = System.nanoTime() + time.toNanos();
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<?>> running = new ArrayList<>();
      for (int i = 0; i < writers; i++) {
        running.add(threads.submit(() -> write(end, micros)));
      }
      for (Future<?> one : running) {
        one.get();
      }
    }
    return micros;
  }

  private void write(long end, Histogram micros) {
    Places places = new Places();
    while (System.nanoTime() < end) {
      long begun = System.nanoTime();
      try {
        places.message();
        micros.recordValue((System.nanoTime() - begun) / 1_000);
      } catch (CompletionException e) {
        if (!(e.getCause() instanceof DriverException)) {
          throw e;
        }
        unanswered.incrementAndGet();
        places = new Places(); // nobody knows the versions of the others now
      }
    }
  }

  /// What a message changes.
  private final class Places {
    private final Entity conversation = new Entity(CONVERSATION_ROWS);
    private final List<Entity> inboxes = List.of(new Entity(INBOX_ROWS), new Entity(INBOX_ROWS));

    void message() {
      conversation.change().join();
      CompletableFuture.allOf(
              inboxes.stream().map(Entity::change).toArray(CompletableFuture<?>[]::new))
          .join();
    }
  }

  /// An entity that nobody else changes.
  private final class Entity {
    private final ByteBuffer key = bytes(17);
    private final int rows;
    private long version;

    Entity(int rows) {
      this.rows = rows;
    }

    private static ByteBuffer bytes(int count) {
      byte[] bytes = new byte[count];
      ThreadLocalRandom.current().nextBytes(bytes);
      return ByteBuffer.wrap(bytes);
    }

    CompletableFuture<Void> change() {
      BatchStatementBuilder batch = BatchStatement.builder(DefaultBatchType.UNLOGGED);
      Long before = version == 0 ? null : version;
      batch.addStatement(decide.bind(version + 1, bytes(HEAD_BYTES), key, before));
      for (int i = 1; i < rows; i++) {
        batch.addStatement(put.bind(key, "inbox", bytes(12), bytes(ROW_BYTES)));
      }
      batch.addStatement(delete.bind(key, "inbox", bytes(12)));
      version++;
      return session
          .executeAsync(
              batch
                  .setConsistencyLevel(ConsistencyLevel.LOCAL_QUORUM)
                  .setSerialConsistencyLevel(ConsistencyLevel.LOCAL_SERIAL)
                  .build())
          .toCompletableFuture()
          .thenAccept(
              result -> {
                if (!result.wasApplied()) {
                  throw new IllegalStateException("a write was not applied");
                }
              });
    }
  }
}
