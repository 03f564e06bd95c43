package dev.sixin;

import static dev.sixin.Ran.run;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sixin.admin.v1.EraseUserRequest;
import dev.sixin.proto.im.ReqNewSessions;
import dev.sixin.proto.type.Msg;
import dev.sixin.proto.type.MsgType;
import dev.sixin.proto.type.SessionInfo;
import dev.sixin.store.Key;
import dev.sixin.store.Row;
import dev.sixin.store.StoreUnavailable;
import dev.sixin.store.Table;
import dev.sixin.store.rocksdb.RocksStore;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// `sixin migrate` as people run it, from one data directory into another. To Cassandra and back:
/// [MigrateToCassandraTest].
class MigrateTest {
  private static final long GROUP = 9;

  private final TempDirectory temporary = new TempDirectory();
  private final Path fresh = temporary.path().resolve("fresh");
  private final TestServer server = TestServer.start();

  @AfterEach
  void stop() {
    server.close();
    temporary.close();
  }

  static String succeeds(String... args) {
    Ran ran = run(args);
    assertThat(ran.exitCode()).as("%s", ran).isZero();
    return ran.out();
  }

  /// While a server runs.
  private Ran migrateFrom(TestServer running) {
    return run(
        "migrate",
        "--data=" + running.data(),
        "--to-data=" + fresh,
        "--server=http://127.0.0.1:" + running.port());
  }

  private Ran migrate() {
    return run("migrate", "--data=" + server.data(), "--to-data=" + fresh);
  }

  /// What a server keeps that is stopped.
  static List<String> rows(Path data) {
    List<String> rows = new ArrayList<>();
    try (RocksStore store = Stores.embedded(data.resolve("store"))) {
      for (Table table : Migration.TABLES) {
        for (Row row : store.scan(table, Key.EMPTY, 1_000_000)) {
          rows.add(table.name() + " " + row.key() + "=" + Key.of(row.value()));
        }
      }
    }
    return rows;
  }

  /// The clock of the server as that of the machine, which the command goes by.
  private void setClock() {
    server.clock.move(Duration.between(server.clock.instant(), Instant.now()));
  }

