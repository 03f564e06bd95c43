package dev.sixin.message;

import dev.sixin.entity.rows.MessageRow;
import dev.sixin.store.Order;
import dev.sixin.store.Rows;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Optional;

/// Goes through the messages of a conversation that can be read, one after another, a few rows at a
/// time.
final class Walk {
  private static final int MAX_CHUNK = 64;

  private final Rows log;
  private final Order order;
  private final int chunk;
  private final ArrayDeque<MessageRow> ahead = new ArrayDeque<>();
  private long begin;
  private long end;
  private boolean ended;

  /// Messages with begin < seqno < end; end 0 is open.
  ///
  /// @param wanted about how many will be asked for; reading more than that at once is lost work
  Walk(Rows log, long begin, long end, Order order, int wanted) {
    this.log = log;
    this.begin = begin;
    this.end = end;
    this.order = order;
    this.chunk = Math.min(wanted, MAX_CHUNK);
  }

  /// The next message; none at the end.
  Optional<MessageRow> next() {
    while (true) {
      MessageRow row = ahead.poll();
      if (row == null) {
        if (ended) {
          return Optional.empty();
        }
        load();
      } else if (row.getMsg().getMsgStatus() != Messages.CANCELLED) {
        return Optional.of(row);
      }
    }
  }

  private void load() {
    List<MessageRow> rows = Log.between(log, begin, end, order, chunk);
    ended = rows.size() < chunk;
    if (rows.isEmpty()) {
      return;
    }
    ahead.addAll(rows);
    long last = rows.getLast().getMsg().getMsgSeqno();
    if (order == Order.ASCENDING) {
      begin = last;
    } else {
      end = last;
    }
  }
}
