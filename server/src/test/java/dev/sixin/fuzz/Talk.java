package dev.sixin.fuzz;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.TextNode;
import com.google.protobuf.Descriptors.MethodDescriptor;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.sixin.admin.v1.SendRequest;
import dev.sixin.api.Answer;
import dev.sixin.api.Frames;
import dev.sixin.api.Rpcs;
import dev.sixin.proto.im.ReqSendMsg;
import dev.sixin.proto.im.ReqSessionMsg;
import dev.sixin.proto.im.RspSendMsg;
import dev.sixin.proto.im.RspSessionMsg;
import dev.sixin.proto.type.Msg;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// Calls over gRPC, and what becomes of a message that was accepted.
final class Talk {
  private static final int PRIVATE = 1;
  private static final int DRAW_BACK = 5;
  static final List<Integer> TYPES =
      List.of(1, 2, 3, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 16, 18, 51, 52, 101, 301, 306, 999);

  /// From here on the octet that says the type says too that the content is built member by member.
  static final int BUILT = 128;

  private static final int MOST_DEEP = 3;
  private static final List<String> MEMBERS =
      List.of(
          "content",
          "url",
          "title",
          "rid",
          "id",
          "source",
          "pic_url",
          "jump_url",
          "group_id",
          "width",
          "height",
          "size",
          "imageType",
          "text");
  static final List<String> VALUES =
      List.of("\"a\"", "\"\"", "0", "1", "-1.5", "1e400", "true", "null", "\"[]\"", "\"[doge]\"");

  /// Kinds of values beside those, counted from their number on.
  static final int LIST = 0;

  static final int OBJECT = 1;
  static final int JSON_AS_TEXT = 2;

  private Talk() {}

  /// Makes a call.
  ///
  /// @return whether it was refused
  static boolean call(Stage stage, MethodDescriptor method, byte[] message) {
    String[] headers = {
      "content-type", "application/grpc", "authorization", stage.authorization(method)
    };
    byte[] frame = Frames.frame(0, message);
    if (method.isServerStreaming() && !Stage.isAdmin(method)) {
      stage.abandon(Rpcs.path(method), frame, headers); // its answer begins with the first news
      return false;
    }
    Answer answer = stage.ask("POST", Rpcs.path(method), frame, headers);
    boolean refused = Judge.grpc(answer);
    if (!refused && method.getFullName().endsWith("ImInterface.SendMsg")) {
      requireStored(stage, message, answer);
    }
    return refused;
  }

  /// Says something to a friend, by oneself or by way of the site.
  static boolean say(Stage stage, Draw draw) {
    boolean bySite = draw.yes();
    int kind = draw.octet();
    Msg msg =
        Msg.newBuilder()
            .setSenderUid(Stage.ME)
            .setReceiverTypeValue(PRIVATE)
            .setReceiverId(Stage.FRIEND)
            .setMsgTypeValue(TYPES.get(kind % TYPES.size()))
            .setContent(kind < BUILT ? new String(draw.rest(), UTF_8) : content(draw))
            .build();
    return bySite
        ? call(stage, method("Send"), SendRequest.newBuilder().setMsg(msg).build().toByteArray())
        : call(stage, method("SendMsg"), ReqSendMsg.newBuilder().setMsg(msg).build().toByteArray());
  }

  /// JSON with members that contents have, and values that they have or should not have.
  private static String content(Draw draw) {
    List<String> members = new ArrayList<>();
    while (!draw.isEmpty()) {
      members.add("\"%s\":%s".formatted(draw.oneOf(MEMBERS), value(draw, 0)));
    }
    return members.stream().collect(Collectors.joining(",", "{", "}"));
  }

  private static String value(Draw draw, int depth) {
    int kind = draw.below(VALUES.size() + (depth < MOST_DEEP ? 3 : 0));
    return switch (kind - VALUES.size()) {
      case LIST -> inside(draw, () -> value(draw, depth + 1), "[", "]");
      case OBJECT ->
          inside(
              draw,
              () -> "\"%s\":".formatted(draw.oneOf(MEMBERS)) + value(draw, depth + 1),
              "{",
              "}");
      case JSON_AS_TEXT -> TextNode.valueOf(value(draw, depth + 1)).toString();
      default -> VALUES.get(kind);
    };
  }

  private static String inside(Draw draw, Supplier<String> some, String begin, String end) {
    return Stream.generate(some).limit(draw.below(4)).collect(Collectors.joining(",", begin, end));
  }

  private static MethodDescriptor method(String name) {
    return Stage.CALLS.stream().filter(call -> call.getName().equals(name)).findAny().orElseThrow();
  }

  /// What was accepted stands in the history as it was sent, but for what the answer says.
  private static void requireStored(Stage stage, byte[] message, Answer answer) {
    try {
      Msg sent = ReqSendMsg.parseFrom(message).getMsg();
      if (sent.getReceiverTypeValue() != PRIVATE
          || sent.getMsgTypeValue() == DRAW_BACK
          || sent.getCliMsgId() != 0) {
        return; // nothing new with this content, or not here
      }
      RspSendMsg said = answer.message(RspSendMsg.parser());
      MethodDescriptor fetch = method("SyncFetchSessionMsgs");
      ReqSessionMsg request =
          ReqSessionMsg.newBuilder()
              .setTalkerId(sent.getReceiverId())
              .setSessionType(PRIVATE)
              .setSize(1)
              .build();
      RspSessionMsg page =
          stage
              .ask(
                  "POST",
                  Rpcs.path(fetch),
                  Frames.frame(request),
                  "content-type",
                  "application/grpc",
                  "authorization",
                  stage.authorization(fetch))
              .message(RspSessionMsg.parser());
      Msg stored = page.getMessages(0);
      assertThat(stored.getMsgKey()).as("the newest message").isEqualTo(said.getMsgKey());
      assertThat(stored.getSenderUid()).isEqualTo(Stage.ME);
      assertThat(stored.getContent())
          .isEqualTo(said.getMsgContent().isEmpty() ? sent.getContent() : said.getMsgContent());
    } catch (InvalidProtocolBufferException e) {
      throw new AssertionError("accepted, and yet no message", e);
    }
  }
}
