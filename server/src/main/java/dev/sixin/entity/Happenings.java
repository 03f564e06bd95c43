package dev.sixin.entity;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.sixin.entity.Happening.AutoReplied;
import dev.sixin.entity.Happening.Expired;
import dev.sixin.entity.Happening.FollowChanged;
import dev.sixin.entity.Happening.GroupLine;
import dev.sixin.entity.Happening.Joined;
import dev.sixin.entity.Happening.Left;
import dev.sixin.entity.Happening.Mailed;
import dev.sixin.entity.Happening.MembershipChanged;
import dev.sixin.entity.Happening.Mentioned;
import dev.sixin.entity.Happening.MessageArrived;
import dev.sixin.entity.Happening.MessageRecalled;
import dev.sixin.entity.Happening.Read;
import dev.sixin.entity.Happening.RelationTurned;
import dev.sixin.entity.Happening.Removed;
import dev.sixin.entity.Happening.StanceChanged;
import dev.sixin.entity.rows.AutoRepliedRow;
import dev.sixin.entity.rows.ExpiredRow;
import dev.sixin.entity.rows.FollowChangedRow;
import dev.sixin.entity.rows.GroupLineRow;
import dev.sixin.entity.rows.HappeningRow;
import dev.sixin.entity.rows.JoinedRow;
import dev.sixin.entity.rows.LeftRow;
import dev.sixin.entity.rows.MailedRow;
import dev.sixin.entity.rows.MembershipChangedRow;
import dev.sixin.entity.rows.MentionedRow;
import dev.sixin.entity.rows.MessageArrivedRow;
import dev.sixin.entity.rows.MessageRecalledRow;
import dev.sixin.entity.rows.ReadRow;
import dev.sixin.entity.rows.RelationTurnedRow;
import dev.sixin.entity.rows.RemovedRow;
import dev.sixin.entity.rows.StanceChangedRow;
import dev.sixin.entity.rows.TalkerRow;
import dev.sixin.store.Event;

/// [Happening]s as bytes, for stores that deliver them later than they are told.
public final class Happenings implements Event.Codec {
  @Override
  public byte[] bytes(Event event) {
    return row((Happening) event).toByteArray();
  }

  private static HappeningRow row(Happening happening) {
    HappeningRow.Builder row = HappeningRow.newBuilder();
    switch (happening) {
      case MessageArrived e ->
          row.setMessageArrived(
              MessageArrivedRow.newBuilder()
                  .setTalker(row(e.talker()))
                  .setSeqno(e.seqno())
                  .setMine(e.mine())
                  .setOthersTotals(e.othersTotals().toRow())
                  .setSystemMsgType(e.systemMsgType())
                  .setMetered(e.metered())
                  .setOthersGone(e.othersGone().toRow()));
      case MessageRecalled e ->
          row.setMessageRecalled(
              MessageRecalledRow.newBuilder()
                  .setTalker(row(e.talker()))
                  .setChange(e.change())
                  .setLineSeqno(e.lineSeqno())
                  .setTargetSeqno(e.targetSeqno())
                  .setCounted(e.counted().toRow()));
      case Read e ->
          row.setRead(
              ReadRow.newBuilder()
                  .setTalker(row(e.talker()))
                  .setChange(e.change())
                  .setSeqno(e.seqno())
                  .setUnread(e.unread().toRow())
                  .setTotals(e.totals().toRow()));
      case Expired e ->
          row.setExpired(
              ExpiredRow.newBuilder()
                  .setTalker(row(e.talker()))
                  .setChange(e.change())
                  .setSeqno(e.seqno())
                  .setUnread(e.unread().toRow()));
      case Removed e ->
          row.setRemoved(
              RemovedRow.newBuilder()
                  .setTalker(row(e.talker()))
                  .setChange(e.change())
                  .setSeqno(e.seqno())
                  .setTotals(e.totals().toRow()));
      case Mentioned e ->
          row.setMentioned(MentionedRow.newBuilder().setGroupId(e.groupId()).setSeqno(e.seqno()));
      case Joined e ->
          row.setJoined(
              JoinedRow.newBuilder()
                  .setGroupId(e.groupId())
                  .setChange(e.change())
                  .setSeqno(e.seqno())
                  .setTotals(e.totals().toRow()));
      case Left e ->
          row.setLeft(LeftRow.newBuilder().setGroupId(e.groupId()).setChange(e.change()));
      case MembershipChanged e ->
          row.setMembershipChanged(
              MembershipChangedRow.newBuilder().setGroupId(e.groupId()).setMember(e.member()));
      case GroupLine e ->
          row.setGroupLine(
              GroupLineRow.newBuilder()
                  .setGroupId(e.groupId())
                  .setMsgType(e.msgType())
                  .setText(e.text())
                  .setNode(e.node()));
      case FollowChanged e ->
          row.setFollowChanged(
              FollowChangedRow.newBuilder()
                  .setTalkerUid(e.talkerUid())
                  .setChange(e.change())
                  .setFollows(e.follows()));
      case StanceChanged e ->
          row.setStanceChanged(
              StanceChangedRow.newBuilder()
                  .setUid(e.uid())
                  .setOtherUid(e.otherUid())
                  .setChange(e.change())
                  .setFollows(e.follows())
                  .setBlocks(e.blocks()));
      case RelationTurned e ->
          row.setRelationTurned(
              RelationTurnedRow.newBuilder()
                  .setFromUid(e.fromUid())
                  .setToUid(e.toUid())
                  .setFollows(e.follows())
                  .setBlocks(e.blocks())
                  .setUnfollowed(e.unfollowed()));
      case Mailed e ->
          row.setMailed(
              MailedRow.newBuilder()
                  .setDraft(e.draft())
                  .setBusiness(e.business())
                  .setSenderSystemType(e.senderSystemType())
                  .setReceiverSystemType(e.receiverSystemType())
                  .setMetered(e.metered()));
      case AutoReplied e ->
          row.setAutoReplied(
              AutoRepliedRow.newBuilder()
                  .setDraft(e.draft())
                  .setSenderSystemType(e.senderSystemType())
                  .setReceiverSystemType(e.receiverSystemType())
                  .setBannedUntil(e.bannedUntil())
                  .setNode(e.node()));
    }
    return row.build();
  }

