package dev.sixin.model;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sixin.admin.v1.RecallRequest;
import dev.sixin.admin.v1.RevokeTokensRequest;
import dev.sixin.admin.v1.SendRequest;
import dev.sixin.admin.v1.SetSessionRequest;
import dev.sixin.proto.im.ImInterfaceGrpc.ImInterfaceBlockingStub;
import dev.sixin.proto.im.ReqGetSessions;
import dev.sixin.proto.im.ReqRemoveSession;
import dev.sixin.proto.im.ReqSendMsg;
import dev.sixin.proto.im.ReqSetTop;
import dev.sixin.proto.im.ReqSyncAck;
import dev.sixin.proto.im.ReqUpdateAck;
import dev.sixin.proto.im.RspSyncAck;
import dev.sixin.proto.type.KeyHitInfos;
import dev.sixin.proto.type.Msg;
import dev.sixin.proto.type.MsgSource;
import dev.sixin.proto.type.RecverType;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// Something that happens in a history: done to the server and to the model, which must agree on
/// whether it is allowed. A step means the same whatever came before it, so that any part of a
/// history is a history.
interface Step {
  void take(World world);

  /// Who sees something of it.
  default Set<Who> touched() {
    return Set.of();
  }

  /// A message through SendMsg.
  ///
  /// @param cli its cli_msg_id; a small number, so that retries come by themselves
  record Send(Who from, Talker to, Kind kind, int cli) implements Step {
    @Override
    public void take(World world) {
      world.send(from, ReqSendMsg.newBuilder().setMsg(draft(world, to, kind, cli)).build(), kind);
    }

    @Override
    public Set<Who> touched() {
      return people(from, to);
    }
  }

  /// A message to a user or a group.
  static Msg.Builder draft(World world, Talker to, Kind kind, int cli) {
    return Msg.newBuilder()
        .setReceiverTypeValue(to.sessionType())
        .setReceiverId(world.id(to))
        .setCliMsgId(cli)
        .setMsgTypeValue(kind.type())
        .setContent(kind.content(world.nextNumber()));
  }

  /// Those of some talkers who are users.
  static Set<Who> people(Talker... some) {
    return Stream.of(some)
        .flatMap(talker -> talker instanceof Who who ? Stream.of(who) : Stream.empty())
        .collect(Collectors.toSet());
  }

  /// A message through SendMsg with something in it that a client should not say.
  record OddSend(Who from, Who to, int cli, Oddity oddity) implements Step {
    @Override
    public void take(World world) {
      Msg.Builder msg = draft(world, to, Kind.TEXT, cli);
      ReqSendMsg.Builder request = ReqSendMsg.newBuilder();
      switch (oddity) {
        case NO_MESSAGE -> {
          world.send(from, request.build(), Kind.TEXT);
          return;
        }
        case ANOTHERS_NAME -> msg.setSenderUid(world.uid(from == Who.ANN ? Who.BEN : Who.ANN));
        case OWN_NAME -> msg.setSenderUid(world.uid(from));
        case NO_RECEIVER_TYPE -> msg.clearReceiverType();
        case TO_A_GROUP -> msg.setReceiverType(RecverType.EN_RECVER_TYPE_GROUP);
        case UNKNOWN_RECEIVER_TYPE -> msg.setReceiverTypeValue(9);
        case NO_RECEIVER -> msg.clearReceiverId();
        case NO_TYPE -> msg.clearMsgType();
        case UNKNOWN_TYPE -> msg.setMsgTypeValue(999);
        case NO_CONTENT -> msg.clearContent();
        case SERVERS_FIELDS ->
            msg.setMsgSeqno(1)
                .setMsgKey(2)
                .setTimestamp(3)
                .setMsgStatus(4)
                .setSysCancel(true)
                .setMsgSource(MsgSource.EN_MSG_SOURCE_BACKSTAGE)
                .setNewFaceVersion(1)
                .setKeyHitInfos(KeyHitInfos.newBuilder().setToast("toast"));
        case CLIENTS_SOURCE -> msg.setMsgSource(MsgSource.EN_MSG_SOURCE_IOS);
      }
      world.send(from, request.setMsg(msg).build(), Kind.TEXT);
    }

    @Override
    public Set<Who> touched() {
      return people(from, to);
    }
  }

  /// What is odd about a message.
  enum Oddity {
    NO_MESSAGE,
    ANOTHERS_NAME,
    OWN_NAME,
    NO_RECEIVER_TYPE,
    TO_A_GROUP,
    UNKNOWN_RECEIVER_TYPE,
    NO_RECEIVER,
    NO_TYPE,
    UNKNOWN_TYPE,
    NO_CONTENT,
    SERVERS_FIELDS,
    CLIENTS_SOURCE
  }

