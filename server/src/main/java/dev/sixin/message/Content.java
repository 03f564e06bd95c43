package dev.sixin.message;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import com.fasterxml.jackson.core.util.JsonRecyclerPools;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.ObjectWriter;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.sixin.proto.type.Msg;
import dev.sixin.refusal.Code;
import dev.sixin.refusal.Refusal;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/// What the `content` of a message may be: JSON text whose members depend on the type.
///
/// @param imageHosts the hosts that pictures may come from, in lower case; empty: any
public record Content(Set<String> imageHosts) {
  /// The most that one message may hold, in bytes of UTF-8.
  public static final int MAX_BYTES = 2_000;

  private static final String TEXT = "content";
  private static final int MAX_DEPTH = 32;
  private static final JsonMapper JSON =
      JsonMapper.builder(
              JsonFactory.builder()
                  // buffers of its own, as Jackson keeps them, are new with each virtual thread
                  .recyclerPool(JsonRecyclerPools.sharedBoundedPool())
                  .streamReadConstraints(
                      StreamReadConstraints.builder().maxNestingDepth(MAX_DEPTH).build())
                  .build())
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();
  private static final ObjectReader TREE = JSON.readerFor(JsonNode.class);
  private static final ObjectWriter ESCAPING =
      JSON.writer().with(JsonWriteFeature.ESCAPE_NON_ASCII);

  /// Refuses content that is too long (21007).
  static void requireShort(String content) {
    if (content.length() > MAX_BYTES / 3
        && content.getBytes(StandardCharsets.UTF_8).length > MAX_BYTES) {
      throw Refusal.of(Code.CONTENT_TOO_LONG);
    }
  }

  /// What a message says, when it is text.
  public static Optional<String> textOf(Msg msg) {
    return msg.getMsgTypeValue() == Types.TEXT
        ? Optional.of(parse(msg.getContent()).path(TEXT).asText())
        : Optional.empty();
  }

  /// The content of a text message with another text in it; everything around it stays as it is
  /// written.
  static String withText(String content, String text) {
    int from = 0;
    int to = 0;
    try (JsonParser parser = JSON.createParser(content)) {
      parser.nextToken();
      while (parser.nextToken() == JsonToken.FIELD_NAME) {
        boolean isText = parser.currentName().equals(TEXT);
        parser.nextToken();
        if (isText) { // where there are two, the last one counts
          from = (int) parser.currentTokenLocation().getCharOffset();
          parser.finishToken();
          to = (int) parser.currentLocation().getCharOffset();
        }
        parser.skipChildren();
      }
      return content.substring(0, from) + quoted(text) + content.substring(to);
    } catch (IOException e) {
      throw new UncheckedIOException("content that was checked", e);
    }
  }

  /// A text as JSON. Half of a character of UTF-16, which JSON can name, has no bytes in UTF-8:
  /// then all stays escaped that is not ASCII.
  private static String quoted(String text) throws JsonProcessingException {
    return StandardCharsets.UTF_8.newEncoder().canEncode(text)
        ? TextNode.valueOf(text).toString()
        : ESCAPING.writeValueAsString(text);
  }

  /// Refuses content that is not legal for its type (-400, pictures 21037).
  ///
  /// @return what the message says, when it is text
  Optional<String> check(int msgType, String content) {
    if (msgType == Types.DRAW_BACK) {
      checkMsgKey(content);
      return Optional.empty();
    }
    JsonNode json = parse(content);
    if (msgType == Types.TEXT) {
      return Optional.of(text(json, TEXT));
    }
    checkMembers(msgType, json);
    return Optional.empty();
  }

  private void checkMembers(int msgType, JsonNode json) {
    switch (msgType) {
      case Types.PICTURE, Types.CUSTOM_FACE -> picture(json);
      case Types.AUDIO -> text(json, "url");
      case Types.SHARE -> {
        present(json, "id");
        present(json, "source");
      }
      case Types.MINI_PROGRAM -> text(json, "title");
      case Types.NOTICE -> text(json, "title");
      case Types.VIDEO_CARD, Types.ARTICLE_CARD -> present(json, "rid");
      case Types.PICTURE_CARD -> {
        text(json, "pic_url");
        text(json, "jump_url");
        text(json, "title");
      }
      case Types.COMMON_SHARE -> {
        text(json, "title");
        text(json, "url");
      }
      case Types.TIP -> {
        if (!parseAny(text(json, "content")).isArray()) {
          throw bad("content", "a JSON array as text");
        }
      }
      default -> {
        if (Types.isGroupLine(msgType)) {
          present(json, "group_id");
          present(json, "content");
        }
      }
    }
  }

  private static void checkMsgKey(String content) {
    try {
      Long.parseUnsignedLong(content);
    } catch (NumberFormatException e) {
      throw Refusal.of(Code.BAD_REQUEST, "content (expected: the msg_key of a message)");
    }
  }

  private static JsonNode parse(String content) {
    JsonNode json = parseAny(content);
    if (!json.isObject()) {
      throw Refusal.of(Code.BAD_REQUEST, "content: not a JSON object");
    }
    return json;
  }

  private static JsonNode parseAny(String text) {
    try {
      return TREE.readTree(text);
    } catch (JsonProcessingException e) {
      throw Refusal.of(Code.BAD_REQUEST, "content: not JSON");
    }
  }

  private static String text(JsonNode json, String member) {
    JsonNode value = json.get(member);
    if (value == null || !value.isTextual() || value.textValue().isEmpty()) {
      throw bad(member, "text that is not empty");
    }
    return value.textValue();
  }

  private static void present(JsonNode json, String member) {
    JsonNode value = json.get(member);
    if (value == null || !value.isValueNode() || value.asText().isEmpty() || value.isNull()) {
      throw bad(member, "a value");
    }
  }

  private static Refusal bad(String member, String expected) {
    return Refusal.of(Code.BAD_REQUEST, "content.%s (expected: %s)".formatted(member, expected));
  }

  private void picture(JsonNode json) {
    JsonNode url = json.get("url");
    if (url == null || !url.isTextual() || !isImageUrl(url.textValue())) {
      throw Refusal.of(Code.BAD_IMAGE, "content.url (expected: http or https, a permitted host)");
    }
    for (String size : new String[] {"width", "height", "size"}) {
      JsonNode value = json.get(size);
      boolean legal = value == null || (value.isNumber() && value.doubleValue() >= 0);
      if (!legal) {
        throw Refusal.of(Code.BAD_IMAGE, "content.%s (expected: a number)".formatted(size));
      }
    }
  }

  private boolean isImageUrl(String url) {
    try {
      URI uri = new URI(url);
      String scheme = uri.getScheme();
      String host = uri.getHost();
      return scheme != null
          && host != null
          && (scheme.equalsIgnoreCase("http") || scheme.equalsIgnoreCase("https"))
          && (imageHosts.isEmpty() || imageHosts.contains(host.toLowerCase(Locale.ROOT)));
    } catch (URISyntaxException e) {
      return false;
    }
  }
}
