package dev.sixin.bench.torture;

import com.linecorp.armeria.client.ClientFactory;
import com.linecorp.armeria.client.grpc.GrpcClients;
import dev.sixin.Failure;
import dev.sixin.admin.v1.AdminGrpc.AdminBlockingStub;
import dev.sixin.admin.v1.IssueTokenRequest;
import dev.sixin.admin.v1.Member;
import dev.sixin.admin.v1.PutGroupRequest;
import dev.sixin.admin.v1.PutUsersRequest;
import dev.sixin.admin.v1.Relation;
import dev.sixin.admin.v1.Relation.Kind;
import dev.sixin.admin.v1.SetMembersRequest;
import dev.sixin.admin.v1.SetRelationsRequest;
import dev.sixin.admin.v1.User;
import dev.sixin.bench.torture.Stage.Device;
import dev.sixin.bench.torture.history.Call.Act;
import dev.sixin.bench.torture.history.Call.Join;
import dev.sixin.bench.torture.history.Call.Relate;
import dev.sixin.bench.torture.history.Outcome;
import dev.sixin.bench.torture.history.Outcome.Done;
import dev.sixin.bench.torture.history.RecordFile;
import dev.sixin.bench.torture.history.Talk;
import java.net.URI;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;

/// The site: puts people and groups there, and lets people follow and block each other.
final class SiteHand implements Runnable {
  private static final String NAME = "site";
  private static final int MOST_PAUSE_MILLIS = 600;
  private static final int ATTEMPTS = 100;

  private final Subject subject;
  private final RecordFile record;
  private final Stage.Phase phase;
  private final ClientFactory connection;
  private final String adminToken;
  private final RandomGenerator random;
  private int way;
  private URI uri;
  private AdminBlockingStub stub;

  SiteHand(
      Subject subject,
      RecordFile record,
      Stage.Phase phase,
      ClientFactory connection,
      String adminToken,
      RandomGenerator random) {
    this.subject = subject;
    this.record = record;
    this.phase = phase;
    this.connection = connection;
    this.adminToken = adminToken;
    this.random = random;
  }

  private AdminBlockingStub admin() {
    URI now = subject.uri(way);
    if (!now.equals(uri)) {
      uri = now;
      stub =
          GrpcClients.builder("gproto+" + uri)
              .factory(connection)
              .responseTimeout(subject.patience())
              .setHeader("authorization", "Bearer " + adminToken)
              .build(AdminBlockingStub.class);
    }
    return stub;
  }

  /// Puts everybody there; all follow each other.
  void settle() {
    PutUsersRequest.Builder users = PutUsersRequest.newBuilder();
    for (long uid : Stage.PEOPLE) {
      users.addUsers(User.newBuilder().setUid(uid).setName("user " + uid).setOfficialType(-1));
    }
    admin().putUsers(users.build());
    Stage.GROUPS.forEach(
        (group, members) -> {
          admin()
              .putGroup(
                  PutGroupRequest.newBuilder()
                      .setGroupId(group)
                      .setOwnerUid(members[0])
                      .setName("group " + group)
                      .build());
          for (long uid : members) {
            long start = record.micros();
            if (uid != members[0]) {
              admin()
                  .setMembers(
                      SetMembersRequest.newBuilder()
                          .setGroupId(group)
                          .addPut(Member.newBuilder().setUid(uid))
                          .build());
            }
            record.add(NAME, start, new Join(uid, Talk.group(group)), new Done());
          }
        });
    forEachPair((uid, other) -> mustRelate(uid, other, Act.FOLLOW));
  }

  String token(Device device) {
    return admin()
        .issueToken(
            IssueTokenRequest.newBuilder().setUid(device.uid()).setDevice(device.name()).build())
        .getToken();
  }

  @FunctionalInterface
  private interface Pair {
    void of(long uid, long otherUid);
  }

  private static void forEachPair(Pair pair) {
    for (long uid : Stage.PEOPLE) {
      for (long other : Stage.PEOPLE) {
        if (uid != other) {
          pair.of(uid, other);
        }
      }
    }
  }

  /// Lets people follow and block each other until nobody writes any more.
  @Override
  public void run() {
    while (phase.isWriting()) {
      long uid = anybody();
      long other = anybody();
      if (uid != other) {
        change(uid, other);
      }
      pause();
    }
  }

  private void pause() {
    LockSupport.parkNanos(Duration.ofMillis(random.nextInt(MOST_PAUSE_MILLIS)).toNanos());
  }

  private long anybody() {
    return Stage.PEOPLE[random.nextInt(Stage.PEOPLE.length)];
  }

  private void change(long uid, long other) {
    switch (random.nextInt(6)) {
      case 0 -> {
        relate(uid, other, Act.BLOCK);
        pause();
        relate(uid, other, Act.UNBLOCK); // else nobody could write to anybody soon
      }
      case 1, 2 -> relate(uid, other, Act.UNFOLLOW);
      default -> relate(uid, other, Act.FOLLOW);
    }
  }

  /// Nobody blocks anybody any more, and all follow each other.
  void reconcile() {
    forEachPair((uid, other) -> mustRelate(uid, other, Act.UNBLOCK));
    forEachPair((uid, other) -> mustRelate(uid, other, Act.FOLLOW));
  }

  private void mustRelate(long uid, long other, Act act) {
    for (int i = 0; i < ATTEMPTS; i++) {
      if (relate(uid, other, act) instanceof Done) {
        return;
      }
    }
    throw new Failure(
        "the server does not take what the site says of %d and %d".formatted(uid, other));
  }

  private Outcome relate(long uid, long other, Act act) {
    Kind kind =
        switch (act) {
          case FOLLOW -> Kind.FOLLOW;
          case UNFOLLOW -> Kind.UNFOLLOW;
          case BLOCK -> Kind.BLOCK;
          case UNBLOCK -> Kind.UNBLOCK;
        };
    Relation relation = Relation.newBuilder().setFromUid(uid).setToUid(other).setKind(kind).build();
    return make(
        new Relate(uid, other, act),
        admin ->
            admin.setRelations(SetRelationsRequest.newBuilder().addRelations(relation).build()));
  }

  private Outcome make(Relate call, Consumer<AdminBlockingStub> question) {
    long start = record.micros();
    Outcome outcome =
        Client.outcome(
            () -> {
              question.accept(admin());
              return new Done();
            });
    record.add(NAME, start, call, outcome);
    if (outcome instanceof Outcome.Unknown) {
      way++;
      LockSupport.parkNanos(Duration.ofMillis(MOST_PAUSE_MILLIS).toNanos());
    }
    return outcome;
  }
}
