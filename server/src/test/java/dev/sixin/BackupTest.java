package dev.sixin;

import static dev.sixin.Ran.run;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.linecorp.armeria.client.grpc.GrpcClients;
import dev.sixin.admin.v1.DropCheckpointRequest;
import dev.sixin.admin.v1.MakeCheckpointRequest;
import dev.sixin.backup.Backups;
import dev.sixin.proto.im.ImInterfaceGrpc.ImInterfaceBlockingStub;
import dev.sixin.proto.im.ReqSessionMsg;
import dev.sixin.proto.type.Msg;
import io.grpc.StatusRuntimeException;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// `sixin backup`, `restore` and `verify`, as people run them.
class BackupTest {
  private static final int WRITERS = 4;
  private static final int MOST_MESSAGES = 5_000;
  private static final int PICTURE_BYTES = 3 << 20;

  private final TempDirectory temporary = new TempDirectory();
  private final Path place = temporary.path().resolve("place");
  private final Path restored = temporary.path().resolve("restored");

  @AfterEach
  void remove() {
    temporary.close();
  }

  private static String succeeds(String... args) {
    Ran ran = run(args);
    assertThat(ran.exitCode()).as("%s", ran).isZero();
    return ran.out();
  }

  private String backup(TestServer server, String... more) {
    List<String> args = new ArrayList<>(List.of("backup", "--data", server.data().toString()));
    args.addAll(List.of("--to", place.toString(), "--server", address(server)));
    args.addAll(List.of(more));
    return succeeds(args.toArray(String[]::new));
  }

  private static String address(TestServer server) {
    return "http://127.0.0.1:" + server.port();
  }

  private void restore(String... more) {
    List<String> args = new ArrayList<>(List.of("restore", "--from", place.toString()));
    args.addAll(List.of("--to", restored.toString()));
    args.addAll(List.of(more));
    succeeds(args.toArray(String[]::new));
  }

  private void assertRestoredIsWell() {
    assertThat(succeeds("verify", "--data", restored.toString())).contains("all is well");
  }

  /// A large picture as an upload leaves it.
  private static Path picture(TestServer server) throws IOException {
    byte[] bytes = new byte[PICTURE_BYTES];
    new Random(7).nextBytes(bytes);
    String hash;
    try {
      hash = HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError(e);
    }
    Path folder = server.data().resolve("images").resolve(hash.substring(0, 2));
    return Files.write(Files.createDirectories(folder).resolve(hash + ".png"), bytes);
  }

  /// The contents of messages between two people on a server with these data.
  private List<String> talk(Path data, String token, long otherUid) {
    Config config = Config.of("--port=0", "--data=" + data);
    try (Server server = Server.start(config, new MovableClock(TestServer.START))) {
      ImInterfaceBlockingStub client =
          GrpcClients.builder("gproto+http://127.0.0.1:" + server.port())
              .setHeader("authorization", "identify_v1 " + token)
              .build(ImInterfaceBlockingStub.class);
      List<String> contents = new ArrayList<>();
      long from = 0;
      List<Msg> page;
      do {
        page =
            client
                .syncFetchSessionMsgs(
                    ReqSessionMsg.newBuilder()
                        .setTalkerId(otherUid)
                        .setSessionType(1)
                        .setBeginSeqno(from)
                        .setOrder(1)
                        .setSize(1_000)
                        .build())
                .getMessagesList();
        page.forEach(msg -> contents.add(msg.getContent()));
        from = page.isEmpty() ? 0 : page.getLast().getMsgSeqno();
      } while (page.size() == 1_000);
      return contents;
    }
  }

