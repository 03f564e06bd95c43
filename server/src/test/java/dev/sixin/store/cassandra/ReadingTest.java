package dev.sixin.store.cassandra;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sixin.Await;
import dev.sixin.MovableClock;
import dev.sixin.store.Bulk;
import dev.sixin.store.Event;
import dev.sixin.store.Key;
import dev.sixin.store.Order;
import dev.sixin.store.Partition;
import dev.sixin.store.Range;
import dev.sixin.store.Rows;
import dev.sixin.store.StoreUnavailable;
import dev.sixin.store.Table;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.OptionalInt;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/// Reads between whose questions to the nodes an entity is changed.
@Tag("cassandra")
@EnabledIfSystemProperty(named = CassandraNode.PROPERTY, matches = ".+")
class ReadingTest {
  private static final String KEYSPACE = CassandraNode.freshKeyspace();
  private static final Table ROWS = Table.of("rows");
  private static final Table OTHERS = Table.of("others");
  private static final Range ALL = new Range(Key.EMPTY, null);

  /// How many rows bring them to a chunk, if it is one more.
  private static final int CHUNK = 40;

  private static final CassandraStore.Limits LIMITS =
      new CassandraStore.Limits(1_000, 1_000, 16 << 20, Duration.ofMinutes(5), CHUNK);

  private static final Event.Codec NO_EVENTS =
      new Event.Codec() {
        @Override
        public byte[] bytes(Event event) {
          throw new UnsupportedOperationException();
        }

        @Override
        public Event event(byte[] bytes) {
          throw new UnsupportedOperationException();
        }
      };

  private static long entities;

  private final MovableClock clock = new MovableClock(Instant.parse("2026-11-22T12:00:00Z"));
  private final Key entity = Key.of(1).u64(entities++);
  private CassandraStore store;
  private Nodes nodes;
  private Reading.Access access;

  @BeforeEach
  void open() {
    CassandraStore.Place place = CassandraNode.place(KEYSPACE);
    CassandraStore.Ears ears = new CassandraStore.Ears(NO_EVENTS, (_, _) -> {}, _ -> {});
    store = CassandraStore.open(place, OptionalInt.empty(), LIMITS, ears, clock);
    nodes = Nodes.connect(place);
    access =
        new Reading.Access(
            nodes, new Statements(nodes, KEYSPACE), new Chunks(nodes, KEYSPACE), clock);
  }

  @AfterEach
  void close() {
    nodes.close();
    store.close();
  }

  @AfterAll
  static void drop() {
    CassandraNode.drop(KEYSPACE);
  }

  private void change(Consumer<Partition> change) {
    var _ =
        Bulk.await(
            store.transact(
                entity,
                rows -> {
                  change.accept(rows);
                  return null;
                }));
    Await.until("rows are in chunks", () -> waiting() <= CHUNK);
    Await.until("chunks that were replaced are gone", () -> chunks() == named());
  }

  private int waiting() {
    return access.head(entity).row().getPutOrDefault(ROWS.name(), 0);
  }

  private int named() {
    return access.head(entity).cold().chunks().size();
  }

  private int chunks() {
    return CassandraNode.ask("SELECT DISTINCT entity, chunk FROM %s.chunks".formatted(KEYSPACE))
        .stream()
        .filter(row -> row.getByteBuffer("entity").equals(Statements.bytes(entity)))
        .toList()
        .size();
  }

  private static Key key(int number) {
    return Key.of(1).u64(number);
  }

  private static void put(Partition rows, IntStream numbers, String value) {
    numbers.forEach(number -> rows.put(ROWS, key(number), value.getBytes(UTF_8)));
  }

  private static void delete(Partition rows, IntStream numbers) {
    numbers.forEach(number -> rows.delete(ROWS, key(number)));
  }

  private static List<String> scan(Rows rows, int limit) {
    return rows.scan(ROWS, ALL, Order.ASCENDING, limit).stream()
        .map(row -> row.key() + "=" + new String(row.value(), UTF_8))
        .toList();
  }

  /// What is changed while somebody reads, and how many rows they ask for.
  enum Change {
    NEW_ROWS_GO_TO_A_CHUNK(CHUNK + 1, 10_000) {
      @Override
      void meanwhile(Partition rows) {
        put(rows, IntStream.range(200, 201 + CHUNK), "new");
      }
    },
    SOME_NEW_ROWS_GO_TO_A_CHUNK(CHUNK + 1, 10_000) {
      @Override
      void before(Partition rows) {}

      @Override
      void meanwhile(Partition rows) {
        put(rows, IntStream.of(0, 1), "new"); // too few before those of the chunk that is there
        put(rows, IntStream.range(200, 201 + CHUNK), "new");
      }
    },
    A_CHUNK_IS_REPLACED(CHUNK + 1, 10_000) {
      @Override
      void meanwhile(Partition rows) {
        put(rows, IntStream.rangeClosed(0, CHUNK), "new");
      }
    },
    ROWS_OF_THE_SECOND_PAGE_GO_TO_A_CHUNK(CHUNK / 3, 8) {
      @Override
      void before(Partition rows) {
        delete(rows, IntStream.range(0, 10)); // more than a page, and too few for a new chunk
        put(rows, IntStream.range(100, 109), "before");
      }

      @Override
      void meanwhile(Partition rows) {
        put(rows, IntStream.range(200, 230), "new");
      }
    };

    private final int inChunk;
    private final int limit;

    Change(int inChunk, int limit) {
      this.inChunk = inChunk;
      this.limit = limit;
    }

    void before(Partition rows) {
      put(rows, IntStream.range(100, 105), "before");
    }

    abstract void meanwhile(Partition rows);
  }

