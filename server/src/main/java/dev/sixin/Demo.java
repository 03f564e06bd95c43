package dev.sixin;

import com.linecorp.armeria.client.grpc.GrpcClients;
import dev.sixin.admin.v1.AdminGrpc.AdminBlockingStub;
import dev.sixin.admin.v1.Emote;
import dev.sixin.admin.v1.IssueTokenRequest;
import dev.sixin.admin.v1.Member;
import dev.sixin.admin.v1.PutEmotesRequest;
import dev.sixin.admin.v1.PutGroupRequest;
import dev.sixin.admin.v1.PutUsersRequest;
import dev.sixin.admin.v1.Relation;
import dev.sixin.admin.v1.SendRequest;
import dev.sixin.admin.v1.SetMembersRequest;
import dev.sixin.admin.v1.SetRelationsRequest;
import dev.sixin.admin.v1.SetSessionRequest;
import dev.sixin.admin.v1.User;
import dev.sixin.proto.im.ImInterfaceGrpc.ImInterfaceBlockingStub;
import dev.sixin.proto.im.ReqSessionDetail;
import dev.sixin.proto.type.Msg;
import dev.sixin.proto.type.RecverType;
import io.grpc.StatusRuntimeException;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// People, follows and talk for a server that somebody wants to look at, put there through the
/// interface that a site would use.
final class Demo {
  static final long ALICE = 1001;
  static final long BOB = 1002;
  private static final long CAROL = 1003;
  private static final long STRANGER = 1011;
  private static final long NUISANCE = 1012;
  private static final long SHOP = 1013;
  private static final long NOTICES = 1014;

  private static final long FANS = 5001;

  private static final List<Long> PLAYED = List.of(ALICE, BOB, CAROL);

  private static final RecverType PERSON = RecverType.EN_RECVER_TYPE_PEER;
  private static final RecverType GROUP = RecverType.EN_RECVER_TYPE_GROUP;

  private static final List<String> NAMES =
      List.of(
          "小满", "阿北", "栗子", "山茶", "老周", "青禾", "阿喵", "夏至", "松果", "半夏", "路过的猫", "推销员", "周边小店",
          "站内通知");
  private static final List<String> LINES =
      List.of(
          "早上好呀",
          "昨晚的直播看了吗",
          "看了，最后一首歌太好听了",
          "周末一起去看展吧",
          "好，几点？",
          "十点门口见",
          "新视频什么时候发",
          "在剪了在剪了",
          "封面好可爱",
          "谢谢！画了一晚上",
          "你家猫还好吗",
          "胖了两斤",
          "晚安",
          "晚安，明天见");

  private static final Map<String, String> EMOTES =
      new TreeMap<>(Map.of("笑", "smile", "大笑", "laugh", "哭", "cry", "喜欢", "heart", "惊讶", "oh"));

  private final Server server;
  private final AdminBlockingStub admin;

  Demo(Server server) {
    this.server = server;
    this.admin =
        GrpcClients.builder("gproto+http://127.0.0.1:" + server.port() + "/")
            .setHeader("authorization", "Bearer " + server.adminToken())
            .build(AdminBlockingStub.class);
  }

  /// Fills the server if it is empty, and says what to try.
  String welcome() {
    String alice = token(ALICE);
    String bob = token(BOB);
    String carol = token(CAROL);
    if (isEmpty(alice)) {
      fill();
    }
    String address = "127.0.0.1:" + server.port();
    return """

    Sixin is running with %d people in it. Chat as one of them: http://%s/
    The interface, to read and to try: http://%s/docs/

    Tokens
      %d %s  %s
      %d %s  %s
      %d %s  %s

    Try, in another terminal:
      ./sixin sessions --server http://%s --token %s
      ./sixin send --server http://%s --token %s --to %d "你好"
      grpcurl -plaintext -H 'authorization: Bearer %s' -d '{"session_type": 1}' %s bilibili.im.interface.v1.ImInterface/GetSessions

    Ctrl-C stops it.
    """
        .formatted(
            NAMES.size(),
            address,
            address,
            ALICE,
            NAMES.get(0),
            alice,
            BOB,
            NAMES.get(1),
            bob,
            CAROL,
            NAMES.get(2),
            carol,
            address,
            alice,
            address,
            bob,
            ALICE,
            carol,
            address);
  }

  /// Makes it worth a visit: a few people to sign in as, and life in the others.
  void open(DemoPeople people) {
    Thread.ofVirtual().start(bots(people));
  }

  /// The others, before their first turn.
  DemoBots bots(DemoPeople people) {
    String address = "127.0.0.1:" + server.port();
    admin.putEmotes(emotes("http://" + address));
    Map<Long, String> others = new TreeMap<>();
    for (long uid = CAROL + 1; uid < STRANGER; uid++) {
      others.put(uid, token(uid));
    }
    DemoBots bots = new DemoBots(this, admin, address, others, server::watchers);
    bots.catchUp();
    for (long uid : PLAYED) {
      people.add(uid, NAMES.get((int) (uid - ALICE)), token(uid));
    }
    return bots;
  }

