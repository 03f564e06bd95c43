package dev.sixin;

import static org.assertj.core.api.Assertions.assertThat;

import com.linecorp.armeria.client.grpc.GrpcClients;
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
import dev.sixin.entity.Talker;
import dev.sixin.proto.im.ImInterfaceGrpc.ImInterfaceBlockingStub;
import dev.sixin.proto.im.ReqSendMsg;
import dev.sixin.proto.im.ReqSessionDetail;
import dev.sixin.proto.im.ReqSessionMsg;
import dev.sixin.proto.im.RspSendMsg;
import dev.sixin.proto.im.RspSessionMsg;
import dev.sixin.proto.rpc.Status;
import dev.sixin.proto.type.Msg;
import dev.sixin.proto.type.MsgType;
import dev.sixin.proto.type.RecverType;
import dev.sixin.proto.type.SessionInfo;
import dev.sixin.store.cassandra.CassandraNode;
import io.grpc.Metadata;
import io.grpc.StatusRuntimeException;
import io.grpc.protobuf.ProtoUtils;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.stream.Stream;
import org.junit.jupiter.api.function.Executable;
import picocli.CommandLine;

/// A real server on a free port with a data directory of its own, and the clients to talk to it.
/// Rate limits are off, users may have many calls under way, and the clock stands still unless a
/// test says otherwise. With the system property `sixin.cassandra` its store is there, in a
/// keyspace of its own.
public final class TestServer implements AutoCloseable {
  /// When the clock of a new server stands.
  public static final Instant START = Instant.parse("2026-11-22T12:00:00Z");

  private static final Metadata.Key<com.google.rpc.Status> DETAILS =
      Metadata.Key.of(
          "grpc-status-details-bin",
          ProtoUtils.metadataMarshaller(com.google.rpc.Status.getDefaultInstance()));

  /// The number of the shared server in message keys.
  public static final int SHARED_NODE = 5;

  /// The server's clock.
  public final MovableClock clock = new MovableClock(START);

  private final Path directory;
  private Optional<String> keyspace;
  private final boolean isFirst;
  private List<String> options;
  private final Map<Long, ImInterfaceBlockingStub> clients = new ConcurrentHashMap<>();
  private Server server;

  private TestServer(List<String> options) {
    this(
        options,
        CassandraNode.isThere() ? Optional.of(CassandraNode.freshKeyspace()) : Optional.empty(),
        List.of());
  }

