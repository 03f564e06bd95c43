package dev.sixin.bench.torture.history;

import dev.sixin.bench.torture.history.Call.Pin;
import dev.sixin.bench.torture.history.Call.Relate;
import dev.sixin.bench.torture.history.Checker.Report;
import dev.sixin.bench.torture.history.History.Letter;
import dev.sixin.bench.torture.history.Outcome.Done;
import dev.sixin.bench.torture.history.Outcome.Listed;
import dev.sixin.bench.torture.history.Outcome.Refused;
import dev.sixin.bench.torture.history.Outcome.Sent;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Pins, follows and blocks are as they were set: what was acknowledged is so until it is set
/// again, what was refused is not.
final class StatesCheck {
  private static final int BLOCKED_BY_SENDER = 25005;
  private static final int REFUSED_BY_RECEIVER = 25003;
  private static final int ONE_MESSAGE_TO_STRANGERS = 21047;

  private final History history;
  private final Report report;
  private final Map<State, Register> states = new HashMap<>();

  /// When the last call about two users began of which nobody knows what it did.
  private final Map<Talk, Long> troubles = new HashMap<>();

  /// What can be so or not.
  private sealed interface State {
    record Pinned(long uid, Talk talk) implements State {}

    record Follows(long uid, long otherUid) implements State {}

    record Blocks(long uid, long otherUid) implements State {}
  }

  StatesCheck(History history, Report report) {
    this.history = history;
    this.report = report;
  }

  void run() {
    history.entries().forEach(this::note);
    for (Entry entry : history.entries()) {
      if (entry.outcome() instanceof Listed listed) {
        listed.sessions().forEach(session -> checkSession(entry, session));
      }
    }
    history.attempts().forEach(this::checkBlocks);
  }

  private void note(Entry entry) {
    if (entry.outcome() instanceof Refused) {
      return;
    }
    switch (entry.call()) {
      case Pin pin ->
          set(
              new State.Pinned(pin.uid(), pin.talk()),
              entry,
              history.latestMicros(entry),
              pin.pinned());
      case Relate relate -> {
        Talk pair = Talk.between(relate.uid(), relate.otherUid());
        Long trouble = troubles.get(pair);
        long arrived =
            history.arrivedMicros(entry, trouble != null && history.areNear(trouble, entry));
        if (!(entry.outcome() instanceof Done)) {
          troubles.put(pair, entry.startMicros());
        }
        State.Follows follows = new State.Follows(relate.uid(), relate.otherUid());
        State.Blocks blocks = new State.Blocks(relate.uid(), relate.otherUid());
        switch (relate.act()) {
          case FOLLOW -> set(follows, entry, arrived, true);
          case UNFOLLOW -> set(follows, entry, arrived, false);
          case BLOCK -> {
            set(blocks, entry, arrived, true);
            set(follows, entry, arrived, false);
            set(new State.Follows(relate.otherUid(), relate.uid()), entry, arrived, false);
          }
          case UNBLOCK -> set(blocks, entry, arrived, false);
        }
      }
      default -> {}
    }
  }

  private void set(State state, Entry entry, long latestMicros, boolean value) {
    states
        .computeIfAbsent(state, _ -> new Register())
        .set(value, entry.startMicros(), latestMicros, entry.outcome() instanceof Done);
  }

  private boolean mayBe(State state, boolean value, long startMicros, long endMicros) {
    return states.getOrDefault(state, new Register()).mayBe(value, startMicros, endMicros);
  }

  private void checkSession(Entry entry, Session session) {
    long uid = entry.call().uid();
    checkShown(entry, new State.Pinned(uid, session.talk()), session.pinned());
    if (!session.talk().isGroup()) {
      State follows = new State.Follows(uid, session.talk().talkerOf(uid));
      checkShown(entry, follows, session.followed());
    }
  }

  private void checkShown(Entry entry, State state, boolean shown) {
    if (!mayBe(state, shown, entry.startMicros(), entry.endMicros())) {
      report.add(
          Anomaly.NO_EFFECT, "%s is shown as %s, and can not be".formatted(state, shown), entry);
    }
  }

  private void checkBlocks(Letter letter, List<Entry> attempts) {
    if (letter.talk().isGroup() || ((Call.Send) attempts.getFirst().call()).type() == Line.RECALL) {
      return;
    }
    long receiver = letter.talk().talkerOf(letter.sender());
    State mine = new State.Blocks(letter.sender(), receiver);
    State theirs = new State.Blocks(receiver, letter.sender());
    State followed = new State.Follows(receiver, letter.sender());
    for (Entry attempt : attempts) {
      long start = attempt.startMicros();
      long end = attempt.endMicros();
      boolean possible =
          switch (attempt.outcome()) {
            case Refused(int code) ->
                switch (code) {
                  case BLOCKED_BY_SENDER -> mayBe(mine, true, start, end);
                  case REFUSED_BY_RECEIVER -> mayBe(theirs, true, start, end);
                  case ONE_MESSAGE_TO_STRANGERS -> mayBe(followed, false, start, end);
                  default -> true;
                };
            case Sent _ -> {
              long first = attempts.getFirst().startMicros();
              yield mayBe(mine, false, first, end) && mayBe(theirs, false, first, end);
            }
            default -> true;
          };
      if (!possible) {
        report.add(
            Anomaly.OTHER, "follows and blocks did not allow this answer: " + letter, attempt);
      }
    }
  }
}
