package dev.sixin.bench.torture.history;

import dev.sixin.bench.torture.history.Call.Fetch;
import dev.sixin.bench.torture.history.Call.Join;
import dev.sixin.bench.torture.history.Call.Trespass;
import dev.sixin.bench.torture.history.Checker.Report;
import dev.sixin.bench.torture.history.History.Reader;
import dev.sixin.bench.torture.history.Outcome.Listed;
import dev.sixin.bench.torture.history.Outcome.Page;
import dev.sixin.bench.torture.history.Outcome.Refused;
import dev.sixin.bench.torture.history.Outcome.Told;
import dev.sixin.bench.torture.history.Outcome.Unknown;
import java.util.HashSet;
import java.util.Set;

/// Nobody was shown a conversation, a session or a notice that is not theirs.
final class PrivacyCheck {
  private final History history;
  private final Report report;
  private final Set<Reader> members = new HashSet<>();

  PrivacyCheck(History history, Report report) {
    this.history = history;
    this.report = report;
  }

  void run() {
    for (Entry entry : history.entries()) {
      if (entry.call() instanceof Join join && !(entry.outcome() instanceof Refused)) {
        members.add(new Reader(join.uid(), join.talk()));
      }
    }
    history.entries().forEach(this::check);
  }

  private void check(Entry entry) {
    long uid = entry.call().uid();
    switch (entry.outcome()) {
      case Page page when entry.call() instanceof Fetch fetch -> {
        require(isOf(uid, fetch.talk()), entry, fetch.talk());
        page.lines().forEach(line -> require(isIn(line, fetch.talk()), entry, line));
      }
      case Listed listed ->
          listed.sessions().forEach(session -> require(isOf(uid, session.talk()), entry, session));
      case Told told -> {
        require(told.talk() == null || isOf(uid, told.talk()), entry, told.talk());
        if (told.line() != null) {
          require(isIn(told.line(), told.talk()), entry, told.line());
        }
      }
      default -> {}
    }
    if (entry.call() instanceof Trespass
        && !(entry.outcome() instanceof Refused || entry.outcome() instanceof Unknown)) {
      require(false, entry, "something of somebody else's");
    }
  }

  private boolean isOf(long uid, Talk talk) {
    return talk.isGroup() ? members.contains(new Reader(uid, talk)) : talk.isOf(uid);
  }

  private static boolean isIn(Line line, Talk talk) {
    return talk.isGroup()
        ? line.receiver() == talk.first()
        : Talk.between(line.sender(), line.receiver()).equals(talk);
  }

  private void require(boolean theirs, Entry entry, Object shown) {
    if (!theirs) {
      report.add(Anomaly.PRIVATE, "%d was shown %s".formatted(entry.call().uid(), shown), entry);
    }
  }
}