  private static PutEmotesRequest emotes(String server) {
    PutEmotesRequest.Builder emotes = PutEmotesRequest.newBuilder();
    EMOTES.forEach(
        (name, file) ->
            emotes.addEmotes(
                Emote.newBuilder()
                    .setText('[' + name + ']')
                    .setUrl("%s/web/emotes/%s.svg".formatted(server, file))
                    .setSize(1)));
    return emotes.build();
  }

  private boolean isEmpty(String token) {
    ImInterfaceBlockingStub im =
        GrpcClients.builder("gproto+http://127.0.0.1:" + server.port() + "/")
            .setHeader("authorization", "identify_v1 " + token)
            .build(ImInterfaceBlockingStub.class);
    try {
      im.sessionDetail(ReqSessionDetail.newBuilder().setTalkerId(BOB).setSessionType(1).build());
      return false;
    } catch (StatusRuntimeException e) {
      return true;
    }
  }

  String token(long uid) {
    return admin.issueToken(IssueTokenRequest.newBuilder().setUid(uid).build()).getToken();
  }

  private void fill() {
    PutUsersRequest.Builder users = PutUsersRequest.newBuilder();
    for (int i = 0; i < NAMES.size(); i++) {
      long uid = ALICE + i;
      users.addUsers(
          User.newBuilder()
              .setUid(uid)
              .setName(NAMES.get(i))
              .setOfficialType(uid == SHOP ? 1 : -1)
              .setBusiness(uid == SHOP)
              .setSystemMsgType(uid == NOTICES ? 5 : 0));
    }
    admin.putUsers(users.build());

    SetRelationsRequest.Builder relations = SetRelationsRequest.newBuilder();
    for (long uid = ALICE; uid < STRANGER; uid++) {
      for (long other = ALICE; other < STRANGER; other++) {
        if (areFriends(uid, other)) {
          relations.addRelations(follow(uid, other));
        }
      }
    }
    relations.addRelations(follow(STRANGER, ALICE));
    admin.setRelations(relations.build());

    int line = 0;
    for (long uid = ALICE; uid < STRANGER; uid++) {
      for (long other = uid + 1; other < STRANGER; other++) {
        for (int said = 0; said < 4; said++) {
          boolean first = said % 2 == 0;
          say(first ? uid : other, first ? other : uid, LINES.get(line++ % LINES.size()));
        }
      }
    }
    say(STRANGER, ALICE, "你好，很喜欢你的视频");
    say(NUISANCE, ALICE, "在吗？了解一下我们的会员卡");
    admin.setSession(
        SetSessionRequest.newBuilder()
            .setUid(ALICE)
            .setTalkerId(NUISANCE)
            .setSessionType(1)
            .setIntercepted(true)
            .build());
    send(SHOP, ALICE, PERSON, 10, "{\"title\":\"订单已发货\",\"text\":\"你买的徽章在路上了\",\"modules\":[]}");
    say(NOTICES, ALICE, "欢迎来到这里");
    fillGroup();
  }

  private void fillGroup() {
    admin.putGroup(
        PutGroupRequest.newBuilder()
            .setGroupId(FANS)
            .setOwnerUid(ALICE)
            .setName("小满的应援团")
            .setNotice("文明聊天")
            .setFansMedalName("满月")
            .build());
    SetMembersRequest.Builder members = SetMembersRequest.newBuilder().setGroupId(FANS);
    for (long uid = BOB; uid < STRANGER; uid++) {
      members.addPut(Member.newBuilder().setUid(uid).setRole(uid == BOB ? 1 : 0));
    }
    admin.setMembers(members.build());
    List.of("大家晚上好", "今晚八点见", "前排占座", "封面太好看了吧")
        .forEach(text -> send(BOB + text.length(), FANS, GROUP, 1, content(text)));
    send(ALICE, FANS, GROUP, 1, content("谢谢你们"));
  }

  private static String content(String text) {
    return "{\"content\":\"" + text + "\"}";
  }

  private static Relation follow(long from, long to) {
    return Relation.newBuilder()
        .setFromUid(from)
        .setToUid(to)
        .setKind(Relation.Kind.FOLLOW)
        .build();
  }

  private static boolean areFriends(long uid, long other) {
    return uid != other && (uid + other) % 3 != 0;
  }

  /// Says the same to each of the people who are played and are friends of the sender.
  void sayToFriends(long from, String text) {
    PLAYED.stream().filter(uid -> areFriends(from, uid)).forEach(uid -> say(from, uid, text));
  }

  void say(long from, long to, String text) {
    send(from, to, PERSON, 1, content(text));
  }

  void sayInGroup(long from, String text) {
    send(from, FANS, GROUP, 1, content(text));
  }

  private void send(long from, long to, RecverType kind, int type, String content) {
    admin.send(
        SendRequest.newBuilder()
            .setMsg(
                Msg.newBuilder()
                    .setSenderUid(from)
                    .setReceiverType(kind)
                    .setReceiverId(to)
                    .setMsgTypeValue(type)
                    .setContent(content))
            .build());
  }
}
