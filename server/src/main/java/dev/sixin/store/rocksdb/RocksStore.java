package dev.sixin.store.rocksdb;

import dev.sixin.store.Announcement;
import dev.sixin.store.Event;
import dev.sixin.store.Key;
import dev.sixin.store.Order;
import dev.sixin.store.Origin;
import dev.sixin.store.Range;
import dev.sixin.store.Row;
import dev.sixin.store.Rows;
import dev.sixin.store.Store;
import dev.sixin.store.StoreDamaged;
import dev.sixin.store.StoreUnavailable;
import dev.sixin.store.Table;
import dev.sixin.store.Tally;
import dev.sixin.store.Transaction;
import dev.sixin.store.View;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.EnumSet;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.Function;
import org.rocksdb.HistogramType;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;
import org.rocksdb.Statistics;
import org.rocksdb.Status;
import org.rocksdb.TickerType;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The embedded engine.
public final class RocksStore implements Store, MeterBinder {
  private static final Logger log = LoggerFactory.getLogger(RocksStore.class);

  private final Path directory;
  private final List<Table> tables;
  private final long blockCacheBytes;
  private final InstantSource clock;

  /// Held for reading by who uses [#database], for writing by who replaces or closes it. A reader
  /// may take it again; readers in great number do not keep the writer waiting for ever.
  private final ReadWriteLock inUse = new ReentrantReadWriteLock();

  private final StoreMeters meters = new StoreMeters();
  private final Statistics statistics;
  private final Writer writer;
  private final Compactor compactor;
  private Database database;
  private boolean closed;

  /// What can be set.
  ///
  /// @param queue how many transactions may wait
  /// @param batch how many transactions share one fsync at most
  /// @param rowCacheBytes what the rows that transactions read often may take on the heap, about
  /// @param blockCacheBytes what blocks of table files may take in memory, beside the heap
  /// @param eraseWithin how soon what was deleted or replaced is gone from the files too; zero:
  ///   when RocksDB gets to it
  public record Limits(
      int queue, int batch, long rowCacheBytes, long blockCacheBytes, Duration eraseWithin) {
    /// Limits for a small machine: the row cache is an eighth of the heap, at most 256 MiB, the
    /// block cache 160 MiB; nothing is done about what was erased.
    public static final Limits DEFAULT =
        new Limits(
            20_000,
            1_000,
            Math.min(256L << 20, Runtime.getRuntime().maxMemory() / 8),
            160L << 20,
            Duration.ZERO);
  }

  private RocksStore(
      Path directory,
      List<Table> tables,
      Limits limits,
      Event.Handler handler,
      Announcement.Listener listener,
      InstantSource clock)
      throws RocksDBException {
    this.directory = directory;
    this.tables = List.copyOf(tables);
    this.blockCacheBytes = limits.blockCacheBytes();
    this.clock = clock;
    this.statistics = new Statistics(EnumSet.allOf(HistogramType.class)); // counters only
    this.database = Database.open(directory, this.tables, blockCacheBytes, statistics, clock);
    this.writer = new Writer(this, limits, handler, listener, clock, lastMicros(database));
    this.compactor = new Compactor(this, limits.eraseWithin(), clock);
  }

  /// Opens a store to which nobody listens, as below.
  public static RocksStore open(
      Path directory,
      List<Table> tables,
      Limits limits,
      Event.Handler handler,
      InstantSource clock) {
    return open(directory, tables, limits, handler, Announcement.Listener.NONE, clock);
  }

  /// Opens the store in a directory, or makes a new one there.
  ///
  /// @param tables all tables that will be used
  /// @param handler applies the events that transactions tell
  /// @param listener learns what they announce
  /// @throws StoreUnavailable when the files can not be opened; the message says why
  /// @throws StoreDamaged when they are not what was written
  public static RocksStore open(
      Path directory,
      List<Table> tables,
      Limits limits,
      Event.Handler handler,
      Announcement.Listener listener,
      InstantSource clock) {
    RocksDB.loadLibrary();
    try {
      Seal.open(directory);
      LogCheck.check(directory);
      RocksStore store = new RocksStore(directory, tables, limits, handler, listener, clock);
      store.compactor.start();
      return store;
    } catch (RocksDBException e) {
      String reason = directory + ": " + e.getMessage();
      throw isDamage(e) ? new StoreDamaged(reason, e) : new StoreUnavailable(reason, e);
    } catch (IOException e) {
      throw new StoreUnavailable(directory + ": " + e, e);
    }
  }

