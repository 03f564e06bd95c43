package dev.sixin.model;

import dev.sixin.model.Call.Read;
import dev.sixin.proto.im.DummyReq;
import dev.sixin.proto.im.ReqAckSessions;
import dev.sixin.proto.im.ReqGetSessions;
import dev.sixin.proto.im.ReqGetSpecificSessions;
import dev.sixin.proto.im.ReqGroupAssisMsg;
import dev.sixin.proto.im.ReqLiveInfo;
import dev.sixin.proto.im.ReqNewSessions;
import dev.sixin.proto.im.ReqRelationSync;
import dev.sixin.proto.im.ReqSessionDetail;
import dev.sixin.proto.im.ReqSessionDetails;
import dev.sixin.proto.im.ReqSessionMsg;
import dev.sixin.proto.im.ReqShareList;
import dev.sixin.proto.im.ReqShowClearUnreadUI;
import dev.sixin.proto.im.ReqSingleUnread;
import dev.sixin.proto.im.ReqSpecificSingleUnread;
import dev.sixin.proto.im.ReqTotalUnread;
import dev.sixin.proto.im.SimpleSession;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.Supplier;

/// The reads of one user that are compared.
final class Look {
  private static final int ODD = 12;

  /// How many reads of one user are compared after a step.
  private static final int GLANCE = 4;

  private final Model model;
  private final long uid;
  private final List<Long> talkers;
  private final List<Long> groups;
  private final Random random;

  /// What is read the more often the more can go wrong with it.
  private final List<Supplier<Read<?, ?>>> kinds =
      List.of(
          this::getSessions,
          this::getSessions,
          this::getSessions,
          this::newSessions,
          this::ackSessions,
          this::sessionDetail,
          this::sessionDetails,
          this::specificSessions,
          this::specificUnread,
          this::singleUnread,
          this::totalUnread,
          this::clearPrompt,
          this::shareList,
          this::liveInfo,
          this::relations,
          this::myGroups,
          this::collected,
          this::fetch,
          this::fetch,
          this::fetch);

  /// @param talkers the users whom the user may have sessions with; one of them is nobody
  /// @param groups the groups, one of which never is
  /// @param random decides windows, sizes and switches
  Look(Model model, long uid, List<Long> talkers, List<Long> groups, Random random) {
    this.model = model;
    this.uid = uid;
    this.talkers = talkers;
    this.groups = groups;
    this.random = random;
  }

  /// Some reads of whatever kinds and about whatever chance gives, now and then one that must be
  /// refused.
  List<Read<?, ?>> glance() {
    List<Read<?, ?>> reads = new ArrayList<>();
    for (int i = 0; i < GLANCE; i++) {
      reads.add(kinds.get(random.nextInt(kinds.size())).get());
    }
    return reads;
  }

  /// Every session, every conversation, whole lists and counts.
  List<Read<?, ?>> all() {
    List<Read<?, ?>> reads = new ArrayList<>();
    for (int list = 1; list <= 5; list++) {
      reads.add(
          new Read<>(
              Call.GET_SESSIONS,
              uid,
              ReqGetSessions.newBuilder()
                  .setSize(100)
                  .setSessionType(list)
                  .setUnfollowFold(random.nextInt(2))
                  .setGroupFold(random.nextInt(4) / 3)
                  .setSortRule(oneOf(0, 2, 3))
                  .setTeenagerMode(random.nextInt(4) / 3)
                  .build()));
    }
    reads.add(totalUnread(random.nextInt(4), 1));
    reads.add(new Read<>(Call.NEW_SESSIONS, uid, ReqNewSessions.getDefaultInstance()));
    reads.add(new Read<>(Call.ACK_SESSIONS, uid, ReqAckSessions.getDefaultInstance()));
    reads.add(new Read<>(Call.SYNC_RELATION, uid, ReqRelationSync.getDefaultInstance()));
    reads.add(relations(1));
    reads.add(myGroups());
    reads.add(clearPrompt());
    reads.add(collected(0, 2_000));
    ReqSessionDetails.Builder batch = ReqSessionDetails.newBuilder();
    for (SimpleSession one : sessions()) {
      batch.addSessIds(
          ReqSessionDetail.newBuilder()
              .setTalkerId(one.getTalkerId())
              .setSessionType(one.getSessionType()));
      if (!letters(one.getSessionType(), one.getTalkerId()).isEmpty() || odd()) {
        reads.add(
            new Read<>(
                Call.SYNC_FETCH_SESSION_MSGS,
                uid,
                ReqSessionMsg.newBuilder()
                    .setTalkerId(one.getTalkerId())
                    .setSessionType(one.getSessionType())
                    .setOrder(random.nextInt(2))
                    .setSize(2_000)
                    .build()));
      }
    }
    reads.add(new Read<>(Call.BATCH_SESS_DETAIL, uid, batch.build()));
    return reads;
  }

