package dev.sixin.bus;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sixin.Await;
import dev.sixin.Logged;
import dev.sixin.MovableClock;
import dev.sixin.Pem;
import dev.sixin.TestServer;
import dev.sixin.entity.Entity;
import dev.sixin.entity.News;
import dev.sixin.entity.News.GroupJoined;
import dev.sixin.entity.News.GroupLeft;
import dev.sixin.entity.News.Said;
import dev.sixin.entity.News.SessionChanged;
import dev.sixin.entity.News.TokensRevoked;
import dev.sixin.entity.News.UserChanged;
import dev.sixin.entity.Talker;
import dev.sixin.proto.type.Msg;
import dev.sixin.proto.type.MsgType;
import dev.sixin.proto.type.RecverType;
import dev.sixin.push.End;
import dev.sixin.push.Moment;
import dev.sixin.push.Notice;
import dev.sixin.push.Push;
import dev.sixin.push.Signal;
import dev.sixin.push.Watcher;
import dev.sixin.push.Watcher.Pass;
import dev.sixin.push.Wish;
import dev.sixin.store.Announcement.Announced;
import dev.sixin.store.Key;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.nats.client.Connection;
import io.nats.client.Nats;
import io.nats.client.Options;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Two servers, as far as push and the bus are concerned, with a real bus between them.
class BusTest {
  private static final long ANN = 1;
  private static final long BOB = 2;
  private static final long CLUB = 9;
  private static final Wish EVERYTHING = new Wish(true, Optional.of(_ -> true));

  private final NatsServer nats = new NatsServer();
  private final List<Site> sites = new ArrayList<>();
  private long micros = TestServer.START.toEpochMilli() * 1_000;

  @AfterEach
  void stop() {
    sites.forEach(Site::close);
    nats.close();
  }

  private static BusSettings at(String url) {
    return new BusSettings(List.of(url), "test", Optional.empty(), Optional.empty());
  }

  /// A server's share.
  private final class Site implements Bus.Listener, AutoCloseable {
    final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    final Bus bus;
    final Push push;
    final Queue<Announced> heard = new ConcurrentLinkedQueue<>();
    final AtomicInteger gaps = new AtomicInteger();

    Site(BusSettings settings) {
      try {
        this.bus = new Bus(settings, meters);
      } catch (IOException e) {
        throw new AssertionError(e);
      }
      this.push = new Push(new Push.Limits(9, 99), bus, new MovableClock(TestServer.START), meters);
      bus.connect(this);
      sites.add(this);
    }

    Site connected() {
      Await.until("connected", () -> !bus.isAway());
      return this;
    }

    @Override
    public void hear(Announced announced) {
      heard.add(announced);
      push.hearFromOthers(List.of(announced));
    }

    @Override
    public void mayHaveMissed() {
      gaps.incrementAndGet();
    }

    Watcher watch(long uid, Long... groups) {
      Watcher watcher = push.watch(new Pass(uid, 0, Long.MAX_VALUE), EVERYTHING, () -> {});
      Map<Long, Long> joined = new HashMap<>();
      for (long group : groups) {
        joined.put(group, 0L);
      }
      push.enter(watcher, joined);
      push.settle();
      return watcher;
    }

    void announce(Key entity, News news) {
      micros += 10;
      push.hear(List.of(new Announced(entity, micros, news)));
    }

    void says(long from, long to) {
      announce(Entity.conversation(from, to), new Said(message(from, to).build()));
    }

    double count(String name) {
      return meters.get("sixin.bus." + name).counter().count();
    }

    @Override
    public void close() {
      push.close();
      bus.close();
    }
  }

  private Site site() {
    return new Site(at(nats.url())).connected();
  }

  private static Msg.Builder message(long from, long to) {
    return Msg.newBuilder()
        .setSenderUid(from)
        .setReceiverId(to)
        .setReceiverType(RecverType.EN_RECVER_TYPE_PEER)
        .setMsgType(MsgType.EN_MSG_TYPE_TEXT)
        .setMsgSeqno(5)
        .setContent("hello");
  }

  private static Said inClub() {
    return new Said(message(ANN, CLUB).setReceiverType(RecverType.EN_RECVER_TYPE_GROUP).build());
  }

  private static Signal next(Watcher watcher) {
    List<Signal> got = new ArrayList<>();
    Await.until(
        "there is something",
        () -> {
          Signal next = watcher.next();
          return next != null && got.add(next);
        });
    return got.getFirst();
  }

