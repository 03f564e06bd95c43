package dev.sixin.entity;

/// How much one side of a conversation has written up to some point. Running totals, so the
/// difference of two points counts what lies between them.
///
/// @param countable messages that count as unread
/// @param business those of them that are notices and cards from a business account
public record Totals(long countable, long business) {
  /// Nothing written yet.
  public static final Totals NONE = new Totals(0, 0);

  /// These totals and one more message.
  public Totals plus(boolean isCountable, boolean isBusiness) {
    return new Totals(
        countable + (isCountable ? 1 : 0), business + (isCountable && isBusiness ? 1 : 0));
  }
}
