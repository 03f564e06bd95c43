package dev.sixin.model;

import dev.sixin.admin.v1.User;
import dev.sixin.proto.im.ReqAckSessions;
import dev.sixin.proto.im.ReqGetSessions;
import dev.sixin.proto.im.ReqGetSpecificSessions;
import dev.sixin.proto.im.ReqNewSessions;
import dev.sixin.proto.im.ReqSessionDetail;
import dev.sixin.proto.im.ReqSessionDetails;
import dev.sixin.proto.im.ReqSessionMsg;
import dev.sixin.proto.im.ReqSingleUnread;
import dev.sixin.proto.im.ReqSpecificSingleUnread;
import dev.sixin.proto.im.RspSessionDetails;
import dev.sixin.proto.im.RspSessionMsg;
import dev.sixin.proto.im.RspSessions;
import dev.sixin.proto.im.RspSingleUnread;
import dev.sixin.proto.im.RspSpecificSingleUnread;
import dev.sixin.proto.im.SimpleSession;
import dev.sixin.proto.type.AccountInfo;
import dev.sixin.proto.type.Msg;
import dev.sixin.proto.type.RecverType;
import dev.sixin.proto.type.SessionInfo;
import dev.sixin.proto.type.UserLabel;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.function.ToLongFunction;

/// What each call that reads must answer: whole answers, made by sorting and counting.
final class Answers {
  private static final int MAX_NAMED = 100;

  private Answers() {}

  // Lists of sessions.

  static RspSessions getSessions(Model model, long uid, ReqGetSessions request) {
    int list = request.getSessionType() == 0 ? 4 : request.getSessionType();
    if (list < 0 || list > 5) {
      throw new Refused(2);
    }
    Person owner = model.person(uid);
    boolean fold = request.getUnfollowFold() == 1;
    boolean young = request.getTeenagerMode() == 1 || request.getLessonsMode() == 1;
    List<Session> shown =
        owner.listed().stream()
            .filter(session -> isIn(list, fold, session))
            .filter(session -> !young || isForTheYoung(session))
            .toList();

    boolean main = list == 1 || list == 4;
    boolean byAck = request.getSortRule() == 3 && list != 4;
    List<Session> answer = new ArrayList<>();
    if (main && request.getEndTs() == 0) {
      answer.addAll(
          shown.stream()
              .filter(Session::isPinned)
              .sorted(newest(session -> session.topTs.micros()))
              .toList());
    }
    List<Session> rest =
        shown.stream()
            .filter(session -> !main || !session.isPinned())
            .filter(within(request.getBeginTs(), request.getEndTs(), Answers::sessionTs))
            .sorted(
                byAck
                    ? newest(Answers::ackTs).thenComparing(newest(Answers::sessionTs))
                    : newest(Answers::sessionTs))
            .toList();
    int size = size(request.getSize());
    answer.addAll(rest.stream().limit(size).toList());

    RspSessions.Builder rsp = sessions(answer, rest.size() > size).setShowLevel(true);
    for (Session session : owner.listed()) {
      if (session.isSystem() && !session.intercepted) {
        rsp.putSystemMsg(session.talker().profile().getSystemMsgType(), session.talker().uid());
      }
    }
    boolean lonely = answer.isEmpty() && owner.follows().isEmpty();
    return rsp.setIsAddressListEmpty(lonely ? 1 : 0).build();
  }

  private static boolean isIn(int list, boolean fold, Session session) {
    return switch (list) {
      case 1, 4 -> !session.intercepted && !(fold && session.isFoldable());
      case 2 -> !session.intercepted && !session.isFollowed();
      case 5 -> session.intercepted;
      default -> false; // the model knows of no groups
    };
  }

  private static boolean isForTheYoung(Session session) {
    return session.isFollowed() && !session.intercepted;
  }

  static RspSessions newSessions(Model model, long uid, ReqNewSessions request) {
    boolean young = request.getTeenagerMode() == 1 || request.getLessonsMode() == 1;
    List<Session> found =
        model.person(uid).listed().stream()
            .filter(session -> !session.intercepted)
            .filter(session -> !young || isForTheYoung(session))
            .filter(within(request.getBeginTs(), 0, Answers::sessionTs))
            .sorted(newest(Answers::sessionTs))
            .toList();
    return oldest(found, size(request.getSize()));
  }

  static RspSessions ackSessions(Model model, long uid, ReqAckSessions request) {
    long end = Integer.toUnsignedLong(request.getEndTs()) * 1_000_000;
    List<Session> found =
        model.person(uid).listed().stream()
            .filter(session -> session.ackTs.isSet())
            .filter(within(request.getBeginTs(), end, Answers::ackTs))
            .sorted(newest(Answers::ackTs))
            .toList();
    return oldest(found, size(request.getSize()));
  }