  @Test
  void whatIsSaidOnOneServer_isToldByTheOther_toBoth_once() {
    Site here = site();
    Site there = site();
    Watcher ann = there.watch(ANN);
    Watcher bob = there.watch(BOB);
    Watcher annHere = here.watch(ANN);
    here.says(ANN, BOB);

    assertThat(next(bob))
        .isInstanceOfSatisfying(
            Notice.class,
            notice -> {
              assertThat(notice.talker()).isEqualTo(Talker.user(ANN));
              assertThat(notice.said().orElseThrow().msg().getContent()).isEqualTo("hello");
            });
    assertThat(next(ann))
        .isInstanceOfSatisfying(
            Notice.class, notice -> assertThat(notice.talker()).isEqualTo(Talker.user(BOB)));
    assertThat(there.heard).hasSize(2);
    assertThat(next(annHere)).isInstanceOf(Notice.class);
    there.says(BOB, ANN);
    assertThat(next(annHere)).isInstanceOf(Notice.class);
    assertThat(here.heard).as("what the other said, and no echo").hasSize(1);
  }

  @Test
  void whoWatchesNowhere_costsTheOthersNothing() {
    Site here = site();
    Site there = site();
    Watcher bob = there.watch(BOB);
    here.says(ANN, 77); // nobody's there
    here.says(ANN, BOB);
    assertThat(next(bob)).isInstanceOf(Notice.class);
    assertThat(there.heard).hasSize(1);

    there.push.leave(bob);
    there.push.settle();
    here.says(77, BOB);
    Watcher ann = there.watch(ANN);
    here.announce(Entity.inbox(ANN), new SessionChanged(Talker.user(BOB)));
    assertThat(next(ann)).isInstanceOf(Notice.class);
    assertThat(there.heard).as("nothing for Bob, who left").hasSize(2);
  }

  @Test
  void whatIsSaidInAGroup_isToldToMembersWhoWatchElsewhere_whileTheyAreMembers() {
    Site here = site();
    Site there = site();
    Watcher bob = there.watch(BOB);
    here.announce(Entity.inbox(BOB), new GroupJoined(CLUB, 0));
    Await.until("Bob's joining is heard", () -> there.push.watchedGroups().contains(CLUB));
    there.push.settle();
    here.announce(Entity.group(CLUB), inClub());
    assertThat(((Notice) next(bob)).talker()).isEqualTo(Talker.group(CLUB));

    here.announce(Entity.inbox(BOB), new GroupLeft(CLUB));
    Await.until("Bob's leaving is heard", () -> there.push.watchedGroups().isEmpty());
    there.push.settle();
    here.announce(Entity.group(CLUB), inClub());
    here.announce(Entity.inbox(BOB), new SessionChanged(Talker.user(ANN)));
    assertThat(((Notice) next(bob)).talker()).isEqualTo(Talker.user(ANN));
  }

  @Test
  void typing_goesOverTheBus_withoutAnybodyWhoWatchesWhereItIsSaid() {
    Site here = site();
    Site there = site();
    Watcher bob = there.watch(BOB);
    here.push.typing(ANN, BOB);
    assertThat(next(bob)).isEqualTo(new Moment.Typing(ANN));
  }

  @Test
  void revokedTokens_endStreamsOnAllServers_andAllKnowOfChangedUsers() {
    Site here = site();
    Site there = site();
    Watcher bob = there.watch(BOB);
    here.announce(Entity.user(BOB), new TokensRevoked(micros));
    assertThat(next(bob)).isEqualTo(End.KICKED_OUT);

    here.announce(Entity.user(ANN), new UserChanged()); // who watches nowhere
    Await.until(
        "the other server knows",
        () -> there.heard.stream().anyMatch(one -> one.what() instanceof UserChanged));
  }

  @Test
  void aBusThatDies_holdsUpNobody_andIsSaidOnce_andComesBackWithAllThatWasListenedTo() {
    try (Logged logged = new Logged()) {
      Site here = site();
      Site there = site();
      Watcher bob = there.watch(BOB, CLUB);
      int gaps = there.gaps.get();
      nats.kill();
      Await.until("both know", () -> here.bus.isAway() && there.bus.isAway());
      for (int i = 0; i < 100; i++) {
        here.says(ANN, BOB);
      }
      assertThat(here.count("lost")).isEqualTo(200); // for each of the two
      assertThat(there.meters.get("sixin.bus.connected").gauge().value()).isZero();

      nats.start();
      here.connected();
      there.connected();
      Await.until("it is time to look", () -> there.gaps.get() > gaps);
      assertThat(bob.next()).as("old news is not news").isNull();
      here.says(ANN, BOB);
      assertThat(next(bob)).isInstanceOf(Notice.class);
      here.announce(Entity.group(CLUB), inClub());
      assertThat(((Notice) next(bob)).talker()).isEqualTo(Talker.group(CLUB));
      assertThat(logged.lines().filter(line -> line.contains("away"))).hasSize(2);
    }
  }

