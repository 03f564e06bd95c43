package dev.sixin.message;

import dev.sixin.entity.Day;
import dev.sixin.entity.rows.AutomaticRow;
import dev.sixin.proto.type.Msg;
import dev.sixin.proto.type.MsgSource;

/// Messages that are sent in a user's name without their doing. What makes them so is their
/// `msg_source`, whoever sent them: only this server and the site can set it.
final class Automatic {
  private Automatic() {}

  private static boolean is(MsgSource source) {
    return switch (source) {
      case EN_MSG_SOURCE_AUTOREPLY_BY_FOLLOWED,
          EN_MSG_SOURCE_AUTOREPLY_BY_RECEIVE_MSG,
          EN_MSG_SOURCE_AUTOREPLY_BY_KEYWORDS,
          EN_MSG_SOURCE_AUTOREPLY_BY_VOYAGE ->
          true;
      default -> false;
    };
  }

  /// What is known of a user's automatic messages to another after one more message of theirs.
  ///
  /// @param msg as stored
  static AutomaticRow after(AutomaticRow before, Msg msg) {
    if (!is(msg.getMsgSource()) || !Types.isCountable(msg.getMsgTypeValue())) {
      return before;
    }
    long day = Math.max(lastDay(before, msg.getMsgSource()), Day.of(msg.getTimestamp()));
    return before.toBuilder()
        .setCountable(before.getCountable() + 1)
        .putLastDay(msg.getMsgSourceValue(), day)
        .build();
  }

  /// Whether another automatic message from the same source may be sent on a day.
  static boolean isDue(AutomaticRow before, MsgSource source, long day) {
    return lastDay(before, source) < day;
  }

  private static long lastDay(AutomaticRow before, MsgSource source) {
    return before.getLastDayOrDefault(source.getNumber(), -1);
  }
}
