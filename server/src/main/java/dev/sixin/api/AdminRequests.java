package dev.sixin.api;

import dev.sixin.admin.v1.Member;
import dev.sixin.admin.v1.Relation;
import dev.sixin.group.FanGroups;
import dev.sixin.group.FanGroups.Seat;
import dev.sixin.proto.type.Msg;
import dev.sixin.proto.type.MsgSource;
import dev.sixin.refusal.Code;
import dev.sixin.refusal.Refusal;
import dev.sixin.relation.Relations.Act;
import dev.sixin.relation.Relations.Step;

/// What requests of the site say, in the terms of the features.
final class AdminRequests {
  private AdminRequests() {}

  /// One step between two users.
  static Step step(Relation relation) {
    long from = Calls.required("from_uid", relation.getFromUid());
    long to = Calls.required("to_uid", relation.getToUid());
    if (from == to) {
      throw Refusal.of(Code.BAD_PARAMETER, "to_uid: the same as from_uid");
    }
    return new Step(
        from,
        to,
        switch (relation.getKind()) {
          case FOLLOW -> new Act.Follow(relation.getSpecial());
          case UNFOLLOW -> new Act.Unfollow();
          case BLOCK -> new Act.Block();
          case UNBLOCK -> new Act.Unblock();
          case KIND_UNSPECIFIED -> throw Refusal.of(Code.BAD_REQUEST, "kind: required");
          case UNRECOGNIZED ->
              throw Refusal.of(
                  Code.BAD_PARAMETER,
                  "kind: %d (expected: 1 to 4)".formatted(relation.getKindValue()));
        });
  }

  /// A member and what they are.
  static Seat seat(Member member) {
    Refusal.require("role", member.getRole(), 0, FanGroups.OWNER);
    return new Seat(Calls.required("uid", member.getUid()), member.getRole());
  }

  /// What of the site's message counts: all but what the server sets.
  static Msg draft(Msg msg) {
    Msg.Builder draft =
        msg.toBuilder()
            .clearMsgSeqno()
            .clearMsgKey()
            .clearTimestamp()
            .clearMsgStatus()
            .clearSysCancel()
            .clearKeyHitInfos();
    if (msg.getMsgSourceValue() == 0) {
      draft.setMsgSource(MsgSource.EN_MSG_SOURCE_BACKSTAGE);
    }
    return draft.build();
  }
}
