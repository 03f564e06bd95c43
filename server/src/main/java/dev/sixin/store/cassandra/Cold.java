package dev.sixin.store.cassandra;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.sixin.store.Key;
import dev.sixin.store.Order;
import dev.sixin.store.Range;
import dev.sixin.store.StoreDamaged;
import dev.sixin.store.cassandra.rows.ColdRow;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;

/// The chunks of an entity.
///
/// @param chunks by table, then in the order of their keys
record Cold(List<Chunk> chunks) {
  /// All rows are in the entity's own partition.
  static final Cold NONE = new Cold(List.of());

  /// @param bytes null: everything is in the entity's own partition
  static Cold of(ByteBuffer bytes) {
    if (bytes == null) {
      return NONE;
    }
    try {
      return new Cold(ColdRow.parseFrom(bytes).getChunksList().stream().map(Chunk::of).toList());
    } catch (InvalidProtocolBufferException e) {
      throw new StoreDamaged("the list of a partition's chunks", e);
    }
  }

  ByteBuffer bytes() {
    return ByteBuffer.wrap(
        ColdRow.newBuilder()
            .addAllChunks(chunks.stream().map(Chunk::row).toList())
            .build()
            .toByteArray());
  }

  Optional<Chunk> covering(String table, Key row) {
    return chunks.stream()
        .filter(chunk -> chunk.table().equals(table) && chunk.covers(row))
        .findAny();
  }

  List<Chunk> overlapping(String table, Range range, Order order) {
    List<Chunk> found =
        chunks.stream()
            .filter(chunk -> chunk.table().equals(table) && chunk.overlaps(range))
            .toList();
    return order == Order.ASCENDING ? found : found.reversed();
  }
}
