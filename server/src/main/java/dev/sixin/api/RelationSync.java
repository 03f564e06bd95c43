package dev.sixin.api;

import dev.sixin.admin.v1.PutGroupRequest;
import dev.sixin.admin.v1.PutGroupRequest.Status;
import dev.sixin.admin.v1.User;
import dev.sixin.api.ImInterfaceService.Features;
import dev.sixin.entity.rows.MemberRow;
import dev.sixin.proto.im.RspRelationSync;
import dev.sixin.proto.type.FriendRelation;
import dev.sixin.proto.type.GroupRelation;
import dev.sixin.proto.type.RelationLog;
import dev.sixin.relation.Relations.News.Changes;
import dev.sixin.relation.Relations.News.Everything;

/// The answer of SyncRelation: numbers of friends and groups, completed with what the site says of
/// them now.
public final class RelationSync {
  private final Features features;

  RelationSync(Features features) {
    this.features = features;
  }

  RspRelationSync since(long uid, long seqno) {
    RspRelationSync.Builder answer = RspRelationSync.newBuilder();
    switch (features.relations().since(uid, seqno)) {
      case Everything all -> {
        answer.setFull(1).setServerRelationOplogSeqno(all.seqno());
        all.friends().forEach(friend -> answer.addFriendList(friend(friend)));
        all.groups().stream()
            .map(group -> group(group, uid))
            .filter(group -> group.getStatus() != Status.DISSOLVED_VALUE)
            .forEach(answer::addGroupList);
      }
      case Changes changes -> {
        answer.setServerRelationOplogSeqno(changes.seqno());
        changes.logs().forEach(log -> answer.addRelationLogs(complete(log, uid)));
      }
    }
    return answer.build();
  }

  private RelationLog complete(RelationLog log, long uid) {
    RelationLog.Builder complete = log.toBuilder();
    if (log.hasFriendRelation()) {
      complete.setFriendRelation(friend(log.getFriendRelation().getUid()));
    }
    if (log.hasGroupRelation()) {
      complete.setGroupRelation(group(log.getGroupRelation().getGroupId(), uid));
    }
    return complete.build();
  }

  private FriendRelation friend(long uid) {
    User profile = features.users().get(uid);
    return FriendRelation.newBuilder()
        .setUid(uid)
        .setUserName(profile.getName())
        .setFace(profile.getFace())
        .setVipLevel(profile.getVipLevel())
        .build();
  }

  private GroupRelation group(long groupId, long uid) {
    PutGroupRequest group =
        features.groups().find(groupId).orElse(PutGroupRequest.getDefaultInstance());
    return GroupRelation.newBuilder()
        .setGroupId(groupId)
        .setOwnerUid(group.getOwnerUid())
        .setGroupType(group.getGroupType())
        .setGroupLevel(group.getGroupLevel())
        .setGroupCover(group.getCover())
        .setGroupName(group.getName())
        .setGroupNotice(group.getNotice())
        .setStatus(group.getStatusValue())
        .setMemberRole(features.groups().member(groupId, uid).map(MemberRow::getRole).orElse(0))
        .setFansMedalName(group.getFansMedalName())
        .setRoomId(group.getRoomId())
        .build();
  }
}
