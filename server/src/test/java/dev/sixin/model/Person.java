package dev.sixin.model;

import dev.sixin.admin.v1.SetLiveRequest;
import dev.sixin.admin.v1.SetSystemNoticeRequest;
import dev.sixin.admin.v1.User;
import dev.sixin.proto.type.RelationLog;
import java.util.ArrayList;
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
  private final Map<String, Long> feed = new LinkedHashMap<>();
  private final List<RelationLog> logs = new ArrayList<>();
  private User profile;
  private SetLiveRequest live = SetLiveRequest.getDefaultInstance();
  private SetSystemNoticeRequest notice = SetSystemNoticeRequest.getDefaultInstance();
  private long promptClosedMicros;

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

  boolean isFriendOf(Person other) {
    return follows.contains(other.uid()) && other.follows.contains(uid());
  }

  /// Whether this user knows nobody to write to.
  boolean isAlone() {
    return follows.isEmpty();
  }

  /// What changed among this user's friends, in order; the first has number 1.
  List<RelationLog> logs() {
    return logs;
  }

  void log(RelationLog.Builder log) {
    logs.add(log.setOplogSeqno(logs.size() + 1L).build());
  }

  /// The counters of the interaction feed that the site has told of.
  Map<String, Long> feed() {
    return feed;
  }

  SetLiveRequest live() {
    return live;
  }

  void setLive(SetLiveRequest said) {
    live = said;
  }

  SetSystemNoticeRequest notice() {
    return notice;
  }

  void setNotice(SetSystemNoticeRequest said) {
    notice = said;
  }

  long promptClosedMicros() {
    return promptClosedMicros;
  }

  void closePrompt(Time time) {
    promptClosedMicros = time.highestMicros();
  }

  Map<Long, Session> sessions() {
    return sessions;
  }

  /// The sessions in any of this user's lists.
  List<Session> listed() {
    return sessions.values().stream().filter(session -> session.listed).toList();
  }

  /// The sessions with people whom this user does not follow, intercepted ones left out.
  List<Session> unfollowed() {
    return listed().stream()
        .filter(session -> !session.intercepted && !session.isFollowed())
        .toList();
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
