package dev.sixin;

import dev.sixin.admin.v1.Relation.Kind;
import dev.sixin.admin.v1.SetPreferencesRequest;
import dev.sixin.admin.v1.SetSessionRequest;
import dev.sixin.admin.v1.User;
import dev.sixin.entity.Talker;
import dev.sixin.proto.im.ImInterfaceGrpc;
import dev.sixin.proto.im.ImInterfaceGrpc.ImInterfaceBlockingStub;
import dev.sixin.proto.im.ImInterfaceGrpc.ImInterfaceFutureStub;
import dev.sixin.proto.im.ReqGetSessions;
import dev.sixin.proto.im.ReqRemoveSession;
import dev.sixin.proto.im.ReqSessionMsg;
import dev.sixin.proto.im.ReqSetTop;
import dev.sixin.proto.im.ReqSingleUnread;
import dev.sixin.proto.im.ReqUpdateAck;
import dev.sixin.proto.im.RspSendMsg;
import dev.sixin.proto.im.RspSessionMsg;
import dev.sixin.proto.im.RspSessions;
import dev.sixin.proto.im.RspSingleUnread;
import dev.sixin.proto.im.SimpleSession;
import dev.sixin.proto.type.Msg;
import dev.sixin.proto.type.SessionInfo;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.UnaryOperator;

/// Somebody on a test server, and what they do there. Nobody else has their uid, so tests can share
/// a server.
public record Person(TestServer server, long uid) {
  private static final AtomicLong UIDS = new AtomicLong(1_000);

  /// Somebody ordinary whom nobody knows yet.
  public static Person on(TestServer server) {
    Person person = unregistered(server);
    server.people(person.uid());
    return person;
  }

  /// Somebody with this profile.
  public static Person on(TestServer server, User.Builder profile) {
    Person person = unregistered(server);
    server.user(profile.setUid(person.uid()));
    return person;
  }

  /// A number of which the site has told nothing.
  public static Person unregistered(TestServer server) {
    return new Person(server, UIDS.incrementAndGet());
  }

  /// The calls, with this person's token.
  public ImInterfaceBlockingStub calls() {
    return server.as(uid);
  }

  /// The same for many calls at once.
  public ImInterfaceFutureStub callsAtOnce() {
    return ImInterfaceGrpc.newFutureStub(calls().getChannel());
  }

  /// Sends a message; the receiver stands in it.
  public RspSendMsg sends(Msg.Builder msg) {
    return server.send(uid, msg);
  }

  /// Sends a text and answers its msg_key.
  public long says(Person other, String text) {
    return server.say(uid, other.uid(), text);
  }

  /// Everything said between the two, oldest first, as this person reads it.
  public List<Msg> history(Person other) {
    return server.history(uid, other.uid());
  }

  /// A page of what was said between the two.
  public RspSessionMsg fetches(Person other, UnaryOperator<ReqSessionMsg.Builder> page) {
    ReqSessionMsg.Builder request =
        ReqSessionMsg.newBuilder().setTalkerId(other.uid()).setSessionType(Talker.PRIVATE);
    return calls().syncFetchSessionMsgs(page.apply(request).build());
  }

  public void follows(Person other) {
    server.relate(uid, other.uid(), Kind.FOLLOW);
  }

  public void unfollows(Person other) {
    server.relate(uid, other.uid(), Kind.UNFOLLOW);
  }

  public void blocks(Person other) {
    server.relate(uid, other.uid(), Kind.BLOCK);
  }

  public void unblocks(Person other) {
    server.relate(uid, other.uid(), Kind.UNBLOCK);
  }

  /// Both follow each other, so that they can write as they like.
  public void befriends(Person other) {
    server.friends(uid, other.uid());
  }

  /// Says how far the conversation was read; 0: all of it.
  public void acks(Person other, long seqno) {
    calls()
        .updateAck(
            ReqUpdateAck.newBuilder()
                .setTalkerId(other.uid())
                .setSessionType(Talker.PRIVATE)
                .setAckSeqno(seqno)
                .build());
  }

  public void pins(Person other) {
    setTop(other, 0);
  }

  public void unpins(Person other) {
    setTop(other, 1);
  }

  private void setTop(Person other, int opType) {
    calls()
        .setTop(
            ReqSetTop.newBuilder()
                .setTalkerId(other.uid())
                .setSessionType(Talker.PRIVATE)
                .setOpType(opType)
                .build());
  }

  public void removes(Person other) {
    calls()
        .removeSession(
            ReqRemoveSession.newBuilder()
                .setTalkerId(other.uid())
                .setSessionType(Talker.PRIVATE)
                .build());
  }

  /// Has the site set what this person chose for a session.
  public void chooses(Person other, UnaryOperator<SetSessionRequest.Builder> settings) {
    SetSessionRequest.Builder request =
        SetSessionRequest.newBuilder()
            .setUid(uid)
            .setTalkerId(other.uid())
            .setSessionType(Talker.PRIVATE);
    server.admin().setSession(settings.apply(request).build());
  }

  /// Has the site set what this person chose for all of their messages.
  public void prefers(String preference, int value) {
    prefers(request -> request.putChosen(preference, value));
  }

  /// Has the site set what this person chose for all of their messages, or what is answered in
  /// their name.
  public void prefers(UnaryOperator<SetPreferencesRequest.Builder> choices) {
    SetPreferencesRequest.Builder request = SetPreferencesRequest.newBuilder().setUid(uid);
    server.admin().setPreferences(choices.apply(request).build());
  }

  /// The session with somebody.
  public SessionInfo session(Person other) {
    return server.session(uid, other.uid());
  }

  /// A page of a list.
  public RspSessions lists(UnaryOperator<ReqGetSessions.Builder> page) {
    return calls().getSessions(page.apply(ReqGetSessions.newBuilder()).build());
  }

  /// Who stands on the first page of a list.
  public List<Person> listed(int list) {
    return talkers(lists(page -> page.setSessionType(list)));
  }

  /// Whom the sessions of an answer are with.
  public List<Person> talkers(RspSessions answer) {
    return answer.getSessionListList().stream()
        .map(session -> new Person(server, session.getTalkerId()))
        .toList();
  }

  /// Unread messages, everything shown.
  public RspSingleUnread unread() {
    return calls()
        .singleUnread(
            ReqSingleUnread.newBuilder().setShowUnfollowList(1).setShowDustbin(1).build());
  }

  /// Names the private session with this person.
  public SimpleSession asTalker() {
    return SimpleSession.newBuilder().setTalkerId(uid).setSessionType(Talker.PRIVATE).build();
  }

  @Override
  public String toString() {
    return "user " + Long.toUnsignedString(uid);
  }
}
