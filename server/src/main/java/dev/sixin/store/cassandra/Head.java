package dev.sixin.store.cassandra;

import com.datastax.oss.driver.api.core.cql.Row;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.sixin.store.StoreDamaged;
import dev.sixin.store.cassandra.rows.HeadRow;

/// What a partition knows of itself at one of its versions, and where rows went that it had.
///
/// @param version how many conditional writes it has seen; 0: there is no such partition yet
record Head(long version, HeadRow row, Cold cold) {
  /// Of an entity that was never written.
  static final Head NONE = new Head(0, HeadRow.getDefaultInstance(), Cold.NONE);

  /// @param row of a query for version and head; null: there is no such partition
  static Head of(Row row) {
    if (row == null) {
      return NONE;
    }
    try {
      return new Head(
          row.getLong("version"),
          HeadRow.parseFrom(row.getByteBuffer("head")),
          Cold.of(row.getByteBuffer("cold")));
    } catch (InvalidProtocolBufferException e) {
      throw new StoreDamaged("the head of a partition", e);
    }
  }

  /// Whether a server's write was made: it is the last of its own here.
  boolean has(long server, long write) {
    return row.getWritersList().stream()
        .anyMatch(writer -> writer.getServer() == server && writer.getWrite() == write);
  }
}
