package dev.sixin.model;

/// The users of a history.
enum Who implements Talker {
  ANN(0),
  BEN(1),
  CAT(2),
  DAN(3),
  /// A person whose number needs all 64 bits.
  EVE(4 | Long.MIN_VALUE),
  /// A business account.
  SHOP(5),
  /// A system account.
  NOTICES(6),
  /// A system account that is a business account too, and needs all 64 bits.
  HELPER(7 | Long.MIN_VALUE),
  /// A number that nobody has.
  NOBODY(8);

  /// How many numbers a history takes.
  static final int NUMBERS = 16;

  private final long number;

  Who(long number) {
    this.number = number;
  }

  /// @param base a multiple of [#NUMBERS]
  @Override
  public long id(long base) {
    return base | number;
  }

  @Override
  public int sessionType() {
    return 1;
  }
}
