/// Who follows and blocks whom, as the site said, and what clients are told of it. Start reading at
/// [Relations][dev.sixin.relation.Relations].
///
/// Rows of a relations entity, table `relations`; numbers are big-endian:
///
/// ```
/// 0        →  RelationsHead
/// 1 uid    →  RelationRow: what stands between the entity's user and uid, both ways
/// 2 group  →  empty: a group that the user is in
/// 3 uid    →  empty: a friend, that is somebody whom the user follows and who follows the user
/// 4 seqno  →  RelationLog: a friend or a group came or went
/// ```
///
/// Each pair has a row on either side, so that one read answers what either may do. The side that
/// acts writes its own row and [tells][dev.sixin.entity.Happening.RelationTurned] the other. The
/// conversation of the two is [told][dev.sixin.entity.Happening.StanceChanged] as well: it decides
/// what they may send each other.
///
/// Log rows are numbered from 1, per user; the last 10,000 are kept. They hold a number alone:
/// names and whatever else is shown of friends and groups are filled in when they are read, so what
/// clients see is never older than the log.
package dev.sixin.relation;
