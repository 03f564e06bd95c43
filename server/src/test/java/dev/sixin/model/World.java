package dev.sixin.model;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sixin.TestServer;
import dev.sixin.admin.v1.AdminGrpc.AdminBlockingStub;
import dev.sixin.admin.v1.IssueTokenRequest;
import dev.sixin.admin.v1.PutGroupRequest.Status;
import dev.sixin.admin.v1.PutUsersRequest;
import dev.sixin.admin.v1.RecallRequest;
import dev.sixin.admin.v1.RecallResponse;
import dev.sixin.admin.v1.SendRequest;
import dev.sixin.admin.v1.SendResponse;
import dev.sixin.admin.v1.SetBanRequest;
import dev.sixin.admin.v1.User;
import dev.sixin.model.Call.Read;
import dev.sixin.model.GroupSteps.Members;
import dev.sixin.model.GroupSteps.Put;
import dev.sixin.model.GroupSteps.Seat;
import dev.sixin.model.Talk.Mailing;
import dev.sixin.proto.im.ImInterfaceGrpc.ImInterfaceBlockingStub;
import dev.sixin.proto.im.ReqSendMsg;
import dev.sixin.proto.im.ReqSessionDetail;
import dev.sixin.proto.im.ReqSessionMsg;
import dev.sixin.proto.im.RspSendMsg;
import dev.sixin.proto.type.Medal;
import dev.sixin.proto.type.Msg;
import dev.sixin.proto.type.MsgSource;
import dev.sixin.proto.type.RecverType;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.Supplier;
import java.util.stream.Stream;

/// The server and the model side by side, with the users of one history. Whatever is done is done
/// to both; whatever they disagree about fails the test.
final class World {
  private static final List<Who> USERS = List.copyOf(EnumSet.complementOf(EnumSet.of(Who.NOBODY)));

  /// How many of those whom a step touched are looked at.
  private static final int WATCHED = 2;

  private final TestServer server;
  private final Keep keep;
  private final Executor executor;
  private final Dialect dialect;
  private final long base;
  private final Model model;
  private final Map<Who, String> tokens = new EnumMap<>(Who.class);

  /// Whom anything happened to.
  private final Set<Who> touched = EnumSet.of(Who.ANN, Who.BEN, Who.EVE, Who.SHOP);

  private final Map<Who, ImInterfaceBlockingStub> stubs = new EnumMap<>(Who.class);
  private AdminBlockingStub admin;
  private long number;

  /// A server as the model knows it.
  static TestServer server(Keep keep) {
    TestServer server =
        TestServer.start(
            "--clear-prompt-at=" + UnreadAnswers.PROMPT_AT,
            "--keep-days=" + keep.days(),
            "--keep-messages=" + keep.messages());
    Tables.putTo(server);
    return server;
  }

  /// @param base where the numbers of its users begin; those of all histories are different
  /// @param executor runs reads that may go on at once
  /// @param dialect how its users talk to the server
  World(TestServer server, Keep keep, long base, Executor executor, Dialect dialect) {
    this.server = server;
    this.keep = keep;
    this.base = base;
    this.executor = executor;
    this.dialect = dialect;
    this.model = new Model(new Time(server.clock.instant()));
    this.admin = server.admin();
    PutUsersRequest.Builder profiles = PutUsersRequest.newBuilder();
    for (Who who : USERS) {
      profiles.addUsers(profile(who));
      model.putUser(profile(who));
    }
    admin.putUsers(profiles.build());
    new Put(Club.FANS, Who.ANN, Status.NORMAL, 1).take(this);
    new Members(
            Club.FANS,
            Stream.of(Who.BEN, Who.EVE, Who.SHOP).map(who -> new Seat(who, 0)).toList(),
            List.of(),
            List.of())
        .take(this);
    adopt();
  }

  private User profile(Who who) {
    User.Builder profile =
        User.newBuilder().setUid(uid(who)).setName(who.name()).setOfficialType(-1);
    switch (who) {
      case SHOP -> profile.setBusiness(true).setMedal(Medal.newBuilder().setMedalName("shop"));
      case NOTICES -> profile.setSystemMsgType(5);
      case HELPER -> profile.setSystemMsgType(7).setBusiness(true).setFace("https://img.example/h");
      default -> {}
    }
    return profile.build();
  }

  Model model() {
    return model;
  }

  long uid(Who who) {
    return id(who);
  }

  long id(Talker talker) {
    return talker.id(base);
  }

  ImInterfaceBlockingStub as(Who who) {
    String token = tokens.computeIfAbsent(who, this::token);
    return stubs.computeIfAbsent(who, one -> dialect.stub(server, token));
  }

  private ImInterfaceBlockingStub as(long uid) {
    return as(USERS.stream().filter(who -> uid(who) == uid).findFirst().orElseThrow());
  }

  AdminBlockingStub admin() {
    return admin;
  }

  /// A number for something that should differ from all else.
  long nextNumber() {
    return ++number;
  }

