package dev.sixin.model;

import dev.sixin.admin.v1.PutGroupRequest.Status;
import dev.sixin.admin.v1.RecallRequest;
import dev.sixin.admin.v1.SendRequest;
import dev.sixin.proto.im.ReqSendMsg;
import dev.sixin.proto.type.Msg;
import dev.sixin.proto.type.MsgSource;
import dev.sixin.proto.type.MsgType;
import dev.sixin.proto.type.RecverType;
import java.util.List;
import java.util.Optional;

/// What is true after messages are sent and taken back.
final class Talk {
  private static final int DAY_SECONDS = 24 * 60 * 60;
  private static final int RECALL_SECONDS = 120;

  private final Model model;
  private final Time time;
  private long lastKey;

  Talk(Model model) {
    this.model = model;
    this.time = model.time();
  }

  /// The message that the site sends, or the earlier one that it repeats.
  Letter send(SendRequest request, Kind kind) {
    Msg msg = request.getMsg();
    Msg draft =
        msg.getMsgSource() == MsgSource.EN_MSG_SOURCE_UNKONW
            ? msg.toBuilder().setMsgSource(MsgSource.EN_MSG_SOURCE_BACKSTAGE).build()
            : msg;
    return send(draft, kind, true);
  }

  /// The message that a user sends, or the earlier one that it repeats.
  Letter sendMsg(long uid, ReqSendMsg request, Kind kind) {
    if (!request.hasMsg()) {
      throw new Refused(-400);
    }
    Msg msg = request.getMsg();
    Model.requireMe(uid, msg.getSenderUid());
    Msg draft =
        Msg.newBuilder()
            .setSenderUid(uid)
            .setReceiverTypeValue(msg.getReceiverTypeValue())
            .setReceiverId(msg.getReceiverId())
            .setCliMsgId(msg.getCliMsgId())
            .setMsgTypeValue(msg.getMsgTypeValue())
            .setContent(msg.getContent())
            .setMsgSourceValue(source(msg.getMsgSourceValue()))
            .setNewFaceVersion(msg.getNewFaceVersion())
            .addAllAtUids(
                msg.getAtUidsList().stream().filter(named -> named != 0).distinct().toList())
            .build();
    return send(draft, kind, false);
  }

  private static int source(int said) {
    boolean isClient = said == 1 || said == 2 || said == 3 || said == 4 || said == 7;
    return isClient ? said : 7;
  }

  private Letter send(Msg draft, Kind kind, boolean bySite) {
    if (draft.getReceiverTypeValue() == 0
        || draft.getReceiverId() == 0
        || draft.getMsgTypeValue() == 0
        || draft.getContent().isEmpty()) {
      throw new Refused(-400);
    }
    if (draft.getReceiverTypeValue() > 3) {
      throw new Refused(2);
    }
    boolean toGroup = draft.getReceiverType() == RecverType.EN_RECVER_TYPE_GROUP;
    Conversation conversation =
        model.conversation(draft.getSenderUid(), toGroup ? 2 : 1, draft.getReceiverId());
    Optional<Letter> repeated = repeated(conversation.letters(), draft);
    if (repeated.isPresent()) {
      return repeated.get();
    }
    checkBan(draft, bySite);
    if (toGroup
        ? model.group(draft.getReceiverId()) == null
        : !model.exists(draft.getReceiverId())) {
      throw new Refused(-404);
    }
    Msg checked = checked(draft, kind, bySite);
    if (toGroup) {
      checkGroup(draft, bySite);
    } else {
      checkReceiver(draft, bySite, conversation);
    }
    if (draft.getMsgTypeValue() == Kind.RECALL.type()) {
      recall(draft, conversation);
    }
    return append(checked);
  }

  private Conversation conversation(Msg msg) {
    return msg.getReceiverType() == RecverType.EN_RECVER_TYPE_GROUP
        ? model.group(msg.getReceiverId()).conversation()
        : model.conversation(msg.getSenderUid(), msg.getReceiverId());
  }

  private void checkBan(Msg draft, boolean bySite) {
    long until = model.person(draft.getSenderUid()).bannedUntil();
    if (!bySite && Long.compareUnsigned(time.seconds(), until) < 0) {
      throw new Refused(-403);
    }
  }

  private Optional<Letter> repeated(List<Letter> sent, Msg draft) {
    long now = time.highest().getEpochSecond();
    return sent.stream()
        .filter(letter -> draft.getCliMsgId() != 0)
        .filter(letter -> letter.msg().getCliMsgId() == draft.getCliMsgId())
        .filter(letter -> letter.msg().getSenderUid() == draft.getSenderUid())
        .filter(letter -> now - letter.sentAtHighestSeconds() < DAY_SECONDS)
        .findFirst();
  }

