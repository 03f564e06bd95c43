package dev.sixin.api;

import dev.sixin.admin.v1.PutGroupRequest;
import dev.sixin.admin.v1.SetSystemNoticeRequest;
import dev.sixin.api.ImInterfaceService.Features;
import dev.sixin.entity.Talker;
import dev.sixin.entity.rows.InboxHead;
import dev.sixin.entity.rows.SessionRow;
import dev.sixin.entity.rows.UnreadRow;
import dev.sixin.proto.im.MsgFeedUnreadRsp;
import dev.sixin.proto.im.ReqShowClearUnreadUI;
import dev.sixin.proto.im.ReqSingleUnread;
import dev.sixin.proto.im.ReqTotalUnread;
import dev.sixin.proto.im.RspCloseClearUnreadUI;
import dev.sixin.proto.im.RspMyGroupUnread;
import dev.sixin.proto.im.RspShowClearUnreadUI;
import dev.sixin.proto.im.RspSingleUnread;
import dev.sixin.proto.im.RspTotalUnread;
import dev.sixin.proto.im.RspUpdateTotalUnread;
import dev.sixin.proto.im.SessionSingleUnreadRsp;
import dev.sixin.proto.im.SysMsgInterfaceLastMsgRsp;
import dev.sixin.proto.type.SessionInfo;
import dev.sixin.refusal.Refusal;
import java.time.InstantSource;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/// The answers of the calls that count what is unread.
public final class Unread {
  private static final UnreadRow NONE = UnreadRow.getDefaultInstance();

  private static final String CLEAR_PROMPT_CHINESE = "有 %d 个会话未读，要全部标为已读吗？";
  private static final String CLEAR_PROMPT_ENGLISH =
      "%d conversations are unread. Mark all of them as read?";

  /// The system_msg_type of customer service.
  private static final int CUSTOMER_SERVICE = 8;

  private static final int ALL = 0;
  private static final int FOLLOWED = 1;
  private static final int UNFOLLOWED = 2;
  private static final int DUSTBIN = 3;

  private final Features features;
  private final InstantSource clock;

  Unread(Features features, InstantSource clock) {
    this.features = features;
    this.clock = clock;
  }

  /// Unread private messages.
  public RspSingleUnread single(Caller caller, ReqSingleUnread request) {
    caller.mustBe("uid", request.getUid());
    int type = (int) Refusal.require("unread_type", request.getUnreadType(), ALL, DUSTBIN);
    InboxHead head = features.sessions().head(caller.uid());
    UnreadRow followed = type == ALL || type == FOLLOWED ? head.getFollowed() : NONE;
    UnreadRow unfollowed = type == ALL || type == UNFOLLOWED ? head.getUnfollowed() : NONE;
    RspSingleUnread.Builder answer =
        RspSingleUnread.newBuilder()
            .setFollowUnread(followed.getMessages())
            .setUnfollowUnread(unfollowed.getMessages());
    if (request.getShowUnfollowList() == 1) {
      answer
          .setUnfollowPushMsg(unfollowed.getBusiness() > 0 ? 1 : 0)
          .setBizMsgUnfollowUnread(unfollowed.getBusiness())
          .setBizMsgFollowUnread(followed.getBusiness());
    }
    if (request.getShowDustbin() == 1 && (type == ALL || type == DUSTBIN)) {
      answer
          .setDustbinUnread(head.getDustbin().getMessages())
          .setDustbinPushMsg(head.getDustbin().getBusiness() > 0 ? 1 : 0);
    }
    return answer.build();
  }

  /// Unread messages of the site's customer service.
  public int customerService(Caller caller) {
    Long service = features.sessions().systemAccounts(caller.uid()).get(CUSTOMER_SERVICE);
    return service == null
        ? 0
        : features
            .sessions()
            .find(caller.uid(), Talker.user(service))
            .map(SessionRow::getInfo)
            .filter(info -> info.getIsDnd() == 0)
            .map(SessionInfo::getUnreadCount)
            .orElse(0);
  }

  /// Unread messages of the groups that the caller owns, those left out that may not disturb or
  /// that the helper collects; of none when the caller wants no groups.
  public RspMyGroupUnread ownGroups(Caller caller) {
    if (!features.users().showsGroups(caller.uid())) {
      return RspMyGroupUnread.getDefaultInstance();
    }
    List<SessionInfo> sessions =
        features.sessions().groups(caller.uid()).stream()
            .filter(session -> !session.getGroup().getHelper())
            .map(session -> session.getInfo())
            .filter(info -> info.getIsDnd() == 0)
            .toList();
    Set<Long> owned =
        features
            .groups()
            .find(sessions.stream().map(SessionInfo::getTalkerId).toList())
            .values()
            .stream()
            .filter(group -> group.getOwnerUid() == caller.uid())
            .map(PutGroupRequest::getGroupId)
            .collect(Collectors.toSet());
    long sum =
        sessions.stream()
            .filter(info -> owned.contains(info.getTalkerId()))
            .mapToLong(SessionInfo::getUnreadCount)
            .sum();
    return RspMyGroupUnread.newBuilder().setUnreadCount(atMost32Bits(sum)).build();
  }

