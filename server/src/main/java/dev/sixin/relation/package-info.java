/// Who follows and blocks whom, as the site said. Start reading at
/// [Relations][dev.sixin.relation.Relations].
///
/// Rows of a relations entity, table `relations`:
///
/// ```
/// 0        →  RelationsHead
/// 1 uid    →  RelationRow: what stands between the entity's user and uid, both ways
/// 2 group  →  empty: a group that the user is in
/// ```
///
/// Each pair has a row on either side, so that one read answers what either may do. The side that
/// acts writes its own row and [tells][dev.sixin.entity.Happening.RelationTurned] the other.
package dev.sixin.relation;
