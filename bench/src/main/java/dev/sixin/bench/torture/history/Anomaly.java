package dev.sixin.bench.torture.history;

import java.util.List;

/// Something that must not be.
///
/// @param invariant which one of the behaviour contract it breaks, 1 to 8; 0: something else
/// @param context the calls that show it
public record Anomaly(int invariant, String what, List<Entry> context) {
  /// What happened that no invariant names.
  static final int OTHER = 0;

  /// An acknowledged message is durable.
  static final int DURABLE = 1;

  /// All readers of a conversation see the same messages in the same order.
  static final int ONE_ORDER = 2;

  /// Who polls or watches misses nothing.
  static final int NOTHING_MISSED = 3;

  /// A retry is the same message.
  static final int ONCE = 4;

  /// Unread is what is counted.
  static final int UNREAD = 5;

  /// Read positions only move forward.
  static final int FORWARD = 6;

  /// Nobody sees what is not theirs.
  static final int PRIVATE = 7;

  /// What fails changes nothing.
  static final int NO_EFFECT = 8;
}
