package dev.sixin;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sixin.entity.Entity;
import dev.sixin.entity.Happening;
import dev.sixin.entity.Happening.FollowChanged;
import dev.sixin.entity.Happening.MessageArrived;
import dev.sixin.entity.Happening.RelationTurned;
import dev.sixin.entity.Happening.Removed;
import dev.sixin.entity.Talker;
import dev.sixin.entity.Totals;
import dev.sixin.entity.rows.RelationRow;
import dev.sixin.message.GroupTalk;
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

/// An event may be told more than once and leaves the same behind each time.
class EventsTest {
  private static final long ANN = 1;
  private static final Talker BOB = Talker.user(2);
  private static final long SEQNO = 1L << 50;

  private final MovableClock clock = new MovableClock(TestServer.START);
  @AutoClose private final MemoryStore store = new MemoryStore(Server::apply, clock);
  private final Sessions sessions = new Sessions(store, GroupTalk::session);
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
    return List.of(sessions.find(ANN, BOB), sessions.head(ANN));
  }

  private void assertSameTwice(Happening event) {
    List<Object> none = inbox();
    tell(Entity.inbox(ANN), event);
    List<Object> once = inbox();
    assertThat(once).isNotEqualTo(none);
    clock.move(Duration.ofSeconds(5));
    tell(Entity.inbox(ANN), event);

    assertThat(inbox()).isEqualTo(once);
  }

  private static MessageArrived fromBob(long seqno, long countable) {
    return new MessageArrived(BOB, seqno, false, new Totals(countable, 0), 0);
  }

  @Test
  void aMessageFromTheOtherSide_arrivesOnce() {
    tell(Entity.inbox(ANN), fromBob(SEQNO, 1));
    assertSameTwice(fromBob(SEQNO + 1, 2));
    assertThat(sessions.head(ANN).getUnfollowed().getMessages()).isEqualTo(2);
  }

  @Test
  void anOlderMessageToldAgain_changesNothing() {
    tell(Entity.inbox(ANN), fromBob(SEQNO, 1));
    tell(Entity.inbox(ANN), fromBob(SEQNO + 1, 2));
    List<Object> before = inbox();
    tell(Entity.inbox(ANN), fromBob(SEQNO, 1));

    assertThat(inbox()).isEqualTo(before);
  }

  @Test
  void onesOwnMessage_arrivesOnce() {
    tell(Entity.inbox(ANN), fromBob(SEQNO, 1));
    assertSameTwice(new MessageArrived(BOB, SEQNO + 1, true, new Totals(1, 0), 0));
  }

  @Test
  void aRemoval_happensOnce() {
    tell(Entity.inbox(ANN), fromBob(SEQNO, 1));
    assertSameTwice(new Removed(BOB, SEQNO, Totals.NONE));
  }

  @Test
  void aFollow_movesTheCountOnce() {
    tell(Entity.inbox(ANN), fromBob(SEQNO, 1));
    assertSameTwice(new FollowChanged(BOB.id(), true));
    assertThat(sessions.head(ANN).getFollowed().getMessages()).isEqualTo(1);
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
