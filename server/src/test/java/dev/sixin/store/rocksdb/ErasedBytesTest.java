package dev.sixin.store.rocksdb;

import static dev.sixin.TestServer.text;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sixin.Await;
import dev.sixin.TestServer;
import dev.sixin.admin.v1.EraseUserRequest;
import dev.sixin.admin.v1.PutUsersRequest;
import dev.sixin.admin.v1.User;
import dev.sixin.proto.im.ReqSendMsg;
import dev.sixin.proto.type.Msg;
import dev.sixin.proto.type.RecverType;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// What is erased is searched for in all files of the data directory. The words are made of chance,
/// so that compressed blocks hold them as they are; that the search finds them is shown first.
class ErasedBytesTest {
  private static final long ALICE = 1;
  private static final long BOB = 2;
  private static final long SHOP = 3;
  private static final long GROUP = 4;
  private static final String LETTERS =
      "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
  private static final int WORD = 24;

  /// A pass rests four times as long as it works, after each of a dozen pieces.
  private static final Duration A_PASS = Duration.ofMinutes(5);

  private final Random random = new Random();
  private TestServer server;

  @BeforeEach
  void start() {
    server = TestServer.start("--keep-days=30", "--store-erase-days=2");
    server.people(ALICE, BOB);
    server.friends(ALICE, BOB);
    server.user(User.newBuilder().setUid(SHOP).setName("shop").setBusiness(true));
    server.group(GROUP, ALICE, BOB);
  }

  @AfterEach
  void stop() {
    server.close();
  }

  private String word() {
    return random
        .ints(WORD, 0, LETTERS.length())
        .mapToObj(i -> LETTERS.substring(i, i + 1))
        .collect(Collectors.joining());
  }

  /// The kinds of files that hold a word, by the ends of their names.
  private List<String> filesWith(String word) {
    return files(server.data().toFile())
        .filter(file -> holds(file.toPath(), word))
        .map(file -> file.getName().replaceFirst(".*\\.", ""))
        .distinct()
        .sorted()
        .toList();
  }

  /// All files there are, whatever goes while we look.
  private static Stream<File> files(File directory) {
    File[] entries = directory.listFiles();
    return entries == null
        ? Stream.of(directory)
        : Arrays.stream(entries).flatMap(ErasedBytesTest::files);
  }

  private static boolean holds(Path file, String word) {
    try {
      return new String(Files.readAllBytes(file), ISO_8859_1).contains(word);
    } catch (NoSuchFileException e) {
      return false;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// Brings what is only in the log to a table, as a start after a crash does.
  private void toTables(String... words) {
    for (String word : words) {
      assertThat(filesWith(word)).as("files with " + word).isEqualTo(List.of("log"));
    }
    server.restart();
    for (String word : words) {
      assertThat(filesWith(word)).as("files with " + word).isEqualTo(List.of("sst"));
    }
  }

  private void assertGoesWithinTwoDays(String... words) {
    server.clock.move(Duration.ofDays(1).plusMinutes(1));
    server.people(ALICE + 100); // nothing is done where nothing happens
    for (int i = 0; i < words.length; i++) {
      String word = words[i];
      Await.until(
          "no file holds word %d: %s".formatted(i, word), A_PASS, () -> filesWith(word).isEmpty());
    }
  }

  private long key(Msg.Builder msg, long from) {
    return server.send(from, msg).getMsgKey();
  }

  private void takeBack(long from, Msg.Builder recall, long key) {
    var _ =
        server
            .as(from)
            .sendMsg(
                ReqSendMsg.newBuilder()
                    .setMsg(recall.setMsgTypeValue(5).setContent(Long.toUnsignedString(key)))
                    .build());
  }

  @Test
  void whatIsRecalled_leavesAllFiles() {
    String word = word();
    String inGroup = word();
    String inLog = word();
    long key = key(text(BOB, word), ALICE);
    long groupKey = key(TestServer.groupText(GROUP, inGroup), ALICE);
    toTables(word, inGroup);
    takeBack(ALICE, text(BOB, ""), key);
    takeBack(ALICE, TestServer.groupText(GROUP, ""), groupKey);
    takeBack(ALICE, text(BOB, ""), key(text(BOB, inLog), ALICE));
    assertThat(filesWith(word)).as("files with what was recalled just now").isNotEmpty();
    assertThat(filesWith(inLog)).as("files with what was recalled just now").isNotEmpty();

    assertGoesWithinTwoDays(word, inGroup, inLog);
  }

  @Test
  void whatIsErasedWithAUser_leavesAllFiles() {
    String word = word();
    String toMany = word();
    String name = word();
    server
        .admin()
        .putUsers(
            PutUsersRequest.newBuilder()
                .addUsers(User.newBuilder().setUid(SHOP).setName(name).setBusiness(true))
                .build());
    key(text(ALICE, word), SHOP);
    key(
        text(0, toMany)
            .setReceiverType(RecverType.EN_RECVER_TYPE_PEERS)
            .addAllRecverIds(List.of(ALICE, BOB)),
        SHOP);
    toTables(word, toMany, name);
    var _ = server.admin().eraseUser(EraseUserRequest.newBuilder().setUid(SHOP).build());

    assertGoesWithinTwoDays(word, toMany, name);
  }

  @Test
  void whatIsKeptNoLonger_leavesAllFiles() {
    String word = word();
    String inGroup = word();
    String toMany = word();
    key(text(BOB, word), ALICE);
    key(TestServer.groupText(GROUP, inGroup), ALICE);
    key(
        text(0, toMany)
            .setReceiverType(RecverType.EN_RECVER_TYPE_PEERS)
            .addAllRecverIds(List.of(ALICE, BOB)),
        SHOP);
    toTables(word, inGroup, toMany);
    server.clock.move(Duration.ofDays(29));
    server.removeWhatIsOver();
    assertThat(filesWith(word)).as("files with what is kept").isNotEmpty();
    server.clock.move(Duration.ofDays(2));
    server.removeWhatIsOver();
    assertThat(server.history(BOB, ALICE)).isEmpty();

    assertGoesWithinTwoDays(word, inGroup, toMany);
  }

  @Test
  void whatIsNotErased_isStillThere_afterItsFilesWereCompacted() {
    String word = word();
    String erased = word();
    key(text(BOB, word), ALICE);
    long key = key(text(BOB, erased), ALICE);
    toTables(word, erased);
    takeBack(ALICE, text(BOB, ""), key);
    assertGoesWithinTwoDays(erased);

    assertThat(filesWith(word)).isEqualTo(List.of("sst"));
    assertThat(server.history(BOB, ALICE).getFirst().getContent()).contains(word);
  }
}
