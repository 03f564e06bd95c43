package dev.sixin;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sixin.entity.Conversation;
import dev.sixin.entity.Entity;
import dev.sixin.entity.Happening;
import dev.sixin.entity.Happening.AutoReplied;
import dev.sixin.entity.Happening.Expired;
import dev.sixin.entity.Happening.FollowChanged;
import dev.sixin.entity.Happening.Joined;
import dev.sixin.entity.Happening.Left;
import dev.sixin.entity.Happening.Mailed;
import dev.sixin.entity.Happening.Mentioned;
import dev.sixin.entity.Happening.MessageArrived;
import dev.sixin.entity.Happening.MessageRecalled;
import dev.sixin.entity.Happening.Read;
import dev.sixin.entity.Happening.RelationTurned;
import dev.sixin.entity.Happening.Removed;
import dev.sixin.entity.Happening.StanceChanged;
import dev.sixin.entity.Talker;
import dev.sixin.entity.Totals;
import dev.sixin.entity.rows.ConversationHead;
import dev.sixin.entity.rows.RelationRow;
import dev.sixin.message.GroupTalk;
import dev.sixin.proto.type.Msg;
import dev.sixin.relation.Relations;
import dev.sixin.relation.Relations.Act;
import dev.sixin.relation.Relations.Step;
import dev.sixin.session.Sessions;
import dev.sixin.store.Key;
import dev.sixin.store.memory.MemoryStore;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

/// An event may be told more than once, late too, and leaves the same behind each time.
class EventsTest {
  private static final long ANN = 1;
  private static final Talker BOB = Talker.user(2);
  private static final long CLUB = 9;
  private static final long SEQNO = 1L << 50;

  private final MovableClock clock = new MovableClock(TestServer.START);
  @AutoClose private final MemoryStore store = new MemoryStore(Server::apply, clock);
  private final Sessions sessions = new Sessions(store, GroupTalk::session, _ -> true);
  private final Relations relations = new Relations(store);

  private void tell(Key entity, Happening event) {
    store
        .transact(
            Entity.user(0),
            teller -> {
              teller.tell(entity, event);
              return null;
            })
        .join();
  }

  private List<Object> inbox() {
    return List.of(sessions.stored(ANN, new Talker(0, 0), 10), sessions.head(ANN));
  }

  /// Tells ann's inbox events in their order, and after each all that were told before it again.
  private void assertNoHarmLate(Happening... history) {
    for (int last = 0; last < history.length; last++) {
      List<Object> before = inbox();
      tell(Entity.inbox(ANN), history[last]);
      List<Object> after = inbox();
      assertThat(after).as("after %s", history[last]).isNotEqualTo(before);
      for (int again = last; again >= 0; again--) {
        clock.move(Duration.ofSeconds(5));
        tell(Entity.inbox(ANN), history[again]);
        assertThat(inbox())
            .as("%s, told again after %s", history[again], history[last])
            .isEqualTo(after);
      }
    }
  }

  private static MessageArrived fromBob(long seqno, long countable) {
    return new MessageArrived(BOB, SEQNO + seqno, false, new Totals(countable, 0), 0);
  }

  private static MessageArrived toBob(long seqno, long countable) {
    return new MessageArrived(BOB, SEQNO + seqno, true, new Totals(countable, 0), 0, true);
  }

  private static Read read(long change, long seqno, long unread) {
    return new Read(BOB, change, SEQNO + seqno, new Totals(unread, 0), Totals.NONE);
  }

  @Test
  void whatAConversationTells_happensOnce_whenItIsToldAgainLate() {
    assertNoHarmLate(
        fromBob(1, 1),
        read(10, 1, 0),
        fromBob(2, 2),
        fromBob(3, 3),
        read(20, 2, 1),
        fromBob(4, 3), // the line of the recall
        new MessageRecalled(BOB, 30, SEQNO + 4, SEQNO + 3, new Totals(1, 0)),
        fromBob(5, 4),
        new Removed(BOB, 40, SEQNO + 5, Totals.NONE),
        fromBob(6, 5),
        toBob(7, 5),
        read(50, 7, 0),
        fromBob(8, 6));

    assertThat(sessions.head(ANN).getUnfollowed().getMessages()).isEqualTo(1);
    assertThat(sessions.head(ANN).getSentCount()).isEqualTo(1);
  }

