package dev.sixin.model;

import dev.sixin.admin.v1.User;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;

/// A user of the model.
final class Person {
  private final Set<Long> follows = new LinkedHashSet<>();
  private final Set<Long> specials = new LinkedHashSet<>();
  private final Set<Long> blocks = new LinkedHashSet<>();
  private final Map<Long, Session> sessions = new LinkedHashMap<>();
  private User profile;

  Person(User profile) {
    this.profile = profile;
  }

  User profile() {
    return profile;
  }

  void describe(User newProfile) {
    profile = newProfile;
  }

  long uid() {
    return profile.getUid();
  }

  Set<Long> follows() {
    return follows;
  }

  Set<Long> specials() {
    return specials;
  }

  Set<Long> blocks() {
    return blocks;
  }

  boolean isOfficial() {
    return profile.getBusiness() || profile.getSystemMsgType() != 0;
  }

  Map<Long, Session> sessions() {
    return sessions;
  }

  /// The sessions in any of this user's lists.
  List<Session> listed() {
    return sessions.values().stream().filter(session -> session.listed).toList();
  }

  /// The greatest of some stamps of this user's sessions.
  long latest(Function<Session, Stamp> stamp) {
    Collection<Session> all = sessions.values();
    return all.stream()
        .map(stamp)
        .filter(one -> !one.isOpen())
        .map(Stamp::micros)
        .max(Comparator.naturalOrder())
        .orElse(0L);
  }
}
