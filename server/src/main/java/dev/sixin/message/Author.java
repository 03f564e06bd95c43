package dev.sixin.message;

import dev.sixin.admin.v1.User;

/// Who sends a message, and on whose word.
///
/// @param user the account that it comes from
/// @param bySite whether the site sends it on the account's behalf
record Author(User user, boolean bySite) {
  /// Business and system accounts: exempt from the stranger rule, free in what they send.
  boolean isOfficial() {
    return isOfficial(user);
  }

  static boolean isOfficial(User user) {
    return user.getBusiness() || user.getSystemMsgType() != 0;
  }

  boolean maySend(int msgType) {
    return bySite || isOfficial() || Types.isForUsers(msgType);
  }

  /// Whether the stranger rule can concern it at all.
  boolean isBoundByStrangerRule() {
    return !bySite && !isOfficial();
  }
}
