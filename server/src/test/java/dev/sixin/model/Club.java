package dev.sixin.model;

/// The groups of a history.
enum Club implements Talker {
  /// There from the beginning.
  FANS(9),
  /// A group whose number needs all 64 bits.
  CHOIR(10 | Long.MIN_VALUE),
  /// A group with the number of a user.
  BENS(1),
  /// A number that no group ever has.
  NOWHERE(11);

  private final long number;

  Club(long number) {
    this.number = number;
  }

  @Override
  public long id(long base) {
    return base | number;
  }

  @Override
  public int sessionType() {
    return 2;
  }
}
