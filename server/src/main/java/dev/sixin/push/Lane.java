package dev.sixin.push;

import dev.sixin.entity.News;
import dev.sixin.store.Announcement.Announced;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/// What was announced and is not passed on yet. Who announces never waits: when too much waits,
/// only what changes who may watch what is kept, and of the rest that there was something.
final class Lane {
  /// A few megabytes of messages.
  private static final int MOST = 20_000;

  private final BlockingQueue<List<Announced>> queue = new LinkedBlockingQueue<>();
  private final AtomicInteger waiting = new AtomicInteger();
  private final AtomicLong lostMicros = new AtomicLong();

  private final Tally tally;

  Lane(Tally tally) {
    this.tally = tally;
  }

  void add(List<Announced> announced) {
    List<Announced> kept = announced;
    if (waiting.get() + announced.size() > MOST) {
      kept = announced.stream().filter(Lane::isVital).toList();
      tally.lost(announced.size() - kept.size());
      lostMicros.accumulateAndGet(announced.getLast().micros(), Math::max);
    }
    waiting.addAndGet(kept.size());
    queue.add(kept); // also an empty one, so that what was lost is looked for after it
  }

  /// As [#add] with one that nobody misses: when too much waits, it is forgotten.
  void addIfRoom(Announced announced) {
    if (waiting.get() < MOST) {
      waiting.incrementAndGet();
      queue.add(List.of(announced));
    }
  }

  private static boolean isVital(Announced announced) {
    return switch ((News) announced.what()) {
      case News.GroupJoined _, News.GroupLeft _, News.TokensRevoked _ -> true;
      case News.RelationsChanged changed -> changed.lostFriendUid() != 0;
      case News.Said _,
          News.SessionChanged _,
          News.ReadFurther _,
          News.Typing _,
          News.UserChanged _,
          News.SiteChanged _ ->
          false;
    };
  }

  /// The next that were announced; none if that takes too long.
  List<Announced> next(Duration limit) throws InterruptedException {
    List<Announced> next = queue.poll(limit.toMillis(), TimeUnit.MILLISECONDS);
    if (next == null) {
      return List.of();
    }
    waiting.addAndGet(-next.size());
    return next;
  }

  /// The time of the last announcement that was lost since this was asked; 0: none.
  long lostMicros() {
    return lostMicros.getAndSet(0);
  }
}
