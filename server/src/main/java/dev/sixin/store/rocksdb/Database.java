package dev.sixin.store.rocksdb;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.sixin.store.Key;
import dev.sixin.store.Order;
import dev.sixin.store.Pending;
import dev.sixin.store.Range;
import dev.sixin.store.Row;
import dev.sixin.store.Table;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.rocksdb.BlockBasedTableConfig;
import org.rocksdb.BloomFilter;
import org.rocksdb.Cache;
import org.rocksdb.ColumnFamilyDescriptor;
import org.rocksdb.ColumnFamilyHandle;
import org.rocksdb.ColumnFamilyOptions;
import org.rocksdb.CompressionType;
import org.rocksdb.DBOptions;
import org.rocksdb.InfoLogLevel;
import org.rocksdb.LRUCache;
import org.rocksdb.Options;
import org.rocksdb.ReadOptions;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;
import org.rocksdb.RocksIterator;
import org.rocksdb.Slice;
import org.rocksdb.Snapshot;
import org.rocksdb.WriteBatch;
import org.rocksdb.WriteOptions;

/// An open RocksDB with our tables in it. [RocksStore] sees to it that nobody reads once it is
/// closed.
final class Database implements AutoCloseable {
  private static final byte[] CLOCK = "clock".getBytes(UTF_8);
  private static final long BLOCK_CACHE_BYTES = 128L << 20;
  private static final long WRITE_BUFFER_BYTES = 32L << 20;

  private final RocksDB db;
  private final DBOptions dbOptions;
  private final ColumnFamilyOptions familyOptions;
  private final Cache blockCache;
  private final WriteOptions synced = new WriteOptions().setSync(true);
  private final ReadOptions newest = new ReadOptions();

  private final Map<Table, ColumnFamilyHandle> families = new HashMap<>();
  private final Map<Table, NavigableMap<Long, ColumnFamilyHandle>> generations = new HashMap<>();
  private final List<ColumnFamilyHandle> handles = new ArrayList<>();

  static Database open(Path directory, List<Table> tables) throws RocksDBException {
    RocksDB.loadLibrary();
    return new Database(directory, tables);
  }

  private Database(Path directory, List<Table> tables) throws RocksDBException {
    blockCache = new LRUCache(BLOCK_CACHE_BYTES);
    dbOptions =
        new DBOptions()
            .setCreateIfMissing(true)
            .setCreateMissingColumnFamilies(true)
            .setMaxBackgroundJobs(2)
            .setInfoLogLevel(InfoLogLevel.WARN_LEVEL)
            .setKeepLogFileNum(4);
    familyOptions =
        new ColumnFamilyOptions()
            .setWriteBufferSize(WRITE_BUFFER_BYTES)
            .setCompressionType(CompressionType.LZ4_COMPRESSION)
            .setBottommostCompressionType(CompressionType.ZSTD_COMPRESSION)
            .setTableFormatConfig(
                new BlockBasedTableConfig()
                    .setBlockCache(blockCache)
                    .setBlockSize(8 << 10)
                    .setCacheIndexAndFilterBlocks(true)
                    .setPinL0FilterAndIndexBlocksInCache(true)
                    .setFilterPolicy(new BloomFilter(10)));

    List<ColumnFamilyDescriptor> descriptors = new ArrayList<>();
    for (byte[] name : existing(directory)) {
      descriptors.add(new ColumnFamilyDescriptor(name, familyOptions));
    }
    db = RocksDB.open(dbOptions, directory.toString(), descriptors, handles);

    Map<String, ColumnFamilyHandle> byName = new HashMap<>();
    for (ColumnFamilyHandle handle : handles) {
      byName.put(new String(handle.getName(), UTF_8), handle);
    }
    for (Table table : tables) {
      if (table.lifetime().isEmpty()) {
        ColumnFamilyHandle handle = byName.get(table.name());
        families.put(table, handle != null ? handle : create(table.name()));
      } else {
        NavigableMap<Long, ColumnFamilyHandle> kept = new TreeMap<>();
        byName.forEach(
            (name, handle) -> {
              if (name.startsWith(table.name() + ".")) {
                kept.put(Long.valueOf(name.substring(table.name().length() + 1)), handle);
              }
            });
        generations.put(table, kept);
      }
    }
    startGenerations(clock());
  }

  private static List<byte[]> existing(Path directory) throws RocksDBException {
    try (Options options = new Options()) {
      List<byte[]> names = RocksDB.listColumnFamilies(options, directory.toString());
      return names.isEmpty() ? List.of(RocksDB.DEFAULT_COLUMN_FAMILY) : names;
    }
  }

  private ColumnFamilyHandle create(String name) throws RocksDBException {
    ColumnFamilyHandle handle =
        db.createColumnFamily(new ColumnFamilyDescriptor(name.getBytes(UTF_8), familyOptions));
    handles.add(handle);
    return handle;
  }

