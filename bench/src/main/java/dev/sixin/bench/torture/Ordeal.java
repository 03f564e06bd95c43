package dev.sixin.bench.torture;

import dev.sixin.Failure;
import dev.sixin.bench.torture.disk.FaultyDisk;
import dev.sixin.bench.torture.disk.FaultyDisk.Loss;
import dev.sixin.bench.torture.history.Call.Event;
import dev.sixin.bench.torture.history.Call.Event.Kind;
import dev.sixin.bench.torture.history.Outcome.Done;
import dev.sixin.bench.torture.history.RecordFile;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;

/// Lets one fault after another befall a server, and sees it through each: it must take writes
/// again soon after.
final class Ordeal {
  private static final Duration READY = Duration.ofSeconds(60);
  private static final Duration STOPPED = Duration.ofSeconds(5);
  private static final Duration SYNC_TO_DIE_IN = Duration.ofSeconds(10);
  private static final int LEAST_FAILING_MILLIS = 1_000;
  private static final int MOST_FAILING_MILLIS = 4_000;
  private static final int MOST_SYNCS = 400;
  private static final int FARTHEST_SECONDS = 3 * 3_600;

  private final Subject subject;
  private final RecordFile record;
  private final Optional<FaultyDisk> disk;
  private final Optional<SmallDisk> small;
  private final Random random;
  private final Map<Fault, Integer> done = new EnumMap<>(Fault.class);
  private Loss lost = Loss.NONE;

  Ordeal(
      Subject subject,
      RecordFile record,
      Optional<FaultyDisk> disk,
      Optional<SmallDisk> small,
      Random random) {
    this.subject = subject;
    this.record = record;
    this.disk = disk;
    this.small = small;
    this.random = random;
  }

  /// All of some faults in random order, again and again.
  List<Fault> round(Set<Fault> faults) {
    List<Fault> round = new ArrayList<>(faults);
    Collections.shuffle(round, random);
    return round;
  }

  /// How often each has happened.
  synchronized Map<Fault, Integer> done() {
    return new EnumMap<>(done);
  }

  /// What all power losses took.
  Loss lost() {
    return lost;
  }

  /// One fault, from its beginning until the server takes writes again.
  ///
  /// @throws Failure when it does not any more
  void befall(Fault fault) throws IOException, InterruptedException {
    note(Kind.FAULT, fault.word() + " begins");
    switch (fault) {
      case KILL -> {
        subject.kill();
        restart("killed");
      }
      case STOP -> {
        subject.signal("STOP");
        Thread.sleep(STOPPED.toMillis());
        subject.signal("CONT");
      }
      case TERM -> stop();
      case FULL -> {
        small.orElseThrow().fill();
        Thread.sleep(somewhile());
        small.get().empty();
      }
      case WRITE -> {
        disk.orElseThrow().failWrites(random.nextBoolean() ? FaultyDisk.EIO : FaultyDisk.ENOSPC);
        Thread.sleep(somewhile());
        disk.get().failWrites(0);
      }
      case SYNC -> {
        disk.orElseThrow().failSyncs(FaultyDisk.EIO);
        Thread.sleep(somewhile());
        disk.get().failSyncs(0);
      }
      case POWER -> losePower(disk.orElseThrow());
      case CLOCK -> {
        Duration away = Duration.ofSeconds(random.nextInt(-FARTHEST_SECONDS, FARTHEST_SECONDS));
        disk.orElseThrow().moveClock(away);
        note(Kind.FAULT, "the clock is %s away".formatted(away));
      }
    }
    if (!subject.awaitReady(READY)) {
      throw new Failure(
          "after %s, the server took no writes for %s".formatted(fault.word(), READY));
    }
    note(Kind.FAULT, fault.word() + " is over");
    synchronized (this) {
      done.merge(fault, 1, Integer::sum);
    }
  }

  private int somewhile() {
    return random.nextInt(LEAST_FAILING_MILLIS, MOST_FAILING_MILLIS);
  }

  /// Half of the time just then, else in the place of a sync, when most is at stake.
  private void losePower(FaultyDisk under) throws IOException, InterruptedException {
    if (random.nextBoolean()) {
      under.killInsteadOfSync(1 + random.nextInt(MOST_SYNCS));
      subject.awaitEnd(SYNC_TO_DIE_IN);
    }
    subject.kill();
    Loss loss = under.losePower(random);
    lost = lost.plus(loss);
    restart("without power: " + loss);
  }

  /// Asks the server to stop, which must go well, and starts it again.
  private void stop() throws IOException, InterruptedException {
    Optional<Integer> code = subject.stop();
    if (!code.equals(Optional.of(0))) {
      note(
          Kind.WRONG,
          code.map(number -> "a stop that was asked for ended with " + number)
              .orElse("a stop that was asked for took too long"));
    }
    restart("stopped");
  }

  private void restart(String why) throws IOException {
    note(Kind.GONE, why);
    subject.start();
  }

  void note(Kind kind, String what) {
    record.add("torture", record.micros(), new Event(kind, what), new Done());
  }
}
