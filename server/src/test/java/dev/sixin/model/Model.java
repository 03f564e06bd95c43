package dev.sixin.model;

import dev.sixin.admin.v1.Relation;
import dev.sixin.admin.v1.SetBanRequest;
import dev.sixin.admin.v1.SetFeedUnreadRequest;
import dev.sixin.admin.v1.SetLiveRequest;
import dev.sixin.admin.v1.SetSystemNoticeRequest;
import dev.sixin.admin.v1.User;
import dev.sixin.proto.type.FriendRelation;
import dev.sixin.proto.type.RelationLog;
import dev.sixin.proto.type.RelationLogType;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// What is true after the calls that write, told as simply as can be: lists that are walked. What
/// reads must answer is in [SessionAnswers], [MessageAnswers], [UnreadAnswers] and
/// [RelationAnswers].
///
/// Each call either changes the model or throws [Refused] with the code that the server must
/// answer.
final class Model {

  /// The counters of the interaction feed.
  static final List<String> FEED =
      List.of(
          "at",
          "reply",
          "like",
          "coin",
          "danmu",
          "favorite",
          "recv_like",
          "recv_reply",
          "sys_msg",
          "up");

  private final Map<Long, Person> people = new LinkedHashMap<>();
  private final Map<Set<Long>, Conversation> conversations = new LinkedHashMap<>();
  private final Map<Long, Group> groups = new LinkedHashMap<>();
  private final Time time;
  private final Talk talk;
  private final Groups groupRules;
  private final Inboxes inboxes;

  Model(Time time) {
    this.time = time;
    this.talk = new Talk(this);
    this.groupRules = new Groups(this);
    this.inboxes = new Inboxes(this);
  }

  /// Sending and taking back.
  Talk talk() {
    return talk;
  }

  /// Groups and their members.
  Groups groups() {
    return groupRules;
  }

  /// Reading, pinning, removing.
  Inboxes inboxes() {
    return inboxes;
  }

  Time time() {
    return time;
  }

  Person person(long uid) {
    return people.get(uid);
  }

  /// A group; null: there never was one with this number.
  Group group(long groupId) {
    return groups.get(groupId);
  }

  Collection<Group> allGroups() {
    return groups.values();
  }

  void addGroup(Group group) {
    groups.put(group.id(), group);
  }

  Collection<Person> people() {
    return people.values();
  }

  boolean exists(long uid) {
    return people.containsKey(uid);
  }

  // What the site says.

  void putUser(User profile) {
    Person known = people.get(profile.getUid());
    if (known == null) {
      people.put(profile.getUid(), new Person(profile));
    } else {
      known.describe(profile);
    }
  }

  /// Answers whether it changed anything.
  boolean setRelation(Relation relation) {
    if (relation.getFromUid() == relation.getToUid()) {
      throw new Refused(2);
    }
    Person from = people.get(relation.getFromUid());
    Person to = people.get(relation.getToUid());
    List<Boolean> before = between(from, to);
    boolean wereFriends = from.isFriendOf(to);
    switch (relation.getKind()) {
      case FOLLOW -> {
        from.follows().add(to.uid());
        from.specials().remove(to.uid());
        if (relation.getSpecial()) {
          from.specials().add(to.uid());
        }
      }
      case UNFOLLOW -> unfollow(from, to);
      case BLOCK -> {
        from.blocks().add(to.uid());
        unfollow(from, to);
        unfollow(to, from);
      }
      case UNBLOCK -> from.blocks().remove(to.uid());
      default -> throw new Refused(2);
    }
    if (from.isFriendOf(to) != wereFriends) {
      from.log(befriended(to, !wereFriends));
      to.log(befriended(from, !wereFriends));
    }
    return !between(from, to).equals(before);
  }

  private static RelationLog.Builder befriended(Person friend, boolean now) {
    return RelationLog.newBuilder()
        .setLogType(now ? RelationLogType.EN_ADD_FRIEND : RelationLogType.EN_REMOVE_FRIEND)
        .setFriendRelation(FriendRelation.newBuilder().setUid(friend.uid()));
  }

  private static List<Boolean> between(Person from, Person to) {
    return List.of(
        from.follows().contains(to.uid()),
        from.specials().contains(to.uid()),
        from.blocks().contains(to.uid()),
        to.follows().contains(from.uid()));
  }

  private static void unfollow(Person from, Person to) {
    from.follows().remove(to.uid());
    from.specials().remove(to.uid());
  }

  void setBan(SetBanRequest request) {
    people.get(request.getUid()).ban(request.getUntil());
  }

  void setLive(SetLiveRequest request) {
    if (request.getLiveStatus() < 0 || request.getLiveStatus() > 1) {
      throw new Refused(2);
    }
    people.get(request.getUid()).setLive(request);
  }

  void setFeedUnread(SetFeedUnreadRequest request) {
    request
        .getUnreadMap()
        .forEach(
            (counter, count) -> {
              if (!FEED.contains(counter) || count < 0) {
                throw new Refused(2);
              }
            });
    people.get(request.getUid()).feed().putAll(request.getUnreadMap());
  }

  void setSystemNotice(SetSystemNoticeRequest request) {
    if (request.getUnread() < 0) {
      throw new Refused(2);
    }
    people.get(request.getUid()).setNotice(request);
  }

  /// Forgets old messages. What is gone is as good as read.
  void forget(int days, int count) {
    long now = time.highest().getEpochSecond();
    conversations.values().forEach(conversation -> conversation.forget(days, count, now));
    groups.values().forEach(group -> group.conversation().forget(days, count, now));
    people.values().stream().flatMap(person -> person.all().stream()).forEach(Session::passHorizon);
  }

  static void requireMe(long uid, long named) {
    if (named != 0 && named != uid) {
      throw new Refused(-403);
    }
  }

  /// That a request names a talker of a kind that there is.
  static void requireTalker(int sessionType, long talkerId) {
    if (sessionType == 0 || talkerId == 0) {
      throw new Refused(-400);
    }
    if (sessionType < 1 || sessionType > 2) {
      throw new Refused(2);
    }
  }

  Conversation conversation(long uid, long otherUid) {
    return conversations.computeIfAbsent(
        uid == otherUid ? Set.of(uid) : Set.of(uid, otherUid), pair -> new Conversation());
  }

  /// What stands between a user and a talker of either kind.
  Conversation conversation(long uid, int sessionType, long talkerId) {
    if (sessionType != 2) {
      return conversation(uid, talkerId);
    }
    Group group = group(talkerId);
    return group == null ? new Conversation() : group.conversation();
  }

  PeerSession session(long uid, long talkerUid) {
    return people
        .get(uid)
        .sessions()
        .computeIfAbsent(
            talkerUid,
            id -> new PeerSession(people.get(uid), people.get(id), conversation(uid, id)));
  }

  GroupSession groupSession(long uid, Group group) {
    return people
        .get(uid)
        .groupSessions()
        .computeIfAbsent(group.id(), id -> new GroupSession(people.get(uid), group));
  }

  /// The session with a group that a user is in.
  Optional<GroupSession> membership(long uid, long groupId) {
    return Optional.ofNullable(people.get(uid).groupSessions().get(groupId))
        .filter(GroupSession::isMember);
  }

  /// The session with a group that a user can read.
  GroupSession requireReadable(long uid, long groupId) {
    Group group = groups.get(groupId);
    if (group == null) {
      throw new Refused(-404);
    }
    if (group.isDissolved()) {
      throw new Refused(700013);
    }
    return membership(uid, groupId).orElseThrow(() -> new Refused(700014));
  }
}
