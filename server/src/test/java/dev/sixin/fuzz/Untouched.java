package dev.sixin.fuzz;

import dev.sixin.TestServer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.rocksdb.ColumnFamilyDescriptor;
import org.rocksdb.ColumnFamilyHandle;
import org.rocksdb.DBOptions;
import org.rocksdb.Options;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;

/// Sees beside a running server whether anything was written, without reading all rows.
final class Untouched implements AutoCloseable {
  private final List<ColumnFamilyHandle> handles = new ArrayList<>();
  private final DBOptions options = new DBOptions().setMaxOpenFiles(-1);
  private final RocksDB follower;

  /// @param directory where the follower keeps its log
  Untouched(TestServer server, Path directory) {
    String store = server.data().resolve("store").toString();
    List<ColumnFamilyDescriptor> families = new ArrayList<>();
    try (Options names = new Options()) {
      for (byte[] name : RocksDB.listColumnFamilies(names, store)) {
        families.add(new ColumnFamilyDescriptor(name));
      }
      follower = RocksDB.openAsSecondary(options, store, directory.toString(), families, handles);
    } catch (RocksDBException e) {
      throw new AssertionError(e);
    }
  }

  /// How many changes were written so far.
  long changes() {
    try {
      follower.tryCatchUpWithPrimary();
      return follower.getLatestSequenceNumber();
    } catch (RocksDBException e) {
      throw new AssertionError(e);
    }
  }

  @Override
  public void close() {
    handles.forEach(ColumnFamilyHandle::close);
    follower.close();
    options.close();
  }
}
