package dev.sixin.api.web;

import com.linecorp.armeria.common.HttpMethod;
import com.linecorp.armeria.common.MediaType;
import com.linecorp.armeria.common.encoding.StreamDecoderFactory;
import com.linecorp.armeria.common.encoding.StreamEncoderFactories;
import com.linecorp.armeria.server.HttpService;
import com.linecorp.armeria.server.ServerBuilder;
import com.linecorp.armeria.server.cors.CorsService;
import com.linecorp.armeria.server.encoding.DecodingService;
import com.linecorp.armeria.server.encoding.EncodingService;
import dev.sixin.api.Calls;
import dev.sixin.api.Watches;
import java.time.Duration;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/// The calls of the web dialect as HTTP services.
public final class WebApi {
  /// Answers larger than this are compressed for clients that accept it.
  private static final int COMPRESS_ABOVE_BYTES = 1 << 10;

  /// Proxies take a stream for dead on which nothing comes for a minute.
  private static final Duration COMMENTS = Duration.ofSeconds(30);

  private final Calls calls;
  private final Replies replies;
  private final Function<HttpService, HttpService> origins;

  /// What the operator decides of it.
  ///
  /// @param origins the sites whose pages may call, such as `https://www.example.org`; none: no
  ///   other site than the one that the server appears as
  /// @param httpStatus whether errors that a proxy must see have an HTTP status of their own
  public record Settings(List<String> origins, boolean httpStatus) {}

  /// The dialect as the operator wants it.
  public WebApi(Calls calls, Settings settings) {
    this.calls = calls;
    this.replies = new Replies(settings.httpStatus());
    this.origins = origins(settings.origins());
  }

  /// Adds the calls to a server.
  public void addTo(ServerBuilder server, List<Route<?, ?>> routes) {
    Map<String, Map<HttpMethod, HttpService>> paths = new LinkedHashMap<>();
    for (Route<?, ?> route : routes) {
      paths
          .computeIfAbsent(route.path(), _ -> new EnumMap<>(HttpMethod.class))
          .put(route.method(), new WebService<>(route, calls, replies));
    }
    paths.forEach(
        (path, methods) ->
            server.service(path, origins.apply(withEncodings(new Methods(methods)))));
    server.errorHandler(new OtherErrors());
  }

  /// Adds uploads to a server.
  public void addTo(ServerBuilder server, ImageApi images) {
    images.addTo(server, calls, replies, origins);
  }

  /// Adds live push to a server.
  public void addTo(ServerBuilder server, Watches watches) {
    HttpService push = new PushService(calls, watches, replies, COMMENTS);
    server.service(
        PushService.PATH, origins.apply(new Methods(Map.of(HttpMethod.GET, push))));
  }

  private static HttpService withEncodings(HttpService service) {
    return EncodingService.builder()
        .encoderFactories(StreamEncoderFactories.GZIP)
        .encodableContentTypes(MediaType.JSON_UTF_8)
        .minBytesToForceChunkedEncoding(COMPRESS_ABOVE_BYTES)
        .build(DecodingService.newDecorator(StreamDecoderFactory.gzip()).apply(service));
  }

  private static Function<HttpService, HttpService> origins(List<String> origins) {
    if (origins.isEmpty()) {
      return Function.identity();
    }
    return service ->
        CorsService.builder(origins)
            .allowCredentials()
            .allowRequestMethods(HttpMethod.GET, HttpMethod.POST)
            .allowRequestHeaders("authorization", "content-type", ImageApi.CSRF)
            .build(service);
  }
}
