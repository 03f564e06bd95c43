package dev.sixin.store.cassandra;

import com.datastax.oss.driver.api.core.cql.BatchStatement;
import com.datastax.oss.driver.api.core.cql.BatchStatementBuilder;
import com.datastax.oss.driver.api.core.cql.DefaultBatchType;
import com.datastax.oss.driver.api.core.cql.Row;
import com.datastax.oss.protocol.internal.util.Bytes;
import dev.sixin.store.Key;
import dev.sixin.store.Order;
import dev.sixin.store.Range;
import dev.sixin.store.cassandra.Merge.Own;
import dev.sixin.store.cassandra.rows.HeadRow;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/// Brings rows of one table from an entity's own partition into chunks, so that the partition stays
/// small: rows that no chunk covers into new ones, and those that stand before many rows of a chunk
/// together with it. Readers see the same rows before and after.
final class Compaction {
  private static final SecureRandom IDS = new SecureRandom();

  /// Chunks that are written anew at once, at most: their rows are in memory.
  private static final int REWRITTEN = 16;

  private final Lanes lanes;
  private final Key entity;
  private final Head head;
  private final String table;
  private final int chunkRows;

  /// The rows that are in the partition.
  private final TreeMap<Key, Own> own = new TreeMap<>();

  private Set<Chunk> rewritten = Set.of();

  /// @param head the entity's newest one
  Compaction(Lanes lanes, Key entity, Head head, String table) {
    this.lanes = lanes;
    this.entity = entity;
    this.head = head;
    this.table = table;
    this.chunkRows = lanes.limits().chunk();
  }

  /// A stretch that no chunk lies in which stays.
  private static final class Run {
    final TreeMap<Key, byte[]> rows = new TreeMap<>();
    Key first;
    Key last;
    int own;
    boolean rewrites;

    void reach(Key key) {
      first = first == null || key.compareTo(first) < 0 ? key : first;
      last = last == null || key.compareTo(last) > 0 ? key : last;
    }
  }

  /// Does it.
  ///
  /// @return the entity's head then; null: to be read anew
  /// @throws Moved when another server changed the entity
  Head run() {
    readOwn();
    List<Chunk> all =
        head.cold().chunks().stream().filter(chunk -> chunk.table().equals(table)).toList();
    rewritten = toRewrite(all);
    List<Run> runs = runs(all.stream().filter(chunk -> !rewritten.contains(chunk)).toList());
    runs.removeIf(run -> !run.rewrites && run.own < chunkRows / 4);
    int left = own.size() - runs.stream().mapToInt(run -> run.own).sum();
    List<Chunk> chunks = new ArrayList<>();
    runs.forEach(run -> chunks.addAll(write(run)));
    return decide(runs, chunks, left);
  }

  private void readOwn() {
    Range range = new Range(Key.EMPTY, null);
    for (Row row :
        lanes
            .access()
            .nodes()
            .read(
                lanes
                    .access()
                    .statements()
                    .scan(entity, table, range, Order.ASCENDING, chunkRows))) {
      if (row.getLong("version") != head.version()) {
        throw new Moved();
      }
      Key key = Key.of(Bytes.getArray(row.getByteBuffer("row")));
      byte[] value = Bytes.getArray(row.getByteBuffer("value"));
      own.put(key, new Own(new dev.sixin.store.Row(key, value), row.getBoolean("gone")));
    }
  }

  /// Those chunks before whose rows most others stand, until few are left that do.
  private Set<Chunk> toRewrite(List<Chunk> all) {
    Map<Chunk, Integer> covered = new HashMap<>();
    for (Chunk chunk : all) {
      int rows = own.subMap(chunk.first(), true, chunk.last(), true).size();
      if (rows > 0) {
        covered.put(chunk, rows);
      }
    }
    int left = covered.values().stream().mapToInt(Integer::intValue).sum();
    Set<Chunk> chosen = new HashSet<>();
    List<Chunk> mostFirst =
        covered.keySet().stream()
            .sorted(Comparator.comparing((Chunk chunk) -> covered.get(chunk)).reversed())
            .limit(REWRITTEN)
            .toList();
    for (Chunk chunk : mostFirst) {
      if (left > chunkRows / 2) {
        chosen.add(chunk);
        left -= covered.get(chunk);
      }
    }
    return chosen;
  }