  private static RspSessions oldest(List<Session> newestFirst, int size) {
    int from = Math.max(0, newestFirst.size() - size);
    return sessions(newestFirst.subList(from, newestFirst.size()), from > 0).build();
  }

  private static long sessionTs(Session session) {
    return session.sessionTs.micros();
  }

  private static long ackTs(Session session) {
    return session.ackTs.micros();
  }

  private static Comparator<Session> newest(ToLongFunction<Session> time) {
    return Comparator.comparingLong(time).reversed();
  }

  private static Predicate<Session> within(long begin, long end, ToLongFunction<Session> time) {
    return session -> {
      long micros = time.applyAsLong(session);
      return Long.compareUnsigned(micros, begin) > 0
          && (end == 0 || Long.compareUnsigned(micros, end) < 0);
    };
  }

  private static int size(int asked) {
    long size = Integer.toUnsignedLong(asked);
    return size == 0 ? 20 : (int) Math.min(size, 100);
  }

  private static RspSessions.Builder sessions(List<Session> sessions, boolean hasMore) {
    return RspSessions.newBuilder()
        .addAllSessionList(sessions.stream().map(Answers::info).toList())
        .setHasMore(hasMore ? 1 : 0);
  }

  private static SessionInfo info(Session session) {
    User talker = session.talker().profile();
    List<Letter> letters = session.conversation().letters();
    SessionInfo.Builder info =
        SessionInfo.newBuilder()
            .setTalkerId(talker.getUid())
            .setSessionType(1)
            .setTopTs(session.topTs.micros())
            .setIsFollow(session.isFollowed() ? 1 : 0)
            .setIsDnd(session.dnd ? 1 : 0)
            .setAckSeqno(session.ackSeqno)
            .setAckTs(session.ackTs.micros())
            .setSessionTs(session.sessionTs.micros())
            .setUnreadCount(session.unread())
            .setCanFold(session.isFoldable() ? 1 : 0)
            .setMaxSeqno(session.conversation().lastSeqno())
            .setNewPushMsg(session.unreadBusiness() > 0 ? 1 : 0)
            .setSetting(session.pushOff ? 1 : 0)
            .setIsIntercept(session.intercepted ? 1 : 0)
            .setIsTrust(session.trusted ? 1 : 0)
            .setSystemMsgType(talker.getSystemMsgType())
            .setAccountInfo(
                AccountInfo.newBuilder().setName(talker.getName()).setPicUrl(talker.getFace()))
            .setBizMsgUnreadCount(session.unreadBusiness());
    if (!letters.isEmpty()) {
      info.setLastMsg(letters.getLast().msg());
    }
    if (talker.hasMedal()) {
      info.setUserLabel(UserLabel.newBuilder().setLabelType(1).setMedal(talker.getMedal()));
    }
    return info.build();
  }

  // Named sessions.

  static SessionInfo sessionDetail(Model model, long uid, ReqSessionDetail request) {
    Model.requireMe(uid, request.getUid());
    return find(model, uid, request.getSessionType(), request.getTalkerId())
        .map(Answers::info)
        .orElseThrow(() -> new Refused(1000004));
  }

  static RspSessionDetails batchSessDetail(Model model, long uid, ReqSessionDetails request) {
    requireAtMost100(request.getSessIdsCount());
    RspSessionDetails.Builder rsp = RspSessionDetails.newBuilder();
    for (ReqSessionDetail one : request.getSessIdsList()) {
      Model.requireMe(uid, one.getUid());
      find(model, uid, one.getSessionType(), one.getTalkerId())
          .ifPresent(session -> rsp.addSessInfos(info(session)));
    }
    return rsp.build();
  }

  static RspSessions getSpecificSessions(Model model, long uid, ReqGetSpecificSessions request) {
    return sessions(named(model, uid, request.getTalkerSessionsList()), false).build();
  }

  static RspSpecificSingleUnread specificSingleUnread(
      Model model, long uid, ReqSpecificSingleUnread request) {
    RspSpecificSingleUnread.Builder rsp = RspSpecificSingleUnread.newBuilder();
    long sum = 0;
    for (Session session : named(model, uid, request.getTalkerSessionsList())) {
      if (!rsp.containsTalkerUnreadCnt(session.talker().uid())) {
        rsp.putTalkerUnreadCnt(session.talker().uid(), session.unread());
        sum += session.unread();
      }
    }
    return rsp.setAllUnreadCnt(sum).build();
  }

  private static List<Session> named(Model model, long uid, List<SimpleSession> names) {
    requireAtMost100(names.size());
    List<Session> found = new ArrayList<>();
    for (SimpleSession name : names) {
      find(model, uid, name.getSessionType(), name.getTalkerId()).ifPresent(found::add);
    }
    return found;
  }

  private static void requireAtMost100(int count) {
    if (count > MAX_NAMED) {
      throw new Refused(2);
    }
  }

