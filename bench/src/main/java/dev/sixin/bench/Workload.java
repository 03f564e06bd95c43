package dev.sixin.bench;

import java.util.random.RandomGenerator;

/// What a load is made of. One instance serves all connections at once.
@FunctionalInterface
interface Workload {
  /// The next call; null: there are no more. All that is chosen by chance is chosen by `random`.
  Request next(RandomGenerator random);

  /// A unary gRPC call, ready to be written.
  ///
  /// @param path `/package.Service/Method`
  /// @param authorization the header's value in ASCII
  /// @param frame the message with its gRPC prefix
  @SuppressWarnings("ArrayRecordComponent") // never compared
  record Request(String path, byte[] authorization, byte[] frame) {}
}
