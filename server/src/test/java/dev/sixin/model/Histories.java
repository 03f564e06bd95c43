package dev.sixin.model;

import dev.sixin.admin.v1.PutGroupRequest.Status;
import dev.sixin.admin.v1.Relation;
import dev.sixin.model.GroupSteps.AckHelper;
import dev.sixin.model.GroupSteps.Members;
import dev.sixin.model.GroupSteps.Mention;
import dev.sixin.model.GroupSteps.Put;
import dev.sixin.model.GroupSteps.Seat;
import dev.sixin.model.InboxSteps.Clear;
import dev.sixin.model.InboxSteps.ClosePrompt;
import dev.sixin.model.InboxSteps.Sweep;
import dev.sixin.model.SiteSteps.Ban;
import dev.sixin.model.SiteSteps.Describe;
import dev.sixin.model.SiteSteps.Feed;
import dev.sixin.model.SiteSteps.GoLive;
import dev.sixin.model.SiteSteps.Notice;
import dev.sixin.model.SiteSteps.Relate;
import dev.sixin.model.Step.Ack;
import dev.sixin.model.Step.Change;
import dev.sixin.model.Step.Forget;
import dev.sixin.model.Step.Mail;
import dev.sixin.model.Step.MoveClock;
import dev.sixin.model.Step.OddSend;
import dev.sixin.model.Step.OddTalker;
import dev.sixin.model.Step.Oddity;
import dev.sixin.model.Step.Pin;
import dev.sixin.model.Step.Place;
import dev.sixin.model.Step.Processed;
import dev.sixin.model.Step.Recall;
import dev.sixin.model.Step.Remove;
import dev.sixin.model.Step.Restart;
import dev.sixin.model.Step.Revoke;
import dev.sixin.model.Step.Send;
import dev.sixin.model.Step.Setting;
import dev.sixin.model.Step.SiteRecall;
import dev.sixin.model.Step.SiteSend;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.RandomDistribution;
import net.jqwik.api.Tuple;
import net.jqwik.api.Tuple.Tuple2;

/// Where histories come from.
final class Histories {
  private static final int MAX_STEPS = 40;

  private static final List<Who> EVERYBODY =
      List.copyOf(EnumSet.complementOf(EnumSet.of(Who.NOBODY)));

  /// Who takes part. Two people meet each other's doings more often than eight do.
  private static final List<List<Who>> CASTS =
      List.of(
          List.of(Who.ANN, Who.BEN),
          List.of(Who.ANN, Who.EVE, Who.BEN),
          List.of(Who.ANN, Who.SHOP, Who.HELPER),
          List.of(Who.ANN, Who.BEN, Who.CAT, Who.NOTICES),
          EVERYBODY,
          EVERYBODY,
          EVERYBODY);

  private static final Arbitrary<Club> CLUB =
      Arbitraries.frequency(
          Tuple.of(16, Club.FANS),
          Tuple.of(4, Club.CHOIR),
          Tuple.of(4, Club.BENS),
          Tuple.of(1, Club.NOWHERE));

  /// Of ten meetings, how many are with a group: for the same reason.
  private static final List<Integer> GROUPS = List.of(1, 4, 9);

  private final int groups;
  private final Arbitrary<Who> who;
  private final Arbitrary<Who> whoOrNobody;

  private Histories(List<Who> cast, int groups) {
    this.groups = groups;
    who = Arbitraries.of(cast);
    whoOrNobody =
        Arbitraries.frequencyOf(Tuple.of(40, who), Tuple.of(1, Arbitraries.just(Who.NOBODY)));
  }

  /// Histories in which old messages go.
  static Arbitrary<List<Turn>> forgetful() {
    return Combinators.combine(Arbitraries.of(CASTS), Arbitraries.of(GROUPS))
        .flatAs((cast, groups) -> new Histories(cast, groups).forgetfulTurns());
  }

