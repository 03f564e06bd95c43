package dev.sixin;

import static org.assertj.core.api.Assertions.assertThat;

import com.linecorp.armeria.client.ClientFactory;
import dev.sixin.Ledger.Letter;
import dev.sixin.admin.v1.PutUsersRequest;
import dev.sixin.admin.v1.Relation;
import dev.sixin.admin.v1.Relation.Kind;
import dev.sixin.admin.v1.SetRelationsRequest;
import dev.sixin.admin.v1.User;
import dev.sixin.proto.im.ImInterfaceGrpc.ImInterfaceBlockingStub;
import io.grpc.StatusRuntimeException;
import io.grpc.protobuf.StatusProto;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

/// The packed server is killed again and again while clients write and read.
class CrashIT {
  private static final int CRASHES = Integer.getInteger("sixin.crashes", 4);
  private static final int PEOPLE = 8;
  private static final int CONNECTIONS = 4;
  private static final int CLIENTS_PER_CONNECTION = 6;
  private static final int MOST_MESSAGES_PER_LIFE = 1_500;

  private final Ledger ledger = new Ledger();
  private final Map<Long, String> tokens = new HashMap<>();

  @Test
  void whatWasAcknowledged_survivesKills_once_andEverythingSeenAgreesWithIt() {
    long seed = Long.getLong("sixin.seed", System.nanoTime());
    System.out.printf("CrashIT: %d crashes, sixin.seed=%d%n", CRASHES, seed);
    Random random = new Random(seed);
    try (TempDirectory directory = new TempDirectory()) {
      Path data = directory.path().resolve("data");
      for (int crash = 0; crash < CRASHES; crash++) {
        try (PackedServer server = PackedServer.start(data)) {
          if (crash == 0) {
            settle(server);
          }
          ledger.compare(server, tokens);
          retryUnanswered(server);
          int messages = ledger.acknowledged() + random.nextInt(1, MOST_MESSAGES_PER_LIFE);
          killUnderLoad(server, messages, random.nextLong());
        }
      }
      try (PackedServer server = PackedServer.start(data)) {
        ledger.compare(server, tokens);
        retryUnanswered(server);
        ledger.compare(server, tokens);
        assertThat(server.stop()).isZero();
      }
      System.out.printf("CrashIT: %d messages acknowledged%n", ledger.acknowledged());
    }
  }

  /// People who follow those with greater numbers only, so that both kinds of sessions come about.
  /// Who is followed writes first; then both may write as they like.
  private void settle(PackedServer server) {
    PutUsersRequest.Builder users = PutUsersRequest.newBuilder();
    SetRelationsRequest.Builder follows = SetRelationsRequest.newBuilder();
    for (long uid = 1; uid <= PEOPLE; uid++) {
      users.addUsers(User.newBuilder().setUid(uid).setName("user " + uid).setOfficialType(-1));
      for (long greater = uid + 1; greater <= PEOPLE; greater++) {
        follows.addRelations(
            Relation.newBuilder().setFromUid(uid).setToUid(greater).setKind(Kind.FOLLOW));
      }
    }
    server.admin().putUsers(users.build());
    server.admin().setRelations(follows.build());
    try (ClientFactory connections = ClientFactory.builder().build()) {
      for (long uid = 1; uid <= PEOPLE; uid++) {
        tokens.put(uid, server.token(uid));
        ImInterfaceBlockingStub client = server.client(tokens.get(uid), connections);
        for (long smaller = 1; smaller < uid; smaller++) {
          ledger.send(client, uid, smaller);
        }
      }
    }
  }

  /// As a client does that was not answered: the same message with the same cli_msg_id.
  private void retryUnanswered(PackedServer server) {
    try (ClientFactory connections = ClientFactory.builder().build()) {
      for (Letter letter : ledger.unanswered()) {
        ledger.send(server.client(tokens.get(letter.from()), connections), letter);
      }
    }
  }

  private void killUnderLoad(PackedServer server, int messages, long seed) {
    List<ClientFactory> connections = new ArrayList<>();
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<?>> clients = new ArrayList<>();
      for (int c = 0; c < CONNECTIONS; c++) {
        ClientFactory connection = ClientFactory.builder().build();
        connections.add(connection);
        for (int i = 0; i < CLIENTS_PER_CONNECTION; i++) {
          Random random = new Random(seed + clients.size());
          clients.add(threads.submit(() -> writeAndReadUntilTheEnd(server, connection, random)));
        }
      }
      Await.until("messages are acknowledged", () -> ledger.acknowledged() >= messages);
      assertThat(clients).noneMatch(Future::isDone);
      server.kill();
      for (Future<?> client : clients) {
        client.get();
      }
    } catch (ExecutionException | InterruptedException e) {
      throw new AssertionError(e);
    } finally {
      connections.forEach(ClientFactory::close);
    }
  }

  private void writeAndReadUntilTheEnd(
      PackedServer server, ClientFactory connection, Random random) {
    Map<Long, ImInterfaceBlockingStub> clients = new HashMap<>();
    tokens.forEach((uid, token) -> clients.put(uid, server.client(token, connection)));
    try {
      while (true) {
        long uid = random.nextInt(1, PEOPLE + 1);
        long talker = (uid + random.nextInt(PEOPLE - 1)) % PEOPLE + 1;
        if (random.nextInt(8) == 0) {
          ledger.read(clients.get(uid), uid, talker);
        } else {
          ledger.send(clients.get(uid), uid, talker);
        }
      }
    } catch (StatusRuntimeException e) {
      assertThat(StatusProto.fromThrowable(e).getDetailsList())
          .as("the server is gone, it did not refuse")
          .isEmpty();
    }
  }
}
