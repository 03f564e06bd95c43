package dev.sixin.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicContainer.dynamicContainer;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Descriptors.MethodDescriptor;
import com.google.protobuf.DynamicMessage;
import com.google.protobuf.Message;
import com.google.protobuf.TextFormat;
import dev.sixin.Await;
import dev.sixin.Group;
import dev.sixin.LiveWatch;
import dev.sixin.Person;
import dev.sixin.StoreRows;
import dev.sixin.TestServer;
import dev.sixin.Watch;
import dev.sixin.entity.Talker;
import dev.sixin.proto.im.ReqSendMsg;
import dev.sixin.proto.type.Msg;
import dev.sixin.proto.type.RecverType;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicContainer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/// Who may do what: every call, made by everybody.
///
/// A cell of the table says what comes of a call:
///
/// - `OK`: it is served. A read shows the caller what somebody new to the site is not shown, and
///   goes on to show the very same when others go on with what is theirs; a write changes
///   something, and nothing that the others see.
/// - `same`: this caller is not concerned, or the call names nobody and no group: it answers and
///   changes what it does for `anybody`.
/// - `nothing`: it is served, and shows what somebody new to the site is shown about somebody new
///   to it; it changes nothing.
/// - a number: it is refused with this code and has changed nothing.
/// - `stream`: it begins and goes on. What comes by it, and to whom, is tested elsewhere.
///
/// Whatever is served shows nothing that was said among others, and none of their numbers but those
/// that the request names.
class AuthorizationMatrixTest {
  private static final String TABLE =
      """
      call                 anybody nobody other's member  outside blocked blocker banned  firm    site

      SendMsg              OK      -101   -403    OK      700014  25003   25005   -403    same    -101
      SendMsg:notice       21035   -101   -403    21035   21035   21035   21035   -403    OK      -101
      SendMsg:to-many      -403    -101   -403    -403    -403    -403    -403    -403    OK      -101
      SendMsg:take-back    -403    -101   -403    -403    700014  -403    -403    -403    -403    -101
      SyncRelation         OK      -101   same    same    same    same    same    same    same    -101
      SyncAck              OK      -101   same    same    same    same    same    same    same    -101
      SyncFetchSessionMsgs OK      -101   nothing OK      700014  same    same    same    same    -101
      GetSessions          OK      -101   same    same    same    same    same    same    same    -101
      NewSessions          OK      -101   same    same    same    same    same    same    same    -101
      AckSessions          OK      -101   same    same    same    same    same    same    same    -101
      UpdateAck            OK      -101   nothing OK      700014  same    same    same    same    -101
      SetTop               OK      -101   OK      OK      700014  same    same    same    same    -101
      RemoveSession        OK      -101   nothing OK      nothing same    same    same    same    -101
      SingleUnread         OK      -101   -403    same    same    same    same    same    same    -101
      MyGroupUnread        OK      -101   same    same    same    same    same    same    same    -101
      UpdateUnflwRead      OK      -101   same    same    same    same    same    same    same    -101
      GroupAssisMsg        OK      -101   same    same    same    same    same    same    same    -101
      AckAssisMsg          OK      -101   same    same    same    same    same    same    same    -101
      SessionDetail        OK      -101   -403    OK      1000004 same    same    same    same    -101
      BatchSessDetail      OK      -101   -403    OK      nothing same    same    same    same    -101
      BatchRmSessions      OK      -101   same    same    same    same    same    same    same    -101
      ShareList            OK      -101   same    same    same    same    same    same    same    -101
      SpecificSingleUnread OK      -101   nothing OK      nothing same    same    same    same    -101
      GetSpecificSessions  OK      -101   nothing OK      nothing same    same    same    same    -101
      GetLiveInfo          OK      -101   -403    same    same    same    same    same    same    -101
      GetTotalUnread       OK      -101   -403    same    same    same    same    same    same    -101
      ShowClearUnreadUI    OK      -101   same    same    same    same    same    same    same    -101
      CloseClearUnreadUI   OK      -101   same    same    same    same    same    same    same    -101
      UpdateTotalUnread    OK      -101   same    same    same    same    same    same    same    -101

      WatchNotify          stream  -101   stream  stream  stream  stream  stream  stream  stream  -101

      Typing               nothing -101   nothing 2       2       same    same    same    same    -101
      ReadPosition         nothing -101   nothing 2       2       same    same    same    same    -101
      Watch                stream  -101   stream  stream  stream  stream  stream  stream  stream  -101

      PutUsers             -101    -101   -101    -101    -101    -101    -101    -101    -101    OK
      SetRelations         -101    -101   -101    -101    -101    -101    -101    -101    -101    OK
      PutGroup             -101    -101   -101    -101    -101    -101    -101    -101    -101    OK
      SetMembers           -101    -101   -101    -101    -101    -101    -101    -101    -101    OK
      IssueToken           -101    -101   -101    -101    -101    -101    -101    -101    -101    OK
      RevokeTokens         -101    -101   -101    -101    -101    -101    -101    -101    -101    OK
      SetSession           -101    -101   -101    -101    -101    -101    -101    -101    -101    OK
      SetPreferences       -101    -101   -101    -101    -101    -101    -101    -101    -101    OK
      SetBan               -101    -101   -101    -101    -101    -101    -101    -101    -101    OK
      Send                 -101    -101   -101    -101    -101    -101    -101    -101    -101    OK
      Recall               -101    -101   -101    -101    -101    -101    -101    -101    -101    10005
      SetLive              -101    -101   -101    -101    -101    -101    -101    -101    -101    OK
      SetFeedUnread        -101    -101   -101    -101    -101    -101    -101    -101    -101    OK
      SetSystemNotice      -101    -101   -101    -101    -101    -101    -101    -101    -101    OK
      PutEmotes            -101    -101   -101    -101    -101    -101    -101    -101    -101    OK
      PutKeywordRules      -101    -101   -101    -101    -101    -101    -101    -101    -101    OK
      ExportUser           -101    -101   -101    -101    -101    -101    -101    -101    -101    OK
      EraseUser            -101    -101   -101    -101    -101    -101    -101    -101    -101    OK
      MakeCheckpoint       -101    -101   -101    -101    -101    -101    -101    -101    -101    OK
      DropCheckpoint       -101    -101   -101    -101    -101    -101    -101    -101    -101    OK
      """;