  /// A draft as it would be stored, if its content is legal.
  private Msg checked(Msg draft, Kind kind, boolean bySite) {
    boolean everyType = bySite || model.person(draft.getSenderUid()).isOfficial();
    if (!everyType && !Kind.isForUsers(draft.getMsgTypeValue())) {
      throw new Refused(21035);
    }
    if (kind.refusal() != 0) {
      throw new Refused(kind.refusal());
    }
    return Tables.applied(draft, bySite);
  }

  private void checkGroup(Msg draft, boolean bySite) {
    Group group = model.group(draft.getReceiverId());
    if (group.description().getStatus() != Status.NORMAL) {
      throw new Refused(700013);
    }
    if (!bySite && !group.roles().containsKey(draft.getSenderUid())) {
      throw new Refused(700014);
    }
  }

  private void checkReceiver(Msg draft, boolean bySite, Conversation conversation) {
    Person sender = model.person(draft.getSenderUid());
    Person receiver = model.person(draft.getReceiverId());
    if (sender == receiver) {
      throw new Refused(21026);
    }
    if (draft.getMsgTypeValue() == Kind.RECALL.type()) {
      return; // blocks and the stranger rule are no obstacle
    }
    if (sender.blocks().contains(receiver.uid())) {
      throw new Refused(25005);
    }
    if (receiver.blocks().contains(sender.uid())) {
      throw new Refused(25003);
    }
    boolean bound = !bySite && !sender.isOfficial() && !receiver.follows().contains(sender.uid());
    if (bound
        && conversation.hasWritten(sender.uid())
        && !conversation.hasWritten(receiver.uid())) {
      throw new Refused(21047);
    }
  }

  /// What a business account sends to many at once.
  ///
  /// @param whole the message without its receivers
  /// @param copies what each of them gets; none when it is a repeated one
  record Mailing(Letter whole, List<Letter> copies) {}

  /// The mailing, or the earlier one that it repeats.
  Mailing mail(Msg draft, Kind kind, boolean bySite) {
    if (draft.getRecverIdsCount() == 0 || draft.getContent().isEmpty()) {
      throw new Refused(-400);
    }
    Person sender = model.person(draft.getSenderUid());
    Optional<Letter> repeated = repeated(sender.mailings(), draft);
    if (repeated.isPresent()) {
      return new Mailing(repeated.get(), List.of());
    }
    checkBan(draft, bySite);
    if (!sender.isOfficial()) {
      throw new Refused(-403);
    }
    if (!draft.getRecverIdsList().stream().allMatch(model::exists)) {
      throw new Refused(-404);
    }
    if (draft.getMsgTypeValue() == Kind.RECALL.type()) {
      throw new Refused(21035);
    }
    Msg checked = checked(draft, kind, bySite);
    if (draft.getRecverIdsList().contains(sender.uid())) {
      throw new Refused(21026);
    }
    Msg whole = checked.toBuilder().clearRecverIds().setTimestamp(time.seconds()).build();
    Letter mailed = new Letter(whole, sender.profile().getBusiness(), time);
    sender.mailings().add(mailed);
    List<Letter> copies =
        draft.getRecverIdsList().stream()
            .distinct()
            .filter(uid -> !model.person(uid).blocks().contains(sender.uid()))
            .map(uid -> append(copy(whole, uid)))
            .toList();
    return new Mailing(mailed, copies);
  }

  private static Msg copy(Msg whole, long uid) {
    return whole.toBuilder()
        .setReceiverType(RecverType.EN_RECVER_TYPE_PEER)
        .setReceiverId(uid)
        .clearCliMsgId()
        .build();
  }

  private void recall(Msg line, Conversation conversation) {
    Letter target = target(conversation, Long.parseUnsignedLong(line.getContent()));
    if (target.msg().getSenderUid() != line.getSenderUid()) {
      throw new Refused(-403);
    }
    if (time.seconds() - target.msg().getTimestamp() > RECALL_SECONDS) {
      throw new Refused(21041);
    }
    if (target.status() != 0) {
      throw new Refused(21042);
    }
    target.recall(1);
  }

  private static Letter target(Conversation conversation, long key) {
    return conversation.letters().stream()
        .filter(letter -> letter.msg().getMsgKey() == key)
        .filter(letter -> !Kind.isRecall(letter.msg().getMsgTypeValue()))
        .findFirst()
        .orElseThrow(() -> new Refused(10005));
  }

