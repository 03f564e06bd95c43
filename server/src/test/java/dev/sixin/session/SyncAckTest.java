package dev.sixin.session;

import static dev.sixin.TestServer.assertRefused;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sixin.MovableClock;
import dev.sixin.Person;
import dev.sixin.Server;
import dev.sixin.TestServer;
import dev.sixin.admin.v1.IssueTokenRequest;
import dev.sixin.entity.Entity;
import dev.sixin.entity.Happening.MessageArrived;
import dev.sixin.entity.Seqno;
import dev.sixin.entity.Talker;
import dev.sixin.entity.Totals;
import dev.sixin.message.GroupTalk;
import dev.sixin.proto.im.ImInterfaceGrpc.ImInterfaceBlockingStub;
import dev.sixin.proto.im.ReqSyncAck;
import dev.sixin.proto.metadata.Metadata;
import dev.sixin.store.memory.MemoryStore;
import io.grpc.stub.MetadataUtils;
import java.time.Duration;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

/// How far a device has processed. No call tells it, so most is asked of [Sessions] itself.
class SyncAckTest {
  private static final TestServer SERVER = TestServer.shared();
  private static final long ANN = 1;
  private static final long BOB = 2;
  private static final int MOST_DEVICES = 64;
  private static final int LONGEST_DEVICE = 128;

  private final MovableClock clock = new MovableClock(TestServer.START);
  @AutoClose private final MemoryStore store = new MemoryStore(Server::apply, clock);
  private final Sessions sessions = new Sessions(store, GroupTalk::session, _ -> true);

  private void arrive(long seqno) {
    MessageArrived event = new MessageArrived(Talker.user(BOB), seqno, false, Totals.NONE, 0);
    store
        .transact(
            Entity.conversation(ANN, BOB),
            log -> {
              log.tell(Entity.inbox(ANN), event);
              return null;
            })
        .join();
  }

  private long latest() {
    return sessions.head(ANN).getLatestSeqno();
  }

  @Test
  void theLatestNumber_isNeverBelowThatOfAMessageThatCanBeRead() {
    long farAhead = 1L << 60;
    arrive(farAhead);
    assertThat(latest()).isGreaterThanOrEqualTo(farAhead);
  }

  @Test
  void theLatestNumber_growsWithEachChangeOfTheInbox() {
    arrive(5);
    long first = latest();
    sessions.pin(ANN, Talker.user(BOB), 0);
    long second = latest();
    sessions.unpin(ANN, Talker.user(BOB));

    assertThat(second).isGreaterThan(first);
    assertThat(latest()).isGreaterThan(second);
  }

  @Test
  void aPosition_isKeptForEachDevice() {
    arrive(5);
    sessions.processed(ANN, "phone", 3);
    sessions.processed(ANN, "", 4);

    assertThat(sessions.processed(ANN, "phone")).isEqualTo(3);
    assertThat(sessions.processed(ANN, "")).isEqualTo(4);
    assertThat(sessions.processed(ANN, "tablet")).isZero();
    assertThat(sessions.processed(BOB, "phone")).isZero();
  }

  @Test
  void aPosition_movesForwardOnly() {
    arrive(5);
    sessions.processed(ANN, "phone", 4);
    sessions.processed(ANN, "phone", 3);
    assertThat(sessions.processed(ANN, "phone")).isEqualTo(4);

    sessions.processed(ANN, "phone", 5);
    assertThat(sessions.processed(ANN, "phone")).isEqualTo(5);
  }

  @Test
  void aPosition_isCutToTheServersOwn_beforeAllThatIsStillToHappen() {
    arrive(5);
    sessions.processed(ANN, "phone", -1);
    long cut = sessions.processed(ANN, "phone");
    assertThat(cut).isBetween(latest(), latest() + (1 << 10));

    sessions.pin(ANN, Talker.user(BOB), 0);
    assertThat(latest()).isGreaterThan(cut);
  }

  @Test
  void aPosition_canBeThatOfAGroupsMessage_whichChangesNoInbox() {
    arrive(5);
    long later = Seqno.at(clock.instant().plusSeconds(5).toEpochMilli() * 1_000);
    clock.move(Duration.ofSeconds(10));
    sessions.processed(ANN, "phone", later);

    assertThat(sessions.processed(ANN, "phone")).isEqualTo(later).isGreaterThan(latest());
  }

  @Test
  void ofTooManyDevices_theOneFurthestBehindIsForgotten() {
    arrive(5);
    for (int i = 0; i < MOST_DEVICES; i++) {
      sessions.processed(ANN, "device " + i, i == 7 ? 50 : 100);
    }
    sessions.processed(ANN, "one more", 60);

    assertThat(sessions.processed(ANN, "one more")).isEqualTo(60);
    assertThat(sessions.processed(ANN, "device 7")).isZero();
    assertThat(sessions.processed(ANN, "device 8")).isEqualTo(100);
  }

  // Through the front door

  private static void syncAck(ImInterfaceBlockingStub calls, String buvid) {
    io.grpc.Metadata headers = new io.grpc.Metadata();
    headers.put(
        io.grpc.Metadata.Key.of("x-bili-metadata-bin", io.grpc.Metadata.BINARY_BYTE_MARSHALLER),
        Metadata.newBuilder().setBuvid(buvid).build().toByteArray());
    calls
        .withInterceptors(MetadataUtils.newAttachHeadersInterceptor(headers))
        .syncAck(ReqSyncAck.newBuilder().setClientSeqno(1).build());
  }

  @Test
  void anAck_succeeds_withOrWithoutADevice() {
    ImInterfaceBlockingStub calls = Person.on(SERVER).calls();
    syncAck(calls, "");
    syncAck(calls, "x".repeat(LONGEST_DEVICE));
  }

  @Test
  void aDeviceWithTooLongAName_isRefusedWith2() {
    ImInterfaceBlockingStub calls = Person.on(SERVER).calls();
    assertRefused(2, () -> syncAck(calls, "x".repeat(LONGEST_DEVICE + 1)));
  }

  @Test
  void theDeviceOfTheToken_goesBeforeThatOfTheMetadata() {
    Person ann = Person.on(SERVER);
    String token =
        SERVER
            .admin()
            .issueToken(IssueTokenRequest.newBuilder().setUid(ann.uid()).setDevice("phone").build())
            .getToken();

    // If this name counted, it would be refused.
    syncAck(SERVER.withToken(token), "x".repeat(LONGEST_DEVICE + 1));
  }
}
