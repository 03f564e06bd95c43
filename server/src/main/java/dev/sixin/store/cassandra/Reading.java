package dev.sixin.store.cassandra;

import com.datastax.oss.driver.api.core.cql.BoundStatement;
import com.datastax.oss.driver.api.core.cql.Row;
import com.datastax.oss.protocol.internal.util.Bytes;
import dev.sixin.store.Key;
import dev.sixin.store.Order;
import dev.sixin.store.Range;
import dev.sixin.store.Rows;
import dev.sixin.store.StoreOverloaded;
import dev.sixin.store.Table;
import dev.sixin.store.cassandra.Merge.Own;
import java.nio.ByteBuffer;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.StreamSupport;

/// The rows of an entity, read from the nodes. Each read sees one state of the entity; whether two
/// of them see the same one is up to the subclasses, which learn what each of them saw.
class Reading implements Rows {
  private static final int ATTEMPTS = 20;
  private static final int PAGE = 1_000;

  private final Access access;
  private final Key entity;

  /// The chunks that the last answer named.
  private volatile Cold lastCold = Cold.NONE;

  /// How entities are read.
  record Access(Nodes nodes, Statements statements, Chunks chunks, InstantSource clock) {
    Head head(Key entity) {
      return Head.of(nodes.read(statements.head(entity)).one());
    }

    /// Those of all entities there are, in no order, read as they are asked for.
    Iterable<Head> heads() {
      Nodes.Found rows = nodes.read(statements.heads());
      return () -> StreamSupport.stream(rows.spliterator(), false).map(Head::of).iterator();
    }

    /// The head once all that is under way is decided.
    Head decidedHead(Key entity) {
      return Head.of(nodes.readDecided(statements.head(entity)).one());
    }

    /// One of a partition's own rows; null: there is none.
    byte[] own(Key entity, Key row) {
      for (Row found : nodes.read(statements.get(entity, Statements.OWN, row))) {
        byte[] value = Bytes.getArray(found.getByteBuffer("value"));
        if (value.length > 0) {
          return value;
        }
      }
      return null;
    }
  }

  Reading(Access access, Key entity) {
    this.access = access;
    this.entity = entity;
  }

  /// A question found this version.
  ///
  /// @param cold the chunks there are at it, as they are stored
  void saw(long version, ByteBuffer cold) {}

  /// The rows of a range are to be asked for: the chunks there were before that.
  Cold coldBeforeScan() {
    return lastCold;
  }

  /// The chunks there are now; for a question that found nothing, and so no version.
  Cold newestCold() {
    lastCold = access.head(entity).cold();
    return lastCold;
  }

