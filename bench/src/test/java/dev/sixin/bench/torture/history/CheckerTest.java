package dev.sixin.bench.torture.history;

import static dev.sixin.bench.torture.history.Tape.ANN;
import static dev.sixin.bench.torture.history.Tape.ANN_BEN;
import static dev.sixin.bench.torture.history.Tape.BEN;
import static dev.sixin.bench.torture.history.Tape.CAL;
import static dev.sixin.bench.torture.history.Tape.GROUP;
import static dev.sixin.bench.torture.history.Tape.line;
import static dev.sixin.bench.torture.history.Tape.recall;
import static dev.sixin.bench.torture.history.Tape.recalled;
import static dev.sixin.bench.torture.history.Tape.session;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sixin.bench.torture.history.Call.Act;
import dev.sixin.bench.torture.history.Call.Fetch;
import dev.sixin.bench.torture.history.Call.News;
import dev.sixin.bench.torture.history.Call.Relate;
import dev.sixin.bench.torture.history.Call.Watch;
import dev.sixin.bench.torture.history.Outcome.Counted;
import dev.sixin.bench.torture.history.Outcome.Done;
import dev.sixin.bench.torture.history.Outcome.Listed;
import dev.sixin.bench.torture.history.Outcome.Page;
import dev.sixin.bench.torture.history.Outcome.Refused;
import dev.sixin.bench.torture.history.Outcome.Sent;
import dev.sixin.bench.torture.history.Outcome.Told;
import dev.sixin.bench.torture.history.Outcome.Unknown;
import java.util.List;
import org.junit.jupiter.api.Test;

/// Small records, most of them with one thing in them that can not be.
class CheckerTest {
  private static final Line FIRST = line(10, ANN, ANN_BEN, 1);
  private static final Line SECOND = line(20, BEN, ANN_BEN, 2);
  private static final Line THIRD = line(30, ANN, ANN_BEN, 3);
  private static final Unknown LOST = new Unknown("UNAVAILABLE");

  private final Tape tape = new Tape();

  private static void assertFound(List<Anomaly> found, int invariant, String what) {
    assertThat(found)
        .as("what was found")
        .singleElement()
        .satisfies(
            anomaly -> {
              assertThat(anomaly.invariant()).as("%s", anomaly).isEqualTo(invariant);
              assertThat(anomaly.what()).contains(what);
            });
  }

  private Tape talk() {
    return tape.sent(ANN_BEN, FIRST).sent(ANN_BEN, SECOND).sent(ANN_BEN, THIRD);
  }

  @Test
  void aConversationThatEverybodyReads_isWell() {
    talk()
        .call(new Fetch(BEN, ANN_BEN, 0, false, false), new Page(List.of(THIRD, SECOND), true))
        .session(BEN, session(ANN_BEN, 20, 30, 1))
        .call(new Call.Ack(BEN, ANN_BEN, 30), new Done())
        .session(BEN, session(ANN_BEN, 30, 30, 0));

    assertThat(
            tape.reads("client-2", BEN, ANN_BEN, FIRST, SECOND, THIRD)
                .end(ANN_BEN, FIRST, SECOND, THIRD))
        .isEmpty();
  }

  @Test
  void aRecordWithoutItsLastPart_saysNothing() {
    assertFound(talk().check(), 0, "no last part");
  }

  @Test
  void aMessageOfUnknownOutcome_mayBeThereOrNot() {
    tape.sent(ANN_BEN, FIRST, LOST).sent(ANN_BEN, SECOND, LOST);

    assertThat(tape.end(ANN_BEN, SECOND)).isEmpty();
  }

  @Test
  void aMessageThatWasRetried_isThereOnce() {
    tape.sent(ANN_BEN, FIRST, LOST).sent(ANN_BEN, FIRST, LOST).sent(ANN_BEN, FIRST);

    assertThat(tape.end(ANN_BEN, FIRST)).isEmpty();
  }

  // 1: an acknowledged message is durable

