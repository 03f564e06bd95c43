package dev.sixin.api;

import com.google.protobuf.Descriptors.EnumDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Message;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.TreeSet;

/// A call, a legal request for it, and what of other requests becomes. Fields are named by paths
/// such as `msg.content`; in a repeated field the first element is meant.
public final class Rpc {
  /// A request and the code that it is refused with; 0: it is served.
  public record Case(String what, Message request, int code) {}

  public final String path;
  public final Message legal;
  final boolean isRead;
  public final List<Case> cases = new ArrayList<>();
  final TreeSet<String> callersUids = new TreeSet<>();

  /// What becomes of the legal request: 0: it is served.
  int code;

  private Rpc(String path, Message legal, boolean isRead) {
    this.path = path;
    this.legal = legal;
    this.isRead = isRead;
  }

  /// A call that changes nothing, whatever comes of it.
  static Rpc read(String path, Message legal) {
    return new Rpc(path, legal, true);
  }

  static Rpc write(String path, Message legal) {
    return new Rpc(path, legal, false);
  }

  /// Whether it is the site that makes the call.
  public boolean isAdmin() {
    return path.startsWith("/sixin.admin.v1.");
  }

  /// Says that even a legal request is refused, for what it names is not there.
  Rpc refusesLegal(int refused) {
    code = refused;
    return this;
  }

  /// Fields without which it is refused with -400.
  Rpc requires(String... fields) {
    for (String field : fields) {
      cases.add(new Case("without " + field, edit(legal, field, null), -400));
    }
    return this;
  }

  /// A field that may name the caller or nobody, but no other user (-403).
  Rpc namesCaller(String field, long caller) {
    callersUids.add(field);
    return accepts(field, 0L, caller).refuses(field, -403, caller + 1, -1L);
  }

  /// Values of a field with which it is refused.
  Rpc refuses(String field, int code, Object... values) {
    for (Object value : values) {
      cases.add(new Case(what(field, value), edit(legal, field, value), code));
    }
    return this;
  }

  /// Values of a field with which it is served.
  Rpc accepts(String field, Object... values) {
    return refuses(field, 0, values);
  }

  /// Numbers of elements in a field with which it is refused or (0) served.
  Rpc elements(String field, int code, int... counts) {
    for (int count : counts) {
      FieldDescriptor descriptor = legal.getDescriptorForType().findFieldByName(field);
      Object element = legal.getRepeatedField(descriptor, 0);
      Message request =
          legal.toBuilder().setField(descriptor, Collections.nCopies(count, element)).build();
      cases.add(new Case(count + " " + field, request, code));
    }
    return this;
  }

  private static String what(String field, Object value) {
    String text = String.valueOf(value);
    return field + " " + (text.length() > 40 ? "of " + text.length() + " characters" : text);
  }

  /// The message with another value in a field; null takes the value out.
  private static Message edit(Message message, String path, Object value) {
    String name = path.contains(".") ? path.substring(0, path.indexOf('.')) : path;
    FieldDescriptor field = message.getDescriptorForType().findFieldByName(name);
    if (!name.equals(path)) {
      String rest = path.substring(name.length() + 1);
      return field.isRepeated()
          ? message.toBuilder()
              .setRepeatedField(
                  field, 0, edit((Message) message.getRepeatedField(field, 0), rest, value))
              .build()
          : message.toBuilder()
              .setField(field, edit((Message) message.getField(field), rest, value))
              .build();
    }
    if (value == null) {
      return message.toBuilder().clearField(field).build();
    }
    Object typed = typed(field, value);
    return field.isRepeated()
        ? message.toBuilder().setRepeatedField(field, 0, typed).build()
        : message.toBuilder().setField(field, typed).build();
  }

  private static Object typed(FieldDescriptor field, Object value) {
    return switch (field.getJavaType()) {
      case ENUM -> number(field.getEnumType(), (int) value);
      case LONG -> ((Number) value).longValue();
      default -> value;
    };
  }

  private static Object number(EnumDescriptor type, int number) {
    return type.findValueByNumberCreatingIfUnknown(number);
  }
}
