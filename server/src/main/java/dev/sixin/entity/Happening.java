package dev.sixin.entity;

import dev.sixin.proto.type.Msg;
import dev.sixin.store.Event;

/// Everything that one entity tells another.
///
/// An event that could do harm when it is told again later carries the number of the `change` that
/// it tells of: [dev.sixin.store.Partition#micros] of the entity that tells it; 0: an inbox tells
/// it itself.
public sealed interface Happening extends Event {
  /// To an inbox: a message came into a private conversation of its user, or its user wrote one
  /// into a group. Others' messages in groups are told to nobody.
  ///
  /// @param talker whom the session is with
  /// @param seqno the message's number in the conversation
  /// @param mine whether the inbox's user wrote it
  /// @param othersTotals what the others had written up to and including it; in a group, what all
  ///   had
  /// @param systemMsgType the talker's kind of system account, 0 for a person
  /// @param metered whether it counts against what the inbox's user may send in a day
  /// @param othersGone what of the others' messages is not kept any more, in a private conversation
  record MessageArrived(
      Talker talker,
      long seqno,
      boolean mine,
      Totals othersTotals,
      int systemMsgType,
      boolean metered,
      Totals othersGone)
      implements Happening {
    /// A message of a conversation that is whole.
    public MessageArrived(
        Talker talker,
        long seqno,
        boolean mine,
        Totals othersTotals,
        int systemMsgType,
        boolean metered) {
      this(talker, seqno, mine, othersTotals, systemMsgType, metered, Totals.NONE);
    }

    /// A message that does not count against anybody's day.
    public MessageArrived(
        Talker talker, long seqno, boolean mine, Totals othersTotals, int systemMsgType) {
      this(talker, seqno, mine, othersTotals, systemMsgType, false);
    }
  }

  /// To an inbox, right after the arrival of the line that says so: another's message in a private
  /// conversation was recalled.
  ///
  /// @param lineSeqno the number of that line
  /// @param targetSeqno the number of the message that is gone
  /// @param counted what it had counted for
  record MessageRecalled(
      Talker talker, long change, long lineSeqno, long targetSeqno, Totals counted)
      implements Happening {}

  /// To an inbox: its user has read a conversation up to a message.
  ///
  /// @param seqno the last message read; never beyond the end
  /// @param unread what of the others' messages after it counts; in a group this is not kept
  /// @param totals what all had written up to it, in a group
  record Read(Talker talker, long change, long seqno, Totals unread, Totals totals)
      implements Happening {}

  /// To an inbox: the messages of a private conversation up to one are not kept any more.
  ///
  /// @param seqno the last of them
  /// @param unread what of the others' messages after it counts
  record Expired(Talker talker, long change, long seqno, Totals unread) implements Happening {}

  /// To an inbox: its user removed a session, and with that has read all of it.
  ///
  /// @param seqno the conversation's last message
  /// @param totals what all had written up to it, in a group
  record Removed(Talker talker, long change, long seqno, Totals totals) implements Happening {}

  /// To an inbox: its user was mentioned in a group.
  record Mentioned(long groupId, long seqno) implements Happening {}

  /// To an inbox: its user joined a group.
  ///
  /// @param seqno the group's last message then
  /// @param totals what had been written up to it
  record Joined(long groupId, long change, long seqno, Totals totals) implements Happening {}

  /// To an inbox: its user is no longer in a group.
  record Left(long groupId, long change) implements Happening {}

  /// To relations: their user is now in a group, or no longer.
  record MembershipChanged(long groupId, boolean member) implements Happening {}

  /// To a group's conversation: something happened to the group that its members are to read.
  ///
  /// @param msgType 301 to 306
  /// @param text what happened, for people
  /// @param node the server's number in message keys
  record GroupLine(long groupId, int msgType, String text, int node) implements Happening {}

  /// To an inbox: its user follows somebody, or no longer does.
  record FollowChanged(long talkerUid, long change, boolean follows) implements Happening {}

  /// To a private conversation: one of the two now makes this of the other.
  record StanceChanged(long uid, long otherUid, long change, boolean follows, boolean blocks)
      implements Happening {}

  /// To relations: somebody follows, special-follows or blocks their user, or no longer does.
  ///
  /// @param unfollowed whether that also ends the user's own follow, as a block does
  record RelationTurned(
      long fromUid, long toUid, boolean follows, boolean blocks, boolean unfollowed)
      implements Happening {}

  /// To a private conversation: its share of a message that was sent to many at once.
  ///
  /// @param draft the message without its content, which stands with the sender's mailings
  /// @param metered whether the mailing is counted here against what its sender may send in a day
  record Mailed(
      Msg draft, boolean business, int senderSystemType, int receiverSystemType, boolean metered)
      implements Happening {}

  /// To a private conversation: there is an answer in a user's name to what the other did.
  ///
  /// @param draft the answer; its msg_source says what it answers
  /// @param bannedUntil until when that user may not send, in unix seconds, unsigned
  /// @param node the server's number in message keys
  record AutoReplied(
      Msg draft, int senderSystemType, int receiverSystemType, long bannedUntil, int node)
      implements Happening {}
}
