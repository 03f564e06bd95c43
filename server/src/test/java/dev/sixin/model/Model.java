package dev.sixin.model;

import dev.sixin.admin.v1.RecallRequest;
import dev.sixin.admin.v1.Relation;
import dev.sixin.admin.v1.SendRequest;
import dev.sixin.admin.v1.SetFeedUnreadRequest;
import dev.sixin.admin.v1.SetLiveRequest;
import dev.sixin.admin.v1.SetSessionRequest;
import dev.sixin.admin.v1.SetSystemNoticeRequest;
import dev.sixin.admin.v1.User;
import dev.sixin.proto.im.ReqRemoveSession;
import dev.sixin.proto.im.ReqSendMsg;
import dev.sixin.proto.im.ReqSetTop;
import dev.sixin.proto.im.ReqUpdateAck;
import dev.sixin.proto.type.FriendRelation;
import dev.sixin.proto.type.Msg;
import dev.sixin.proto.type.MsgSource;
import dev.sixin.proto.type.MsgType;
import dev.sixin.proto.type.RecverType;
import dev.sixin.proto.type.RelationLog;
import dev.sixin.proto.type.RelationLogType;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// What is true after the calls that write, told as simply as can be: lists that are walked. What
/// reads must answer is in [Answers].
///
/// Each call either changes the model or throws [Refused] with the code that the server must
/// answer.
final class Model {
  private static final int DAY_SECONDS = 24 * 60 * 60;
  private static final int RECALL_SECONDS = 120;
  private static final int MAX_PINS = 50;

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
  private final Time time;
  private long lastKey;

  Model(Time time) {
    this.time = time;
  }

  Time time() {
    return time;
  }

