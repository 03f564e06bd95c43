package dev.sixin.store.rocksdb;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sixin.store.Key;
import dev.sixin.store.Order;
import dev.sixin.store.Range;
import dev.sixin.store.Row;
import dev.sixin.store.Rows;
import dev.sixin.store.Table;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.Timeout.ThreadMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// A hash table that lost its order is looked through for ever: hence the time limit.
@Timeout(value = 20, threadMode = ThreadMode.SEPARATE_THREAD)
class RowCacheTest {
  private static final Table HEADS = Table.of("heads");
  private static final Table OTHERS = Table.of("others");
  private static final Table MARKS = Table.expiring("marks", Duration.ofHours(1));

  private final Map<String, byte[]> database = new HashMap<>();
  private int reads;

  private Rows rows(Key entity) {
    return new Rows() {
      @Override
      public byte[] get(Table table, Key row) {
        reads++;
        return database.get(name(table, entity, row));
      }

      @Override
      public List<Row> scan(Table table, Range range, Order order, int limit) {
        throw new UnsupportedOperationException();
      }
    };
  }

  private static String name(Table table, Key entity, Key row) {
    return table.name() + " " + entity + " " + row;
  }

  private byte[] get(RowCache cache, Table table, Key entity, Key row) {
    return cache.over(entity, rows(entity)).get(table, row);
  }

  private void commit(RowCache cache, Table table, Key entity, Key row, byte[] value) {
    if (value == null) {
      database.remove(name(table, entity, row));
    } else {
      database.put(name(table, entity, row), value);
    }
    cache.committed(table, entity, row, value);
  }

  private static Key entity(int number) {
    return Key.of(1).u64(number);
  }

  @ParameterizedTest
  @ValueSource(longs = {0, 1_500, 5_000, 33_333, 1_000_000})
  void whatIsRead_isWhatIsInTheDatabase(long bytes) {
    SplittableRandom random = new SplittableRandom(bytes);
    RowCache cache = new RowCache(bytes);
    for (int i = 0; i < 200_000; i++) {
      Table table = random.nextInt(3) == 0 ? OTHERS : HEADS;
      Key entity = entity(random.nextInt(100));
      Key row = Key.of(random.nextInt(4)).u64(random.nextInt(3));
      if (random.nextInt(3) == 0) {
        byte[] value = random.nextInt(5) == 0 ? null : new byte[length(random)];
        if (value != null) {
          random.nextBytes(value);
        }
        commit(cache, table, entity, row, value);
      } else {
        byte[] expected = database.get(name(table, entity, row));
        byte[] value = get(cache, table, entity, row);
        if (!Objects.deepEquals(value, expected)) {
          assertThat(value).as("step %d", i).isEqualTo(expected);
        }
      }
    }
  }

  private static int length(SplittableRandom random) {
    return random.nextInt(50) == 0 ? random.nextInt(20_000) : random.nextInt(120);
  }

  @Test
  void aRowThatIsKept_isReadOnce() {
    RowCache cache = new RowCache(1 << 20);
    for (int round = 0; round < 3; round++) {
      for (int i = 0; i < 5_000; i++) {
        var _ = get(cache, HEADS, entity(i), Key.of(0));
        commit(cache, HEADS, entity(i), Key.of(0), new byte[50 + round]);
      }
    }

    assertThat(reads).isEqualTo(5_000);
  }

  @Test
  void aRowThatIsNotThere_isAskedForOnce() {
    RowCache cache = new RowCache(1 << 20);

    assertThat(get(cache, HEADS, entity(1), Key.of(0))).isNull();
    assertThat(get(cache, HEADS, entity(1), Key.of(0))).isNull();

    assertThat(reads).isEqualTo(1);
  }

  @Test
  void aRowThatIsReadNowAndThen_staysWhileOthersComeAndGo() {
    RowCache cache = new RowCache(64 << 10);
    Key row = Key.of(0);
    commit(cache, HEADS, entity(0), row, new byte[] {7});
    for (int i = 1; i < 100_000; i++) {
      var _ = get(cache, HEADS, entity(i), row);
      if (i % 100 == 0) {
        assertThat(get(cache, HEADS, entity(0), row)).containsExactly(7);
      }
    }

    assertThat(reads).isEqualTo(100_000);
  }

  @Test
  void rowsWithALifetime_areReadEachTime() {
    RowCache cache = new RowCache(1 << 20);

    var _ = get(cache, MARKS, entity(1), Key.of(0));
    var _ = get(cache, MARKS, entity(1), Key.of(0));

    assertThat(reads).isEqualTo(2);
  }
}
