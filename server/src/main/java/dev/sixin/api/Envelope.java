package dev.sixin.api;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.util.JsonRecyclerPools;
import com.linecorp.armeria.common.HttpData;
import com.linecorp.armeria.common.HttpHeaderNames;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.common.MediaType;
import com.linecorp.armeria.common.ResponseHeaders;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/// The JSON object that says how a call over HTTP went: its code, our text, the data, and for
/// developers what exactly was wrong.
///
/// ```
/// {"code":0,"msg":"0","message":"0","ttl":1,"data":{…}}
/// {"code":-400,"msg":"请求错误","message":"请求错误","ttl":1,"data":null,"detail":"uid: required"}
/// ```
///
/// A line's end stands after it, for those who read it in a terminal.
public final class Envelope {
  // Buffers of its own, as Jackson keeps them, are new with each virtual thread.
  private static final JsonFactory FACTORY =
      JsonFactory.builder().recyclerPool(JsonRecyclerPools.sharedBoundedPool()).build();
  private static final int TTL = 1;

  private Envelope() {}

  /// Writes what a call answers.
  @FunctionalInterface
  public interface Data {
    /// Writes one value.
    void write(JsonGenerator json) throws IOException;
  }

  /// The envelope of a call that succeeded.
  public static HttpData of(Data data) {
    return envelope(0, "0", data, "");
  }

  /// The envelope of an error.
  ///
  /// @param text what the person who calls is told
  /// @param detail what exactly was wrong; empty if there is no more to say
  public static HttpData error(int code, String text, String detail) {
    // it may quote JSON that names half of a character of UTF-16, which has no bytes in UTF-8
    String writable = new String(detail.getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8);
    return envelope(code, text, JsonGenerator::writeNull, writable);
  }

  private static HttpData envelope(int code, String text, Data data, String detail) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (JsonGenerator json = FACTORY.createGenerator(bytes)) {
      json.writeStartObject();
      json.writeNumberField("code", code);
      json.writeStringField("msg", text);
      json.writeStringField("message", text);
      json.writeNumberField("ttl", TTL);
      json.writeFieldName("data");
      data.write(json);
      if (!detail.isEmpty()) {
        json.writeStringField("detail", detail);
      }
      json.writeEndObject();
      json.writeRaw('\n');
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return HttpData.wrap(bytes.toByteArray());
  }

  /// What stands above every answer: it is somebody's own, so no proxy may keep it.
  public static ResponseHeaders headers(HttpStatus status) {
    return ResponseHeaders.builder(status)
        .contentType(MediaType.JSON_UTF_8)
        .add(HttpHeaderNames.CACHE_CONTROL, "no-store")
        .build();
  }
}
