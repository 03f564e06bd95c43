package dev.sixin.bench.torture.history;

import dev.sixin.bench.torture.history.Call.Event;
import dev.sixin.bench.torture.history.Call.Event.Kind;
import dev.sixin.bench.torture.history.Call.Fetch;
import dev.sixin.bench.torture.history.Call.Send;
import dev.sixin.bench.torture.history.Outcome.Listed;
import dev.sixin.bench.torture.history.Outcome.Page;
import dev.sixin.bench.torture.history.Outcome.Sent;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;

/// A record, and what follows from it before anything is checked: what was in each conversation in
/// the end, who had tried to put it there, and from when on it was there.
final class History {
  /// A call whose outcome nobody learned has its effect before this, or never.
  static final long LATEST_MICROS = 60_000_000;

  /// Where places are apart, an answer waits so long for all of them.
  private static final long WAITED_MICROS = 1_900_000;

  /// Where places are apart, what did not get to all of them does within this.
  private static final long DELIVERED_MICROS = 240_000_000;

  private final List<Entry> entries;
  private final long settledMicros;
  private final boolean apart;
  private final TreeSet<Long> gone = new TreeSet<>();

  private final Map<Letter, List<Entry>> attempts = new LinkedHashMap<>();
  private final Map<Collector, List<Line>> collected = new LinkedHashMap<>();
  private final Map<Reader, List<Line>> lastReads = new LinkedHashMap<>();
  private final Map<Talk, List<Line>> logs = new LinkedHashMap<>();
  private final Map<Talk, TreeMap<Long, Line>> bySeqno = new HashMap<>();
  private final Map<Long, Line> byKey = new HashMap<>();
  private final Map<Talk, Floor> visible = new HashMap<>();

  /// The same of the sessions that users have with them.
  private final Map<Reader, Floor> shown = new HashMap<>();

  /// What makes a message one, however often it is sent.
  record Letter(long sender, Talk talk, long cliMsgId) {}

  /// A client that keeps what it reads of a conversation.
  record Collector(String client, long uid, Talk talk) {}

  /// Somebody who may read a conversation.
  record Reader(long uid, Talk talk) {}

  History(List<Entry> record) {
    entries = record.stream().sorted(Comparator.comparingLong(Entry::startMicros)).toList();
    settledMicros =
        events(Kind.SETTLED).mapToLong(Entry::startMicros).findFirst().orElse(Long.MAX_VALUE);
    apart = events(Kind.APART).findAny().isPresent();
    events(Kind.GONE).forEach(entry -> gone.add(entry.endMicros()));
    Map<Collector, Long> begun = new HashMap<>();
    for (Entry entry : entries) {
      if (entry.call() instanceof Send send && send.cliMsgId() != 0) {
        Letter letter = new Letter(send.uid(), send.talk(), send.cliMsgId());
        attempts.computeIfAbsent(letter, _ -> new ArrayList<>()).add(entry);
      }
      if (entry.call() instanceof Fetch fetch
          && fetch.collecting()
          && entry.outcome() instanceof Page page) {
        Collector collector = new Collector(entry.client(), fetch.uid(), fetch.talk());
        begun.putIfAbsent(collector, entry.startMicros());
        collected.computeIfAbsent(collector, _ -> new ArrayList<>()).addAll(page.lines());
      }
    }
    collected.forEach(
        (collector, lines) -> {
          if (begun.get(collector) > settledMicros) {
            Reader reader = new Reader(collector.uid(), collector.talk());
            lastReads.merge(reader, lines, History::longer);
            logs.merge(collector.talk(), lines, History::longer);
          }
        });
    logs.forEach(
        (talk, lines) -> {
          TreeMap<Long, Line> numbered = new TreeMap<>();
          lines.forEach(line -> numbered.putIfAbsent(line.seqno(), line));
          lines.forEach(line -> byKey.putIfAbsent(line.key(), line));
          bySeqno.put(talk, numbered);
        });
    entries.forEach(this::see);
  }

  private Stream<Entry> events(Kind kind) {
    return entries.stream()
        .filter(entry -> entry.call() instanceof Event event && event.kind() == kind);
  }

  private static <T> List<T> longer(List<T> one, List<T> other) {
    return one.size() >= other.size() ? one : other;
  }

