package dev.sixin.model;

import dev.sixin.admin.v1.SetLiveRequest;
import dev.sixin.admin.v1.SetSystemNoticeRequest;
import dev.sixin.admin.v1.User;
import dev.sixin.proto.type.RelationLog;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Stream;

/// A user of the model.
final class Person {
  private final Set<Long> follows = new LinkedHashSet<>();
  private final Set<Long> specials = new LinkedHashSet<>();
  private final Set<Long> blocks = new LinkedHashSet<>();
  private final Map<Long, PeerSession> sessions = new LinkedHashMap<>();
  private final Map<Long, GroupSession> groupSessions = new LinkedHashMap<>();
  private final Map<String, Long> feed = new LinkedHashMap<>();
  private final List<RelationLog> logs = new ArrayList<>();
  private final List<Letter> mailings = new ArrayList<>();
  private User profile;
  private long bannedUntil;
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
    return follows.isEmpty() && memberships().isEmpty();
  }

  /// What changed among this user's friends and groups, in order; the first has number 1.
  List<RelationLog> logs() {
    return logs;
  }

  void log(RelationLog.Builder log) {
    logs.add(log.setOplogSeqno(logs.size() + 1L).build());
  }

  /// What this user sent to many at once.
  List<Letter> mailings() {
    return mailings;
  }

  /// Until when this user may not send, in seconds.
  long bannedUntil() {
    return bannedUntil;
  }

  void ban(long untilSeconds) {
    bannedUntil = untilSeconds;
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

  /// The sessions with users, by uid.
  Map<Long, PeerSession> sessions() {
    return sessions;
  }

  /// The sessions with groups, by number; those that this user left too.
  Map<Long, GroupSession> groupSessions() {
    return groupSessions;
  }

  /// The sessions with groups that this user is in.
  List<GroupSession> memberships() {
    return groupSessions.values().stream().filter(GroupSession::isMember).toList();
  }

  /// All sessions, listed or not.
  List<Session> all() {
    return Stream.<Session>concat(sessions.values().stream(), groupSessions.values().stream())
        .toList();
  }

  /// The sessions in any of this user's lists.
  List<Session> listed() {
    return all().stream().filter(Session::isListed).toList();
  }

  /// The sessions with users in any of this user's lists.
  List<PeerSession> peers() {
    return sessions.values().stream().filter(Session::isListed).toList();
  }

  /// The sessions with people whom this user does not follow, intercepted ones left out.
  List<PeerSession> unfollowed() {
    return peers().stream()
        .filter(session -> !session.intercepted && !session.isFollowed())
        .toList();
  }

  /// The greatest of some stamps of this user's sessions.
  long latest(Function<Session, Stamp> stamp) {
    return all().stream()
        .map(stamp)
        .filter(one -> !one.isOpen())
        .map(Stamp::micros)
        .max(Comparator.naturalOrder())
        .orElse(0L);
  }
}