  @Test
  void anAcknowledgedMessageThatIsGone_breaks1() {
    assertFound(talk().end(ANN_BEN, FIRST, SECOND), 1, "gone");
  }

  @Test
  void anAcknowledgedMessageThatSaysSomethingElse_breaks1() {
    Line other = new Line(10, 1_010, ANN, BEN, Line.TEXT, 1, "something else", 0);

    assertThat(tape.sent(ANN_BEN, FIRST).end(ANN_BEN, other))
        .extracting(Anomaly::invariant)
        .containsExactly(1, 2);
  }

  @Test
  void anAcknowledgedRecallWithoutEffect_breaks1() {
    Line recall = recall(20, FIRST, 2);

    assertFound(
        tape.sent(ANN_BEN, FIRST).sent(ANN_BEN, recall).end(ANN_BEN, FIRST, recall),
        1,
        "taken back and still there");
  }

  // 2: one order for all readers

  @Test
  void readersWhoSeeDifferentThings_break2() {
    talk().settled();
    tape.reads("last-1", ANN, ANN_BEN, FIRST, SECOND, THIRD);
    tape.reads("last-2", BEN, ANN_BEN, FIRST, THIRD);

    assertThat(tape.check()).extracting(Anomaly::invariant).containsOnly(2);
    assertThat(tape.check()).anyMatch(found -> found.what().contains("what others see"));
  }

  @Test
  void aMessageThatWasReadAndIsGone_breaks2() {
    tape.sent(ANN_BEN, FIRST, LOST)
        .call(new Fetch(BEN, ANN_BEN, 0, true, false), new Page(List.of(FIRST), false))
        .sent(ANN_BEN, SECOND);

    assertFound(tape.end(ANN_BEN, SECOND), 2, "not what is there in the end");
  }

  @Test
  void aPageWithAGap_breaks2() {
    talk().call(new Fetch(BEN, ANN_BEN, 0, true, false), new Page(List.of(FIRST, THIRD), false));

    assertFound(tape.end(ANN_BEN, FIRST, SECOND, THIRD), 2, "not what is there in the end");
  }

  @Test
  void aPageThatEndsTooEarly_breaks2() {
    talk().call(new Fetch(BEN, ANN_BEN, 0, true, false), new Page(List.of(FIRST, SECOND), false));

    assertFound(tape.end(ANN_BEN, FIRST, SECOND, THIRD), 2, "others had seen");
  }

  @Test
  void aPageThatDoesNotKnowYetWhatIsSentMeanwhile_isWell() {
    tape.sent(ANN_BEN, FIRST)
        .sent(ANN_BEN, SECOND)
        .meanwhile(new Fetch(ANN, ANN_BEN, 0, true, false), new Page(List.of(FIRST), false));

    assertThat(tape.end(ANN_BEN, FIRST, SECOND)).isEmpty();
  }

  @Test
  void aMessageThatStandsBeforeAnEarlierOne_breaks2() {
    assertFound(
        tape.sent(ANN_BEN, THIRD).sent(ANN_BEN, FIRST).end(ANN_BEN, FIRST, THIRD),
        2,
        "stands before what was there before");
  }

  @Test
  void numbersThatDoNotIncrease_break2() {
    Line lowKey = new Line(20, 1_001, BEN, ANN, Line.TEXT, 2, "text 2", 0);

    assertFound(
        tape.sent(ANN_BEN, FIRST).sent(ANN_BEN, lowKey).end(ANN_BEN, FIRST, lowKey),
        2,
        "do not increase");
  }

  @Test
  void twoMessagesWithOneKey_break2() {
    Talk other = Talk.between(ANN, CAL);
    Line same = new Line(11, FIRST.key(), ANN, CAL, Line.TEXT, 4, "text 4", 0);
    tape.sent(ANN_BEN, FIRST).sent(other, same, LOST).settled();
    tape.reads("last-1", ANN, ANN_BEN, FIRST).reads("last-2", BEN, ANN_BEN, FIRST);
    tape.reads("last-1", ANN, other, same).reads("last-3", CAL, other, same);

    assertFound(tape.check(), 2, "two messages have one key");
  }

