package dev.sixin.bench.torture.history;

import dev.sixin.bench.torture.history.Call.Ack;
import dev.sixin.bench.torture.history.Call.Send;
import dev.sixin.bench.torture.history.Call.Sessions;
import dev.sixin.bench.torture.history.Call.Unread;
import dev.sixin.bench.torture.history.Checker.Report;
import dev.sixin.bench.torture.history.History.Reader;
import dev.sixin.bench.torture.history.Outcome.Counted;
import dev.sixin.bench.torture.history.Outcome.Done;
import dev.sixin.bench.torture.history.Outcome.Listed;
import dev.sixin.bench.torture.history.Outcome.Sent;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/// What sessions say of their conversations: unread as it is counted, read positions that only move
/// forward, times in the order of the last messages.
final class SessionsCheck {
  private final History history;
  private final Report report;
  private final Map<Reader, Floor> read = new HashMap<>();

  /// The session_ts that each user was shown with each last message.
  private final Map<Reader, TreeMap<Long, Long>> times = new HashMap<>();

  /// What was last shown to a user in the end.
  private final Map<Long, Entry> lastLists = new HashMap<>();

  SessionsCheck(History history, Report report) {
    this.history = history;
    this.report = report;
  }

  void run() {
    history.entries().forEach(this::notePosition);
    for (Entry entry : history.entries()) {
      if (entry.outcome() instanceof Listed listed) {
        checkTimes(entry, listed.sessions());
        listed.sessions().forEach(session -> checkSession(entry, session));
        if (entry.call() instanceof Sessions && !listed.more()) {
          checkAllThere(entry, listed.sessions());
          lastLists.put(entry.call().uid(), entry);
        }
      }
    }
    history.entries().stream()
        .filter(history::isInTheEnd)
        .filter(entry -> entry.call() instanceof Unread)
        .forEach(this::checkTotals);
    checkOrderOfTimes();
  }

  private void notePosition(Entry entry) {
    switch (entry.call()) {
      case Ack ack when entry.outcome() instanceof Done && !history.isApart() -> {
        long last = history.visibleBefore(ack.talk(), entry.startMicros());
        note(ack.uid(), ack.talk(), entry, ack.seqno() == 0 ? last : ack.seqno());
      }
      case Send send when entry.outcome() instanceof Sent(long key) && !history.isApart() ->
          history
              .withKey(send.talk(), key)
              .ifPresent(line -> note(send.uid(), send.talk(), entry, line.seqno()));
      default -> {}
    }
    if (entry.outcome() instanceof Listed listed) {
      for (Session session : listed.sessions()) {
        note(entry.call().uid(), session.talk(), entry, session.ack());
      }
    }
  }

  private void note(long uid, Talk talk, Entry entry, long seqno) {
    read.computeIfAbsent(new Reader(uid, talk), _ -> new Floor()).add(entry.endMicros(), seqno);
  }

  private void checkSession(Entry entry, Session session) {
    long uid = entry.call().uid();
    Reader reader = new Reader(uid, session.talk());
    if (!history.lastReads().containsKey(reader)) {
      return; // nothing was ever said there, or PrivacyCheck says why
    }
    long visible = history.shownBefore(reader, entry);
    if (session.max() < visible) {
      report.add(
          Anomaly.ONE_ORDER,
          "%s: ends at %d, and %d was seen before"
              .formatted(session.talk(), session.max(), visible),
          entry);
    }
    if (session.ack() > session.max()) {
      report.add(Anomaly.FORWARD, session.talk() + ": read beyond the last message", entry);
    }
    long position = read.getOrDefault(reader, new Floor()).before(entry.startMicros());
    if (session.ack() < Math.min(position, session.max())) {
      report.add(
          Anomaly.FORWARD,
          "%s: read up to %d, and up to %d before"
              .formatted(session.talk(), session.ack(), position),
          entry);
    }
    checkLast(entry, session);
    long unread = unread(uid, session);
    if (session.unread() < unread || session.unread() > unread + ownUnknown(entry, session)) {
      report.add(
          Anomaly.UNREAD,
          "%s: %d unread (counted: %d)".formatted(session.talk(), session.unread(), unread),
          entry);
    }
  }

  private void checkLast(Entry entry, Session session) {
    Line last = history.numbered(session.talk()).get(session.max());
    if (session.lastKey() != 0 && (last == null || last.key() != session.lastKey())) {
      report.add(
          Anomaly.ONE_ORDER,
          "%s: the last message is not %s".formatted(session.talk(), last),
          entry);
    }
  }

  /// Counts what others wrote after the read position and had not taken back when the last message
  /// came.
  private long unread(long uid, Session session) {
    if (session.ack() >= session.max()) {
      return 0;
    }
    Map<Long, Line> after =
        history.numbered(session.talk()).subMap(session.ack(), false, session.max(), true);
    Set<Long> recalled = new HashSet<>();
    for (Line line : after.values()) {
      if (line.type() == Line.RECALL) {
        recalled.add(Long.parseLong(line.content()));
      }
    }
    return after.values().stream()
        .filter(line -> line.sender() != uid && line.countsAsUnread())
        .filter(line -> !recalled.contains(line.key()))
        .count();
  }