  private List<SimpleSession> sessions() {
    List<SimpleSession> all = new ArrayList<>();
    talkers.forEach(talker -> all.add(session(1, talker)));
    groups.forEach(group -> all.add(session(2, group)));
    return all;
  }

  private static SimpleSession session(int type, long talkerId) {
    return SimpleSession.newBuilder().setSessionType(type).setTalkerId(talkerId).build();
  }

  private List<Letter> letters(int type, long talkerId) {
    return model.conversation(uid, type, talkerId).letters();
  }

  private Read<?, ?> myGroups() {
    return new Read<>(Call.MY_GROUP_UNREAD, uid, DummyReq.getDefaultInstance());
  }

  private Read<?, ?> singleUnread() {
    return new Read<>(
        Call.SINGLE_UNREAD,
        uid,
        ReqSingleUnread.newBuilder()
            .setUnreadType(unreadType())
            .setShowUnfollowList(random.nextInt(3))
            .setShowDustbin(random.nextInt(3))
            .setUid(named())
            .build());
  }

  private Read<?, ?> totalUnread() {
    return totalUnread(unreadType(), random.nextInt(3));
  }

  private Read<?, ?> totalUnread(int unreadType, int on) {
    return new Read<>(
        Call.GET_TOTAL_UNREAD,
        uid,
        ReqTotalUnread.newBuilder()
            .setUnreadType(unreadType)
            .setShowUnfollowList(random.nextInt(3))
            .setShowDustbin(random.nextInt(3))
            .setSingleunreadOn(on)
            .setMsgfeedOn(odd() ? 0 : on)
            .setSysupOn(odd() ? 0 : on)
            .setUid(named())
            .build());
  }

  private Read<?, ?> clearPrompt() {
    return new Read<>(
        Call.SHOW_CLEAR_UNREAD_UI,
        uid,
        ReqShowClearUnreadUI.newBuilder()
            .setUnreadType(unreadType())
            .setShowUnfollowList(random.nextInt(3))
            .setShowDustbin(random.nextInt(3))
            .build());
  }

  private int unreadType() {
    return odd() ? oneOf(-1, 4) : random.nextBoolean() ? 0 : random.nextInt(4);
  }

  private Read<?, ?> shareList() {
    return new Read<>(
        Call.SHARE_LIST,
        uid,
        ReqShareList.newBuilder().setSize(oneOf(0, 0, 1, 2, 3, 20, 21, -1)).build());
  }

  private Read<?, ?> liveInfo() {
    return new Read<>(
        Call.GET_LIVE_INFO,
        uid,
        ReqLiveInfo.newBuilder().setUid(named()).setTalkerId(talker()).build());
  }

  private Read<?, ?> relations() {
    long last = model.person(uid).logs().size();
    return relations(odd() ? -1 : random.nextLong(last + 2));
  }

  private Read<?, ?> relations(long known) {
    return new Read<>(
        Call.SYNC_RELATION,
        uid,
        ReqRelationSync.newBuilder().setClientRelationOplogSeqno(known).build());
  }

  private Read<?, ?> sessionDetail() {
    return new Read<>(Call.SESSION_DETAIL, uid, detail());
  }

  private Read<?, ?> sessionDetails() {
    return new Read<>(
        Call.BATCH_SESS_DETAIL,
        uid,
        ReqSessionDetails.newBuilder().addAllSessIds(many(this::detail)).build());
  }

  private Read<?, ?> specificSessions() {
    return new Read<>(
        Call.GET_SPECIFIC_SESSIONS,
        uid,
        ReqGetSpecificSessions.newBuilder().addAllTalkerSessions(many(this::simple)).build());
  }

  private Read<?, ?> specificUnread() {
    return new Read<>(
        Call.SPECIFIC_SINGLE_UNREAD,
        uid,
        ReqSpecificSingleUnread.newBuilder().addAllTalkerSessions(many(this::simple)).build());
  }

  private Read<?, ?> getSessions() {
    return new Read<>(
        Call.GET_SESSIONS,
        uid,
        ReqGetSessions.newBuilder()
            .setSessionType(odd() ? oneOf(6, 9, -1) : random.nextInt(6))
            .setUnfollowFold(random.nextInt(3))
            .setGroupFold(random.nextInt(3))
            .setSortRule(random.nextInt(5))
            .setTeenagerMode(odd() ? 1 : 0)
            .setLessonsMode(odd() ? 1 : 0)
            .setBeginTs(random.nextBoolean() ? 0 : moment())
            .setEndTs(random.nextBoolean() ? 0 : moment())
            .setSize(size())
            .build());
  }

