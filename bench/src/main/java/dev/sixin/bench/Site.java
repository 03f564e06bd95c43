package dev.sixin.bench;

import static java.nio.charset.StandardCharsets.US_ASCII;

import com.linecorp.armeria.client.ClientFactory;
import com.linecorp.armeria.client.grpc.GrpcClients;
import dev.sixin.Failure;
import dev.sixin.admin.v1.AdminGrpc;
import dev.sixin.admin.v1.AdminGrpc.AdminBlockingStub;
import dev.sixin.admin.v1.IssueTokenRequest;
import dev.sixin.admin.v1.Member;
import dev.sixin.admin.v1.PutGroupRequest;
import dev.sixin.admin.v1.PutUsersRequest;
import dev.sixin.admin.v1.Relation;
import dev.sixin.admin.v1.Relation.Kind;
import dev.sixin.admin.v1.SendRequest;
import dev.sixin.admin.v1.SetMembersRequest;
import dev.sixin.admin.v1.SetRelationsRequest;
import dev.sixin.admin.v1.User;
import dev.sixin.bench.Load.Plan;
import dev.sixin.bench.Workload.Request;
import dev.sixin.proto.im.ImInterfaceGrpc.ImInterfaceBlockingStub;
import dev.sixin.proto.type.Msg;
import dev.sixin.proto.type.MsgType;
import dev.sixin.proto.type.RecverType;
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
import java.util.function.IntFunction;

/// The site whose users a population is: tells a server of them, with many calls under way.
final class Site implements AutoCloseable {
  private static final int BULK = 1_000;

  /// Two changes each; a small cluster that has just begun makes some fifty of them in a second.
  private static final int PAIRS = 200;

  private static final int BULKS_UNDER_WAY = 8;
  private static final int CALLS_UNDER_WAY = 128;
  private static final Duration PATIENCE = Duration.ofMinutes(5);
  private static final Plan PLAN = new Plan(4, 64, 1, Duration.ZERO, Duration.ZERO, 1, 0);
  private static final Method SEND = Method.of(AdminGrpc.getSendMethod());

  private final ClientFactory connections = ClientFactory.builder().build();
  private final URI server;
  private final byte[] authorization;
  private final AdminBlockingStub admin;
  private final Progress progress;

  /// A site that talks to a server.
  Site(URI server, String adminToken, Progress progress) {
    this.server = server;
    this.progress = progress;
    String bearer = "Bearer " + adminToken;
    this.authorization = bearer.getBytes(US_ASCII);
    this.admin = stub(bearer, AdminBlockingStub.class);
  }

  private <T> T stub(String authorization, Class<T> service) {
    return GrpcClients.builder("gproto+" + server)
        .factory(connections)
        .responseTimeout(PATIENCE)
        .setHeader("authorization", authorization)
        .build(service);
  }

  /// Creates users.
  void users(long... uids) {
    each(
        "users",
        uids.length,
        BULK,
        BULKS_UNDER_WAY,
        (from, to) -> {
          PutUsersRequest.Builder request = PutUsersRequest.newBuilder();
          for (long uid : Arrays.copyOfRange(uids, from, to)) {
            request.addUsers(
                User.newBuilder().setUid(uid).setName("user " + uid).setOfficialType(-1));
          }
          admin.putUsers(request.build());
        });
  }

  /// Creates the users of a population and makes contacts follow each other.
  void populate(Population population) {
    users(population.uids());
    each(
        "pairs of contacts",
        population.pairs(),
        PAIRS,
        BULKS_UNDER_WAY,
        (from, to) -> {
          SetRelationsRequest.Builder request = SetRelationsRequest.newBuilder();
          for (int pair = from; pair < to; pair++) {
            long uid = population.uid(population.pairFrom(pair));
            long other = population.uid(population.pairTo(pair));
            request.addRelations(follow(uid, other)).addRelations(follow(other, uid));
          }
          admin.setRelations(request.build());
        });
  }

  private static Relation.Builder follow(long uid, long otherUid) {
    return Relation.newBuilder().setFromUid(uid).setToUid(otherUid).setKind(Kind.FOLLOW);
  }

