package dev.sixin.store;

/// How far a store has come. Two tallies are equal when nothing was changed between them.
///
/// @param lastMicros the greatest [Partition#micros] that was ever handed out to a change
/// @param changes grows with each change
/// @param undelivered how many entities may have told events that are not applied yet
public record Tally(long lastMicros, long changes, long undelivered) {}
