package dev.sixin.bench.torture.history;

import dev.sixin.bench.torture.history.Call.Send;
import dev.sixin.bench.torture.history.Checker.Report;
import dev.sixin.bench.torture.history.History.Letter;
import dev.sixin.bench.torture.history.Outcome.Refused;
import dev.sixin.bench.torture.history.Outcome.Sent;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// What was acknowledged is there as it was sent, once; what was refused is not there; what was
/// taken back is blank, and nothing else is.
final class MessagesCheck {
  private final History history;
  private final Report report;

  MessagesCheck(History history, Report report) {
    this.history = history;
    this.report = report;
  }

  void run() {
    history.attempts().forEach(this::checkAttempts);
    Map<Long, Talk> keys = new HashMap<>();
    history.logs().forEach((talk, lines) -> checkLog(talk, lines, keys));
  }

  private void checkAttempts(Letter letter, List<Entry> attempts) {
    Entry acknowledged = null;
    for (Entry attempt : attempts) {
      if (attempt.outcome() instanceof Sent(long key)) {
        checkThere(letter, attempt, key);
        acknowledged = acknowledged == null ? attempt : acknowledged;
        if (!acknowledged.outcome().equals(attempt.outcome())) {
          report.add(Anomaly.ONCE, "the same message was given two keys", acknowledged, attempt);
        }
      } else if (attempt.outcome() instanceof Refused
          && acknowledged != null
          && acknowledged.isBefore(attempt)) {
        report.add(Anomaly.ONCE, "a retry of a message was refused", acknowledged, attempt);
      }
    }
  }

  private void checkThere(Letter letter, Entry attempt, long key) {
    Optional<Line> line = history.withKey(letter.talk(), key);
    if (line.isEmpty()) {
      report.add(Anomaly.DURABLE, "an acknowledged message is gone", attempt);
      return;
    }
    Send send = (Send) attempt.call();
    boolean same =
        line.get().sender() == send.uid()
            && line.get().cliMsgId() == send.cliMsgId()
            && line.get().type() == send.type()
            && (line.get().isRecalled() || line.get().content().equals(send.content()));
    if (!same) {
      report.add(Anomaly.DURABLE, "an acknowledged message is another: " + line.get(), attempt);
    }
  }

  private void checkLog(Talk talk, List<Line> lines, Map<Long, Talk> keys) {
    Map<Letter, Line> letters = new HashMap<>();
    Map<Long, Line> recalls = new HashMap<>();
    for (Line line : lines) {
      Talk other = keys.put(line.key(), talk);
      if (other != null) {
        report.add(
            Anomaly.ONE_ORDER,
            "%s and %s: two messages have one key: %s".formatted(talk, other, line));
      }
      if (line.type() == Line.RECALL) {
        Line twice = recalls.put(Long.parseLong(line.content()), line);
        if (twice != null) {
          report.add(Anomaly.ONCE, "%s: taken back twice: %s, %s".formatted(talk, twice, line));
        }
      }
      if (line.sender() != 0) {
        checkSent(talk, line, letters.put(new Letter(line.sender(), talk, line.cliMsgId()), line));
      }
    }
    lines.forEach(line -> checkRecalled(talk, line, recalls.get(line.key())));
  }

  private void checkSent(Talk talk, Line line, Line earlier) {
    Entry[] attempts = history.attempts(talk, line).toArray(Entry[]::new);
    if (earlier != null && line.cliMsgId() != 0) {
      report.add(
          Anomaly.ONCE,
          "%s: a message is there twice: %s, %s".formatted(talk, earlier, line),
          attempts);
    }
    if (attempts.length == 0) {
      report.add(Anomaly.ONE_ORDER, "%s: nobody sent this: %s".formatted(talk, line));
      return;
    }
    boolean refused = true;
    for (Entry attempt : attempts) {
      refused &= attempt.outcome() instanceof Refused;
    }
    if (refused) {
      report.add(
          Anomaly.NO_EFFECT, "%s: a refused message is there: %s".formatted(talk, line), attempts);
    }
    Send send = (Send) attempts[0].call();
    if (!line.isRecalled() && !line.content().equals(send.content())) {
      report.add(Anomaly.ONE_ORDER, "%s: not what was sent: %s".formatted(talk, line), attempts[0]);
    }
  }

  private void checkRecalled(Talk talk, Line line, Line recall) {
    if (line.isRecalled() && recall == null) {
      report.add(Anomaly.NO_EFFECT, "%s: nobody took this back: %s".formatted(talk, line));
    }
    if (!line.isRecalled() && recall != null) {
      report.add(
          Anomaly.DURABLE,
          "%s: taken back and still there: %s".formatted(talk, line),
          history.attempts(talk, recall).toArray(Entry[]::new));
    }
    if (line.isRecalled()
        && history.attempts(talk, line).stream()
            .anyMatch(attempt -> ((Send) attempt.call()).content().equals(line.content()))) {
      report.add(
          Anomaly.ONE_ORDER, "%s: taken back, and its content stayed: %s".formatted(talk, line));
    }
  }
}
