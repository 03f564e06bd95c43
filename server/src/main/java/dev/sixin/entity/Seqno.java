package dev.sixin.entity;

/// Numbers of private messages: `(unix_seconds - 1635696000) << 24 | n`.
public final class Seqno {
  private static final long EPOCH_SECONDS = 1_635_696_000;
  private static final int SECOND_BITS = 24;

  private static final long MICROS_PER_SECOND = 1_000_000;

  /// A second's microseconds fill its numbers to fifteen sixteenths.
  private static final int MICROS_SHIFT = 4;

  private Seqno() {}

  /// The number after `previous`: the first of this second, or the previous plus one when that is
  /// greater (many in one second, or a clock that stepped back). Never a repeat, never a step back.
  public static long next(long previous, long unixSeconds) {
    return Math.max(previous + 1, (unixSeconds - EPOCH_SECONDS) << SECOND_BITS);
  }

  /// A moment on the scale of these numbers; a later microsecond has a greater number. With
  /// [dev.sixin.store.Partition#micros] it is not below the number of any message that was written
  /// by then: each of them took a microsecond of its own.
  public static long at(long micros) {
    return ((micros / MICROS_PER_SECOND - EPOCH_SECONDS) << SECOND_BITS)
        | (micros % MICROS_PER_SECOND << MICROS_SHIFT);
  }
}
