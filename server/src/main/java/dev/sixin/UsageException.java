package dev.sixin;

/// Something that the person at the command line can put right; the message says how.
public final class UsageException extends RuntimeException {
  private static final long serialVersionUID = 1;

  /// Refuses a number that is out of bounds.
  ///
  /// @param option as it is written on the command line
  public static void requireBetween(String option, int value, int least, int most) {
    if (value < least || value > most) {
      throw new UsageException(
          "%s: %,d (expected: %,d to %,d)".formatted(option, value, least, most));
    }
  }

  /// @param message one line: what was given and what was expected
  public UsageException(String message) {
    super(message);
  }
}
