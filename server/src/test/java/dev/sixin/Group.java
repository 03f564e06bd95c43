package dev.sixin;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sixin.admin.v1.Member;
import dev.sixin.admin.v1.PutGroupRequest;
import dev.sixin.admin.v1.PutGroupRequest.Status;
import dev.sixin.admin.v1.SetMembersRequest;
import dev.sixin.admin.v1.SetSessionRequest;
import dev.sixin.entity.Talker;
import dev.sixin.proto.im.ReqRemoveSession;
import dev.sixin.proto.im.ReqSessionDetail;
import dev.sixin.proto.im.ReqSessionMsg;
import dev.sixin.proto.im.ReqSetTop;
import dev.sixin.proto.im.ReqUpdateAck;
import dev.sixin.proto.im.RspSessionMsg;
import dev.sixin.proto.im.RspSessions;
import dev.sixin.proto.type.Msg;
import dev.sixin.proto.type.RecverType;
import dev.sixin.proto.type.SessionInfo;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.UnaryOperator;

/// A fan group on a test server, and what its members do there. No other group has its number.
public record Group(TestServer server, long id, Person owner) {
  private static final AtomicLong IDS = new AtomicLong(500_000);

  /// A group that the site has told of, with its owner and these members.
  public static Group of(Person owner, Person... members) {
    Group group = unregistered(owner);
    group.put(description -> description);
    if (members.length > 0) {
      group.add(members);
    }
    return group;
  }

  /// A number of which the site has told nothing.
  public static Group unregistered(Person owner) {
    return new Group(owner.server(), IDS.incrementAndGet(), owner);
  }

  /// Has the site say what the group is: "group N" with its owner, edited.
  ///
  /// @return whether it is new
  public boolean put(UnaryOperator<PutGroupRequest.Builder> edit) {
    PutGroupRequest.Builder description =
        PutGroupRequest.newBuilder().setGroupId(id).setOwnerUid(owner.uid()).setName("group " + id);
    return server.admin().putGroup(edit.apply(description).build()).getCreated();
  }

  public void freeze() {
    put(description -> description.setStatus(Status.FROZEN));
  }

  public void dissolve() {
    put(description -> description.setStatus(Status.DISSOLVED));
  }

  /// Has the site change members.
  ///
  /// @return how many memberships changed
  public int setMembers(UnaryOperator<SetMembersRequest.Builder> edit) {
    SetMembersRequest.Builder request = SetMembersRequest.newBuilder().setGroupId(id);
    return server.admin().setMembers(edit.apply(request).build()).getChanged();
  }

  public int add(Person... members) {
    return setMembers(
        request -> {
          Arrays.stream(members).forEach(member -> request.addPut(seat(member, 0)));
          return request;
        });
  }

  public int kick(Person member) {
    return setMembers(request -> request.addKicked(member.uid()));
  }

  public int leave(Person member) {
    return setMembers(request -> request.addLeft(member.uid()));
  }

  public static Member seat(Person member, int role) {
    return Member.newBuilder().setUid(member.uid()).setRole(role).build();
  }

  /// A text message to the group as a client sends it.
  public Msg.Builder text(String text) {
    return TestServer.text(id, text).setReceiverType(RecverType.EN_RECVER_TYPE_GROUP);
  }

  /// Sends a text and answers its msg_key.
  public long say(Person sender, String text) {
    return sender.sends(text(text)).getMsgKey();
  }

  /// Takes a message back.
  public void recall(Person sender, long msgKey) {
    sender.sends(text("").setMsgTypeValue(5).setContent(Long.toUnsignedString(msgKey)));
  }

  /// Everything that a member can read, oldest first.
  public List<Msg> history(Person reader) {
    RspSessionMsg page = fetch(reader, request -> request.setOrder(1).setSize(2_000));
    assertThat(page.getHasMore()).isZero();
    return page.getMessagesList();
  }

  public RspSessionMsg fetch(Person reader, UnaryOperator<ReqSessionMsg.Builder> page) {
    ReqSessionMsg.Builder request =
        ReqSessionMsg.newBuilder().setTalkerId(id).setSessionType(Talker.GROUP);
    return reader.calls().syncFetchSessionMsgs(page.apply(request).build());
  }

  /// The session as its owner sees it.
  public SessionInfo session(Person owner) {
    return owner
        .calls()
        .sessionDetail(
            ReqSessionDetail.newBuilder().setTalkerId(id).setSessionType(Talker.GROUP).build());
  }

  /// Says how far the group was read; 0: all of it.
  public void ack(Person reader, long seqno) {
    reader
        .calls()
        .updateAck(
            ReqUpdateAck.newBuilder()
                .setTalkerId(id)
                .setSessionType(Talker.GROUP)
                .setAckSeqno(seqno)
                .build());
  }

  public void pin(Person owner) {
    setTop(owner, 0);
  }

  public void unpin(Person owner) {
    setTop(owner, 1);
  }

  private void setTop(Person owner, int opType) {
    owner
        .calls()
        .setTop(
            ReqSetTop.newBuilder()
                .setTalkerId(id)
                .setSessionType(Talker.GROUP)
                .setOpType(opType)
                .build());
  }

  public void remove(Person owner) {
    owner
        .calls()
        .removeSession(
            ReqRemoveSession.newBuilder().setTalkerId(id).setSessionType(Talker.GROUP).build());
  }

  /// Has the site set what a member chose for the session.
  public void choose(Person owner, UnaryOperator<SetSessionRequest.Builder> settings) {
    SetSessionRequest.Builder request =
        SetSessionRequest.newBuilder()
            .setUid(owner.uid())
            .setTalkerId(id)
            .setSessionType(Talker.GROUP);
    server.admin().setSession(settings.apply(request).build());
  }

  /// Whether the session stands in an answer.
  public boolean isIn(RspSessions answer) {
    return answer.getSessionListList().stream()
        .anyMatch(
            session -> session.getSessionType() == Talker.GROUP && session.getTalkerId() == id);
  }

  /// Whether the session stands on the first page of a list.
  public boolean isIn(Person owner, int list) {
    return isIn(owner.lists(page -> page.setSessionType(list)));
  }

  @Override
  public String toString() {
    return "group " + Long.toUnsignedString(id);
  }
}
