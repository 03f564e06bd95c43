package dev.sixin.api;

import dev.sixin.push.End;
import dev.sixin.push.Line;
import dev.sixin.push.Moment;
import dev.sixin.push.Notice;
import dev.sixin.push.Watcher;
import io.netty.channel.EventLoop;

/// A stream to a device that watches: takes what it is to be told when the one before is on its
/// way, on the event loop of its connection. What comes while it is busy waits with the [Watcher].
public abstract class WatchStream implements Line {
  private final Watches watches;
  private final EventLoop loop;

  // On the event loop.
  private Watcher watcher;
  private boolean over;

  /// A stream that has not begun.
  protected WatchStream(Watches watches, EventLoop loop) {
    this.watches = watches;
    this.loop = loop;
  }

  /// Whether all that was sent is on its way.
  protected abstract boolean isReady();

  /// Sends a notice. Streams that did not ask for any are not told of any.
  protected void send(long uid, Notice notice) {
    throw new UnsupportedOperationException("a notice that was not asked for");
  }

  /// Sends a moment. Streams that did not ask for any are not told of any.
  protected void send(long uid, Moment moment) {
    throw new UnsupportedOperationException("a moment that was not asked for");
  }

  /// Sends what there is to say of an end, and ends.
  protected abstract void end(long uid, End reason);

  /// The device watches now.
  public final void begin(Watcher begun) {
    loop.execute(
        () -> {
          if (over) {
            watches.end(begun);
          } else {
            watcher = begun;
            goOn();
          }
        });
  }

  @Override
  public final void wake() {
    loop.execute(this::goOn);
  }

  /// Sends what waits, as far as the line takes it. On the event loop.
  protected final void goOn() {
    while (!over && watcher != null && isReady()) {
      switch (watcher.next()) {
        case null -> {
          return;
        }
        case Notice notice -> send(watcher.uid(), notice);
        case Moment moment -> send(watcher.uid(), moment);
        case End reason -> {
          over = true;
          end(watcher.uid(), reason);
        }
      }
    }
  }

  /// The device is gone. On any thread.
  protected final void leave() {
    loop.execute(
        () -> {
          over = true;
          if (watcher != null) {
            watches.end(watcher);
          }
        });
  }
}
