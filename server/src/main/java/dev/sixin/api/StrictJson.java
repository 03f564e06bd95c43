package dev.sixin.api;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.util.JsonRecyclerPools;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.protobuf.util.JsonFormat;
import dev.sixin.refusal.Code;
import dev.sixin.refusal.Refusal;
import java.io.IOException;
import java.nio.charset.StandardCharsets;

/// Reads messages from the JSON of proto3, and nothing that only looks like it: a typing error must
/// not pass as success.
public final class StrictJson {
  /// JsonFormat by itself reads comments, values after the end, and of two members the last.
  private static final JsonMapper STRICT =
      JsonMapper.builder(
              JsonFactory.builder()
                  // buffers of its own, as Jackson keeps them, are new with each virtual thread
                  .recyclerPool(JsonRecyclerPools.sharedBoundedPool())
                  .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                  .build())
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();

  private StrictJson() {}

  /// The message that JSON in UTF-8 stands for; -400 if it is none.
  ///
  /// @param what what the JSON is called where it is refused
  @SuppressWarnings("unchecked") // a prototype's builder builds what it is the prototype of
  public static <T extends Message> T read(String what, byte[] json, T prototype) {
    Message.Builder builder = prototype.newBuilderForType();
    try {
      if (!isWhole(STRICT.readTree(json))) {
        throw Refusal.of(Code.BAD_REQUEST, what + ": half of a character (expected: whole ones)");
      }
      JsonFormat.parser().merge(new String(json, StandardCharsets.UTF_8), builder);
      return (T) builder.build();
    } catch (JsonProcessingException e) {
      throw Refusal.of(Code.BAD_REQUEST, what + ": not JSON: " + e.getOriginalMessage());
    } catch (InvalidProtocolBufferException e) {
      throw Refusal.of(Code.BAD_REQUEST, what + ": " + e.getMessage());
    } catch (IOException e) {
      throw Refusal.of(Code.BAD_REQUEST, what + ": not UTF-8");
    }
  }

  /// Whether all texts can be written in UTF-8. JSON can name half of a character of UTF-16.
  private static boolean isWhole(JsonNode json) {
    if (json.isTextual()) {
      return isWhole(json.textValue());
    }
    return json.propertyStream().allMatch(member -> isWhole(member.getKey()))
        && json.valueStream().allMatch(StrictJson::isWhole);
  }

  private static boolean isWhole(String text) {
    return StandardCharsets.UTF_8.newEncoder().canEncode(text);
  }
}
