package dev.sixin.bench.torture.history;

import dev.sixin.bench.torture.history.Call.Event;
import dev.sixin.bench.torture.history.Call.Event.Kind;
import dev.sixin.bench.torture.history.Call.Send;
import dev.sixin.bench.torture.history.Checker.Report;
import dev.sixin.bench.torture.history.Outcome.Refused;
import dev.sixin.bench.torture.history.Outcome.Unknown;
import java.util.Set;

/// Calls are refused only for reasons that there can be, and the server never says that the fault
/// is its own.
final class RefusalsCheck {
  private static final int OVERLOADED = -509;
  private static final String SERVER_FAULT = "-500";

  /// 10005 no such message, -403 somebody else's, 21041 too late to take back, 21042 taken back
  /// before, 21047 one message to strangers, 25003 and 25005 blocked, 700014 not in the group.
  private static final Set<Integer> OF_SEND =
      Set.of(10005, -403, 21041, 21042, 21047, 25003, 25005, 700014);

  private static final int NOT_IN_GROUP = 700014;
  private static final int NOT_FOUND = -404;

  private final History history;
  private final Report report;

  RefusalsCheck(History history, Report report) {
    this.history = history;
    this.report = report;
  }

  void run() {
    for (Entry entry : history.entries()) {
      if (entry.outcome() instanceof Refused(int code) && !isPossible(entry.call(), code)) {
        report.add(Anomaly.OTHER, "refused with %d".formatted(code), entry);
      }
      if (entry.outcome() instanceof Unknown(String why) && why.equals(SERVER_FAULT)) {
        report.add(Anomaly.OTHER, "a fault of the server's", entry);
      }
      if (entry.call() instanceof Event(Kind kind, String what) && kind == Kind.WRONG) {
        report.add(Anomaly.OTHER, what, entry);
      }
    }
  }

  private static boolean isPossible(Call call, int code) {
    return code == OVERLOADED
        || switch (call) {
          case Send _ -> OF_SEND.contains(code);
          case Call.Trespass _ -> true;
          case Call.Fetch _ -> code == NOT_IN_GROUP;
          case Call.Pin _ -> code == NOT_FOUND;
          default -> false;
        };
  }
}
