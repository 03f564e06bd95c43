package dev.sixin.api;

import dev.sixin.admin.v1.PutGroupRequest;
import dev.sixin.admin.v1.User;
import dev.sixin.api.ImInterfaceService.Features;
import dev.sixin.entity.Talker;
import dev.sixin.entity.rows.SessionRow;
import dev.sixin.message.Messages.Place;
import dev.sixin.proto.type.AccountInfo;
import dev.sixin.proto.type.Msg;
import dev.sixin.proto.type.SessionInfo;
import dev.sixin.proto.type.UserLabel;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Completes stored sessions with what belongs to others: the last message, the talker's name,
/// picture and label.
final class SessionInfos {
  private static final int LABEL_MEDAL = 1;

  private final Features features;

  SessionInfos(Features features) {
    this.features = features;
  }

  List<SessionInfo> of(long uid, List<SessionRow> sessions) {
    Map<Place, Msg> last =
        features
            .messages()
            .find(
                uid,
                sessions.stream().filter(SessionInfos::isSpoken).map(SessionInfos::last).toList());
    Map<Long, PutGroupRequest> groups =
        features
            .groups()
            .find(
                sessions.stream()
                    .map(session -> Talker.of(session.getInfo()))
                    .filter(talker -> !talker.isUser())
                    .map(Talker::id)
                    .toList());
    return sessions.stream()
        .map(session -> of(session, Optional.ofNullable(last.get(last(session))), groups))
        .toList();
  }

  SessionInfo of(long uid, SessionRow session) {
    return of(uid, List.of(session)).getFirst();
  }

  private static boolean isSpoken(SessionRow session) {
    return Long.compareUnsigned(
            session.getInfo().getMaxSeqno(), session.getGroup().getJoinedSeqno())
        > 0;
  }

  private static Place last(SessionRow session) {
    return new Place(Talker.of(session.getInfo()), session.getInfo().getMaxSeqno());
  }

  private SessionInfo of(
      SessionRow session, Optional<Msg> last, Map<Long, PutGroupRequest> groups) {
    SessionInfo stored = session.getInfo();
    Talker talker = Talker.of(stored);
    SessionInfo.Builder info = stored.toBuilder();
    last.ifPresent(info::setLastMsg);
    if (!talker.isUser()) {
      Optional.ofNullable(groups.get(talker.id())).ifPresent(group -> describe(info, group));
      return info.build();
    }
    boolean followed = stored.getIsFollow() != 0 || stored.getSystemMsgType() != 0;
    boolean foldable = !followed && stored.getTopTs() == 0 && stored.getIsTrust() == 0;
    info.setIsFollow(followed ? 1 : 0)
        .setLiveStatus((int) features.users().live(talker.id()).getLiveStatus())
        .setCanFold(foldable ? 1 : 0)
        .setNewPushMsg(stored.getBizMsgUnreadCount() > 0 ? 1 : 0);
    features.users().find(talker.id()).ifPresent(profile -> describe(info, profile));
    return info.build();
  }

  private static void describe(SessionInfo.Builder info, PutGroupRequest group) {
    info.setGroupName(group.getName())
        .setGroupCover(group.getCover())
        .setGroupType(group.getGroupType());
  }

  private static void describe(SessionInfo.Builder info, User profile) {
    info.setAccountInfo(
        AccountInfo.newBuilder().setName(profile.getName()).setPicUrl(profile.getFace()));
    if (profile.hasMedal()) {
      info.setUserLabel(
          UserLabel.newBuilder().setLabelType(LABEL_MEDAL).setMedal(profile.getMedal()));
    }
  }
}
