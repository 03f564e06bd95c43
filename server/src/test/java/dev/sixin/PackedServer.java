package dev.sixin;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.linecorp.armeria.client.ClientFactory;
import com.linecorp.armeria.client.WebClient;
import com.linecorp.armeria.client.grpc.GrpcClients;
import dev.sixin.admin.v1.AdminGrpc.AdminBlockingStub;
import dev.sixin.admin.v1.IssueTokenRequest;
import dev.sixin.proto.im.ImInterfaceGrpc.ImInterfaceBlockingStub;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.LongFunction;
import java.util.stream.Stream;

/// The packed jar in a process of its own, as people run it: on a free port, rate limits off.
final class PackedServer implements AutoCloseable {
  private static final String READY = "sixin ready on ";

  private final Process process;
  private final Path data;
  private final String address;

  /// What the server has written to standard error.
  private final Queue<String> said = new ConcurrentLinkedQueue<>();

  private PackedServer(List<String> command, LongFunction<Path> data) throws IOException {
    process = new ProcessBuilder(command).start();
    this.data = data.apply(process.pid());
    Thread.ofVirtual().start(() -> process.errorReader(UTF_8).lines().forEach(said::add));
    BufferedReader out = new BufferedReader(new InputStreamReader(process.getInputStream(), UTF_8));
    String line = out.readLine();
    assertThat(line).as("after %s", said).startsWith(READY);
    address = line.substring(READY.length());
  }

  /// Starts a server on a data directory; it answers when this returns.
  static PackedServer start(Path data) {
    return startWith(List.of(), data, _ -> data);
  }

  /// Starts a server by way of another command.
  ///
  /// @param by the command's words; the server's follow
  /// @param data what the server calls its data directory
  /// @param seenAs where this process finds it, given the server's process id
  static PackedServer startWith(List<String> by, Path data, LongFunction<Path> seenAs) {
    List<String> command = new ArrayList<>(by);
    command.add(System.getProperty("java.home") + "/bin/java");
    command.addAll(
        List.of(
            "--enable-native-access=ALL-UNNAMED",
            "--sun-misc-unsafe-memory-access=allow",
            "-XX:+UseCompactObjectHeaders",
            "-XX:TieredStopAtLevel=1", // it lives for seconds
            "-Xmx1g",
            // what libraries unpack goes with the test, also when the server is killed
            "-Djava.io.tmpdir=" + data.getParent(),
            "-jar",
            System.getProperty("sixin.jar"),
            "serve",
            "--port=0",
            "--rate-burst=0",
            "--calls-per-user=10000",
            "--data=" + data));
    try {
      return new PackedServer(command, seenAs);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  long pid() {
    return process.pid();
  }

  Stream<String> said() {
    return said.stream();
  }

  /// The status of the page that says whether it takes writes.
  int readiness() {
    return WebClient.of(address).blocking().get("/readyz").status().code();
  }

  /// What a page says, whatever its status.
  String page(String path) {
    return WebClient.of(address).blocking().get(path).contentUtf8();
  }

  AdminBlockingStub admin() {
    try {
      String token = Files.readString(data.resolve("admin.token")).strip();
      return GrpcClients.builder("gproto+" + address)
          .setHeader("authorization", "Bearer " + token)
          .build(AdminBlockingStub.class);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  String token(long uid) {
    return admin().issueToken(IssueTokenRequest.newBuilder().setUid(uid).build()).getToken();
  }

  /// A client with a user's token, on connections of the factory's own.
  ImInterfaceBlockingStub client(String token, ClientFactory connections) {
    return GrpcClients.builder("gproto+" + address)
        .factory(connections)
        .setHeader("authorization", "identify_v1 " + token)
        .build(ImInterfaceBlockingStub.class);
  }

  /// What a power cut or the kernel's out-of-memory killer does: SIGKILL.
  void kill() {
    process.destroyForcibly();
    awaitEnd();
  }

  /// Asks the server to stop.
  ///
  /// @return its exit code
  int stop() {
    process.destroy();
    awaitEnd();
    return process.exitValue();
  }

  private void awaitEnd() {
    try {
      assertThat(process.waitFor(30, TimeUnit.SECONDS)).as("the server ended").isTrue();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public void close() {
    kill();
  }
}
