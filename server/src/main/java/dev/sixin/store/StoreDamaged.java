package dev.sixin.store;

/// What the store holds is not what was written to it: the disk lied, or somebody changed its
/// files. The message names the file.
public final class StoreDamaged extends RuntimeException {
  private static final long serialVersionUID = 1;

  /// @param reason what a log line should say
  public StoreDamaged(String reason, Throwable cause) {
    super(reason, cause);
  }
}
