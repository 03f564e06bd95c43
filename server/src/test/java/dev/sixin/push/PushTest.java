package dev.sixin.push;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sixin.Await;
import dev.sixin.MovableClock;
import dev.sixin.TestServer;
import dev.sixin.entity.Entity;
import dev.sixin.entity.News;
import dev.sixin.entity.News.GroupJoined;
import dev.sixin.entity.News.GroupLeft;
import dev.sixin.entity.News.ReadFurther;
import dev.sixin.entity.News.RelationsChanged;
import dev.sixin.entity.News.Said;
import dev.sixin.entity.News.SessionChanged;
import dev.sixin.entity.News.SiteChanged;
import dev.sixin.entity.News.TokensRevoked;
import dev.sixin.entity.News.UserChanged;
import dev.sixin.entity.Seqno;
import dev.sixin.entity.Talker;
import dev.sixin.proto.type.Msg;
import dev.sixin.proto.type.MsgType;
import dev.sixin.proto.type.RecverType;
import dev.sixin.push.Push.Limits;
import dev.sixin.push.Watcher.Pass;
import dev.sixin.refusal.Refusal;
import dev.sixin.store.Announcement.Announced;
import dev.sixin.store.Key;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

/// What becomes of announcements.
class PushTest {
  private static final long ANN = 1;
  private static final long BOB = 2;
  private static final long CLUB = 9;
  private static final long BYSTANDER = 66;
  private static final Line NOBODY_LISTENS = () -> {};

  private final MovableClock clock = new MovableClock(TestServer.START);

  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();

  @AutoClose private final Push push = new Push(new Limits(2, 3), clock, meters);

  private long micros = clock.millis() * 1_000;

  private Announced by(Key entity, News news) {
    micros += 10;
    return new Announced(entity, micros, news);
  }

  private Announced privateMessage(long from, long to, String content) {
    Msg.Builder msg = message(from, to, content).setReceiverType(RecverType.EN_RECVER_TYPE_PEER);
    return by(Entity.conversation(from, to), new Said(msg.build()));
  }

  private Announced groupMessage(long seqno) {
    Msg.Builder msg =
        message(0, CLUB, "hello")
            .setReceiverType(RecverType.EN_RECVER_TYPE_GROUP)
            .setMsgSeqno(seqno);
    return by(Entity.group(CLUB), new Said(msg.build()));
  }

  private static Msg.Builder message(long from, long to, String content) {
    return Msg.newBuilder()
        .setSenderUid(from)
        .setReceiverId(to)
        .setMsgType(MsgType.EN_MSG_TYPE_TEXT)
        .setContent(content);
  }

  private Watcher watch(long uid, Line line) {
    Watcher watcher = push.watch(new Pass(uid, 0, Long.MAX_VALUE), Wish.NOTICES, line);
    push.enter(watcher, Map.of());
    return watcher;
  }

  private Watcher watch(long uid) {
    return watch(uid, NOBODY_LISTENS);
  }

  private static Notice next(Watcher watcher) {
    List<Signal> got = new ArrayList<>();
    Await.until(
        "there is something",
        () -> {
          Signal next = watcher.next();
          return next != null && got.add(next);
        });
    return (Notice) got.getFirst();
  }

  @Test
  void whatConcernsNoWatcher_keepsNobodyFromBeingToldOfTheRest() {
    Watcher bob = watch(BOB);
    push.hear(
        List.of(
            by(Entity.site(), new SiteChanged()),
            by(Entity.user(ANN), new UserChanged()),
            privateMessage(ANN, BOB, "hello")));

    assertThat(next(bob).talker()).isEqualTo(Talker.user(ANN));
  }

  @Test
  void whatCanNotBePassedOn_keepsNobodyFromBeingToldOfTheRest() {
    Watcher bob = watch(BOB);
    Announced ofNoEntity = by(Key.EMPTY, new SessionChanged(Talker.user(ANN)));
    push.hear(List.of(ofNoEntity, privateMessage(ANN, BOB, "hello")));

    assertThat(next(bob).talker()).isEqualTo(Talker.user(ANN));
  }

  /// Has all that was announced passed on: what comes last is told to somebody whom nothing else
  /// concerns.
  private void settle() {
    Watcher last = watch(BYSTANDER);
    push.hear(List.of(by(Entity.inbox(BYSTANDER), new SessionChanged(Talker.user(ANN)))));
    Await.until("all is passed on", () -> last.next() != null);
    push.leave(last);
  }

  @Test
  void whatIsSent_andWhatIsMerged_isCounted() {
    Watcher watcher = watch(ANN);
    for (int i = 0; i < 3; i++) {
      push.hear(List.of(privateMessage(BOB, ANN, "hello")));
    }
    settle(); // sends one more
    assertThat(watcher.next()).isNotNull();
    assertThat(watcher.next()).isNull();

    assertThat(meters.get("sixin.push.notices").counter().count()).isEqualTo(2);
    assertThat(meters.get("sixin.push.merged").counter().count()).isEqualTo(2);
    assertThat(meters.get("sixin.push.watchers").gauge().value()).isOne();
  }

