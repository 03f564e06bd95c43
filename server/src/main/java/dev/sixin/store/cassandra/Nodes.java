package dev.sixin.store.cassandra;

import com.datastax.oss.driver.api.core.AllNodesFailedException;
import com.datastax.oss.driver.api.core.ConsistencyLevel;
import com.datastax.oss.driver.api.core.CqlSession;
import com.datastax.oss.driver.api.core.CqlSessionBuilder;
import com.datastax.oss.driver.api.core.DriverException;
import com.datastax.oss.driver.api.core.NodeUnavailableException;
import com.datastax.oss.driver.api.core.RequestThrottlingException;
import com.datastax.oss.driver.api.core.config.DefaultDriverOption;
import com.datastax.oss.driver.api.core.config.DriverConfigLoader;
import com.datastax.oss.driver.api.core.connection.BusyConnectionException;
import com.datastax.oss.driver.api.core.cql.BatchStatement;
import com.datastax.oss.driver.api.core.cql.BoundStatement;
import com.datastax.oss.driver.api.core.cql.PreparedStatement;
import com.datastax.oss.driver.api.core.cql.ResultSet;
import com.datastax.oss.driver.api.core.cql.Row;
import com.datastax.oss.driver.api.core.cql.SimpleStatement;
import com.datastax.oss.driver.api.core.cql.Statement;
import com.datastax.oss.driver.api.core.servererrors.BootstrappingException;
import com.datastax.oss.driver.api.core.servererrors.QueryValidationException;
import com.datastax.oss.driver.api.core.servererrors.UnavailableException;
import com.datastax.oss.driver.internal.core.specex.ConstantSpeculativeExecutionPolicy;
import dev.sixin.store.Deadline;
import dev.sixin.store.StoreUnavailable;
import java.time.Duration;
import java.util.Iterator;
import java.util.List;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The nodes of the database, and what is asked of them: everything at LOCAL_QUORUM or, where it
/// decides something, at LOCAL_SERIAL. The driver repeats what does no harm (it is told of each
/// statement whether that is so) and nothing else.
final class Nodes implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(Nodes.class);

  /// A little more than the nodes give themselves for a conditional write.
  private static final Duration REQUEST = Duration.ofSeconds(3);

  /// Longer than a node takes that is there, unless it has far too much to do.
  private static final Duration SILENCE = Duration.ofMillis(800);

  private static final Duration SCHEMA = Duration.ofSeconds(20);

  private final CqlSession session;

  private Nodes(CqlSession session) {
    this.session = session;
  }

  /// Connects to them.
  ///
  /// @throws StoreUnavailable when none of them answers, or none lets us in; the message says why
  static Nodes connect(CassandraStore.Place place) {
    DriverConfigLoader settings =
        DriverConfigLoader.programmaticBuilder()
            .withString(DefaultDriverOption.SESSION_NAME, "sixin")
            .withString(
                DefaultDriverOption.REQUEST_CONSISTENCY, ConsistencyLevel.LOCAL_QUORUM.name())
            .withString(
                DefaultDriverOption.REQUEST_SERIAL_CONSISTENCY,
                ConsistencyLevel.LOCAL_SERIAL.name())
            .withDuration(DefaultDriverOption.REQUEST_TIMEOUT, REQUEST)
            .withDuration(DefaultDriverOption.CONTROL_CONNECTION_TIMEOUT, SCHEMA)
            .withDuration(DefaultDriverOption.METADATA_SCHEMA_REQUEST_TIMEOUT, SCHEMA)
            .withDuration(DefaultDriverOption.CONNECTION_INIT_QUERY_TIMEOUT, Duration.ofSeconds(5))
            .withBoolean(DefaultDriverOption.TIMESTAMP_GENERATOR_FORCE_JAVA_CLOCK, true)
            // what does no harm twice is asked of another node, too, when one is silent
            .withClass(
                DefaultDriverOption.SPECULATIVE_EXECUTION_POLICY_CLASS,
                ConstantSpeculativeExecutionPolicy.class)
            .withInt(DefaultDriverOption.SPECULATIVE_EXECUTION_MAX, 2)
            .withDuration(DefaultDriverOption.SPECULATIVE_EXECUTION_DELAY, SILENCE)
            // nothing is under way when it is closed
            .withInt(DefaultDriverOption.NETTY_IO_SHUTDOWN_QUIET_PERIOD, 0)
            .withInt(DefaultDriverOption.NETTY_ADMIN_SHUTDOWN_QUIET_PERIOD, 0)
            // a node that is stopped, not gone, is noticed by this alone
            .withDuration(DefaultDriverOption.HEARTBEAT_INTERVAL, Duration.ofSeconds(2))
            .withDuration(DefaultDriverOption.HEARTBEAT_TIMEOUT, Duration.ofSeconds(2))
            .withDuration(DefaultDriverOption.RECONNECTION_BASE_DELAY, Duration.ofMillis(500))
            .withDuration(DefaultDriverOption.RECONNECTION_MAX_DELAY, Duration.ofSeconds(5))
            .build();
    CqlSessionBuilder builder =
        CqlSession.builder()
            .withConfigLoader(settings)
            .addContactPoints(place.contactPoints())
            .withLocalDatacenter(place.datacenter());
    place.login().ifPresent(it -> builder.withAuthCredentials(it.user(), it.password()));
    place.tls().ifPresent(builder::withSslContext);
    try {
      return new Nodes(builder.build());
    } catch (DriverException | IllegalStateException | IllegalArgumentException e) {
      throw new StoreUnavailable(
          "Cassandra at %s: %s".formatted(place.contactPoints(), e.getMessage()), e);
    }
  }

  PreparedStatement prepare(String cql) {
    return asked(() -> session.prepare(cql));
  }

  /// Changes the schema, once: two nodes that make one table at the same time may not agree on it.
  void define(String cql) {
    SimpleStatement statement = SimpleStatement.newInstance(cql).setTimeout(SCHEMA);
    ResultSet _ = asked(() -> session.execute(statement.setIdempotent(false)));
  }

  /// What was found. Of more than a page the rest is asked for as it is walked over.
  record Found(ResultSet rows) implements Iterable<Row> {
    /// The only row; null: there is none.
    Row one() {
      return asked(rows::one);
    }

    /// How many pages were asked for so far.
    int pages() {
      return rows.getExecutionInfos().size();
    }

    /// May fail as whoever asks may: later pages are asked for then.
    @Override
    public Iterator<Row> iterator() {
      Iterator<Row> all = rows.iterator();
      return new Iterator<>() {
        @Override
        public boolean hasNext() {
          return asked(all::hasNext);
        }

        @Override
        public Row next() {
          return asked(all::next);
        }
      };
    }
  }

  /// Asks something that is not asked often enough to be prepared.
  Found ask(SimpleStatement statement) {
    return found(statement);
  }

  /// What a majority of the replicas knows.
  Found read(BoundStatement statement) {
    return found(statement);
  }

  private <S extends Statement<S>> Found found(S statement) {
    Duration left = Deadline.left(REQUEST);
    if (left.isZero()) {
      throw new StoreUnavailable("Cassandra: no answer in time", null);
    }
    return asked(() -> new Found(session.execute(statement.setIdempotent(true).setTimeout(left))));
  }

  /// What is decided: conditional writes that are under way have been made before this answers, or
  /// never will be.
  Found readDecided(BoundStatement statement) {
    return read(statement.setConsistencyLevel(ConsistencyLevel.LOCAL_SERIAL));
  }

  /// Writes without a condition; again if that is not known to have reached a majority.
  void write(BoundStatement statement) {
    ResultSet _ = asked(() -> session.execute(statement.setIdempotent(true)));
  }

  /// As [#write], many rows of one partition at once.
  void write(BatchStatement batch) {
    ResultSet _ = asked(() -> session.execute(batch.setIdempotent(true)));
  }

  /// As [#write], without waiting. When it fails nobody learns of it.
  void writeLater(BoundStatement statement) {
    var _ =
        session
            .executeAsync(statement.setIdempotent(true))
            .exceptionally(
                e -> {
                  log.debug("left for the sweeper", e);
                  return null;
                });
  }

  /// Makes a conditional write, once.
  ///
  /// @throws StoreUnavailable when it was surely not made
  Decision decide(Statement<?> statement) {
    try {
      return session.execute(statement.setIdempotent(false)).wasApplied()
          ? Decision.MADE
          : Decision.LOST;
    } catch (DriverException e) {
      if (surelyNotDone(e)) {
        throw unavailable(e);
      }
      log.debug("the outcome of a conditional write is unknown", e);
      return Decision.UNKNOWN;
    } catch (IllegalStateException e) {
      throw new StoreUnavailable("closed", e);
    }
  }

  private static boolean surelyNotDone(Throwable e) {
    return switch (e) {
      case AllNodesFailedException all ->
          all.getAllErrors().values().stream().flatMap(List::stream).allMatch(Nodes::surelyNotDone);
      case UnavailableException _,
          BootstrappingException _,
          NodeUnavailableException _,
          BusyConnectionException _,
          RequestThrottlingException _,
          QueryValidationException _ ->
          true;
      default -> false;
    };
  }

  private static <T> T asked(Supplier<T> question) {
    try {
      return question.get();
    } catch (DriverException e) {
      throw unavailable(e);
    } catch (IllegalStateException e) { // what the driver throws once it is closed
      throw new StoreUnavailable("closed", e);
    }
  }

  private static StoreUnavailable unavailable(DriverException e) {
    return new StoreUnavailable("Cassandra: " + e.getMessage(), e);
  }

  @Override
  public void close() {
    session.close();
  }
}
