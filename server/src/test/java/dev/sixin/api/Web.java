package dev.sixin.api;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.sixin.TestServer;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpClient.Version;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;

/// A plain HTTP client.
record Web(TestServer server, HttpClient client) implements AutoCloseable {
  private static final ObjectMapper JSON = new ObjectMapper();

  /// What came back.
  record Reply(HttpResponse<byte[]> response) {
    int status() {
      return response.statusCode();
    }

    String header(String name) {
      return response.headers().firstValue(name).orElse("");
    }

    byte[] bytes() {
      return response.body();
    }

    String text() {
      return new String(response.body(), StandardCharsets.UTF_8);
    }

    JsonNode json() {
      return Web.json(text());
    }

    int code() {
      return json().get("code").asInt();
    }

    String detail() {
      return json().path("detail").asText();
    }

    @Override
    public String toString() {
      return status() + " " + text();
    }
  }

  static JsonNode json(String text) {
    try {
      return JSON.readTree(text);
    } catch (JsonProcessingException e) {
      throw new AssertionError(text, e);
    }
  }

  static Web of(TestServer server) {
    return of(server, Version.HTTP_1_1);
  }

  static Web of(TestServer server, Version version) {
    return new Web(server, HttpClient.newBuilder().version(version).build());
  }

  HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.port() + path))
        .header("accept-language", "en");
  }

  Reply send(HttpRequest.Builder request) {
    try {
      return new Reply(client.send(request.build(), BodyHandlers.ofByteArray()));
    } catch (IOException e) {
      throw new AssertionError(e);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  Reply get(String path) {
    return send(request(path));
  }

  /// A call of the site.
  Reply admin(String method, String json) {
    return send(
        request("/admin/v1/" + method)
            .header("authorization", "Bearer " + server.adminToken())
            .header("content-type", "application/json")
            .POST(BodyPublishers.ofString(json)));
  }

  @Override
  public void close() {
    client.close();
  }
}