  private Arbitrary<List<Turn>> forgetfulTurns() {
    return turns(
        Arbitraries.frequencyOf(
            Tuple.of(16, step()),
            Tuple.of(2, Arbitraries.just(new MoveClock(Duration.ofHours(24).plusSeconds(7)))),
            Tuple.of(2, Arbitraries.just(new Forget()))));
  }

  static Arbitrary<List<Turn>> all() {
    return Combinators.combine(Arbitraries.of(CASTS), Arbitraries.of(GROUPS))
        .flatAs((cast, groups) -> new Histories(cast, groups).allTurns());
  }

  private Arbitrary<List<Turn>> turns(Arbitrary<Step> step) {
    return Combinators.combine(step, Arbitraries.longs())
        .as(Turn::new)
        .list()
        .ofMinSize(1)
        .ofMaxSize(MAX_STEPS)
        .withSizeDistribution(RandomDistribution.uniform());
  }

  private Arbitrary<List<Turn>> allTurns() {
    return turns(step());
  }

  private Arbitrary<Step> step() {
    return Arbitraries.frequencyOf(
        Tuple.of(200, send()),
        Tuple.of(30, oddSend()),
        Tuple.of(80, siteSend()),
        Tuple.of(40, mail()),
        Tuple.of(15, ban()),
        Tuple.of(50, recall()),
        Tuple.of(30, siteRecall()),
        Tuple.of(100, ack()),
        Tuple.of(80, pin()),
        Tuple.of(50, remove()),
        Tuple.of(100, relate()),
        Tuple.of(100, change()),
        Tuple.of(10, oddTalker()),
        Tuple.of(20, describe()),
        Tuple.of(80, moveClock()),
        Tuple.of(10, revoke()),
        Tuple.of(10, processed()),
        Tuple.of(40, clear()),
        Tuple.of(30, who.map(ClosePrompt::new)),
        Tuple.of(10, goLive()),
        Tuple.of(15, feed()),
        Tuple.of(10, notice()),
        Tuple.of(8 * groups, put()),
        Tuple.of(15 * groups, members()),
        Tuple.of(15 * groups, mention()),
        Tuple.of(6 * groups, collect()),
        Tuple.of(10, ackHelper()),
        Tuple.of(1, seldomRestart()));
  }

  /// Two users, seldom the same twice.
  private Arbitrary<Tuple2<Who, Who>> pair(Arbitrary<Who> other) {
    return Combinators.combine(who, other, Arbitraries.integers().between(0, 30))
        .as(
            (one, two, chance) ->
                Tuple.of(
                    one, one != two || chance == 0 ? two : one == Who.ANN ? Who.BEN : Who.ANN));
  }

  /// A user and whom they have to do with: another user, seldom themselves, or a group.
  private Arbitrary<Tuple2<Who, Talker>> meeting() {
    return Arbitraries.frequencyOf(
        Tuple.of(10 - groups, pair(whoOrNobody).map(pair -> Tuple.of(pair.get1(), pair.get2()))),
        Tuple.of(groups, Combinators.combine(who, CLUB).as((one, club) -> Tuple.of(one, club))));
  }

  /// Mostly none; few different ones, so that retries come by themselves.
  private Arbitrary<Integer> cli() {
    return Arbitraries.frequency(
        Tuple.of(5, 0), Tuple.of(3, 1), Tuple.of(2, 2), Tuple.of(1, Integer.MAX_VALUE));
  }

  private Arbitrary<Kind> kind() {
    return Arbitraries.frequencyOf(
        Tuple.of(3, Arbitraries.just(Kind.TEXT)), Tuple.of(2, Arbitraries.of(Kind.class)));
  }

  private Arbitrary<Step> send() {
    return Combinators.combine(meeting(), kind(), cli())
        .as((pair, kind, cli) -> new Send(pair.get1(), pair.get2(), kind, cli));
  }

