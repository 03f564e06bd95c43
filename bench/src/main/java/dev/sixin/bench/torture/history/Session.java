package dev.sixin.bench.torture.history;

/// A session as its owner was shown it.
///
/// @param lastKey `msg_key` of the last message; 0: none
public record Session(
    Talk talk,
    long ack,
    long max,
    long unread,
    long sessionTs,
    long lastKey,
    boolean followed,
    boolean pinned) {}
