/// Messages: what may be sent, in which order all see it, and what a conversation holds. Start
/// reading at [Messages#send][dev.sixin.message.Messages#send].
///
/// Rows of a conversation entity (private, or a group's), table `conversations`; numbers are
/// big-endian:
///
/// ```
/// 0        →  ConversationHead: the last seqno, what each side has written, who follows and blocks
///             whom, what was answered in their names, the horizon: what is not kept any more
/// 1 seqno  →  MessageRow: the message, and what each side had written up to it
/// 2 seqno  →  RecalledRow: what a message had counted for that was taken back
/// ```
///
/// Rows of a mailings entity, table `mailings`:
///
/// ```
/// 0 msg_key  →  Msg: what the account sent to many at once, with its content
/// ```
///
/// and in table `marks`, kept for 24 hours:
///
/// ```
/// sender u64, cli_msg_id u64  →  MarkRow: the answer that a retry gets
/// ```
///
/// Unread is never counted by walking messages: each row carries running totals, and the difference
/// of two rows is what lies between them.
package dev.sixin.message;