  @Test
  void aMessageThatNobodySent_breaks2() {
    assertFound(tape.sent(ANN_BEN, FIRST).end(ANN_BEN, FIRST, SECOND), 2, "nobody sent this");
  }

  @Test
  void aGapInTheNumbersOfAGroup_breaks2() {
    Line one = line(1, ANN, GROUP, 1);
    Line three = line(3, BEN, GROUP, 2);
    tape.joined(GROUP, ANN, BEN).sent(GROUP, one).sent(GROUP, three).settled();
    tape.reads("last-1", ANN, GROUP, one, three);

    assertFound(tape.check(), 2, "a gap");
  }

  @Test
  void whoJoinedLater_seesLess_andThatIsWell() {
    Line one = line(1, ANN, GROUP, 1);
    Line two = line(2, BEN, GROUP, 2);
    tape.joined(GROUP, ANN, BEN).sent(GROUP, one).sent(GROUP, two).settled();
    tape.reads("last-1", ANN, GROUP, one, two).reads("last-2", BEN, GROUP, two);

    assertThat(tape.check()).isEmpty();
  }

  @Test
  void whatWasTakenBackAndIsReadAgain_breaks2() {
    Line recall = recall(20, FIRST, 2);
    tape.sent(ANN_BEN, FIRST)
        .sent(ANN_BEN, recall)
        .call(new Fetch(BEN, ANN_BEN, 0, true, false), new Page(List.of(FIRST, recall), false));

    assertFound(tape.end(ANN_BEN, recalled(FIRST), recall), 2, "taken back before, and still read");
  }

  @Test
  void aPushedMessageThatIsNotThere_breaks2() {
    tape.sent(ANN_BEN, FIRST)
        .call("watch", new Watch(BEN, 1), new Told(50, ANN_BEN, THIRD))
        .reads("watch", BEN, ANN_BEN, FIRST);

    assertFound(tape.end(ANN_BEN, FIRST), 2, "pushed, and not there");
  }

  // 3: who polls or watches misses nothing

  @Test
  void aPollerThatMissesAMessage_breaks3() {
    tape.sent(ANN_BEN, FIRST)
        .session(BEN, session(ANN_BEN, 0, 10, 1))
        .reads("client-2", BEN, ANN_BEN, FIRST)
        .sent(ANN_BEN, SECOND);

    assertFound(tape.end(ANN_BEN, FIRST, SECOND), 3, "client-2 got 1 of 2");
  }

  @Test
  void aPollerThatGetsAMessageTwice_breaks3() {
    tape.sent(ANN_BEN, FIRST)
        .session(BEN, session(ANN_BEN, 0, 10, 1))
        .reads("client-2", BEN, ANN_BEN, FIRST)
        .reads("client-2", BEN, ANN_BEN, FIRST);

    assertFound(tape.end(ANN_BEN, FIRST), 3, "expected: no more");
  }

  @Test
  void aWatcherThatIsToldNothing_breaks3() {
    tape.call("watch", new Watch(BEN, 1), LOST).sent(ANN_BEN, FIRST);

    assertFound(tape.end(ANN_BEN, FIRST), 3, "watch got 0 of 1");
  }

  @Test
  void numbersOfNoticesThatDoNotIncrease_break3() {
    tape.sent(ANN_BEN, FIRST)
        .call("watch", new Watch(BEN, 1), new Told(50, ANN_BEN, FIRST))
        .call("watch", new Watch(BEN, 1), new Told(50, null, null))
        .reads("watch", BEN, ANN_BEN, FIRST);

    assertFound(tape.end(ANN_BEN, FIRST), 3, "do not increase");
  }

