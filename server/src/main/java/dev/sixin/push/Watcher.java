package dev.sixin.push;

/// A device that watches. Whatever happens while its line is busy becomes one notice, so that a
/// slow one costs no more memory than a fast one.
public final class Watcher {
  private final Pass pass;
  private final Line line;
  private final Tally tally;
  private Notice waiting;
  private End end;

  /// With what a device came.
  ///
  /// @param uid whose device it is
  /// @param issuedMicros when its token was issued, in microseconds since 1970
  /// @param expiresSeconds when its token ends, in seconds since 1970
  public record Pass(long uid, long issuedMicros, long expiresSeconds) {}

  Watcher(Pass pass, Line line, Tally tally) {
    this.pass = pass;
    this.line = line;
    this.tally = tally;
  }

  Pass pass() {
    return pass;
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
    Notice next = waiting;
    if (next != null) {
      tally.sent();
    }
    waiting = null;
    return next;
  }

  void tell(Notice notice) {
    if (add(notice)) {
      line.wake();
    }
  }

  /// @return whether nothing was waiting before it
  private synchronized boolean add(Notice notice) {
    boolean first = waiting == null && end == null;
    if (waiting != null) {
      tally.merged();
    }
    waiting = waiting == null ? notice : waiting.and(notice);
    return first;
  }

  void end(End reason) {
    synchronized (this) {
      end = reason;
      waiting = null;
    }
    line.wake();
  }
}
