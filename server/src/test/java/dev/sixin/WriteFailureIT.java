package dev.sixin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.linecorp.armeria.client.ClientFactory;
import dev.sixin.Ledger.Letter;
import dev.sixin.admin.v1.PutUsersRequest;
import dev.sixin.admin.v1.Relation;
import dev.sixin.admin.v1.Relation.Kind;
import dev.sixin.admin.v1.SetRelationsRequest;
import dev.sixin.admin.v1.User;
import dev.sixin.proto.im.ImInterfaceGrpc.ImInterfaceBlockingStub;
import dev.sixin.proto.im.ReqSyncAck;
import io.grpc.Status.Code;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// The disk takes no more writes while clients send, and then takes them again.
class WriteFailureIT {
  private static final int PEOPLE = 8;
  private static final int BEFORE = 300;
  private static final int AFTER = 300;

  private final TempDirectory directory = new TempDirectory();
  private final Path data = directory.path().resolve("data");

  /// Of long messages: a log takes the room for some 35 MB when it begins, and a disk that is full
  /// is felt when that is used up.
  private final Ledger ledger = new Ledger(1_900);

  private final Map<Long, String> tokens = new HashMap<>();
  private final ClientFactory connections = ClientFactory.builder().build();

  /// How many calls were answered that the server is read-only.
  private final AtomicInteger unavailable = new AtomicInteger();

  private volatile boolean enough;

  @BeforeEach
  void onlyOnLinux() {
    assumeTrue(
        System.getProperty("os.name").equals("Linux"), "the faults are made with Linux's tools");
  }

  @AfterEach
  void clean() {
    connections.close();
    directory.close();
  }

  @Test
  void whenFilesMayNotGrow_theServerIsReadOnly_andRecoversByItself_andLosesNothing()
      throws Exception {
    try (PackedServer server = PackedServer.start(data)) {
      failAndRecover(
          server, () -> limitFileSize(server, "1"), () -> limitFileSize(server, "unlimited"));
      ledger.compare(server, tokens);
      server.kill();
    }
    try (PackedServer server = PackedServer.start(data)) {
      ledger.compare(server, tokens);
    }
  }

  /// Sets the soft limit, which anybody may raise again.
  private static void limitFileSize(PackedServer server, String bytes) throws Exception {
    run("prlimit", "--pid=" + server.pid(), "--fsize=" + bytes + ":");
  }

  @Test
  void whenTheDiskIsFull_theServerIsReadOnly_andRecoversByItself_andLosesNothing()
      throws Exception {
    // A small disk of the server's own, in a namespace of its own: this needs no root.
    List<String> onSmallDisk =
        List.of(
            "unshare",
            "--map-root-user",
            "--mount",
            "sh",
            "-c",
            "mount -t tmpfs -o size=120m,mode=700 tmpfs \"$0\" && exec \"$@\"",
            directory.path().toString());
    assumeTrue(
        exitCode("unshare", "--map-root-user", "--mount", "true") == 0,
        "this machine gives nobody a mount namespace");
    try (PackedServer server = PackedServer.startWith(onSmallDisk, data, pid -> seen(pid, data))) {
      Path ballast = seen(server.pid(), directory.path()).resolve("ballast");
      failAndRecover(server, () -> fill(ballast), () -> Files.delete(ballast));
      ledger.compare(server, tokens);
    }
  }

  /// A path as another process sees it.
  private static Path seen(long pid, Path path) {
    return Path.of("/proc/" + pid + "/root" + path);
  }

  private static void fill(Path ballast) throws IOException {
    byte[] block = new byte[64 << 10];
    try (OutputStream out = Files.newOutputStream(ballast)) {
      while (true) {
        out.write(block);
      }
    } catch (IOException e) {
      assertThat(e).hasMessageContaining("No space left");
    }
  }

  private static void run(String... command) throws Exception {
    assertThat(exitCode(command)).as(String.join(" ", command)).isZero();
  }

  private static int exitCode(String... command) throws Exception {
    Process process = new ProcessBuilder(command).inheritIO().start();
    assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
    return process.exitValue();
  }

  @FunctionalInterface
  private interface Fault {
    void happen() throws Exception;
  }