  /// Some messages that the site sends in somebody's name.
  record SiteSend(Who from, Talker to, Kind kind, int cli, int times) implements Step {
    @Override
    public void take(World world) {
      for (int i = 0; i < times; i++) {
        Msg.Builder msg = draft(world, to, kind, cli).setSenderUid(world.uid(from));
        world.siteSend(SendRequest.newBuilder().setMsg(msg).build(), kind);
      }
    }

    @Override
    public Set<Who> touched() {
      return people(from, to);
    }
  }

  /// A message to many at once, by an account or by the site in its name.
  record Mail(Who from, List<Who> to, Kind kind, int cli, boolean bySite) implements Step {
    @Override
    public void take(World world) {
      world.mail(
          Msg.newBuilder()
              .setSenderUid(world.uid(from))
              .setReceiverType(RecverType.EN_RECVER_TYPE_PEERS)
              .addAllRecverIds(to.stream().map(world::uid).toList())
              .setCliMsgId(cli)
              .setMsgTypeValue(kind.type())
              .setContent(kind.content(world.nextNumber()))
              .build(),
          kind,
          bySite);
    }

    @Override
    public Set<Who> touched() {
      Set<Who> all = people(from);
      all.addAll(to);
      return all;
    }
  }

  /// Takes a message back, the `back`th from the end, as its sender or somebody else.
  record Recall(Who from, Talker to, int back, int cli) implements Step {
    @Override
    public void take(World world) {
      Msg.Builder msg =
          draft(world, to, Kind.RECALL, cli)
              .setContent(Long.toUnsignedString(key(world, from, to, back)));
      world.send(from, ReqSendMsg.newBuilder().setMsg(msg).build(), Kind.RECALL);
    }

    @Override
    public Set<Who> touched() {
      return people(from, to);
    }
  }

  private static long key(World world, Who who, Talker talker, int back) {
    List<Letter> letters = letters(world, who, talker).reversed();
    return back < letters.size() && !letters.get(back).isNew()
        ? letters.get(back).msg().getMsgKey()
        : 1;
  }

  private static List<Letter> letters(World world, Who who, Talker talker) {
    return world
        .model()
        .conversation(world.uid(who), talker.sessionType(), world.id(talker))
        .letters();
  }

  /// The site takes a message back, the `back`th from the end.
  record SiteRecall(Who who, Talker talker, int back) implements Step {
    @Override
    public void take(World world) {
      world.siteRecall(
          RecallRequest.newBuilder()
              .setUid(world.uid(who))
              .setTalkerId(world.id(talker))
              .setSessionType(talker.sessionType())
              .setMsgKey(key(world, who, talker, back))
              .build());
    }

    @Override
    public Set<Who> touched() {
      return people(who, talker);
    }
  }

  /// A place in a conversation.
  enum Place {
    ALL,
    LAST,
    JUST_BEFORE_LAST,
    SECOND_LAST,
    MIDDLE,
    FIRST,
    BEFORE_FIRST,
    BEYOND,
    GREATEST;

    long seqno(List<Letter> letters) {
      if (letters.isEmpty()) {
        return this == ALL ? 0 : 1;
      }
      int last = letters.size() - 1;
      return switch (this) {
        case ALL -> 0;
        case LAST -> letters.get(last).seqno();
        case JUST_BEFORE_LAST -> letters.get(last).seqno() - 1;
        case SECOND_LAST -> letters.get(Math.max(0, last - 1)).seqno();
        case MIDDLE -> letters.get(last / 2).seqno();
        case FIRST -> letters.getFirst().seqno();
        case BEFORE_FIRST -> 1;
        case BEYOND -> letters.get(last).seqno() + 1_000;
        case GREATEST -> -1L;
      };
    }
  }

  /// Reads up to a place.
  record Ack(Who who, Talker talker, Place upTo) implements Step {
    @Override
    public void take(World world) {
      ReqUpdateAck request =
          ReqUpdateAck.newBuilder()
              .setTalkerId(world.id(talker))
              .setSessionType(talker.sessionType())
              .setAckSeqno(upTo.seqno(letters(world, who, talker)))
              .build();
      world.write(
          () -> world.model().inboxes().updateAck(world.uid(who), request),
          () -> world.as(who).updateAck(request));
    }

    @Override
    public Set<Who> touched() {
      return people(who, talker);
    }
  }

