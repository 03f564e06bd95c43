package dev.sixin.bench.torture.history;

import dev.sixin.bench.torture.history.Call.Event;
import java.util.ArrayList;
import java.util.List;

/// Checks a record of what clients asked and were told against what must always hold.
public final class Checker {
  private final History history;
  private final List<Anomaly> found = new ArrayList<>();

  private Checker(List<Entry> record) {
    this.history = new History(record);
  }

  /// What in a record can not be.
  ///
  /// @param record all calls and events, in any order
  /// @return in the order of the checks; empty: all is well
  public static List<Anomaly> check(List<Entry> record) {
    Checker checker = new Checker(record);
    if (!checker.history.isWhole()) {
      checker.report(Anomaly.OTHER, "the record has no last part: nothing can be said");
      return checker.found;
    }
    new MessagesCheck(checker.history, checker::report).run();
    new ReadsCheck(checker.history, checker::report).run();
    new FollowersCheck(checker.history, checker::report).run();
    new SessionsCheck(checker.history, checker::report).run();
    new StatesCheck(checker.history, checker::report).run();
    new PrivacyCheck(checker.history, checker::report).run();
    new RefusalsCheck(checker.history, checker::report).run();
    return checker.found;
  }

  /// What the checker can not ask of a record, in words, as the record says itself.
  public static List<String> leftOut(List<Entry> record) {
    return record.stream()
        .map(Entry::call)
        .filter(call -> call instanceof Event event && event.kind() == Event.Kind.APART)
        .map(call -> ((Event) call).what())
        .toList();
  }

  /// Takes what a check found.
  @FunctionalInterface
  interface Report {
    /// Takes one.
    ///
    /// @param invariant a constant of [Anomaly]
    void add(int invariant, String what, Entry... context);
  }

  private void report(int invariant, String what, Entry... context) {
    found.add(new Anomaly(invariant, what, List.of(context)));
  }
}