  private static Optional<Session> find(Model model, long uid, int sessionType, long talkerId) {
    Model.requireTalker(sessionType, talkerId);
    return sessionType != 1
        ? Optional.empty() // the model knows of no groups
        : Optional.ofNullable(model.person(uid).sessions().get(talkerId)).filter(Session::exists);
  }

  // Unread counts.

  static RspSingleUnread singleUnread(Model model, long uid, ReqSingleUnread request) {
    Model.requireMe(uid, request.getUid());
    int type = request.getUnreadType();
    if (type < 0 || type > 3) {
      throw new Refused(2);
    }
    List<Session> counted =
        model.person(uid).listed().stream().filter(session -> !session.dnd).toList();
    List<Session> followed = new ArrayList<>();
    List<Session> unfollowed = new ArrayList<>();
    List<Session> dustbin = new ArrayList<>();
    for (Session session : counted) {
      if (session.intercepted) {
        dustbin.add(session);
      } else if (session.isFollowed()) {
        followed.add(session);
      } else {
        unfollowed.add(session);
      }
    }
    RspSingleUnread.Builder rsp = RspSingleUnread.newBuilder();
    boolean listShown = request.getShowUnfollowList() == 1;
    if (type == 0 || type == 1) {
      rsp.setFollowUnread(unread(followed));
      rsp.setBizMsgFollowUnread(listShown ? unreadBusiness(followed) : 0);
    }
    if (type == 0 || type == 2) {
      rsp.setUnfollowUnread(unread(unfollowed));
      rsp.setBizMsgUnfollowUnread(listShown ? unreadBusiness(unfollowed) : 0);
      rsp.setUnfollowPushMsg(listShown && unreadBusiness(unfollowed) > 0 ? 1 : 0);
    }
    if (request.getShowDustbin() == 1 && (type == 0 || type == 3)) {
      rsp.setDustbinUnread(unread(dustbin));
      rsp.setDustbinPushMsg(unreadBusiness(dustbin) > 0 ? 1 : 0);
    }
    return rsp.build();
  }

  private static long unread(List<Session> sessions) {
    return sessions.stream().mapToLong(Session::unread).sum();
  }

  private static long unreadBusiness(List<Session> sessions) {
    return sessions.stream().mapToLong(Session::unreadBusiness).sum();
  }

  // Messages.

  static RspSessionMsg syncFetchSessionMsgs(Model model, long uid, ReqSessionMsg request) {
    Model.requireTalker(request.getSessionType(), request.getTalkerId());
    if (request.getSize() < 0 || request.getOrder() < 0 || request.getOrder() > 1) {
      throw new Refused(2);
    }
    Model.requireUser(request.getSessionType(), request.getTalkerId());
    long talkerUid = request.getTalkerId();
    Conversation conversation = model.conversation(uid, talkerUid);
    long begin = request.getBeginSeqno();
    long end = request.getEndSeqno();
    List<Msg> range =
        conversation.letters().stream()
            .filter(letter -> Long.compareUnsigned(letter.seqno(), begin) > 0)
            .filter(letter -> letter.status() != 2)
            .filter(letter -> end == 0 || Long.compareUnsigned(letter.seqno(), end) < 0)
            .map(Letter::msg)
            .toList();
    List<Msg> ordered = request.getOrder() == 1 ? range : range.reversed();
    int size = request.getSize() == 0 ? 20 : Math.min(request.getSize(), 2_000);
    List<Msg> page = ordered.stream().limit(size).toList();

    RspSessionMsg.Builder rsp =
        RspSessionMsg.newBuilder()
            .addAllMessages(page)
            .setHasMore(ordered.size() > size ? 1 : 0)
            .setMinSeqno(page.stream().mapToLong(Msg::getMsgSeqno).min().orElse(-1L))
            .setMaxSeqno(page.stream().mapToLong(Msg::getMsgSeqno).max().orElse(0L));
    if (isToldOfOneMessage(model, uid, talkerUid)) {
      rsp.addMessages(tip(model, uid, talkerUid));
    }
    return rsp.build();
  }

  private static boolean isToldOfOneMessage(Model model, long uid, long talkerUid) {
    Conversation conversation = model.conversation(uid, talkerUid);
    return uid != talkerUid
        && model.exists(talkerUid)
        && !model.person(uid).isOfficial()
        && !model.person(talkerUid).follows().contains(uid)
        && !conversation.hasWritten(uid)
        && !conversation.hasWritten(talkerUid);
  }

  /// The tip, without its words: see [Call#SYNC_FETCH_SESSION_MSGS].
  private static Msg tip(Model model, long uid, long talkerUid) {
    return Msg.newBuilder()
        .setSenderUid(talkerUid)
        .setReceiverType(RecverType.EN_RECVER_TYPE_PEER)
        .setReceiverId(uid)
        .setMsgTypeValue(18)
        .setMsgSourceValue(18)
        .setTimestamp(model.time().seconds())
        .build();
  }
}