  /// Who calls, and whom or what the request names.
  private enum Column {
    /// An ordinary person, about somebody whom they talk with.
    ANYBODY("anybody"),
    /// The same without a token.
    NOBODY("nobody"),
    /// About the session of two others: by one's uid where a request has it, and with the other.
    OTHERS("other's"),
    /// About a group that the caller is in.
    MEMBER("member"),
    /// About a group of others.
    OUTSIDER("outside"),
    /// Somebody whom the one whom they talk with blocks.
    BLOCKED("blocked"),
    /// Somebody who blocks the one whom they talk with.
    BLOCKER("blocker"),
    /// Somebody who may not send.
    BANNED("banned"),
    /// A business account.
    BUSINESS("firm"),
    /// The admin token.
    SITE("site");

    private final String title;

    Column(String title) {
      this.title = title;
    }
  }

  private static final String A_MESSAGE = "the msg_key of a message that is not the caller's";

  /// More of a call whose request decides who may make it.
  private static final Map<String, Message> VARIANTS =
      Map.of(
          "SendMsg:notice",
          sending(TestServer.text(1, "").setMsgTypeValue(10).setContent("{\"title\":\"news\"}")),
          "SendMsg:to-many",
          sending(
              TestServer.text(0, "hi")
                  .setReceiverType(RecverType.EN_RECVER_TYPE_PEERS)
                  .addRecverIds(Rpcs.ME)),
          "SendMsg:take-back",
          sending(TestServer.text(1, "").setMsgTypeValue(5).setContent(A_MESSAGE)));

  private static final Pattern LONG_NUMBER = Pattern.compile("\\d{4,}");

