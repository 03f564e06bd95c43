/// The embedded engine: RocksDB, one writer, group commit.
///
/// Transactions wait in a bounded queue. The [writer][dev.sixin.store.rocksdb.Writer] takes all
/// that wait, runs them one after another, hands their rows to RocksDB as one write with fsync, and
/// then completes them all; while it is written, the next batch runs on top of it. There are no
/// locks and no retries; a busy store gets larger batches, not more threads. Reads never touch the
/// writer.
///
/// Rows on disk: a column family per table, the key is the entity's bytes followed by the row's. A
/// table with a lifetime is a column family per lifetime, named `table.N`, of which the last two
/// are read and older ones are dropped whole. The default column family holds `clock`: the greatest
/// microsecond that was handed out, and `compacted`: the one up to which all that was deleted or
/// replaced is gone from the files too ([Compactor][dev.sixin.store.rocksdb.Compactor]), 8 bytes
/// each.
///
/// The disk is not believed. RocksDB checks each block of a table that it reads; what it does not
/// notice, [Seal][dev.sixin.store.rocksdb.Seal] does after a good stop, and
/// [LogCheck][dev.sixin.store.rocksdb.LogCheck] after a crash.
package dev.sixin.store.rocksdb;
