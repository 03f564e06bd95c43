/// Sessions: what a user sees of all conversations, in which order, and how much is unread. Start
/// reading at [Sessions][dev.sixin.session.Sessions]; how rows hang together is in
/// [Inbox][dev.sixin.session.Inbox].
///
/// Rows of an inbox entity, table `inbox`. A talker is (type u8, id u64); times are in
/// microseconds, newest first; all numbers are unsigned and big-endian:
///
/// ```
/// 0                              →  InboxHead: unread totals, the user's lastest_seqno, pins, the
///                                   day's count of sent messages
/// 1 talker                       →  SessionRow
/// 2 folder u8 session_ts talker  →  empty: the order of the lists
/// 3 ack_ts talker                →  empty: sessions in the order in which they were read
/// 4 top_ts talker                →  empty: pinned sessions
/// 5 device, UTF-8                →  DeviceRow: how far a device has processed
/// ```
///
/// Rows 2 to 4 stand for listed sessions only (row 3 also for groups that their next message shows
/// again) and follow from row 1, as do the totals of row 0: all of them change together, in one
/// place. A session row without `listed` remembers what must outlive a removal: the read position,
/// the settings, whether its owner follows the talker.
///
/// A message in a group changes no inbox but its sender's and the mentioned ones'. What a session
/// with a group shows is therefore put together when it is read: the stored row knows how far its
/// owner has read, the group's head knows the rest ([GroupView][dev.sixin.session.GroupView]).
package dev.sixin.session;