  private static TestServer server;
  private static WireClient client;
  private static final Map<Column, Cast> casts = new EnumMap<>(Column.class);
  private static final Map<String, Effect> forAnybody = new HashMap<>();

  /// What a call did.
  ///
  /// @param outcome a text of the answer, or the code of the refusal; where two casts differ in
  ///   numbers only, their texts do not
  /// @param changes how many rows it changed
  private record Effect(String outcome, long changes) {}

  /// A call in the table, or a variant of one.
  ///
  /// @param rpc empty for a call that is not built
  private record Row(
      String name,
      MethodDescriptor method,
      Optional<Rpc> rpc,
      Message legal,
      Map<Column, String> cells) {
    String path() {
      return Rpcs.path(method);
    }

    boolean isRead() {
      return rpc.orElseThrow().isRead;
    }
  }

  @BeforeAll
  static void start() {
    server = TestServer.start("--clear-prompt-at=1");
    Rpcs.prepare(server);
    client = new WireClient(server, Transport.HTTP2);
  }

  @AfterAll
  static void stop() {
    client.close();
    server.close();
  }

  // --- the table

  private static List<String[]> lines() {
    return TABLE.lines().filter(line -> !line.isBlank()).map(line -> line.split(" +")).toList();
  }

  private static Stream<Row> rows() {
    Map<String, MethodDescriptor> methods =
        Rpcs.methods().collect(Collectors.toMap(MethodDescriptor::getName, method -> method));
    Map<String, Rpc> built =
        Rpcs.ALL.stream().collect(Collectors.toMap(rpc -> rpc.path, rpc -> rpc));
    return lines().stream()
        .skip(1)
        .map(
            line -> {
              Iterator<String> words = List.of(line).iterator();
              String name = words.next();
              MethodDescriptor method = methods.get(name.replaceFirst(":.*", ""));
              Optional<Rpc> rpc = Optional.ofNullable(built.get(Rpcs.path(method)));
              Message usual =
                  rpc.map(call -> call.legal)
                      .orElse(DynamicMessage.getDefaultInstance(method.getInputType()));
              Message legal = VARIANTS.getOrDefault(name, usual);
              Map<Column, String> cells = new EnumMap<>(Column.class);
              for (Column column : Column.values()) {
                cells.put(column, words.next());
              }
              return new Row(name, method, rpc, legal, cells);
            });
  }

  @Test
  void theTable_hasEveryCallOfEveryServiceOnce_andEveryColumn() {
    assertThat(lines().stream().skip(1).map(line -> line[0]).filter(name -> !name.contains(":")))
        .containsExactlyInAnyOrderElementsOf(
            Rpcs.methods().map(MethodDescriptor::getName).toList());
    assertThat(lines().getFirst())
        .startsWith("call")
        .endsWith(Stream.of(Column.values()).map(column -> column.title).toArray(String[]::new))
        .hasSize(1 + Column.values().length);
    assertThat(lines()).allSatisfy(line -> assertThat(line).hasSize(1 + Column.values().length));
  }

  @TestFactory
  Stream<DynamicContainer> everyCall() {
    return rows()
        .map(
            row ->
                dynamicContainer(
                    row.name(),
                    Stream.of(Column.values())
                        .map(
                            column ->
                                dynamicTest(
                                    column.title + ": " + row.cells().get(column),
                                    () -> check(row, column)))));
  }

  // --- the cells

