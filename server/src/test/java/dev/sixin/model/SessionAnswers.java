package dev.sixin.model;

import dev.sixin.admin.v1.PutGroupRequest;
import dev.sixin.admin.v1.User;
import dev.sixin.proto.im.ReqAckSessions;
import dev.sixin.proto.im.ReqGetSessions;
import dev.sixin.proto.im.ReqGetSpecificSessions;
import dev.sixin.proto.im.ReqNewSessions;
import dev.sixin.proto.im.ReqSessionDetail;
import dev.sixin.proto.im.ReqSessionDetails;
import dev.sixin.proto.im.ReqShareList;
import dev.sixin.proto.im.RspSessionDetails;
import dev.sixin.proto.im.RspSessions;
import dev.sixin.proto.im.RspShareList;
import dev.sixin.proto.im.ShareSessionInfo;
import dev.sixin.proto.im.SimpleSession;
import dev.sixin.proto.type.AccountInfo;
import dev.sixin.proto.type.SessionInfo;
import dev.sixin.proto.type.UserLabel;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.function.ToLongFunction;

/// What the calls that list and name sessions must answer: whole answers, made by sorting.
final class SessionAnswers {
  private static final int MAX_NAMED = 100;
  private static final int MAX_SHARED = 20;

  private SessionAnswers() {}

  // Lists of sessions.

  static RspSessions getSessions(Model model, long uid, ReqGetSessions request) {
    int list = request.getSessionType() == 0 ? 4 : request.getSessionType();
    if (list < 0 || list > 5) {
      throw new Refused(2);
    }
    Person owner = model.person(uid);
    boolean young = request.getTeenagerMode() == 1 || request.getLessonsMode() == 1;
    List<Session> shown =
        owner.listed().stream()
            .filter(session -> isIn(list, request, session))
            .filter(session -> !young || isForTheYoung(session))
            .toList();

    boolean main = isMain(list);
    int sortRule = request.getSortRule();
    Comparator<Session> order = newest(SessionAnswers::sessionTs);
    if (sortRule == 3 && list != 4) {
      order = newest(SessionAnswers::ackTs).thenComparing(order);
    } else if (list == 3 && sortRule != 1 && sortRule != 2) {
      order = Comparator.comparingLong(session -> ((GroupSession) session).joined);
    }
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
            .filter(within(request.getBeginTs(), request.getEndTs(), SessionAnswers::sessionTs))
            .sorted(order)
            .toList();
    int size = size(request.getSize());
    answer.addAll(rest.stream().limit(size).toList());

    RspSessions.Builder rsp = sessions(answer, rest.size() > size).setShowLevel(true);
    for (PeerSession session : owner.peers()) {
      if (session.isSystem() && !session.intercepted) {
        rsp.putSystemMsg(session.talker().profile().getSystemMsgType(), session.talkerId());
      }
    }
    return rsp.setIsAddressListEmpty(answer.isEmpty() && owner.isAlone() ? 1 : 0).build();
  }

  private static boolean isIn(int list, ReqGetSessions request, Session one) {
    return switch (one) {
      case GroupSession _ -> list == 3 || (isMain(list) && request.getGroupFold() != 1);
      case PeerSession session ->
          switch (list) {
            case 1, 4 ->
                !session.intercepted && !(request.getUnfollowFold() == 1 && session.isFoldable());
            case 2 -> !session.intercepted && !session.isFollowed();
            case 5 -> session.intercepted;
            default -> false;
          };
    };
  }

  private static boolean isMain(int list) {
    return list == 1 || list == 4;
  }

  private static boolean isForTheYoung(Session one) {
    return one instanceof PeerSession session && session.isFollowed() && !session.intercepted;
  }

  static RspSessions newSessions(Model model, long uid, ReqNewSessions request) {
    boolean young = request.getTeenagerMode() == 1 || request.getLessonsMode() == 1;
    List<Session> found =
        model.person(uid).listed().stream()
            .filter(session -> !(session instanceof PeerSession peer && peer.intercepted))
            .filter(session -> !young || isForTheYoung(session))
            .filter(within(request.getBeginTs(), 0, SessionAnswers::sessionTs))
            .sorted(newest(SessionAnswers::sessionTs))
            .toList();
    return oldest(found, size(request.getSize()));
  }