  @Test
  void aSessionTsThatDoesNotIncrease_breaks3() {
    Session early = new Session(ANN_BEN, 10, 10, 0, 500, 1_010, false, false);
    Session late = new Session(ANN_BEN, 20, 20, 0, 500, 1_020, false, false);
    tape.sent(ANN_BEN, FIRST)
        .call(new Call.Sessions(ANN), new Listed(List.of(early), false))
        .sent(ANN_BEN, SECOND)
        .call(new Call.Ack(ANN, ANN_BEN, 20), new Done())
        .call(new Call.Sessions(ANN), new Listed(List.of(late), false));

    assertThat(tape.end(ANN_BEN, FIRST, SECOND))
        .isNotEmpty()
        .allMatch(found -> found.invariant() == 3)
        .anyMatch(found -> found.what().contains("session_ts was"));
  }

  @Test
  void sessionsWhoseTimesAreNotInTheOrderOfTheirMessages_break3() {
    Talk other = Talk.between(ANN, CAL);
    Line later = new Line(11, 1_011, CAL, ANN, Line.TEXT, 4, "text 4", 0);
    Session withBen = new Session(ANN_BEN, 10, 10, 0, 800, 1_010, false, false);
    Session withCal = new Session(other, 0, 11, 1, 700, 1_011, false, false);
    tape.sent(ANN_BEN, FIRST)
        .sent(other, later)
        .call(new Call.Sessions(ANN), new Listed(List.of(withBen, withCal), false))
        .settled();
    tape.reads("last-1", ANN, ANN_BEN, FIRST).reads("last-2", BEN, ANN_BEN, FIRST);
    tape.reads("last-1", ANN, other, later).reads("last-3", CAL, other, later);

    assertFound(tape.check(), 3, "is not above what was there before");
  }

  @Test
  void aListWithoutASession_breaks3() {
    tape.sent(ANN_BEN, FIRST).call(new Call.Sessions(BEN), new Listed(List.of(), false));

    assertFound(tape.end(ANN_BEN, FIRST), 3, "the session is missing");
  }

  // 4: a retry is the same message

  @Test
  void aMessageThatIsThereTwice_breaks4() {
    Line again = new Line(20, 1_020, ANN, BEN, Line.TEXT, 1, FIRST.content(), 0);
    tape.sent(ANN_BEN, FIRST, LOST).sent(ANN_BEN, again);

    assertFound(tape.end(ANN_BEN, FIRST, again), 4, "there twice");
  }

  @Test
  void aRetryThatGetsAnotherKey_breaks4() {
    tape.sent(ANN_BEN, FIRST).sent(ANN_BEN, FIRST, new Sent(SECOND.key()));

    assertThat(tape.end(ANN_BEN, FIRST)).extracting(Anomaly::invariant).containsExactly(1, 4);
  }

  @Test
  void aRetryThatIsRefused_breaks4() {
    tape.call(new Relate(BEN, ANN, Act.FOLLOW), new Done())
        .sent(ANN_BEN, FIRST)
        .call(new Relate(BEN, ANN, Act.BLOCK), new Done())
        .sent(ANN_BEN, FIRST, new Refused(25003));

    assertFound(tape.end(ANN_BEN, FIRST), 4, "a retry of a message was refused");
  }

  @Test
  void aMessageThatWasTakenBackTwice_breaks4() {
    Line one = recall(20, FIRST, 2);
    Line two = recall(30, FIRST, 3);
    tape.sent(ANN_BEN, FIRST).sent(ANN_BEN, one).sent(ANN_BEN, two);

    assertFound(tape.end(ANN_BEN, recalled(FIRST), one, two), 4, "taken back twice");
  }

  // 5: unread is what is counted

  @Test
  void unreadThatIsNotWhatIsCounted_breaks5() {
    talk().session(BEN, session(ANN_BEN, 20, 30, 2));

    assertFound(
        tape.reads("client-2", BEN, ANN_BEN, FIRST, SECOND, THIRD)
            .end(ANN_BEN, FIRST, SECOND, THIRD),
        5,
        "2 unread (counted: 1)");
  }

  @Test
  void whatWasTakenBack_isNotUnread() {
    Line recall = recall(20, FIRST, 2);
    tape.sent(ANN_BEN, FIRST)
        .session(BEN, session(ANN_BEN, 0, 10, 1))
        .sent(ANN_BEN, recall)
        .session(BEN, session(ANN_BEN, 0, 20, 0))
        .reads("client-2", BEN, ANN_BEN, recalled(FIRST), recall);

    assertThat(tape.end(ANN_BEN, recalled(FIRST), recall)).isEmpty();
  }

