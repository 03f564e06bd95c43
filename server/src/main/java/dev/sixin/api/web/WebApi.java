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
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/// The calls of the web dialect as HTTP services.
public final class WebApi {
  /// Answers larger than this are compressed for clients that accept it.
  private static final int COMPRESS_ABOVE_BYTES = 1 << 10;

  private WebApi() {}

  /// What the operator decides of it.
  ///
  /// @param origins the sites whose pages may call, such as `https://www.example.org`; none: no
  ///   other site than the one that the server appears as
  /// @param httpStatus whether errors that a proxy must see have an HTTP status of their own
  public record Settings(List<String> origins, boolean httpStatus) {}

  /// Adds the calls to a server.
  public static void addTo(
      ServerBuilder server,
      Calls calls,
      List<Route<?, ?>> routes,
      ImageApi images,
      Settings settings) {
    Replies replies = new Replies(settings.httpStatus());
    Function<HttpService, HttpService> origins = origins(settings.origins());
    Map<String, Map<HttpMethod, HttpService>> paths = new LinkedHashMap<>();
    for (Route<?, ?> route : routes) {
      paths
          .computeIfAbsent(route.path(), _ -> new EnumMap<>(HttpMethod.class))
          .put(route.method(), new WebService<>(route, calls, replies));
    }
    paths.forEach(
        (path, methods) ->
            server.service(path, origins.apply(withEncodings(new Methods(methods)))));
    images.addTo(server, calls, replies, origins);
    server.errorHandler(new OtherErrors());
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