  /// Creates a fan group; the first member owns it.
  void group(long groupId, long... uids) {
    admin.putGroup(
        PutGroupRequest.newBuilder()
            .setGroupId(groupId)
            .setOwnerUid(uids[0])
            .setName("group " + groupId)
            .build());
    each(
        "members",
        uids.length,
        BULK,
        1,
        (from, to) -> {
          SetMembersRequest.Builder request = SetMembersRequest.newBuilder().setGroupId(groupId);
          for (long uid : Arrays.copyOfRange(uids, Math.max(from, 1), to)) {
            request.addPut(Member.newBuilder().setUid(uid));
          }
          admin.setMembers(request.build());
        });
  }

  /// A call that sends a text from one user to another in the site's name.
  Request letter(long fromUid, long toUid) {
    Msg msg =
        Msg.newBuilder()
            .setSenderUid(fromUid)
            .setReceiverType(RecverType.EN_RECVER_TYPE_PEER)
            .setReceiverId(toUid)
            .setMsgType(MsgType.EN_MSG_TYPE_TEXT)
            .setContent("{\"content\":\"hello\"}")
            .build();
    return letter(msg);
  }

  /// Another call of this kind.
  ///
  /// @param msg with its sender
  Request letter(Msg msg) {
    return SEND.call(authorization, SendRequest.newBuilder().setMsg(msg).build());
  }

  /// Makes calls, each once.
  ///
  /// @param what of, for people
  /// @param calls the first is number 0
  /// @throws Failure when one fails
  void make(String what, int count, IntFunction<Request> calls) throws InterruptedException {
    AtomicInteger next = new AtomicInteger();
    Workload workload =
        _ -> {
          int number = next.getAndIncrement();
          return number < count ? calls.apply(number) : null;
        };
    try (Load load = Load.open(PLAN, server, workload, () -> Duration.ZERO, progress)) {
      load.observe(
          () -> "setting up: %,d of %,d %s".formatted(Math.min(next.get(), count), count, what),
          Duration.ofSeconds(1),
          () -> next.get() > count && load.underWay() == 0,
          window -> {
            if (window.tally().failed() > 0) {
              throw new Failure(
                  "setting up: a call ended with " + window.tally().failures().firstKey());
            }
          });
    }
  }

  /// A new token for each user, as the value of an authorization header.
  List<byte[]> authorizations(long... uids) {
    byte[][] values = new byte[uids.length][];
    each(
        "tokens",
        uids.length,
        1,
        CALLS_UNDER_WAY,
        (user, _) -> values[user] = authorization(uids[user]).getBytes(US_ASCII));
    return Arrays.asList(values);
  }

  /// A new token for a user, as the value of an authorization header.
  String authorization(long uid) {
    IssueTokenRequest request = IssueTokenRequest.newBuilder().setUid(uid).build();
    return "identify_v1 " + admin.issueToken(request).getToken();
  }

  /// The interface as a user sees it.
  ImInterfaceBlockingStub as(long uid) {
    return stub(authorization(uid), ImInterfaceBlockingStub.class);
  }

  @FunctionalInterface
  private interface Bulk {
    void call(int from, int to);
  }

  /// Makes a call for each `size` of `count` things. The first that fails ends it.
  private void each(String what, int count, int size, int underWay, Bulk bulk) {
    Semaphore room = new Semaphore(underWay);
    AtomicInteger done = new AtomicInteger();
    AtomicReference<RuntimeException> failed = new AtomicReference<>();
    try (ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int i = 0; i < count && failed.get() == null; i += size) {
        int from = i;
        int to = Math.min(i + size, count);
        room.acquireUninterruptibly();
        executor.execute(
            () -> {
              try {
                bulk.call(from, to);
              } catch (RuntimeException e) {
                failed.compareAndSet(null, e);
              } finally {
                room.release();
              }
              int made = done.addAndGet(to - from);
              progress.show(() -> "setting up: %,d of %,d %s".formatted(made, count, what));
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
