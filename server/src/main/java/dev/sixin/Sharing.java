package dev.sixin;

import dev.sixin.bus.BusSettings;
import java.time.Duration;
import java.util.Optional;

/// That other servers work on the same store.
///
/// @param bus how they tell each other what happens; empty: they do not
/// @param freshWithin how long what another server did may stay unseen where the bus did not tell
///   it: to those who watch, and in what is remembered of users and the site's tables
public record Sharing(Optional<BusSettings> bus, Duration freshWithin) {}