  @Test
  void manyNotices_thatNobodyTakes_becomeOne() {
    AtomicInteger woken = new AtomicInteger();
    Watcher watcher = watch(BOB, woken::incrementAndGet);
    for (int i = 0; i < 1_000; i++) {
      push.hear(List.of(privateMessage(ANN, BOB, "hello")));
    }
    settle();

    Notice one = (Notice) watcher.next();
    assertThat(one).isEqualTo(new Notice(one.number(), Talker.user(ANN), 1, Optional.empty()));
    assertThat(watcher.next()).isNull();
    assertThat(woken).hasValue(1);
  }

  @Test
  void noticesOfSeveralTalkers_thatNobodyTakes_becomeOneOfNone() {
    Watcher watcher = watch(BOB);
    push.hear(List.of(privateMessage(ANN, BOB, "hello"), privateMessage(7, BOB, "hello")));
    settle();

    assertThat(watcher.next()).isEqualTo(Notice.of(Seqno.at(micros - 10)));
  }

  @Test
  void changesOfOneUserInARow_areOneNotice() {
    AtomicInteger woken = new AtomicInteger();
    Watcher watcher = watch(BOB, woken::incrementAndGet);
    List<Announced> changes = new ArrayList<>();
    for (int i = 0; i < 50; i++) {
      changes.add(by(Entity.inbox(BOB), new SessionChanged(Talker.user(100 + i))));
    }
    changes.add(by(Entity.relations(BOB), new RelationsChanged(0)));
    push.hear(changes);

    assertThat(next(watcher)).isEqualTo(Notice.of(Seqno.at(micros)));
    settle();
    assertThat(watcher.next()).isNull();
    assertThat(woken).hasValue(1);
  }

  @Test
  void numbersGrow_evenWhenTheTimeDoesNot() {
    Watcher watcher = watch(BOB);
    push.catchUp(watcher, Seqno.at(micros + 10));
    long first = next(watcher).number();
    push.hear(List.of(privateMessage(ANN, BOB, "hello")));
    long second = next(watcher).number();

    assertThat(first).isEqualTo(Seqno.at(micros));
    assertThat(second).isEqualTo(first + 1);
  }

  @Test
  void ofAGroup_thoseAreToldWhoAreInItAndWatch() {
    Watcher watcher = push.watch(new Pass(BOB, 0, Long.MAX_VALUE), Wish.NOTICES, NOBODY_LISTENS);
    push.hear(List.of(groupMessage(4)));
    push.enter(watcher, Map.of(CLUB, 5L));
    settle();
    assertThat(watcher.next()).isNull();

    push.hear(List.of(groupMessage(5))); // before bob joined
    settle();
    assertThat(watcher.next()).isNull();

    push.hear(List.of(groupMessage(6)));
    assertThat(next(watcher).talker()).isEqualTo(Talker.group(CLUB));

    push.hear(List.of(by(Entity.inbox(BOB), new GroupLeft(CLUB)), groupMessage(7)));
    settle();
    assertThat(watcher.next()).isNull();

    push.hear(List.of(by(Entity.inbox(BOB), new GroupJoined(CLUB, 8)), groupMessage(9)));
    assertThat(next(watcher).talker()).isEqualTo(Talker.group(CLUB));
  }

  @Test
  void whoLeavesAGroupWhileTheirGroupsAreRead_isNotInIt() {
    Watcher watcher = push.watch(new Pass(BOB, 0, Long.MAX_VALUE), Wish.NOTICES, NOBODY_LISTENS);
    push.hear(List.of(by(Entity.inbox(BOB), new GroupLeft(CLUB))));
    settle();
    push.enter(watcher, Map.of(CLUB, 5L)); // as it was before
    push.hear(List.of(groupMessage(6)));
    settle();

    assertThat(watcher.next()).isNull();
  }

  @Test
  void revokedTokens_endTheStreamsThatCameWithThem() {
    Watcher old = push.watch(new Pass(BOB, 100, Long.MAX_VALUE), Wish.NOTICES, NOBODY_LISTENS);
    Watcher fresh = push.watch(new Pass(BOB, 101, Long.MAX_VALUE), Wish.NOTICES, NOBODY_LISTENS);
    push.hear(
        List.of(by(Entity.user(BOB), new TokensRevoked(100)), privateMessage(ANN, BOB, "secret")));

    assertThat(next(fresh).said()).isPresent();
    assertThat(old.next()).isEqualTo(End.KICKED_OUT);
    assertThat(old.next()).isEqualTo(End.KICKED_OUT);
  }

  @Test
  void moreThanThereMayBe_areRefused_andOfOneUserTheOldestEnds() {
    Watcher oldest = watch(BOB);
    watch(BOB);
    watch(BOB);
    assertThat(oldest.next()).isEqualTo(End.REPLACED);
    Watcher third = watch(ANN);
    assertThatThrownBy(() -> watch(7)).isInstanceOf(Refusal.class);

    push.leave(third);
    push.leave(third);
    watch(7);
    assertThatThrownBy(() -> watch(7)).isInstanceOf(Refusal.class);
  }

