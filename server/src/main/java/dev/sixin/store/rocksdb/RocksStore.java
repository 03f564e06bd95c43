package dev.sixin.store.rocksdb;

import dev.sixin.store.Event;
import dev.sixin.store.Key;
import dev.sixin.store.Order;
import dev.sixin.store.Range;
import dev.sixin.store.Row;
import dev.sixin.store.Rows;
import dev.sixin.store.Store;
import dev.sixin.store.StoreUnavailable;
import dev.sixin.store.Table;
import dev.sixin.store.Transaction;
import dev.sixin.store.View;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.StampedLock;
import java.util.function.Function;
import org.rocksdb.RocksDBException;
import org.rocksdb.Snapshot;

/// The embedded engine.
public final class RocksStore implements Store {
  private final Path directory;
  private final List<Table> tables;

  /// Held for reading by who uses [#database], for writing by who replaces or closes it.
  private final StampedLock inUse = new StampedLock();

  private final Writer writer;
  private Database database;

  /// What can be set.
  ///
  /// @param queue how many transactions may wait
  /// @param batch how many transactions share one fsync at most
  public record Limits(int queue, int batch) {
    /// Limits for a server on a small machine.
    public static final Limits DEFAULT = new Limits(20_000, 1_000);
  }

  private RocksStore(
      Path directory, List<Table> tables, Limits limits, Event.Handler handler, InstantSource clock)
      throws RocksDBException {
    this.directory = directory;
    this.tables = List.copyOf(tables);
    this.database = Database.open(directory, tables);
    this.writer = new Writer(this, limits, handler, clock, database.clock());
  }

  /// Opens the store in a directory, or makes a new one there.
  ///
  /// @param tables all tables that will be used
  /// @param handler applies the events that transactions tell
  /// @throws StoreUnavailable when the files can not be opened; the message says why
  public static RocksStore open(
      Path directory,
      List<Table> tables,
      Limits limits,
      Event.Handler handler,
      InstantSource clock) {
    try {
      return new RocksStore(directory, tables, limits, handler, clock);
    } catch (RocksDBException e) {
      throw new StoreUnavailable(directory + ": " + e.getMessage(), e);
    }
  }

  @Override
  public Rows rows(Key entity) {
    return new Rows() {
      @Override
      public byte[] get(Table table, Key row) {
        return using(database -> database.get(null, table, entity.append(row)));
      }

      @Override
      public List<Row> scan(Table table, Range rows, Order order, int limit) {
        return using(database -> database.scan(null, table, entity, rows, order, limit));
      }
    };
  }

  @Override
  public <T> T read(Function<View, T> query) {
    return using(
        database -> {
          Snapshot snapshot = database.snapshot();
          try {
            return query.apply(entity -> new Frozen(database, snapshot, entity));
          } finally {
            database.release(snapshot);
          }
        });
  }

  @Override
  public <T> CompletableFuture<T> transact(Key entity, Transaction<T> transaction) {
    return writer.submit(entity, transaction);
  }

  @Override
  public boolean writable() {
    return writer.writable();
  }

  /// How many transactions wait to be run.
  public int waiting() {
    return writer.waiting();
  }

  @Override
  public void close() {
    writer.close();
    long stamp = inUse.writeLock();
    try {
      if (database != null) {
        database.close();
        database = null;
      }
    } finally {
      inUse.unlockWrite(stamp);
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

  void use(Action action) {
    using(
        database -> {
          action.on(database);
          return null;
        });
  }

  <T> T using(Use<T> use) {
    long stamp = inUse.readLock();
    try {
      return with(use);
    } finally {
      inUse.unlockRead(stamp);
    }
  }

  /// As [#use], while nobody else uses the database.
  void alone(Action action) {
    long stamp = inUse.writeLock();
    try {
      with(
          database -> {
            action.on(database);
            return null;
          });
    } finally {
      inUse.unlockWrite(stamp);
    }
  }

  private <T> T with(Use<T> use) {
    if (database == null) {
      throw new StoreUnavailable("closed", null);
    }
    try {
      return use.with(database);
    } catch (RocksDBException e) {
      throw new StoreUnavailable(e.getMessage(), e);
    }
  }

  /// Closes the database and opens it again from its files, which is how RocksDB gets over a write
  /// that failed.
  void reopen() {
    long stamp = inUse.writeLock();
    try {
      if (database != null) {
        database.close();
        database = null;
      }
      database = Database.open(directory, tables);
    } catch (RocksDBException e) {
      throw new StoreUnavailable(directory + ": " + e.getMessage(), e);
    } finally {
      inUse.unlockWrite(stamp);
    }
  }

  Path directory() {
    return directory;
  }

  /// An entity's rows at one moment. The lock is held by [#read] around it.
  private record Frozen(Database database, Snapshot snapshot, Key entity) implements Rows {
    @Override
    public byte[] get(Table table, Key row) {
      try {
        return database.get(snapshot, table, entity.append(row));
      } catch (RocksDBException e) {
        throw new StoreUnavailable(e.getMessage(), e);
      }
    }

    @Override
    public List<Row> scan(Table table, Range rows, Order order, int limit) {
      try {
        return database.scan(snapshot, table, entity, rows, order, limit);
      } catch (RocksDBException e) {
        throw new StoreUnavailable(e.getMessage(), e);
      }
    }
  }
}
