package dev.sixin.bench.torture;

import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.List;

/// What is tortured: a server, or several as one.
interface Subject extends AutoCloseable {
  /// Starts all of it; it answers when this returns.
  ///
  /// @throws dev.sixin.Failure when it does not start
  void start() throws IOException, InterruptedException;

  /// Where to ask now.
  ///
  /// @param way which server of several, if it is up: each number stands for one of them
  URI uri(int way);

  /// Whether there is anybody to ask, as far as is known here.
  boolean isUp();

  /// How long a client waits for an answer.
  Duration patience();

  /// Whether what one call changes in several places changes there one after another, and what is
  /// read in several places is not one moment of them.
  boolean isApart();

  /// The site's secret.
  String adminToken() throws IOException;

  /// Ends it in good order, and recounts what it kept where that can be done.
  ///
  /// @return what was wrong
  List<String> end() throws IOException, InterruptedException;

  /// Ends it, however it is.
  @Override
  void close();
}