  @Override
  public Rows rows(Key entity) {
    return new Rows() {
      @Override
      public byte[] get(Table table, Key row) {
        return using(database -> database.get(database.newest(), table, entity.append(row)));
      }

      @Override
      public List<Row> scan(Table table, Range rows, Order order, int limit) {
        return using(
            database -> {
              try (Cursor cursor = database.cursor(database.newest(), table, entity)) {
                return cursor.scan(rows, order, limit);
              }
            });
      }
    };
  }

  @Override
  public <T> T read(Function<View, T> query) {
    return using(
        database -> {
          try (Database.Moment moment = database.moment();
              Frozen view = new Frozen(database, moment)) {
            return query.apply(view);
          }
        });
  }

  @Override
  public List<Row> scan(Table table, Key from, int limit) {
    return table.lifetime().isEmpty()
        ? Store.super.scan(table, from, limit)
        : using(database -> database.walk(database.newest(), table, from, limit));
  }

  @Override
  public Tally tally() {
    return using(database -> new Tally(lastMicros(database), database.changes(), 0));
  }

  private long lastMicros(Database database) throws RocksDBException {
    long origin = tables.contains(Origin.TABLE) ? Origin.of(this).micros() : 0;
    return Math.max(database.lastMicros(), origin);
  }

  @Override
  public <T> CompletableFuture<T> transact(Key entity, Transaction<T> transaction) {
    return writer.submit(entity, transaction);
  }

  @Override
  public boolean writable() {
    return writer.writable();
  }

  /// Shows what the store counts of itself.
  @Override
  public void bindTo(MeterRegistry registry) {
    meters.show(this, registry);
  }

  StoreMeters meters() {
    return meters;
  }

  /// About how many rows a table has.
  public long estimatedRows(Table table) {
    return using(database -> database.estimatedRows(table));
  }

  /// The files that hold all rows but the latest.
  public List<TableFile> tableFiles() {
    return using(
        database ->
            database.tableFiles().stream()
                .map(file -> new TableFile(Path.of(file.path(), file.fileName()), file.size()))
                .toList());
  }

  /// Reads all of a table and compares it with the checksums in it. One that a compaction has
  /// replaced since it was listed is left out: what read it then saw the same checksums.
  ///
  /// @throws StoreDamaged when something in it is not as it was written
  public void verify(TableFile table) {
    try {
      TableFile.verify(table.path());
    } catch (StoreDamaged e) {
      if (tableFiles().contains(table)) {
        throw e;
      }
    }
  }

  /// Puts the store as it is now, with all that was acknowledged so far, into a directory that can
  /// be opened as a store of its own. Costs little time and no room: its large files are links.
  ///
  /// @param directory is not there yet; on the file system of the store
  /// @throws StoreUnavailable when it can not be written
  public void checkpoint(Path directory) {
    use(database -> database.checkpoint(directory));
    try {
      Seal.put(directory);
    } catch (IOException e) {
      throw new StoreUnavailable(directory + ": " + e, e);
    }
  }

  /// How many transactions wait to be run.
  public int waiting() {
    return writer.waiting();
  }

  /// How many times the log was synced to the disk. Transactions that were committed together
  /// shared one.
  public long syncs() {
    return count(TickerType.WAL_FILE_SYNCED);
  }

  /// What RocksDB counted since the store was opened; 0: it is closed.
  long count(TickerType what) {
    inUse.readLock().lock();
    try {
      return closed ? 0 : statistics.getTickerCount(what);
    } finally {
      inUse.readLock().unlock();
    }
  }

  @Override
  public void close() {
    boolean writable = writer.writable();
    compactor.stop();
    writer.close();
    inUse.writeLock().lock();
    try {
      if (!closed) {
        closed = true;
        boolean settled = writable && database != null && settle();
        closeDatabase();
        statistics.close();
        if (settled) {
          seal();
        }
      }
    } finally {
      inUse.writeLock().unlock();
    }
    compactor.close();
  }

  /// Spares the next start the reading of the log. Nothing is lost without it.
  private boolean settle() {
    try {
      database.settle();
      return true;
    } catch (RocksDBException e) {
      log.warn("the next start will have to read the log", e);
      return false;
    }
  }

  private void seal() {
    try {
      Seal.put(directory);
    } catch (IOException e) {
      log.warn("the next start will not see whether files are missing", e);
    }
  }

