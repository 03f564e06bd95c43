package dev.sixin.entity;

import dev.sixin.proto.type.Msg;
import dev.sixin.store.Announcement;

/// Everything that entities announce to who listens now.
public sealed interface News extends Announcement {
  /// By a conversation: a message was written. Of another server's private conversation: for the
  /// inbox of one of the two.
  ///
  /// @param msg as stored; without its content when that stands with a mailing
  /// @param withdrawnSeqno the number of the message that it takes back; 0: none
  record Said(Msg msg, long withdrawnSeqno) implements News {
    /// A message that takes nothing back.
    public Said(Msg msg) {
      this(msg, 0);
    }
  }

  /// By an inbox: a session is not as it was, other than by a message of its conversation.
  ///
  /// @param talker [Talker#NOBODY]: it is the fan-group helper
  record SessionChanged(Talker talker) implements News {}

  /// By an inbox: its user is now in a group.
  ///
  /// @param seqno the group's last message then
  record GroupJoined(long groupId, long seqno) implements News {}

  /// By an inbox: its user is no longer in a group.
  record GroupLeft(long groupId) implements News {}

  /// By an inbox: its user has read further in a private conversation.
  ///
  /// @param talkerUid with whom
  /// @param seqno the last message read
  record ReadFurther(long talkerUid, long seqno) implements News {}

  /// For an inbox, stored nowhere: somebody is writing to its user.
  record Typing(long senderUid) implements News {}

  /// By relations: there is a new log row.
  ///
  /// @param lostFriendUid who is no friend any more by it; 0: nobody
  record RelationsChanged(long lostFriendUid) implements News {}

  /// By a user: what the site says of them is not as it was. For servers that remember it.
  record UserChanged() implements News {}

  /// By the site: its tables are not as they were. For servers that remember them.
  record SiteChanged() implements News {}

  /// By a user: tokens issued at or before this time are worthless.
  record TokensRevoked(long micros) implements News {}
}