  private Read<?, ?> newSessions() {
    return new Read<>(
        Call.NEW_SESSIONS,
        uid,
        ReqNewSessions.newBuilder()
            .setBeginTs(moment())
            .setSize(size())
            .setTeenagerMode(odd() ? 1 : 0)
            .setLessonsMode(odd() ? 1 : 0)
            .build());
  }

  private Read<?, ?> ackSessions() {
    int soon = (int) (model.time().seconds() + random.nextInt(-2, 3));
    return new Read<>(
        Call.ACK_SESSIONS,
        uid,
        ReqAckSessions.newBuilder()
            .setBeginTs(moment())
            .setEndTs(odd() ? soon : 0)
            .setSize(size())
            .build());
  }

  private Read<?, ?> collected() {
    List<Long> keys = new ArrayList<>(List.of(0L, 0L, -1L));
    for (GroupSession session : model.person(uid).memberships()) {
      session.conversation().letters().forEach(letter -> keys.add(letter.msg().getMsgKey()));
    }
    long known = keys.get(random.nextInt(keys.size())) + random.nextInt(-1, 2);
    return collected(known, oneOf(0, 0, 1, 2, 3, 2_001, -1));
  }

  private Read<?, ?> collected(long known, int size) {
    return new Read<>(
        Call.GROUP_ASSIS_MSG,
        uid,
        ReqGroupAssisMsg.newBuilder().setClientSeqno(known).setSize(size).build());
  }

  private Read<?, ?> fetch() {
    SimpleSession session = simple();
    return new Read<>(
        Call.SYNC_FETCH_SESSION_MSGS,
        uid,
        ReqSessionMsg.newBuilder()
            .setTalkerId(session.getTalkerId())
            .setSessionType(session.getSessionType())
            .setOrder(odd() ? oneOf(-1, 2) : random.nextInt(2))
            .setSize(odd() ? -1 : oneOf(0, 1, 2, 3, 5, 2_000, 2_001, Integer.MAX_VALUE))
            .setBeginSeqno(random.nextBoolean() ? 0 : seqno(session))
            .setEndSeqno(random.nextBoolean() ? 0 : seqno(session))
            .build());
  }

  private ReqSessionDetail detail() {
    SimpleSession session = simple();
    return ReqSessionDetail.newBuilder()
        .setTalkerId(session.getTalkerId())
        .setSessionType(session.getSessionType())
        .setUid(named())
        .build();
  }

  private SimpleSession simple() {
    if (odd()) {
      return session(oneOf(0, 1, 2, 3, -1), talker());
    }
    return random.nextInt(3) < 2
        ? session(1, talker())
        : session(2, groups.get(random.nextInt(groups.size())));
  }

  private long talker() {
    return odd() ? 0 : talkers.get(random.nextInt(talkers.size()));
  }

  private long named() {
    return odd() ? talkers.get(random.nextInt(talkers.size())) : random.nextBoolean() ? uid : 0;
  }

  private int size() {
    return oneOf(0, 1, 1, 2, 2, 3, 5, 100, 101, -1);
  }

  /// A time at, before or after one that the user's sessions know.
  private long moment() {
    List<Long> known = new ArrayList<>(List.of(0L, 0L, -1L, model.time().micros()));
    for (Session session : model.person(uid).listed()) {
      known.add(session.sessionTs().micros());
      known.add(session.ackTs.micros());
    }
    return known.get(random.nextInt(known.size())) + (odd() ? random.nextInt(-1, 2) : 0);
  }

  /// A number at, before or after one of the conversation's.
  private long seqno(SimpleSession session) {
    List<Long> known = new ArrayList<>(List.of(0L, -1L));
    for (Letter letter : letters(session.getSessionType(), session.getTalkerId())) {
      known.add(letter.seqno());
    }
    return known.get(random.nextInt(known.size())) + random.nextInt(-1, 2);
  }

  private <T> List<T> many(Supplier<T> one) {
    List<T> all = new ArrayList<>();
    int count = odd() ? 101 : random.nextInt(5);
    for (int i = 0; i < count; i++) {
      all.add(one.get());
    }
    return all;
  }

  private boolean odd() {
    return random.nextInt(ODD) == 0;
  }

  private int oneOf(int... values) {
    return values[random.nextInt(values.length)];
  }
}
