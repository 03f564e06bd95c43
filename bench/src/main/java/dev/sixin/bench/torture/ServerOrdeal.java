package dev.sixin.bench.torture;

import dev.sixin.bench.torture.disk.FaultyDisk;
import dev.sixin.bench.torture.disk.FaultyDisk.Loss;
import dev.sixin.bench.torture.history.Call.Event.Kind;
import dev.sixin.bench.torture.history.RecordFile;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Random;

/// What befalls a server with a store of its own.
final class ServerOrdeal extends Ordeal {
  private static final Duration READY = Duration.ofSeconds(60);
  private static final Duration STOPPED = Duration.ofSeconds(5);
  private static final Duration SYNC_TO_DIE_IN = Duration.ofSeconds(10);
  private static final int LEAST_FAILING_MILLIS = 1_000;
  private static final int MOST_FAILING_MILLIS = 4_000;
  private static final int MOST_SYNCS = 400;
  private static final int FARTHEST_SECONDS = 3 * 3_600;

  private final OneServer subject;
  private final Optional<FaultyDisk> disk;
  private final Optional<SmallDisk> small;
  private final Random random;
  private Loss lost = Loss.NONE;

  ServerOrdeal(
      OneServer subject,
      RecordFile record,
      Optional<FaultyDisk> disk,
      Optional<SmallDisk> small,
      Random random) {
    super(record, random);
    this.subject = subject;
    this.disk = disk;
    this.small = small;
    this.random = random;
  }

  @Override
  void happen(Fault fault) throws IOException, InterruptedException {
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
      default -> throw new IllegalStateException(fault.word() + ": not for one server");
    }
  }

  @Override
  boolean awaitReady() throws InterruptedException {
    return subject.awaitReady(READY);
  }

  @Override
  List<String> more() {
    return done().containsKey(Fault.POWER)
        ? List.of(
            "lost with the power: %,d bytes of %d files, %d names"
                .formatted(lost.bytes(), lost.files(), lost.names()))
        : List.of();
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
}