  /// The line that is left when the site takes a message back.
  Letter recall(RecallRequest request) {
    boolean ofGroup = request.getSessionType() == 2;
    if (ofGroup && model.group(request.getTalkerId()) == null) {
      throw new Refused(-404);
    }
    Conversation conversation =
        ofGroup
            ? model.group(request.getTalkerId()).conversation()
            : model.conversation(request.getUid(), request.getTalkerId());
    Letter target = target(conversation, request.getMsgKey());
    if (target.status() == 2) {
      throw new Refused(21042);
    }
    target.recall(2);
    Msg line =
        Msg.newBuilder()
            .setSenderUid(target.msg().getSenderUid())
            .setReceiverType(target.msg().getReceiverType())
            .setReceiverId(target.msg().getReceiverId())
            .setMsgType(MsgType.EN_MSG_TYPE_SYS_CANCEL)
            .setContent(Long.toUnsignedString(target.msg().getMsgKey()))
            .setSysCancel(true)
            .build();
    return append(line);
  }

  private Letter append(Msg draft) {
    Msg msg = draft.toBuilder().setTimestamp(time.seconds()).build();
    boolean business =
        msg.getSenderUid() != 0 && model.person(msg.getSenderUid()).profile().getBusiness();
    Letter letter = new Letter(msg, business, time);
    if (msg.getReceiverType() == RecverType.EN_RECVER_TYPE_GROUP) {
      appendToGroup(model.group(msg.getReceiverId()), letter);
    } else {
      conversation(msg).letters().add(letter);
      arrive(model.session(msg.getSenderUid(), msg.getReceiverId()));
      arrive(model.session(msg.getReceiverId(), msg.getSenderUid()));
    }
    return letter;
  }

  private void arrive(PeerSession session) {
    session.listed = true;
    session.sessionTs().setNow(session.owner().latest(Session::sessionTs), time);
  }

  /// A line that a group writes itself; its words are the server's.
  ///
  /// @param named what the words must hold
  void line(Group group, int type, List<String> named) {
    Msg msg =
        Msg.newBuilder()
            .setReceiverType(RecverType.EN_RECVER_TYPE_GROUP)
            .setReceiverId(group.id())
            .setMsgTypeValue(type)
            .setMsgSourceValue(13)
            .setTimestamp(time.seconds())
            .build();
    appendToGroup(group, Letter.line(msg, named, time));
  }

  private void appendToGroup(Group group, Letter letter) {
    letter.number(group.conversation().lastSeqno() + 1);
    group.conversation().letters().add(letter);
    long latest = 0;
    for (long uid : group.roles().keySet()) {
      Person member = model.person(uid);
      member.groupSessions().get(group.id()).listed = true;
      latest = Math.max(latest, member.latest(Session::sessionTs));
    }
    group.lastTs().setNow(latest, time);
  }

  /// Takes the key that the server chose for a mailing.
  void adopt(Mailing mailing, long key) {
    mailing.whole().adoptKey(key, lastKey, time);
    lastKey = key;
  }

  /// Takes the number that the server chose for one copy of a mailing that has its key.
  void adoptCopy(Letter copy, long key, long seqno) {
    adopt(copy, key, seqno, key - 1);
  }

  /// Takes the key and number that the server chose for a new message.
  void adopt(Letter letter, long key, long seqno) {
    adopt(letter, key, seqno, lastKey);
  }

  private void adopt(Letter letter, long key, long seqno, long keyBefore) {
    Msg msg = letter.msg();
    List<Letter> letters = conversation(msg).letters();
    int at = letters.indexOf(letter);
    long before = at == 0 ? conversation(msg).horizon() : letters.get(at - 1).seqno();
    letter.adopt(key, seqno, before, keyBefore, time);
    lastKey = key;
    if (msg.getSysCancel() || msg.getSenderUid() == 0) {
      return; // the site wrote it
    }
    if (msg.getReceiverType() == RecverType.EN_RECVER_TYPE_PEER) {
      model.session(msg.getSenderUid(), msg.getReceiverId()).ackSeqno = seqno;
    } else {
      deliver(model.group(msg.getReceiverId()), letter);
    }
  }

  /// The sender has read up to the message, others may be mentioned in it.
  private void deliver(Group group, Letter letter) {
    Msg msg = letter.msg();
    GroupSession own = model.groupSession(msg.getSenderUid(), group);
    own.ackSeqno = letter.seqno();
    own.atSeqno = 0;
    for (long uid : group.roles().keySet()) {
      if (msg.getAtUidsList().contains(uid) && uid != msg.getSenderUid()) {
        model.groupSession(uid, group).atSeqno = letter.seqno();
      }
    }
  }
}
