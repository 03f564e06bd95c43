package dev.sixin.store.rocksdb;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.sixin.store.Key;
import dev.sixin.store.Order;
import dev.sixin.store.Pending;
import dev.sixin.store.Range;
import dev.sixin.store.Row;
import dev.sixin.store.Table;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.rocksdb.AbstractNativeReference;
import org.rocksdb.BlockBasedTableConfig;
import org.rocksdb.BloomFilter;
import org.rocksdb.Checkpoint;
import org.rocksdb.ColumnFamilyDescriptor;
import org.rocksdb.ColumnFamilyHandle;
import org.rocksdb.ColumnFamilyOptions;
import org.rocksdb.CompressionType;
import org.rocksdb.DBOptions;
import org.rocksdb.DataBlockIndexType;
import org.rocksdb.FlushOptions;
import org.rocksdb.InfoLogLevel;
import org.rocksdb.LRUCache;
import org.rocksdb.LiveFileMetaData;
import org.rocksdb.Options;
import org.rocksdb.ReadOptions;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;
import org.rocksdb.Snapshot;
import org.rocksdb.Statistics;
import org.rocksdb.WALRecoveryMode;
import org.rocksdb.WriteBatch;
import org.rocksdb.WriteOptions;

/// An open RocksDB with our tables in it. [RocksStore] sees to it that nobody reads once it is
/// closed.
final class Database implements AutoCloseable {
  private static final Key CLOCK = Key.EMPTY.text("clock");
  private static final long WRITE_BUFFER_BYTES = 32L << 20;

  /// Of all tables together; the largest is written out first.
  private static final long WRITE_BUFFERS_BYTES = 96L << 20;

  /// Of the levels from the first on; the last counts for those below, too. What was just written
  /// is written again soon.
  private static final List<CompressionType> COMPRESSION =
      List.of(CompressionType.NO_COMPRESSION, CompressionType.LZ4_COMPRESSION);

  /// What is read again at a start after a crash. RocksDB's own limit would be some gigabytes: it
  /// keeps a log as long as one row of any table is only there, and the clock's seldom is not.
  private static final long LOG_BYTES = 128L << 20;

  /// After so many bytes of a new table file the system begins to write them to the disk. Else it
  /// keeps tens of megabytes, writes them all at once, and the log's next sync waits behind them.
  private static final long TABLE_BYTES_PER_SYNC = 1L << 20;

  /// What must be closed, the last opened first.
  private final Deque<AbstractNativeReference> natives = new ArrayDeque<>();

  private final RocksDB db;
  private final ColumnFamilyOptions familyOptions;
  private final WriteOptions synced = own(new WriteOptions().setSync(true));
  private final ReadOptions newest = own(new ReadOptions());

  private final Map<Table, ColumnFamilyHandle> families = new HashMap<>();
  private final Generations generations;
  private final Compaction compaction;

  /// Opens a database, or makes a new one.
  ///
  /// @param blockCacheBytes what blocks of tables may take in memory
  /// @param clock tells which rows with a lifetime are too old
  static Database open(
      Path directory,
      List<Table> tables,
      long blockCacheBytes,
      Statistics statistics,
      InstantSource clock)
      throws RocksDBException {
    return new Database(directory, tables, blockCacheBytes, statistics, clock, false);
  }

  /// Opens a database that is there and writes nothing to its files.
  static Database openToRead(
      Path directory,
      List<Table> tables,
      long blockCacheBytes,
      Statistics statistics,
      InstantSource clock)
      throws RocksDBException {
    return new Database(directory, tables, blockCacheBytes, statistics, clock, true);
  }

