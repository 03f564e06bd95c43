package dev.sixin.model;

import dev.sixin.admin.v1.SetSystemNoticeRequest;
import dev.sixin.proto.im.DummyReq;
import dev.sixin.proto.im.MsgFeedUnreadRsp;
import dev.sixin.proto.im.ReqShowClearUnreadUI;
import dev.sixin.proto.im.ReqSingleUnread;
import dev.sixin.proto.im.ReqSpecificSingleUnread;
import dev.sixin.proto.im.ReqTotalUnread;
import dev.sixin.proto.im.RspMyGroupUnread;
import dev.sixin.proto.im.RspShowClearUnreadUI;
import dev.sixin.proto.im.RspSingleUnread;
import dev.sixin.proto.im.RspSpecificSingleUnread;
import dev.sixin.proto.im.RspTotalUnread;
import dev.sixin.proto.im.SessionSingleUnreadRsp;
import dev.sixin.proto.im.SysMsgInterfaceLastMsgRsp;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/// What the calls that count what is unread must answer.
final class UnreadAnswers {
  /// From how many unread sessions on the server offers to clear them: few, so that it does.
  static final int PROMPT_AT = 2;

  private static final long PROMPT_REST_MICROS = 24 * 60 * 60 * 1_000_000L;

  private UnreadAnswers() {}

  static RspSingleUnread singleUnread(Model model, long uid, ReqSingleUnread request) {
    Model.requireMe(uid, request.getUid());
    Folders folders = folders(model, uid, request.getUnreadType(), request.getShowDustbin());
    RspSingleUnread.Builder rsp =
        RspSingleUnread.newBuilder()
            .setFollowUnread(unread(folders.followed()))
            .setUnfollowUnread(unread(folders.unfollowed()))
            .setDustbinUnread(unread(folders.dustbin()))
            .setDustbinPushMsg(unreadBusiness(folders.dustbin()) > 0 ? 1 : 0);
    if (request.getShowUnfollowList() == 1) {
      rsp.setBizMsgFollowUnread(unreadBusiness(folders.followed()))
          .setBizMsgUnfollowUnread(unreadBusiness(folders.unfollowed()))
          .setUnfollowPushMsg(unreadBusiness(folders.unfollowed()) > 0 ? 1 : 0);
    }
    return rsp.build();
  }

  /// The sessions that count, those left out that were not asked for.
  private record Folders(
      List<PeerSession> followed, List<PeerSession> unfollowed, List<PeerSession> dustbin) {}

  private static Folders folders(Model model, long uid, int unreadType, int showDustbin) {
    if (unreadType < 0 || unreadType > 3) {
      throw new Refused(2);
    }
    Folders folders = new Folders(new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
    for (PeerSession session : model.person(uid).peers()) {
      int type = session.intercepted ? 3 : session.isFollowed() ? 1 : 2;
      if (session.dnd || (unreadType != 0 && unreadType != type)) {
        continue;
      }
      switch (type) {
        case 1 -> folders.followed().add(session);
        case 2 -> folders.unfollowed().add(session);
        default -> {
          if (showDustbin == 1) {
            folders.dustbin().add(session);
          }
        }
      }
    }
    return folders;
  }

  static RspSpecificSingleUnread specificSingleUnread(
      Model model, long uid, ReqSpecificSingleUnread request) {
    RspSpecificSingleUnread.Builder rsp = RspSpecificSingleUnread.newBuilder();
    for (Session session : SessionAnswers.named(model, uid, request.getTalkerSessionsList())) {
      rsp.putTalkerUnreadCnt(session.talkerId(), session.unread());
    }
    long sum = rsp.getTalkerUnreadCntMap().values().stream().mapToLong(Long::longValue).sum();
    return rsp.setAllUnreadCnt(sum).build();
  }

  static RspMyGroupUnread myGroupUnread(Model model, long uid, DummyReq request) {
    int sum =
        model.person(uid).memberships().stream()
            .filter(session -> !session.helper && !session.dnd)
            .filter(session -> session.group().description().getOwnerUid() == uid)
            .mapToInt(Session::unread)
            .sum();
    return RspMyGroupUnread.newBuilder().setUnreadCount(sum).build();
  }

  static RspTotalUnread getTotalUnread(Model model, long uid, ReqTotalUnread request) {
    Person person = model.person(uid);
    RspSingleUnread messages =
        singleUnread(
            model,
            uid,
            ReqSingleUnread.newBuilder()
                .setUid(request.getUid())
                .setUnreadType(request.getUnreadType())
                .setShowUnfollowList(request.getShowUnfollowList())
                .setShowDustbin(request.getShowDustbin())
                .build());
    RspTotalUnread.Builder rsp = RspTotalUnread.newBuilder();
    long total = 0;
    if (request.getSingleunreadOn() == 1) {
      rsp.setSessionSingleUnread(
          SessionSingleUnreadRsp.newBuilder()
              .setFollowUnread(messages.getFollowUnread())
              .setUnfollowUnread(messages.getUnfollowUnread())
              .setUnfollowPushMsg(messages.getUnfollowPushMsg())
              .setDustbinUnread(messages.getDustbinUnread())
              .setDustbinPushMsg(messages.getDustbinPushMsg()));
      total +=
          messages.getFollowUnread() + messages.getUnfollowUnread() + messages.getDustbinUnread();
    }
    if (request.getMsgfeedOn() == 1) {
      rsp.setMsgFeedUnread(MsgFeedUnreadRsp.newBuilder().putAllUnread(person.feed()));
      total += person.feed().values().stream().mapToLong(UnreadAnswers::in32Bits).sum();
    }
    if (request.getSysupOn() == 1) {
      SetSystemNoticeRequest notice = person.notice();
      rsp.setSysMsgInterfaceLastMsg(
          SysMsgInterfaceLastMsgRsp.newBuilder()
              .setUnread(notice.getUnread())
              .setTitle(notice.getTitle())
              .setTime(notice.getTime())
              .setId(notice.getId()));
      total += notice.getUnread();
    }
    return rsp.setTotalUnread(in32Bits(total)).build();
  }

  private static int in32Bits(long count) {
    return (int) Math.min(count, Integer.MAX_VALUE);
  }

  /// The prompt, of its words only the number: see [Call#SHOW_CLEAR_UNREAD_UI].
  static RspShowClearUnreadUI showClearUnreadUI(
      Model model, long uid, ReqShowClearUnreadUI request) {
    Folders folders = folders(model, uid, request.getUnreadType(), request.getShowDustbin());
    long count =
        Stream.of(folders.followed(), folders.unfollowed(), folders.dustbin())
            .flatMap(List::stream)
            .filter(session -> session.unread() > 0)
            .count();
    boolean closed =
        model.time().micros() - model.person(uid).promptClosedMicros() < PROMPT_REST_MICROS;
    return count < PROMPT_AT || closed
        ? RspShowClearUnreadUI.getDefaultInstance()
        : RspShowClearUnreadUI.newBuilder().setDisplay(true).setText("" + count).build();
  }

  private static long unread(List<PeerSession> sessions) {
    return sessions.stream().mapToLong(Session::unread).sum();
  }

  private static long unreadBusiness(List<PeerSession> sessions) {
    return sessions.stream().mapToLong(Session::unreadBusiness).sum();
  }
}