  private static void check(Row row, Column column) {
    Cast cast = casts.computeIfAbsent(column, AuthorizationMatrixTest::cast);
    Message request = request(row, column, cast);
    String cell = row.cells().get(column);
    switch (cell) {
      case "OK" -> checkServed(row, column, cast, request);
      case "same" -> assertThat(effect(row, column, cast, request)).isEqualTo(forAnybody(row));
      case "nothing" ->
          assertThat(effect(row, column, cast, request))
              .isEqualTo(new Effect(forNewcomer(row, column), 0));
      case "stream" -> {
        Await.until("nobody watches any more", () -> server.watchers() == 0);
        if (row.name().equals("Watch")) {
          try (LiveWatch watch = LiveWatch.of(cast.caller, cast.token)) {
            assertThat(watch.end()).isNull();
          }
        } else {
          try (Watch watch = Watch.of(cast.caller, cast.token)) {
            assertThat(watch.end()).isNull();
          }
        }
        casts.remove(column);
      }
      default ->
          assertThat(effect(row, column, cast, request)).isEqualTo(new Effect(refused(cell), 0));
    }
    if (cell.matches("OK|same") && !row.isRead()) {
      casts.remove(column); // it is no longer as the others are
    }
  }

  private static void checkServed(Row row, Column column, Cast cast, Message request) {
    List<Object> seenByOthers = cast.seenByOthers();
    Effect effect = effect(row, column, cast, request);
    assertThat(effect.outcome()).doesNotStartWith(refused(""));
    if (column == Column.SITE) {
      return; // it may see and do everything
    }
    assertThat(cast.seenByOthers()).isEqualTo(seenByOthers);
    if (!row.isRead()) {
      assertThat(effect.changes()).as("changed rows").isPositive();
      return;
    }
    assertThat(effect.outcome()).isNotEqualTo(forNewcomer(row, column));
    Answer before = call(row, column, cast, request);
    cast.othersGoOn();
    assertThat(call(row, column, cast, request).body()).isEqualTo(before.body());
  }

  private static Effect forAnybody(Row row) {
    return forAnybody.computeIfAbsent(
        row.name(),
        _ -> {
          Cast cast = cast(Column.ANYBODY);
          return effect(row, Column.ANYBODY, cast, request(row, Column.ANYBODY, cast));
        });
  }

  /// What somebody new is answered about somebody, or a group, that is new too.
  private static String forNewcomer(Row row, Column column) {
    Person newcomer = Person.on(server);
    long user = Person.on(server).uid();
    boolean group = column == Column.MEMBER || column == Column.OUTSIDER;
    Talker talker = group ? Talker.group(Group.unregistered(newcomer).id()) : Talker.user(user);
    Message request = about(row.legal(), new Named(0, user, talker, 0));
    Answer answer = call(row, "identify_v1 " + server.token(newcomer.uid()), request);
    return answer.isOk() ? text(row, answer) : refused(answer.error().getCode());
  }

  private static Effect effect(Row row, Column column, Cast cast, Message request) {
    Map<String, String> rows = StoreRows.of(server);
    Answer answer = call(row, column, cast, request);
    long changes = StoreRows.changes(rows, StoreRows.of(server));
    if (!answer.isOk()) {
      int code = answer.error().getCode();
      answer.assertRefused(code);
      return new Effect(refused(code), changes);
    }
    if (row.isRead()) {
      assertThat(changes).as("changed rows").isZero();
    }
    if (column == Column.SITE) {
      return new Effect("served", changes);
    }
    String shown = printed(row, answer);
    Set<String> numbers = numbersIn(shown);
    numbers.removeAll(numbersIn(TextFormat.printer().printToString(request)));
    assertThat(numbers).doesNotContainAnyElementsOf(cast.othersNumbers());
    assertThat(shown).doesNotContain(Cast.SECRET);
    return new Effect(text(row, answer), changes);
  }

  private static String refused(Object code) {
    return "refused with " + code;
  }

  private static Answer call(Row row, Column column, Cast cast, Message request) {
    return switch (column) {
      case NOBODY -> client.call(row.path(), Frames.frame(request));
      case SITE -> call(row, "Bearer " + server.adminToken(), request);
      default -> call(row, "identify_v1 " + cast.token, request);
    };
  }

  private static Answer call(Row row, String authorization, Message request) {
    return client.call(row.path(), Frames.frame(request), "authorization", authorization);
  }

  private static String printed(Row row, Answer answer) {
    Message form = DynamicMessage.getDefaultInstance(row.method().getOutputType());
    return TextFormat.printer().printToString(answer.message(form.getParserForType()));
  }