  private Database(
      Path directory,
      List<Table> tables,
      long blockCacheBytes,
      Statistics statistics,
      InstantSource clock,
      boolean readOnly)
      throws RocksDBException {
    this.generations = new Generations(clock);
    try {
      familyOptions = own(familyOptions(own(new LRUCache(blockCacheBytes))));
      DBOptions options =
          own(new DBOptions())
              .setCreateIfMissing(true)
              .setParanoidChecks(true)
              .setWalRecoveryMode(WALRecoveryMode.PointInTimeRecovery) // LogCheck sees to the rest
              .setMaxBackgroundJobs(2)
              .setAllowConcurrentMemtableWrite(false) // there is one writer
              .setMaxTotalWalSize(LOG_BYTES)
              .setBytesPerSync(TABLE_BYTES_PER_SYNC)
              .setDbWriteBufferSize(WRITE_BUFFERS_BYTES)
              .setStatistics(statistics)
              .setInfoLogLevel(InfoLogLevel.WARN_LEVEL)
              .setKeepLogFileNum(4);
      List<ColumnFamilyDescriptor> descriptors = new ArrayList<>();
      for (byte[] name : existing(directory)) {
        descriptors.add(new ColumnFamilyDescriptor(name, familyOptions));
      }
      List<ColumnFamilyHandle> handles = new ArrayList<>();
      String path = directory.toString();
      db =
          own(
              readOnly
                  ? RocksDB.openReadOnly(options, path, descriptors, handles)
                  : RocksDB.open(options, path, descriptors, handles));
      handles.forEach(this::own);
      sort(handles, tables);
      if (!readOnly) {
        for (Table table : tables) {
          if (table.lifetime().isEmpty() && !families.containsKey(table)) {
            families.put(table, create(table.name()));
          }
        }
        startGenerations(lastMicros());
      }
      compaction = new Compaction(db, synced, families);
    } catch (RocksDBException | RuntimeException | Error e) {
      close(); // else its lock would stay, and no later try could succeed
      throw e;
    }
  }

  private <N extends AbstractNativeReference> N own(N opened) {
    natives.push(opened);
    return opened;
  }

  private ColumnFamilyOptions familyOptions(LRUCache blockCache) {
    return new ColumnFamilyOptions()
        .setWriteBufferSize(WRITE_BUFFER_BYTES)
        .setCompressionPerLevel(COMPRESSION)
        // Most rows that are asked for are not among the latest written ones.
        .setMemtablePrefixBloomSizeRatio(0.05)
        .setMemtableWholeKeyFiltering(true)
        .setTableFormatConfig(
            new BlockBasedTableConfig()
                .setBlockCache(blockCache)
                .setBlockSize(8 << 10)
                .setFormatVersion(6)
                .setDataBlockIndexType(DataBlockIndexType.kDataBlockBinaryAndHash)
                // Indexes and filters stay in memory, a few bytes for each row: in the cache, one
                // filter of a megabyte would come and go for one row.
                .setCacheIndexAndFilterBlocks(false)
                .setFilterPolicy(own(new BloomFilter(10))));
  }

  private static List<byte[]> existing(Path directory) throws RocksDBException {
    try (Options options = new Options()) {
      List<byte[]> names = RocksDB.listColumnFamilies(options, directory.toString());
      return names.isEmpty() ? List.of(RocksDB.DEFAULT_COLUMN_FAMILY) : names;
    }
  }

  private void sort(List<ColumnFamilyHandle> handles, List<Table> tables) throws RocksDBException {
    Map<String, ColumnFamilyHandle> byName = new HashMap<>();
    for (ColumnFamilyHandle handle : handles) {
      byName.put(new String(handle.getName(), UTF_8), handle);
    }
    for (Table table : tables) {
      if (table.lifetime().isEmpty()) {
        if (byName.containsKey(table.name())) {
          families.put(table, byName.get(table.name()));
        }
      } else {
        generations.add(table, byName);
      }
    }
  }

  private ColumnFamilyHandle create(String name) throws RocksDBException {
    return own(
        db.createColumnFamily(new ColumnFamilyDescriptor(name.getBytes(UTF_8), familyOptions)));
  }

  /// The greatest microsecond handed out before the last commit; 0 for a new database.
  long lastMicros() throws RocksDBException {
    byte[] value = db.get(newest, CLOCK.bytes());
    return value == null ? 0 : Key.of(value).u64At(0);
  }

  /// Whether a table with a lifetime needs a new column family at this time.
  boolean generationsAreOver(long micros) {
    return generations.areOver(micros);
  }

  /// Begins a new column family for each table with a lifetime that needs one, and drops those
  /// whose rows are all past it. Nobody may read meanwhile.
  void startGenerations(long micros) throws RocksDBException {
    for (Generations.Due due : generations.due(micros)) {
      generations.begin(due, create(due.name()));
    }
    for (ColumnFamilyHandle old : generations.takeOld()) {
      db.dropColumnFamily(old);
      natives.remove(old);
      old.close();
    }
  }

  /// Options to read the newest state with.
  ReadOptions newest() {
    return newest;
  }

  /// The state of this moment, to be read more than once.
  Moment moment() {
    return new Moment();
  }

  /// One state of the database. To be closed before the database.
  final class Moment implements AutoCloseable {
    private final Snapshot snapshot = db.getSnapshot();
    private final ReadOptions options = new ReadOptions().setSnapshot(snapshot);

    /// Options to read this state with.
    ReadOptions options() {
      return options;
    }

