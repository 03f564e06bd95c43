/// The store port: what the rules of messaging ask of a database, and nothing of messaging in it.
///
/// State is a set of **entities**. An entity is named by a [Key] and is one **partition** of
/// ordered rows, spread over a few [tables][Table]. It is changed by one [Transaction] at a time.
/// What must then change in another entity is told to it as an [Event]. Start reading at [Store].
///
/// Three engines stand behind the port: `store.rocksdb` (embedded, durable), `store.cassandra` (on
/// many machines) and `store.memory` (tests). All pass the same contract test. In `store.cassandra`
/// a transaction and its events are not one: the events are applied later, each of them once.
package dev.sixin.store;
