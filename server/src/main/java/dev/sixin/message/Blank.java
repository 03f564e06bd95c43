package dev.sixin.message;

import dev.sixin.entity.rows.MessageRow;
import dev.sixin.proto.type.Msg;

/// What is left of a message whose content is erased: everything but what was said, and in its
/// place JSON that is legal for the type.
final class Blank {
  private Blank() {}

  static MessageRow.Builder of(MessageRow row) {
    return row.toBuilder().clearSharedContentKey().setMsg(of(row.getMsg()));
  }

  static Msg.Builder of(Msg msg) {
    return msg.toBuilder()
        .setContent(content(msg.getMsgTypeValue()))
        .clearAtUids()
        .clearKeyHitInfos();
  }

  private static String content(int msgType) {
    return switch (msgType) {
      case Types.TEXT, Types.TIP -> "{\"content\":\"\"}";
      case Types.PICTURE, Types.CUSTOM_FACE, Types.AUDIO -> "{\"url\":\"\"}";
      case Types.SHARE -> "{\"id\":0,\"source\":0}";
      case Types.COMMON_SHARE -> "{\"title\":\"\",\"url\":\"\"}";
      case Types.NOTICE, Types.MINI_PROGRAM -> "{\"title\":\"\"}";
      default -> "{}";
    };
  }
}
