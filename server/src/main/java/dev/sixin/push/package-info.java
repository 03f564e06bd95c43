/// Live push: who watches now, and what each of them is to be told. Start reading at
/// [Push][dev.sixin.push.Push].
///
/// Nothing here is stored. A [Watcher][dev.sixin.push.Watcher] is a device with an open stream;
/// what it asks for is its [Wish][dev.sixin.push.Wish]; what it is to be told is a
/// [Signal][dev.sixin.push.Signal]; how that is written is its [Line][dev.sixin.push.Line]'s
/// business.
package dev.sixin.push;
