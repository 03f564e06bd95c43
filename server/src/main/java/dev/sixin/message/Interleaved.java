package dev.sixin.message;

import dev.sixin.entity.rows.MessageRow;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.PriorityQueue;

/// The messages of several conversations as one stream, by msg_key: oldest first if each of them
/// is.
final class Interleaved {
  private final PriorityQueue<Head> heads =
      new PriorityQueue<>(
          Comparator.comparing(head -> head.row().getMsg().getMsgKey(), Long::compareUnsigned));

  private record Head(MessageRow row, Walk rest) {}

  Interleaved(List<Walk> walks) {
    walks.forEach(this::go);
  }

  private void go(Walk walk) {
    walk.next().ifPresent(row -> heads.add(new Head(row, walk)));
  }

  /// The next message; none at the end.
  Optional<MessageRow> next() {
    Head first = heads.poll();
    if (first == null) {
      return Optional.empty();
    }
    go(first.rest());
    return Optional.of(first.row());
  }
}
