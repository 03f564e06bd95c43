package dev.sixin;

import dev.sixin.entity.Conversation;
import dev.sixin.entity.Entity;
import dev.sixin.entity.Talker;
import dev.sixin.entity.Totals;
import dev.sixin.entity.rows.ConversationHead;
import dev.sixin.entity.rows.HorizonRow;
import dev.sixin.entity.rows.MemberRow;
import dev.sixin.entity.rows.RelationRow;
import dev.sixin.entity.rows.SessionRow;
import dev.sixin.entity.rows.StanceRow;
import dev.sixin.group.FanGroups;
import dev.sixin.group.GroupsAudit;
import dev.sixin.message.ConversationAudit;
import dev.sixin.message.GroupTalk;
import dev.sixin.relation.Relations;
import dev.sixin.relation.RelationsAudit;
import dev.sixin.session.Inbox;
import dev.sixin.session.InboxAudit;
import dev.sixin.store.Audit;
import dev.sixin.store.Rows;
import java.util.Optional;

/// Recounts everything that a store holds. Each feature recounts its own rows; here stands what one
/// must know of another.
final class Verification {
  private final Audit audit;

  Verification(Audit audit) {
    this.audit = audit;
  }

  /// Goes over everything and answers how much that was.
  String run() {
    return String.join(
        ", ",
        new ConversationAudit(audit).run(),
        new InboxAudit(audit, this::session).run(),
        new RelationsAudit(audit, this::stance, this::membership).run(),
        new GroupsAudit(audit, this::member).run());
  }

  private void session(String where, long uid, SessionRow session) {
    long talkerId = session.getInfo().getTalkerId();
    if (session.getInfo().getSessionType() == Talker.PRIVATE) {
      boolean follows = Relations.row(audit.rows(Entity.relations(uid)), talkerId).getFollows();
      audit.expect(where, "is_follow", session.getInfo().getIsFollow(), follows ? 1 : 0);
      return;
    }
    Rows group = audit.rows(Entity.group(talkerId));
    Optional<MemberRow> member = FanGroups.member(group, uid);
    audit.expect(where, "member", session.getGroup().getMember(), member.isPresent());
    if (member.isEmpty()) {
      return;
    }
    audit.expect(
        where, "joined at", session.getGroup().getJoinedSeqno(), member.get().getJoinedSeqno());
    Totals written = Totals.of(session.getOthers());
    HorizonRow horizon = Conversation.head(group).getHorizon();
    long ack = session.getInfo().getAckSeqno();
    if (Long.compareUnsigned(ack, horizon.getSeqno()) >= 0) {
      audit.expect(where, "total at ack_seqno", written, GroupTalk.writtenUpTo(group, ack));
    } else if (written.countable() > horizon.getLower().getCountable()) {
      audit.differs(where, "total at ack_seqno: more than up to the horizon of what is kept");
    }
  }

  private void stance(String where, long uid, long otherUid, RelationRow relation) {
    ConversationHead head = Conversation.head(audit.rows(Entity.conversation(uid, otherUid)));
    StanceRow stance =
        Entity.isLower(uid, otherUid) ? head.getLowerStance() : head.getHigherStance();
    audit.expect(
        where, "follows, as the conversation says", stance.getFollows(), relation.getFollows());
    audit.expect(
        where, "blocks, as the conversation says", stance.getBlocks(), relation.getBlocks());
  }

  private void membership(String where, long uid, long groupId) {
    if (FanGroups.member(audit.rows(Entity.group(groupId)), uid).isEmpty()) {
      audit.differs(
          where, "in group %s, which does not know it".formatted(Long.toUnsignedString(groupId)));
    }
  }

  private void member(String where, long groupId, long uid, MemberRow member) {
    SessionRow session = Inbox.session(audit.rows(Entity.inbox(uid)), Talker.group(groupId));
    audit.expect(where, "member, as the inbox says", session.getGroup().getMember(), true);
    audit.expect(
        where,
        "member, as the relations say",
        Relations.isIn(audit.rows(Entity.relations(uid)), groupId),
        true);
  }
}
