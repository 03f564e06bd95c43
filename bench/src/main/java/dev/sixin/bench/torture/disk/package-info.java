/// A disk that forgets and fails, for processes that run on it. Start reading at
/// [FaultyDisk][dev.sixin.bench.torture.disk.FaultyDisk]; what it loads into a process is
/// `faulty.c`, what that notes is read by [Journal][dev.sixin.bench.torture.disk.Journal].
package dev.sixin.bench.torture.disk;
