package dev.sixin.push;

import java.util.Optional;
import java.util.function.Predicate;

/// What a device asks to be told.
///
/// @param notices whether that something happened: every [Notice]
/// @param moments which of the [Moment]s of others, if any; asked of each just before it would be
///   told, by the thread that tells all watchers, so it may look something up and must not wait
public record Wish(boolean notices, Optional<Predicate<Moment>> moments) {
  /// To know that something happened, as clients do that know nothing else.
  public static final Wish NOTICES = new Wish(true, Optional.empty());

  /// Whether it asks for a moment.
  boolean includes(Moment moment) {
    return moments.isPresent() && moments.get().test(moment);
  }
}
