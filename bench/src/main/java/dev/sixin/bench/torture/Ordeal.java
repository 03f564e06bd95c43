package dev.sixin.bench.torture;

import dev.sixin.Failure;
import dev.sixin.bench.torture.history.Call.Event;
import dev.sixin.bench.torture.history.Call.Event.Kind;
import dev.sixin.bench.torture.history.Outcome.Done;
import dev.sixin.bench.torture.history.RecordFile;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;

/// Lets one fault after another befall what is tortured, and sees it through each: it must take
/// writes again soon after.
abstract class Ordeal {
  private final RecordFile record;
  private final Random random;
  private final Map<Fault, Integer> done = new EnumMap<>(Fault.class);

  Ordeal(RecordFile record, Random random) {
    this.record = record;
    this.random = random;
  }

  /// All of some faults in random order, again and again.
  final List<Fault> round(Set<Fault> faults) {
    List<Fault> round = new ArrayList<>(faults);
    Collections.shuffle(round, random);
    return round;
  }

  /// How often each has happened.
  final synchronized Map<Fault, Integer> done() {
    return new EnumMap<>(done);
  }

  /// What else there is to tell in the end, in lines.
  List<String> more() {
    return List.of();
  }

  /// One fault, from its beginning until all is well again.
  ///
  /// @throws Failure when it is not any more
  final void befall(Fault fault) throws IOException, InterruptedException {
    note(Kind.FAULT, fault.word() + Event.BEGINS);
    happen(fault);
    if (!awaitReady()) {
      throw new Failure("after %s, no writes were taken for too long".formatted(fault.word()));
    }
    note(Kind.FAULT, fault.word() + Event.IS_OVER);
    synchronized (this) {
      done.merge(fault, 1, Integer::sum);
    }
  }

  /// Has it happen, and what was broken mended.
  abstract void happen(Fault fault) throws IOException, InterruptedException;

  /// Waits until writes are taken.
  ///
  /// @return whether they are, soon enough
  abstract boolean awaitReady() throws InterruptedException;

  final void note(Kind kind, String what) {
    record.add("torture", record.micros(), new Event(kind, what), new Done());
  }
}