  static RspSessions ackSessions(Model model, long uid, ReqAckSessions request) {
    long end = Integer.toUnsignedLong(request.getEndTs()) * 1_000_000;
    List<Session> found =
        model.person(uid).listed().stream()
            .filter(session -> session.ackTs.isSet())
            .filter(within(request.getBeginTs(), end, SessionAnswers::ackTs))
            .sorted(newest(SessionAnswers::ackTs))
            .toList();
    return oldest(found, size(request.getSize()));
  }

  static RspShareList shareList(Model model, long uid, ReqShareList request) {
    if (request.getSize() < 0) {
      throw new Refused(2);
    }
    Person owner = model.person(uid);
    int size = request.getSize() == 0 ? MAX_SHARED : Math.min(request.getSize(), MAX_SHARED);
    List<Person> talkers =
        owner.peers().stream()
            .filter(session -> !session.intercepted && !session.isSystem())
            .sorted(newest(SessionAnswers::sessionTs))
            .limit(size)
            .map(PeerSession::talker)
            .toList();
    RspShareList.Builder rsp = RspShareList.newBuilder();
    for (Person talker : talkers) {
      rsp.addSessionList(
          ShareSessionInfo.newBuilder()
              .setTalkerId(talker.uid())
              .setTalkerUname(talker.profile().getName())
              .setTalkerIcon(talker.profile().getFace())
              .setOfficialType(talker.profile().getOfficialType()));
    }
    return rsp.setIsAddressListEmpty(talkers.isEmpty() && owner.isAlone() ? 1 : 0).build();
  }

  private static RspSessions oldest(List<Session> newestFirst, int size) {
    int from = Math.max(0, newestFirst.size() - size);
    return sessions(newestFirst.subList(from, newestFirst.size()), from > 0).build();
  }

  private static long sessionTs(Session session) {
    return session.sessionTs().micros();
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
        .addAllSessionList(sessions.stream().map(SessionAnswers::info).toList())
        .setHasMore(hasMore ? 1 : 0);
  }

  private static SessionInfo info(Session session) {
    List<Letter> letters = session.conversation().letters();
    SessionInfo.Builder info =
        SessionInfo.newBuilder()
            .setTalkerId(session.talkerId())
            .setSessionType(session.type())
            .setTopTs(session.topTs.micros())
            .setIsDnd(session.dnd ? 1 : 0)
            .setAckSeqno(session.ackSeqno)
            .setAckTs(session.ackTs.micros())
            .setSessionTs(session.sessionTs().micros())
            .setUnreadCount(session.unread())
            .setMaxSeqno(session.conversation().lastSeqno())
            .setSetting(session.pushOff ? 1 : 0)
            .setBizMsgUnreadCount(session.unreadBusiness());
    if (!letters.isEmpty()) {
      info.setLastMsg(letters.getLast().msg());
    }
    switch (session) {
      case PeerSession peer -> describe(info, peer);
      case GroupSession group -> describe(info, group);
    }
    return info.build();
  }

  private static void describe(SessionInfo.Builder info, PeerSession session) {
    User talker = session.talker().profile();
    info.setIsFollow(session.isFollowed() ? 1 : 0)
        .setCanFold(session.isFoldable() ? 1 : 0)
        .setNewPushMsg(session.unreadBusiness() > 0 ? 1 : 0)
        .setIsIntercept(session.intercepted ? 1 : 0)
        .setIsTrust(session.trusted ? 1 : 0)
        .setSystemMsgType(talker.getSystemMsgType())
        .setLiveStatus((int) session.talker().live().getLiveStatus())
        .setAccountInfo(
            AccountInfo.newBuilder().setName(talker.getName()).setPicUrl(talker.getFace()));
    if (talker.hasMedal()) {
      info.setUserLabel(UserLabel.newBuilder().setLabelType(1).setMedal(talker.getMedal()));
    }
  }

  private static void describe(SessionInfo.Builder info, GroupSession session) {
    PutGroupRequest group = session.group().description();
    info.setAtSeqno(session.atSeqno)
        .setGroupName(group.getName())
        .setGroupCover(group.getCover())
        .setGroupType(group.getGroupType());
  }

  // Named sessions.

  static SessionInfo sessionDetail(Model model, long uid, ReqSessionDetail request) {
    Model.requireMe(uid, request.getUid());
    return find(model, uid, request.getSessionType(), request.getTalkerId())
        .map(SessionAnswers::info)
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

  /// The sessions that a request names.
  static List<Session> named(Model model, long uid, List<SimpleSession> names) {
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
    Person person = model.person(uid);
    Session session = (sessionType == 1 ? person.sessions() : person.groupSessions()).get(talkerId);
    return Optional.ofNullable(session).filter(Session::exists);
  }
}