  @Test
  void totalsThatAreNotTheSums_break5() {
    tape.sent(ANN_BEN, FIRST).settled();
    tape.reads("last-1", ANN, ANN_BEN, FIRST).reads("last-2", BEN, ANN_BEN, FIRST);
    tape.call(new Call.Sessions(BEN), new Listed(List.of(session(ANN_BEN, 0, 10, 1)), false));
    tape.call(new Call.Unread(BEN), new Counted(1, 0));

    assertFound(tape.check(), 5, "not the sums");
  }

  // 6: read positions only move forward

  @Test
  void aReadPositionThatMovesBack_breaks6() {
    talk()
        .call(new Call.Ack(BEN, ANN_BEN, 30), new Done())
        .session(BEN, session(ANN_BEN, 20, 30, 1))
        .reads("client-2", BEN, ANN_BEN, FIRST, SECOND, THIRD);

    assertFound(tape.end(ANN_BEN, FIRST, SECOND, THIRD), 6, "read up to 20, and up to 30 before");
  }

  @Test
  void whoseOwnMessageIsUnreadBefore_breaks6() {
    tape.sent(ANN_BEN, FIRST)
        .sent(ANN_BEN, SECOND)
        .session(BEN, session(ANN_BEN, 0, 20, 1))
        .reads("client-2", BEN, ANN_BEN, FIRST, SECOND);

    assertFound(tape.end(ANN_BEN, FIRST, SECOND), 6, "read up to 0, and up to 20 before");
  }

  @Test
  void aReadPositionBeyondTheEnd_breaks6() {
    tape.sent(ANN_BEN, FIRST)
        .session(BEN, session(ANN_BEN, 99, 10, 0))
        .reads("client-2", BEN, ANN_BEN, FIRST);

    assertFound(tape.end(ANN_BEN, FIRST), 6, "beyond the last message");
  }

  // 7: nobody sees what is not theirs

  @Test
  void aMessageOfOthers_breaks7() {
    Line stray = new Line(20, 1_020, CAL, BEN, Line.TEXT, 9, "text 9", 0);
    tape.sent(ANN_BEN, FIRST).sent(Talk.between(BEN, CAL), stray, LOST).settled();
    tape.reads("last-1", ANN, ANN_BEN, FIRST, stray).reads("last-2", BEN, ANN_BEN, FIRST, stray);

    assertThat(tape.check())
        .filteredOn(found -> found.invariant() == 7)
        .hasSize(2)
        .allMatch(found -> found.what().contains("was shown"));
  }

  @Test
  void aSessionOfOthers_breaks7() {
    tape.sent(ANN_BEN, FIRST).session(CAL, session(ANN_BEN, 10, 10, 0));

    assertFound(tape.end(ANN_BEN, FIRST), 7, "3 was shown");
  }

  @Test
  void aGroupThatIsReadFromOutside_breaks7() {
    Line one = line(1, ANN, GROUP, 1);
    tape.joined(GROUP, ANN)
        .sent(GROUP, one)
        .call(new Fetch(CAL, GROUP, 0, true, false), new Page(List.of(one), false))
        .settled();

    assertFound(tape.reads("last-1", ANN, GROUP, one).check(), 7, "3 was shown g101");
  }

  @Test
  void aNoticeOfOthers_breaks7() {
    tape.sent(ANN_BEN, FIRST).call("watch", new Watch(CAL, 1), new Told(50, ANN_BEN, null));

    assertFound(tape.end(ANN_BEN, FIRST), 7, "3 was shown 1-2");
  }

  @Test
  void whatMustBeRefusedAndIsNot_breaks7() {
    tape.sent(ANN_BEN, FIRST).call(new Call.Trespass(CAL, "unread of 1"), new Done());

    assertFound(tape.end(ANN_BEN, FIRST), 7, "somebody else's");
  }