  /// How many messages of its own an inbox may not know of yet, and so take for others': where a
  /// session is put together from a group and an inbox that are apart.
  private long ownUnknown(Entry entry, Session session) {
    if (!history.isApart() || !session.talk().isGroup() || history.isInTheEnd(entry)) {
      return 0;
    }
    return history
        .numbered(session.talk())
        .subMap(session.ack(), false, Math.max(session.ack(), session.max()), true)
        .values()
        .stream()
        .filter(line -> line.sender() == entry.call().uid() && line.countsAsUnread())
        .count();
  }

  private void checkAllThere(Entry entry, List<Session> sessions) {
    Set<Talk> shown = new HashSet<>();
    sessions.forEach(session -> shown.add(session.talk()));
    for (Map.Entry<Reader, List<Line>> log : history.lastReads().entrySet()) {
      Reader reader = log.getKey();
      boolean spoken =
          !log.getValue().isEmpty()
              && history.shownBefore(reader, entry) >= log.getValue().getFirst().seqno();
      if (reader.uid() == entry.call().uid() && spoken && !shown.contains(reader.talk())) {
        report.add(Anomaly.NOTHING_MISSED, reader.talk() + ": the session is missing", entry);
      }
    }
  }

  private void checkTotals(Entry entry) {
    Entry list = lastLists.get(entry.call().uid());
    if (list == null || !(entry.outcome() instanceof Counted counted)) {
      return;
    }
    Counted sum = new Counted(sum(list, true), sum(list, false));
    if (!counted.equals(sum)) {
      report.add(Anomaly.UNREAD, "the totals are not the sums: " + sum, list, entry);
    }
  }

  private static long sum(Entry list, boolean followed) {
    return ((Listed) list.outcome())
        .sessions().stream()
            .filter(session -> !session.talk().isGroup() && session.followed() == followed)
            .mapToLong(Session::unread)
            .sum();
  }

  private void checkTimes(Entry entry, List<Session> sessions) {
    Set<Long> seen = new HashSet<>();
    for (Session session : sessions) {
      if ((!history.isApart() || !session.talk().isGroup()) && !seen.add(session.sessionTs())) {
        report.add(Anomaly.NOTHING_MISSED, "two sessions have one session_ts", entry);
      }
      if (entry.call() instanceof Call.News news && session.sessionTs() <= news.beginTs()) {
        report.add(Anomaly.NOTHING_MISSED, "not above begin_ts: " + session, entry);
      }
      Reader reader = new Reader(entry.call().uid(), session.talk());
      TreeMap<Long, Long> shown = times.computeIfAbsent(reader, _ -> new TreeMap<>());
      Long before = shown.put(session.max(), session.sessionTs());
      Map.Entry<Long, Long> lower = shown.lowerEntry(session.max());
      Map.Entry<Long, Long> higher = shown.higherEntry(session.max());
      boolean inOrder =
          (before == null || before == session.sessionTs())
              && (lower == null || lower.getValue() < session.sessionTs())
              && (higher == null || higher.getValue() > session.sessionTs());
      if (!inOrder) {
        report.add(
            Anomaly.NOTHING_MISSED,
            "%s: session_ts was %s with this message, %s before it, %s after it"
                .formatted(session, before, lower, higher),
            entry);
      }
    }
  }

  /// Across the conversations of a user, what was sent after something was there is later. Where
  /// places are apart, that is so within each.
  private void checkOrderOfTimes() {
    Map<Reader, Floor> newest = new HashMap<>();
    forEachTime(
        (reader, attempts, micros) -> {
          long end =
              attempts.stream()
                  .filter(attempt -> attempt.outcome() instanceof Sent)
                  .filter(_ -> reader.talk().isGroup() || history.hasArrived(attempts))
                  .mapToLong(Entry::endMicros)
                  .min()
                  .orElse(Long.MAX_VALUE);
          newest.computeIfAbsent(place(reader), _ -> new Floor()).add(end, micros);
        });
    forEachTime(
        (reader, attempts, micros) -> {
          Entry first = attempts.getFirst();
          if (newest.get(place(reader)).before(first.startMicros()) >= micros) {
            report.add(
                Anomaly.NOTHING_MISSED,
                "%s: session_ts %d of %d is not above what was there before"
                    .formatted(reader.talk(), micros, reader.uid()),
                first);
          }
        });
  }

  /// Where the times of a session come from: the inbox, or, where they are apart, the group.
  private Reader place(Reader reader) {
    boolean own = history.isApart() && reader.talk().isGroup();
    return own ? reader : new Reader(reader.uid(), null);
  }

  @FunctionalInterface
  private interface Time {
    void of(Reader reader, List<Entry> attempts, long sessionTs);
  }

  private void forEachTime(Time each) {
    times.forEach(
        (reader, shown) ->
            shown.forEach(
                (seqno, sessionTs) -> {
                  Line line = history.numbered(reader.talk()).get(seqno);
                  List<Entry> attempts =
                      line == null ? List.of() : history.attempts(reader.talk(), line);
                  if (!attempts.isEmpty()) {
                    each.of(reader, attempts, sessionTs);
                  }
                }));
  }
}
