package dev.sixin.api.web;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.BigIntegerNode;
import com.google.protobuf.Descriptors.EnumValueDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Message;
import dev.sixin.TestServer;
import dev.sixin.api.WebAnswer;
import dev.sixin.api.WebClient;
import dev.sixin.proto.im.EmotionInfo;
import dev.sixin.proto.im.ReqAckSessions;
import dev.sixin.proto.im.ReqGetSessions;
import dev.sixin.proto.im.ReqSendMsg;
import dev.sixin.proto.im.ReqSessionMsg;
import dev.sixin.proto.im.RspSessions;
import dev.sixin.proto.type.SessionInfo;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.PrototypeMarshaller;
import io.grpc.Status;
import java.math.BigInteger;
import java.net.http.HttpClient.Version;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/// Makes gRPC calls by the web dialect where it has them and can say the same, and else by gRPC: so
/// whatever uses a stub can be tried with both.
public final class WebChannel extends Channel {
  private static final String SESSIONS = "/session_svr/v1/session_svr/";
  private static final Map<String, String> READS =
      Map.of(
          "GetSessions", SESSIONS + "get_sessions",
          "NewSessions", SESSIONS + "new_sessions",
          "AckSessions", SESSIONS + "ack_sessions",
          "SessionDetail", SESSIONS + "session_detail",
          "SingleUnread", SESSIONS + "single_unread",
          "MyGroupUnread", SESSIONS + "my_group_unread",
          "SyncFetchSessionMsgs", "/svr_sync/v1/svr_sync/fetch_session_msgs");
  private static final Map<String, String> WRITES =
      Map.of(
          "UpdateAck", SESSIONS + "update_ack",
          "RemoveSession", SESSIONS + "remove_session",
          "SetTop", SESSIONS + "set_top",
          "UpdateUnflwRead", SESSIONS + "update_unflw_read",
          "BatchRmSessions", SESSIONS + "batch_rm_sessions",
          "SendMsg", "/web_im/v1/web_im/send_msg");
  private static final Set<Integer> SENDABLE = Set.of(1, 2, 5);
  private static final int MOST_LISTS = 5;
  private static final long MICROS_PER_SECOND = 1_000_000;

  private final Channel grpc;
  private final WebClient web;

  public WebChannel(TestServer server, String token) {
    this.grpc = server.withToken(token).getChannel();
    this.web =
        WebClient.of(server, Version.HTTP_2)
            .with("cookie", "SESSDATA=%s; bili_jct=secret".formatted(token))
            .with("accept-language", "en")
            .withField("csrf", "secret");
  }

  @Override
  public String authority() {
    return grpc.authority();
  }

  @Override
  public <Q, A> ClientCall<Q, A> newCall(MethodDescriptor<Q, A> method, CallOptions options) {
    String name = method.getBareMethodName();
    return READS.containsKey(name) || WRITES.containsKey(name)
        ? new WebClientCall<>(method, options)
        : grpc.newCall(method, options);
  }

  private final class WebClientCall<Q, A> extends ClientCall<Q, A> {
    private final MethodDescriptor<Q, A> method;
    private final CallOptions options;
    private Listener<A> listener;
    private Metadata headers;
    private ClientCall<Q, A> other;

    WebClientCall(MethodDescriptor<Q, A> method, CallOptions options) {
      this.method = method;
      this.options = options;
    }

    @Override
    public void start(Listener<A> listener, Metadata headers) {
      this.listener = listener;
      this.headers = headers;
    }

    @Override
    @SuppressWarnings("unchecked")
    public void sendMessage(Q request) {
      if (!canSay((Message) request)) {
        other = grpc.newCall(method, options);
        other.start(listener, headers);
        other.request(2);
        other.sendMessage(request);
        return;
      }
      JsonNode answer = ask(method.getBareMethodName(), (Message) request).json();
      int code = answer.get("code").intValue();
      if (code == 0) {
        Message empty =
            (Message)
                ((PrototypeMarshaller<A>) method.getResponseMarshaller()).getMessagePrototype();
        listener.onMessage(
            method
                .getResponseMarshaller()
                .parse(method.getResponseMarshaller().stream((A) read(empty, answer.get("data")))));
      }
      Status status = code == 0 ? Status.OK : Status.UNKNOWN.withDescription("" + code);
      listener.onClose(status, new Metadata());
    }

    @Override
    public void halfClose() {
      if (other != null) {
        other.halfClose();
      }
    }

    @Override
    public void request(int messages) {}

    @Override
    public void cancel(String message, Throwable cause) {}
  }