  private Arbitrary<Step> oddSend() {
    return Combinators.combine(pair(whoOrNobody), cli(), Arbitraries.of(Oddity.class))
        .as((pair, cli, oddity) -> new OddSend(pair.get1(), pair.get2(), cli, oddity));
  }

  private Arbitrary<Step> siteSend() {
    return Combinators.combine(meeting(), kind(), cli(), Arbitraries.integers().between(1, 4))
        .as((pair, kind, cli, times) -> new SiteSend(pair.get1(), pair.get2(), kind, cli, times));
  }

  /// Mostly by who may.
  private Arbitrary<Step> mail() {
    Arbitrary<Who> from =
        Arbitraries.frequencyOf(
            Tuple.of(5, Arbitraries.of(Who.SHOP, Who.HELPER)), Tuple.of(1, who));
    Arbitrary<Boolean> bySite = Arbitraries.frequency(Tuple.of(4, false), Tuple.of(1, true));
    return Combinators.combine(from, whoOrNobody.list().ofMaxSize(4), kind(), cli(), bySite)
        .as(Mail::new);
  }

  private Arbitrary<Step> ban() {
    return Combinators.combine(
            who, Arbitraries.frequency(Tuple.of(3, 0L), Tuple.of(3, 60L), Tuple.of(1, -1L)))
        .as(Ban::new);
  }

  private Arbitrary<Step> recall() {
    return Combinators.combine(meeting(), back(), cli())
        .as((pair, back, cli) -> new Recall(pair.get1(), pair.get2(), back, cli));
  }

  private Arbitrary<Step> siteRecall() {
    return Combinators.combine(meeting(), back())
        .as((pair, back) -> new SiteRecall(pair.get1(), pair.get2(), back));
  }

  private static Arbitrary<Integer> back() {
    return Arbitraries.frequency(Tuple.of(4, 0), Tuple.of(3, 1), Tuple.of(2, 2), Tuple.of(1, 5));
  }

  private Arbitrary<Step> ack() {
    return Combinators.combine(meeting(), Arbitraries.of(Place.class))
        .as((pair, place) -> new Ack(pair.get1(), pair.get2(), place));
  }

  private Arbitrary<Step> pin() {
    return Combinators.combine(
            meeting(), Arbitraries.frequency(Tuple.of(20, 0), Tuple.of(10, 1), Tuple.of(1, 2)))
        .as((pair, opType) -> new Pin(pair.get1(), pair.get2(), opType));
  }

  private Arbitrary<Step> remove() {
    return meeting().map(pair -> new Remove(pair.get1(), pair.get2()));
  }

  private Arbitrary<Step> relate() {
    Arbitrary<Relation.Kind> kind =
        Arbitraries.frequency(
            Tuple.of(6, Relation.Kind.FOLLOW),
            Tuple.of(3, Relation.Kind.UNFOLLOW),
            Tuple.of(2, Relation.Kind.BLOCK),
            Tuple.of(3, Relation.Kind.UNBLOCK));
    Arbitrary<Boolean> special = Arbitraries.frequency(Tuple.of(4, false), Tuple.of(1, true));
    return Combinators.combine(pair(who), kind, special)
        .as((pair, act, isSpecial) -> new Relate(pair.get1(), pair.get2(), act, isSpecial));
  }

  private Arbitrary<Step> change() {
    return Combinators.combine(
            meeting(), Arbitraries.of(Setting.class), Arbitraries.of(true, true, false))
        .as((pair, setting, value) -> new Change(pair.get1(), pair.get2(), setting, value));
  }

  private Arbitrary<Step> oddTalker() {
    return Combinators.combine(
            who,
            Arbitraries.of(0, 1, 2, 3, -1),
            Arbitraries.of(true, false),
            Arbitraries.integers().between(0, OddTalker.CALLS - 1))
        .as(OddTalker::new);
  }

  private Arbitrary<Step> describe() {
    return Combinators.combine(
            who, Arbitraries.integers().between(1, 9), Arbitraries.of(true, false))
        .as(Describe::new);
  }

