package dev.sixin.api.web;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.util.JsonRecyclerPools;
import com.google.protobuf.Descriptors.EnumValueDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Message;
import dev.sixin.proto.im.EmotionInfo;
import dev.sixin.proto.im.RspSendMsg;
import dev.sixin.proto.im.RspSessionMsg;
import dev.sixin.proto.im.RspSessions;
import dev.sixin.proto.type.Msg;
import dev.sixin.proto.type.SessionInfo;
import dev.sixin.web.v1.FeedUnreadResponse;
import dev.sixin.web.v1.GetMsgDndResponse;
import dev.sixin.web.v1.Preferences;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;

/// Messages as the JSON of the web dialect. Unlike the JSON that protobuf defines: every field is
/// there, by its name in the .proto file, also when it is zero; numbers of 64 bits are numbers;
/// enums are numbers; a message that is not set is null.
public final class Json {
  // Buffers of its own, as Jackson keeps them, are new with each virtual thread.
  private static final JsonFactory FACTORY =
      JsonFactory.builder().recyclerPool(JsonRecyclerPools.sharedBoundedPool()).build();

  // What the dialect writes in another way.

  private static final Map<FieldDescriptor, String> NAMES =
      Map.of(field(EmotionInfo.getDefaultInstance(), "url"), "uri");

  /// What is left out unless this holds.
  private static final Map<FieldDescriptor, Predicate<Message>> SHOWN_IF =
      Map.of(
          field(Msg.getDefaultInstance(), "sys_cancel"),
          msg -> ((Msg) msg).getSysCancel(),
          field(SessionInfo.getDefaultInstance(), "account_info"),
          session -> ((SessionInfo) session).getSystemMsgType() != 0);

  /// What is left out unless it is set.
  private static final Set<FieldDescriptor> SHOWN_IF_SET =
      Set.of(
          field(Preferences.getDefaultInstance(), "msg_notify"),
          field(Preferences.getDefaultInstance(), "show_unfollowed_msg"),
          field(Preferences.getDefaultInstance(), "read_receipts"),
          field(GetMsgDndResponse.getDefaultInstance(), "uid_settings"),
          field(GetMsgDndResponse.getDefaultInstance(), "group_settings"),
          field(FeedUnreadResponse.getDefaultInstance(), "chat"),
          field(FeedUnreadResponse.getDefaultInstance(), "sys_msg_style"));

  private static final Set<FieldDescriptor> NULL_IF_EMPTY =
      Set.of(
          field(RspSessions.getDefaultInstance(), "session_list"),
          field(RspSessionMsg.getDefaultInstance(), "messages"),
          field(Msg.getDefaultInstance(), "at_uids"));

  private static final Set<FieldDescriptor> EMPTY_IF_UNSET =
      Set.of(
          field(RspSendMsg.getDefaultInstance(), "key_hit_infos"),
          field(Msg.getDefaultInstance(), "key_hit_infos"));

  private Json() {}

  /// What a field is called.
  public static String name(FieldDescriptor field) {
    return NAMES.getOrDefault(field, field.getName());
  }

  /// Whether a field is there whatever the message says.
  public static boolean isAlwaysShown(FieldDescriptor field) {
    return !SHOWN_IF.containsKey(field) && !SHOWN_IF_SET.contains(field);
  }

  /// Whether a field may be null.
  public static boolean mayBeNull(FieldDescriptor field) {
    boolean maybeUnset = field.hasPresence() && !EMPTY_IF_UNSET.contains(field);
    return NULL_IF_EMPTY.contains(field) || (maybeUnset && !SHOWN_IF_SET.contains(field));
  }

  /// Whether a field that is not set is an object without members.
  public static boolean mayBeEmpty(FieldDescriptor field) {
    return EMPTY_IF_UNSET.contains(field);
  }

  private static FieldDescriptor field(Message message, String name) {
    return message.getDescriptorForType().findFieldByName(name);
  }

  /// A message as an object.
  static byte[] of(Message message) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (JsonGenerator json = FACTORY.createGenerator(bytes)) {
      write(json, message);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }

  /// Writes a message as an object.
  static void write(JsonGenerator json, Message message) throws IOException {
    json.writeStartObject();
    for (FieldDescriptor field : message.getDescriptorForType().getFields()) {
      if (isShown(message, field)) {
        json.writeFieldName(name(field));
        write(json, message, field);
      }
    }
    json.writeEndObject();
  }

  private static boolean isShown(Message message, FieldDescriptor field) {
    if (SHOWN_IF_SET.contains(field)) {
      return field.isRepeated()
          ? message.getRepeatedFieldCount(field) > 0
          : message.hasField(field);
    }
    return !SHOWN_IF.containsKey(field) || SHOWN_IF.get(field).test(message);
  }

  private static void write(JsonGenerator json, Message message, FieldDescriptor field)
      throws IOException {
    if (field.isMapField()) {
      writeMap(json, (List<?>) message.getField(field));
    } else if (field.isRepeated()) {
      List<?> values = (List<?>) message.getField(field);
      if (values.isEmpty() && NULL_IF_EMPTY.contains(field)) {
        json.writeNull();
        return;
      }
      json.writeStartArray();
      for (Object value : values) {
        write(json, field, value);
      }
      json.writeEndArray();
    } else if (field.hasPresence() && !message.hasField(field)) {
      writeUnset(json, field);
    } else {
      write(json, field, message.getField(field));
    }
  }

  private static void writeUnset(JsonGenerator json, FieldDescriptor field) throws IOException {
    if (EMPTY_IF_UNSET.contains(field)) {
      json.writeStartObject();
      json.writeEndObject();
    } else {
      json.writeNull();
    }
  }

  private static void writeMap(JsonGenerator json, List<?> entries) throws IOException {
    json.writeStartObject();
    for (Object each : entries) {
      Message entry = (Message) each;
      FieldDescriptor key = entry.getDescriptorForType().findFieldByNumber(1);
      FieldDescriptor value = entry.getDescriptorForType().findFieldByNumber(2);
      json.writeFieldName(text(key, entry.getField(key)));
      write(json, value, entry.getField(value));
    }
    json.writeEndObject();
  }

  private static void write(JsonGenerator json, FieldDescriptor field, Object value)
      throws IOException {
    switch (value) {
      case Message message -> write(json, message);
      case EnumValueDescriptor constant -> json.writeNumber(constant.getNumber());
      case Boolean truth -> json.writeBoolean(truth);
      case String text -> json.writeString(text);
      default -> json.writeNumber(text(field, value));
    }
  }

  /// A value that is no message as text: numbers with the sign that their type has.
  private static String text(FieldDescriptor field, Object value) {
    return switch (field.getType()) {
      case UINT64, FIXED64 -> Long.toUnsignedString((long) value);
      case UINT32, FIXED32 -> Integer.toUnsignedString((int) value);
      default -> value.toString();
    };
  }
}