  /// A reading, before one of whose steps something happens.
  private final class Interrupted extends Reading {
    private final int when;
    private final Runnable what;
    private int steps;

    Interrupted(int when, Runnable what) {
      super(access, entity);
      this.when = when;
      this.what = what;
    }

    private void step() {
      if (steps++ == when) {
        what.run();
      }
    }

    @Override
    Cold coldBeforeScan() {
      Cold cold = super.coldBeforeScan();
      step();
      return cold;
    }

    @Override
    void saw(long version, ByteBuffer cold) {
      super.saw(version, cold);
      step();
    }

    @Override
    Cold newestCold() {
      step();
      Cold cold = super.newestCold();
      step();
      return cold;
    }
  }

  private static Stream<Arguments> interruptions() {
    return Stream.of(Change.values())
        .flatMap(change -> Stream.of(0, 1, 2).map(step -> Arguments.of(change, step)));
  }

  @ParameterizedTest
  @MethodSource("interruptions")
  void aScan_seesTheStateBeforeAChange_orAfterIt(Change change, int step) {
    for (int put = 0; put <= CHUNK; put += change.inChunk) {
      change(rows -> put(rows, IntStream.range(0, change.inChunk), "old"));
    }
    change(change::before);
    List<String> before = scan(store.rows(entity), change.limit);
    Interrupted reading = new Interrupted(step, () -> change(change::meanwhile));

    List<String> seen = scan(reading, change.limit);

    List<String> after = scan(store.rows(entity), change.limit);
    assertThat(reading.steps).isGreaterThan(step);
    assertThat(seen).isIn(before, after);
  }

  @Test
  void aQuery_isBegunAnew_whenWhatItDidNotFind_isThereNow() {
    change(rows -> put(rows, IntStream.of(1, 2), "old"));
    States states = new States(access);
    Rows rows = states.rows(entity);
    Range nothing = Range.prefix(Key.of(2));
    assertThat(rows.scan(ROWS, nothing, Order.ASCENDING, 10)).isEmpty();
    assertThat(rows.get(ROWS, key(1))).isNotNull(); // all was true of one state until here
    assertThat(rows.scan(ROWS, nothing, Order.ASCENDING, 10)).isEmpty();

    change(partition -> partition.put(ROWS, Key.of(2), new byte[0]));

    assertThatThrownBy(() -> rows.get(ROWS, key(2))).isInstanceOf(Moved.class);
    assertThatThrownBy(states::confirm).isInstanceOf(Moved.class);
  }

  @Test
  void aQuery_ends_whenWhatItDidNotFind_isNotThereStill() {
    change(rows -> put(rows, IntStream.of(1), "old"));
    States states = new States(access);
    Rows rows = states.rows(entity);

    assertThat(rows.scan(OTHERS, ALL, Order.ASCENDING, 10)).isEmpty();
    states.confirm();
    change(partition -> partition.put(OTHERS, Key.of(2), new byte[0]));
    states.confirm(); // of what was seen all is said
  }

  @Test
  void anAnswer_saysNothing_ofWhatWasNotFoundWhileItWasUnderWay() {
    change(rows -> put(rows, IntStream.of(1), "old"));
    OneState rows =
        new OneState(access, entity) {
          private boolean first = true;

          @Override
          synchronized void saw(long version, ByteBuffer cold) {
            super.saw(version, cold);
            if (first) {
              first = false;
              assertThat(scan(OTHERS, ALL, Order.ASCENDING, 10)).isEmpty();
            }
          }
        };

    assertThat(rows.get(ROWS, key(1))).isNotNull();
    assertThat(rows.isUnsure()).isTrue();
    assertThat(rows.get(ROWS, key(1))).isNotNull();
    assertThat(rows.isUnsure()).isFalse();
  }

  @Test
  void ofAnEntityThatWasNeverWritten_noneOfTheExpectedRows_isThere() {
    States states = new States(access);
    Rows rows = states.rows(entity);
    rows.expect(ROWS, () -> List.of(key(1), key(2)));

    assertThat(rows.get(ROWS, key(1))).isNull();
    change(partition -> put(partition, IntStream.of(3), "new"));

    assertThatThrownBy(() -> rows.get(ROWS, key(3))).isInstanceOf(Moved.class);
  }

  @Test
  void rowsThatAreExpected_areAskedForAtOnce_andReadAsOthers() {
    change(rows -> put(rows, IntStream.rangeClosed(0, CHUNK), "in a chunk"));
    change(
        rows -> {
          put(rows, IntStream.of(1, 100), "before it");
          delete(rows, IntStream.of(2));
          rows.put(OTHERS, key(1), "of another table".getBytes(UTF_8));
        });
    States states = new States(access);
    Rows rows = states.rows(entity);

    rows.expect(ROWS, () -> List.of(key(0), key(1), key(2), key(100), key(101)));
    rows.expect(OTHERS, () -> List.of(key(1), key(2)));
    assertThat(rows.get(ROWS, key(0))).asString(UTF_8).isEqualTo("in a chunk");
    nodes.close();

    assertThat(rows.get(ROWS, key(1))).asString(UTF_8).isEqualTo("before it");
    assertThat(rows.get(ROWS, key(2))).isNull();
    assertThat(rows.get(ROWS, key(100))).asString(UTF_8).isEqualTo("before it");
    assertThat(rows.get(ROWS, key(101))).isNull();
    assertThat(rows.get(OTHERS, key(1))).asString(UTF_8).isEqualTo("of another table");
    assertThat(rows.get(OTHERS, key(2))).isNull();
    assertThatThrownBy(() -> rows.get(ROWS, key(3))).isInstanceOf(StoreUnavailable.class);
  }
}