  @Test
  void aServer_startsWithoutABus_andFindsItLater() {
    nats.kill();
    Site here = new Site(at(nats.url()));
    Site there = new Site(at(nats.url()));
    Watcher bob = there.watch(BOB);
    here.says(ANN, BOB);
    assertThat(here.bus.isAway()).isTrue();

    nats.start();
    here.connected();
    there.connected();
    AtomicReference<Signal> heard = new AtomicReference<>();
    Await.until(
        "what is said here is heard there", // its subscription may take a moment longer
        () -> {
          here.says(ANN, BOB);
          heard.set(bob.next());
          return heard.get() != null;
        });
    assertThat(heard.get()).isInstanceOf(Notice.class);
  }

  @Test
  void whatIsNoLetter_isCounted_andChangesNothing() throws Exception {
    Site there = site();
    Watcher bob = there.watch(BOB);
    Site here = site();
    Connection stranger = Nats.connect(nats.url());
    stranger.publish("test.user.2", new byte[] {1, 2, 3});
    stranger.flush(Duration.ofSeconds(10));
    stranger.close();
    Await.until("it is counted", () -> there.count("unreadable") == 1);
    here.says(ANN, BOB);
    assertThat(next(bob)).isInstanceOf(Notice.class);
  }

  @Test
  void aBusWithTls_isTrusted_ifItHasTheName_andLeadsToTheAuthority(@TempDir Path directory)
      throws Exception {
    Pem right = Pem.make();
    Pem otherName = Pem.of("dns:bus.example");

    try (NatsServer bus = speakingTls(right, directory)) {
      Path authority = Files.writeString(directory.resolve("right.pem"), right.certificate());
      Connection connection = Nats.connect(tls(bus, Optional.of(authority)));
      assertThat(connection.getStatus()).isEqualTo(Connection.Status.CONNECTED);
      connection.close();
      Options untrusted = tls(bus, Optional.empty());
      assertThatThrownBy(() -> Nats.connect(untrusted)).isInstanceOf(IOException.class);
    }
    try (NatsServer bus = speakingTls(otherName, directory)) {
      Path authority = Files.writeString(directory.resolve("other.pem"), otherName.certificate());
      Options trusting = tls(bus, Optional.of(authority));
      assertThatThrownBy(() -> Nats.connect(trusting)).isInstanceOf(IOException.class);
    }
  }

  private static NatsServer speakingTls(Pem pem, Path directory) {
    Path certificate = directory.resolve("cert.pem");
    Path key = directory.resolve("key.pem");
    pem.writeTo(certificate, key);
    return new NatsServer("--tls", "--tlscert", certificate.toString(), "--tlskey", key.toString());
  }

  private static Options tls(NatsServer bus, Optional<Path> authority) throws IOException {
    return new BusSettings(List.of(bus.tlsUrl()), "test", Optional.empty(), authority)
        .read()
        .maxReconnects(0)
        .build();
  }

  @Test
  void aBusThatAsksWhoIsThere_isShownTheCredentials(@TempDir Path folder) throws IOException {
    Path file = Files.writeString(folder.resolve("bus"), "sixin:s3cret\n");
    try (NatsServer guarded = new NatsServer("--user", "sixin", "--pass", "s3cret");
        Logged logged = Logged.everything()) {
      new Site(new BusSettings(List.of(guarded.url()), "test", Optional.of(file), Optional.empty()))
          .connected();
      Site stranger = new Site(at(guarded.url()));
      Await.until("it is said", () -> logged.has("can not be reached"));
      assertThat(stranger.bus.isAway()).isTrue();
      assertThat(logged.has("s3cret")).isFalse();
    }
  }

  @Test
  void aFileOfNoUse_isSaidAtTheStart(@TempDir Path folder) throws IOException {
    Path file = Files.writeString(folder.resolve("bus"), "what is this");
    BusSettings asCredentials =
        new BusSettings(List.of(nats.url()), "test", Optional.of(file), Optional.empty());
    BusSettings asAuthority =
        new BusSettings(List.of(nats.url()), "test", Optional.empty(), Optional.of(file));
    assertThatThrownBy(() -> new Bus(asCredentials, new SimpleMeterRegistry()))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("neither NATS credentials nor a user and a password");
    assertThatThrownBy(() -> new Bus(asAuthority, new SimpleMeterRegistry()))
        .isInstanceOf(IOException.class)
        .hasMessageContaining(file.toString());
  }
}