  private void closeDatabase() {
    if (database != null) {
      database.close();
      database = null;
    }
  }

  /// Something done with the open database.
  @FunctionalInterface
  interface Use<T> {
    T with(Database database) throws RocksDBException;
  }

  /// Something done to the open database.
  @FunctionalInterface
  interface Action {
    void on(Database database) throws RocksDBException;
  }

  /// @throws StoreDamaged when what is there already is in the way
  /// @throws StoreUnavailable when the disk takes no writes
  void use(Action action) {
    locked(inUse.readLock(), done(action));
  }

  /// @throws StoreDamaged when it can not be read
  <T> T using(Use<T> use) {
    return locked(inUse.readLock(), reading(use));
  }

  /// As [#use], while nobody else uses the database.
  void alone(Action action) {
    locked(inUse.writeLock(), done(action));
  }

  private static Use<Void> done(Action action) {
    return database -> {
      action.on(database);
      return null;
    };
  }

  private static <T> Use<T> reading(Use<T> use) {
    return database -> {
      try {
        return use.with(database);
      } catch (RocksDBException e) {
        throw new StoreDamaged(e.getMessage(), e);
      }
    };
  }

  private static boolean isDamage(RocksDBException e) {
    return e.getStatus() != null && e.getStatus().getCode() == Status.Code.Corruption;
  }

  static RuntimeException failure(RocksDBException e) {
    return isDamage(e)
        ? new StoreDamaged(e.getMessage(), e)
        : new StoreUnavailable(e.getMessage(), e);
  }

  private <T> T locked(Lock lock, Use<T> use) {
    lock.lock();
    try {
      if (database == null) {
        throw new StoreUnavailable(closed ? "closed" : "the database is not open", null);
      }
      return use.with(database);
    } catch (RocksDBException e) {
      throw failure(e);
    } finally {
      lock.unlock();
    }
  }

  /// Closes the database and opens it again from its files, which is how RocksDB gets over a write
  /// that failed. When it can not be opened for writing, reads go on all the same.
  void reopen() {
    inUse.writeLock().lock();
    try {
      if (closed) {
        throw new StoreUnavailable("closed", null);
      }
      closeDatabase();
      try {
        LogCheck.check(directory);
        database = Database.open(directory, tables, blockCacheBytes, statistics, clock);
      } catch (RocksDBException | IOException | StoreDamaged e) {
        database = Database.openToRead(directory, tables, blockCacheBytes, statistics, clock);
        throw e;
      }
    } catch (RocksDBException e) {
      throw failure(e);
    } catch (IOException e) {
      throw new StoreUnavailable(e.toString(), e);
    } finally {
      inUse.writeLock().unlock();
    }
  }

  Path directory() {
    return directory;
  }

  /// All rows at one moment. The lock is held by [#read] around it.
  private static final class Frozen implements View, AutoCloseable {
    private final Database database;
    private final Database.Moment moment;
    private volatile boolean over;

    /// What was scanned last: mostly, that is scanned again.
    private Cursor cursor;

    Frozen(Database database, Database.Moment moment) {
      this.database = database;
      this.moment = moment;
    }

    @Override
    public Rows rows(Key entity) {
      return new Rows() {
        @Override
        public byte[] get(Table table, Key row) {
          return with(() -> database.get(moment.options(), table, entity.append(row)));
        }

        @Override
        public List<Row> scan(Table table, Range rows, Order order, int limit) {
          return with(() -> cursor(table, entity).scan(rows, order, limit));
        }
      };
    }

    private Cursor cursor(Table table, Key entity) {
      if (cursor == null || !cursor.isOn(table, entity)) {
        closeCursor();
        cursor = database.cursor(moment.options(), table, entity);
      }
      return cursor;
    }

    private void closeCursor() {
      if (cursor != null) {
        cursor.close();
        cursor = null;
      }
    }

    /// Native memory is behind the rows: who kept them too long would crash the process.
    private <T> T with(Reading<T> reading) {
      if (over) {
        throw new IllegalStateException("rows used after their query ended");
      }
      try {
        return reading.read();
      } catch (RocksDBException e) {
        throw new StoreDamaged(e.getMessage(), e);
      }
    }

    @FunctionalInterface
    private interface Reading<T> {
      T read() throws RocksDBException;
    }

    @Override
    public void close() {
      over = true;
      closeCursor();
    }
  }
}