  @Test
  void aBackupUnderLoad_holdsAllThatWasAcknowledgedBefore_andTheNextOneCopiesLittle()
      throws Exception {
    try (TestServer server = TestServer.start()) {
      long reader = 100;
      Map<Long, Queue<String>> acknowledged = new ConcurrentHashMap<>();
      server.people(reader);
      for (long uid = 1; uid <= WRITERS; uid++) {
        server.people(uid);
        server.friends(uid, reader);
        acknowledged.put(uid, new ConcurrentLinkedQueue<>());
      }
      String token = server.token(reader);
      Path picture = picture(server);
      AtomicBoolean goOn = new AtomicBoolean(true);
      Map<Long, List<String>> before = new ConcurrentHashMap<>();
      long first;
      long second;
      try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
        List<Future<?>> writers = new ArrayList<>();
        acknowledged.forEach(
            (uid, said) ->
                writers.add(
                    threads.submit(
                        () -> {
                          for (int i = 0; i < MOST_MESSAGES && goOn.get(); i++) {
                            server.say(uid, reader, "message " + i);
                            said.add("{\"content\":\"message " + i + "\"}");
                          }
                        })));
        Await.until(
            "all have written", () -> acknowledged.values().stream().allMatch(q -> q.size() > 20));
        acknowledged.forEach((uid, said) -> before.put(uid, List.copyOf(said)));
        backup(server, "--rate", "4");
        first = bytes(place);
        assertThat(writers).as("the load went on").noneMatch(Future::isDone);
        backup(server);
        second = bytes(place) - first;
        goOn.set(false);
        for (Future<?> writer : writers) {
          writer.get();
        }
      }

      assertThat(first).isGreaterThan(PICTURE_BYTES);
      assertThat(second).isPositive().isLessThan(first / 3);
      restore("--backup", "1");
      assertRestoredIsWell();
      for (long uid = 1; uid <= WRITERS; uid++) {
        assertThat(talk(restored, token, uid)).containsAll(before.get(uid));
      }
      assertThat(restored.resolve(server.data().relativize(picture)))
          .hasSameBinaryContentAs(picture);
      assertThat(succeeds("verify", "--backups", place.toString()))
          .contains("verified 2 backups", "all is well");
      assertThat(server.data().resolve("checkpoints")).isEmptyDirectory();
    }
  }

  private static long bytes(Path directory) throws IOException {
    try (Stream<Path> files = Files.walk(directory)) {
      return files.filter(Files::isRegularFile).mapToLong(file -> file.toFile().length()).sum();
    }
  }

  @Test
  void aStoppedServer_isBackedUpWithoutOne_andRestoredWithItsKeys() throws IOException {
    try (TestServer server = TestServer.start()) {
      server.people(1, 2);
      server.say(1, 2, "hello");
      String token = server.token(2);
      server.restart(
          () -> {
            String said =
                succeeds("backup", "--data", server.data().toString(), "--to", place.toString());
            assertThat(said).contains("backup 1: ").contains("dropped 0 backups");
          });

      restore();

      assertRestoredIsWell();
      assertThat(talk(restored, token, 1)).containsExactly("{\"content\":\"hello\"}");
      for (String secret : List.of("token.key", "admin.token")) {
        assertThat(restored.resolve(secret)).hasSameTextualContentAs(server.data().resolve(secret));
      }
      assertThat(succeeds("backup", "--to", place.toString(), "--list").lines()).hasSize(2);
    }
  }

  @Test
  void onlyTheNewestBackups_areKept() {
    try (TestServer server = TestServer.start()) {
      server.people(1, 2);
      server.friends(1, 2);
      for (int i = 0; i < 3; i++) {
        server.say(1, 2, "hello " + i);
        backup(server, "--keep", "2");
      }

      assertThat(succeeds("backup", "--to", place.toString(), "--list").lines().skip(1))
          .extracting(line -> line.replaceFirst(" .*", ""))
          .containsExactly("2", "3");
      restore("--backup", "2");
      assertRestoredIsWell();
    }
  }

  @Test
  void aBackupThatIsKilled_isNone_andTheOneBeforeAndTheNextAreGood() throws Exception {
    try (TestServer server = TestServer.start()) {
      server.people(1, 2);
      server.say(1, 2, "hello");
      assertThat(process(server, "64").waitFor()).as("%s", said()).isZero();
      Path _ = picture(server);

      Process killed = process(server, "1"); // three seconds for the picture
      Path fresh = place.resolve("files/fresh.tmp");
      Await.until("it is in the middle", () -> fresh.toFile().length() > PICTURE_BYTES / 20);
      killed.destroyForcibly().waitFor();

      assertThat(fresh).exists();
      assertThat(Backups.at(place).all()).hasSize(1);
      restore();
      assertRestoredIsWell();
      assertThat(process(server, "0").waitFor()).as("%s", said()).isZero();
      assertThat(Backups.at(place).all()).hasSize(2);
      assertThat(Backups.at(place).verify(_ -> {})).isEmpty();
      assertThat(fresh).doesNotExist();
      assertThat(server.data().resolve("checkpoints")).isEmptyDirectory();
    }
  }

  /// What the last process printed.
  private File said() {
    return temporary.path().resolve("said").toFile();
  }

  private Process process(TestServer server, String rate) throws IOException {
    return new ProcessBuilder(
            System.getProperty("java.home") + "/bin/java",
            "--enable-native-access=ALL-UNNAMED",
            "-XX:TieredStopAtLevel=1",
            "-cp",
            System.getProperty("java.class.path"),
            "dev.sixin.Main",
            "backup",
            "--data=" + server.data(),
            "--to=" + place,
            "--server=" + address(server),
            "--rate=" + rate)
        .redirectErrorStream(true)
        .redirectOutput(said())
        .start();
  }

  @Test
  void aServerElsewhere_isNotTakenForTheOneThatUsesTheData() {
    try (TestServer server = TestServer.start();
        TestServer other = TestServer.start()) {
      Ran wrongToken = run(withServer(server, address(other)));
      assertThat(wrongToken.exitCode()).isEqualTo(1);
      assertThat(wrongToken.err()).contains("it has another admin token");

      Ran nobody = run(withServer(server, "http://127.0.0.1:1"));
      assertThat(nobody.exitCode()).isEqualTo(1);
      assertThat(nobody.err()).contains("it does not answer");
    }
  }

  private String[] withServer(TestServer server, String address) {
    return new String[] {
      "backup", "--data", server.data().toString(), "--to", place.toString(), "--server", address
    };
  }

  @Test
  void whatCanNotBeRestored_isRefusedWithOneLine() throws IOException {
    try (TestServer server = TestServer.start()) {
      server.people(1);
      backup(server);
      String to = restored.toString();

      assertThat(run("restore", "--from", place.toString(), "--to", to, "--backup", "9").err())
          .isEqualTo("sixin: " + place + ": no backup 9 (expected: one of [1])\n");
      assertThat(run("restore", "--from", restored.toString(), "--to", to).err())
          .startsWith("sixin: " + restored + ": no backups");
      Files.createDirectories(restored);
      Files.writeString(restored.resolve("mine"), "1");
      Ran full = run("restore", "--from", place.toString(), "--to", to);
      assertThat(full.exitCode()).isEqualTo(1);
      assertThat(full.err())
          .isEqualTo("sixin: " + to + ": not empty (expected: an empty or missing directory)\n");
      assertThat(restored.toFile().list()).containsExactly("mine");
    }
  }

  @Test
  void aDamagedTable_isNotBackedUp_andVerifyAndReadersAreTold() throws IOException {
    try (TestServer server = TestServer.start()) {
      server.people(1, 2);
      server.say(1, 2, "hello");
      server.restart(() -> damageTables(server.data().resolve("store")));

      Ran backup = run(withServer(server, address(server)));
      assertThat(backup.exitCode()).isEqualTo(1);
      assertThat(backup.err()).contains("the database is damaged").contains(".sst");
      server.restart(
          () -> {
            Ran verify = run("verify", "--data", server.data().toString());
            assertThat(verify.exitCode()).isEqualTo(1);
            assertThat(verify.out()).contains(".sst").contains("differences");
          });
    }
  }

  @Test
  void aDamagedPicture_isFound() throws IOException {
    try (TestServer server = TestServer.start()) {
      Path picture = picture(server);
      server.verify();
      byte[] bytes = Files.readAllBytes(picture);
      bytes[PICTURE_BYTES / 2] ^= 1;
      Files.write(picture, bytes);

      server.restart(
          () -> {
            Ran verify = run("verify", "--data", server.data().toString());
            assertThat(verify.exitCode()).isEqualTo(1);
            assertThat(verify.out()).contains(picture + ": not what its name says");
          });
    }
  }

  /// Flips a bit of the first rows in each table with messages, which no start looks at.
  private static void damageTables(Path store) {
    try (Stream<Path> files = Files.list(store)) {
      for (Path file : files.filter(file -> file.toString().endsWith(".sst")).toList()) {
        byte[] bytes = Files.readAllBytes(file);
        if (new String(bytes, ISO_8859_1).contains("hello")) {
          bytes[5] ^= 1;
          Files.write(file, bytes);
        }
      }
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void aReadThatMeetsDamage_isAFaultOfTheServer_notAnAnswer() {
    try (TestServer server = TestServer.start()) {
      server.people(1, 2);
      server.say(1, 2, "hello");
      String token = server.token(2);
      server.restart(() -> damageTables(server.data().resolve("store")));

      assertThatThrownBy(
              () ->
                  server
                      .withToken(token)
                      .syncFetchSessionMsgs(
                          ReqSessionMsg.newBuilder()
                              .setTalkerId(1)
                              .setSessionType(1)
                              .setSize(10)
                              .build()))
          .isInstanceOfSatisfying(
              StatusRuntimeException.class,
              e -> assertThat(TestServer.details(e).getCode()).isEqualTo(-500));
    }
  }

  @Test
  void aCheckpoint_isHeldUntilItIsDropped_orAnotherIsMade() {
    try (TestServer server = TestServer.start()) {
      server.people(1);
      Path checkpoints = server.data().resolve("checkpoints");
      String first = make(server);
      assertThat(checkpoints.resolve(first)).isDirectoryContaining("glob:**/CURRENT");

      String second = make(server);

      assertThat(checkpoints.toFile().list()).containsExactly(second);
      assertThat(drop(server, first)).isFalse();
      assertThat(drop(server, "../store")).isFalse();
      assertThat(drop(server, second)).isTrue();
      assertThat(checkpoints).isEmptyDirectory();
      make(server);
      server.restart();
      assertThat(checkpoints).isEmptyDirectory();
    }
  }

  private static String make(TestServer server) {
    return server.admin().makeCheckpoint(MakeCheckpointRequest.getDefaultInstance()).getName();
  }

  private static boolean drop(TestServer server, String name) {
    return server
        .admin()
        .dropCheckpoint(DropCheckpointRequest.newBuilder().setName(name).build())
        .getDropped();
  }
}
