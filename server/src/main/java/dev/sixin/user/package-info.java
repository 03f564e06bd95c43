/// Who the users are: the profiles that the site supplied, and since when their tokens are good.
/// Start reading at [Users][dev.sixin.user.Users].
///
/// Rows of a user entity, table `users`:
///
/// ```
/// 0  →  sixin.admin.v1.User, the profile as the site put it
/// 1  →  TokensRow
/// ```
package dev.sixin.user;
