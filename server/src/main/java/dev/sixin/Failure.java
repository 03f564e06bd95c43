package dev.sixin;

/// A command that could not do what it was asked to.
public final class Failure extends RuntimeException {
  private static final long serialVersionUID = 1;

  /// @param message one line: what went wrong
  public Failure(String message) {
    super(message);
  }
}