  /// All that a badge may count. What was not asked for is neither shown nor counted.
  RspTotalUnread total(Caller caller, ReqTotalUnread request) {
    RspTotalUnread.Builder answer = RspTotalUnread.newBuilder();
    RspSingleUnread messages = single(caller, messagesOf(request));
    long total = 0;
    if (request.getSingleunreadOn() == 1) {
      answer.setSessionSingleUnread(part(messages));
      total +=
          messages.getFollowUnread() + messages.getUnfollowUnread() + messages.getDustbinUnread();
    }
    if (request.getMsgfeedOn() == 1) {
      MsgFeedUnreadRsp.Builder feed =
          MsgFeedUnreadRsp.newBuilder().putAllUnread(features.users().feedUnread(caller.uid()));
      answer.setMsgFeedUnread(feed);
      total += feed.getUnreadMap().values().stream().mapToLong(Unread::atMost32Bits).sum();
    }
    if (request.getSysupOn() == 1) {
      SysMsgInterfaceLastMsgRsp notice = notice(features.users().systemNotice(caller.uid()));
      answer.setSysMsgInterfaceLastMsg(notice);
      total += notice.getUnread();
    }
    return answer.setTotalUnread(atMost32Bits(total)).build();
  }

  private static ReqSingleUnread messagesOf(ReqTotalUnread request) {
    return ReqSingleUnread.newBuilder()
        .setUnreadType(request.getUnreadType())
        .setShowUnfollowList(request.getShowUnfollowList())
        .setUid(request.getUid())
        .setShowDustbin(request.getShowDustbin())
        .build();
  }

  private static SessionSingleUnreadRsp part(RspSingleUnread messages) {
    return SessionSingleUnreadRsp.newBuilder()
        .setUnfollowUnread(messages.getUnfollowUnread())
        .setFollowUnread(messages.getFollowUnread())
        .setUnfollowPushMsg(messages.getUnfollowPushMsg())
        .setDustbinPushMsg(messages.getDustbinPushMsg())
        .setDustbinUnread(messages.getDustbinUnread())
        .build();
  }

  /// The offer to clear what is unread, with the switches of the calls above: which sessions count.
  RspShowClearUnreadUI clearPrompt(Caller caller, ReqShowClearUnreadUI request, boolean english) {
    int type = (int) Refusal.require("unread_type", request.getUnreadType(), ALL, DUSTBIN);
    boolean dustbin = request.getShowDustbin() == 1 && (type == ALL || type == DUSTBIN);
    InboxHead head = features.sessions().head(caller.uid());
    long sessions =
        (type == ALL || type == FOLLOWED ? head.getFollowed().getSessions() : 0)
            + (type == ALL || type == UNFOLLOWED ? head.getUnfollowed().getSessions() : 0)
            + (dustbin ? head.getDustbin().getSessions() : 0);
    if (!features.clearing().isOffered(head, sessions, clock.instant())) {
      return RspShowClearUnreadUI.getDefaultInstance();
    }
    return RspShowClearUnreadUI.newBuilder()
        .setDisplay(true)
        .setText((english ? CLEAR_PROMPT_ENGLISH : CLEAR_PROMPT_CHINESE).formatted(sessions))
        .build();
  }

  RspCloseClearUnreadUI closePrompt(Caller caller) {
    features.clearing().closeOffer(caller.uid());
    return RspCloseClearUnreadUI.getDefaultInstance();
  }

  /// Reads all sessions and the feed.
  RspUpdateTotalUnread clear(Caller caller) {
    features.messages().readGroups(caller.uid(), features.sessions().groups(caller.uid()));
    features.clearing().readAll(caller.uid());
    features.users().clearFeed(caller.uid());
    return RspUpdateTotalUnread.getDefaultInstance();
  }

  private static SysMsgInterfaceLastMsgRsp notice(SetSystemNoticeRequest notice) {
    return SysMsgInterfaceLastMsgRsp.newBuilder()
        .setUnread(notice.getUnread())
        .setTitle(notice.getTitle())
        .setTime(notice.getTime())
        .setId(notice.getId())
        .build();
  }

  private static int atMost32Bits(long count) {
    return (int) Math.min(count, Integer.MAX_VALUE);
  }
}
