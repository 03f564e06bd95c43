package dev.sixin.model;

/// Whom a user can have a session with.
sealed interface Talker permits Who, Club {
  /// Its number in the history that has the numbers from `base` on.
  long id(long base);

  /// 1 for a user, 2 for a group.
  int sessionType();
}
