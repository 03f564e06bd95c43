package dev.sixin.push;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.Predicate;

/// A device that watches. Whatever happens while its line is busy becomes one notice and a few
/// moments, so that a slow one costs hardly more memory than a fast one.
public final class Watcher {
  /// How many moments wait for a slow line at most.
  static final int MOST_MOMENTS = 8;

  private final Pass pass;
  private final Wish wish;
  private final Line line;
  private final Tally tally;
  private Notice waiting;
  private End end;

  /// The number up to which the device knows what happened, or was told to look.
  private long told;

  /// The oldest first, at most one of a kind of each user; null: there never were any, as with most
  /// devices most of the time.
  private Deque<Moment> moments;

  /// With what a device came.
  ///
  /// @param uid whose device it is
  /// @param issuedMicros when its token was issued, in microseconds since 1970
  /// @param expiresSeconds when its token ends, in seconds since 1970
  public record Pass(long uid, long issuedMicros, long expiresSeconds) {}

  Watcher(Pass pass, Wish wish, Line line, Tally tally) {
    this.pass = pass;
    this.wish = wish;
    this.line = line;
    this.tally = tally;
  }

  Pass pass() {
    return pass;
  }

  Wish wish() {
    return wish;
  }

  /// Whose device it is.
  public long uid() {
    return pass.uid();
  }

  /// What the device is to be told next; null: nothing now. After an [End] nothing comes.
  public synchronized Signal next() {
    if (end != null) {
      return end;
    }
    if (waiting != null) {
      Notice next = waiting;
      tally.sent();
      waiting = null;
      return next;
    }
    return moments == null ? null : moments.poll();
  }

  /// Tells that something happened. What a message says needs no telling that it was being written.
  void tell(Notice notice) {
    if (wish.notices() && add(notice)) {
      line.wake();
    }
  }

  /// @return whether nothing was waiting before it
  private synchronized boolean add(Notice notice) {
    boolean first = isIdle();
    told = Math.max(told, notice.number());
    if (waiting != null) {
      tally.merged();
    }
    waiting = waiting == null ? notice : waiting.and(notice);
    if (notice.msgType() != 0 && notice.talker().isUser()) {
      forget(new Moment.Typing(notice.talker().id())::equals);
    }
    return first;
  }

  /// The device knows what happened up to a number.
  synchronized void knows(long newest) {
    told = Math.max(told, newest);
  }

  /// Whether it is to be told of what happened up to a number, and was not.
  synchronized boolean isBehind(long newest) {
    return wish.notices() && newest > told;
  }

  /// Tells what somebody does now. The newest of a kind stands for those before it, and of too many
  /// the oldest is forgotten.
  void tell(Moment moment) {
    if (add(moment)) {
      line.wake();
    }
  }

  private synchronized boolean add(Moment moment) {
    if (end != null) {
      return false;
    }
    boolean first = isIdle();
    if (moments == null) {
      moments = new ArrayDeque<>(1);
    }
    moments.removeIf(other -> other.uid() == moment.uid() && other.getClass() == moment.getClass());
    if (moments.size() == MOST_MOMENTS) {
      moments.removeFirst();
    }
    moments.addLast(moment);
    return first;
  }

  private boolean isIdle() {
    return waiting == null && end == null && (moments == null || moments.isEmpty());
  }

  /// Tells nothing any more of what somebody did that was not told yet.
  synchronized void forget(long uid) {
    forget(moment -> moment.uid() == uid);
  }

  private void forget(Predicate<Moment> which) {
    if (moments != null) {
      moments.removeIf(which);
    }
  }

  void end(End reason) {
    synchronized (this) {
      end = reason;
      waiting = null;
      moments = null;
    }
    line.wake();
  }
}