  /// Moves the clock, and has the site write something that nobody sees: the server's order of
  /// changes knows no moment in which none was made.
  void moveClock(Duration by) {
    server.clock.move(by);
    model.time().move(by);
    admin.setBan(SetBanRequest.newBuilder().setUid(uid(Who.NOBODY)).build());
  }

  void restart() {
    server.restart();
    stubs.clear();
    admin = server.admin();
    forget(); // as every start does
  }

  /// Has what is over removed.
  void forget() {
    server.removeWhatIsOver();
    model.forget(keep.days(), keep.messages());
  }

  void signInAgain(Who who) {
    tokens.put(who, token(who));
    stubs.remove(who);
  }

  private String token(Who who) {
    IssueTokenRequest request = IssueTokenRequest.newBuilder().setUid(uid(who)).build();
    return admin.issueToken(request).getToken();
  }

  /// Does something to both that answers nothing.
  void write(Runnable toModel, Supplier<?> toServer) {
    int expected =
        Outcome.of(
                () -> {
                  toModel.run();
                  return null;
                })
            .code();
    assertThat(Outcome.of(toServer).code()).as("code").isEqualTo(expected);
  }

  /// Sends a message as a user.
  void send(Who from, ReqSendMsg request, Kind kind) {
    Outcome<Letter> expected = Outcome.of(() -> model.talk().sendMsg(uid(from), request, kind));
    Outcome<RspSendMsg> actual = Outcome.of(() -> as(from).sendMsg(request));
    assertThat(actual.code()).as("code").isEqualTo(expected.code());
    if (expected.answer() == null) {
      return;
    }
    Letter letter = expected.answer();
    if (letter.isNew()) {
      Msg newest = newest(uid(from), letter.msg());
      model.talk().adopt(letter, actual.answer().getMsgKey(), newest.getMsgSeqno());
      assertThat(newest).isEqualTo(letter.msg());
    }
    assertThat(actual.answer()).isEqualTo(MessageAnswers.sent(letter));
  }

  /// Sends a message to many at once as an account, or as the site in its name.
  void mail(Msg draft, Kind kind, boolean bySite) {
    MsgSource source = bySite ? MsgSource.EN_MSG_SOURCE_BACKSTAGE : MsgSource.EN_MSG_SOURCE_WEB;
    Msg sourced = draft.toBuilder().setMsgSource(source).build();
    Outcome<Mailing> expected = Outcome.of(() -> model.talk().mail(sourced, kind, bySite));
    Outcome<RspSendMsg> actual =
        bySite
            ? Outcome.of(() -> mailed(admin.send(SendRequest.newBuilder().setMsg(draft).build())))
            : Outcome.of(
                () ->
                    as(draft.getSenderUid())
                        .sendMsg(ReqSendMsg.newBuilder().setMsg(draft).build()));
    assertThat(actual.code()).as("code").isEqualTo(expected.code());
    if (expected.answer() == null) {
      return;
    }
    Mailing mailing = expected.answer();
    if (mailing.whole().isNew()) {
      long key = actual.answer().getMsgKey();
      model.talk().adopt(mailing, key);
      for (Letter copy : mailing.copies()) {
        Msg newest = newest(draft.getSenderUid(), copy.msg());
        model.talk().adoptCopy(copy, key, newest.getMsgSeqno());
        assertThat(newest).isEqualTo(copy.msg());
      }
    }
    RspSendMsg answer = MessageAnswers.sent(mailing.whole());
    assertThat(actual.answer())
        .isEqualTo(bySite ? RspSendMsg.newBuilder().setMsgKey(answer.getMsgKey()).build() : answer);
  }

  private static RspSendMsg mailed(SendResponse answer) {
    assertThat(answer.getMsgSeqno()).as("of many").isZero();
    return RspSendMsg.newBuilder().setMsgKey(answer.getMsgKey()).build();
  }

  /// Takes a message back as the site.
  void siteRecall(RecallRequest request) {
    Outcome<Letter> expected = Outcome.of(() -> model.talk().recall(request));
    Outcome<RecallResponse> actual = Outcome.of(() -> admin.recall(request));
    assertThat(actual.code()).as("code").isEqualTo(expected.code());
    if (expected.answer() != null && request.getSessionType() == 1) {
      Msg newest = newest(request.getUid(), expected.answer().msg());
      model.talk().adopt(expected.answer(), newest.getMsgKey(), newest.getMsgSeqno());
      assertThat(newest).isEqualTo(expected.answer().msg());
    }
  }

  /// The newest message of the conversation in which a message is.
  private Msg newest(long uid, Msg msg) {
    boolean mine = msg.getSenderUid() == uid;
    boolean ofGroup = msg.getReceiverType() == RecverType.EN_RECVER_TYPE_GROUP;
    return fetch(
            uid,
            ReqSessionMsg.newBuilder()
                .setTalkerId(mine || ofGroup ? msg.getReceiverId() : msg.getSenderUid())
                .setSessionType(ofGroup ? 2 : 1)
                .setSize(1)
                .build())
        .getFirst();
  }

