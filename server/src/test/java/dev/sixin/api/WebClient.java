package dev.sixin.api;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.sixin.TestServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpClient.Version;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/// A plain HTTP client on a test server.
public final class WebClient {
  private static final Map<Version, HttpClient> CLIENTS =
      Map.of(
          Version.HTTP_1_1, HttpClient.newBuilder().version(Version.HTTP_1_1).build(),
          Version.HTTP_2, HttpClient.newBuilder().version(Version.HTTP_2).build());

  private final TestServer server;
  private final Version version;
  private final Map<String, String> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
  private final List<String> fields = new ArrayList<>();

  private WebClient(TestServer server, Version version) {
    this.server = server;
    this.version = version;
  }

  /// A client that does not say who it is.
  public static WebClient of(TestServer server, Version version) {
    return new WebClient(server, version);
  }

  /// A browser in which somebody is signed in: it sends cookies, and their proof with each form.
  public static WebClient browser(TestServer server, Version version, long uid) {
    return of(server, version)
        .with("cookie", "SESSDATA=%s; bili_jct=secret".formatted(server.token(uid)))
        .withField("csrf", "secret");
  }

  /// A script that carries a token.
  public static WebClient script(TestServer server, Version version, long uid) {
    return of(server, version).with("authorization", "Bearer " + server.token(uid));
  }

  /// The site, which wants English.
  public static WebClient site(TestServer server, Version version) {
    return of(server, version)
        .with("authorization", "Bearer " + server.adminToken())
        .with("accept-language", "en");
  }

  public TestServer server() {
    return server;
  }

  /// The same with one header more, or another.
  public WebClient with(String header, String value) {
    WebClient client = copy();
    client.headers.put(header, value);
    return client;
  }

  /// The same with one field more in every form.
  public WebClient withField(String name, String value) {
    WebClient client = copy();
    client.fields.addAll(List.of(name, value));
    return client;
  }

  /// The same with no fields of its own in its forms.
  public WebClient withoutFields() {
    WebClient client = copy();
    client.fields.clear();
    return client;
  }

  private WebClient copy() {
    WebClient client = new WebClient(server, version);
    client.headers.putAll(headers);
    client.fields.addAll(fields);
    return client;
  }

  /// Asks with these parameters, names and values in turn.
  public WebAnswer get(String path, Object... parameters) {
    String query = encode(List.of(parameters));
    return send("GET", query.isEmpty() ? path : path + '?' + query, new byte[0]);
  }

  /// Sends a form of these fields, names and values in turn.
  public WebAnswer post(String path, Object... form) {
    List<Object> all = new ArrayList<>(List.of(form));
    all.addAll(fields);
    return with("content-type", "application/x-www-form-urlencoded")
        .send("POST", path, encode(all).getBytes(UTF_8));
  }

  /// Makes one of the site's calls.
  public WebAnswer admin(String call, String json) {
    return send("POST", "/admin/v1/" + call, json.getBytes(UTF_8));
  }

  /// Sends anything.
  public WebAnswer send(String method, String pathAndQuery, byte[] body) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(
                URI.create("http://127.0.0.1:%d%s".formatted(server.port(), pathAndQuery)))
            .method(
                method,
                body.length == 0 ? BodyPublishers.noBody() : BodyPublishers.ofByteArray(body));
    headers.forEach(request::header);
    try {
      return new WebAnswer(CLIENTS.get(version).send(request.build(), BodyHandlers.ofByteArray()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  private static String encode(List<?> namesAndValues) {
    List<String> encoded =
        namesAndValues.stream().map(part -> URLEncoder.encode(part.toString(), UTF_8)).toList();
    List<String> pairs = new ArrayList<>();
    for (int i = 0; i < encoded.size(); i += 2) {
      pairs.add(encoded.get(i) + '=' + encoded.get(i + 1));
    }
    return pairs.stream().collect(Collectors.joining("&"));
  }
}
