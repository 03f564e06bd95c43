package dev.sixin.group;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sixin.Group;
import dev.sixin.Person;
import dev.sixin.StoreRows;
import dev.sixin.TestServer;
import dev.sixin.entity.Entity;
import dev.sixin.entity.Stored;
import dev.sixin.entity.rows.InboxHead;
import dev.sixin.proto.im.ReqAckAssisMsg;
import dev.sixin.session.Inbox;
import dev.sixin.store.Key;
import java.util.HexFormat;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/// The rules of AckAssisMsg. No call tells what it stored, so it is looked up on the disk.
class HelperAckTest {
  private static TestServer server;

  @BeforeAll
  static void start() {
    server = TestServer.start();
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  private final Person ann = Person.on(server);
  private final Person bob = Person.on(server);
  private final Group group = Group.of(bob, ann);

  private void ack(long msgKey) {
    ann.calls().ackAssisMsg(ReqAckAssisMsg.newBuilder().setAckSeqno(msgKey).build());
  }

  private long acked() {
    Key head = Entity.inbox(ann.uid()).append(Key.of(0));
    String stored = StoreRows.of(server).get(Inbox.TABLE.name() + "/" + head);
    return Stored.parse(HexFormat.of().parseHex(stored), InboxHead.getDefaultInstance())
        .getHelperAck();
  }

  private void collect() {
    group.choose(ann, settings -> settings.setHelper(true));
  }

  @Test
  void howFarTheHelperWasRead_isStored_andMovesForwardOnly() {
    collect();
    long one = group.say(bob, "one");
    long two = group.say(bob, "two");
    ack(one);
    assertThat(acked()).isEqualTo(one);
    ack(two);
    assertThat(acked()).isEqualTo(two);

    ack(one);
    ack(0);
    assertThat(acked()).isEqualTo(two);
  }

  @Test
  void anAckBeyondTheNewestMessage_isCutToIt() {
    collect();
    long key = group.say(bob, "one");
    ack(-1);

    assertThat(acked()).isEqualTo(key);
  }

  @Test
  void withoutCollectedGroups_nothingIsStored() {
    group.say(bob, "one");
    ack(-1);

    assertThat(acked()).isZero();
  }
}