  private List<Msg> fetch(long uid, ReqSessionMsg request) {
    return as(uid).syncFetchSessionMsgs(request).getMessagesList();
  }

  /// Sends a message as the site.
  void siteSend(SendRequest request, Kind kind) {
    Outcome<Letter> expected = Outcome.of(() -> model.talk().send(request, kind));
    Outcome<SendResponse> actual = Outcome.of(() -> admin.send(request));
    assertThat(actual.code()).as("code").isEqualTo(expected.code());
    if (expected.answer() == null) {
      return;
    }
    Letter letter = expected.answer();
    if (letter.isNew()) {
      model.talk().adopt(letter, actual.answer().getMsgKey(), actual.answer().getMsgSeqno());
      adopt();
    }
    assertThat(actual.answer())
        .isEqualTo(
            SendResponse.newBuilder()
                .setMsgKey(letter.msg().getMsgKey())
                .setMsgSeqno(letter.seqno())
                .build());
  }

  /// Takes what the server chose for what has just happened.
  private void adopt() {
    model.allGroups().forEach(this::adoptLines);
    adoptTimes();
  }

  /// Takes the keys and words of what a group wrote itself from a member who can read it. What
  /// nobody could read at once nobody ever can.
  private void adoptLines(Group group) {
    List<Letter> lines = group.conversation().letters().stream().filter(Letter::isNew).toList();
    Optional<GroupSession> reader =
        group.roles().keySet().stream()
            .map(uid -> model.groupSession(uid, group))
            .min(Comparator.comparingLong(session -> session.joinedSeqno));
    if (reader.isEmpty() || lines.stream().noneMatch(reader.get()::canRead)) {
      return;
    }
    List<Letter> readable = lines.stream().filter(reader.get()::canRead).toList();
    List<Msg> shown =
        fetch(
            reader.get().owner().uid(),
            ReqSessionMsg.newBuilder()
                .setTalkerId(group.id())
                .setSessionType(2)
                .setBeginSeqno(readable.getFirst().seqno() - 1)
                .setOrder(1)
                .build());
    assertThat(shown).as("lines of a group").hasSameSizeAs(readable);
    for (int i = 0; i < shown.size(); i++) {
      Letter line = readable.get(i);
      model.talk().adopt(line, shown.get(i).getMsgKey(), shown.get(i).getMsgSeqno());
      line.adoptWords(shown.get(i).getContent());
      assertThat(shown.get(i)).isEqualTo(line.msg());
    }
  }

  /// Takes the times of what has just happened from the sessions that show them.
  private void adoptTimes() {
    for (Who who : USERS) {
      for (Session session : model.person(uid(who)).all()) {
        if (session.isOpen() && session.exists()) {
          session.adopt(
              as(who)
                  .sessionDetail(
                      ReqSessionDetail.newBuilder()
                          .setTalkerId(session.talkerId())
                          .setSessionType(session.type())
                          .build()));
        }
      }
    }
  }

  /// Takes a step, then looks around.
  void take(Turn turn) {
    turn.step().take(this);
    adopt();
    Random random = new Random(turn.look());
    List<Who> now = new ArrayList<>(turn.step().touched());
    now.remove(Who.NOBODY);
    touched.addAll(now);
    Collections.sort(now);
    Collections.shuffle(now, random);
    Set<Who> watched = new LinkedHashSet<>(now.subList(0, Math.min(now.size(), WATCHED)));
    watched.add(anybody(random));
    List<Read<?, ?>> reads = new ArrayList<>();
    watched.forEach(who -> reads.addAll(look(who, random).glance()));
    compare(reads);
  }

  /// Compares everything that those can see whom anything happened to, and somebody else.
  void compareAll() {
    Random random = new Random(number);
    Set<Who> watched = EnumSet.copyOf(touched);
    watched.add(anybody(random));
    List<Read<?, ?>> reads = new ArrayList<>();
    watched.forEach(who -> reads.addAll(look(who, random).all()));
    compare(reads);
  }

  private static Who anybody(Random random) {
    return USERS.get(random.nextInt(USERS.size()));
  }

  private Look look(Who who, Random random) {
    return new Look(
        model,
        uid(who),
        Stream.of(Who.values()).map(this::id).toList(),
        Stream.of(Club.values()).map(this::id).toList(),
        random);
  }

  private void compare(List<Read<?, ?>> reads) {
    List<CompletableFuture<Outcome<?>>> answers = new ArrayList<>();
    for (Read<?, ?> read : reads) {
      ImInterfaceBlockingStub stub = as(read.uid());
      answers.add(CompletableFuture.supplyAsync(() -> read.actual(stub, dialect), executor));
    }
    for (int i = 0; i < reads.size(); i++) {
      Read<?, ?> read = reads.get(i);
      Outcome<?> actual = answers.get(i).join();
      Outcome<?> expected = read.expected(model, dialect);
      if (!actual.equals(expected)) {
        assertThat(actual).as(read.toString()).isEqualTo(expected);
      }
    }
  }
}
