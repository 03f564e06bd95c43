package dev.sixin.push;

/// Why nothing more comes: the last that a watcher is told.
public enum End implements Signal {
  /// The token that it came with is worthless now.
  KICKED_OUT,
  /// Its user opened more streams than there may be, and this was the oldest.
  REPLACED,
  /// The server stops.
  STOPPING
}
