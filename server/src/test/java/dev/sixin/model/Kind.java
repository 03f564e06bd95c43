package dev.sixin.model;

/// Messages of all types, legal ones and others.
enum Kind {
  TEXT(1, "{\"content\":\"%s\"}", 0),
  PICTURE(2, "{\"url\":\"https://img.example/%s.png\",\"width\":4,\"height\":3,\"size\":1.5}", 0),
  AUDIO(3, "{\"url\":\"https://img.example/%s.mp3\"}", 0),
  FACE(6, "{\"url\":\"http://img.example/%s.gif\"}", 0),
  SHARE(7, "{\"id\":%s,\"source\":5,\"title\":\"a video\"}", 0),
  MINI_PROGRAM(9, "{\"title\":\"%s\"}", 0),
  OTHER_SHARE(14, "{\"title\":\"%s\",\"url\":\"https://shop.example\"}", 0),

  // What the operator's tables know: see Tables.
  EMOTE(1, "{\"content\":\"[tv_doge] %s [tv_doge]\"}", 0),
  OLD_EMOTE(1, "{\"content\":\"[doge] %s\"}", 0),
  EMOTE_IN_A_TITLE(14, "{\"title\":\"[doge] lottery %s\",\"url\":\"https://shop.example\"}", 0),
  TOASTED(1, "{\"content\":\"Money %s\"}", 0),
  REFUSED(1, "{\"content\":\"money LOTTERY %s\"}", 0),

  // From the site, business and system accounts only.
  SYS_CANCEL(8, "{\"of\":\"%s\"}", 0),
  NOTICE(10, "{\"title\":\"%s\",\"text\":\"it is here\"}", 0),
  VIDEO_CARD(11, "{\"rid\":%s}", 0),
  ARTICLE_CARD(12, "{\"rid\":%s}", 0),
  PICTURE_CARD(
      13,
      "{\"pic_url\":\"https://a.example\",\"jump_url\":\"https://b.example\",\"title\":\"%s\"}",
      0),
  TIP(18, "{\"content\":\"[{\\\"text\\\":\\\"%s\\\"}]\"}", 0),
  NOT_LISTED(777, "{\"anything\":%s}", 0),

  // Of a message that never was; see Step.Recall for others.
  RECALL(5, "%s", 0),
  RECALL_OF_NOTHING(5, "the last one, %s", -400),

  LONGEST_TEXT(1, "{\"content\":\"" + "私".repeat(658) + "%12s\"}", 0),
  TOO_LONG_TEXT(1, "{\"content\":\"" + "私".repeat(658) + "%13s\"}", 21007),
  EMPTY_TEXT(1, "{\"content\":\"\"}", -400),
  NOT_JSON(1, "hello %s", -400),
  BARE_TEXT(1, "\"%s\"", -400),
  PICTURE_OF_NOTHING(2, "{\"width\":%s}", 21037),
  SHARE_OF_NOTHING(7, "{\"title\":\"%s\"}", -400);

  private final int type;
  private final String content;
  private final int refusal;

  Kind(int type, String content, int refusal) {
    this.type = type;
    this.content = content;
    this.refusal = refusal;
  }

  int type() {
    return type;
  }

  /// A content of this kind that no other number gives.
  String content(long number) {
    return content.formatted(number);
  }

  /// What its content is refused with; 0: it is legal.
  int refusal() {
    return refusal;
  }

  static boolean isForUsers(int type) {
    return type == 5
        || type == 1
        || type == 2
        || type == 3
        || type == 6
        || type == 7
        || type == 9
        || type == 14;
  }

  /// Whether it is a line that takes another message back.
  static boolean isRecall(int type) {
    return type == 5 || type == 8;
  }

  /// What stands in the place of the content of a recalled message.
  static String blank(int type) {
    return switch (type) {
      case 1, 18 -> "{\"content\":\"\"}";
      case 2, 3, 6 -> "{\"url\":\"\"}";
      case 7 -> "{\"id\":0,\"source\":0}";
      case 14 -> "{\"title\":\"\",\"url\":\"\"}";
      case 9, 10 -> "{\"title\":\"\"}";
      default -> "{}";
    };
  }

  static boolean isCountable(int type) {
    return type != 5 && type != 8 && type != 18;
  }

  static boolean isForBusiness(int type) {
    return type >= 10 && type <= 14;
  }
}
