package dev.sixin.store.cassandra;

import com.google.protobuf.ByteString;
import dev.sixin.store.Key;
import dev.sixin.store.Range;
import dev.sixin.store.cassandra.rows.ChunkRow;

/// A stretch of rows of a table that stands in a partition of its own and is never changed there:
/// rows in the entity's own partition stand before those with the same keys here.
///
/// @param last the last key, inclusive
record Chunk(String table, long id, Key first, Key last) {
  static Chunk of(ChunkRow row) {
    return new Chunk(
        row.getTable(),
        row.getId(),
        Key.of(row.getFirst().toByteArray()),
        Key.of(row.getLast().toByteArray()));
  }

  ChunkRow row() {
    return ChunkRow.newBuilder()
        .setTable(table)
        .setId(id)
        .setFirst(ByteString.copyFrom(first.bytes()))
        .setLast(ByteString.copyFrom(last.bytes()))
        .build();
  }

  boolean covers(Key row) {
    return first.compareTo(row) <= 0 && row.compareTo(last) <= 0;
  }

  boolean overlaps(Range range) {
    return range.from().compareTo(last) <= 0
        && (range.to() == null || first.compareTo(range.to()) < 0);
  }
}