  /// The greatest microsecond handed out before the last commit; 0 for a new database.
  long clock() throws RocksDBException {
    byte[] value = db.get(newest, CLOCK);
    return value == null ? 0 : ByteBuffer.wrap(value).getLong();
  }

  /// Whether a table with a lifetime needs a new column family at this time.
  boolean generationsAreOver(long micros) {
    return generations.entrySet().stream()
        .anyMatch(
            entry ->
                entry.getValue().isEmpty()
                    || entry.getValue().lastKey() < generation(entry.getKey(), micros));
  }

  /// Begins a new column family for each table with a lifetime that needs one, and drops those
  /// whose rows are all past it. Nobody may read meanwhile.
  void startGenerations(long micros) throws RocksDBException {
    for (Map.Entry<Table, NavigableMap<Long, ColumnFamilyHandle>> entry : generations.entrySet()) {
      NavigableMap<Long, ColumnFamilyHandle> kept = entry.getValue();
      long current = generation(entry.getKey(), micros);
      if (kept.isEmpty() || kept.lastKey() < current) {
        kept.put(current, create(entry.getKey().name() + "." + current));
      }
      while (kept.firstKey() < kept.lastKey() - 1) {
        ColumnFamilyHandle old = kept.pollFirstEntry().getValue();
        db.dropColumnFamily(old);
        handles.remove(old);
        old.close();
      }
    }
  }

  private static long generation(Table table, long micros) {
    Duration lifetime = table.lifetime().orElseThrow();
    return micros / (lifetime.toMillis() * 1_000);
  }

  byte[] get(Snapshot snapshot, Table table, Key key) throws RocksDBException {
    if (snapshot == null) {
      return get(newest, table, key);
    }
    try (ReadOptions options = new ReadOptions().setSnapshot(snapshot)) {
      return get(options, table, key);
    }
  }

  private byte[] get(ReadOptions options, Table table, Key key) throws RocksDBException {
    if (table.lifetime().isEmpty()) {
      return db.get(families.get(table), options, key.bytes());
    }
    for (ColumnFamilyHandle generation : generations.get(table).descendingMap().values()) {
      byte[] value = db.get(generation, options, key.bytes());
      if (value != null) {
        return value;
      }
    }
    return null;
  }

  List<Row> scan(Snapshot snapshot, Table table, Key entity, Range range, Order order, int limit)
      throws RocksDBException {
    ColumnFamilyHandle family = families.get(table);
    if (family == null) {
      throw new IllegalArgumentException(table.name() + ": rows with a lifetime are not scanned");
    }
    Key to = range.to() == null ? entity.afterPrefix() : entity.append(range.to());
    List<Row> rows = new ArrayList<>(Math.min(limit, 32));
    // The bounds keep the iterator from walking over the deleted rows of its neighbours.
    try (Slice lower = new Slice(entity.append(range.from()).bytes());
        Slice upper = to == null ? null : new Slice(to.bytes());
        ReadOptions options = new ReadOptions().setIterateLowerBound(lower)) {
      if (upper != null) {
        options.setIterateUpperBound(upper);
      }
      if (snapshot != null) {
        options.setSnapshot(snapshot);
      }
      try (RocksIterator iterator = db.newIterator(family, options)) {
        if (order == Order.ASCENDING) {
          iterator.seekToFirst();
        } else {
          iterator.seekToLast();
        }
        while (iterator.isValid() && rows.size() < limit) {
          rows.add(new Row(Key.of(iterator.key()).after(entity.length()), iterator.value()));
          if (order == Order.ASCENDING) {
            iterator.next();
          } else {
            iterator.prev();
          }
        }
        iterator.status();
      }
    }
    return rows;
  }

  Snapshot snapshot() {
    return db.getSnapshot();
  }

  void release(Snapshot snapshot) {
    db.releaseSnapshot(snapshot);
  }

  /// Writes all changes and the clock as one: after it returned, all of them survive a power loss;
  /// when it throws, none is seen by readers.
  void commit(Pending pending) throws RocksDBException {
    try (WriteBatch batch = new WriteBatch()) {
      batch.put(CLOCK, ByteBuffer.allocate(Long.BYTES).putLong(pending.lastMicros()).array());
      pending.forEach(
          (table, key, value) -> {
            try {
              ColumnFamilyHandle family =
                  table.lifetime().isEmpty()
                      ? families.get(table)
                      : generations.get(table).lastEntry().getValue();
              if (value == null) {
                batch.delete(family, key.bytes());
              } else {
                batch.put(family, key.bytes(), value);
              }
            } catch (RocksDBException e) {
              throw new IllegalStateException("a write batch in memory does not fail", e);
            }
          });
      db.write(synced, batch);
    }
  }

  @Override
  public void close() {
    handles.forEach(ColumnFamilyHandle::close);
    db.close();
    newest.close();
    synced.close();
    familyOptions.close();
    dbOptions.close();
    blockCache.close();
  }
}
