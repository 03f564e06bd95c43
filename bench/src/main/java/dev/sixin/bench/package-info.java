/// The load client, the bare echo that it is compared with, and micro-benchmarks.
///
/// Start reading at [SendCommand][dev.sixin.bench.SendCommand]. A [Load][dev.sixin.bench.Load] runs
/// a [Workload][dev.sixin.bench.Workload] against one server over a few
/// [Http2Connection][dev.sixin.bench.Http2Connection]s and ends in a
/// [Result][dev.sixin.bench.Result]. The README of this module says how results are to be read.
package dev.sixin.bench;