  /// Pins (0), unpins (1), or what SetTop does not know.
  record Pin(Who who, Talker talker, int opType) implements Step {
    @Override
    public void take(World world) {
      ReqSetTop request =
          ReqSetTop.newBuilder()
              .setTalkerId(world.id(talker))
              .setSessionType(talker.sessionType())
              .setOpType(opType)
              .build();
      world.write(
          () -> world.model().inboxes().setTop(world.uid(who), request),
          () -> world.as(who).setTop(request));
    }

    @Override
    public Set<Who> touched() {
      return people(who);
    }
  }

  record Remove(Who who, Talker talker) implements Step {
    @Override
    public void take(World world) {
      ReqRemoveSession request =
          ReqRemoveSession.newBuilder()
              .setTalkerId(world.id(talker))
              .setSessionType(talker.sessionType())
              .build();
      world.write(
          () -> world.model().inboxes().removeSession(world.uid(who), request),
          () -> world.as(who).removeSession(request));
    }

    @Override
    public Set<Who> touched() {
      return people(who);
    }
  }

  /// Names a talker of another kind than a user, or none, in a call that writes.
  record OddTalker(Who who, int sessionType, boolean named, int call) implements Step {
    static final int CALLS = 3;

    @Override
    public void take(World world) {
      long uid = world.uid(who);
      long talkerUid = named ? world.uid(Who.ANN) : 0;
      Inboxes model = world.model().inboxes();
      ImInterfaceBlockingStub stub = world.as(who);
      switch (call) {
        case 0 -> {
          ReqUpdateAck request =
              ReqUpdateAck.newBuilder().setTalkerId(talkerUid).setSessionType(sessionType).build();
          world.write(() -> model.updateAck(uid, request), () -> stub.updateAck(request));
        }
        case 1 -> {
          ReqSetTop request =
              ReqSetTop.newBuilder().setTalkerId(talkerUid).setSessionType(sessionType).build();
          world.write(() -> model.setTop(uid, request), () -> stub.setTop(request));
        }
        default -> {
          ReqRemoveSession request =
              ReqRemoveSession.newBuilder()
                  .setTalkerId(talkerUid)
                  .setSessionType(sessionType)
                  .build();
          world.write(() -> model.removeSession(uid, request), () -> stub.removeSession(request));
        }
      }
    }
  }

  /// A setting of a session and its new value.
  enum Setting {
    DND,
    PUSH_OFF,
    INTERCEPTED,
    TRUSTED,
    INTERCEPTED_AND_TRUSTED,
    HELPER
  }

  record Change(Who who, Talker talker, Setting setting, boolean value) implements Step {
    @Override
    public void take(World world) {
      SetSessionRequest.Builder request =
          SetSessionRequest.newBuilder()
              .setUid(world.uid(who))
              .setTalkerId(world.id(talker))
              .setSessionType(talker.sessionType());
      switch (setting) {
        case DND -> request.setDnd(value);
        case PUSH_OFF -> request.setPushOff(value);
        case INTERCEPTED -> request.setIntercepted(value);
        case TRUSTED -> request.setTrusted(value);
        case INTERCEPTED_AND_TRUSTED -> request.setIntercepted(value).setTrusted(value);
        case HELPER -> request.setHelper(value);
      }
      world.write(
          () -> world.model().inboxes().setSession(request.build()),
          () -> world.admin().setSession(request.build()));
    }

    @Override
    public Set<Who> touched() {
      return people(who);
    }
  }

  record MoveClock(Duration by) implements Step {
    @Override
    public void take(World world) {
      world.moveClock(by);
    }
  }

  /// What is over is removed.
  record Forget() implements Step {
    @Override
    public void take(World world) {
      world.forget();
    }
  }

  record Restart() implements Step {
    @Override
    public void take(World world) {
      world.restart();
    }
  }

  /// All tokens of a user become worthless, and a new one is not.
  record Revoke(Who who) implements Step {
    @Override
    public void take(World world) {
      ImInterfaceBlockingStub old = world.as(who);
      world.admin().revokeTokens(RevokeTokensRequest.newBuilder().setUid(world.uid(who)).build());
      assertThat(Outcome.of(() -> old.getSessions(ReqGetSessions.getDefaultInstance())).code())
          .as("code for the old token")
          .isEqualTo(-101);
      world.signInAgain(who);
    }

    @Override
    public Set<Who> touched() {
      return people(who);
    }
  }

  /// A device says how far it is, which nobody sees.
  record Processed(Who who, long seqno) implements Step {
    @Override
    public void take(World world) {
      ReqSyncAck request = ReqSyncAck.newBuilder().setClientSeqno(seqno).build();
      assertThat(world.as(who).syncAck(request)).isEqualTo(RspSyncAck.getDefaultInstance());
    }

    @Override
    public Set<Who> touched() {
      return people(who);
    }
  }
}
