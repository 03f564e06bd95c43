package dev.sixin.message;

/// Kinds of messages, the numbers of `bilibili.im.type.MsgType`, and who may send them.
public final class Types {
  public static final int TEXT = 1;
  public static final int PICTURE = 2;
  public static final int AUDIO = 3;
  public static final int DRAW_BACK = 5;
  public static final int CUSTOM_FACE = 6;
  public static final int SHARE = 7;
  public static final int SYS_CANCEL = 8;
  public static final int MINI_PROGRAM = 9;
  public static final int NOTICE = 10;
  public static final int VIDEO_CARD = 11;
  public static final int ARTICLE_CARD = 12;
  public static final int PICTURE_CARD = 13;
  public static final int COMMON_SHARE = 14;
  public static final int TIP = 18;

  private Types() {}

  /// Whether any user may send messages of this type.
  static boolean isForUsers(int type) {
    return switch (type) {
      case TEXT, PICTURE, AUDIO, DRAW_BACK, CUSTOM_FACE, SHARE, MINI_PROGRAM, COMMON_SHARE -> true;
      default -> false;
    };
  }

  /// Whether messages of this type count as unread.
  static boolean isCountable(int type) {
    return type != DRAW_BACK && type != SYS_CANCEL && type != TIP;
  }

  /// Whether this is a line that takes another message back.
  static boolean isRecall(int type) {
    return type == DRAW_BACK || type == SYS_CANCEL;
  }

  /// Whether messages of this type count as business messages when a business account sends them.
  static boolean isBusiness(int type) {
    return type >= NOTICE && type <= COMMON_SHARE;
  }

  /// Whether this is a line that a group's own log holds about its members (301 to 306).
  static boolean isGroupLine(int type) {
    return type >= 301 && type <= 306;
  }
}
