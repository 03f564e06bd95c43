package dev.sixin.store.rocksdb;

/// Something of a database that takes room, and what RocksDB calls it.
enum Part {
  /// All files of tables.
  TABLES("total-sst-files-size"),
  /// What is in them and not outdated, about.
  LIVE("estimate-live-data-size"),
  /// What compactions have yet to rewrite, about.
  COMPACTION("estimate-pending-compaction-bytes"),
  /// What is not in tables yet, in memory.
  MEMTABLES("cur-size-all-mem-tables"),
  /// Indexes and filters of tables, in memory.
  INDEXES("estimate-table-readers-mem"),
  /// Blocks of tables that are kept in memory; all tables share them.
  BLOCK_CACHE("block-cache-usage");

  private final String property;

  Part(String property) {
    this.property = "rocksdb." + property;
  }

  String property() {
    return property;
  }

  /// Whether it is told once for all tables; else each table tells its own.
  boolean isShared() {
    return this == BLOCK_CACHE;
  }
}
