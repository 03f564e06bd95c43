package dev.sixin.entity;

import dev.sixin.store.Event;

/// Everything that one entity tells another.
public sealed interface Happening extends Event {
  /// To an inbox: a message came into one of its user's conversations.
  ///
  /// @param talker whom the session is with
  /// @param seqno the message's number in the conversation
  /// @param mine whether the inbox's user wrote it
  /// @param othersTotals what the others had written up to and including it
  /// @param systemMsgType the talker's kind of system account, 0 for a person
  record MessageArrived(
      Talker talker, long seqno, boolean mine, Totals othersTotals, int systemMsgType)
      implements Happening {}

  /// To an inbox: its user follows somebody, or no longer does.
  record FollowChanged(long talkerUid, boolean follows) implements Happening {}

  /// To relations: somebody follows, special-follows or blocks their user, or no longer does.
  record RelationTurned(long fromUid, long toUid, boolean follows, boolean blocks)
      implements Happening {}
}
