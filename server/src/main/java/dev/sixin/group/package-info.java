/// Fan groups: what the site said of them and who is in them. Start reading at
/// [FanGroups][dev.sixin.group.FanGroups].
///
/// Rows of a group entity, table `groups`; its conversation's rows stand in the tables of messages:
///
/// ```
/// 0      →  GroupRow: the description as the site put it, how many members
/// 1 uid  →  MemberRow
/// ```
///
/// What happens to a group is [told][dev.sixin.entity.Happening.GroupLine] to its conversation as a
/// line that members read, and to the inbox and relations of whom it concerns.
package dev.sixin.group;
