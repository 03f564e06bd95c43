package dev.sixin.entity;

/// Numbers of private messages: `(unix_seconds - 1635696000) << 24 | n`.
public final class Seqno {
  private static final long EPOCH_SECONDS = 1_635_696_000;
  private static final int SECOND_BITS = 24;

  private Seqno() {}

  /// The number after `previous`: the first of this second, or the previous plus one when that is
  /// greater (many in one second, or a clock that stepped back). Never a repeat, never a step back.
  public static long next(long previous, long unixSeconds) {
    return Math.max(previous + 1, (unixSeconds - EPOCH_SECONDS) << SECOND_BITS);
  }
}