  @Test
  void whatIsGoneOfAConversation_isReadOnce_whenItIsToldAgainLate() {
    assertNoHarmLate(
        fromBob(1, 1),
        fromBob(2, 2),
        fromBob(3, 3),
        new Expired(BOB, 10, SEQNO + 1, new Totals(2, 0)),
        fromBob(4, 4),
        read(20, 2, 2),
        new Expired(BOB, 30, SEQNO + 3, new Totals(1, 0)));

    assertThat(sessions.head(ANN).getUnfollowed().getMessages()).isEqualTo(1);
    assertThat(sessions.stored(ANN, new Talker(0, 0), 1).getFirst().getInfo().getAckSeqno())
        .isEqualTo(SEQNO + 3);
  }

  @Test
  void whatIsGoneOfAConversation_changesNothing_forWhoHasReadBeyondIt() {
    tell(Entity.inbox(ANN), fromBob(1, 1));
    tell(Entity.inbox(ANN), fromBob(2, 2));
    tell(Entity.inbox(ANN), read(10, 2, 0));
    List<Object> before = inbox();
    tell(Entity.inbox(ANN), new Expired(BOB, 20, SEQNO + 1, new Totals(1, 0)));

    assertThat(inbox()).isEqualTo(before);
  }

  @Test
  void whatAGroupTells_happensOnce_whenItIsToldAgainLate() {
    Talker club = Talker.group(CLUB);
    assertNoHarmLate(
        new Joined(CLUB, 10, 0, Totals.NONE),
        new Mentioned(CLUB, 2),
        new Mentioned(CLUB, 4),
        new Read(club, 20, 3, Totals.NONE, new Totals(3, 0)),
        new Read(club, 30, 4, Totals.NONE, new Totals(4, 0)),
        new MessageArrived(club, 5, true, new Totals(5, 0), 0, true),
        new Mentioned(CLUB, 6),
        new Removed(club, 40, 6, new Totals(6, 0)),
        new Left(CLUB, 50),
        new Joined(CLUB, 60, 7, new Totals(7, 0)),
        new Mentioned(CLUB, 8));

    assertThat(sessions.head(ANN).getSentCount()).isEqualTo(1);
  }

  @Test
  void followsAndUnfollows_moveTheCountOnce_whenTheyAreToldAgainLate() {
    assertNoHarmLate(
        fromBob(1, 1),
        new FollowChanged(BOB.id(), 10, true),
        new FollowChanged(BOB.id(), 20, false),
        fromBob(2, 2),
        new FollowChanged(BOB.id(), 30, true));

    assertThat(sessions.head(ANN).getFollowed().getMessages()).isEqualTo(2);
    assertThat(sessions.head(ANN).getUnfollowed().getMessages()).isZero();
  }

  @Test
  void readingAnEmptyConversation_readsNothingOfWhatComesLater() {
    Read nothing = new Read(BOB, 10, 0, Totals.NONE, Totals.NONE);
    tell(Entity.inbox(ANN), nothing);
    tell(Entity.inbox(ANN), fromBob(1, 1));
    List<Object> before = inbox();
    tell(Entity.inbox(ANN), nothing);

    assertThat(inbox()).isEqualTo(before);
  }

  @Test
  void removingWhatIsRemoved_removesNothingOfWhatComesLater() {
    Removed again = new Removed(BOB, 20, SEQNO + 1, Totals.NONE);
    tell(Entity.inbox(ANN), fromBob(1, 1));
    tell(Entity.inbox(ANN), new Removed(BOB, 10, SEQNO + 1, Totals.NONE));
    tell(Entity.inbox(ANN), again);
    tell(Entity.inbox(ANN), fromBob(2, 2));
    List<Object> before = inbox();
    tell(Entity.inbox(ANN), again);

    assertThat(inbox()).isEqualTo(before);
  }

