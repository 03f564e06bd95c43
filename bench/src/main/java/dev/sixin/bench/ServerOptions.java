package dev.sixin.bench;

import dev.sixin.UsageException;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Supplier;
import picocli.CommandLine.Option;

/// The options that say which server is measured: one that is started for it, or one that runs.
final class ServerOptions {
  /// What a few connections and users may do that stand for many.
  static final String[] UNBOUNDED = {
    "--rate-burst=0", "--max-streams=1000000", "--calls-per-user=1000000"
  };

  @Option(
      names = "--embedded",
      description = "starts a server of its own, rates off (this is the default)")
  private boolean embedded;

  @Option(
      names = "--data",
      description = "data directory of the embedded server, kept; none given: a temporary one")
  private Path data;

  @Option(names = "--target", description = "a server that runs already, http://HOST:PORT")
  private URI target;

  @Option(
      names = "--admin-token-file",
      description = "the target's admin token: admin.token of its data directory")
  private Path adminTokenFile;

  /// @throws UsageException when options do not fit together
  void check() {
    if (target == null) {
      if (adminTokenFile != null) {
        throw new UsageException("--admin-token-file: is of a --target, and there is none");
      }
      return;
    }
    if (embedded || data != null) {
      throw new UsageException("--target: can not be had together with --embedded or --data");
    }
    if (adminTokenFile == null) {
      throw new UsageException("--target: needs --admin-token-file");
    }
    if (!"http".equals(target.getScheme()) || target.getHost() == null || target.getPort() < 0) {
      throw new UsageException("--target: %s (expected: http://HOST:PORT)".formatted(target));
    }
  }

  /// A server to measure.
  ///
  /// @param cpu says how much CPU time it has used so far; zero if that is not known
  /// @param child the process that was started for it, if one was
  record Server(URI uri, String adminToken, Supplier<Duration> cpu, Optional<ChildServer> child)
      implements AutoCloseable {
    /// What lives on its heap, if that is known.
    OptionalLong liveBytes() {
      return child.map(ChildServer::liveBytes).orElse(OptionalLong.empty());
    }

    @Override
    public void close() {
      child.ifPresent(ChildServer::close);
    }
  }

  /// The server that the options name, started if need be.
  ///
  /// @param scratch where a temporary data directory and logs go
  Server open(Path scratch) {
    return open(scratch, UNBOUNDED);
  }

  /// The server that the options name, with its own defaults if it is started.
  ///
  /// @param scratch where a temporary data directory and logs go
  Server openWithDefaults(Path scratch) {
    return open(scratch, new String[0]);
  }

  private Server open(Path scratch, String[] options) {
    if (target != null) {
      return new Server(target, token(adminTokenFile), () -> Duration.ZERO, Optional.empty());
    }
    Path directory = directory(scratch);
    List<String> all = new ArrayList<>(List.of("serve", "--port=0", "--data=" + directory));
    all.addAll(List.of(options));
    ChildServer server = ChildServer.start(scratch, "dev.sixin.Main", all.toArray(String[]::new));
    return new Server(
        server.uri(), token(directory.resolve("admin.token")), server::cpu, Optional.of(server));
  }

  /// The data directory of the server that is started.
  ///
  /// @throws UsageException when it is one that runs already
  Path directory(Path scratch) {
    if (target != null) {
      throw new UsageException("--target: here the server must be one that is started for it");
    }
    return data != null ? data.toAbsolutePath() : scratch.resolve("data");
  }

  private static String token(Path file) {
    try {
      return Files.readString(file, StandardCharsets.UTF_8).strip();
    } catch (IOException e) {
      throw new UsageException("%s: can not be read (expected: an admin token)".formatted(file));
    }
  }
}
