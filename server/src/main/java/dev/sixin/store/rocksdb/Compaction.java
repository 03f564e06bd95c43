package dev.sixin.store.rocksdb;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.sixin.store.Key;
import dev.sixin.store.Table;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import org.rocksdb.ColumnFamilyHandle;
import org.rocksdb.CompactRangeOptions;
import org.rocksdb.CompactRangeOptions.BottommostLevelCompaction;
import org.rocksdb.LevelMetaData;
import org.rocksdb.LiveFileMetaData;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;
import org.rocksdb.SstFileMetaData;
import org.rocksdb.WriteOptions;

/// Compactions of one open database, outside of the lock under which everything else uses it: they
/// take seconds, and that long nobody else may wait.
final class Compaction implements AutoCloseable {
  private static final Key UP_TO = Key.EMPTY.text("compacted");

  private final RocksDB db;
  private final WriteOptions synced;
  private final Map<Table, ColumnFamilyHandle> families;

  /// Held while the database must stay open.
  private final Lock entered = new ReentrantLock();

  private final CompactRangeOptions options =
      new CompactRangeOptions()
          .setExclusiveManualCompaction(false)
          .setMaxSubcompactions(1)
          .setBottommostLevelCompaction(BottommostLevelCompaction.kForceOptimized);

  /// @param synced how to write down what was done
  Compaction(RocksDB db, WriteOptions synced, Map<Table, ColumnFamilyHandle> families) {
    this.db = db;
    this.synced = synced;
    this.families = families;
  }

  /// A stretch of a table.
  ///
  /// @param from its first key, null: the table's
  /// @param to its last key, null: the table's
  @SuppressWarnings("ArrayRecordComponent") // never compared
  record Piece(Table table, byte[] from, byte[] to) {
    private boolean touches(SstFileMetaData file) {
      return (from == null || Arrays.compareUnsigned(file.largestKey(), from) >= 0)
          && (to == null || Arrays.compareUnsigned(file.smallestKey(), to) <= 0);
    }
  }

  /// Up to when all that was deleted or replaced is gone from the files too, as
  /// [Database#lastMicros].
  Optional<Long> upTo() throws RocksDBException {
    return Optional.ofNullable(db.get(UP_TO.bytes())).map(row -> Key.of(row).u64At(0));
  }

  /// Deletes files that are of no use any more. RocksDB does so by itself when it has written one,
  /// but for those that somebody was just reading.
  void end(long micros) throws RocksDBException {
    db.disableFileDeletions();
    db.enableFileDeletions();
    setUpTo(micros);
  }

  void setUpTo(long micros) throws RocksDBException {
    db.put(synced, UP_TO.bytes(), Key.EMPTY.u64(micros).bytes());
  }

  /// All tables whose rows stay until they are deleted, cut where the files of their lowest levels
  /// end, so that each piece rewrites about one of them.
  List<Piece> pieces() {
    List<LiveFileMetaData> files = db.getLiveFilesMetaData();
    return families.keySet().stream()
        .sorted(Comparator.comparing(Table::name))
        .flatMap(table -> pieces(table, files).stream())
        .toList();
  }

  private static List<Piece> pieces(Table table, List<LiveFileMetaData> files) {
    List<LiveFileMetaData> its =
        files.stream()
            .filter(file -> table.name().equals(new String(file.columnFamilyName(), UTF_8)))
            .toList();
    int lowest = its.stream().mapToInt(LiveFileMetaData::level).max().orElse(0);
    List<byte[]> ends =
        its.stream()
            .filter(file -> lowest > 0 && file.level() == lowest)
            .map(LiveFileMetaData::largestKey)
            .sorted(Arrays::compareUnsigned)
            .toList();
    List<Piece> pieces = new ArrayList<>();
    byte[] from = null;
    for (byte[] end : ends.subList(0, Math.max(0, ends.size() - 1))) {
      pieces.add(new Piece(table, from, end));
      from = Key.of(end).next().bytes();
    }
    pieces.add(new Piece(table, from, null));
    return pieces;
  }

  /// A number that grows with every write.
  long sequence() {
    return db.getLatestSequenceNumber();
  }

  /// Whether somebody still reads a state of before that write, so that what was there then must
  /// stay.
  boolean isReadAsOfBefore(long sequence) throws RocksDBException {
    long oldest = db.getLongProperty("rocksdb.oldest-snapshot-sequence");
    return oldest != 0 && oldest < sequence;
  }

  /// Keeps the database open until [#leave], by the same thread.
  Compaction enter() {
    entered.lock();
    return this;
  }

  void leave() {
    entered.unlock();
  }

  /// Brings rows together with what was deleted or replaced below them, which is dropped. For a
  /// thread that has entered; ends with an exception when the database is to be closed.
  void run(Piece piece) throws RocksDBException {
    if (mayHoldOldRows(piece)) {
      db.compactRange(families.get(piece.table()), piece.from(), piece.to(), options);
    }
  }

  /// False if there is but one version of each row: RocksDB writes rows into the lowest level with
  /// the number 0 as soon as nobody needs another one.
  boolean mayHoldOldRows(Piece piece) {
    List<LevelMetaData> levels =
        db.getColumnFamilyMetaData(families.get(piece.table())).levels().stream()
            .filter(level -> !level.files().isEmpty())
            .toList();
    int lowest = levels.stream().mapToInt(LevelMetaData::level).max().orElse(0);
    return levels.stream()
        .anyMatch(
            level ->
                level.files().stream()
                    .filter(piece::touches)
                    .anyMatch(file -> level.level() < lowest || file.largestSeqno() != 0));
  }

  /// Ends a compaction that is under way and waits for its end.
  @Override
  public void close() {
    options.setCanceled(true);
    entered.lock();
    try {
      options.close();
    } finally {
      entered.unlock();
    }
  }
}
