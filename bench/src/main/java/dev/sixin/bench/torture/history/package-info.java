/// What clients of a server asked and were told, and whether that can be right. Start reading at
/// [Checker][dev.sixin.bench.torture.history.Checker].
///
/// A record is a file of [entries][dev.sixin.bench.torture.history.Entry], one a line, as JSON. The
/// last part of it, after an event SETTLED, reads everything once more; that is what all the rest
/// is compared with. Checking is a function of a record alone.
package dev.sixin.bench.torture.history;
