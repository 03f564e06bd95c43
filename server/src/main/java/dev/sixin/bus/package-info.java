/// The servers of a site as one: what is announced on one of them reaches those who watch on
/// another. Start reading at [Bus][dev.sixin.bus.Bus].
///
/// Subjects, below the one that a site has for itself (`sixin` unless told otherwise):
///
/// ```
/// sixin.user.UID     what concerns who is this user; heard where one of their devices watches
/// sixin.group.ID     what is said in a group; heard where one of its members watches
/// sixin.all          what every server has to know: it may remember what is no longer so
/// ```
///
/// Nothing depends on a letter's arrival but how soon somebody learns something: letters are
/// neither stored nor acknowledged, and what was lost is found by [Rounds][dev.sixin.api.Rounds] of
/// the servers themselves.
package dev.sixin.bus;