  // 8: what fails changes nothing

  @Test
  void aRefusedMessageThatIsThere_breaks8() {
    tape.call(new Relate(ANN, BEN, Act.BLOCK), new Done()).sent(ANN_BEN, FIRST, new Refused(25005));

    assertFound(tape.end(ANN_BEN, FIRST), 8, "a refused message is there");
  }

  @Test
  void aMessageThatIsBlankAndThatNobodyTookBack_breaks8() {
    assertFound(
        tape.sent(ANN_BEN, FIRST).end(ANN_BEN, recalled(FIRST)), 8, "nobody took this back");
  }

  @Test
  void aPinThatNobodySet_breaks8() {
    Session pinned = new Session(ANN_BEN, 0, 10, 1, 500, 1_010, false, true);
    tape.sent(ANN_BEN, FIRST)
        .call(new Call.Pin(BEN, ANN_BEN, true), new Refused(-404))
        .session(BEN, pinned)
        .reads("client-2", BEN, ANN_BEN, FIRST);

    assertFound(tape.end(ANN_BEN, FIRST), 8, "is shown as true, and can not be");
  }

  @Test
  void aPinOfUnknownOutcome_mayBeThereOrNot_untilItIsSetAgain() {
    Session pinned = new Session(ANN_BEN, 0, 10, 1, 500, 1_010, false, true);
    Session plain = new Session(ANN_BEN, 0, 10, 1, 500, 1_010, false, false);
    tape.sent(ANN_BEN, FIRST)
        .call(new Call.Pin(BEN, ANN_BEN, true), LOST)
        .session(BEN, plain)
        .session(BEN, pinned)
        .call(new Call.Event(Call.Event.Kind.GONE, "killed"), new Done())
        .call(new Call.Pin(BEN, ANN_BEN, false), new Done())
        .session(BEN, pinned)
        .reads("client-2", BEN, ANN_BEN, FIRST);

    assertFound(tape.end(ANN_BEN, FIRST), 8, "is shown as true, and can not be");
  }

  @Test
  void aFollowThatIsNotShown_breaks8() {
    tape.sent(ANN_BEN, FIRST)
        .call("site", new Relate(BEN, ANN, Act.FOLLOW), new Done())
        .session(BEN, session(ANN_BEN, 0, 10, 1))
        .reads("client-2", BEN, ANN_BEN, FIRST);

    assertFound(tape.end(ANN_BEN, FIRST), 8, "is shown as false");
  }

  // what no invariant names

  @Test
  void aMessageToWhomOneBlocks_isFound() {
    tape.call("site", new Relate(ANN, BEN, Act.BLOCK), new Done()).sent(ANN_BEN, FIRST);

    assertFound(tape.end(ANN_BEN, FIRST), 0, "follows and blocks did not allow this");
  }

  @Test
  void aRefusalWithoutAReason_isFound() {
    tape.sent(ANN_BEN, FIRST).sent(ANN_BEN, SECOND, new Refused(25003));

    assertFound(tape.end(ANN_BEN, FIRST), 0, "follows and blocks did not allow this");
  }

  @Test
  void aTokenThatIsNotTakenAnyMore_isFound() {
    tape.sent(ANN_BEN, FIRST).call(new Call.Unread(ANN), new Refused(-101));

    assertFound(tape.end(ANN_BEN, FIRST), 0, "refused with -101");
  }

  @Test
  void aFaultOfTheServers_isFound() {
    tape.sent(ANN_BEN, FIRST).call(new Call.Unread(ANN), new Unknown("-500"));

    assertFound(tape.end(ANN_BEN, FIRST), 0, "a fault of the server's");
  }

  @Test
  void newsThatIsNotNew_breaks3() {
    tape.sent(ANN_BEN, FIRST)
        .call(new News(BEN, 2_000_000), new Listed(List.of(session(ANN_BEN, 0, 10, 1)), false))
        .reads("client-2", BEN, ANN_BEN, FIRST);

    assertFound(tape.end(ANN_BEN, FIRST), 3, "not above begin_ts");
  }
}
