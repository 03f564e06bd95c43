package dev.sixin.push;

/// The way to a watcher's device.
@FunctionalInterface
public interface Line {
  /// There is something to [Watcher#next]. Called on any thread, and by one that has many others to
  /// call: it hands the work on and returns.
  void wake();
}