  private static TalkerRow row(Talker talker) {
    return TalkerRow.newBuilder().setType(talker.type()).setId(talker.id()).build();
  }

  @Override
  public Event event(byte[] bytes) {
    try {
      return happening(HappeningRow.parseFrom(bytes));
    } catch (InvalidProtocolBufferException e) {
      throw new IllegalStateException("a stored event", e);
    }
  }

  private static Happening happening(HappeningRow row) {
    return switch (row.getWhatCase()) {
      case MESSAGE_ARRIVED -> {
        MessageArrivedRow e = row.getMessageArrived();
        yield new MessageArrived(
            talker(e.getTalker()),
            e.getSeqno(),
            e.getMine(),
            Totals.of(e.getOthersTotals()),
            e.getSystemMsgType(),
            e.getMetered(),
            Totals.of(e.getOthersGone()));
      }
      case MESSAGE_RECALLED -> {
        MessageRecalledRow e = row.getMessageRecalled();
        yield new MessageRecalled(
            talker(e.getTalker()),
            e.getChange(),
            e.getLineSeqno(),
            e.getTargetSeqno(),
            Totals.of(e.getCounted()));
      }
      case READ -> {
        ReadRow e = row.getRead();
        yield new Read(
            talker(e.getTalker()),
            e.getChange(),
            e.getSeqno(),
            Totals.of(e.getUnread()),
            Totals.of(e.getTotals()));
      }
      case EXPIRED -> {
        ExpiredRow e = row.getExpired();
        yield new Expired(
            talker(e.getTalker()), e.getChange(), e.getSeqno(), Totals.of(e.getUnread()));
      }
      case REMOVED -> {
        RemovedRow e = row.getRemoved();
        yield new Removed(
            talker(e.getTalker()), e.getChange(), e.getSeqno(), Totals.of(e.getTotals()));
      }
      case MENTIONED ->
          new Mentioned(row.getMentioned().getGroupId(), row.getMentioned().getSeqno());
      case JOINED -> {
        JoinedRow e = row.getJoined();
        yield new Joined(e.getGroupId(), e.getChange(), e.getSeqno(), Totals.of(e.getTotals()));
      }
      case LEFT -> new Left(row.getLeft().getGroupId(), row.getLeft().getChange());
      case MEMBERSHIP_CHANGED ->
          new MembershipChanged(
              row.getMembershipChanged().getGroupId(), row.getMembershipChanged().getMember());
      case GROUP_LINE -> {
        GroupLineRow e = row.getGroupLine();
        yield new GroupLine(e.getGroupId(), e.getMsgType(), e.getText(), e.getNode());
      }
      case FOLLOW_CHANGED -> {
        FollowChangedRow e = row.getFollowChanged();
        yield new FollowChanged(e.getTalkerUid(), e.getChange(), e.getFollows());
      }
      case STANCE_CHANGED -> {
        StanceChangedRow e = row.getStanceChanged();
        yield new StanceChanged(
            e.getUid(), e.getOtherUid(), e.getChange(), e.getFollows(), e.getBlocks());
      }
      case RELATION_TURNED -> {
        RelationTurnedRow e = row.getRelationTurned();
        yield new RelationTurned(
            e.getFromUid(), e.getToUid(), e.getFollows(), e.getBlocks(), e.getUnfollowed());
      }
      case MAILED -> {
        MailedRow e = row.getMailed();
        yield new Mailed(
            e.getDraft(),
            e.getBusiness(),
            e.getSenderSystemType(),
            e.getReceiverSystemType(),
            e.getMetered());
      }
      case AUTO_REPLIED -> {
        AutoRepliedRow e = row.getAutoReplied();
        yield new AutoReplied(
            e.getDraft(),
            e.getSenderSystemType(),
            e.getReceiverSystemType(),
            e.getBannedUntil(),
            e.getNode());
      }
      case WHAT_NOT_SET ->
          throw new IllegalStateException("a stored event of a kind that this version lacks");
    };
  }

  private static Talker talker(TalkerRow row) {
    return new Talker(row.getType(), row.getId());
  }
}