  private TestServer(List<String> options, Optional<String> keyspace, List<Path> secrets) {
    try {
      this.directory = Files.createTempDirectory("sixin-test-");
      Files.createDirectory(data());
      for (Path secret : secrets) {
        Files.copy(secret, data().resolve(secret.getFileName()));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    this.options = options;
    this.keyspace = keyspace;
    this.isFirst = secrets.isEmpty();
    this.server = open();
  }

  /// Starts a server with these options, in place of the defaults.
  public static TestServer start(String... options) {
    return new TestServer(all(options));
  }

  /// As [#start], with everything in the data directory in any case.
  public static TestServer startEmbedded(String... options) {
    return new TestServer(all(options), Optional.empty(), List.of());
  }

  /// Starts another server on the store of this one, which has to be on Cassandra. It is to be
  /// closed first.
  public TestServer startAnother(String... more) {
    return new TestServer(
        all(more),
        Optional.of(keyspace.orElseThrow()),
        Stream.of("format", "token.key", "admin.token").map(data()::resolve).toList());
  }

  private static List<String> all(String... options) {
    return with(List.of("--port=0", "--rate-burst=0", "--calls-per-user=10000"), options);
  }

  private static List<String> with(List<String> before, String... options) {
    List<String> all = new ArrayList<>(before);
    for (String option : options) {
      String name = option.substring(0, option.indexOf('=') + 1);
      all.removeIf(known -> known.startsWith(name));
      all.add(option);
    }
    return all;
  }

  /// The server that tests share which need no options of their own; it stops with the machine.
  /// Stopping one takes seconds, so tests keep out of each other's way by users of their own.
  public static TestServer shared() {
    return Shared.SERVER;
  }

  private static final class Shared {
    static final TestServer SERVER = start("--node=" + SHARED_NODE);

    static {
      Runtime.getRuntime().addShutdownHook(new Thread(SERVER::close));
    }
  }

  private Server open() {
    Options parsed = new Options();
    List<String> all = new ArrayList<>(options);
    all.add("--data=" + data());
    keyspace.stream()
        .flatMap(name -> CassandraNode.options(name).stream())
        .filter(option -> !has(option.substring(0, option.indexOf('='))))
        .forEach(all::add);
    new CommandLine(parsed).parseArgs(all.toArray(String[]::new));
    return Server.start(parsed.config(), clock);
  }

  /// Stops the server in good order and starts it again on the same data.
  public void restart() {
    restart(() -> {});
  }

  /// Stops the server in good order, lets a test do something to its files, and starts it again.
  public void restart(Runnable whileStopped) {
    server.close();
    clients.clear();
    whileStopped.run();
    server = open();
  }

  /// Stops the server in good order and starts it again with these options in place of those that
  /// it had.
  void restart(String... newOptions) {
    restart(() -> options = with(options, newOptions));
  }

  /// Stops the server, and starts it again with everything in a keyspace of Cassandra, which a test
  /// has it brought to meanwhile; empty: in its data directory.
  void move(Optional<String> newKeyspace, Runnable whileStopped) {
    restart(
        () -> {
          whileStopped.run();
          keyspace = newKeyspace;
        });
  }

  /// Stops the server, has all that it keeps recounted, and starts it again.
  public void verify() {
    restart(
        () -> {
          List<String> command = new ArrayList<>(List.of("verify", "--data", data().toString()));
          keyspace.map(CassandraNode::options).ifPresent(command::addAll);
          assertThat(Main.run(command.toArray(String[]::new))).as("exit code of verify").isZero();
        });
  }

  /// Removes the messages that the server does not keep any more, as it does by itself every hour.
  ///
  /// @return how many that were
  public long removeWhatIsOver() {
    try {
      return server.retention().run();
    } catch (InterruptedException | ExecutionException e) {
      throw new AssertionError(e);
    }
  }

  /// The data directory.
  public Path data() {
    return directory.resolve("data");
  }

  /// The port where everybody may speak without TLS.
  public int port() {
    return has("--plain-port") ? server.ports().get(1) : server.port();
  }

  /// The port that speaks TLS, if the options say so.
  public int mainPort() {
    return server.port();
  }

  /// The port that admin calls come to.
  public int adminPort() {
    return has("--admin-port") ? server.ports().getLast() : port();
  }

  private boolean has(String option) {
    return options.stream().anyMatch(given -> given.startsWith(option + "="));
  }

  public String adminToken() {
    return server.adminToken();
  }

  /// What the server counts of itself.
  public MeterRegistry meters() {
    return server.meters();
  }

  /// How many streams of live push are open.
  public int watchers() {
    return (int) meters().get("sixin.push.watchers").gauge().value();
  }

  /// Fills the server as `sixin demo` does.
  ///
  /// @return what the demo prints
  public String demo() {
    return new Demo(server).welcome();
  }

  /// Those who live in a demo, before their first turn, in a server filled for them.
  DemoBots demoBots() {
    Demo demo = new Demo(server);
    var _ = demo.welcome();
    return demo.bots(new DemoPeople());
  }

  /// A client with the admin token.
  public AdminBlockingStub admin() {
    return GrpcClients.builder("gproto+http://127.0.0.1:" + adminPort())
        .setHeader("authorization", "Bearer " + server.adminToken())
        .build(AdminBlockingStub.class);
  }

  /// A new access token.
  public String token(long uid) {
    return admin().issueToken(IssueTokenRequest.newBuilder().setUid(uid).build()).getToken();
  }

  /// A client with a user's token.
  public ImInterfaceBlockingStub as(long uid) {
    return clients.computeIfAbsent(uid, id -> withToken(token(id)));
  }

  /// A client that sends `authorization: identify_v1 token` and wants English.
  public ImInterfaceBlockingStub withToken(String token) {
    return GrpcClients.builder("gproto+http://127.0.0.1:" + port())
        .setHeader("authorization", "identify_v1 " + token)
        .setHeader("accept-language", "en")
        .build(ImInterfaceBlockingStub.class);
  }

  /// Creates ordinary people.
  public void people(long... uids) {
    PutUsersRequest.Builder request = PutUsersRequest.newBuilder();
    for (long uid : uids) {
      request.addUsers(
          User.newBuilder().setUid(uid).setName("user " + uid).setOfficialType(-1).build());
    }
    admin().putUsers(request.build());
  }

  /// Creates one user as described.
  public void user(User.Builder user) {
    admin().putUsers(PutUsersRequest.newBuilder().addUsers(user).build());
  }

  /// Makes users follow each other, so that they can write as they like.
  public void friends(long uid, long otherUid) {
    relate(uid, otherUid, Kind.FOLLOW);
    relate(otherUid, uid, Kind.FOLLOW);
  }

  /// One follow, block or its undoing.
  public void relate(long fromUid, long toUid, Kind kind) {
    admin()
        .setRelations(
            SetRelationsRequest.newBuilder()
                .addRelations(
                    Relation.newBuilder().setFromUid(fromUid).setToUid(toUid).setKind(kind))
                .build());
  }

  /// Creates a fan group, "fans", with its owner and these members.
  public void group(long groupId, long ownerUid, long... memberUids) {
    admin()
        .putGroup(
            PutGroupRequest.newBuilder()
                .setGroupId(groupId)
                .setOwnerUid(ownerUid)
                .setName("fans")
                .build());
    SetMembersRequest.Builder members = SetMembersRequest.newBuilder().setGroupId(groupId);
    for (long uid : memberUids) {
      members.addPut(Member.newBuilder().setUid(uid));
    }
    admin().setMembers(members.build());
  }

  /// A text message as a client sends it; no cli_msg_id.
  public static Msg.Builder text(long toUid, String text) {
    return Msg.newBuilder()
        .setReceiverType(RecverType.EN_RECVER_TYPE_PEER)
        .setReceiverId(toUid)
        .setMsgType(MsgType.EN_MSG_TYPE_TEXT)
        .setContent("{\"content\":\"" + text + "\"}");
  }

  /// A text message to a group as a client sends it; no cli_msg_id.
  public static Msg.Builder groupText(long groupId, String text) {
    return text(groupId, text).setReceiverType(RecverType.EN_RECVER_TYPE_GROUP);
  }

  /// Sends a message.
  public RspSendMsg send(long fromUid, Msg.Builder msg) {
    return as(fromUid).sendMsg(ReqSendMsg.newBuilder().setMsg(msg).build());
  }

  /// Sends a text and answers its msg_key.
  public long say(long fromUid, long toUid, String text) {
    return send(fromUid, text(toUid, text)).getMsgKey();
  }

  /// Everything that a user sees of a conversation with another, oldest first.
  public List<Msg> history(long uid, long talkerUid) {
    return history(uid, Talker.user(talkerUid));
  }

  /// Everything that a user sees of a conversation, oldest first.
  public List<Msg> history(long uid, Talker talker) {
    RspSessionMsg page =
        as(uid)
            .syncFetchSessionMsgs(
                ReqSessionMsg.newBuilder()
                    .setTalkerId(talker.id())
                    .setSessionType(talker.type())
                    .setOrder(1)
                    .setSize(2_000)
                    .build());
    assertThat(page.getHasMore()).isZero();
    return page.getMessagesList();
  }

  /// A session with another user as its owner sees it.
  public SessionInfo session(long uid, long talkerUid) {
    return session(uid, Talker.user(talkerUid));
  }

  /// A session as its owner sees it.
  public SessionInfo session(long uid, Talker talker) {
    return as(uid)
        .sessionDetail(
            ReqSessionDetail.newBuilder()
                .setTalkerId(talker.id())
                .setSessionType(talker.type())
                .build());
  }

  /// Asserts that a call is refused with a code, and with gRPC status UNKNOWN (UNAUTHENTICATED for
  /// -101) and the details that go with it.
  public static void assertRefused(int code, Executable call) {
    Throwable thrown = null;
    try {
      call.execute();
    } catch (Throwable e) {
      thrown = e;
    }
    assertThat(thrown).as("refused with %d", code).isInstanceOf(StatusRuntimeException.class);
    StatusRuntimeException e = (StatusRuntimeException) thrown;
    assertThat(details(e).getCode()).as(e.toString()).isEqualTo(code);
    assertThat(details(e).getMessage()).isNotBlank();
    assertThat(e.getStatus().getDescription()).isEqualTo(Integer.toString(code));
    assertThat(e.getStatus().getCode())
        .isEqualTo(
            code == -101 ? io.grpc.Status.Code.UNAUTHENTICATED : io.grpc.Status.Code.UNKNOWN);
  }

  /// The business error in a failed call.
  public static Status details(StatusRuntimeException e) {
    assertThat(e.getTrailers()).as("details of %s", e).isNotNull();
    com.google.rpc.Status status = e.getTrailers().get(DETAILS);
    assertThat(status).as("details of %s", e).isNotNull();
    assertThat(status.getCode()).isEqualTo(e.getStatus().getCode().value());
    assertThat(status.getMessage()).isEqualTo(e.getStatus().getDescription());
    assertThat(status.getDetailsCount()).as("details of %s", e).isEqualTo(1);
    try {
      return status.getDetails(0).unpack(Status.class);
    } catch (com.google.protobuf.InvalidProtocolBufferException impossible) {
      throw new AssertionError(impossible);
    }
  }

  @Override
  public void close() {
    server.close();
    if (isFirst) {
      keyspace.ifPresent(CassandraNode::drop);
    }
    try (Stream<Path> files = Files.walk(directory)) {
      Path[] deepestFirst = files.sorted(Comparator.reverseOrder()).toArray(Path[]::new);
      for (Path file : deepestFirst) {
        Files.delete(file);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(Arrays.toString(e.getStackTrace()), e);
    }
  }
}
