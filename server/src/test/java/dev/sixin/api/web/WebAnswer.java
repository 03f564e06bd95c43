package dev.sixin.api.web;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.net.http.HttpHeaders;
import java.net.http.HttpResponse;

/// What a server answered to a call of the web dialect.
record WebAnswer(int status, HttpHeaders headers, String text) {
  private static final JsonMapper JSON =
      JsonMapper.builder().enable(DeserializationFeature.USE_BIG_INTEGER_FOR_INTS).build();

  static WebAnswer of(HttpResponse<String> response) {
    return new WebAnswer(response.statusCode(), response.headers(), response.body());
  }

  String header(String name) {
    return headers.firstValue(name).orElse("");
  }

  /// The envelope.
  JsonNode json() {
    assertThat(header("content-type")).as("%s", this).isEqualTo("application/json; charset=utf-8");
    try {
      return JSON.readTree(text);
    } catch (JsonProcessingException e) {
      throw new AssertionError(text, e);
    }
  }

  int code() {
    return json().get("code").intValue();
  }

  /// The data of an answer that is no error.
  JsonNode data() {
    assertThat(code()).as("%s", this).isZero();
    return json().get("data");
  }

  void assertRefused(int code) {
    assertThat(status).as("%s", this).isEqualTo(200);
    assertIsError(code);
  }

  /// Asserts that it is an error in an envelope, whatever its HTTP status.
  void assertIsError(int code) {
    JsonNode json = json();
    assertThat(json.get("code").intValue()).as("%s", this).isEqualTo(code);
    assertThat(json.get("msg").textValue()).as("%s", this).isNotBlank().isNotEqualTo("0");
    assertThat(json.get("message")).as("%s", this).isEqualTo(json.get("msg"));
    assertThat(json.get("ttl").intValue()).as("%s", this).isOne();
    assertThat(json.get("data").isNull()).as("%s", this).isTrue();
  }

  @Override
  public String toString() {
    return status + " " + text;
  }
}
