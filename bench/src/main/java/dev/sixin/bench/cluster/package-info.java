/// `sixin cluster`: a few Cassandra nodes, a bus and servers on this machine, to develop on and to
/// test with. Start reading at [ClusterCommand][dev.sixin.bench.cluster.ClusterCommand], then
/// [Cluster][dev.sixin.bench.cluster.Cluster].
///
/// Each [Part][dev.sixin.bench.cluster.Part] is a process that outlives the command that started it
/// ([Daemon][dev.sixin.bench.cluster.Daemon]) and listens on loopback only. It has a folder in the
/// cluster's, which is all that is known of the cluster:
///
/// ```
/// node-1/    a node: its configuration, data, log and process
/// bus/       the bus
/// server-1/  a server: its data directory, log and process
/// ```
package dev.sixin.bench.cluster;
