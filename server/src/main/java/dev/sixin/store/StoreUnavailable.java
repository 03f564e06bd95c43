package dev.sixin.store;

/// The store can not write now: the disk failed or is full, or the store is closed.
public final class StoreUnavailable extends RuntimeException {
  private static final long serialVersionUID = 1;

  /// @param reason what a log line should say
  public StoreUnavailable(String reason, Throwable cause) {
    super(reason, cause);
  }
}
