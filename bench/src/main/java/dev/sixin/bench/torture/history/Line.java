package dev.sixin.bench.torture.history;

/// A message as somebody read it.
///
/// @param sender 0: the group itself
/// @param receiver a uid or a group
/// @param status 0 stands, 1 taken back by its sender
public record Line(
    long seqno,
    long key,
    long sender,
    long receiver,
    int type,
    long cliMsgId,
    String content,
    int status) {
  /// `msg_type` of a text.
  public static final int TEXT = 1;

  /// `msg_type` of a line that takes another back, whose key is its content.
  public static final int RECALL = 5;

  private static final int SYSTEM_CANCEL = 8;
  private static final int SYSTEM_TIP = 18;

  boolean countsAsUnread() {
    return type != RECALL && type != SYSTEM_CANCEL && type != SYSTEM_TIP;
  }

  boolean isRecalled() {
    return status != 0;
  }

  /// Whether two readers read the same message, which may have been taken back in between.
  boolean isSameAs(Line other) {
    return seqno == other.seqno
        && key == other.key
        && sender == other.sender
        && receiver == other.receiver
        && type == other.type
        && cliMsgId == other.cliMsgId
        && (isRecalled() || other.isRecalled() || content.equals(other.content));
  }
}
