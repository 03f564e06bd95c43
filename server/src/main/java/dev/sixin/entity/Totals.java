package dev.sixin.entity;

import dev.sixin.entity.rows.TotalsRow;

/// How much one side of a conversation has written up to some point. Running totals, so the
/// difference of two points counts what lies between them.
///
/// @param countable messages that count as unread
/// @param business those of them that are notices and cards from a business account
public record Totals(long countable, long business) {
  /// The totals in a row.
  public static Totals of(TotalsRow row) {
    return new Totals(row.getCountable(), row.getBusiness());
  }

  /// These totals as a row keeps them.
  public TotalsRow toRow() {
    return TotalsRow.newBuilder().setCountable(countable).setBusiness(business).build();
  }

  /// Nothing written yet.
  public static final Totals NONE = new Totals(0, 0);

  /// The later one of two points.
  public Totals orLater(Totals other) {
    return countable < other.countable ? other : this;
  }

  /// What lies between an earlier point and this one.
  public Totals since(Totals earlier) {
    return new Totals(countable - earlier.countable, business - earlier.business);
  }

  /// Both added up.
  public Totals plus(Totals more) {
    return new Totals(countable + more.countable, business + more.business);
  }

  /// These totals and one more message.
  public Totals plus(boolean isCountable, boolean isBusiness) {
    return new Totals(
        countable + (isCountable ? 1 : 0), business + (isCountable && isBusiness ? 1 : 0));
  }
}
