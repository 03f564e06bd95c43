package dev.sixin.bench.torture.history;

/// One line of a record: a call and what became of it.
///
/// @param client who called; each makes one call after another
/// @param startMicros when it was made, since the record began
/// @param endMicros when its outcome was known
public record Entry(
    long id, String client, long startMicros, long endMicros, Call call, Outcome outcome) {
  boolean isBefore(Entry other) {
    return endMicros < other.startMicros;
  }
}