  Person person(long uid) {
    return people.get(uid);
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

  void setSession(SetSessionRequest request) {
    if (request.getIntercepted() && request.getTrusted()) {
      throw new Refused(2);
    }
    Session session = session(request.getUid(), request.getTalkerId());
    session.dnd = request.hasDnd() ? request.getDnd() : session.dnd;
    session.pushOff = request.hasPushOff() ? request.getPushOff() : session.pushOff;
    session.intercepted = request.hasIntercepted() ? request.getIntercepted() : session.intercepted;
    session.trusted = request.hasTrusted() ? request.getTrusted() : session.trusted;
    if (request.getIntercepted()) {
      session.trusted = false;
    }
    if (request.getTrusted()) {
      session.intercepted = false;
    }
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

  /// The message that the site sends, or the earlier one that it repeats.
  Letter send(SendRequest request, Kind kind) {
    Msg msg = request.getMsg();
    Msg draft =
        msg.getMsgSource() == MsgSource.EN_MSG_SOURCE_UNKONW
            ? msg.toBuilder().setMsgSource(MsgSource.EN_MSG_SOURCE_BACKSTAGE).build()
            : msg;
    return send(draft, kind, true);
  }

  // What users do.

  /// The message that a user sends, or the earlier one that it repeats.
  Letter sendMsg(long uid, ReqSendMsg request, Kind kind) {
    if (!request.hasMsg()) {
      throw new Refused(-400);
    }
    Msg msg = request.getMsg();
    requireMe(uid, msg.getSenderUid());
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
            .build();
    return send(draft, kind, false);
  }

  private static int source(int said) {
    boolean isClient = said == 1 || said == 2 || said == 3 || said == 4 || said == 7;
    return isClient ? said : 7;
  }

  static void requireMe(long uid, long named) {
    if (named != 0 && named != uid) {
      throw new Refused(-403);
    }
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
    if (draft.getReceiverType() != RecverType.EN_RECVER_TYPE_PEER) {
      throw new Refused(-404); // the model knows of no groups
    }
    Person sender = people.get(draft.getSenderUid());
    Person receiver = people.get(draft.getReceiverId());
    if (receiver == null) {
      throw new Refused(-404);
    }
    Conversation conversation = conversation(sender.uid(), receiver.uid());
    return repeated(conversation, draft)
        .orElseGet(
            () -> {
              check(draft, kind, bySite, conversation);
              if (draft.getMsgTypeValue() == Kind.RECALL.type()) {
                recall(draft, conversation);
              }
              return append(draft, conversation);
            });
  }

  private Optional<Letter> repeated(Conversation conversation, Msg draft) {
    long now = time.highest().getEpochSecond();
    return conversation.letters().stream()
        .filter(letter -> draft.getCliMsgId() != 0)
        .filter(letter -> letter.msg().getCliMsgId() == draft.getCliMsgId())
        .filter(letter -> letter.msg().getSenderUid() == draft.getSenderUid())
        .filter(letter -> now - letter.sentAtHighestSeconds() < DAY_SECONDS)
        .findFirst();
  }

  private void check(Msg draft, Kind kind, boolean bySite, Conversation conversation) {
    Person sender = people.get(draft.getSenderUid());
    Person receiver = people.get(draft.getReceiverId());
    int type = draft.getMsgTypeValue();
    boolean everyType = bySite || sender.isOfficial();
    if (!everyType && !Kind.isForUsers(type)) {
      throw new Refused(21035);
    }
    if (kind.refusal() != 0) {
      throw new Refused(kind.refusal());
    }
    if (sender == receiver) {
      throw new Refused(21026);
    }
    if (type == Kind.RECALL.type()) {
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
    Conversation conversation = conversation(request.getUid(), request.getTalkerId());
    Letter target = target(conversation, request.getMsgKey());
    if (target.status() == 2) {
      throw new Refused(21042);
    }
    target.recall(2);
    Msg line =
        Msg.newBuilder()
            .setSenderUid(target.msg().getSenderUid())
            .setReceiverType(RecverType.EN_RECVER_TYPE_PEER)
            .setReceiverId(target.msg().getReceiverId())
            .setMsgType(MsgType.EN_MSG_TYPE_SYS_CANCEL)
            .setContent(Long.toUnsignedString(target.msg().getMsgKey()))
            .setSysCancel(true)
            .build();
    return append(line, conversation);
  }

  private Letter append(Msg draft, Conversation conversation) {
    Person sender = people.get(draft.getSenderUid());
    Msg msg = draft.toBuilder().setTimestamp(time.seconds()).build();
    Letter letter = new Letter(msg, sender.profile().getBusiness(), time);
    conversation.letters().add(letter);
    arrive(session(draft.getSenderUid(), draft.getReceiverId()));
    arrive(session(draft.getReceiverId(), draft.getSenderUid()));
    return letter;
  }

  private void arrive(Session session) {
    session.listed = true;
    session.sessionTs.setNow(session.owner().latest(one -> one.sessionTs), time);
  }

  /// Takes the key and number that the server chose for a new message.
  void adopt(Letter letter, long key, long seqno) {
    Msg msg = letter.msg();
    Conversation conversation = conversation(msg.getSenderUid(), msg.getReceiverId());
    List<Letter> letters = conversation.letters();
    long before = letters.size() == 1 ? 0 : letters.get(letters.size() - 2).seqno();
    letter.adopt(key, seqno, before, lastKey, time);
    lastKey = key;
    if (!msg.getSysCancel()) {
      session(msg.getSenderUid(), msg.getReceiverId()).ackSeqno = seqno;
    }
  }

  void updateAck(long uid, ReqUpdateAck request) {
    requireUser(request.getSessionType(), request.getTalkerId());
    if (!exists(request.getTalkerId())) {
      return;
    }
    Session session = session(uid, request.getTalkerId());
    long last = session.conversation().lastSeqno();
    long wanted = request.getAckSeqno();
    long target = wanted == 0 || Long.compareUnsigned(wanted, last) > 0 ? last : wanted;
    if (last != 0 && target >= session.ackSeqno) {
      read(session, target);
    }
  }

  void setTop(long uid, ReqSetTop request) {
    requireTalker(request.getSessionType(), request.getTalkerId());
    if (request.getOpType() != 0 && request.getOpType() != 1) {
      throw new Refused(2);
    }
    boolean pin = request.getOpType() == 0;
    if (request.getSessionType() != 1 || !exists(request.getTalkerId())) {
      if (pin) {
        throw new Refused(request.getSessionType() == 1 ? -404 : 700014);
      }
      return;
    }
    Session session = session(uid, request.getTalkerId());
    if (!pin) {
      session.topTs.clear();
      return;
    }
    Person owner = session.owner();
    if (!session.isPinned()
        && owner.listed().stream().filter(Session::isPinned).count() >= MAX_PINS) {
      throw new Refused(2);
    }
    session.topTs.setNow(owner.latest(one -> one.topTs), time);
    if (!session.listed) {
      session.listed = true;
      session.sessionTs.setNow(owner.latest(one -> one.sessionTs), time);
    }
  }

  void removeSession(long uid, ReqRemoveSession request) {
    requireTalker(request.getSessionType(), request.getTalkerId());
    if (request.getSessionType() != 1 || !exists(request.getTalkerId())) {
      return;
    }
    Session session = session(uid, request.getTalkerId());
    if (session.listed) {
      remove(session);
    }
  }

  private void remove(Session session) {
    read(session, session.conversation().lastSeqno());
    session.listed = false;
    session.topTs.clear();
  }

  private void read(Session session, long seqno) {
    session.ackSeqno = seqno;
    session.ackTs.setNow(session.owner().latest(one -> one.ackTs), time);
  }

  private void readAll(Session session) {
    long last = session.conversation().lastSeqno();
    if (session.ackSeqno != last) {
      read(session, last);
    }
  }

  void updateUnflwRead(long uid) {
    people.get(uid).unfollowed().forEach(this::readAll);
  }

  void batchRmSessions(long uid) {
    people.get(uid).unfollowed().forEach(this::remove);
  }

  void updateTotalUnread(long uid) {
    Person person = people.get(uid);
    person.listed().forEach(this::readAll);
    person.feed().replaceAll((counter, count) -> 0L);
    person.setNotice(person.notice().toBuilder().clearUnread().build());
  }

  void closeClearUnreadUI(long uid) {
    people.get(uid).closePrompt(time);
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

  /// That a request names a user; the model knows of no groups.
  static void requireUser(int sessionType, long talkerId) {
    requireTalker(sessionType, talkerId);
    if (sessionType != 1) {
      throw new Refused(-404);
    }
  }

  Conversation conversation(long uid, long otherUid) {
    return conversations.computeIfAbsent(
        uid == otherUid ? Set.of(uid) : Set.of(uid, otherUid), pair -> new Conversation());
  }

  private Session session(long uid, long talkerUid) {
    return people
        .get(uid)
        .sessions()
        .computeIfAbsent(
            talkerUid, id -> new Session(people.get(uid), people.get(id), conversation(uid, id)));
  }
}
