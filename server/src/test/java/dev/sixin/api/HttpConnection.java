package dev.sixin.api;

import java.util.List;

/// A connection to a server that stays open from one request to the next.
public interface HttpConnection extends AutoCloseable {
  /// Sends a request and reads its whole answer.
  ///
  /// @param headers names and values in turn
  Answer request(String method, String path, byte[] body, List<String> headers);

  /// How many connections were opened so far; more than one when the server closed one.
  int opened();

  @Override
  void close();
}