  /// An odd number of seconds just short of a day and another just above, so that no sum of a few
  /// is exactly a day.
  private Arbitrary<Step> moveClock() {
    return Arbitraries.of(
            Duration.ofMillis(300),
            Duration.ofSeconds(2),
            Duration.ofSeconds(90),
            Duration.ofHours(1),
            Duration.ofHours(-1),
            Duration.ofSeconds(-2),
            Duration.ofHours(24).minusSeconds(61),
            Duration.ofHours(24).plusSeconds(7))
        .map(MoveClock::new);
  }

  private Arbitrary<Step> clear() {
    return Combinators.combine(who, Arbitraries.of(Sweep.class)).as(Clear::new);
  }

  private Arbitrary<Step> goLive() {
    return Combinators.combine(who, Arbitraries.of(1L, 1L, 0L, 2L)).as(GoLive::new);
  }

  private Arbitrary<Step> feed() {
    return Combinators.combine(
            who,
            Arbitraries.frequencyOf(
                Tuple.of(20, Arbitraries.of(Model.FEED)), Tuple.of(1, Arbitraries.just("likes"))),
            Arbitraries.frequency(
                Tuple.of(4, 1L),
                Tuple.of(4, 7L),
                Tuple.of(4, 0L),
                Tuple.of(1, Integer.MAX_VALUE + 1L),
                Tuple.of(1, Long.MAX_VALUE),
                Tuple.of(1, -1L)))
        .as(Feed::new);
  }

  private Arbitrary<Step> notice() {
    return Combinators.combine(who, Arbitraries.of(0, 1, 3, Integer.MAX_VALUE, -1)).as(Notice::new);
  }

  private Arbitrary<Step> put() {
    Arbitrary<Status> status =
        Arbitraries.frequency(
            Tuple.of(8, Status.NORMAL), Tuple.of(2, Status.FROZEN), Tuple.of(1, Status.DISSOLVED));
    Arbitrary<Club> club = Arbitraries.of(Club.FANS, Club.CHOIR, Club.CHOIR, Club.BENS, Club.BENS);
    return Combinators.combine(club, who, status, Arbitraries.integers().between(0, 9))
        .as(Put::new);
  }

  private Arbitrary<Step> members() {
    Arbitrary<Integer> role = Arbitraries.frequency(Tuple.of(8, 0), Tuple.of(3, 1), Tuple.of(1, 2));
    Arbitrary<Seat> seat = Combinators.combine(who, role).as(Seat::new);
    Arbitrary<List<Who>> few = who.list().ofMaxSize(2);
    return Combinators.combine(CLUB, seat.list().ofMaxSize(5), few, few).as(Members::new);
  }

  private Arbitrary<Step> mention() {
    Arbitrary<Talker> to = Arbitraries.frequencyOf(Tuple.of(8, CLUB), Tuple.of(1, whoOrNobody));
    return Combinators.combine(who, to, whoOrNobody.list().ofMaxSize(4), cli()).as(Mention::new);
  }

  private Arbitrary<Step> collect() {
    return Combinators.combine(who, CLUB, Arbitraries.of(true, true, false))
        .as((one, club, value) -> new Change(one, club, Setting.HELPER, value));
  }

  private Arbitrary<Step> ackHelper() {
    return Combinators.combine(who, Arbitraries.of(0L, 1L, 1L << 62, -1L)).as(AckHelper::new);
  }

  /// It takes two seconds.
  private Arbitrary<Step> seldomRestart() {
    return Arbitraries.frequencyOf(
        Tuple.of(1, Arbitraries.just(new Restart())), Tuple.of(2, moveClock()));
  }

  private Arbitrary<Step> revoke() {
    return who.map(Revoke::new);
  }

  private Arbitrary<Step> processed() {
    return Combinators.combine(who, Arbitraries.of(0L, 1L, 1L << 50, -1L)).as(Processed::new);
  }
}
