package dev.sixin;

import static org.assertj.core.api.Assertions.assertThat;

import com.linecorp.armeria.client.ClientFactory;
import com.linecorp.armeria.client.UnprocessedRequestException;
import dev.sixin.Ledger.Letter;
import dev.sixin.admin.v1.PutUsersRequest;
import dev.sixin.admin.v1.Relation;
import dev.sixin.admin.v1.Relation.Kind;
import dev.sixin.admin.v1.SetRelationsRequest;
import dev.sixin.admin.v1.User;
import dev.sixin.proto.im.ImInterfaceGrpc.ImInterfaceBlockingStub;
import io.grpc.Status.Code;
import io.grpc.StatusRuntimeException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

/// The packed server is told to stop (SIGTERM) again and again while clients send: what it has let
/// in is answered, and what it has not let in is not there.
class GracefulStopIT {
  private static final int STOPS = Integer.getInteger("sixin.stops", 3);
  private static final int PEOPLE = 8;
  private static final int CONNECTIONS = 4;
  private static final int CALLS_AT_ONCE = 8;
  private static final int MESSAGES_PER_LIFE = 1_000;

  private final Ledger ledger = new Ledger();
  private final Map<Long, String> tokens = new HashMap<>();

  @Test
  void whatWasLetInBeforeTheSignal_isAnswered_andNothingElseIsThere() throws Exception {
    try (TempDirectory directory = new TempDirectory()) {
      for (int stop = 0; stop < STOPS; stop++) {
        try (PackedServer server = PackedServer.start(directory.path().resolve("data"))) {
          if (stop == 0) {
            settle(server);
          }
          ledger.compare(server, tokens);
          stopUnderLoad(server);
        }
      }
      try (PackedServer server = PackedServer.start(directory.path().resolve("data"))) {
        ledger.compare(server, tokens);
        assertThat(server.stop()).isZero();
      }
    }
    System.out.printf("GracefulStopIT: %d messages acknowledged%n", ledger.acknowledged());
  }

  private void settle(PackedServer server) {
    PutUsersRequest.Builder users = PutUsersRequest.newBuilder();
    SetRelationsRequest.Builder follows = SetRelationsRequest.newBuilder();
    for (long uid = 1; uid <= PEOPLE; uid++) {
      users.addUsers(User.newBuilder().setUid(uid).setName("user " + uid).setOfficialType(-1));
      for (long other = 1; other <= PEOPLE; other++) {
        if (other != uid) {
          follows.addRelations(
              Relation.newBuilder().setFromUid(uid).setToUid(other).setKind(Kind.FOLLOW));
        }
      }
    }
    server.admin().putUsers(users.build());
    server.admin().setRelations(follows.build());
    for (long uid = 1; uid <= PEOPLE; uid++) {
      tokens.put(uid, server.token(uid));
    }
  }

  private void stopUnderLoad(PackedServer server) throws Exception {
    int before = ledger.acknowledged();
    List<ClientFactory> connections = new ArrayList<>();
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<?>> clients = new ArrayList<>();
      for (int c = 0; c < CONNECTIONS; c++) {
        ClientFactory connection = ClientFactory.builder().useHttp2Preface(true).build();
        connections.add(connection);
        for (int i = 0; i < CALLS_AT_ONCE; i++) {
          long uid = 1 + clients.size() % (long) PEOPLE;
          ImInterfaceBlockingStub client = server.client(tokens.get(uid), connection);
          clients.add(threads.submit(() -> sendUntilRefused(client, uid)));
        }
      }
      Await.until(
          "messages are acknowledged", () -> ledger.acknowledged() >= before + MESSAGES_PER_LIFE);
      assertThat(clients).noneMatch(Future::isDone);
      assertThat(server.stop()).as("exit code").isZero();
      for (Future<?> client : clients) {
        client.get(); // throws if a call went without an answer
      }
    } finally {
      connections.forEach(ClientFactory::close);
    }
    assertThat(ledger.unanswered()).isEmpty();
  }

  /// Sends one message after another until the server has gone.
  private void sendUntilRefused(ImInterfaceBlockingStub client, long uid) {
    for (long i = 0; ; i++) {
      Letter letter = ledger.next(uid, (uid + i % (PEOPLE - 1)) % PEOPLE + 1);
      try {
        ledger.send(client, letter);
      } catch (StatusRuntimeException e) {
        assertThat(e.getStatus().getCode()).as(e.toString()).isEqualTo(Code.UNAVAILABLE);
        assertThat(wasRefused(e) || wasNeverTaken(e)).as("%s: cut off", e.getStatus()).isTrue();
        ledger.refused(letter);
        return;
      }
    }
  }

  /// Whether the server has answered that it takes no more.
  private static boolean wasRefused(StatusRuntimeException e) {
    return e.getTrailers() != null
        && e.getTrailers().keys().contains("grpc-status-details-bin")
        && TestServer.details(e).getCode() == -3;
  }

  /// Whether no server has begun with the call: there was none, or it had said (GOAWAY) that it
  /// takes none after another.
  private static boolean wasNeverTaken(Throwable e) {
    return e instanceof UnprocessedRequestException
        || (e.getCause() != null && wasNeverTaken(e.getCause()));
  }
}
