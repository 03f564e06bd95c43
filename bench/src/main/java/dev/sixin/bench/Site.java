package dev.sixin.bench;

import static java.nio.charset.StandardCharsets.US_ASCII;

import com.linecorp.armeria.client.ClientFactory;
import com.linecorp.armeria.client.grpc.GrpcClients;
import dev.sixin.admin.v1.AdminGrpc.AdminBlockingStub;
import dev.sixin.admin.v1.IssueTokenRequest;
import dev.sixin.admin.v1.PutUsersRequest;
import dev.sixin.admin.v1.Relation;
import dev.sixin.admin.v1.Relation.Kind;
import dev.sixin.admin.v1.SetRelationsRequest;
import dev.sixin.admin.v1.User;
import io.grpc.StatusRuntimeException;
import java.net.URI;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.IntConsumer;

/// The site whose users a population is: tells a server of them, with many calls under way.
final class Site implements AutoCloseable {
  private static final int BULK = 1_000;
  private static final int BULKS_UNDER_WAY = 8;
  private static final int TOKENS_UNDER_WAY = 128;
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private final ClientFactory connections = ClientFactory.builder().build();
  private final AdminBlockingStub admin;
  private final Progress progress;

  /// A site that talks to a server.
  Site(URI server, String adminToken, Progress progress) {
    this.admin =
        GrpcClients.builder("gproto+" + server)
            .factory(connections)
            .responseTimeout(PATIENCE)
            .setHeader("authorization", "Bearer " + adminToken)
            .build(AdminBlockingStub.class);
    this.progress = progress;
  }

  /// Creates the users and makes contacts follow each other.
  void populate(Population population) {
    int userBulks = bulks(population.users());
    each(
        "users",
        BULK,
        userBulks,
        BULKS_UNDER_WAY,
        bulk -> {
          PutUsersRequest.Builder request = PutUsersRequest.newBuilder();
          for (int i = bulk * BULK; i < Math.min((bulk + 1) * BULK, population.users()); i++) {
            long uid = population.uid(i);
            request.addUsers(
                User.newBuilder().setUid(uid).setName("user " + uid).setOfficialType(-1));
          }
          admin.putUsers(request.build());
        });
    each(
        "pairs of contacts",
        BULK,
        bulks(population.pairs()),
        BULKS_UNDER_WAY,
        bulk -> {
          SetRelationsRequest.Builder request = SetRelationsRequest.newBuilder();
          for (int i = bulk * BULK; i < Math.min((bulk + 1) * BULK, population.pairs()); i++) {
            long uid = population.uid(population.pairFrom(i));
            long other = population.uid(population.pairTo(i));
            request.addRelations(follow(uid, other)).addRelations(follow(other, uid));
          }
          admin.setRelations(request.build());
        });
  }

  private static Relation.Builder follow(long uid, long otherUid) {
    return Relation.newBuilder().setFromUid(uid).setToUid(otherUid).setKind(Kind.FOLLOW);
  }

  private static int bulks(int count) {
    return (count + BULK - 1) / BULK;
  }

  /// A new token for each user, as the value of an authorization header.
  List<byte[]> authorizations(Population population) {
    byte[][] values = new byte[population.users()][];
    each(
        "tokens",
        1,
        population.users(),
        TOKENS_UNDER_WAY,
        user -> {
          IssueTokenRequest request =
              IssueTokenRequest.newBuilder().setUid(population.uid(user)).build();
          values[user] = ("identify_v1 " + admin.issueToken(request).getToken()).getBytes(US_ASCII);
        });
    return Arrays.asList(values);
  }

  /// Makes `count` calls. The first that fails ends it.
  private void each(String what, int size, int count, int underWay, IntConsumer call) {
    Semaphore room = new Semaphore(underWay);
    AtomicInteger done = new AtomicInteger();
    AtomicReference<RuntimeException> failed = new AtomicReference<>();
    try (ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int i = 0; i < count && failed.get() == null; i++) {
        int number = i;
        room.acquireUninterruptibly();
        executor.execute(
            () -> {
              try {
                call.accept(number);
              } catch (RuntimeException e) {
                failed.compareAndSet(null, e);
              } finally {
                room.release();
              }
              long made = (long) done.incrementAndGet() * size;
              progress.show(() -> "setting up: %,d %s".formatted(made, what));
            });
      }
    }
    switch (failed.get()) {
      case null -> {}
      case StatusRuntimeException e -> throw new Failure("setting up: " + e.getMessage());
      case RuntimeException e -> throw e;
    }
  }

  @Override
  public void close() {
    connections.close();
  }
}