  /// Reads until nothing is changed meanwhile that would matter.
  <T> T again(Supplier<T> reading) {
    for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
      try {
        return reading.get();
      } catch (Moved e) {
        Thread.onSpinWait(); // rows were just brought from one place to another
      }
    }
    throw new StoreOverloaded("what is read changes too often");
  }

  @Override
  public byte[] get(Table table, Key row) {
    byte[] value = again(() -> stored(table, row));
    return value == null ? null : Aging.value(table, value, access.clock());
  }

  private byte[] stored(Table table, Key row) {
    long version = 0;
    ByteBuffer cold = null;
    Optional<Own> own = Optional.empty();
    for (Row found : access.nodes().read(access.statements().get(entity, table.name(), row))) {
      version = found.getLong("version");
      cold = found.getByteBuffer("cold");
      if (!Statements.OWN.equals(found.getString("tbl"))) {
        own = Optional.of(new Own(row(row, found), found.getBoolean("gone")));
      }
    }
    saw(version, cold);
    Cold named = Cold.of(cold);
    lastCold = named;
    if (own.isPresent()) {
      return own.get().value();
    }
    return named
        .covering(table.name(), row)
        .map(chunk -> access.chunks().get(entity, chunk, row))
        .orElse(null);
  }

  private static dev.sixin.store.Row row(Key key, Row row) {
    return new dev.sixin.store.Row(key, Bytes.getArray(row.getByteBuffer("value")));
  }

  private Own own(Row row) {
    saw(row.getLong("version"), row.getByteBuffer("cold"));
    Key key = Key.of(Bytes.getArray(row.getByteBuffer("row")));
    return new Own(row(key, row), row.getBoolean("gone"));
  }

  /// Those of some rows that stand in the entity's own partition, and the anchor. Of tables without
  /// a lifetime.
  final Map<Name, Own> getAll(Collection<Name> rows) {
    Map<Name, Own> found = new HashMap<>();
    for (Row row : access.nodes().read(access.statements().getAll(entity, rows))) {
      Own own = own(row);
      found.put(new Name(row.getString("tbl"), own.row().key()), own);
    }
    if (found.isEmpty()) { // not even the anchor
      saw(0, null);
    }
    return found;
  }

  @Override
  public List<dev.sixin.store.Row> scan(Table table, Range rows, Order order, int limit) {
    if (table.lifetime().isPresent()) {
      throw new IllegalArgumentException(table.name() + ": rows with a lifetime are not scanned");
    }
    if (limit == 0 || (rows.to() != null && rows.from().equals(rows.to()))) {
      return List.of();
    }
    return again(() -> scanned(table.name(), rows, order, limit));
  }

  /// The first rows of a table from a key on; of a table with a lifetime too, and then also those
  /// that are to be forgotten.
  final List<dev.sixin.store.Row> walk(Table table, Key from, int limit) {
    Range range = new Range(from, null);
    List<dev.sixin.store.Row> found =
        again(() -> scanned(table.name(), range, Order.ASCENDING, limit));
    return table.lifetime().isEmpty()
        ? found
        : found.stream()
            .map(row -> new dev.sixin.store.Row(row.key(), Aging.ageless(row.value())))
            .toList();
  }

  private List<dev.sixin.store.Row> scanned(String table, Range rows, Order order, int limit) {
    Cold before = coldBeforeScan();
    BoundStatement scan =
        access.statements().scan(entity, table, rows, order, Math.min(limit, PAGE));
    Nodes.Found pages = access.nodes().read(scan);
    Iterator<Row> all = pages.iterator();
    if (!all.hasNext()) {
      Cold cold = newestCold();
      // Of what was put at once meanwhile, some may have been brought to a chunk and some not.
      if (!cold.equals(before)) {
        throw new Moved();
      }
      return cold.overlapping(table, rows, order).isEmpty()
          ? List.of()
          : merged(List.<Own>of().iterator(), cold, new Scan(table, rows, order, limit));
    }
    Row first = all.next();
    Cold cold = Cold.of(first.getByteBuffer("cold"));
    lastCold = cold;
    List<dev.sixin.store.Row> found =
        merged(owns(first, all), cold, new Scan(table, rows, order, limit));
    // What was brought to a chunk between two pages is in neither.
    if (pages.pages() > 1 && !newestCold().equals(cold)) {
      throw new Moved();
    }
    return found;
  }

  private record Scan(String table, Range rows, Order order, int limit) {}

  private Iterator<Own> owns(Row first, Iterator<Row> rest) {
    return new Iterator<>() {
      private Row next = first;

      @Override
      public boolean hasNext() {
        return next != null || rest.hasNext();
      }

      @Override
      public Own next() {
        Row row = next == null ? rest.next() : next;
        next = null;
        return own(row);
      }
    };
  }

  private List<dev.sixin.store.Row> merged(Iterator<Own> own, Cold cold, Scan scan) {
    List<Chunk> chunks = cold.overlapping(scan.table(), scan.rows(), scan.order());
    List<Chunk> read = new ArrayList<>();
    Iterator<dev.sixin.store.Row> rows =
        chunks.stream()
            .flatMap(
                chunk -> {
                  read.add(chunk);
                  Iterable<dev.sixin.store.Row> some =
                      () -> access.chunks().scan(entity, chunk, scan.rows(), scan.order());
                  return StreamSupport.stream(some.spliterator(), false);
                })
            .iterator();
    List<dev.sixin.store.Row> found = new Merge(own, rows, scan.order()).first(scan.limit());
    read.forEach(chunk -> access.chunks().requireWhole(entity, chunk));
    return found;
  }
}
