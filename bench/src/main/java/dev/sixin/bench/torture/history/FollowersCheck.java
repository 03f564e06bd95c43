package dev.sixin.bench.torture.history;

import dev.sixin.bench.torture.history.Call.News;
import dev.sixin.bench.torture.history.Call.Watch;
import dev.sixin.bench.torture.history.Checker.Report;
import dev.sixin.bench.torture.history.History.Collector;
import dev.sixin.bench.torture.history.Outcome.Told;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/// Clients that poll or watch have everything in the end, in order, each message once.
final class FollowersCheck {
  private final History history;
  private final Report report;

  FollowersCheck(History history, Report report) {
    this.history = history;
    this.report = report;
  }

  void run() {
    Map<String, Long> followers = new TreeMap<>();
    Set<String> polling = new HashSet<>();
    Map<Long, Entry> streams = new HashMap<>();
    for (Entry entry : history.entries()) {
      if (entry.call() instanceof News || entry.call() instanceof Watch) {
        followers.put(entry.client(), entry.call().uid());
      }
      if (entry.call() instanceof News) {
        polling.add(entry.client());
      }
      if (entry.call() instanceof Watch watch && entry.outcome() instanceof Told told) {
        checkNumber(entry, told, streams.put(watch.stream(), entry));
      }
    }
    history
        .lastReads()
        .forEach(
            (reader, lines) ->
                followers.forEach(
                    (client, uid) -> {
                      if (uid == reader.uid()) {
                        boolean all =
                            !history.isApart()
                                || !reader.talk().isGroup()
                                || !polling.contains(client);
                        check(new Collector(client, uid, reader.talk()), lines, all);
                      }
                    }));
  }

  /// @param whole whether it must have all of it, not only the beginning
  private void check(Collector follower, List<Line> all, boolean whole) {
    List<Line> got = history.collected().getOrDefault(follower, List.of());
    String difference = ReadsCheck.firstDifference(got, all);
    if (whole && difference.isEmpty() && got.size() < all.size()) {
      difference = "nothing (expected: %s)".formatted(all.get(got.size()));
    }
    if (!difference.isEmpty()) {
      report.add(
          Anomaly.NOTHING_MISSED,
          "%s: %s got %d of %d messages, then %s"
              .formatted(follower.talk(), follower.client(), got.size(), all.size(), difference));
    }
  }

  private void checkNumber(Entry entry, Told told, Entry before) {
    if (before != null && ((Told) before.outcome()).number() >= told.number()) {
      report.add(Anomaly.NOTHING_MISSED, "numbers of notices do not increase", before, entry);
    }
    boolean isPrivate = told.line() != null && !told.talk().isGroup();
    if (isPrivate && told.number() < told.line().seqno()) {
      report.add(Anomaly.NOTHING_MISSED, "a notice's number is below that of its message", entry);
    }
  }
}
