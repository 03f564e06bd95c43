package dev.sixin.entity;

import dev.sixin.entity.rows.ConversationHead;
import dev.sixin.store.Key;
import dev.sixin.store.Rows;
import dev.sixin.store.Table;
import java.util.List;

/// Where a conversation stands: the one row of it that more than one feature reads. The others are
/// described in the package of messages, which owns them.
public final class Conversation {
  /// All rows of conversations but the marks.
  public static final Table TABLE = Table.of("conversations");

  /// The row of the head.
  public static final Key HEAD = Key.of(0);

  private Conversation() {}

  /// Says that the head will be asked for next.
  public static void expectHead(Rows rows) {
    rows.expect(TABLE, () -> List.of(HEAD));
  }

  /// The head of a conversation; one that says nothing before its first message.
  public static ConversationHead head(Rows rows) {
    return Stored.parse(rows.get(TABLE, HEAD), ConversationHead.getDefaultInstance());
  }
}