  private void see(Entry entry) {
    switch (entry.outcome()) {
      case Sent(long key) when entry.call() instanceof Send send && byKey.containsKey(key) -> {
        Line line = byKey.get(key);
        see(send.talk(), entry, line.seqno());
        if (hasArrived(attempts(send.talk(), line))) {
          show(new Reader(line.sender(), send.talk()), entry, line.seqno());
          show(new Reader(line.receiver(), send.talk()), entry, line.seqno());
        }
      }
      case Page page when entry.call() instanceof Fetch fetch ->
          page.lines().forEach(line -> see(fetch.talk(), entry, line.seqno()));
      case Listed listed ->
          listed
              .sessions()
              .forEach(
                  session -> {
                    see(session.talk(), entry, session.max());
                    show(new Reader(entry.call().uid(), session.talk()), entry, session.max());
                  });
      default -> {}
    }
  }

  private void see(Talk talk, Entry entry, long seqno) {
    visible.computeIfAbsent(talk, _ -> new Floor()).add(entry.endMicros(), seqno);
  }

  private void show(Reader reader, Entry entry, long seqno) {
    shown.computeIfAbsent(reader, _ -> new Floor()).add(entry.endMicros(), seqno);
  }

  /// All entries, by the time at which they began.
  List<Entry> entries() {
    return entries;
  }

  /// Whether everything was read for the last time.
  boolean isWhole() {
    return settledMicros != Long.MAX_VALUE;
  }

  /// Whether what one call changes in several places changes there one after another.
  boolean isApart() {
    return apart;
  }

  boolean isInTheEnd(Entry entry) {
    return entry.startMicros() > settledMicros;
  }

  /// All attempts at each message, the first one first.
  Map<Letter, List<Entry>> attempts() {
    return attempts;
  }

  /// The attempts at a message that somebody read; none when nobody sent it.
  List<Entry> attempts(Talk talk, Line line) {
    return attempts.getOrDefault(new Letter(line.sender(), talk, line.cliMsgId()), List.of());
  }

  /// What clients kept, in the order in which they got it.
  Map<Collector, List<Line>> collected() {
    return collected;
  }

  /// What each reader of each conversation saw in the end.
  Map<Reader, List<Line>> lastReads() {
    return lastReads;
  }

  /// What was in each conversation in the end.
  Map<Talk, List<Line>> logs() {
    return logs;
  }

  /// The same by number.
  NavigableMap<Long, Line> numbered(Talk talk) {
    return bySeqno.getOrDefault(talk, new TreeMap<>());
  }

  Optional<Line> withKey(Talk talk, long key) {
    return Optional.ofNullable(byKey.get(key))
        .filter(line -> line.equals(numbered(talk).get(line.seqno())));
  }

  /// The last number that everybody could see before a time.
  long visibleBefore(Talk talk, long micros) {
    return visible.getOrDefault(talk, new Floor()).before(micros);
  }

  /// The last number that a user's session with a conversation must show. A session with a group is
  /// put together from the group when it is read.
  long shownBefore(Reader reader, Entry entry) {
    return !apart || reader.talk().isGroup() || isInTheEnd(entry)
        ? visibleBefore(reader.talk(), entry.startMicros())
        : shown.getOrDefault(reader, new Floor()).before(entry.startMicros());
  }

  /// Whether a message had got to all places when it was acknowledged: it was sent once, and its
  /// answer was not given before.
  boolean hasArrived(List<Entry> attempts) {
    return !apart || (attempts.size() == 1 && isPrompt(attempts.getFirst()));
  }

  /// Whether an answer was given because all was done, not because that took too long.
  private static boolean isPrompt(Entry entry) {
    return !(entry.outcome() instanceof Outcome.Unknown)
        && entry.endMicros() - entry.startMicros() < WAITED_MICROS;
  }

  /// When a call had had its effect in other places too, if it had one.
  ///
  /// @param afterTrouble whether it may have changed nothing, as one of unknown outcome before did
  long arrivedMicros(Entry entry, boolean afterTrouble) {
    long latest = latestMicros(entry);
    if (!apart || (isPrompt(entry) && !afterTrouble)) {
      return latest;
    }
    // in the end all was delivered
    return Math.max(latest, Math.min(latest + DELIVERED_MICROS, settledMicros));
  }

  /// Whether two calls are so near to each other that the one may be on its way still.
  boolean areNear(long micros, Entry later) {
    return later.startMicros() - micros < LATEST_MICROS + DELIVERED_MICROS;
  }

  /// When a call had had its effect, if it had one.
  long latestMicros(Entry entry) {
    if (!(entry.outcome() instanceof Outcome.Unknown)) {
      return entry.endMicros();
    }
    Long end = gone.higher(entry.startMicros());
    long latest = entry.startMicros() + LATEST_MICROS;
    return end == null ? latest : Math.min(latest, end);
  }
}