  @Test
  void whatIsTooMuch_isLost_butForWhatChangesWhoHears_andThatThereWasSomething() {
    Lane lane = new Lane(new Tally(meters));
    List<Announced> many = Collections.nCopies(1_000, privateMessage(ANN, BOB, "hello"));
    Announced joined = by(Entity.inbox(BOB), new GroupJoined(CLUB, 1));
    for (int i = 0; i < 100; i++) {
      lane.add(many);
    }
    lane.add(List.of(joined));

    List<Announced> kept = new ArrayList<>();
    for (int i = 0; i <= 100; i++) {
      kept.addAll(take(lane));
    }
    assertThat(kept).hasSize(20_001).endsWith(joined);
    assertThat(meters.get("sixin.push.lost").counter().count()).isEqualTo(80_000);
    assertThat(lane.lostMicros()).isEqualTo(joined.micros());
    assertThat(lane.lostMicros()).isZero();

    lane.add(many);
    assertThat(take(lane)).hasSize(1_000);
    assertThat(lane.lostMicros()).isZero();
  }

  private static List<Announced> take(Lane lane) {
    try {
      return lane.next(Duration.ofSeconds(10));
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  /// A device that asks for moments of all but one user.
  private Watcher watchMoments(long uid, long butOf) {
    Wish wish = new Wish(true, Optional.of(moment -> moment.uid() != butOf));
    Watcher watcher = push.watch(new Pass(uid, 0, Long.MAX_VALUE), wish, NOBODY_LISTENS);
    push.enter(watcher, Map.of());
    return watcher;
  }

  private static List<Signal> all(Watcher watcher) {
    return Stream.generate(watcher::next).takeWhile(Objects::nonNull).toList();
  }

  @Test
  void ofManyMoments_thatNobodyTakes_theNewestAreKept_oneOfAKindOfEachUser() {
    Watcher watcher = watchMoments(BOB, 0);
    for (long uid = 100; uid < 200; uid++) {
      push.typing(uid, BOB);
      push.hear(List.of(by(Entity.inbox(uid), new ReadFurther(BOB, 1))));
      push.hear(List.of(by(Entity.inbox(uid), new ReadFurther(BOB, 2))));
    }
    settle();

    List<Signal> kept = all(watcher);
    assertThat(kept).hasSize(Watcher.MOST_MOMENTS);
    assertThat(kept.subList(kept.size() - 4, kept.size()))
        .containsExactly(
            new Moment.Typing(198),
            new Moment.ReadFurther(198, 2),
            new Moment.Typing(199),
            new Moment.ReadFurther(199, 2));
  }

  @Test
  void momentsAreTold_toWhomTheyConcern_ifTheyAskForThem() {
    Watcher bob = watchMoments(BOB, ANN);
    Watcher ann = watchMoments(ANN, 0);
    push.typing(ANN, BOB);
    push.typing(BOB, ANN);
    push.hear(List.of(by(Entity.inbox(BOB), new ReadFurther(ANN, 7))));
    settle();

    assertThat(all(bob)).isEmpty();
    assertThat(all(ann)).containsExactly(new Moment.Typing(BOB), new Moment.ReadFurther(BOB, 7));
  }

  @Test
  void whoAsksForNoMoments_isToldNone() {
    Watcher old = watch(BOB);
    push.typing(ANN, BOB);
    push.hear(List.of(by(Entity.inbox(ANN), new ReadFurther(BOB, 7))));
    settle();

    assertThat(all(old)).isEmpty();
  }

  @Test
  void aMessage_standsForThatItWasBeingWritten() {
    Watcher watcher = watchMoments(BOB, 0);
    push.typing(ANN, BOB);
    push.typing(CLUB, BOB);
    push.hear(List.of(privateMessage(ANN, BOB, "hello")));
    settle();

    assertThat(all(watcher)).hasSize(2).last().isEqualTo(new Moment.Typing(CLUB));
  }

  @Test
  void ofALostFriend_nothingIsToldAnyMore() {
    Watcher watcher = watchMoments(BOB, 0);
    push.typing(ANN, BOB);
    push.hear(List.of(by(Entity.inbox(ANN), new ReadFurther(BOB, 7))));
    push.typing(CLUB, BOB);
    push.hear(List.of(by(Entity.relations(BOB), new RelationsChanged(ANN))));
    settle();

    assertThat(all(watcher)).hasSize(2).last().isEqualTo(new Moment.Typing(CLUB));
  }

  @Test
  void afterTheEnd_thereAreNoMoments() {
    Watcher watcher = watchMoments(BOB, 0);
    push.typing(ANN, BOB);
    settle();
    push.close();
    watcher.tell(new Moment.Typing(ANN));

    assertThat(watcher.next()).isEqualTo(End.STOPPING);
    assertThat(watcher.next()).isEqualTo(End.STOPPING);
  }
}
