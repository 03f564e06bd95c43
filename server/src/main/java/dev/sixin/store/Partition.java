package dev.sixin.store;

/// One entity while a transaction or an event changes it. Reads see the transaction's own writes.
public interface Partition extends Rows {
  /// Writes a row, in place of the one with that key if there is one.
  void put(Table table, Key row, byte[] value);

  /// Removes a row; no matter if there is none.
  void delete(Table table, Key row);

  /// Tells an entity what happened here. It is applied once this transaction has run, after all
  /// that was told before it, and it is as durable as the transaction.
  void tell(Key entity, Event event);

  /// Announces this change to who listens now, once it is durable. What is refused or can not be
  /// written is not announced.
  void announce(Announcement announcement);

  /// The time of this change in microseconds since 1970, strictly greater than that of every change
  /// before it: it does not repeat or step back when the machine's clock does. It is what list
  /// orders and message keys are made of.
  long micros();

  /// The time on the machine's clock in seconds since 1970, for people to read.
  long seconds();
}
