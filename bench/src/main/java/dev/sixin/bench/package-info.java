/// The load client, the bare echo that it is compared with, and micro-benchmarks.
///
/// Start reading at [SendCommand][dev.sixin.bench.SendCommand]. A
/// [Scenario][dev.sixin.bench.Scenario] opens a server and loads it, once for each line of its
/// [Report][dev.sixin.bench.Report]: a [Load][dev.sixin.bench.Load] runs a
/// [Workload][dev.sixin.bench.Workload], in a closed or in an open loop, over a few
/// [Http2Connection][dev.sixin.bench.Http2Connection]s and ends in a
/// [Result][dev.sixin.bench.Result]. The README of this module says how results are to be read.
package dev.sixin.bench;
