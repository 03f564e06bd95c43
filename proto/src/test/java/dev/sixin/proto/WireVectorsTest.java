package dev.sixin.proto;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import com.google.protobuf.ByteString;
import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FileDescriptor;
import com.google.protobuf.Message;
import com.google.protobuf.util.JsonFormat;
import dev.sixin.proto.metadata.MetadataOuterClass;
import dev.sixin.proto.notify.NotifyOuterClass;
import dev.sixin.proto.type.Im;
import dev.sixin.proto.type.Msg;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Messages as clients of the interface write them, in bytes and in JSON: {@code wire-vectors.json}.
 *
 * <p>A map has no order of its own. protobuf-java keeps the order in which entries came, so bytes
 * that were read are written again as they were. JSON objects may list the same entries in another
 * order; what is read from JSON is therefore written with sorted keys, which is how the vectors are
 * written too.
 */
class WireVectorsTest {

  private static final List<FileDescriptor> FILES =
      List.of(
          dev.sixin.proto.im.Im.getDescriptor(),
          Im.getDescriptor(),
          NotifyOuterClass.getDescriptor(),
          MetadataOuterClass.getDescriptor());

  @ParameterizedTest
  @MethodSource("vectors")
  void everyVector_isReadWithNothingUnknown(Vector vector) throws IOException {
    assertThat(hasUnknownFields(vector.readBytes())).isFalse();
  }

  @ParameterizedTest
  @MethodSource("vectors")
  void everyVector_reencodesByteForByte(Vector vector) throws IOException {
    assertThat(hex(vector.readBytes().toByteString())).isEqualTo(hex(vector.bytes()));
  }

  @ParameterizedTest
  @MethodSource("vectors")
  void everyVector_isReadFromItsJsonAsTheSameMessage(Vector vector) throws IOException {
    assertThat(vector.readJson()).isEqualTo(vector.readBytes());
  }

  @ParameterizedTest
  @MethodSource("vectors")
  void everyVector_readFromItsJson_isWrittenByteForByte(Vector vector) throws IOException {
    assertThat(hex(writeWithSortedMaps(vector.readJson()))).isEqualTo(hex(vector.bytes()));
  }

  @ParameterizedTest
  @MethodSource("vectors")
  void everyVector_printsItsJson(Vector vector) throws IOException {
    String printed = JsonFormat.printer().preservingProtoFieldNames().print(vector.readBytes());

    assertThat(JsonParser.parseString(printed)).isEqualTo(vector.json());
  }

  @Test
  void anEnumNumberThatIsNotListed_survivesARoundTrip() throws IOException {
    Msg tip = Msg.newBuilder().setMsgTypeValue(18).setMsgSourceValue(18).build();

    Msg read = Msg.parseFrom(tip.toByteString());

    assertThat(read.getMsgTypeValue()).isEqualTo(18);
    assertThat(read.getMsgSourceValue()).isEqualTo(18);
    assertThat(read.toByteString()).isEqualTo(tip.toByteString());
  }

  /**
   * One entry of the file.
   *
   * @param name what the entry shows
   * @param prototype the empty message of the type that the entry names
   */
  record Vector(String name, Message prototype, ByteString bytes, JsonObject json) {

    Message readBytes() throws IOException {
      return prototype.newBuilderForType().mergeFrom(bytes).build();
    }

    Message readJson() throws IOException {
      Message.Builder message = prototype.newBuilderForType();
      JsonFormat.parser().merge(json.toString(), message);
      return message.build();
    }

    @Override
    public String toString() {
      return name;
    }
  }

  static Stream<Vector> vectors() throws IOException {
    try (InputStream file = WireVectorsTest.class.getResourceAsStream("/wire-vectors.json");
        Reader text = new InputStreamReader(file, StandardCharsets.UTF_8)) {
      JsonArray entries = JsonParser.parseReader(text).getAsJsonArray();
      return StreamSupport.stream(entries.spliterator(), false)
          .map(JsonElement::getAsJsonObject)
          .map(WireVectorsTest::vector);
    }
  }

  private static Vector vector(JsonObject entry) {
    return new Vector(
        entry.get("name").getAsString(),
        prototype(entry.get("message").getAsString()),
        ByteString.fromHex(entry.get("hex").getAsString()),
        entry.getAsJsonObject("json"));
  }

  private static Message prototype(String fullName) {
    Descriptor type =
        FILES.stream()
            .flatMap(file -> file.getMessageTypes().stream())
            .filter(message -> message.getFullName().equals(fullName))
            .findFirst()
            .orElseThrow(() -> new AssertionError("message: " + fullName + " (expected: ours)"));
    String javaPackage = type.getFile().getOptions().getJavaPackage();
    try {
      return (Message)
          Class.forName(javaPackage + "." + type.getName())
              .getMethod("getDefaultInstance")
              .invoke(null);
    } catch (ReflectiveOperationException e) {
      throw new AssertionError("no generated class for " + fullName, e);
    }
  }

  private static boolean hasUnknownFields(Message message) {
    return !message.getUnknownFields().asMap().isEmpty()
        || message.getAllFields().values().stream()
            .flatMap(value -> value instanceof Collection<?> c ? c.stream() : Stream.of(value))
            .anyMatch(value -> value instanceof Message nested && hasUnknownFields(nested));
  }

  private static ByteString writeWithSortedMaps(Message message) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    CodedOutputStream output = CodedOutputStream.newInstance(bytes);
    output.useDeterministicSerialization();
    message.writeTo(output);
    output.flush();
    return ByteString.copyFrom(bytes.toByteArray());
  }

  private static String hex(ByteString bytes) {
    return HexFormat.of().formatHex(bytes.toByteArray());
  }
}
