package dev.sixin.bench.cluster;

import java.util.Optional;

/// One of the processes of a cluster.
public sealed interface Part permits CassandraNode, Bus, SixinServer {
  /// Its process.
  Daemon daemon();

  /// Starts it. Whether it answers is not known yet.
  void start();

  /// What it answers when it is asked how it is; empty: it does not answer.
  Optional<String> answer();

  /// Whether it is as it should be: it answers, and knows of the others if there are any.
  default boolean isReady() {
    return answer().isPresent();
  }
}
