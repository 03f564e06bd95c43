package dev.sixin;

import static dev.sixin.MigrateTest.once;
import static dev.sixin.MigrateTest.rows;
import static dev.sixin.MigrateTest.succeeds;
import static dev.sixin.Ran.run;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sixin.proto.type.Msg;
import dev.sixin.proto.type.SessionInfo;
import dev.sixin.store.StoreUnavailable;
import dev.sixin.store.cassandra.CassandraNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Gatherers;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/// `sixin migrate` from a data directory to Cassandra, and back, with traffic before, between and
/// after.
@Tag("cassandra")
@EnabledIfSystemProperty(named = CassandraNode.PROPERTY, matches = ".+")
class MigrateToCassandraTest {
  private static final long GROUP = 9;

  /// More than stand in a partition: they go to chunks.
  private static final int MANY = 4_300;

  private static final int AT_ONCE = 64;

  private final String keyspace = CassandraNode.freshKeyspace();
  private final TempDirectory temporary = new TempDirectory();
  private final Path fresh = temporary.path().resolve("fresh");
  private final TestServer server = TestServer.startEmbedded();
  private final Person ann = Person.on(server);
  private final Person bob = Person.on(server);

  @AfterEach
  void stop() {
    server.close();
    temporary.close();
    CassandraNode.drop(keyspace);
  }

  private String[] migrate(String... how) {
    return Stream.concat(
            Stream.of("migrate"),
            Stream.concat(Stream.of(how), CassandraNode.options(keyspace).stream()))
        .toArray(String[]::new);
  }

  private static void moveStore(Path from, Path to) {
    try {
      Files.move(from.resolve("store"), to);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// Traffic after a move: who repeats what was sent before gets the first answer, times go on.
  private void goOn(long key, long cliMsgId, List<Msg> history, SessionInfo before) {
    assertThat(bob.history(ann)).isEqualTo(history);
    assertThat(bob.session(ann)).isEqualTo(before);
    assertThat(ann.sends(once(bob, "again", cliMsgId)).getMsgKey()).isEqualTo(key);
    assertThat(bob.history(ann)).as("retried, not sent twice").isEqualTo(history);
    ann.says(bob, "goes on");
    SessionInfo after = bob.session(ann);
    assertThat(after.getSessionTs()).isGreaterThan(before.getSessionTs());
    assertThat(after.getMaxSeqno()).isGreaterThan(before.getMaxSeqno());
    assertThat(after.getUnreadCount()).isEqualTo(before.getUnreadCount() + 1);
  }

  @Test
  void everything_goesToCassandra_andBack_whileOthersGoOnWriting() {
    server.clock.move(Duration.between(server.clock.instant(), Instant.now()));
    ann.befriends(bob);
    server.group(GROUP, ann.uid(), bob.uid());
    long first = ann.sends(once(bob, "again", 71)).getMsgKey();
    List<Long> _ =
        IntStream.range(0, MANY)
            .boxed()
            .gather(
                Gatherers.mapConcurrent(
                    AT_ONCE,
                    i ->
                        server
                            .send(ann.uid(), TestServer.groupText(GROUP, "message " + i))
                            .getMsgKey()))
            .toList();

    String served =
        succeeds(
            migrate(
                "--data=" + server.data(),
                "--server=http://127.0.0.1:" + server.port(),
                "--rate=0"));
    assertThat(served).contains("stop it", "run this again");
    List<String> options = new ArrayList<>(CassandraNode.options(keyspace));
    options.addAll(List.of("--port=0", "--data=" + fresh));
    assertThatThrownBy(() -> Server.start(Config.of(options.toArray(String[]::new)), server.clock))
        .isInstanceOf(StoreUnavailable.class)
        .hasMessageContaining("not all here");

    ann.says(bob, "meanwhile");
    bob.pins(ann);
    bob.unpins(ann);
    List<Msg> history = bob.history(ann);
    SessionInfo before = bob.session(ann);
    server.move(
        Optional.of(keyspace),
        () -> {
          assertThat(succeeds(migrate("--data=" + server.data()))).contains("all is well");
          assertThat(run(migrate("--data=" + server.data())).err()).contains("holds conversations");
        });

    goOn(first, 71, history, before);
    long second = ann.sends(once(bob, "again", 72)).getMsgKey();
    server.send(bob.uid(), TestServer.groupText(GROUP, "in the large group"));
    server.verify();

    moveStore(server.data(), temporary.path().resolve("old"));
    List<Msg> historyThere = bob.history(ann);
    SessionInfo beforeBack = bob.session(ann);
    server.move(
        Optional.empty(),
        () -> {
          assertThat(succeeds(migrate("--to-data=" + temporary.path().resolve("last"))))
              .contains("all is well");
          assertThat(rows(temporary.path().resolve("last"))).hasSizeGreaterThan(MANY);
          moveStore(temporary.path().resolve("last"), server.data().resolve("store"));
        });
    goOn(second, 72, historyThere, beforeBack);
    server.verify();
  }

  @Test
  void aKeyspaceThatIsNotThere_isNoSource() {
    assertThat(run(migrate("--to-data=" + fresh)).err()).contains(keyspace, "it is not there");
  }
}
