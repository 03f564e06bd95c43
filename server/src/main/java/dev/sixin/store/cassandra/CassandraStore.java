package dev.sixin.store.cassandra;

import dev.sixin.store.Announcement;
import dev.sixin.store.Bulk;
import dev.sixin.store.Deadline;
import dev.sixin.store.Event;
import dev.sixin.store.Key;
import dev.sixin.store.Origin;
import dev.sixin.store.Row;
import dev.sixin.store.Rows;
import dev.sixin.store.Store;
import dev.sixin.store.StoreOverloaded;
import dev.sixin.store.StoreUnavailable;
import dev.sixin.store.Table;
import dev.sixin.store.Tally;
import dev.sixin.store.Transaction;
import dev.sixin.store.View;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.net.InetSocketAddress;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Gatherers;
import javax.net.ssl.SSLContext;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The engine on Apache Cassandra, or what speaks its protocol. See the package.
public final class CassandraStore implements Store, MeterBinder {
  private static final Logger log = LoggerFactory.getLogger(CassandraStore.class);

  /// How often a query is begun anew because what it reads changes meanwhile.
  private static final int READ_ATTEMPTS = 20;

  /// Entities that are read at once by somebody who walks over all.
  private static final int AT_ONCE = 8;

  /// After so many attempts this server does not change meanwhile what was in the way.
  private static final int UNDISTURBED_AFTER = 2;

  private static final int KEEPER_MILLIS = 1_000;

  private final Nodes nodes;
  private final Reading.Access access;
  private final Entities entities;
  private final Undelivered undelivered;
  private final Times times;
  private final Lanes lanes;
  private final Sweeper sweeper;
  private final CassandraMeters meters = new CassandraMeters();
  private final Thread keeper = Thread.ofVirtual().name("store-keeper").unstarted(this::keep);
  private volatile boolean answers = true;

  /// Where the database is.
  ///
  /// @param contactPoints some of the nodes
  /// @param datacenter the one that this server belongs to
  /// @param keyspace its name
  /// @param replication how many replicas a new keyspace has in that datacenter
  /// @param tls empty: cleartext
  public record Place(
      List<InetSocketAddress> contactPoints,
      String datacenter,
      String keyspace,
      int replication,
      Optional<Login> login,
      Optional<SSLContext> tls) {}

  /// Who we are to the database.
  public record Login(String user, String password) {
    @Override
    public String toString() {
      return user; // not for logs
    }
  }

  /// What can be set.
  ///
  /// @param queue how many transactions may wait
  /// @param batch how many of one entity share a write at most
  /// @param rowCacheBytes what is remembered of the entities that are being changed, about
  /// @param answerWithin how long somebody waits for a transaction, if not less ([Deadline])
  /// @param chunk how many rows of a table an entity has in a partition, about
  public record Limits(int queue, int batch, long rowCacheBytes, Duration answerWithin, int chunk) {
    /// With chunks of a size that nodes are at ease with.
    public Limits(int queue, int batch, long rowCacheBytes, Duration answerWithin) {
      this(queue, batch, rowCacheBytes, answerWithin, 4_000);
    }
  }

  /// What becomes of events and announcements.
  public record Ears(Event.Codec codec, Event.Handler handler, Announcement.Listener listener) {}

  private CassandraStore(
      Nodes nodes,
      String keyspace,
      OptionalInt number,
      Limits limits,
      Ears ears,
      InstantSource clock) {
    this.nodes = nodes;
    long server = new SecureRandom().nextLong();
    this.access =
        new Reading.Access(
            nodes, new Statements(nodes, keyspace), new Chunks(nodes, keyspace), clock);
    this.entities = new Entities(nodes, keyspace);
    this.undelivered = new Undelivered(nodes, keyspace, server, clock);
    this.times =
        number.isPresent()
            ? new Times.Numbered(nodes, keyspace, number.getAsInt(), server, clock)
            : new Times.Unnumbered();
    this.lanes =
        new Lanes(
            new Lanes.Tools(
                server,
                access,
                undelivered,
                entities,
                times,
                ears.codec(),
                ears.handler(),
                ears.listener(),
                limits,
                meters));
    this.sweeper = new Sweeper(lanes);
  }

  /// Opens the store in a keyspace, or makes it there.
  ///
  /// @param number which of the servers on this keyspace this one is; empty: none of them, it makes
  ///   no message keys
  /// @throws StoreUnavailable when the nodes do not answer, another server has the number, or the
  ///   keyspace is not one that this version understands; the message says which
  public static CassandraStore open(
      Place place, OptionalInt number, Limits limits, Ears ears, InstantSource clock) {
    return open(place, number, limits, ears, clock, schema -> schema.open(Undelivered.slot(clock)));
  }

  /// Opens the store in a keyspace where it is already, for who makes no message keys.
  ///
  /// @throws StoreUnavailable as above, or when it is not there
  public static CassandraStore openExisting(
      Place place, Limits limits, Ears ears, InstantSource clock) {
    return open(
        place,
        OptionalInt.empty(),
        limits,
        ears,
        clock,
        schema -> {
          schema.requireThere();
          schema.open(Undelivered.slot(clock));
        });
  }