  private void failAndRecover(PackedServer server, Fault fault, Fault repair) throws Exception {
    settle(server);
    assertThat(server.readiness()).isEqualTo(200);
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<?>> writers = new ArrayList<>();
      for (long uid = 1; uid <= PEOPLE; uid++) {
        long sender = uid;
        writers.add(threads.submit(() -> writeUntilEnough(server, sender)));
      }
      Await.until("messages are acknowledged", () -> ledger.acknowledged() >= BEFORE);

      fault.happen();
      awaitTold(writers, 3 * PEOPLE);
      assertThat(server.readiness()).isEqualTo(503);
      assertThat(server.page("/readyz")).isEqualTo("read-only, the log says why\n");
      assertThat(server.page("/healthz")).isEqualTo("live\n");
      assertThat(server.page("/metrics"))
          .contains("sixin_store_writable 0.0\n")
          .doesNotContain("sixin_store_commit_failures_total 0.0\n");
      int atFault = ledger.acknowledged();
      assertRefused(() -> client(server, 1).syncAck(ReqSyncAck.getDefaultInstance()));
      assertRefused(() -> putUser(server, 99));
      ledger.compare(server, tokens); // reads go on
      awaitTold(writers, 10 * PEOPLE);
      assertThat(ledger.acknowledged()).isEqualTo(atFault);
      assertThat(server.readiness()).isEqualTo(503);

      repair.happen();
      Await.until("the server is ready", () -> server.readiness() == 200);
      Await.until("messages go on", () -> ledger.acknowledged() >= atFault + AFTER);
      enough = true;
      for (Future<?> writer : writers) {
        writer.get();
      }
    }
    assertThatCode(() -> putUser(server, 99)).doesNotThrowAnyException();
    assertThat(ledger.unanswered()).isEmpty();
    assertThat(server.said())
        .anyMatch(line -> line.contains("the store is read-only now"))
        .anyMatch(line -> line.contains("the store is read-write"))
        .hasSizeLessThan(50);
  }

  private void awaitTold(List<Future<?>> writers, int times) {
    Await.until(
        "writers are told that the server is read-only",
        () -> {
          for (Future<?> writer : writers) {
            if (writer.isDone()) {
              writer.get(); // throws
            }
          }
          return unavailable.get() >= times;
        });
  }

  private void settle(PackedServer server) {
    SetRelationsRequest.Builder follows = SetRelationsRequest.newBuilder();
    for (long uid = 1; uid <= PEOPLE; uid++) {
      putUser(server, uid);
      tokens.put(uid, server.token(uid));
      for (long other = 1; other <= PEOPLE; other++) {
        if (other != uid) {
          follows.addRelations(
              Relation.newBuilder().setFromUid(uid).setToUid(other).setKind(Kind.FOLLOW));
        }
      }
    }
    server.admin().setRelations(follows.build());
  }

  private static void putUser(PackedServer server, long uid) {
    User user = User.newBuilder().setUid(uid).setName("user " + uid).setOfficialType(-1).build();
    server.admin().putUsers(PutUsersRequest.newBuilder().addUsers(user).build());
  }

  private ImInterfaceBlockingStub client(PackedServer server, long uid) {
    return server.client(tokens.get(uid), connections);
  }

  /// Sends one message after another, each until it is acknowledged.
  private void writeUntilEnough(PackedServer server, long uid) {
    ImInterfaceBlockingStub client = client(server, uid);
    for (long i = 0; !enough; i++) {
      Letter letter = ledger.next(uid, (uid + i % (PEOPLE - 1)) % PEOPLE + 1);
      Await.until("%s is acknowledged".formatted(letter), () -> isAcknowledged(client, letter));
    }
  }

  private boolean isAcknowledged(ImInterfaceBlockingStub client, Letter letter) {
    try {
      ledger.send(client, letter);
      return true;
    } catch (StatusRuntimeException e) {
      assertUnavailable(e);
      unavailable.incrementAndGet();
      return false;
    }
  }

  private static void assertRefused(Runnable call) {
    try {
      call.run();
    } catch (StatusRuntimeException e) {
      assertUnavailable(e);
      return;
    }
    fail("the call was not refused");
  }

  private static void assertUnavailable(StatusRuntimeException e) {
    assertThat(e.getStatus().getCode()).as(e.toString()).isEqualTo(Code.UNAVAILABLE);
    assertThat(TestServer.details(e).getCode()).isEqualTo(-3);
  }
}