  private static Mailed mailed(long msgKey) {
    Msg draft =
        Msg.newBuilder()
            .setSenderUid(BOB.id())
            .setReceiverId(ANN)
            .setMsgTypeValue(1)
            .setMsgKey(msgKey)
            .build();
    return new Mailed(draft, true, 0, 0, false);
  }

  @Test
  void aMailing_comesOnce_whenItIsToldAgainLate() {
    Key conversation = Entity.conversation(ANN, BOB);
    for (long key = 1; key <= 5; key++) {
      tell(conversation, mailed(key));
      for (long again = key; again >= 1; again--) {
        tell(conversation, mailed(again));
      }
    }

    assertThat(sessions.head(ANN).getUnfollowed().getMessages()).isEqualTo(5);
  }

  @Test
  void anAutoReply_comesOnceADay_howeverOftenItIsTold() {
    Key conversation = Entity.conversation(ANN, BOB.id());
    Msg draft =
        Msg.newBuilder()
            .setSenderUid(BOB.id())
            .setReceiverId(ANN)
            .setMsgTypeValue(1)
            .setMsgSourceValue(9)
            .build();
    AutoReplied event = new AutoReplied(draft, 0, 0, 0, 0);
    tell(conversation, event);
    tell(conversation, event);
    assertThat(sessions.head(ANN).getUnfollowed().getMessages()).isEqualTo(1);
    clock.move(Duration.ofDays(-1)); // a clock that steps back brings no day back
    tell(conversation, event);
    assertThat(sessions.head(ANN).getUnfollowed().getMessages()).isEqualTo(1);
    clock.move(Duration.ofDays(2));
    tell(conversation, event);
    tell(conversation, event);

    assertThat(sessions.head(ANN).getUnfollowed().getMessages()).isEqualTo(2);
  }

  @Test
  void whatOneMakesOfAnother_isAsLastSaid() {
    Key conversation = Entity.conversation(ANN, BOB.id());
    List<StanceChanged> events =
        List.of(
            new StanceChanged(ANN, BOB.id(), 10, true, false),
            new StanceChanged(ANN, BOB.id(), 20, false, true),
            new StanceChanged(BOB.id(), ANN, 5, true, false),
            new StanceChanged(ANN, BOB.id(), 30, true, false),
            new StanceChanged(BOB.id(), ANN, 15, false, false));
    for (int i = 0; i < events.size(); i++) {
      tell(conversation, events.get(i));
      ConversationHead once = Conversation.head(store.rows(conversation));
      for (StanceChanged before : events.subList(0, i + 1)) {
        tell(conversation, before);
        assertThat(Conversation.head(store.rows(conversation))).isEqualTo(once);
      }
    }

    ConversationHead head = Conversation.head(store.rows(conversation));
    assertThat(head.getLowerStance().getFollows()).isTrue();
    assertThat(head.getLowerStance().getBlocks()).isFalse();
    assertThat(head.getHigherStance().getFollows()).isFalse();
  }

  @Test
  void aBlockByTheOtherSide_endsAFollowOnce() {
    relations.apply(List.of(new Step(ANN, BOB.id(), new Act.Follow(false))));
    assertThat(relations.isAlone(ANN)).isFalse();
    RelationTurned event = new RelationTurned(BOB.id(), ANN, false, true, true);
    tell(Entity.relations(ANN), event);
    RelationRow once = relations.between(ANN, BOB.id());
    tell(Entity.relations(ANN), event);

    assertThat(relations.between(ANN, BOB.id())).isEqualTo(once);
    assertThat(once.getFollows()).isFalse();
    assertThat(relations.isAlone(ANN)).isTrue();
  }
}