  private static CassandraStore open(
      Place place,
      OptionalInt number,
      Limits limits,
      Ears ears,
      InstantSource clock,
      Consumer<Schema> prepare) {
    Nodes nodes = Nodes.connect(place);
    try {
      Schema schema = new Schema(nodes, place);
      prepare.accept(schema);
      CassandraStore store =
          new CassandraStore(nodes, schema.keyspace(), number, limits, ears, clock);
      store.times.advance(Origin.of(store).micros());
      store.sweeper.start();
      store.keeper.start();
      return store;
    } catch (RuntimeException e) {
      nodes.close();
      throw e;
    }
  }

  @Override
  public Rows rows(Key entity) {
    return new Reading(access, entity);
  }

  /// Answers a query. Of each entity it sees one state, but not of all of them the same moment: an
  /// entity is read when the query asks for it. When an entity changes while it is read, the query
  /// is run again, in the end while this server does not change it.
  ///
  /// @throws StoreOverloaded when it changes too often
  @Override
  public <T> T read(Function<View, T> query) {
    if (lanes.isClosing()) {
      throw new StoreUnavailable("closed", null);
    }
    for (int attempt = 0; attempt < READ_ATTEMPTS; attempt++) {
      Answer<T> answer = ask(query);
      Optional<Key> busy = answer.moved().flatMap(Moved::entity);
      if (busy.isPresent() && attempt >= UNDISTURBED_AFTER) {
        List<Answer<T>> undisturbed = new ArrayList<>();
        var _ = Bulk.await(lanes.look(busy.get(), () -> undisturbed.add(ask(query))));
        answer = undisturbed.getFirst();
      }
      if (answer.moved().isEmpty()) {
        return answer.get();
      }
      meters.lost();
    }
    throw new StoreOverloaded("what is read changes too often");
  }

  /// What a query came to: an answer, or what it threw.
  private record Answer<T>(T value, RuntimeException thrown) {
    Optional<Moved> moved() {
      return thrown instanceof Moved moved ? Optional.of(moved) : Optional.empty();
    }

    T get() {
      if (thrown != null) {
        throw thrown;
      }
      return value;
    }
  }

  private <T> Answer<T> ask(Function<View, T> query) {
    States states = new States(access);
    try {
      Answer<T> answer = answer(query, states);
      states.confirm();
      return answer;
    } catch (RuntimeException e) {
      return new Answer<>(null, e);
    } finally {
      states.end();
    }
  }

  private static <T> Answer<T> answer(Function<View, T> query, View view) {
    try {
      return new Answer<>(query.apply(view), null);
    } catch (Moved | StoreUnavailable e) {
      throw e;
    } catch (RuntimeException e) { // the query's own, if what it saw was so
      return new Answer<>(null, e);
    }
  }

  @Override
  public <P, T> List<T> readAll(List<P> places, Function<P, T> read) {
    return States.atOnce(places, read);
  }

  @Override
  public List<Row> scan(Table table, Key from, int limit) {
    return entities
        .from(table.name(), from, limit)
        .gather(Gatherers.mapConcurrent(AT_ONCE, entity -> rows(entity, table, from, limit)))
        .flatMap(List::stream)
        .limit(limit)
        .toList();
  }

  private List<Row> rows(Key entity, Table table, Key from, int limit) {
    Key first = from.startsWith(entity) ? from.after(entity.length()) : Key.EMPTY;
    return new Reading(access, entity)
        .walk(table, first, limit).stream()
            .map(row -> new Row(entity.append(row.key()), row.value()))
            .toList();
  }

  /// How many entities have, or had, rows of a table.
  public long entities(Table table) {
    return entities.count(table.name());
  }

  @Override
  public Tally tally() {
    long lastMicros = times.last();
    long changes = 0;
    for (Head head : access.heads()) {
      lastMicros = Math.max(lastMicros, head.row().getMicros());
      changes += head.version();
    }
    return new Tally(lastMicros, changes, undelivered.count());
  }

  @Override
  public <T> CompletableFuture<T> transact(Key entity, Transaction<T> transaction) {
    return lanes.call(entity, transaction);
  }

  @Override
  public boolean writable() {
    return answers && !times.isOver() && !lanes.isClosing();
  }

  /// Shows what the store counts of itself.
  @Override
  public void bindTo(MeterRegistry registry) {
    meters.show(this, lanes, registry);
  }

  /// Looks for what was told and not delivered, as it does by itself now and then.
  ///
  /// @return how many entities it cared for
  int sweep() throws InterruptedException {
    return sweeper.sweep();
  }

  /// Lets go of entities that nothing is done to, and sees whether the nodes answer.
  private void keep() {
    while (lanes.pause(KEEPER_MILLIS)) {
      lanes.retire();
      boolean now = answers();
      if (now != answers) {
        answers = now;
        log.warn(now ? "Cassandra answers again" : "Cassandra does not answer");
      }
    }
  }

  private boolean answers() {
    try {
      undelivered.firstSlot();
      times.prepare();
      return true;
    } catch (StoreUnavailable e) {
      log.debug("the nodes were asked and do not answer", e);
      return false;
    }
  }

  @Override
  public void close() {
    lanes.close();
    sweeper.close();
    times.close();
    nodes.close();
  }
}
