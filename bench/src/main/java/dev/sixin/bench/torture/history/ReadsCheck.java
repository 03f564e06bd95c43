package dev.sixin.bench.torture.history;

import dev.sixin.bench.torture.history.Call.Fetch;
import dev.sixin.bench.torture.history.Call.Watch;
import dev.sixin.bench.torture.history.Checker.Report;
import dev.sixin.bench.torture.history.History.Reader;
import dev.sixin.bench.torture.history.Outcome.Page;
import dev.sixin.bench.torture.history.Outcome.Told;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;

/// All who read a conversation, whenever they do, see stretches of one log without gaps: at least
/// what others were known to see before.
final class ReadsCheck {
  private final History history;
  private final Report report;

  ReadsCheck(History history, Report report) {
    this.history = history;
    this.report = report;
  }

  void run() {
    history.logs().forEach(this::checkLog);
    history.lastReads().forEach(this::checkLastRead);
    for (Entry entry : history.entries()) {
      if (entry.call() instanceof Fetch fetch && entry.outcome() instanceof Page page) {
        checkPage(entry, fetch, page);
      }
      if (entry.call() instanceof Watch && entry.outcome() instanceof Told told) {
        checkPushed(entry, told);
      }
    }
  }

  private void checkLog(Talk talk, List<Line> log) {
    Line last = null;
    for (Line line : log) {
      if (last != null && (line.seqno() <= last.seqno() || line.key() <= last.key())) {
        report.add(
            Anomaly.ONE_ORDER, "%s: numbers do not increase: %s, %s".formatted(talk, last, line));
      }
      if (last != null && talk.isGroup() && line.seqno() > last.seqno() + 1) {
        report.add(Anomaly.ONE_ORDER, "%s: a gap: %s, %s".formatted(talk, last, line));
      }
      List<Entry> attempts = history.attempts(talk, line);
      if (!attempts.isEmpty()
          && history.visibleBefore(talk, attempts.getFirst().startMicros()) >= line.seqno()) {
        report.add(
            Anomaly.ONE_ORDER,
            "%s: stands before what was there before it was sent: %s".formatted(talk, line),
            attempts.getFirst());
      }
      last = line;
    }
  }

  private void checkLastRead(Reader reader, List<Line> lines) {
    List<Line> log = history.logs().get(reader.talk());
    int before = reader.talk().isGroup() ? log.size() - lines.size() : 0;
    if (!isSame(lines, log.subList(before, log.size()))) {
      report.add(
          Anomaly.ONE_ORDER,
          "%s: %d does not see in the end what others see: %s"
              .formatted(
                  reader.talk(),
                  reader.uid(),
                  firstDifference(lines, log.subList(before, log.size()))));
    }
  }

  private static boolean isSame(List<Line> one, List<Line> other) {
    return one.size() == other.size() && firstDifference(one, other).isEmpty();
  }

  /// Where two lists of messages part, in words; empty: nowhere before the end of the shorter one.
  static String firstDifference(List<Line> one, List<Line> other) {
    Iterator<Line> others = other.iterator();
    for (Line line : one) {
      if (!others.hasNext()) {
        return line + " (expected: no more)";
      }
      Line expected = others.next();
      if (!line.isSameAs(expected)) {
        return line + " (expected: " + expected + ")";
      }
    }
    return "";
  }

  private void checkPage(Entry entry, Fetch fetch, Page page) {
    List<Line> last = history.lastReads().get(new Reader(fetch.uid(), fetch.talk()));
    if (last == null) {
      return; // not a reader of it: PrivacyCheck says so
    }
    List<Line> lines = fetch.upward() ? page.lines() : page.lines().reversed();
    long from = fetch.begin();
    if (!fetch.upward() && !lines.isEmpty()) {
      from = lines.getFirst().seqno() - 1;
    }
    NavigableMap<Long, Line> log = history.numbered(fetch.talk());
    long firstOfReader = last.isEmpty() ? Long.MAX_VALUE : last.getFirst().seqno();
    Map<Long, Line> above = log.tailMap(Math.max(from + 1, firstOfReader), true);
    String difference =
        firstDifference(lines, List.copyOf(above.values().stream().limit(lines.size()).toList()));
    if (!difference.isEmpty()) {
      report.add(Anomaly.ONE_ORDER, "not what is there in the end: " + difference, entry);
      return;
    }
    long reached = lines.isEmpty() ? from : lines.getLast().seqno();
    boolean isAll = !fetch.upward() || !page.more();
    long visible = history.visibleBefore(fetch.talk(), entry.startMicros());
    if (isAll && reached < visible && visible >= firstOfReader) {
      report.add(
          Anomaly.ONE_ORDER,
          "ends at %d, and others had seen %s".formatted(reached, log.get(visible)),
          entry);
    }
    for (Line line : lines) {
      checkRecall(entry, fetch.talk(), line, log.get(line.seqno()));
    }
  }

  private void checkRecall(Entry entry, Talk talk, Line line, Line inTheEnd) {
    if (line.isRecalled() && !inTheEnd.isRecalled()) {
      report.add(Anomaly.ONE_ORDER, "taken back, and there again in the end: " + line, entry);
    }
    if (line.isRecalled() || !inTheEnd.isRecalled()) {
      return;
    }
    long recall =
        history.numbered(talk).tailMap(line.seqno()).values().stream()
            .filter(other -> other.type() == Line.RECALL)
            .filter(other -> Long.parseLong(other.content()) == line.key())
            .mapToLong(Line::seqno)
            .findFirst()
            .orElse(Long.MAX_VALUE);
    if (recall <= history.visibleBefore(talk, entry.startMicros())) {
      report.add(Anomaly.ONE_ORDER, "taken back before, and still read: " + line, entry);
    }
  }

  private void checkPushed(Entry entry, Told told) {
    if (told.line() == null) {
      return;
    }
    Line there = history.numbered(told.talk()).get(told.line().seqno());
    if (there == null || !there.isSameAs(told.line())) {
      report.add(Anomaly.ONE_ORDER, "pushed, and not there: " + told.line(), entry);
    }
  }
}
