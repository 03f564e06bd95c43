/// Who the users are: the profiles that the site supplied, what else it says of them, what they
/// chose for all of their messages, and since when their tokens are good. Start reading at
/// [Users][dev.sixin.user.Users].
///
/// Rows of a user entity, table `users`:
///
/// ```
/// 0  →  UserRow: the profile as the site put it, and what the user chose for all of their messages
/// 1  →  TokensRow
/// 2  →  sixin.admin.v1.SetFeedUnreadRequest: the counters of the interaction feed, put together
/// 3  →  sixin.admin.v1.SetSystemNoticeRequest, as the site put it
/// 4  →  sixin.admin.v1.SetLiveRequest: the live room, as the site put it
/// 5  →  sixin.admin.v1.SetBanRequest: until when the user may not send, as the site put it
/// 6  →  sixin.admin.v1.AutoReplies: what is answered in the user's name
/// ```
package dev.sixin.user;
