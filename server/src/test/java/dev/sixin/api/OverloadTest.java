package dev.sixin.api;

import static dev.sixin.TestServer.assertRefused;
import static dev.sixin.TestServer.text;
import static org.assertj.core.api.Assertions.assertThat;

import com.linecorp.armeria.client.grpc.GrpcClients;
import dev.sixin.TestServer;
import dev.sixin.proto.im.ImInterfaceGrpc.ImInterfaceFutureStub;
import dev.sixin.proto.im.ReqSendMsg;
import dev.sixin.proto.im.RspSendMsg;
import dev.sixin.proto.type.Msg;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.micrometer.core.instrument.Timer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// More calls at once than the server takes.
class OverloadTest {
  private static final int CALLS = 500;

  @ParameterizedTest
  @ValueSource(strings = {"--max-calls=2", "--store-queue=2"})
  void callsBeyondTheLimit_areRefusedAtOnceWith509_andDidNothing(String limit)
      throws InterruptedException {
    try (TestServer server = TestServer.start(limit, "--store-batch=1")) {
      List<Long> sent = sendAtOnce(server);

      assertThat(server.history(1, 2))
          .extracting(Msg::getMsgKey)
          .containsExactlyInAnyOrderElementsOf(sent);
      assertThat(countedAsRefused(server)).isEqualTo(CALLS - sent.size());
    }
  }

  /// By the door, or by the full queue.
  private static long countedAsRefused(TestServer server) {
    double atTheDoor = server.meters().get("sixin.calls.refused").counter().count();
    return (long) atTheDoor
        + server.meters().find("sixin.call").tag("code", "-509").timers().stream()
            .mapToLong(Timer::count)
            .sum();
  }

  @Test
  void aMessageRefusedForOverload_costsNothingOfTheDaysWorth() throws InterruptedException {
    try (TestServer server =
        TestServer.start(
            "--store-queue=2",
            "--store-batch=1",
            "--rate-burst=1000000",
            "--rate-per-second=1000000",
            "--rate-per-day=" + CALLS)) {
      int sent = sendAtOnce(server).size();
      for (int i = sent; i < CALLS; i++) {
        server.say(1, 2, "message " + i);
      }

      assertRefused(21046, () -> server.say(1, 2, "one more"));
    }
  }

  /// Sends more messages from 1 to 2 at once than the server takes, and asserts that the rest is
  /// refused.
  ///
  /// @return the keys of those that were sent
  private static List<Long> sendAtOnce(TestServer server) throws InterruptedException {
    server.people(1, 2);
    server.friends(1, 2);
    ImInterfaceFutureStub stub =
        GrpcClients.builder("gproto+http://127.0.0.1:" + server.port())
            .setHeader("authorization", "identify_v1 " + server.token(1))
            .build(ImInterfaceFutureStub.class);
    List<Future<RspSendMsg>> calls = new ArrayList<>();
    for (int i = 0; i < CALLS; i++) {
      calls.add(stub.sendMsg(ReqSendMsg.newBuilder().setMsg(text(2, "message " + i)).build()));
    }

    List<Long> sent = new ArrayList<>();
    int refused = 0;
    for (Future<RspSendMsg> call : calls) {
      try {
        sent.add(call.get().getMsgKey());
      } catch (ExecutionException e) {
        StatusRuntimeException refusal = (StatusRuntimeException) e.getCause();
        assertThat(refusal.getStatus().getCode()).isEqualTo(Status.Code.RESOURCE_EXHAUSTED);
        assertThat(TestServer.details(refusal).getCode()).isEqualTo(-509);
        refused++;
      }
    }

    assertThat(refused).isPositive();
    assertThat(sent).isNotEmpty();
    return sent;
  }
}
