package dev.sixin.store;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.sixin.store.StoreContract.Refused;
import dev.sixin.store.StoreContract.Told;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.BiConsumer;
import java.util.stream.IntStream;

/// Random steps of a transaction or an event.
record Steps(List<BiConsumer<Partition, List<String>>> steps) {
  /// Few and side by side, so that they meet.
  static final List<Key> ENTITIES =
      List.of(StoreContract.ANN, StoreContract.BEN, StoreContract.CAL);

  /// Few, and some of them begin others.
  private static final List<Key> KEYS =
      List.of(
          Key.EMPTY,
          Key.of(0),
          Key.of(0).u8(0),
          Key.of(1),
          Key.of(1).u8(7),
          Key.of(1).u8(7).u64(3),
          Key.of(1).u8(255),
          Key.of(2),
          Key.of(255),
          Key.of(255).u8(255));

  private static final int MAX_STEPS = 12;

  /// Steps at this depth tell nothing.
  static final int MAX_DEPTH = 3;

  /// @param depth how many events lie between these steps and their transaction
  static Steps random(Random random, int depth) {
    return new Steps(
        IntStream.range(0, random.nextInt(1, MAX_STEPS))
            .mapToObj(_ -> step(random, depth))
            .toList());
  }

  private static BiConsumer<Partition, List<String>> step(Random random, int depth) {
    Key key = KEYS.get(random.nextInt(KEYS.size()));
    return switch (random.nextInt(16)) {
      case 0, 1, 2, 3 -> {
        byte[] value = Integer.toString(random.nextInt(1_000)).getBytes(UTF_8);
        yield (rows, _) -> rows.put(StoreContract.ROWS, key, value);
      }
      case 4, 5, 6 -> (rows, _) -> rows.delete(StoreContract.ROWS, key);
      case 7, 8, 9 ->
          (rows, seen) -> {
            byte[] value = rows.get(StoreContract.ROWS, key);
            seen.add(key + " is " + (value == null ? "not there" : new String(value, UTF_8)));
          };
      case 10, 11, 12 -> {
        Range range = range(random, key);
        Order order = random.nextBoolean() ? Order.ASCENDING : Order.DESCENDING;
        int limit = random.nextInt(KEYS.size() + 2);
        yield (rows, seen) -> seen.addAll(show(rows.scan(StoreContract.ROWS, range, order, limit)));
      }
      case 13, 14 -> {
        if (depth == MAX_DEPTH) {
          yield (_, _) -> {};
        }
        Key other = ENTITIES.get(random.nextInt(ENTITIES.size()));
        Steps told = random(random, depth + 1);
        yield (rows, seen) -> rows.tell(other, new Told(partition -> told.runIn(partition, seen)));
      }
      default -> {
        if (random.nextInt(3) != 0) {
          yield (_, _) -> {};
        }
        yield (_, _) -> {
          throw new Refused();
        };
      }
    };
  }

  private static Range range(Random random, Key key) {
    return switch (random.nextInt(4)) {
      case 0 -> new Range(Key.EMPTY, null);
      case 1 -> new Range(key, null);
      case 2 -> Range.prefix(key);
      default -> new Range(key, KEYS.get(random.nextInt(KEYS.size())));
    };
  }

  /// Runs the steps; answers what they and the events that they tell see, once those have run.
  List<String> runIn(Partition rows) {
    List<String> seen = new ArrayList<>();
    runIn(rows, seen);
    return seen;
  }

  private void runIn(Partition rows, List<String> seen) {
    steps.forEach(step -> step.accept(rows, seen));
  }

  static List<String> show(List<Row> rows) {
    return rows.stream().map(row -> row.key() + "=" + new String(row.value(), UTF_8)).toList();
  }
}
