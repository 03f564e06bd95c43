/// A server that is treated badly while clients work on it, and what they say of it. Start reading
/// at [TortureCommand][dev.sixin.bench.torture.TortureCommand], then
/// [Torture][dev.sixin.bench.torture.Torture].
///
/// On a [Stage][dev.sixin.bench.torture.Stage], a [Writer][dev.sixin.bench.torture.Writer], a
/// [Poller][dev.sixin.bench.torture.Poller] or a [Watcher][dev.sixin.bench.torture.Watcher] makes
/// one call after another through a [Client][dev.sixin.bench.torture.Client], which has all of them
/// recorded. An [Ordeal][dev.sixin.bench.torture.Ordeal] lets
/// [faults][dev.sixin.bench.torture.Fault] befall the [Subject][dev.sixin.bench.torture.Subject].
/// Whether the record can be is for the package `history` to say.
package dev.sixin.bench.torture;
