package dev.sixin.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.net.http.HttpHeaders;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;

/// What a server answered over HTTP.
public record WebAnswer(HttpResponse<byte[]> response) {
  private static final JsonMapper JSON =
      JsonMapper.builder().enable(DeserializationFeature.USE_BIG_INTEGER_FOR_INTS).build();

  /// The HTTP status.
  public int status() {
    return response.statusCode();
  }

  /// A header; empty if it is not there.
  public String header(String name) {
    return headers().firstValue(name).orElse("");
  }

  public HttpHeaders headers() {
    return response.headers();
  }

  public byte[] bytes() {
    return response.body();
  }

  public String text() {
    return new String(bytes(), StandardCharsets.UTF_8);
  }

  /// The envelope, or whatever JSON it is.
  public JsonNode json() {
    assertThat(header("content-type")).as("%s", this).isEqualTo("application/json; charset=utf-8");
    return json(text());
  }

  /// JSON with numbers of any size.
  public static JsonNode json(String text) {
    try {
      return JSON.readTree(text);
    } catch (JsonProcessingException e) {
      throw new AssertionError(text, e);
    }
  }

  public int code() {
    return json().get("code").intValue();
  }

  /// What exactly was wrong; empty if it does not say.
  public String detail() {
    return json().path("detail").asText();
  }

  /// The data of an answer that is no error.
  public JsonNode data() {
    assertThat(code()).as("%s", this).isZero();
    return json().get("data");
  }

  public void assertRefused(int code) {
    assertThat(status()).as("%s", this).isEqualTo(200);
    assertIsError(code);
  }

  /// Asserts that it is an error in an envelope, whatever its HTTP status.
  public void assertIsError(int code) {
    JsonNode json = json();
    assertThat(json.get("code").intValue()).as("%s", this).isEqualTo(code);
    assertThat(json.get("msg").textValue()).as("%s", this).isNotBlank().isNotEqualTo("0");
    assertThat(json.get("message")).as("%s", this).isEqualTo(json.get("msg"));
    assertThat(json.get("ttl").intValue()).as("%s", this).isOne();
    assertThat(json.get("data").isNull()).as("%s", this).isTrue();
  }

  @Override
  public String toString() {
    return status() + " " + text();
  }
}