  /// Has the server go on with what was brought to the fresh directory.
  private void cutOver() {
    try {
      Files.move(server.data().resolve("store"), temporary.path().resolve("old"));
      Files.move(fresh.resolve("store"), server.data().resolve("store"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static Msg.Builder once(Person to, String text, long cliMsgId) {
    return TestServer.text(to.uid(), text).setCliMsgId(cliMsgId);
  }

  @Test
  void aServedDirectory_isBroughtOver_andItsServerGoesOnThere() {
    setClock();
    Person ann = Person.on(server);
    Person bob = Person.on(server);
    Person cat = Person.on(server);
    ann.befriends(bob);
    cat.befriends(bob);
    server.group(GROUP, ann.uid(), bob.uid());
    long first = ann.sends(once(bob, "first", 71)).getMsgKey();
    long recalled = ann.says(bob, "to be taken back");
    cat.says(bob, "hello");
    bob.pins(cat);

    Ran served = migrateFrom(server);
    assertThat(served.exitCode()).as("%s", served).isZero();
    assertThat(served.out()).contains("stop it", "run this again").doesNotContain("all is well");
    assertThatThrownBy(() -> Server.start(Config.of("--port=0", "--data=" + fresh), server.clock))
        .isInstanceOf(StoreUnavailable.class)
        .hasMessageContaining("not all here");

    long second = bob.sends(once(ann, "second", 72)).getMsgKey();
    ann.sends(
        TestServer.text(bob.uid(), "")
            .setMsgType(MsgType.EN_MSG_TYPE_DRAW_BACK)
            .setContent(Long.toUnsignedString(recalled)));
    bob.removes(cat);
    bob.unpins(cat);
    var _ = server.admin().eraseUser(EraseUserRequest.newBuilder().setUid(cat.uid()).build());
    server.clock.move(Duration.ofHours(1)); // the clock of this server runs ahead
    server.send(ann.uid(), TestServer.groupText(GROUP, "to all"));
    ann.says(bob, "third");
    SessionInfo before = bob.session(ann);
    List<Msg> history = bob.history(ann);

    server.restart(
        () -> {
          Ran stopped = migrate();
          assertThat(stopped.exitCode()).as("%s", stopped).isZero();
          assertThat(stopped.out()).contains("all is well");
          assertThat(rows(fresh)).isEqualTo(rows(server.data())).hasSizeGreaterThan(30);
          cutOver();
          server.clock.move(Duration.ofHours(-1));
        });

    assertThat(bob.history(ann)).isEqualTo(history);
    assertThat(bob.session(ann)).isEqualTo(before);
    assertThat(ann.sends(once(bob, "first", 71)).getMsgKey()).isEqualTo(first);
    assertThat(bob.sends(once(ann, "second", 72)).getMsgKey()).isEqualTo(second);
    assertThat(bob.history(ann)).as("retried, not sent twice").isEqualTo(history);
    ann.says(bob, "fourth");
    SessionInfo after = bob.session(ann);
    assertThat(after.getSessionTs()).isGreaterThan(before.getSessionTs());
    assertThat(after.getMaxSeqno()).isGreaterThan(before.getMaxSeqno());
    assertThat(after.getUnreadCount()).isEqualTo(before.getUnreadCount() + 1);
    assertThat(
            bob.talkers(
                bob.calls()
                    .newSessions(
                        ReqNewSessions.newBuilder()
                            .setBeginTs(before.getSessionTs())
                            .setSize(9)
                            .build())))
        .contains(ann);
    server.verify();
  }

  @Test
  void whileAServerIsReadOnly_everythingIsBroughtOver_andItIsRead() {
    setClock();
    Person ann = Person.on(server);
    Person bob = Person.on(server);
    ann.befriends(bob);
    ann.says(bob, "hello");

    server.restart("--read-only=true");
    assertThatThrownBy(() -> ann.says(bob, "no"))
        .isInstanceOfSatisfying(
            StatusRuntimeException.class,
            e -> assertThat(TestServer.details(e).getCode()).isEqualTo(-3));
    Ran first = migrateFrom(server);

    assertThat(first.exitCode()).as("%s", first).isZero();
    assertThat(first.out()).contains("all is well");
    List<Msg> history = bob.history(ann);
    assertThat(history).hasSize(1);
    SessionInfo before = bob.session(ann);
    server.restart(this::cutOver);
    server.restart("--read-only=false");
    assertThat(bob.history(ann)).isEqualTo(history);
    assertThat(bob.session(ann)).isEqualTo(before);
    ann.says(bob, "again");
    server.verify();
  }

  @Test
  void aReadOnlyServer_thatWasStartedAnewMeanwhile_mayHaveChangedSomething() {
    Path data = server.data();
    assertThat(DataDirectory.unchangingRun(data)).isEmpty();

    server.restart("--read-only=true");
    Optional<String> run = DataDirectory.unchangingRun(data);
    assertThat(run).isPresent().isEqualTo(DataDirectory.unchangingRun(data));

    server.restart();
    assertThat(DataDirectory.unchangingRun(data)).isPresent().isNotEqualTo(run);
    server.restart(() -> assertThat(DataDirectory.unchangingRun(data)).isEmpty());
    server.restart("--read-only=false");
    assertThat(DataDirectory.unchangingRun(data)).isEmpty();
  }

  @Test
  void nobodyWhoWasNeverThere_getsAnEarlierTime_thanTheSourceHandedOut() {
    Person ann = Person.on(server);
    Person bob = Person.on(server);
    ann.befriends(bob);
    server.clock.move(Duration.ofDays(400));
    ann.says(bob, "from the future");
    long before = bob.session(ann).getSessionTs();
    server.restart(
        () -> {
          assertThat(migrate().exitCode()).isZero();
          cutOver();
          server.clock.move(Duration.ofDays(-400));
        });

    Person cat = Person.on(server);
    cat.says(bob, "new here");
    assertThat(bob.session(cat).getSessionTs()).isGreaterThan(before);
    assertThat(cat.session(bob).getSessionTs()).isGreaterThan(before);
  }

  @Test
  void aTargetThatHoldsSomething_isRefused_andStaysAsItWas() {
    Person.on(server).says(Person.on(server), "hello");
    try (TestServer other = TestServer.start()) {
      Person.on(other).says(Person.on(other), "of another site");
      other.restart(
          () -> {
            List<String> before = rows(other.data());
            Ran ran =
                run(
                    "migrate",
                    "--data=" + server.data(),
                    "--to-data=" + other.data(),
                    "--server=http://127.0.0.1:" + server.port());
            assertThat(ran.exitCode()).isEqualTo(1);
            assertThat(ran.err()).contains("holds conversations already");
            assertThat(rows(other.data())).isEqualTo(before);
          });
    }
  }

  @Test
  void whatIsUnfinished_isGoneOnWithFromTheSameSourceAlone_andIsNoSource() {
    Person.on(server).says(Person.on(server), "hello");
    assertThat(migrateFrom(server).exitCode()).isZero();

    try (TestServer other = TestServer.start()) {
      Ran ran = migrateFrom(other);
      assertThat(ran.exitCode()).isEqualTo(1);
      assertThat(ran.err()).contains("is not all there");
    }
    Ran ran = run("migrate", "--data=" + fresh, "--to-data=" + temporary.path().resolve("third"));
    assertThat(ran.exitCode()).isEqualTo(1);
    assertThat(ran.err()).contains("the source", "is not all there");
  }

  @Test
  void whatIsMissing_isSaid() {
    assertThat(run("migrate", "--data=" + server.data()).err()).contains("needs --store cassandra");
    assertThat(run("migrate", "--data=" + fresh, "--to-data=" + fresh).err())
        .contains("no data directory");
    assertThat(run("migrate", "--data=" + fresh, "--to-data=" + fresh, "--rate=-1").err())
        .contains("--rate: -1");
    assertThat(
            run(
                    "migrate",
                    "--data=" + server.data(),
                    "--to-data=" + fresh,
                    "--server=http://127.0.0.1:1")
                .err())
        .contains("makes no checkpoint");
    server.restart(
        () ->
            assertThat(
                    run("migrate", "--data=" + server.data(), "--to-data=" + server.data()).err())
                .contains("another Sixin process is using"));
  }

  @Test
  void aRate_slowsItDown_andChangesNothingElse() {
    Person ann = Person.on(server);
    Person bob = Person.on(server);
    ann.befriends(bob);
    for (int i = 0; i < 50; i++) {
      ann.says(bob, "message " + i);
    }
    server.restart(
        () -> {
          String out =
              succeeds("migrate", "--data=" + server.data(), "--to-data=" + fresh, "--rate=1000");
          assertThat(out).contains("all is well");
          assertThat(rows(fresh)).isEqualTo(rows(server.data()));
        });
  }
}
