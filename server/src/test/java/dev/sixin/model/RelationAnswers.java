package dev.sixin.model;

import dev.sixin.admin.v1.PutGroupRequest;
import dev.sixin.admin.v1.SetLiveRequest;
import dev.sixin.admin.v1.User;
import dev.sixin.proto.im.ReqLiveInfo;
import dev.sixin.proto.im.ReqRelationSync;
import dev.sixin.proto.im.RspLiveInfo;
import dev.sixin.proto.im.RspRelationSync;
import dev.sixin.proto.type.FriendRelation;
import dev.sixin.proto.type.GroupRelation;
import dev.sixin.proto.type.RelationLog;
import java.util.List;

/// What the calls that tell of others must answer: friends, groups, who is live.
final class RelationAnswers {
  private static final int LOGS_AT_ONCE = 500;

  private RelationAnswers() {}

  static RspRelationSync syncRelation(Model model, long uid, ReqRelationSync request) {
    Person person = model.person(uid);
    List<RelationLog> logs = person.logs();
    long known = request.getClientRelationOplogSeqno();
    RspRelationSync.Builder rsp = RspRelationSync.newBuilder();
    if (known == 0 || Long.compareUnsigned(known, logs.size()) > 0) {
      model.people().stream()
          .filter(other -> person.isFriendOf(other))
          .sorted((one, other) -> Long.compareUnsigned(one.uid(), other.uid()))
          .forEach(friend -> rsp.addFriendList(friend(friend)));
      person.memberships().stream()
          .map(GroupSession::group)
          .sorted((one, other) -> Long.compareUnsigned(one.id(), other.id()))
          .forEach(group -> rsp.addGroupList(group(group, uid)));
      return rsp.setFull(1).setServerRelationOplogSeqno(logs.size()).build();
    }
    List<RelationLog> news = logs.stream().skip(known).limit(LOGS_AT_ONCE).toList();
    news.forEach(log -> rsp.addRelationLogs(complete(model, uid, log)));
    return rsp.setServerRelationOplogSeqno(known + news.size()).build();
  }

  /// Names and groups are told as they are when they are asked for.
  private static RelationLog complete(Model model, long uid, RelationLog log) {
    RelationLog.Builder complete = log.toBuilder();
    if (log.hasFriendRelation()) {
      complete.setFriendRelation(friend(model.person(log.getFriendRelation().getUid())));
    } else {
      complete.setGroupRelation(group(model.group(log.getGroupRelation().getGroupId()), uid));
    }
    return complete.build();
  }

  private static GroupRelation group(Group group, long uid) {
    PutGroupRequest description = group.description();
    return GroupRelation.newBuilder()
        .setGroupId(group.id())
        .setOwnerUid(description.getOwnerUid())
        .setGroupType(description.getGroupType())
        .setGroupLevel(description.getGroupLevel())
        .setGroupCover(description.getCover())
        .setGroupName(description.getName())
        .setGroupNotice(description.getNotice())
        .setStatus(description.getStatusValue())
        .setMemberRole(group.roles().getOrDefault(uid, 0))
        .setFansMedalName(description.getFansMedalName())
        .setRoomId(description.getRoomId())
        .build();
  }

  private static FriendRelation friend(Person friend) {
    User profile = friend.profile();
    return FriendRelation.newBuilder()
        .setUid(friend.uid())
        .setUserName(profile.getName())
        .setFace(profile.getFace())
        .setVipLevel(profile.getVipLevel())
        .build();
  }

  static RspLiveInfo getLiveInfo(Model model, long uid, ReqLiveInfo request) {
    Model.requireMe(uid, request.getUid());
    if (request.getTalkerId() == 0) {
      throw new Refused(-400);
    }
    SetLiveRequest live =
        model.exists(request.getTalkerId())
            ? model.person(request.getTalkerId()).live()
            : SetLiveRequest.getDefaultInstance();
    return RspLiveInfo.newBuilder()
        .setLiveStatus(live.getLiveStatus())
        .setJumpUrl(live.getJumpUrl())
        .build();
  }
}
