package dev.sixin.store;

/// Too many transactions are waiting. Nothing was done; the same call may succeed a moment later.
public final class StoreOverloaded extends RuntimeException {
  private static final long serialVersionUID = 1;

  /// Without a stack trace: it is thrown most when time is shortest.
  public StoreOverloaded(int waiting) {
    super("waiting transactions: " + waiting + " (the limit)", null, false, false);
  }

  /// Others change the same entity so often that it could not be read or changed in time.
  ///
  /// @param reason what a log line should say
  public StoreOverloaded(String reason) {
    super(reason, null, false, false);
  }
}
