package dev.sixin.api;

import dev.sixin.Group;
import dev.sixin.Person;
import dev.sixin.TestServer;
import dev.sixin.admin.v1.SetBanRequest;
import dev.sixin.admin.v1.SetFeedUnreadRequest;
import dev.sixin.admin.v1.SetLiveRequest;
import dev.sixin.admin.v1.User;
import dev.sixin.proto.im.ReqTotalUnread;
import java.util.List;

/// Somebody who calls, whom they know, and others who are none of their business. Each cast is like
/// every other, and nobody of it knows anybody of another.
final class Cast {
  /// Stands in everything that the others say.
  static final String SECRET = "secret";

  private final TestServer server;
  private long othersFeed;

  /// Who calls: friends with `friend`, in talk with `peer`, owner of a group, member of two more.
  final Person caller;

  final Person peer;
  private final Person friend;

  /// A group that the caller is a member of.
  final Group club;

  /// Two others with a talk and a group of their own.
  final Person other;

  final Person othersFriend;
  final Group othersClub;

  /// Messages that are not the caller's.
  final long peersMessage;

  final long clubsMessage;
  final long othersMessage;

  /// What the caller carries to say who they are.
  final String token;

  Cast(TestServer server) {
    this.server = server;
    caller = Person.on(server);
    peer = Person.on(server);
    friend = Person.on(server);
    other = Person.on(server);
    othersFriend = Person.on(server);
    token = server.token(caller.uid());

    caller.says(peer, "hello");
    peersMessage = peer.says(caller, "hello");
    caller.befriends(friend);
    friend.says(caller, "hello");
    caller.acks(friend, 0);
    friend.says(caller, "are you there?");
    club = Group.of(friend, caller, peer);
    clubsMessage = club.say(friend, "hello");
    Group owned = Group.of(caller, peer);
    owned.say(peer, "hello");
    Group collected = Group.of(friend, caller);
    collected.choose(caller, session -> session.setHelper(true));
    collected.say(friend, "hello");
    tellFeed(caller, 1);
    server.admin().setLive(SetLiveRequest.newBuilder().setUid(peer.uid()).setLiveStatus(1).build());

    other.befriends(othersFriend);
    othersClub = Group.of(other, othersFriend);
    othersMessage = othersGoOn();
  }

  /// The others talk on, and read.
  ///
  /// @return the msg_key of what one said in their group
  long othersGoOn() {
    other.says(othersFriend, SECRET);
    othersFriend.acks(other, 0);
    othersFriend.says(other, SECRET);
    othersFeed += 7;
    tellFeed(other, othersFeed);
    return othersClub.say(other, SECRET);
  }

  private void tellFeed(Person person, long count) {
    server
        .admin()
        .setFeedUnread(
            SetFeedUnreadRequest.newBuilder().setUid(person.uid()).putUnread("at", count).build());
  }

  /// Everything that the others see.
  List<Object> seenByOthers() {
    return List.of(
        other.lists(page -> page),
        othersFriend.lists(page -> page),
        other.history(othersFriend),
        othersClub.history(othersFriend),
        other.calls().getTotalUnread(ReqTotalUnread.newBuilder().setMsgfeedOn(1).build()));
  }

  /// The numbers of all that is the others'.
  List<String> othersNumbers() {
    return List.of(other.uid(), othersFriend.uid(), othersClub.id(), othersMessage).stream()
        .map(Long::toUnsignedString)
        .toList();
  }

  /// The site bans the caller from sending, for ever.
  void ban() {
    server.admin().setBan(SetBanRequest.newBuilder().setUid(caller.uid()).setUntil(-1).build());
  }

  /// The site makes the caller a business account.
  void makeBusiness() {
    server.user(
        User.newBuilder()
            .setUid(caller.uid())
            .setName("user " + caller.uid())
            .setOfficialType(-1)
            .setBusiness(true));
  }
}