    @Override
    public void close() {
      options.close();
      db.releaseSnapshot(snapshot);
    }
  }

  byte[] get(ReadOptions options, Table table, Key key) throws RocksDBException {
    if (table.lifetime().isEmpty()) {
      return db.get(family(table), options, key.bytes());
    }
    for (ColumnFamilyHandle kept : generations.newestFirst(table)) {
      byte[] value = db.get(kept, options, key.bytes());
      if (value != null) {
        return value;
      }
    }
    return null;
  }

  /// Reads ranges of rows of an entity.
  Cursor cursor(ReadOptions options, Table table, Key entity) {
    return new Cursor(db, family(table), options, table, entity);
  }

  /// The first rows of a table with a lifetime, under their whole keys.
  List<Row> walk(ReadOptions options, Table table, Key from, int limit) throws RocksDBException {
    NavigableMap<Key, Row> rows = new TreeMap<>();
    Range range = new Range(from, null);
    for (ColumnFamilyHandle kept : generations.newestFirst(table)) {
      try (Cursor cursor = new Cursor(db, kept, options, table, Key.EMPTY)) {
        for (Row row : cursor.scan(range, Order.ASCENDING, limit)) {
          rows.putIfAbsent(row.key(), row);
        }
      }
    }
    return rows.values().stream().limit(limit).toList();
  }

  /// Grows with each row that is written.
  long changes() {
    return db.getLatestSequenceNumber();
  }

  long estimatedRows(Table table) throws RocksDBException {
    Collection<ColumnFamilyHandle> all =
        table.lifetime().isEmpty() ? List.of(family(table)) : generations.newestFirst(table);
    long rows = 0;
    for (ColumnFamilyHandle family : all) {
      rows += db.getLongProperty(family, "rocksdb.estimate-num-keys");
    }
    return rows;
  }

  /// How many bytes a part takes.
  long bytes(Part part) throws RocksDBException {
    return part.isShared()
        ? db.getLongProperty(part.property())
        : db.getAggregatedLongProperty(part.property());
  }

  private ColumnFamilyHandle family(Table table) {
    ColumnFamilyHandle family = families.get(table);
    if (family == null) {
      throw new IllegalArgumentException(
          table.name()
              + (table.lifetime().isEmpty()
                  ? ": no such table"
                  : ": rows with a lifetime are not scanned"));
    }
    return family;
  }

  /// Writes all changes and the clock as one: after it returned, all of them survive a power loss;
  /// when it throws, none is seen by readers.
  void commit(Pending pending) throws RocksDBException {
    Changes changes = new Changes();
    changes.put(
        db.getDefaultColumnFamily().getID(),
        CLOCK,
        Key.EMPTY,
        Key.EMPTY.u64(pending.lastMicros()).bytes());
    Map<Table, Integer> numbers = new HashMap<>();
    pending.forEach(
        (table, entity, row, value) -> {
          int family = numbers.computeIfAbsent(table, this::familyToWrite);
          if (value == null) {
            changes.delete(family, entity, row);
          } else {
            changes.put(family, entity, row, value);
          }
        });
    try (WriteBatch batch = changes.batch()) {
      db.write(synced, batch);
    }
  }

  private int familyToWrite(Table table) {
    ColumnFamilyHandle family =
        table.lifetime().isEmpty() ? family(table) : generations.newest(table);
    return family.getID();
  }

  /// The files that hold rows.
  List<LiveFileMetaData> tableFiles() {
    return db.getLiveFilesMetaData();
  }

  /// Puts all that was committed so far into a directory of its own, as links to files that are
  /// never changed where that can be.
  ///
  /// @param directory is not there yet; on the same file system
  void checkpoint(Path directory) throws RocksDBException {
    try (Checkpoint checkpoint = Checkpoint.create(db)) {
      checkpoint.createCheckpoint(directory.toString());
    }
  }

  /// Writes what is in memory into tables, so that nothing stands in the log alone: there, what is
  /// damaged later could not be told from a write that was cut off.
  void settle() throws RocksDBException {
    List<ColumnFamilyHandle> all = new ArrayList<>(families.values());
    all.add(db.getDefaultColumnFamily());
    all.addAll(generations.all());
    try (FlushOptions options = new FlushOptions()) {
      db.flush(options, all);
    }
  }

  Compaction compaction() {
    return compaction;
  }

  @Override
  public void close() {
    if (compaction != null) {
      compaction.close();
    }
    while (!natives.isEmpty()) {
      natives.pop().close();
    }
  }
}
