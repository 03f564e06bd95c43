package dev.sixin.bench.torture;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.sixin.Failure;
import dev.sixin.bench.ChildServer;
import dev.sixin.bench.torture.disk.FaultyDisk;
import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/// A server with a store of its own: one process after another on one data directory.
final class OneServer implements Subject {
  private static final Duration STOPPING = Duration.ofSeconds(30);

  /// Less than the server is stopped for, so that some calls end while it still has them.
  private static final Duration PATIENCE = Duration.ofSeconds(4);

  private static final int LOOK_MILLIS = 100;
  private static final int ASK_MILLIS = 2_000;
  private static final String MAIN = "dev.sixin.Main";

  private final Path runDirectory;
  private final Path data;
  private final Optional<FaultyDisk> disk;
  private int lives;
  private volatile ChildServer server;
  private volatile URI uri;
  private volatile boolean up;

  /// @param runDirectory where logs go
  /// @param disk what it runs on, if that is to fail
  OneServer(Path runDirectory, Path data, Optional<FaultyDisk> disk) {
    this.runDirectory = runDirectory;
    this.data = data;
    this.disk = disk;
  }

  /// Sees to it that a server does not outlive this process, however it is told to end.
  void endWithThisProcess() {
    Runtime.getRuntime().addShutdownHook(Thread.ofPlatform().unstarted(this::close));
  }

  @Override
  public void start() throws IOException {
    Path life = Files.createDirectories(runDirectory.resolve("server-" + ++lives));
    server =
        ChildServer.start(
            life,
            disk.map(FaultyDisk::environment).orElse(Map.of()),
            MAIN,
            "serve",
            "--port=0",
            "--rate-burst=0",
            "--data=" + data);
    uri = server.uri();
    up = true;
  }

  @Override
  public boolean isUp() {
    return up;
  }

  @Override
  public URI uri(int way) {
    return uri;
  }

  @Override
  public Duration patience() {
    return PATIENCE;
  }

  @Override
  public boolean isApart() {
    return false;
  }

  @Override
  public String adminToken() throws IOException {
    return Files.readString(data.resolve("admin.token"), UTF_8).strip();
  }

  boolean isAlive() {
    return server.process().isAlive();
  }

  void kill() throws InterruptedException {
    up = false;
    server.process().destroyForcibly().waitFor();
  }

  /// Waits until it has ended.
  ///
  /// @return whether it has
  boolean awaitEnd(Duration limit) throws InterruptedException {
    return server.process().waitFor(limit.toMillis(), TimeUnit.MILLISECONDS);
  }

  /// Asks it to stop.
  ///
  /// @return its exit code; empty if it had to be killed
  Optional<Integer> stop() throws InterruptedException {
    server.process().destroy();
    if (awaitEnd(STOPPING)) {
      up = false;
      return Optional.of(server.process().exitValue());
    }
    kill();
    return Optional.empty();
  }

  /// Stops it in the middle of what it does, or lets it go on.
  ///
  /// @param name STOP or CONT
  void signal(String name) throws IOException, InterruptedException {
    int code =
        new ProcessBuilder("kill", "-" + name, Long.toString(server.process().pid()))
            .start()
            .waitFor();
    if (code != 0) {
      throw new Failure("kill -%s: exit code %d".formatted(name, code));
    }
  }

  /// Waits until it takes writes.
  ///
  /// @return whether it does
  boolean awaitReady(Duration limit) throws InterruptedException {
    long end = System.nanoTime() + limit.toNanos();
    while (!isReady()) {
      if (System.nanoTime() > end || !isAlive()) {
        return false;
      }
      Thread.sleep(LOOK_MILLIS);
    }
    return true;
  }

  private boolean isReady() {
    try {
      HttpURLConnection question =
          (HttpURLConnection) uri.resolve("/readyz").toURL().openConnection();
      question.setConnectTimeout(ASK_MILLIS);
      question.setReadTimeout(ASK_MILLIS);
      return question.getResponseCode() == HttpURLConnection.HTTP_OK;
    } catch (IOException e) {
      return false;
    }
  }

  @Override
  public List<String> end() throws IOException, InterruptedException {
    List<String> wrong = new ArrayList<>();
    Optional<Integer> code = stop();
    if (!code.equals(Optional.of(0))) {
      wrong.add("the last stop ended with " + code);
    }
    verify().ifPresent(said -> wrong.add("sixin verify says: " + said.strip()));
    return wrong;
  }

  /// Recounts everything in the data directory, on which nothing runs now.
  ///
  /// @return what `sixin verify` said; empty: all is well
  private Optional<String> verify() throws IOException, InterruptedException {
    Path said = runDirectory.resolve("verify.log");
    Process verify =
        ChildServer.command(MAIN, "verify", "--data=" + data)
            .redirectErrorStream(true)
            .redirectOutput(said.toFile())
            .start();
    return verify.waitFor() == 0 ? Optional.empty() : Optional.of(Files.readString(said));
  }

  /// Ends it, however it is.
  @Override
  public void close() {
    if (server != null) {
      server.process().destroyForcibly();
    }
  }
}
