package dev.sixin.api;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.sixin.message.Types;
import dev.sixin.proto.type.Msg;
import dev.sixin.proto.type.RecverType;

/// The line that tells a user that one message to a stranger is allowed. It is made for each
/// reading and stored nowhere.
final class Tip {
  /// A source that the interface does not name: a tip of the system.
  private static final int SOURCE_SYSTEM_TIP = 18;

  private static final String COLOR = "#9499A0";
  private static final String CHINESE = "对方主动回复或关注你之前，最多发送1条消息";
  private static final String ENGLISH = "Until they reply or follow you, you can send one message";

  private Tip() {}

  static Msg oneMessage(long readerUid, long talkerUid, boolean english, long unixSeconds) {
    return Msg.newBuilder()
        .setSenderUid(talkerUid)
        .setReceiverType(RecverType.EN_RECVER_TYPE_PEER)
        .setReceiverId(readerUid)
        .setMsgTypeValue(Types.TIP)
        .setContent(content(english ? ENGLISH : CHINESE))
        .setTimestamp(unixSeconds)
        .setMsgSourceValue(SOURCE_SYSTEM_TIP)
        .build();
  }

  private static String content(String text) {
    JsonNodeFactory json = JsonNodeFactory.instance;
    ArrayNode parts =
        json.arrayNode()
            .add(
                json.objectNode()
                    .put("text", text)
                    .put("color_day", COLOR)
                    .put("color_nig", COLOR)
                    .put("jump_url", ""));
    return json.objectNode().put("content", parts.toString()).toString();
  }
}
