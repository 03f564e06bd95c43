package dev.sixin.push;

import java.util.function.Predicate;

/// What a device asks to be told.
///
/// @param notices whether that something happened: every [Notice]
/// @param moments which of the [Moment]s of others; asked of each just before it would be told, by
///   the thread that tells all watchers, so it may look something up and must not wait
public record Wish(boolean notices, Predicate<Moment> moments) {
  private static final Predicate<Moment> NONE = _ -> false;

  /// To know that something happened, as clients do that know nothing else.
  public static final Wish NOTICES = new Wish(true, NONE);

  /// Whether it asks for any moments.
  boolean hasMoments() {
    return moments != NONE;
  }
}