  /// An answer as text, in which numbers that differ from cast to cast stand as their order.
  private static String text(Row row, Answer answer) {
    Map<String, String> names = new HashMap<>();
    return LONG_NUMBER
        .matcher(printed(row, answer))
        .replaceAll(found -> names.computeIfAbsent(found.group(), _ -> "#" + names.size()));
  }

  private static Set<String> numbersIn(String text) {
    return LONG_NUMBER
        .matcher(text)
        .results()
        .map(MatchResult::group)
        .collect(Collectors.toCollection(HashSet::new));
  }

  // --- who calls, and what about

  private static Cast cast(Column column) {
    Cast cast = new Cast(server);
    switch (column) {
      case BLOCKED -> cast.peer.blocks(cast.caller);
      case BLOCKER -> cast.caller.blocks(cast.peer);
      case BANNED -> cast.ban();
      case BUSINESS -> cast.makeBusiness();
      default -> {}
    }
    return cast;
  }

  /// What stands in a request in place of what the legal one names.
  ///
  /// @param uid as the caller's
  /// @param user as the talker where it can only be a user
  /// @param talker as the talker where it can be a group too
  /// @param message as the key of a message, where there is to be one
  private record Named(long uid, long user, Talker talker, long message) {}

  private static Message request(Row row, Column column, Cast cast) {
    if (row.rpc().map(Rpc::isAdmin).orElse(true)) {
      return row.legal();
    }
    long peer = cast.peer.uid();
    return about(
        row.legal(),
        switch (column) {
          case OTHERS ->
              new Named(
                  cast.other.uid(),
                  cast.othersFriend.uid(),
                  Talker.user(cast.othersFriend.uid()),
                  cast.othersMessage);
          case MEMBER -> new Named(0, peer, Talker.group(cast.club.id()), cast.clubsMessage);
          case OUTSIDER ->
              new Named(0, peer, Talker.group(cast.othersClub.id()), cast.othersMessage);
          default -> new Named(0, peer, Talker.user(peer), cast.peersMessage);
        });
  }

  private static Message about(Message request, Named named) {
    Message.Builder edited = request.toBuilder();
    for (FieldDescriptor field : request.getDescriptorForType().getFields()) {
      switch (field.getName()) {
        case "uid", "sender_uid" -> edited.setField(field, named.uid());
        case "talker_id", "receiver_id" -> nameTalker(edited, field, named);
        case "content" -> {
          if (request.getField(field).equals(A_MESSAGE)) {
            edited.setField(field, Long.toUnsignedString(named.message()));
          }
        }
        default -> {
          if (field.getJavaType() != FieldDescriptor.JavaType.MESSAGE) {
            break;
          }
          if (!field.isRepeated()) {
            if (request.hasField(field)) {
              edited.setField(field, about((Message) request.getField(field), named));
            }
            break;
          }
          for (int i = 0; i < request.getRepeatedFieldCount(field); i++) {
            Message one = (Message) request.getRepeatedField(field, i);
            edited.setRepeatedField(field, i, about(one, named));
          }
        }
      }
    }
    return edited.build();
  }

  private static void nameTalker(Message.Builder edited, FieldDescriptor id, Named named) {
    if (!edited.hasField(id)) {
      return;
    }
    String kindName = id.getName().equals("talker_id") ? "session_type" : "receiver_type";
    FieldDescriptor kind = edited.getDescriptorForType().findFieldByName(kindName);
    if (kind == null) {
      edited.setField(id, named.user());
      return;
    }
    int type = named.talker().type();
    boolean isEnum = kind.getJavaType() == FieldDescriptor.JavaType.ENUM;
    edited.setField(id, named.talker().id());
    edited.setField(kind, isEnum ? kind.getEnumType().findValueByNumber(type) : (Object) type);
  }

  private static ReqSendMsg sending(Msg.Builder msg) {
    return ReqSendMsg.newBuilder().setMsg(msg).build();
  }
}
