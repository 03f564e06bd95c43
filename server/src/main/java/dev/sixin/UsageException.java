package dev.sixin;

/// Something that the person at the command line can put right; the message says how.
public final class UsageException extends RuntimeException {
  private static final long serialVersionUID = 1;

  /// @param message one line: what was given and what was expected
  public UsageException(String message) {
    super(message);
  }
}
