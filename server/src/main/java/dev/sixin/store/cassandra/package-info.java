/// The engine on Apache Cassandra 5, or a database that speaks its protocol: for more than one
/// machine, and for several servers on one keyspace. Start reading at
/// [Lane][dev.sixin.store.cassandra.Lane]. docs/decisions/0028 says why it is so, and what heals
/// which crash.
///
/// An entity is a partition of the table `rows`, `((entity), tbl, row)`:
///
/// | column | what |
/// | --- | --- |
/// | `value` | the row's bytes; with a lifetime, after the milliseconds when it was written |
/// | `version` (static) | how many conditional writes the entity has seen |
/// | `head` (static) | `HeadRow`: its time, who wrote it, its outbox |
/// | `cold` (static) | `ColdRow`: its chunks; absent: there are none |
/// | `gone` | true: there is no such row, though a chunk has it |
///
/// In `tbl` "" a partition has rows of its own:
///
/// | row | value |
/// | --- | --- |
/// | (empty) | the anchor, empty: with it the static columns are found |
/// | 1, teller | the last version of the teller that was heard; kept for ten days |
/// | 2, teller, version, number | an event that could not be applied; kept for ten days |
///
/// | table | what |
/// | --- | --- |
/// | `chunks` `((entity, chunk), row)` | rows of one table of an entity, brought there by [Compaction][dev.sixin.store.cassandra.Compaction] when it became large; `whole` (static): all of them are there |
/// | `undelivered` `((slot, bucket), entity, server)` | which entities may have told something that is not delivered, by the minute |
/// | `entities` `((tbl, bucket), entity)` | which entities have, or had, rows in a table |
/// | `servers` `(number)` | who has the number of a server, and up to when times were given to it |
/// | `format` `(id)` | one row: the version of all this, and the slot before which nothing is undelivered |
package dev.sixin.store.cassandra;