  private static boolean canSay(Message request) {
    return switch (request) {
      case ReqSendMsg send ->
          send.hasMsg()
              && SENDABLE.contains(send.getMsg().getMsgTypeValue())
              && send.getMsg().getAtUidsCount() == 0
              && send.getMsg().getRecverIdsCount() == 0;
      case ReqGetSessions list -> Integer.compareUnsigned(list.getSessionType(), MOST_LISTS) <= 0;
      default ->
          request.getAllFields().entrySet().stream()
              .noneMatch(
                  field ->
                      field.getKey().getType() == FieldDescriptor.Type.INT32
                          && (int) field.getValue() < 0);
    };
  }

  private WebAnswer ask(String name, Message request) {
    Object[] parameters =
        switch (request) {
          case ReqSendMsg send -> parameters(send.getMsg(), "msg[%s]");
          case ReqSessionMsg page when page.getSize() == 0 ->
              parameters(page.toBuilder().setSize(20).build(), "%s");
          case ReqAckSessions acked ->
              new Object[] {
                "begin_ts", Long.toUnsignedString(acked.getBeginTs()),
                "end_ts", Integer.toUnsignedLong(acked.getEndTs()) * MICROS_PER_SECOND,
                "size", Integer.toUnsignedString(acked.getSize())
              };
          default -> parameters(request, "%s");
        };
    return READS.containsKey(name)
        ? web.get(READS.get(name), parameters)
        : web.post(WRITES.get(name), parameters);
  }

  private static Object[] parameters(Message request, String pattern) {
    List<Object> parameters = new ArrayList<>();
    for (Map.Entry<FieldDescriptor, Object> field :
        new TreeMap<>(request.getAllFields()).entrySet()) {
      if (!field.getKey().isRepeated()) {
        parameters.add(pattern.formatted(field.getKey().getName()));
        parameters.add(text(field.getKey(), field.getValue()));
      }
    }
    return parameters.toArray();
  }

  private static String text(FieldDescriptor field, Object value) {
    return switch (field.getType()) {
      case UINT64, INT64 -> Long.toUnsignedString((long) value);
      case UINT32 -> Integer.toUnsignedString((int) value);
      case ENUM -> "" + ((EnumValueDescriptor) value).getNumber();
      default -> value.toString();
    };
  }

  /// The message that JSON stands for.
  private static Message read(Message empty, JsonNode json) {
    Message.Builder message = empty.newBuilderForType();
    for (FieldDescriptor field : empty.getDescriptorForType().getFields()) {
      boolean renamed = empty instanceof EmotionInfo && field.getName().equals("url");
      JsonNode value = json.path(renamed ? "uri" : field.getName());
      boolean unset = field.hasPresence() && value.isObject() && value.isEmpty();
      if (value.isMissingNode() || value.isNull() || unset) {
        continue;
      }
      if (field.isMapField()) {
        value
            .properties()
            .forEach(entry -> message.addRepeatedField(field, entry(message, field, entry)));
      } else if (field.isRepeated()) {
        value.forEach(each -> message.addRepeatedField(field, read(message, field, each)));
      } else {
        message.setField(field, read(message, field, value));
      }
    }
    return message.build();
  }

  private static Message entry(
      Message.Builder message, FieldDescriptor field, Map.Entry<String, JsonNode> entry) {
    Message.Builder read = message.newBuilderForField(field);
    FieldDescriptor key = read.getDescriptorForType().findFieldByNumber(1);
    FieldDescriptor value = read.getDescriptorForType().findFieldByNumber(2);
    return read.setField(
            key, read(read, key, BigIntegerNode.valueOf(new BigInteger(entry.getKey()))))
        .setField(value, read(read, value, entry.getValue()))
        .build();
  }

  private static Object read(Message.Builder message, FieldDescriptor field, JsonNode json) {
    return switch (field.getType()) {
      case MESSAGE -> read(message.newBuilderForField(field).getDefaultInstanceForType(), json);
      case ENUM -> field.getEnumType().findValueByNumberCreatingIfUnknown(json.intValue());
      case STRING -> json.textValue();
      case BOOL -> json.booleanValue();
      case UINT64, INT64 -> json.bigIntegerValue().longValue();
      default -> json.bigIntegerValue().intValue();
    };
  }

  /// An answer without what the web dialect does not show: names of talkers that are no system
  /// accounts.
  @SuppressWarnings("unchecked")
  public static <A extends Message> A withoutNames(A answer) {
    return (A)
        switch (answer) {
          case SessionInfo session when session.getSystemMsgType() == 0 ->
              session.toBuilder().clearAccountInfo().build();
          case RspSessions page -> {
            RspSessions.Builder mute = page.toBuilder();
            mute.getSessionListBuilderList().stream()
                .filter(session -> session.getSystemMsgType() == 0)
                .forEach(SessionInfo.Builder::clearAccountInfo);
            yield mute.build();
          }
          default -> answer;
        };
  }
}