  /// All rows that are not covered by a chunk that stays, cut where such a chunk lies between.
  private List<Run> runs(List<Chunk> staying) {
    TreeMap<Integer, Run> runs = new TreeMap<>();
    for (Chunk chunk : rewritten) {
      Run run = runs.computeIfAbsent(place(staying, chunk.first()), _ -> new Run());
      run.rewrites = true;
      run.reach(chunk.first());
      run.reach(chunk.last());
      Iterator<dev.sixin.store.Row> rows =
          lanes.access().chunks().scan(entity, chunk, new Range(Key.EMPTY, null), Order.ASCENDING);
      rows.forEachRemaining(row -> run.rows.put(row.key(), row.value()));
      lanes.access().chunks().requireWhole(entity, chunk);
    }
    own.forEach(
        (key, row) -> {
          if (staying.stream().noneMatch(chunk -> chunk.covers(key))) {
            Run run = runs.computeIfAbsent(place(staying, key), _ -> new Run());
            run.own++;
            run.reach(key);
            if (row.gone()) {
              run.rows.remove(key);
            } else {
              run.rows.put(key, row.row().value());
            }
          }
        });
    return new ArrayList<>(runs.values());
  }

  private static int place(List<Chunk> staying, Key key) {
    return (int) staying.stream().filter(chunk -> chunk.last().compareTo(key) < 0).count();
  }

  private List<Chunk> write(Run run) {
    List<dev.sixin.store.Row> rows =
        run.rows.entrySet().stream()
            .map(row -> new dev.sixin.store.Row(row.getKey(), row.getValue()))
            .toList();
    List<Chunk> written = new ArrayList<>();
    for (int from = 0; from < rows.size(); from += chunkRows) {
      List<dev.sixin.store.Row> some = rows.subList(from, Math.min(from + chunkRows, rows.size()));
      Chunk chunk = new Chunk(table, IDS.nextLong(), some.getFirst().key(), some.getLast().key());
      lanes.access().chunks().write(entity, chunk, some);
      written.add(chunk);
    }
    return written;
  }

  private Head decide(List<Run> runs, List<Chunk> written, int left) {
    List<Chunk> chunks = new ArrayList<>(head.cold().chunks());
    chunks.removeAll(rewritten);
    chunks.addAll(written);
    chunks.sort(Comparator.comparing(Chunk::table).thenComparing(Chunk::first));
    // A little less than what begins the next: else each batch would, while much is left.
    HeadRow row = head.row().toBuilder().putPut(table, Math.min(left, chunkRows / 2)).build();
    Head next = new Head(head.version() + 1, row, new Cold(chunks));
    Statements statements = lanes.access().statements();
    BatchStatementBuilder batch = BatchStatement.builder(DefaultBatchType.UNLOGGED);
    batch.addStatement(statements.decide(entity, head, next));
    for (Run run : runs) {
      batch.addStatement(statements.delete(entity, table, run.first, run.last));
    }
    switch (lanes.decide(batch.build(), 0)) {
      case MADE -> {
        rewritten.forEach(chunk -> lanes.access().chunks().remove(entity, chunk));
        lanes.meters().compacted();
        return next;
      }
      case LOST -> {
        // The driver may have sent it twice: then the second one lost to the first.
        List<Chunk> named = lanes.access().decidedHead(entity).cold().chunks();
        written.stream()
            .filter(chunk -> !named.contains(chunk))
            .forEach(chunk -> lanes.access().chunks().remove(entity, chunk));
      }
      case UNKNOWN -> {} // the next head says; chunks that none names take room, nothing else
    }
    return null;
  }
}
