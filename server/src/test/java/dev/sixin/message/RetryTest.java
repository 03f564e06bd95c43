package dev.sixin.message;

import static dev.sixin.TestServer.assertRefused;
import static dev.sixin.TestServer.text;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.util.concurrent.Futures;
import com.google.common.util.concurrent.ListenableFuture;
import dev.sixin.Person;
import dev.sixin.TestServer;
import dev.sixin.proto.im.ReqSendMsg;
import dev.sixin.proto.im.RspSendMsg;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// The same sender with the same non-zero cli_msg_id in the same conversation, within 24 hours, is
/// one message.
class RetryTest {
  private static final long CLI_MSG_ID = 77;

  private static final TestServer SERVER = TestServer.shared();

  private static Person somebody() {
    return Person.on(SERVER);
  }

  private static RspSendMsg send(Person from, Person to, long cliMsgId) {
    return from.sends(text(to.uid(), "hello").setCliMsgId(cliMsgId));
  }

  @Test
  void aRetry_getsTheFirstAnswer_andIsOneMessage() {
    Person ann = somebody();
    Person bob = somebody();
    RspSendMsg first = send(ann, bob, CLI_MSG_ID);

    assertThat(send(ann, bob, CLI_MSG_ID)).isEqualTo(first);
    assertThat(bob.history(ann)).hasSize(1);
    assertThat(bob.session(ann).getUnreadCount()).isEqualTo(1);
  }

  @Test
  void aRetryWithOtherContent_getsTheFirstMessageAllTheSame() {
    Person ann = somebody();
    Person bob = somebody();
    RspSendMsg first = send(ann, bob, CLI_MSG_ID);

    assertThat(ann.sends(text(bob.uid(), "other").setCliMsgId(CLI_MSG_ID))).isEqualTo(first);
    assertThat(bob.history(ann).getFirst().getContent()).isEqualTo("{\"content\":\"hello\"}");
  }

  @Test
  void aRetry_doesNotTouchTheSessions() {
    Person ann = somebody();
    Person bob = somebody();
    Person eve = somebody();
    send(ann, bob, CLI_MSG_ID);
    bob.acks(ann, 0);
    eve.says(bob, "later");
    long sessionTs = bob.session(ann).getSessionTs();
    send(ann, bob, CLI_MSG_ID);

    assertThat(bob.session(ann).getUnreadCount()).isZero();
    assertThat(bob.session(ann).getSessionTs()).isEqualTo(sessionTs);
    assertThat(bob.listed(4)).containsExactly(eve, ann);
  }

  @Test
  void retriesAtTheSameTime_areOneMessage() throws ExecutionException, InterruptedException {
    Person ann = somebody();
    Person bob = somebody();
    ReqSendMsg request =
        ReqSendMsg.newBuilder().setMsg(text(bob.uid(), "hello").setCliMsgId(CLI_MSG_ID)).build();
    List<ListenableFuture<RspSendMsg>> answers =
        Stream.generate(() -> ann.callsAtOnce().sendMsg(request)).limit(16).toList();

    assertThat(Futures.allAsList(answers).get()).hasSize(16).containsOnly(answers.getFirst().get());
    assertThat(bob.history(ann)).hasSize(1);
  }

  @Test
  void aRetry_isNotCheckedAgain_whenTheReceiverHasBlockedTheSenderSince() {
    Person ann = somebody();
    Person bob = somebody();
    RspSendMsg first = send(ann, bob, CLI_MSG_ID);
    bob.blocks(ann);

    assertThat(send(ann, bob, CLI_MSG_ID)).isEqualTo(first);
    assertRefused(25003, () -> send(ann, bob, CLI_MSG_ID + 1));
  }

  @Test
  void aRetry_isNotCheckedAgain_whenTheSenderHasBlockedTheReceiverSince() {
    Person ann = somebody();
    Person bob = somebody();
    RspSendMsg first = send(ann, bob, CLI_MSG_ID);
    ann.blocks(bob);

    assertThat(send(ann, bob, CLI_MSG_ID)).isEqualTo(first);
    assertRefused(25005, () -> send(ann, bob, CLI_MSG_ID + 1));
  }

  @Test
  void aRetry_isNotCheckedAgain_againstTheStrangerRule() {
    Person ann = somebody();
    Person bob = somebody();
    RspSendMsg first = send(ann, bob, CLI_MSG_ID);

    assertRefused(21047, () -> send(ann, bob, CLI_MSG_ID + 1));
    assertThat(send(ann, bob, CLI_MSG_ID)).isEqualTo(first);
  }

  @Test
  void aRefusedMessage_isNoFirstAnswer() {
    Person ann = somebody();
    Person bob = somebody();
    bob.blocks(ann);
    assertRefused(25003, () -> send(ann, bob, CLI_MSG_ID));
    bob.unblocks(ann);
    send(ann, bob, CLI_MSG_ID);

    assertThat(bob.history(ann)).hasSize(1);
  }

  @Test
  void anotherCliMsgId_isAnotherMessage() {
    Person ann = somebody();
    Person bob = somebody();
    ann.befriends(bob);

    assertThat(send(ann, bob, CLI_MSG_ID)).isNotEqualTo(send(ann, bob, CLI_MSG_ID + 1));
    assertThat(bob.history(ann)).hasSize(2);
  }

  @Test
  void aMessageWithoutCliMsgId_isNeverARetry() {
    Person ann = somebody();
    Person bob = somebody();
    ann.befriends(bob);

    assertThat(send(ann, bob, 0)).isNotEqualTo(send(ann, bob, 0));
    assertThat(bob.history(ann)).hasSize(2);
  }

  @Test
  void theSameCliMsgIdInAnotherConversation_isAnotherMessage() {
    Person ann = somebody();
    Person bob = somebody();
    Person eve = somebody();

    assertThat(send(ann, bob, CLI_MSG_ID)).isNotEqualTo(send(ann, eve, CLI_MSG_ID));
    assertThat(bob.history(ann)).hasSize(1);
    assertThat(eve.history(ann)).hasSize(1);
  }

  @Test
  void theSameCliMsgIdFromTheOtherSide_isAnotherMessage() {
    Person ann = somebody();
    Person bob = somebody();

    assertThat(send(ann, bob, CLI_MSG_ID)).isNotEqualTo(send(bob, ann, CLI_MSG_ID));
    assertThat(bob.history(ann)).hasSize(2);
  }

  @Test
  void aCliMsgId_isForgottenAfter24Hours() {
    Person ann = somebody();
    Person bob = somebody();
    ann.befriends(bob);
    RspSendMsg first = send(ann, bob, CLI_MSG_ID);
    SERVER.clock.move(Duration.ofHours(24).minusSeconds(1));
    assertThat(send(ann, bob, CLI_MSG_ID)).isEqualTo(first);

    SERVER.clock.move(Duration.ofSeconds(2));
    RspSendMsg second = send(ann, bob, CLI_MSG_ID);
    assertThat(second).isNotEqualTo(first);
    assertThat(bob.history(ann)).hasSize(2);
    assertThat(send(ann, bob, CLI_MSG_ID)).as("of the second message").isEqualTo(second);
  }

  @Test
  void aRetry_getsTheFirstAnswer_afterARestart() {
    Person ann = somebody();
    Person bob = somebody();
    RspSendMsg first = send(ann, bob, CLI_MSG_ID);
    SERVER.restart();

    assertThat(send(ann, bob, CLI_MSG_ID)).isEqualTo(first);
    assertThat(bob.history(ann)).hasSize(1);
  }
}
